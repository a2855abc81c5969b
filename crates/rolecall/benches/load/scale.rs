//! Very many roles, policies and attachments in several accounts: every kind of read and of write, one at a time, from
//! sending the request to the last byte of the answer, and by the server's own histogram; memory, the time to start, and
//! the exchange at that size.
//!
//! One role and one policy are made over the wire; the others are copies of their records under other names, put into
//! the store while nothing runs, since a million calls would take longer than all that is measured.

use std::{
    fs::File,
    io::{Seek, SeekFrom, Write as _},
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use rolecall_store::{Commit, Embedded, List, Options, Store};
use rolecall_wire::{
    client::{Client, Credentials},
    generated::iam,
    operation::Call,
    private::{CreateAccount, CreateAccountRequest},
    query,
};
use serde_json::Value;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    drive::{Load, Requests, answer},
    process::{Process, signed},
};

const ACCOUNTS: usize = 10;
/// Managed policies of each role: the one that all have, and nine that nine roles share.
const ATTACHED: usize = 10;
/// What the copies are made of, and so what their names begin with.
const ROLE: &str = "app-template";
const POLICY: &str = "policy-template";
/// The policy of an account that each of its roles has.
const SHARED: usize = 0;
/// How many different requests there are of a kind of read, and how many writes of a kind are made.
const KINDS: usize = 300;
/// What a read and a write may take at the server, in seconds: bounds of its histogram.
const READ: &str = "0.001";
const WRITE: &str = "0.005";

/// `roles` in all, and as many policies.
pub(crate) async fn fill(process: Process, data: &Path, roles: usize) -> SocketAddr {
    let root = process.root();
    let own = templates(&root).await;
    let mut accounts = vec![own.clone()];
    while accounts.len() < ACCOUNTS {
        let made = root.private::<CreateAccount>(&CreateAccountRequest { id: None }).await;
        accounts.push(made.unwrap().id);
    }
    let address = process.address();
    drop(process);
    let begun = Instant::now();
    // It waits for the disk, which the runtime's thread should not.
    std::thread::scope(|scope| {
        scope
            .spawn(|| copy(&data.join("store"), &own, &accounts, roles / ACCOUNTS))
            .join()
    })
    .unwrap();
    println!(
        "\n{roles} roles, {roles} policies and {} attachments in {ACCOUNTS} accounts, filled in {:.0} s",
        roles * ATTACHED,
        begun.elapsed().as_secs_f64()
    );
    address
}

/// Makes what is copied, and says in which account.
async fn templates(root: &Client) -> String {
    let document = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [
            { "Sid": "Objects", "Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"],
              "Resource": format!("arn:aws:s3:::data/{POLICY}/*"),
              "Condition": { "StringEquals": { "aws:PrincipalTag/team": "platform" } } },
            { "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::data" },
        ],
    });
    let input = iam::CreatePolicyRequest {
        policy_name: POLICY.to_owned(),
        policy_document: document.to_string(),
        ..Default::default()
    };
    let made = root.call::<iam::CreatePolicy>(input).await.unwrap().policy.unwrap();
    let arn = made.arn.unwrap();
    let account = arn.split(':').nth(4).unwrap().to_owned();
    let issuer = "oidc.example.com/id/0123456789ABCDEF";
    let trust = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": { "Federated": format!("arn:aws:iam::{account}:oidc-provider/{issuer}") },
            "Condition": { "StringEquals": {
                format!("{issuer}:aud"): "sts.amazonaws.com",
                format!("{issuer}:sub"): format!("system:serviceaccount:default:{ROLE}"),
            }},
        }],
    });
    let input = iam::CreateRoleRequest {
        role_name: ROLE.to_owned(),
        assume_role_policy_document: trust.to_string(),
        tags: Some(vec![iam::Tag {
            key: "team".to_owned(),
            value: "platform".to_owned(),
        }]),
        ..Default::default()
    };
    root.call::<iam::CreateRole>(input).await.unwrap();
    // So that the record has all that a copy has, and the policy its mark.
    let input = iam::AttachRolePolicyRequest {
        role_name: ROLE.to_owned(),
        policy_arn: arn,
    };
    root.call::<iam::AttachRolePolicy>(input).await.unwrap();
    account
}

