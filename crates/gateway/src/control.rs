//! What the gateway answers itself: the control plane owns the buckets.

use std::time::UNIX_EPOCH;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use rolecall_names::BucketName;
use rolecall_policy::{Compiled, Decision, Effect, Kind, Malformed, Policy, PrincipalType};

use crate::{
    Body,
    authority::{Bucket, Change, NewBucket},
    decide, document,
    fault::{Fault, respond},
    forward,
    gateway::{Gateway, Scene},
    operation::Control,
    xml,
};

/// S3 User Guide: Bucket policies, quotas.
const LONGEST_POLICY: usize = 20 * 1024;

/// Answers an operation that was allowed.
pub(crate) async fn answer(
    gateway: &Gateway,
    operation: Control,
    scene: &Scene<'_>,
    text: &Bytes,
) -> Result<Response<Body>, Fault> {
    match operation {
        Control::ListBuckets => list_buckets(gateway, scene).await,
        Control::CreateBucket => create_bucket(gateway, scene, text).await,
        Control::DeleteBucket => delete_bucket(gateway, scene, text).await,
        Control::HeadBucket => {
            let mut response = respond(StatusCode::OK, String::new());
            region_header(&mut response, &scene.bucket()?.region);
            Ok(response)
        }
        Control::GetBucketLocation => {
            // us-east-1 is said by saying nothing (API Reference: GetBucketLocation).
            let region = Some(scene.bucket()?.region.as_str()).filter(|region| *region != "us-east-1");
            let text = format!(
                "{}<LocationConstraint xmlns=\"{}\">{}</LocationConstraint>",
                xml::DECLARATION,
                xml::NAMESPACE,
                region.unwrap_or_default()
            );
            Ok(respond(StatusCode::OK, text))
        }
        Control::GetBucketPolicy => {
            let (policy, _) = scene.bucket()?.policy.as_ref().ok_or_else(|| no_policy(scene))?;
            let mut response = respond(StatusCode::OK, policy.clone());
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            Ok(response)
        }
        Control::PutBucketPolicy => put_policy(gateway, scene, text).await,
        Control::DeleteBucketPolicy => {
            let bucket = scene.bucket()?;
            gateway
                .authority
                .set_policy(bucket, None, &scene.by(text))
                .await
                .map_err(|why| changed(&why, &bucket.name))?;
            Ok(respond(StatusCode::NO_CONTENT, String::new()))
        }
        Control::GetBucketPolicyStatus => {
            let (policy, _) = scene.bucket()?.policy.as_ref().ok_or_else(|| no_policy(scene))?;
            let mut text = format!("{}<PolicyStatus xmlns=\"{}\">", xml::DECLARATION, xml::NAMESPACE);
            // A stored policy that no longer parses decides nothing; it is called public to be noticed.
            let public = Policy::parse(policy).map_or(true, |policy| is_public(&policy));
            xml::element(&mut text, "IsPublic", if public { "true" } else { "false" });
            text.push_str("</PolicyStatus>");
            Ok(respond(StatusCode::OK, text))
        }
        Control::GetBucketTagging => {
            let bucket = scene.bucket()?;
            if bucket.tags.is_empty() {
                return Err(
                    Fault::new(StatusCode::NOT_FOUND, "NoSuchTagSet", "The TagSet does not exist")
                        .with("BucketName", bucket.name.as_str()),
                );
            }
            Ok(respond(StatusCode::OK, document::write_tags(&bucket.tags)))
        }
        Control::PutBucketTagging => {
            let tags = document::read_tags(text, 50)?;
            set_tags(gateway, scene, tags, text).await
        }
        Control::DeleteBucketTagging => set_tags(gateway, scene, Vec::new(), text).await,
    }
}

async fn set_tags(
    gateway: &Gateway,
    scene: &Scene<'_>,
    tags: Vec<(String, String)>,
    body: &Bytes,
) -> Result<Response<Body>, Fault> {
    let bucket = scene.bucket()?;
    gateway
        .authority
        .set_tags(bucket, tags, &scene.by(body))
        .await
        .map_err(|why| changed(&why, &bucket.name))?;
    Ok(respond(StatusCode::NO_CONTENT, String::new()))
}

