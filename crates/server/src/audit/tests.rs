use rolecall_identity::audit::{Decision, Elements, Rolecall, UserIdentity, verify};
use rolecall_policy::Context;

use super::{
    lookup::{Wanted, find},
    *,
};
use crate::clock::FixedClock;

fn event(request: &str) -> Event {
    Event {
        event_version: "1.11".into(),
        user_identity: UserIdentity {
            kind: "Root".into(),
            ..UserIdentity::default()
        },
        event_time: "2026-11-22T03:14:40Z".to_owned(),
        event_source: "sts.amazonaws.com".into(),
        event_name: "GetCallerIdentity".into(),
        aws_region: "us-east-2".to_owned(),
        source_ip_address: "127.0.0.1".to_owned(),
        user_agent: "x".to_owned(),
        error_code: None,
        error_message: None,
        request_parameters: Elements::Null,
        response_elements: Elements::Null,
        request_id: request.to_owned(),
        event_id: "e".to_owned(),
        read_only: true,
        resources: Vec::new(),
        event_type: "AwsApiCall".into(),
        management_event: true,
        recipient_account_id: "123456789012".to_owned(),
        event_category: "Management".into(),
        rolecall: Rolecall {
            decision: Decision::Allowed,
            explanation: None,
            principal: None,
            action: None,
            resource: None,
            context: Context::new(),
            token_id: None,
            issued: None,
            detail: None,
            prev: String::new(),
        },
    }
}

fn all(directory: &Path) -> String {
    files(directory)
        .unwrap()
        .iter()
        .map(|(_, path)| fs::read_to_string(path).unwrap())
        .collect()
}

#[tokio::test]
async fn events_are_in_the_file_when_append_returns_and_chained_over_restarts() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    for round in 0..3 {
        let mut config = AuditConfig::new(directory.path().join("audit"));
        config.sync = round == 1;
        let log = FileLog::open(config, clock.clone()).unwrap();
        for number in 0..3 {
            log.append(&event(&format!("r{round}-{number}"))).await.unwrap();
            assert!(all(log.directory()).contains(&format!("r{round}-{number}")));
        }
    }
    let text = all(&directory.path().join("audit"));
    assert_eq!(text.lines().count(), 9);
    verify(Chain::new(), text.lines()).unwrap();
}

#[tokio::test]
async fn files_rotate_by_size_and_age_and_are_removed_by_age() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let mut config = AuditConfig::new(directory.path().to_owned());
    config.rotate_bytes = 1;
    let log = FileLog::open(config, clock.clone()).unwrap();
    log.append(&event("a")).await.unwrap();
    log.append(&event("b")).await.unwrap();
    assert_eq!(files(directory.path()).unwrap().len(), 2);
    verify(Chain::new(), all(directory.path()).lines()).unwrap();
    // The second file ended only with the third's beginning, which is young.
    clock.set(1_800_000_000 + 91 * 86_400);
    log.append(&event("c")).await.unwrap();
    assert_eq!(files(directory.path()).unwrap().len(), 2);
}

#[tokio::test]
async fn a_line_that_broke_off_is_closed_and_the_chain_goes_on_after_the_last_whole_one() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let config = AuditConfig::new(directory.path().to_owned());
    let log = FileLog::open(config.clone(), clock.clone()).unwrap();
    log.append(&event("a")).await.unwrap();
    drop(log);
    let (_, path) = files(directory.path()).unwrap().pop().unwrap();
    OpenOptions::new()
        .append(true)
        .open(path)
        .unwrap()
        .write_all(b"{\"eventVer")
        .unwrap();
    let log = FileLog::open(config, clock).unwrap();
    log.append(&event("b")).await.unwrap();
    let text = all(directory.path());
    let whole: Vec<&str> = text.lines().filter(|line| Event::from_line(line).is_ok()).collect();
    assert_eq!(whole.len(), 2);
    verify(Chain::new(), whole).unwrap();
}