fn copy(store: &Path, own: &str, accounts: &[String], each: usize) {
    let store = Embedded::open(store, Options::default()).unwrap();
    let record = |kind: &str, name: &str| {
        let found = store.get(format!("state/{kind}/{own}/{name}").as_bytes()).unwrap();
        serde_json::from_slice::<Value>(&found.unwrap().value).unwrap()
    };
    let (role, policy) = (record("role", ROLE), record("policy", POLICY));
    let guard = store
        .list(&List::prefix("state/guard/policy/"))
        .unwrap()
        .entries
        .remove(0);
    let mut records = Vec::new();
    let mut commit = |key: String, value: Vec<u8>| {
        records.push((key, value));
        if records.len() == 1000 {
            write(&store, &mut records);
        }
    };
    for (place, account) in accounts.iter().enumerate() {
        for number in 0..each {
            let unique = place * each + number;
            let name = policy_name(number);
            let text = copied(&policy, POLICY, &name, own, account, unique);
            commit(format!("state/policy/{account}/{name}"), text.into_bytes());
            let key = std::str::from_utf8(&guard.key).unwrap();
            commit(key.replace(own, account).replace(POLICY, &name), guard.value.to_vec());
            let mut role = role.clone();
            role["record"]["attached"] = attached(account, number, each).into();
            let name = role_name(number);
            let text = copied(&role, ROLE, &name, own, account, unique);
            commit(format!("state/role/{account}/{name}"), text.into_bytes());
        }
    }
    write(&store, &mut records);
}

fn write(store: &Embedded, records: &mut Vec<(String, Vec<u8>)>) {
    let all = records.drain(..);
    let commit = all.fold(Commit::new(), |commit, (key, value)| commit.put(key, value));
    store.commit(commit).wait().unwrap();
}

/// The record under another name, in another account, with an id of its own.
fn copied(record: &Value, template: &str, name: &str, own: &str, account: &str, unique: usize) -> String {
    let id = record["record"]["id"].as_str().unwrap();
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut new = id.split_at(4).0.to_owned();
    for place in (0..17).rev() {
        let digit = (unique as u128 >> (5 * place)) & 31;
        new.push(char::from(letters[digit as usize]));
    }
    record
        .to_string()
        .replace(template, name)
        .replace(id, &new)
        .replace(own, account)
}

fn attached(account: &str, role: usize, of: usize) -> Vec<String> {
    let others = (0..ATTACHED - 1).map(|place| 1 + (role * (ATTACHED - 1) + place) % (of - 1));
    std::iter::once(SHARED)
        .chain(others)
        .map(|number| policy_arn(account, number))
        .collect()
}

fn role_name(number: usize) -> String {
    format!("app-{number:06}")
}

fn policy_name(number: usize) -> String {
    format!("policy-{number:06}")
}

fn policy_arn(account: &str, number: usize) -> String {
    format!("arn:aws:iam::{account}:policy/{}", policy_name(number))
}

/// The median time to be ready, and the memory then.
pub(crate) fn start(data: &Path, address: SocketAddr) -> Process {
    let mut starts = Vec::new();
    for _ in 0..3 {
        let process = Process::start_on(data, &address.to_string());
        starts.push((process.ready_after, process.resident_mib(), process.peak_mib()));
    }
    starts.sort();
    let (ready, resident, peak) = starts[1];
    println!("| at that size | measured | goal |\n|---|---|---|");
    println!("| ready (median of 3) | {:.1} s | 10 s |", ready.as_secs_f64());
    println!("| resident, just ready | {resident} MiB, at most {peak} MiB | 2048 MiB |");
    Process::start_on(data, &address.to_string())
}

/// Who asks, and where.
pub(crate) struct Asking {
    root: Client,
    credentials: Credentials,
    address: SocketAddr,
    health: SocketAddr,
    host: String,
    account: String,
    /// How many roles the account has.
    roles: usize,
}

impl Asking {
    pub(crate) async fn new(process: &Process, roles: usize) -> Self {
        let root = process.root();
        let input = iam::GetRoleRequest {
            role_name: ROLE.to_owned(),
        };
        let arn = root.call::<iam::GetRole>(input).await.unwrap().role.arn;
        Self {
            root,
            credentials: process.root_credentials(),
            address: process.address(),
            health: process.health(),
            host: process.host().to_owned(),
            account: arn.split(':').nth(4).unwrap().to_owned(),
            roles: roles / ACCOUNTS,
        }
    }

    fn requests<C: Call>(&self, inputs: impl Iterator<Item = C::Input>) -> Requests {
        let now = SystemTime::now();
        let sign = |input| {
            let body = query::encode(C::OPERATION, &input);
            signed(&self.host, &self.credentials, "iam", &body, now)
        };
        Requests::new(self.address, &inputs.map(sign).collect::<Vec<_>>())
    }

