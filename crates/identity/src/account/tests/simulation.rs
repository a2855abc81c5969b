//! The policy simulator.

use rolecall_policy::Decision;

use super::*;
use crate::simulation::{Asked, Entry, Evaluated, context_keys, run};

const KEY: &str = "arn:aws:s3:::reports/hello.txt";
const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn policy_of(rest: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{rest}}}]}}"#)
}

fn entry(key: &str, kind: &str, values: &[&str]) -> Entry {
    Entry {
        key: key.to_owned(),
        kind: kind.to_owned(),
        values: strings(values),
    }
}

fn simulate(world: &World, asked: &Asked<'_>) -> Result<Vec<Evaluated>, Error> {
    let page = run(&world.identity.snapshot(), account(), asked, 0, 100)?;
    assert_eq!(page.next, None);
    Ok(page.results)
}

fn refusal(world: &World, asked: &Asked<'_>) -> String {
    match simulate(world, asked).unwrap_err() {
        Error::Invalid(sentence) => sentence,
        other => panic!("{other:?}"),
    }
}

#[test]
fn policies_that_nobody_has_are_simulated() {
    let world = World::new();
    let policies = strings(&[
        ALLOW_S3,
        &policy_of(r#""Effect":"Deny","Action":"s3:Put*","Resource":"*""#),
    ]);
    let actions = strings(&["s3:GetObject", "s3:putobject", "iam:CreateUser"]);
    let asked = Asked {
        policies: &policies,
        actions: &actions,
        ..Asked::default()
    };
    let results = simulate(&world, &asked).unwrap();
    let decisions: Vec<_> = results
        .iter()
        .map(|it| (it.action.as_str(), it.total.decision))
        .collect();
    assert_eq!(
        decisions,
        [
            ("s3:GetObject", Decision::Allowed),
            ("s3:putobject", Decision::ExplicitlyDenied),
            ("iam:CreateUser", Decision::ImplicitlyDenied),
        ]
    );
    let matched = |at: usize| {
        let it = &results[at].total.matched[0];
        (it.policy.as_str(), it.kind, it.place)
    };
    assert_eq!(matched(0), ("PolicyInputList.1", "IAM Policy", ((1, 38), (1, 95))));
    assert_eq!(matched(1).0, "PolicyInputList.2");
    assert!(results[2].total.matched.is_empty());
    assert!(results.iter().all(|it| it.each.is_empty() && it.resource == "*"));
}

#[test]
fn one_result_an_action_is_as_strict_as_the_strictest_resource() {
    let world = World::new();
    let deny = policy_of(r#""Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::secret/*""#);
    let policies = strings(&[ALLOW_S3, &deny]);
    let actions = strings(&["s3:GetObject"]);
    let resources = strings(&[KEY, "arn:aws:s3:::secret/x"]);
    let asked = Asked {
        policies: &policies,
        actions: &actions,
        resources: &resources,
        ..Asked::default()
    };
    let results = simulate(&world, &asked).unwrap();
    let [result] = results.as_slice() else { panic!() };
    assert_eq!(result.resource, "arn:${Partition}:s3:::${BucketName}/${ObjectName}");
    assert_eq!(result.total.decision, Decision::ExplicitlyDenied);
    let ids = |statements: &[crate::simulation::Statement]| -> Vec<String> {
        statements.iter().map(|it| it.policy.clone()).collect()
    };
    assert_eq!(ids(&result.total.matched), ["PolicyInputList.2"]);
    assert_eq!(result.each[0].1.decision, Decision::Allowed);
    assert_eq!(ids(&result.each[0].1.matched), ["PolicyInputList.1"]);
    assert_eq!(result.each[1].1.decision, Decision::ExplicitlyDenied);
}

#[test]
fn a_principals_own_policies_have_the_names_that_aws_gives_them() {
    let world = World::new();
    world.user("alice").unwrap();
    let boundary = world.policy("edge").unwrap();
    world
        .run(|tx, permit| attachment::attach::<User>(tx, permit, "alice", READ_ONLY))
        .unwrap();
    let inline = policy_of(r#""Effect":"Allow","Action":"iam:*","Resource":"*""#);
    world
        .run(|tx, permit| inline::put::<User>(tx, permit, "alice", &"mine".parse().unwrap(), &inline))
        .unwrap();
    let actions = strings(&["s3:GetObject", "iam:CreateUser"]);
    let asked = Asked {
        source: Some(ALICE),
        actions: &actions,
        ..Asked::default()
    };
    let results = simulate(&world, &asked).unwrap();
    assert_eq!(results[0].total.matched[0].policy, "AmazonS3ReadOnlyAccess");
    assert_eq!(results[1].total.matched[0].policy, "user_alice_mine");
    assert_eq!(results[1].total.boundary_allows, None);

    world
        .run(|tx, permit| attachment::put_boundary::<User>(tx, permit, "alice", &boundary.arn))
        .unwrap();
    let results = simulate(&world, &asked).unwrap();
    let seen: Vec<_> = results
        .iter()
        .map(|it| (it.total.decision, it.total.boundary_allows))
        .collect();
    assert_eq!(
        seen,
        [
            (Decision::Allowed, Some(true)),
            (Decision::ImplicitlyDenied, Some(false))
        ]
    );
    // One that is given takes its place.
    let given = strings(&[&policy_of(r#""Effect":"Deny","Action":"s3:*","Resource":"*""#)]);
    let results = simulate(
        &world,
        &Asked {
            boundary: &given,
            ..asked.clone()
        },
    )
    .unwrap();
    assert_eq!(results[0].total.decision, Decision::ExplicitlyDenied);
    assert_eq!(
        results[0].total.matched[0].policy,
        "PermissionsBoundaryPolicyInputList.1"
    );
}

#[test]
fn who_is_not_there_or_under_another_path_is_not_simulated() {
    let world = World::new();
    world.user("alice").unwrap();
    let actions = strings(&["s3:GetObject"]);
    let ask = |source| {
        let asked = Asked {
            source: Some(source),
            actions: &actions,
            ..Asked::default()
        };
        simulate(&world, &asked)
    };
    assert!(ask(ALICE).is_ok());
    for arn in [
        "arn:aws:iam::123456789012:user/team/alice",
        "arn:aws:iam::123456789012:user/nobody",
        "arn:aws:iam::210987654321:user/alice",
        "arn:aws:iam::123456789012:role/alice",
    ] {
        assert!(matches!(ask(arn), Err(Error::NotFound(_))), "{arn}");
    }
    let session = "arn:aws:sts::123456789012:assumed-role/app/s";
    let sentence = format!("Invalid Entity Arn: {session} does not clearly define entity type and name.");
    assert!(matches!(ask(session), Err(Error::Invalid(said)) if said == sentence));
}

#[test]
fn a_resources_policy_takes_part_for_users_across_accounts_too() {
    let world = World::new();
    let theirs = policy_of(&format!(
        r#""Effect":"Allow","Principal":{{"AWS":"{ALICE}"}},"Action":"s3:GetObject","Resource":"{KEY}""#
    ));
    let actions = strings(&["s3:GetObject"]);
    let resources = strings(&[KEY]);
    let asked = Asked {
        actions: &actions,
        resources: &resources,
        resource_policy: Some(&theirs),
        caller: Some(ALICE),
        ..Asked::default()
    };
    let same = simulate(&world, &asked).unwrap();
    assert_eq!(same[0].total.decision, Decision::Allowed);
    assert_eq!(
        (same[0].total.matched[0].policy.as_str(), same[0].total.matched[0].kind),
        ("ResourcePolicy", "Resource Policy")
    );
    assert!(same[0].total.details.is_empty());

    let elsewhere = Asked {
        resource_owner: Some("arn:aws:iam::210987654321:root"),
        ..asked.clone()
    };
    let across = simulate(&world, &elsewhere).unwrap();
    assert_eq!(across[0].total.decision, Decision::ImplicitlyDenied);
    let details: Vec<_> = across[0].total.details.clone().into_iter().collect();
    assert_eq!(
        details,
        [
            ("IAM Policy", Decision::ImplicitlyDenied),
            ("Resource Policy", Decision::Allowed)
        ]
    );
    let own = strings(&[ALLOW_S3]);
    let both = simulate(
        &world,
        &Asked {
            policies: &own,
            ..elsewhere
        },
    )
    .unwrap();
    assert_eq!(both[0].total.decision, Decision::Allowed);
    assert_eq!(both[0].total.matched.len(), 2);

    let nobody = Asked {
        caller: None,
        ..asked.clone()
    };
    assert_eq!(
        refusal(&world, &nobody),
        "Invalid caller - Caller cannot be null or empty."
    );
    let role = Asked {
        caller: Some("arn:aws:iam::123456789012:role/app"),
        ..asked.clone()
    };
    assert_eq!(
        refusal(&world, &role),
        "Invalid caller - Caller must be an IAM user in this context."
    );
    let owner = Asked {
        resource_owner: Some("210987654321"),
        ..asked.clone()
    };
    assert_eq!(refusal(&world, &owner), "Invalid Resource Owner.");
    let broken = Asked {
        resource_policy: Some("{}"),
        ..asked
    };
    assert_eq!(refusal(&world, &broken), "Resource policy has invalid content");
}

#[test]
fn entries_of_every_type_are_supplied_and_what_is_lacking_is_named() {
    let world = World::new();
    let conditions = [
        r#""StringEquals":{"aws:PrincipalTag/team":"x"}"#,
        r#""NumericLessThan":{"s3:max-keys":"10"}"#,
        r#""Bool":{"aws:SecureTransport":"true"}"#,
        r#""IpAddress":{"aws:SourceIp":"10.0.0.0/8"}"#,
        r#""DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}"#,
        r#""BinaryEquals":{"app:Key":"QUJD"}"#,
        r#""ForAllValues:StringEquals":{"aws:TagKeys":["a","b"]}"#,
    ];
    let conditions = conditions.join(",");
    let text = policy_of(&format!(
        r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${{aws:username}}","Condition":{{{conditions}}}"#
    ));
    let policies = strings(&[&text]);
    let actions = strings(&["s3:ListBucket"]);
    let resources = strings(&["arn:aws:s3:::b/alice"]);
    let entries = [
        entry("aws:principaltag/TEAM", "string", &["x"]),
        entry("s3:max-keys", "numeric", &["5"]),
        entry("aws:SecureTransport", "boolean", &["true"]),
        entry("aws:SourceIp", "ip", &["10.1.2.3"]),
        entry("aws:CurrentTime", "date", &["2026-01-01T00:00:00Z"]),
        entry("app:Key", "binary", &["QUJD"]),
        entry("aws:TagKeys", "stringList", &["b", "a"]),
    ];
    let asked = Asked {
        policies: &policies,
        actions: &actions,
        resources: &resources,
        caller: Some(ALICE),
        context: &entries,
        ..Asked::default()
    };
    let all = simulate(&world, &asked).unwrap();
    assert_eq!(
        (all[0].total.decision, all[0].total.missing.as_slice()),
        (Decision::Allowed, &[][..])
    );
    let some = Asked {
        context: &entries[1..],
        caller: None,
        ..asked.clone()
    };
    let lacking = simulate(&world, &some).unwrap();
    assert_eq!(lacking[0].total.decision, Decision::ImplicitlyDenied);
    assert_eq!(lacking[0].each[0].1.missing, ["aws:PrincipalTag/team", "aws:username"]);
    for wrong in [
        entry("s3:max-keys", "numeric", &["many"]),
        entry("aws:SourceIp", "ipList", &["10.0.0.1", "x"]),
        entry("aws:username", "string", &["a", "b"]),
    ] {
        assert!(
            refusal(
                &world,
                &Asked {
                    context: &[wrong],
                    ..asked.clone()
                }
            )
            .starts_with("Invalid context entry: ")
        );
    }
}

#[test]
fn what_is_no_policy_action_or_resource_is_refused_in_awss_words() {
    let world = World::new();
    let actions = strings(&["s3:GetObject"]);
    let good = strings(&[ALLOW_S3]);
    let bad = strings(&[ALLOW_S3, "{}"]);
    let two = strings(&[ALLOW_S3, ALLOW_S3]);
    let base = Asked {
        policies: &good,
        actions: &actions,
        ..Asked::default()
    };
    let content = refusal(
        &world,
        &Asked {
            policies: &bad,
            ..base.clone()
        },
    );
    assert_eq!(content, "Policy input list item 2 has invalid content");
    let boundaries = refusal(
        &world,
        &Asked {
            boundary: &two,
            ..base.clone()
        },
    );
    assert_eq!(
        boundaries,
        "The list of Permissions Boundary policies cannot exceed 1 items."
    );
    let stars = strings(&["s3:Get*"]);
    assert_eq!(
        refusal(
            &world,
            &Asked {
                actions: &stars,
                ..base.clone()
            }
        ),
        "Invalid Input Actions: [s3:Get*]"
    );
    let names = strings(&["bucket"]);
    let resource = refusal(
        &world,
        &Asked {
            resources: &names,
            ..base.clone()
        },
    );
    assert_eq!(resource, "ResourceNames are not in a valid ARN format: bucket.");
    let instance = strings(&["arn:aws:ec2:us-east-2:123456789012:instance/i-1"]);
    let handling = refusal(
        &world,
        &Asked {
            resources: &instance,
            handling: Some("EC2-VPC-EBS"),
            ..base.clone()
        },
    );
    assert_eq!(
        handling,
        "The resource handling option EC2-VPC-EBS requires a resource of type image."
    );
    // Policies of before 2012 may be simulated, though none is saved.
    let old = strings(&[r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#]);
    assert_eq!(
        simulate(&world, &Asked { policies: &old, ..base }).unwrap()[0]
            .total
            .decision,
        Decision::Allowed
    );
}

#[test]
fn a_call_that_would_take_long_gives_fewer_results_or_says_so() {
    let world = World::new();
    let queues: Vec<String> = (0..1000)
        .map(|number| format!(r#""arn:aws:sqs:us-east-2:1:{number:020}""#))
        .collect();
    let slow = policy_of(&format!(
        r#""Effect":"Allow","Action":"*","Resource":[{}]"#,
        queues.join(",")
    ));
    let policies = strings(&[&slow]);
    let actions: Vec<String> = (0..200).map(|number| format!("s3:A{number}")).collect();
    let resources = vec![format!("arn:aws:s3:::{}", "y".repeat(1900)); 10];
    let asked = Asked {
        policies: &policies,
        actions: &actions,
        resources: &resources,
        ..Asked::default()
    };
    let snapshot = world.identity.snapshot();
    let page = run(&snapshot, account(), &asked, 0, 1000).unwrap();
    let done = page.results.len();
    assert!((1..200).contains(&done), "{done}");
    assert_eq!(page.next, Some(done));
    let next = run(&snapshot, account(), &asked, done, 1000).unwrap();
    assert_eq!(next.results[0].action, format!("s3:A{done}"));
    let many = vec![resources[0].clone(); 5000];
    let all = run(
        &snapshot,
        account(),
        &Asked {
            resources: &many,
            ..asked
        },
        0,
        1,
    );
    assert!(matches!(all, Err(Error::Evaluation(_))));
}

#[test]
fn pages_go_on_where_they_ended() {
    let world = World::new();
    let policies = strings(&[ALLOW_S3]);
    let actions = strings(&["s3:A", "s3:B", "s3:C"]);
    let asked = Asked {
        policies: &policies,
        actions: &actions,
        ..Asked::default()
    };
    let snapshot = world.identity.snapshot();
    let first = run(&snapshot, account(), &asked, 0, 2).unwrap();
    assert_eq!((first.results.len(), first.next), (2, Some(2)));
    let second = run(&snapshot, account(), &asked, 2, 2).unwrap();
    assert_eq!((second.results[0].action.as_str(), second.next), ("s3:C", None));
}

#[test]
fn context_keys_are_those_of_all_policies_each_once() {
    let world = World::new();
    world.user("alice").unwrap();
    let own = policy_of(r#""Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}""#);
    world
        .run(|tx, permit| inline::put::<User>(tx, permit, "alice", &"mine".parse().unwrap(), &own))
        .unwrap();
    let given = strings(&[&policy_of(
        r#""Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"AWS:UserName":"x","s3:prefix":"y"}}"#,
    )]);
    let snapshot = world.identity.snapshot();
    assert_eq!(
        context_keys(&snapshot, account(), None, &given).unwrap(),
        ["AWS:UserName", "s3:prefix"]
    );
    let both = context_keys(&snapshot, account(), Some(ALICE), &given).unwrap();
    assert_eq!(both, ["aws:username", "s3:prefix"]);
    let bad = strings(&["nothing"]);
    assert!(matches!(
        context_keys(&snapshot, account(), None, &bad),
        Err(Error::Invalid(_))
    ));
}