fn no_policy(scene: &Scene<'_>) -> Fault {
    Fault::new(
        StatusCode::NOT_FOUND,
        "NoSuchBucketPolicy",
        "The bucket policy does not exist",
    )
    .with("BucketName", scene.request.bucket.as_deref().unwrap_or_default())
}

async fn list_buckets(gateway: &Gateway, scene: &Scene<'_>) -> Result<Response<Body>, Fault> {
    let principal = scene.asker.principal();
    let all = gateway.authority.buckets(principal.account()).await.map_err(|error| {
        tracing::error!(%error, "buckets cannot be listed");
        Fault::unavailable()
    })?;
    let prefix = scene.request.parameter("prefix").unwrap_or_default();
    let region = scene.request.parameter("bucket-region");
    let after = match scene.request.parameter("continuation-token") {
        Some(token) => URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| Fault::bad("InvalidArgument", "The continuation token provided is incorrect"))?,
        None => String::new(),
    };
    let most = match scene.request.parameter("max-buckets") {
        Some(text) => text
            .parse::<usize>()
            .ok()
            .filter(|most| (1..=10_000).contains(most))
            .ok_or_else(|| {
                Fault::invalid_argument(
                    "Argument max-buckets must be an integer between 1 and 10000",
                    "max-buckets",
                    text,
                )
            })?,
        None => usize::MAX,
    };
    let mut matching = all.iter().filter(|bucket| {
        bucket.name.starts_with(prefix) && bucket.name > after && region.is_none_or(|region| bucket.region == region)
    });
    let page: Vec<_> = matching.by_ref().take(most).collect();
    let mut text = format!(
        "{}<ListAllMyBucketsResult xmlns=\"{}\"><Owner>",
        xml::DECLARATION,
        xml::NAMESPACE
    );
    xml::element(&mut text, "ID", &decide::canonical_id(principal.account()));
    text.push_str("</Owner><Buckets>");
    for bucket in &page {
        text.push_str("<Bucket>");
        xml::element(&mut text, "Name", &bucket.name);
        let seconds = bucket.created.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        xml::element(
            &mut text,
            "CreationDate",
            &decide::iso8601(seconds).replace('Z', ".000Z"),
        );
        xml::element(&mut text, "BucketRegion", &bucket.region);
        text.push_str("</Bucket>");
    }
    text.push_str("</Buckets>");
    if matching.next().is_some()
        && let Some(last) = page.last()
    {
        xml::element(&mut text, "ContinuationToken", &URL_SAFE_NO_PAD.encode(&last.name));
    }
    if !prefix.is_empty() {
        xml::element(&mut text, "Prefix", prefix);
    }
    text.push_str("</ListAllMyBucketsResult>");
    Ok(respond(StatusCode::OK, text))
}

async fn create_bucket(gateway: &Gateway, scene: &Scene<'_>, text: &Bytes) -> Result<Response<Body>, Fault> {
    let name = scene.request.bucket.clone().unwrap_or_default();
    if name.parse::<BucketName>().is_err() {
        return Err(Fault::bad("InvalidBucketName", "The specified bucket is not valid.").with("BucketName", name));
    }
    let creation = document::read_creation(text)?;
    let region = bucket_region(creation.location.as_deref(), &scene.region)?;
    let new = NewBucket {
        name: name.clone(),
        region: region.clone(),
        tags: creation.tags,
        by: scene.by(text),
    };
    let bucket = match gateway.authority.create_bucket(new).await {
        Ok(bucket) => bucket,
        Err(Change::Taken(bucket)) => {
            let own = bucket.account == scene.asker.principal().account();
            if own && bucket.region == "us-east-1" && region == "us-east-1" {
                // "In us-east-1 … Amazon S3 returns 200 OK" (API Reference: CreateBucket, BucketAlreadyOwnedByYou).
                return Ok(created(&name));
            }
            let (code, message) = if own {
                (
                    "BucketAlreadyOwnedByYou",
                    "Your previous request to create the named bucket succeeded and you already own it.",
                )
            } else {
                (
                    "BucketAlreadyExists",
                    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
                )
            };
            return Err(Fault::new(StatusCode::CONFLICT, code, message).with("BucketName", name));
        }
        Err(why) => return Err(changed(&why, &name)),
    };
    if let Err(status) = create_upstream(gateway, &bucket).await {
        tracing::error!(%status, bucket = %bucket.name, "the store did not create a bucket");
        // If this fails too, the first use of the bucket creates it in the store.
        let _forgotten = gateway.authority.delete_bucket(&bucket, &scene.by(text)).await;
        return Err(Fault::unavailable());
    }
    Ok(created(&name))
}