    /// Numbers of roles and policies, spread over all.
    fn numbers(&self) -> impl Iterator<Item = usize> + use<> {
        let step = (self.roles / KINDS).max(1);
        let roles = self.roles;
        (0..KINDS).map(move |number| (number * step) % roles)
    }

    async fn read<C: Call>(&self, about: &str, time: Duration, inputs: impl Iterator<Item = C::Input>) {
        let requests = self.requests::<C>(inputs);
        let mut load = Load::default();
        let before = self.within(READ).await;
        load.drive(&requests, 1, time).await;
        shown::<C>(about, &load, before, self.within(READ).await);
    }

    /// How many answers of the query APIs the server has begun within so many seconds, of how many, by its own histogram:
    /// what is beyond them is the way to the client and back.
    async fn within(&self, seconds: &str) -> [f64; 2] {
        let mut stream = TcpStream::connect(self.health).await.unwrap();
        let request = "GET /metrics HTTP/1.1\r\nhost: health\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut buffer = Vec::new();
        let body = answer(&mut stream, &mut buffer).await;
        let metrics = std::str::from_utf8(&buffer[body..]).unwrap();
        [seconds, "+Inf"].map(|bound| {
            let name = format!("rolecall_request_seconds_bucket{{service=\"query\",le=\"{bound}\"}} ");
            let count = metrics.lines().find_map(|line| line.strip_prefix(&name));
            count.unwrap_or("0").parse().unwrap()
        })
    }

    async fn role<C: Call>(&self, time: Duration, input: impl Fn(String) -> C::Input) {
        let inputs = self.numbers().map(|number| input(role_name(number)));
        self.read::<C>("", time, inputs).await;
    }

    async fn policy<C: Call>(&self, time: Duration, input: impl Fn(String) -> C::Input) {
        let inputs = self.numbers().map(|number| input(policy_arn(&self.account, number)));
        self.read::<C>("", time, inputs).await;
    }

    /// All pages of a list, in turns.
    async fn pages<C: Call>(
        &self,
        about: &str,
        time: Duration,
        input: impl Fn(Option<String>) -> C::Input,
        next: impl Fn(C::Output) -> Option<String>,
    ) {
        let mut markers = vec![None];
        while let Some(marker) = next(
            self.root
                .call::<C>(input(markers.last().unwrap().clone()))
                .await
                .unwrap(),
        ) {
            markers.push(Some(marker));
        }
        let about = format!("{about}, each of {} pages", markers.len());
        self.read::<C>(&about, time, markers.into_iter().map(input)).await;
    }

    async fn write<C: Call>(&self, inputs: impl Iterator<Item = C::Input>) {
        let requests = self.requests::<C>(inputs);
        let before = self.within(WRITE).await;
        let load = Load::once(&requests).await;
        shown::<C>("", &load, before, self.within(WRITE).await);
    }
}

fn shown<C: Call>(about: &str, load: &Load, before: [f64; 2], after: [f64; 2]) {
    println!(
        "| `{}`{about} | {:.2} ms | {:.2} ms | {:.2} % |",
        C::OPERATION.name,
        load.at(0.5),
        load.at(0.99),
        100.0 * (after[0] - before[0]) / (after[1] - before[1])
    );
}

