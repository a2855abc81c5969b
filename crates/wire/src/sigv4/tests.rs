//! Requests signed by botocore verify; any change of one is refused.

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

#[derive(serde::Deserialize)]
struct File {
    secret: String,
    vectors: Vec<Vector>,
}

#[derive(Clone, serde::Deserialize)]
struct Vector {
    service: String,
    method: String,
    url: String,
    body: String,
    headers: std::collections::BTreeMap<String, String>,
}

fn file() -> File {
    serde_json::from_str(include_str!("../../tests/sigv4_vectors.json")).unwrap()
}

fn now() -> SystemTime {
    parse_date("20261125T031510Z").unwrap()
}

impl Vector {
    fn verify(&self, secret: &str) -> Result<Signed, Rejection> {
        let rest = self.url.split_once("://").unwrap().1;
        let (host, target) = rest.split_at(rest.find(['/', '?']).unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        for (name, value) in &self.headers {
            headers.insert(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let presented = Presented::read(&headers, query)?;
        presented.check_scope(&self.service)?;
        presented.check_time(now(), LONGEST_PRESIGNED)?;
        let hash = hex::encode(digest::digest(&digest::SHA256, self.body.as_bytes()));
        let s3 = self.service == "s3";
        let said = headers
            .get("x-amz-content-sha256")
            .and_then(|value| value.to_str().ok());
        let payload = match (s3, presented.is_presigned()) {
            (true, true) => "UNSIGNED-PAYLOAD",
            (true, false) => said.unwrap_or(&hash),
            (false, _) => &hash,
        };
        let form = if s3 { Path::AsSent } else { Path::Normalized };
        let parts = RequestParts {
            method: &self.method,
            path,
            query,
            headers: &headers,
            payload,
            form,
        };
        let scope = &presented.scope;
        presented.verify(
            &parts,
            &SigningKey::derive(secret, &scope.day, &scope.region, &scope.service),
        )
    }
}

#[test]
fn what_botocore_signed_verifies() {
    let file = file();
    assert!(file.vectors.len() >= 10);
    for vector in &file.vectors {
        vector
            .verify(&file.secret)
            .unwrap_or_else(|rejection| panic!("{}: {rejection:?}", vector.url));
    }
}

#[test]
fn the_key_of_awss_documentation_is_derived() {
    // Amazon S3 API Reference: Examples of signature calculations; AWS General Reference: Deriving a signing key.
    let key = SigningKey::derived(
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "20120215",
        "us-east-1",
        "iam",
    );
    assert_eq!(
        hex::encode(*key),
        "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d"
    );
}

#[test]
fn another_secret_does_not_verify() {
    let file = file();
    for vector in &file.vectors {
        assert!(matches!(vector.verify("other"), Err(Rejection::Mismatch { .. })));
    }
}

#[test]
fn dates_are_read_and_written() {
    assert_eq!(format_date(now()), "20261125T031510Z");
    for wrong in [
        "",
        "20261125T031510",
        "2026-11-25T03:15Z",
        "20261325T031510Z",
        "20261125T251510Z",
        "20261125t031510z",
    ] {
        assert!(parse_date(wrong).is_none(), "{wrong}");
    }
}

fn with_header(value: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_str(value).unwrap());
    headers.insert("x-amz-date", HeaderValue::from_static("20261125T031500Z"));
    headers
}

#[test]
fn what_is_incomplete_is_said_in_awss_words() {
    let read = |value: &str| Presented::read(&with_header(value), "").unwrap_err().message();
    assert_eq!(
        Presented::read(&HeaderMap::new(), "").unwrap_err().message(),
        "Request is missing Authentication Token"
    );
    assert_eq!(
        read("AWS4-HMAC-SHA256 SignedHeaders=host"),
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
         Authorization=AWS4-HMAC-SHA256 SignedHeaders=host"
    );
    assert_eq!(read("Bearer x"), "Unsupported AWS 'algorithm': 'Bearer'");
    let mut headers = with_header(
        "AWS4-HMAC-SHA256 Credential=A/20261125/us-east-2/sts/aws4_request, SignedHeaders=host, Signature=x",
    );
    headers.insert("x-amz-date", HeaderValue::from_static("yesterday"));
    assert_eq!(
        Presented::read(&headers, "").unwrap_err().message(),
        "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601"
    );
    assert!(matches!(
        Presented::read(&HeaderMap::new(), "AWSAccessKeyId=x&Signature=y"),
        Err(Rejection::Algorithm(_))
    ));
}

#[test]
fn clocks_may_differ_by_a_quarter_of_an_hour() {
    let text = "AWS4-HMAC-SHA256 Credential=A/20261125/us-east-2/sts/aws4_request, SignedHeaders=host, Signature=x";
    let presented = Presented::read(&with_header(text), "").unwrap();
    let at = |text: &str| {
        presented
            .check_time(parse_date(text).unwrap(), LONGEST_PRESIGNED)
            .map_err(|error| error.message())
    };
    assert_eq!(at("20261125T033000Z"), Ok(()));
    assert_eq!(at("20261125T030000Z"), Ok(()));
    assert_eq!(
        at("20261125T034643Z").unwrap_err(),
        "Signature expired: 20261125T031500Z is now earlier than 20261125T033143Z (20261125T034643Z - 15 min.)"
    );
    assert_eq!(
        at("20261125T024643Z").unwrap_err(),
        "Signature not yet current: 20261125T031500Z is still later than 20261125T030143Z (20261125T024643Z + 15 min.)"
    );
}

#[test]
fn a_presigned_url_ends() {
    let credentials = Credentials {
        access_key_id: "AKIDEXAMPLE".into(),
        secret_access_key: "secret".to_owned().into(),
        session_token: None,
    };
    let query = presign(
        "GET",
        "h",
        "/b/k",
        "",
        Duration::from_secs(60),
        &credentials,
        "us-east-2",
        "s3",
        now(),
    );
    let presented = Presented::read(&HeaderMap::new(), &query).unwrap();
    let check = |seconds| presented.check_time(now() + Duration::from_secs(seconds), Duration::from_secs(3600));
    assert_eq!(check(60), Ok(()));
    assert_eq!(check(61).unwrap_err().message(), "Request has expired");
    let capped = presented.check_time(now(), Duration::from_secs(30));
    assert_eq!(
        capped,
        Err(Rejection::TooLong {
            longest: Duration::from_secs(30)
        })
    );
}

#[test]
fn a_scope_is_of_a_region_and_of_the_service_that_answers() {
    let check = |region: &str, service: &str| {
        let text = format!(
            "AWS4-HMAC-SHA256 Credential=A/20261125/{region}/{service}/aws4_request, SignedHeaders=host, Signature=x"
        );
        Presented::read(&with_header(&text), "")
            .unwrap()
            .check_scope("sts")
            .map_err(|error| error.message())
    };
    assert_eq!(check("eu-west-1", "sts"), Ok(()));
    assert_eq!(
        check("nowhere", "sts").unwrap_err(),
        "Credential should be scoped to a valid region. "
    );
    assert_eq!(
        check("eu-west-1", "iam").unwrap_err(),
        "Credential should be scoped to correct service: 'sts'. "
    );
}

#[test]
fn headers_of_amazon_must_be_signed() {
    let file = file();
    let mut vector = file
        .vectors
        .iter()
        .find(|vector| vector.headers.contains_key("authorization"))
        .unwrap()
        .clone();
    vector.headers.insert("x-amz-copy-source".into(), "other/bucket".into());
    assert_eq!(
        vector.verify(&file.secret),
        Err(Rejection::UnsignedHeader("x-amz-copy-source".into()))
    );
}

proptest! {
    #[test]
    fn what_is_signed_verifies_and_no_changed_byte_does(
        path in "/[a-z/%A-F0-9.~ -]{0,20}",
        query in "[a-z=&%2F+]{0,20}",
        value in "[ -~]{0,20}",
        body in ".{0,20}",
        at in 0_usize..20,
    ) {
        let path = path.replace(' ', "%20");
        let credentials = Credentials {
            access_key_id: "AKIDEXAMPLE".into(),
            secret_access_key: "secret".to_owned().into(),
            session_token: None,
        };
        let hash = hex::encode(digest::digest(&digest::SHA256, body.as_bytes()));
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("h"));
        headers.insert("x-amz-meta-a", HeaderValue::from_str(&value).unwrap());
        sign("PUT", &path, &query, &mut headers, &hash, &credentials, "us-east-2", "s3", now());
        let verify = |method: &str, query: &str, headers: &HeaderMap, payload: &str| {
            let presented = Presented::read(headers, query).unwrap();
            let key = SigningKey::derive("secret", "20261125", "us-east-2", "s3");
            presented.verify(&RequestParts { method, path: &path, query, headers, payload, form: Path::AsSent }, &key).is_ok()
        };
        prop_assert!(verify("PUT", &query, &headers, &hash));
        prop_assert!(!verify("GET", &query, &headers, &hash));
        let longer = format!("{query}&x");
        prop_assert!(!verify("PUT", &longer, &headers, &hash));
        let mut other = hash.clone().into_bytes();
        other[at] = if other[at] == b'0' { b'1' } else { b'0' };
        prop_assert!(!verify("PUT", &query, &headers, std::str::from_utf8(&other).unwrap()));
        headers.insert("x-amz-meta-a", HeaderValue::from_str(&format!("{value}.")).unwrap());
        prop_assert!(!verify("PUT", &query, &headers, &hash));
    }
}