/// Which region the bucket is created in (API Reference: `CreateBucket`, `LocationConstraint`).
fn bucket_region(constraint: Option<&str>, endpoint: &str) -> Result<String, Fault> {
    let constraint = if constraint == Some("EU") {
        Some("eu-west-1")
    } else {
        constraint
    };
    match constraint {
        Some(constraint)
            if !rolecall_names::is_region(constraint) || (constraint == "us-east-1" && endpoint == constraint) =>
        {
            Err(Fault::bad(
                "InvalidLocationConstraint",
                "The specified location-constraint is not valid",
            )
            .with("LocationConstraint", constraint))
        }
        Some(constraint) if constraint != endpoint && endpoint != "us-east-1" => Err(illegal(constraint)),
        Some(constraint) => Ok(constraint.to_owned()),
        None if endpoint == "us-east-1" => Ok(endpoint.to_owned()),
        None => Err(illegal("unspecified")),
    }
}

fn illegal(constraint: &str) -> Fault {
    Fault::bad(
        "IllegalLocationConstraintException",
        format!(
            "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
        ),
    )
}

fn created(name: &str) -> Response<Body> {
    let mut response = respond(StatusCode::OK, String::new());
    if let Ok(value) = HeaderValue::from_str(&format!("/{name}")) {
        response.headers_mut().insert(header::LOCATION, value);
    }
    if let Ok(value) = HeaderValue::from_str(&decide::arn(name, None)) {
        response.headers_mut().insert("x-amz-bucket-arn", value);
    }
    response
}

fn region_header(response: &mut Response<Body>, region: &str) {
    if let Ok(value) = HeaderValue::from_str(region) {
        response.headers_mut().insert("x-amz-bucket-region", value);
    }
}

/// Creates the bucket in the store; that it is there already is as good.
pub(crate) async fn create_upstream(gateway: &Gateway, bucket: &Bucket) -> Result<(), StatusCode> {
    let mut request = bucket_request(Method::PUT, bucket).map_err(|fault| fault.status)?;
    if let Some(region) = gateway.upstream.location() {
        let region = rolecall_wire::xml::escaped(region);
        *request.body_mut() = crate::fault::full(format!(
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
        ));
    }
    let status = gateway.upstream.call(request).await.status();
    if status.is_success() || status == StatusCode::CONFLICT {
        Ok(())
    } else {
        Err(status)
    }
}

async fn delete_bucket(gateway: &Gateway, scene: &Scene<'_>, body: &Bytes) -> Result<Response<Body>, Fault> {
    let bucket = scene.bucket()?;
    let status = gateway
        .upstream
        .call(bucket_request(Method::DELETE, bucket)?)
        .await
        .status();
    match status {
        StatusCode::CONFLICT => {
            return Err(Fault::new(
                StatusCode::CONFLICT,
                "BucketNotEmpty",
                "The bucket you tried to delete is not empty",
            )
            .with("BucketName", bucket.name.as_str()));
        }
        // A deletion that broke off after the store had done its part.
        StatusCode::NOT_FOUND => {}
        status if status.is_success() => {}
        status => {
            tracing::error!(%status, bucket = %bucket.name, "the store did not delete a bucket");
            return Err(Fault::unavailable());
        }
    }
    gateway
        .authority
        .delete_bucket(bucket, &scene.by(body))
        .await
        .map_err(|why| changed(&why, &bucket.name))?;
    Ok(respond(StatusCode::NO_CONTENT, String::new()))
}

fn bucket_request(method: Method, bucket: &Bucket) -> Result<Request<Body>, Fault> {
    let mut request = Request::new(crate::fault::full(""));
    *request.method_mut() = method;
    *request.uri_mut() = forward::uri(&bucket.upstream, None, &[])?;
    Ok(request)
}