/// Each kind of read, for `time`.
#[expect(clippy::too_many_lines, reason = "a list of calls")]
pub(crate) async fn reads(asking: &Asking, time: Duration) {
    println!("\n| read | p50 | p99 | within 1 ms at the server |\n|---|---|---|---|");
    asking
        .role::<iam::GetRole>(time, |role_name| iam::GetRoleRequest { role_name })
        .await;
    asking
        .role::<iam::ListAttachedRolePolicies>(time, |role_name| iam::ListAttachedRolePoliciesRequest {
            role_name,
            ..Default::default()
        })
        .await;
    asking
        .role::<iam::ListRolePolicies>(time, |role_name| iam::ListRolePoliciesRequest {
            role_name,
            ..Default::default()
        })
        .await;
    asking
        .role::<iam::ListRoleTags>(time, |role_name| iam::ListRoleTagsRequest {
            role_name,
            ..Default::default()
        })
        .await;
    asking
        .role::<iam::ListInstanceProfilesForRole>(time, |role_name| iam::ListInstanceProfilesForRoleRequest {
            role_name,
            ..Default::default()
        })
        .await;
    asking
        .policy::<iam::GetPolicy>(time, |policy_arn| iam::GetPolicyRequest { policy_arn })
        .await;
    asking
        .policy::<iam::GetPolicyVersion>(time, |policy_arn| iam::GetPolicyVersionRequest {
            policy_arn,
            version_id: "v1".to_owned(),
        })
        .await;
    asking
        .policy::<iam::ListPolicyVersions>(time, |policy_arn| iam::ListPolicyVersionsRequest {
            policy_arn,
            ..Default::default()
        })
        .await;
    asking
        .policy::<iam::ListEntitiesForPolicy>(time, |policy_arn| iam::ListEntitiesForPolicyRequest {
            policy_arn,
            ..Default::default()
        })
        .await;
    let shared = policy_arn(&asking.account, SHARED);
    let entities = |marker| iam::ListEntitiesForPolicyRequest {
        policy_arn: shared.clone(),
        marker,
        ..Default::default()
    };
    asking
        .pages::<iam::ListEntitiesForPolicy>(" of the policy that all roles have", time, entities, |page| page.marker)
        .await;
    let roles = |marker| iam::ListRolesRequest {
        marker,
        ..Default::default()
    };
    asking
        .pages::<iam::ListRoles>("", time, roles, |page| page.marker)
        .await;
    let nowhere = iam::ListRolesRequest {
        path_prefix: Some("/nowhere/".to_owned()),
        ..Default::default()
    };
    asking
        .read::<iam::ListRoles>(" of a path without roles", time, std::iter::once(nowhere))
        .await;
    for (about, scope, only_attached) in [
        (" of the account", "Local", None),
        (" of all that are attached", "All", Some(true)),
        (" of AWS that are attached", "AWS", Some(true)),
    ] {
        let policies = |marker| iam::ListPoliciesRequest {
            scope: Some(scope.to_owned()),
            only_attached,
            marker,
            ..Default::default()
        };
        asking
            .pages::<iam::ListPolicies>(about, time, policies, |page| page.marker)
            .await;
    }
    let details = |marker| iam::GetAccountAuthorizationDetailsRequest {
        marker,
        ..Default::default()
    };
    asking
        .pages::<iam::GetAccountAuthorizationDetails>("", time, details, |page| page.marker)
        .await;
    let summary = std::iter::once(());
    asking.read::<iam::GetAccountSummary>("", time, summary).await;
    let account = &asking.account;
    asking
        .role::<iam::SimulatePrincipalPolicy>(time, |name| iam::SimulatePrincipalPolicyRequest {
            policy_source_arn: format!("arn:aws:iam::{account}:role/{name}"),
            action_names: vec!["s3:GetObject".to_owned()],
            resource_arns: Some(vec!["arn:aws:s3:::data/policy-000001/x".to_owned()]),
            ..Default::default()
        })
        .await;
    asking
        .role::<iam::GetContextKeysForPrincipalPolicy>(time, |name| iam::GetContextKeysForPrincipalPolicyRequest {
            policy_source_arn: format!("arn:aws:iam::{account}:role/{name}"),
            ..Default::default()
        })
        .await;
    asking
        .role::<iam::ListPoliciesGrantingServiceAccess>(time, |name| iam::ListPoliciesGrantingServiceAccessRequest {
            arn: format!("arn:aws:iam::{account}:role/{name}"),
            service_namespaces: vec!["s3".to_owned()],
            ..Default::default()
        })
        .await;
    asking
        .policy::<iam::GenerateServiceLastAccessedDetails>(time, |arn| iam::GenerateServiceLastAccessedDetailsRequest {
            arn,
            ..Default::default()
        })
        .await;
}

