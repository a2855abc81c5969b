//! `rolecall demo`: the whole chain, from a pod's token to an object in a bucket, told step by step on a temporary
//! directory and free ports. It fails if anything comes out other than it should, the refusals included.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use rolecall_wire::{
    client::{self, Client},
    generated::{eks, iam, sts},
};
use serde_json::{Value, json};

use self::{
    stage::{ACCOUNT, REGION, Stage},
    tale::Tale,
};
use crate::clock;

mod refusals;
mod stage;
mod tale;

const BUCKET: &str = "reports";
const KEY: &str = "hello.txt";
const HELLO: &str = "hello from a pod\n";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";

pub(crate) async fn run() -> Result<ExitCode> {
    let begun = clock::now();
    let mut tale = Tale::new();
    println!("A pod shows a signed token that says which service account it is. Rolecall checks it, asks the role's");
    println!("trust policy, and answers with credentials of that role. This is the whole chain, and what it refuses.");
    let mut stage = Stage::new()?;
    story(&mut tale, &mut stage).await?;
    let seconds = clock::now().duration_since(begun).unwrap_or_default().as_secs_f64();
    Ok(if tale.end(seconds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn story(tale: &mut Tale, stage: &mut Stage) -> Result<()> {
    tale.step("One process holds everything: issuer, IAM, STS, EKS, an object store behind its gateway.");
    tale.command("rolecall dev");
    let ready = stage.start().await?;
    tale::shows(ready);
    let root = stage.client(stage.root_credentials()?, clock::now)?;
    let anybody = root.with_credentials(None);

    let issuer = cluster(tale, &root, &anybody).await?;
    provider(tale, stage, &anybody, &issuer).await?;
    bucket(tale, &root).await?;
    let role = service_account(tale, stage, &root).await?;
    let token = token(tale, stage).await?;
    let pod = exchange(tale, &anybody, &role, &token).await?;
    let pod = root.with_credentials(pod);
    use_it(tale, stage, &pod).await?;
    narrow(tale, &root, &anybody, &role, &token).await?;
    without_role(tale, stage).await?;

    tale.step("Nothing that was acknowledged is lost: the process is killed at once, and started again.");
    tale.command("kill -9 %1; rolecall dev");
    let session = credentials_of(&anybody, &role, &token, None).await?;
    stage.kill().await?;
    let secrets = stage.secrets(&session)?;
    stage.start().await?;
    let object = pod
        .s3_request(Method::GET, BUCKET, KEY, &[], HeaderMap::new(), "")
        .await?;
    tale.check(
        object.body() == HELLO.as_bytes(),
        "the object is there, and the pod's credentials still work",
    );

    refusals::tell(
        tale,
        stage,
        &refusals::Cast {
            role,
            token,
            issuer,
            session,
            secrets,
        },
    )
    .await?;
    clean_up(tale, stage, &root).await
}

async fn cluster(tale: &mut Tale, root: &Client, anybody: &Client) -> Result<String> {
    tale.step("Every call is signed, as to AWS. The first is by the account's root.");
    tale.command("aws sts get-caller-identity");
    let me = root
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await?;
    let arn = me.arn.unwrap_or_default();
    tale::shows(&arn);
    tale.check(
        arn == format!("arn:aws:iam::{ACCOUNT}:root"),
        "that is the root of the account",
    );

    tale.step("The cluster has an issuer: a URL where anybody finds the keys that its tokens are signed with.");
    tale.command("aws eks describe-cluster --name dev --query cluster.identity.oidc.issuer");
    let input = eks::DescribeClusterRequest { name: "dev".to_owned() };
    let issuer = root
        .call::<eks::DescribeCluster>(input)
        .await?
        .cluster
        .and_then(|cluster| cluster.identity?.oidc?.issuer)
        .context("the cluster has no issuer")?;
    tale::shows(&issuer);
    let discovery = document(anybody, &format!("{issuer}/.well-known/openid-configuration")).await?;
    let keys = discovery.get("jwks_uri").and_then(Value::as_str).unwrap_or_default();
    tale.command(&format!("curl {keys}"));
    let keys = document(anybody, keys).await?;
    let kids: Vec<&str> = keys
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|key| key.get("kid")?.as_str())
        .collect();
    tale::shows(format!("key ids: {}", kids.join(", ")));
    tale.check(
        discovery.get("issuer") == Some(&json!(issuer)) && kids.len() == 1,
        "discovery names the issuer itself and one key",
    );
    Ok(issuer)
}

async fn provider(tale: &mut Tale, stage: &Stage, anybody: &Client, issuer: &str) -> Result<()> {
    tale.step("IAM trusts no issuer by itself. Before it is registered as a provider, its tokens are refused.");
    let token = stage
        .rolecall(&[
            "token",
            "create",
            "default/default",
            "--audience",
            "sts.amazonaws.com",
            "--duration",
            "10m",
        ])
        .await?;
    let early = anybody
        .call::<sts::AssumeRoleWithWebIdentity>(web_identity("arn:aws:iam::123456789012:role/any", &token.out))
        .await;
    refusals::expect(
        tale,
        "no provider for the issuer in this account",
        &refusals::seen(early),
        (
            400,
            "InvalidIdentityToken",
            &format!("No OpenIDConnect provider found in your account for {issuer}"),
        ),
    );
    tale.command("rolecall utils associate-iam-oidc-provider --cluster dev --approve");
    let said = stage
        .rolecall(&["utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve"])
        .await?;
    tale::shows(format!("{}{}", said.out, said.err));
    tale.check(said.ok, "now it is registered");
    Ok(())
}

async fn bucket(tale: &mut Tale, root: &Client) -> Result<()> {
    tale.step("An object in a bucket, for the pod to read.");
    tale.command("aws s3 mb s3://reports && aws s3 cp hello.txt s3://reports/hello.txt");
    // As the CLI does outside us-east-1 (Amazon S3 API Reference: CreateBucket).
    let location = format!(
        "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
    );
    for (key, body) in [("", location.as_str()), (KEY, HELLO)] {
        let made = root
            .s3_request(Method::PUT, BUCKET, key, &[], HeaderMap::new(), body.to_owned())
            .await?;
        let what = if key.is_empty() {
            "the bucket is made"
        } else {
            "the object is stored"
        };
        refusals::expect(tale, what, &refusals::read(&made), (200, "allowed", ""));
    }
    Ok(())
}

async fn service_account(tale: &mut Tale, stage: &Stage, root: &Client) -> Result<String> {
    tale.step("A service account gets a role: one that trusts this very account of this very cluster, and may read.");
    let arguments = [
        "create",
        "iamserviceaccount",
        "--name",
        "iam-test",
        "--namespace",
        "default",
        "--cluster",
        "dev",
        "--role-name",
        "iam-test",
        "--attach-policy-arn",
        READ_ONLY,
        "--approve",
        "--override-existing-serviceaccounts",
    ];
    tale.command(&format!("rolecall {}", arguments.join(" ")));
    let said = stage.rolecall(&arguments).await?;
    tale::shows(format!("{}\n{}", said.out, said.err).trim());
    let input = iam::GetRoleRequest {
        role_name: "iam-test".to_owned(),
    };
    let role = root.call::<iam::GetRole>(input).await?.role;
    let trust = role.assume_role_policy_document.unwrap_or_default();
    let trust = percent_encoding::percent_decode_str(&trust)
        .decode_utf8_lossy()
        .into_owned();
    let trust: Value = serde_json::from_str(&trust).context("the trust policy")?;
    tale.command("aws iam get-role --role-name iam-test --query Role.AssumeRolePolicyDocument");
    tale::shows(format!("{trust:#}"));
    let listed = stage
        .rolecall(&["get", "iamserviceaccount", "--cluster", "dev"])
        .await?;
    tale.command("rolecall get iamserviceaccount --cluster dev");
    tale::shows(&listed.out);
    tale.check(
        said.ok
            && listed.out.contains(&role.arn)
            && trust.to_string().contains("system:serviceaccount:default:iam-test"),
        "the role trusts default/iam-test alone, and the service account is annotated with it",
    );
    Ok(role.arn)
}

async fn token(tale: &mut Tale, stage: &Stage) -> Result<String> {
    tale.step("A pod of that service account finds a token in a file. Kubernetes signed it.");
    tale.command("cat $AWS_WEB_IDENTITY_TOKEN_FILE    # here: rolecall token create default/iam-test");
    let said = stage
        .rolecall(&[
            "token",
            "create",
            "default/iam-test",
            "--audience",
            "sts.amazonaws.com",
            "--duration",
            "1h",
        ])
        .await?;
    let claims = claims(&said.out)?;
    tale::shows(format!("{claims:#}"));
    tale.check(
        claims.get("sub") == Some(&json!("system:serviceaccount:default:iam-test"))
            && claims.get("aud") == Some(&json!(["sts.amazonaws.com"])),
        "it says who it is and for whom it is meant",
    );
    Ok(said.out)
}

async fn exchange(tale: &mut Tale, anybody: &Client, role: &str, token: &str) -> Result<client::Credentials> {
    tale.step("The SDK in the pod shows the token to STS, unsigned: the token is its own proof.");
    tale.command(&format!("aws sts assume-role-with-web-identity --role-arn {role} …"));
    let credentials = credentials_of(anybody, role, token, None).await?;
    let pod = anybody.with_credentials(credentials.clone());
    let me = pod
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await?;
    let arn = me.arn.unwrap_or_default();
    tale::shows(format!("{}, and with it: {arn}", credentials.access_key_id));
    tale.check(
        arn == format!("arn:aws:sts::{ACCOUNT}:assumed-role/iam-test/demo"),
        "the credentials are a session of the role",
    );
    Ok(credentials)
}

async fn use_it(tale: &mut Tale, stage: &Stage, pod: &Client) -> Result<()> {
    tale.step("The role may read.");
    tale.command("aws s3 cp s3://reports/hello.txt -");
    let object = pod
        .s3_request(Method::GET, BUCKET, KEY, &[], HeaderMap::new(), "")
        .await?;
    tale::shows(String::from_utf8_lossy(object.body()).trim_end());
    tale.check(
        object.status() == 200 && object.body() == HELLO.as_bytes(),
        "the object comes",
    );

    tale.step("It may not delete, and the answer says why, in AWS's words.");
    tale.command("aws s3 rm s3://reports/hello.txt");
    let refused = pod
        .s3_request(Method::DELETE, BUCKET, KEY, &[], HeaderMap::new(), "")
        .await?;
    let sentence = format!(
        "User: arn:aws:sts::{ACCOUNT}:assumed-role/iam-test/demo is not authorized to perform: s3:DeleteObject on \
         resource: \"arn:aws:s3:::reports/hello.txt\" because no identity-based policy allows the s3:DeleteObject action"
    );
    refusals::expect(
        tale,
        "delete",
        &refusals::read(&refused),
        (403, "AccessDenied", &sentence),
    );

    tale.step("Whoever runs the platform asks for the whole reason.");
    tale.command("rolecall explain --last --as default/iam-test");
    let said = stage
        .rolecall(&["explain", "--last", "--as", "default/iam-test"])
        .await?;
    tale::shows(format!("{}{}", said.out, said.err));
    tale.check(
        said.ok && said.out.contains("s3:DeleteObject") && said.out.contains("AmazonS3ReadOnlyAccess"),
        "it names the request and each policy that took part",
    );

    tale.step("A presigned URL lends one request to somebody without credentials, for a minute.");
    let url = pod.presign(&Method::GET, BUCKET, KEY, Duration::from_mins(1))?;
    tale.command("curl \"$(aws s3 presign s3://reports/hello.txt --expires-in 60)\"");
    let object = pod.fetch(Method::GET, &url, HeaderMap::new(), "").await?;
    tale.check(
        object.body() == HELLO.as_bytes(),
        "the object comes to whoever has the URL",
    );
    Ok(())
}

async fn narrow(tale: &mut Tale, root: &Client, anybody: &Client, role: &str, token: &str) -> Result<()> {
    tale.step("A session policy narrows one session further than its role.");
    tale.command("aws sts assume-role-with-web-identity … --policy '{… \"Action\": \"s3:ListBucket\" …}'");
    let policy = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*"}}"#;
    let narrowed = root.with_credentials(credentials_of(anybody, role, token, Some(policy)).await?);
    let list = narrowed
        .s3_request(Method::GET, BUCKET, "", &[], HeaderMap::new(), "")
        .await?;
    tale.check(list.status() == 200, "it may list");
    let get = narrowed
        .s3_request(Method::GET, BUCKET, KEY, &[], HeaderMap::new(), "")
        .await?;
    refusals::expect(
        tale,
        "it may not get, though its role may",
        &refusals::read(&get),
        (
            403,
            "AccessDenied",
            "because no session policy allows the s3:GetObject action",
        ),
    );
    Ok(())
}

async fn without_role(tale: &mut Tale, stage: &Stage) -> Result<()> {
    tale.step("A pod without a role has no credentials at all, not even yours.");
    tale.command("rolecall run --as default/other -- env | grep AWS_");
    let said = stage.rolecall(&["run", "--as", "default/other", "--", "env"]).await?;
    let aws: Vec<&str> = said.out.lines().filter(|line| line.starts_with("AWS_")).collect();
    tale::shows(aws.join("\n"));
    let names = [
        "AWS_ACCESS_KEY_ID=",
        "AWS_SECRET_ACCESS_KEY=",
        "AWS_ROLE_ARN=",
        "AWS_WEB_IDENTITY_TOKEN_FILE=",
    ];
    tale.check(
        said.ok && !aws.iter().any(|line| names.iter().any(|name| line.starts_with(name))),
        "neither keys nor a role nor a token",
    );
    Ok(())
}

async fn clean_up(tale: &mut Tale, stage: &mut Stage, root: &Client) -> Result<()> {
    tale.step("Deleting the service account deletes its role, and with the role every session of it.");
    let arguments = [
        "delete",
        "iamserviceaccount",
        "--name",
        "iam-test",
        "--namespace",
        "default",
        "--cluster",
        "dev",
    ];
    tale.command(&format!("rolecall {}", arguments.join(" ")));
    let said = stage.rolecall(&arguments).await?;
    tale::shows(format!("{}{}", said.out, said.err));
    let gone = root
        .call::<iam::GetRole>(iam::GetRoleRequest {
            role_name: "iam-test".to_owned(),
        })
        .await;
    refusals::expect(
        tale,
        "the role is gone",
        &refusals::seen(gone),
        (404, "NoSuchEntity", "The role with name iam-test cannot be found."),
    );
    stage.kill().await
}

/// A request for the role's credentials.
fn web_identity(role: &str, token: &str) -> sts::AssumeRoleWithWebIdentityRequest {
    sts::AssumeRoleWithWebIdentityRequest {
        role_arn: role.to_owned(),
        role_session_name: "demo".to_owned(),
        web_identity_token: token.into(),
        ..Default::default()
    }
}

async fn credentials_of(
    anybody: &Client,
    role: &str,
    token: &str,
    policy: Option<&str>,
) -> Result<client::Credentials> {
    let input = sts::AssumeRoleWithWebIdentityRequest {
        policy: policy.map(str::to_owned),
        ..web_identity(role, token)
    };
    let answer = anybody.call::<sts::AssumeRoleWithWebIdentity>(input).await?;
    let credentials = answer.credentials.context("STS answered without credentials")?;
    Ok(client::Credentials {
        access_key_id: credentials.access_key_id,
        secret_access_key: credentials.secret_access_key,
        session_token: Some(credentials.session_token.expose().to_owned()),
    })
}

async fn document(anybody: &Client, url: &str) -> Result<Value> {
    let answer: Response<Bytes> = anybody.fetch(Method::GET, url, HeaderMap::new(), "").await?;
    serde_json::from_slice(answer.body()).with_context(|| format!("the document at {url}"))
}

fn claims(token: &str) -> Result<Value> {
    let claims = token.split('.').nth(1).context("the token has no claims")?;
    let claims = URL_SAFE_NO_PAD.decode(claims).context("the token's claims")?;
    serde_json::from_slice(&claims).context("the token's claims")
}