async fn put_policy(gateway: &Gateway, scene: &Scene<'_>, body: &Bytes) -> Result<Response<Body>, Fault> {
    let bucket = scene.bucket()?;
    let text: &[u8] = body;
    if text.len() > LONGEST_POLICY {
        return Err(Fault::bad(
            "PolicyTooLarge",
            "Policy exceeds the maximum allowed document size.",
        ));
    }
    let malformed = |why: &Malformed| Fault::bad("MalformedPolicy", why.message.clone());
    // What is no text is no JSON either, and refused as such.
    let text = std::str::from_utf8(text).unwrap_or_default();
    let policy = Policy::read(text, Kind::Resource).map_err(|why| malformed(&why))?;
    own_resources(&policy, &bucket.name)?;
    let confirmed = scene
        .request
        .header("x-amz-confirm-remove-self-bucket-access")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if !confirmed && !decide::is_root_of(&scene.asker, &bucket.account) && locks_out(&policy, text, scene, bucket) {
        return Err(Fault::denied(
            "The policy would deny you s3:PutBucketPolicy on this bucket: send x-amz-confirm-remove-self-bucket-access to confirm",
        ));
    }
    gateway
        .authority
        .set_policy(bucket, Some(text.to_owned()), &scene.by(body))
        .await
        .map_err(|why| changed(&why, &bucket.name))?;
    Ok(respond(StatusCode::NO_CONTENT, String::new()))
}

/// A bucket's policy speaks of this bucket and its objects alone.
fn own_resources(policy: &Policy, name: &str) -> Result<(), Fault> {
    let bucket = decide::arn(name, None);
    let all = policy
        .statements
        .iter()
        .filter_map(|statement| statement.resource.as_ref());
    for text in all.flat_map(|resources| &resources.values) {
        let own = text
            .text
            .strip_prefix(&bucket)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '*']));
        if !own {
            return Err(Fault::bad("MalformedPolicy", "Policy has invalid resource"));
        }
    }
    Ok(())
}

/// Whether a policy would refuse its own author the next change.
fn locks_out(policy: &Policy, text: &str, scene: &Scene<'_>, bucket: &Bucket) -> bool {
    let mut changed = bucket.clone();
    changed.policy = Some((text.to_owned(), Compiled::new(policy)));
    let question = decide::Question {
        action: "s3:PutBucketPolicy",
        resource: decide::arn(&bucket.name, None),
        bucket: Some(std::sync::Arc::new(changed)),
        key: None,
        version: None,
    };
    let context = decide::narrow(&scene.context, &question, None);
    decide::rule(&question, &scene.asker, &bucket.account, context).decision == Decision::ExplicitlyDenied
}

/// Whether a policy is public (S3 User Guide: The meaning of "public"): it allows everybody something, and no condition
/// holds them to fixed values of keys that strangers cannot choose.
fn is_public(policy: &Policy) -> bool {
    const HOLDS: &[&str] = &[
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourcearn",
        "aws:sourceaccount",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:sourceowner",
        "aws:userid",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ];
    policy
        .statements
        .iter()
        .filter(|statement| statement.effect == Effect::Allow)
        .any(|statement| {
            let everybody = statement.principal.as_ref().is_some_and(|principals| {
                principals.negated
                    || principals.entries.iter().any(|(kind, text)| {
                        *kind == PrincipalType::Everyone || (*kind == PrincipalType::Aws && text.text.contains('*'))
                    })
            });
            let held = statement.conditions.iter().any(|condition| {
                HOLDS.contains(&condition.key.to_lowercase().as_str())
                    && condition
                        .values
                        .iter()
                        .all(|value| !value.text.contains(['*', '$']) && value.text != "0.0.0.0/0")
                    && !condition.operator.to_lowercase().contains("not")
                    && !condition.operator.to_lowercase().ends_with("ifexists")
            });
            everybody && !held
        })
}

fn changed(why: &Change, bucket: &str) -> Fault {
    match why {
        Change::Gone => Fault::no_such_bucket(bucket),
        Change::TooMany => Fault::bad(
            "TooManyBuckets",
            "You have attempted to create more buckets than allowed",
        ),
        Change::Taken(_) | Change::Conflict => Fault::new(
            StatusCode::CONFLICT,
            "OperationAborted",
            "A conflicting conditional operation is currently in progress against this resource. Please try again.",
        ),
        Change::Refused(fault) => fault.clone(),
        Change::Unavailable(why) => {
            tracing::error!(%why, "a bucket cannot be changed");
            Fault::unavailable()
        }
    }
}