/// Each kind of write, one after the other; and a sync of this disk, as it is in the same minute.
#[expect(clippy::too_many_lines, reason = "a list of calls")]
pub(crate) async fn writes(asking: &Asking, data: &Path) {
    let (p50, p99) = sync(data);
    println!("\n| write | p50 | p99 | within 5 ms at the server |\n|---|---|---|---|");
    println!("| one sync of this disk alone | {p50:.2} ms | {p99:.2} ms | |");
    let role = |number: usize| format!("new-{number:06}");
    let arn = |number: usize| format!("arn:aws:iam::{}:policy/new-{number:06}", asking.account);
    let all = || 0..KINDS;
    let document =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
        "Principal":{"Service":"ec2.amazonaws.com"}}]}"#;
    let tags = || {
        vec![iam::Tag {
            key: "team".to_owned(),
            value: "a".to_owned(),
        }]
    };
    let new = all().map(|number| iam::CreateRoleRequest {
        role_name: role(number),
        assume_role_policy_document: trust.to_owned(),
        ..Default::default()
    });
    asking.write::<iam::CreateRole>(new).await;
    let tagged = all().map(|number| iam::TagRoleRequest {
        role_name: role(number),
        tags: tags(),
    });
    asking.write::<iam::TagRole>(tagged).await;
    let put = all().map(|number| iam::PutRolePolicyRequest {
        role_name: role(number),
        policy_name: "inline".to_owned(),
        policy_document: document.to_owned(),
    });
    asking.write::<iam::PutRolePolicy>(put).await;
    let trusting = all().map(|number| iam::UpdateAssumeRolePolicyRequest {
        role_name: role(number),
        policy_document: trust.to_owned(),
    });
    asking.write::<iam::UpdateAssumeRolePolicy>(trusting).await;
    let updated = all().map(|number| iam::UpdateRoleRequest {
        role_name: role(number),
        max_session_duration: Some(7200),
        ..Default::default()
    });
    asking.write::<iam::UpdateRole>(updated).await;
    let bounded = all().map(|number| iam::PutRolePermissionsBoundaryRequest {
        role_name: role(number),
        permissions_boundary: policy_arn(&asking.account, SHARED),
    });
    asking.write::<iam::PutRolePermissionsBoundary>(bounded).await;
    // Of roles that have ten policies, and whose policies nine other roles have, or all.
    let full = |number: usize| (role_name(number), policy_arn(&asking.account, SHARED));
    let detached = asking.numbers().map(|number| {
        let (role_name, policy_arn) = full(number);
        iam::DetachRolePolicyRequest { role_name, policy_arn }
    });
    asking.write::<iam::DetachRolePolicy>(detached).await;
    let attached = asking.numbers().map(|number| {
        let (role_name, policy_arn) = full(number);
        iam::AttachRolePolicyRequest { role_name, policy_arn }
    });
    asking.write::<iam::AttachRolePolicy>(attached).await;
    let new = all().map(|number| iam::CreatePolicyRequest {
        policy_name: role(number),
        policy_document: document.to_owned(),
        ..Default::default()
    });
    asking.write::<iam::CreatePolicy>(new).await;
    let version = all().map(|number| iam::CreatePolicyVersionRequest {
        policy_arn: arn(number),
        policy_document: document.to_owned(),
        set_as_default: None,
    });
    asking.write::<iam::CreatePolicyVersion>(version).await;
    let default = all().map(|number| iam::SetDefaultPolicyVersionRequest {
        policy_arn: arn(number),
        version_id: "v2".to_owned(),
    });
    asking.write::<iam::SetDefaultPolicyVersion>(default).await;
    let version = all().map(|number| iam::DeletePolicyVersionRequest {
        policy_arn: arn(number),
        version_id: "v1".to_owned(),
    });
    asking.write::<iam::DeletePolicyVersion>(version).await;
    let tagged = all().map(|number| iam::TagPolicyRequest {
        policy_arn: arn(number),
        tags: tags(),
    });
    asking.write::<iam::TagPolicy>(tagged).await;
    let deleted = all().map(|number| iam::DeletePolicyRequest {
        policy_arn: arn(number),
    });
    asking.write::<iam::DeletePolicy>(deleted).await;
    let unbounded = all().map(|number| iam::DeleteRolePermissionsBoundaryRequest {
        role_name: role(number),
    });
    asking.write::<iam::DeleteRolePermissionsBoundary>(unbounded).await;
    let removed = all().map(|number| iam::DeleteRolePolicyRequest {
        role_name: role(number),
        policy_name: "inline".to_owned(),
    });
    asking.write::<iam::DeleteRolePolicy>(removed).await;
    let deleted = all().map(|number| iam::DeleteRoleRequest {
        role_name: role(number),
    });
    asking.write::<iam::DeleteRole>(deleted).await;
    let new = all().map(|number| iam::CreateUserRequest {
        user_name: role(number),
        ..Default::default()
    });
    asking.write::<iam::CreateUser>(new).await;
    let deleted = all().map(|number| iam::DeleteUserRequest {
        user_name: role(number),
    });
    asking.write::<iam::DeleteUser>(deleted).await;
}

/// Milliseconds of writing a page and syncing it, alone: the median and the 99th of a hundred.
fn sync(data: &Path) -> (f64, f64) {
    let mut file = File::create(data.join("sync")).unwrap();
    let mut times: Vec<f64> = (0..KINDS)
        .map(|_| {
            let begun = Instant::now();
            file.seek(SeekFrom::Start(0)).unwrap();
            file.write_all(&[7; 4096]).unwrap();
            file.sync_data().unwrap();
            begun.elapsed().as_secs_f64() * 1000.0
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], times[(times.len() - 1) * 99 / 100])
}
