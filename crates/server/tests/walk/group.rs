//! Groups over the wire: pages, and what their policies let their users do, here and at once.

use rolecall_wire::sigv4::Credentials;

use crate::world::{ACCOUNT, Answer, World, between, refused};

async fn iam(world: &World, credentials: &Credentials, form: &[(&str, &str)]) -> Answer {
    world.query(credentials, "iam", form).await
}

async fn done(world: &World, form: &[(&str, &str)]) -> Answer {
    let answer = iam(world, &world.root, form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer
}

async fn key_of(world: &World, user: &str) -> Credentials {
    done(world, &[("Action", "CreateUser"), ("UserName", user)]).await;
    let key = done(world, &[("Action", "CreateAccessKey"), ("UserName", user)]).await;
    Credentials {
        access_key_id: between(&key.body, "AccessKeyId").to_owned(),
        secret_access_key: between(&key.body, "SecretAccessKey").into(),
        session_token: None,
    }
}

async fn give(world: &World, group: &str, statement: &str) {
    let document = format!(r#"{{"Version":"2012-10-17","Statement":[{{{statement}}}]}}"#);
    let put = [
        ("Action", "PutGroupPolicy"),
        ("GroupName", group),
        ("PolicyName", "p"),
        ("PolicyDocument", &document),
    ];
    done(world, &put).await;
}

#[tokio::test]
async fn a_group_lets_its_users_in_until_they_leave() {
    let world = World::new().await;
    let alice = key_of(&world, "alice").await;
    done(
        &world,
        &[("Action", "CreateGroup"), ("GroupName", "readers"), ("Path", "/team/")],
    )
    .await;
    give(
        &world,
        "readers",
        r#""Effect":"Allow","Action":"iam:ListGroups","Resource":"*""#,
    )
    .await;
    let list = [("Action", "ListGroups")];
    let sentence = format!(
        "User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: iam:ListGroups on resource: \
         arn:aws:iam::{ACCOUNT}:group/ because no identity-based policy allows the iam:ListGroups action"
    );
    refused(&iam(&world, &alice, &list).await, 403, "AccessDenied", &sentence);
    let join = [
        ("Action", "AddUserToGroup"),
        ("GroupName", "readers"),
        ("UserName", "alice"),
    ];
    done(&world, &join).await;
    let shown = iam(&world, &alice, &list).await;
    assert_eq!((shown.status, between(&shown.body, "GroupName")), (200, "readers"));
    assert_eq!(
        between(&shown.body, "Arn"),
        format!("arn:aws:iam::{ACCOUNT}:group/team/readers")
    );
    assert!(between(&shown.body, "GroupId").starts_with("AGPA"));

    let leave = [
        ("Action", "RemoveUserFromGroup"),
        ("GroupName", "readers"),
        ("UserName", "alice"),
    ];
    done(&world, &leave).await;
    refused(&iam(&world, &alice, &list).await, 403, "AccessDenied", &sentence);
}

#[tokio::test]
async fn the_users_and_the_groups_come_page_by_page() {
    let world = World::new().await;
    done(&world, &[("Action", "CreateGroup"), ("GroupName", "all")]).await;
    for user in ["a", "b", "c"] {
        done(&world, &[("Action", "CreateUser"), ("UserName", user)]).await;
        let join = [("Action", "AddUserToGroup"), ("GroupName", "all"), ("UserName", user)];
        done(&world, &join).await;
    }
    let get = [("Action", "GetGroup"), ("GroupName", "all"), ("MaxItems", "2")];
    let first = done(&world, &get).await;
    assert_eq!(between(&first.body, "GroupName"), "all");
    assert!(first.body.contains("<UserName>b</UserName>") && !first.body.contains("<UserName>c</UserName>"));
    assert_eq!(between(&first.body, "IsTruncated"), "true");
    let marker = between(&first.body, "Marker");
    let second = done(&world, &[get[0], get[1], get[2], ("Marker", marker)]).await;
    assert!(second.body.contains("<UserName>c</UserName>") && second.body.contains("<IsTruncated>false"));
    // A marker is for its own list.
    let foreign = [("Action", "ListGroups"), ("Marker", marker)];
    refused(
        &iam(&world, &world.root, &foreign).await,
        400,
        "ValidationError",
        "Invalid Marker.",
    );
    let of_user = done(&world, &[("Action", "ListGroupsForUser"), ("UserName", "a")]).await;
    assert_eq!(between(&of_user.body, "GroupName"), "all");
    let nobody = [("Action", "ListGroupsForUser"), ("UserName", "nobody")];
    refused(
        &iam(&world, &world.root, &nobody).await,
        404,
        "NoSuchEntity",
        "The user with name nobody cannot be found.",
    );
}

#[tokio::test]
async fn renaming_takes_leave_for_the_old_name_and_for_the_new_one() {
    let world = World::new().await;
    let alice = key_of(&world, "alice").await;
    for name in ["mine-a", "staff"] {
        done(&world, &[("Action", "CreateGroup"), ("GroupName", name)]).await;
    }
    done(&world, &[("Action", "CreateUser"), ("UserName", "mine-u")]).await;
    let join = [
        ("Action", "AddUserToGroup"),
        ("GroupName", "staff"),
        ("UserName", "alice"),
    ];
    done(&world, &join).await;
    let mine = format!(
        r#""Effect":"Allow","Action":["iam:UpdateGroup","iam:UpdateUser"],
            "Resource":["arn:aws:iam::{ACCOUNT}:group/mine-*","arn:aws:iam::{ACCOUNT}:user/mine-*"]"#
    );
    give(&world, "staff", &mine).await;
    let rename = |old, new| [("Action", "UpdateGroup"), ("GroupName", old), ("NewGroupName", new)];
    let no = |kind: &str, action: &str, name: &str| {
        format!(
            "User: arn:aws:iam::{ACCOUNT}:user/alice is not authorized to perform: iam:{action} on resource: \
             {kind} {name} because no identity-based policy allows the iam:{action} action"
        )
    };
    let group = |name: &str| no("group", "UpdateGroup", name);
    refused(
        &iam(&world, &alice, &rename("mine-a", "admins")).await,
        403,
        "AccessDenied",
        &group("admins"),
    );
    refused(
        &iam(&world, &alice, &rename("staff", "mine-b")).await,
        403,
        "AccessDenied",
        &group("staff"),
    );
    assert_eq!(iam(&world, &alice, &rename("mine-a", "mine-b")).await.status, 200);
    let away = [
        ("Action", "UpdateUser"),
        ("UserName", "mine-u"),
        ("NewUserName", "boss"),
    ];
    refused(
        &iam(&world, &alice, &away).await,
        403,
        "AccessDenied",
        &no("user", "UpdateUser", "boss"),
    );
    let within = [
        ("Action", "UpdateUser"),
        ("UserName", "mine-u"),
        ("NewUserName", "mine-v"),
    ];
    assert_eq!(iam(&world, &alice, &within).await.status, 200);
}

#[tokio::test]
async fn attaching_to_a_group_is_a_matter_of_which_policy() {
    let world = World::new().await;
    let alice = key_of(&world, "alice").await;
    done(&world, &[("Action", "CreateGroup"), ("GroupName", "staff")]).await;
    let join = [
        ("Action", "AddUserToGroup"),
        ("GroupName", "staff"),
        ("UserName", "alice"),
    ];
    done(&world, &join).await;
    let read_only = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let only = format!(
        r#""Effect":"Allow","Action":"iam:AttachGroupPolicy","Resource":"*","Condition":{{"ArnEquals":{{"iam:PolicyARN":"{read_only}"}}}}"#
    );
    give(&world, "staff", &only).await;
    let attach = |arn| {
        [
            ("Action", "AttachGroupPolicy"),
            ("GroupName", "staff"),
            ("PolicyArn", arn),
        ]
    };
    assert_eq!(iam(&world, &alice, &attach(admin)).await.status, 403);
    assert_eq!(iam(&world, &alice, &attach(read_only)).await.status, 200);
    let entities = [
        ("Action", "ListEntitiesForPolicy"),
        ("PolicyArn", read_only),
        ("EntityFilter", "Group"),
    ];
    let entities = done(&world, &entities).await;
    assert_eq!(between(&entities.body, "GroupName"), "staff");
}