#[tokio::test]
async fn a_log_that_cannot_be_written_fails_loudly_and_recovers() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let log = FileLog::open(AuditConfig::new(directory.path().to_owned()), clock).unwrap();
    let good = Arc::clone(&log.lock().file);
    log.lock().file = Arc::new(OpenOptions::new().append(true).open("/dev/full").unwrap());
    assert!(log.append(&event("a")).await.is_err());
    assert!(log.is_failing());
    log.lock().file = good;
    log.append(&event("b")).await.unwrap();
    assert!(!log.is_failing());
    let text = all(directory.path());
    let whole: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    verify(Chain::new(), whole).unwrap();
}

#[tokio::test]
async fn the_newest_matching_decision_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let mut config = AuditConfig::new(directory.path().to_owned());
    config.rotate_bytes = 1;
    let log = FileLog::open(config, clock).unwrap();
    let mut pods = event("r1");
    pods.user_identity.user_name = Some("system:serviceaccount:default:iam-test".to_owned());
    let provider = "arn:aws:iam::123456789012:oidc-provider/issuer.example/id/1";
    pods.user_identity.identity_provider = Some(provider.to_owned());
    log.append(&pods).await.unwrap();
    log.append(&event("r2")).await.unwrap();
    let look = |wanted| {
        find(directory.path(), &wanted, |_| true)
            .unwrap()
            .map(|event| event.request_id)
    };
    let account = |name: &str| Wanted::ServiceAccount {
        namespace: "default".to_owned(),
        name: name.to_owned(),
        issuer: None,
    };
    let of = |issuer: &str| Wanted::ServiceAccount {
        namespace: "default".to_owned(),
        name: "iam-test".to_owned(),
        issuer: Some(issuer.to_owned()),
    };
    assert_eq!(look(of("issuer.example/id/1")).as_deref(), Some("r1"));
    assert_eq!(look(of("issuer.example/id/2")), None);
    assert_eq!(look(Wanted::Last).as_deref(), Some("r2"));
    assert_eq!(look(account("iam-test")).as_deref(), Some("r1"));
    assert_eq!(look(account("iam-tes")), None);
    assert_eq!(look(Wanted::Request("r1".to_owned())).as_deref(), Some("r1"));
    assert_eq!(look(Wanted::Request("r".to_owned())), None);
}

#[tokio::test]
async fn those_who_come_together_share_a_write_and_a_leader_that_goes_away_has_written_for_them() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let log = FileLog::open(AuditConfig::new(directory.path().to_owned()), clock).unwrap();
    let (first, second) = (log.append(&event("a.")), log.append(&event("b.")));
    assert_eq!(all(directory.path()), "", "the first waits for others");
    // Its client is gone, say.
    drop(first);
    assert_eq!(all(directory.path()).lines().count(), 2);
    second.await.unwrap();
    log.append(&event("c.")).await.unwrap();
    let text = all(directory.path());
    assert!(
        ["a.", "b.", "c."]
            .iter()
            .zip(text.lines())
            .all(|(id, line)| line.contains(id))
    );
    verify(Chain::new(), text.lines()).unwrap();
}

#[tokio::test]
async fn all_who_share_a_write_that_fails_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let log = FileLog::open(AuditConfig::new(directory.path().to_owned()), clock).unwrap();
    log.lock().file = Arc::new(OpenOptions::new().append(true).open("/dev/full").unwrap());
    let (first, second) = (log.append(&event("a")), log.append(&event("b")));
    assert!(first.await.is_err() && second.await.is_err());
    assert!(log.is_failing());
}

#[test]
fn many_who_write_at_once_lose_nothing_and_break_no_chain() {
    let directory = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::at(1_800_000_000));
    let log = FileLog::open(AuditConfig::new(directory.path().to_owned()), clock).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .build()
        .unwrap();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let log = Arc::clone(&log);
            runtime.spawn(async move {
                for number in 0..100 {
                    let name = format!("r{writer}-{number}.");
                    log.append(&event(&name)).await.unwrap();
                    assert!(
                        all(log.directory()).contains(&name),
                        "out of the process when append returns"
                    );
                }
            })
        })
        .collect();
    runtime.block_on(async {
        for writer in writers {
            writer.await.unwrap();
        }
    });
    let text = all(directory.path());
    assert_eq!(text.lines().count(), 800);
    verify(Chain::new(), text.lines()).unwrap();
}
