//! Requests signed by botocore verify; any change of one is refused.

use aws_lc_rs::digest;
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::private::GatewayCallerRequest;

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
        let key = SigningKey::derive(secret, &scope.day, &scope.region, &scope.service);
        let signed = presented.verify(&parts, &key);
        if s3 {
            // Whoever has the canonical request alone comes to the same, but for what was left unsigned.
            let brought = GatewayCallerRequest::new(&presented, &parts).presented();
            let verified = brought.and_then(|(same, canonical)| {
                same.verify_canonical(&canonical, &key)
                    .inspect(|_| assert_eq!(same, presented))
            });
            match &signed {
                Err(Rejection::UnsignedHeader(_)) => {}
                _ => assert_eq!(verified.as_ref().ok(), signed.as_ref().ok()),
            }
        }
        signed
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
    let credentials = credentials();
    let query = presign(
        "GET",
        "h",
        "/b/k",
        "",
        Duration::from_mins(1),
        &credentials,
        "us-east-2",
        "s3",
        now(),
    );
    let presented = Presented::read(&HeaderMap::new(), &query).unwrap();
    let check = |seconds| presented.check_time(now() + Duration::from_secs(seconds), Duration::from_hours(1));
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

#[test]
fn awss_own_examples_verify() {
    // IAM: AWS General Reference, Signature Version 4 signing process. The vanilla GET: AWS's test suite. S3: API
    // Reference, Examples: Signature calculations; and Authenticating Requests: Using Query Parameters.
    const S3: &[(&str, &str)] = &[
        ("host", "examplebucket.s3.amazonaws.com"),
        ("range", "bytes=0-9"),
        ("x-amz-content-sha256", EMPTY_HASH),
        ("x-amz-date", "20130524T000000Z"),
    ];
    let general = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let s3 = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let check = |secret: &str, path: &str, query: &str, headers: &[(&'static str, &str)], authorization: &str| {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, HeaderValue::from_str(value).unwrap());
        }
        if !authorization.is_empty() {
            map.insert("authorization", HeaderValue::from_str(authorization).unwrap());
        }
        let presented = Presented::read(&map, query).unwrap();
        let scope = &presented.scope;
        let parts = RequestParts {
            method: "GET",
            path,
            query,
            headers: &map,
            payload: if authorization.is_empty() {
                "UNSIGNED-PAYLOAD"
            } else {
                EMPTY_HASH
            },
            form: if scope.service == "s3" {
                Path::AsSent
            } else {
                Path::Normalized
            },
        };
        let key = SigningKey::derive(secret, &scope.day, &scope.region, &scope.service);
        if let Err(rejection) = presented.verify(&parts, &key) {
            panic!("{rejection:?}");
        }
    };
    check(
        general,
        "/",
        "Action=ListUsers&Version=2010-05-08",
        &[
            ("host", "iam.amazonaws.com"),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date, \
         Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    );
    check(
        general,
        "/",
        "",
        &[("host", "example.amazonaws.com"), ("x-amz-date", "20150830T123600Z")],
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders=host;x-amz-date, \
         Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    );
    check(
        s3,
        "/test.txt",
        "",
        S3,
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
         SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,\
         Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    );
    check(
        s3,
        "/test.txt",
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        &[("host", "examplebucket.s3.amazonaws.com")],
        "",
    );
}

#[test]
fn the_chunks_of_awss_example_are_signed_with_the_same_key() {
    // Amazon S3 API Reference: Signature calculations, transferring a payload in multiple chunks. The gateway chains
    // chunks with this key and the seed of a `Signed`.
    let key = SigningKey::derive(
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "20130524",
        "us-east-1",
        "s3",
    );
    let mut previous = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9".to_owned();
    for (length, expected) in [
        (
            65_536,
            "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
        ),
        (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
        (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
    ] {
        let hash = hash(&vec![b'a'; length]);
        let text = format!(
            "AWS4-HMAC-SHA256-PAYLOAD\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n{previous}\n{EMPTY_HASH}\n{hash}"
        );
        previous = key.sign(text.as_bytes());
        assert_eq!(previous, expected);
    }
}

fn credentials() -> Credentials {
    Credentials {
        access_key_id: "AKIDEXAMPLE".into(),
        secret_access_key: "secret".into(),
        session_token: None,
    }
}

/// Whether headers and a query verify; all else of the request is fixed.
fn verifies(query: &str, headers: &HeaderMap) -> bool {
    let parts = RequestParts {
        method: "GET",
        path: "/b",
        query,
        headers,
        payload: EMPTY_HASH,
        form: Path::AsSent,
    };
    let key = SigningKey::derive("secret", "20261125", "us-east-2", "s3");
    Presented::read(headers, query).is_ok_and(|presented| presented.verify(&parts, &key).is_ok())
}

fn signed(query: &str, headers: &[(&'static str, &[u8])]) -> HeaderMap {
    let mut map = HeaderMap::from_iter([(http::header::HOST, HeaderValue::from_static("h"))]);
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_bytes(value).unwrap());
    }
    sign(
        "GET",
        "/b",
        query,
        &mut map,
        EMPTY_HASH,
        &credentials(),
        "us-east-2",
        "s3",
        now(),
    );
    map
}

#[test]
fn a_plus_in_a_query_is_a_space_and_no_plus() {
    let headers = signed("prefix=a%2Bb", &[]);
    assert!(verifies("prefix=a%2bb", &headers));
    assert!(!verifies("prefix=a+b", &headers), "one byte less, another meaning");
    assert!(verifies("prefix=a+b", &signed("prefix=a%20b", &[])));
}

#[test]
fn header_values_that_are_no_text_do_not_look_alike() {
    let mut headers = signed("", &[("x-amz-meta-name", b"caf\xe9")]);
    assert!(verifies("", &headers));
    headers.insert("x-amz-meta-name", HeaderValue::from_bytes(b"caf\xe8").unwrap());
    assert!(!verifies("", &headers));
}

#[test]
fn headers_that_stand_twice_are_signed_in_their_order() {
    let mut headers = signed("", &[("x-amz-meta-a", b" 1  2 "), ("x-amz-meta-a", b"3")]);
    assert!(verifies("", &headers));
    headers.insert("x-amz-meta-a", HeaderValue::from_static("1 2,3"));
    assert!(verifies("", &headers), "RFC 9110, 5.3: the same list");
    headers.insert("x-amz-meta-a", HeaderValue::from_static("3,1 2"));
    assert!(!verifies("", &headers));
    let mut headers = signed("", &[]);
    headers.append("authorization", HeaderValue::from_static("Bearer x"));
    assert!(!verifies("", &headers));
}

#[test]
fn a_signature_is_read_from_one_place_only() {
    let query = presign(
        "GET",
        "h",
        "/b",
        "",
        Duration::from_mins(1),
        &credentials(),
        "us-east-2",
        "s3",
        now(),
    );
    assert!(Presented::read(&signed("", &[]), &query).is_err());
    let twice = format!("{query}&X-Amz-Expires=9999");
    assert!(Presented::read(&HeaderMap::new(), &twice).is_err());
}

#[test]
fn a_scope_is_of_the_day_of_the_date() {
    let text = "AWS4-HMAC-SHA256 Credential=A/20261124/us-east-2/sts/aws4_request, SignedHeaders=host, Signature=x";
    let rejection = Presented::read(&with_header(text), "").unwrap_err();
    assert_eq!(
        rejection.message(),
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261124' != '20261125', from '20261125T031500Z'."
    );
    assert_eq!(rejection.query_code(), "SignatureDoesNotMatch");
}

#[test]
fn rejections_have_codes_and_statuses() {
    let codes = |rejection: Rejection| {
        (
            rejection.query_code(),
            rejection.json_code(),
            rejection.status().as_u16(),
        )
    };
    assert_eq!(
        codes(Rejection::Missing),
        ("MissingAuthenticationToken", "MissingAuthenticationTokenException", 403)
    );
    assert_eq!(
        codes(Rejection::Algorithm("AWS4-ECDSA-P256-SHA256".into())),
        ("IncompleteSignature", "IncompleteSignatureException", 400)
    );
    assert_eq!(
        codes(Rejection::Region),
        ("SignatureDoesNotMatch", "InvalidSignatureException", 403)
    );
    assert_eq!(Rejection::Missing.json_message(), "Missing Authentication Token");
}

#[test]
fn sigv4a_is_refused() {
    let text = "AWS4-ECDSA-P256-SHA256 Credential=A/20261125/sts/aws4_request, SignedHeaders=host, Signature=x";
    assert!(matches!(
        Presented::read(&with_header(text), ""),
        Err(Rejection::Algorithm(_))
    ));
}

/// What a query string says, without regard to how.
fn meaning(query: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let decode = |part: &str| percent_encoding::percent_decode_str(&part.replace('+', " ")).collect::<Vec<u8>>();
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<_> = pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .filter(|(name, _)| *name != "X-Amz-Signature")
        .map(|(name, value)| (decode(name), decode(value)))
        .collect();
    pairs.sort_unstable();
    pairs
}

/// A path without dot segments and doubled slashes: to the services but S3, the same path.
fn without_dots(path: &str) -> String {
    let mut segments = Vec::new();
    for segment in path.split('/').filter(|segment| !matches!(*segment, "" | ".")) {
        if segment == ".." {
            segments.pop();
        } else {
            segments.push(segment);
        }
    }
    segments.join("/")
}

proptest! {
    #[test]
    fn no_byte_of_what_botocore_signed_can_change(which in 0_usize..100, at in 0_usize..10_000, to in b' '..=b'~') {
        let file = file();
        let vector = &file.vectors[which % file.vectors.len()];
        let change = |text: &str, from: usize| {
            let mut bytes = text.as_bytes().to_vec();
            let at = from + at % (bytes.len() - from);
            bytes[at] = to;
            String::from_utf8(bytes).unwrap()
        };
        // The target, after `scheme://host`.
        let start = vector.url.find("://").unwrap() + 3;
        let start = start + vector.url.split_at(start).1.find(['/', '?']).unwrap();
        let mut changed = vector.clone();
        changed.url = change(&vector.url, start);
        let parts = |url: &str| {
            let (path, query) = url.split_once('?').unwrap_or((url, ""));
            let path: Vec<u8> = if vector.service == "s3" {
                percent_encoding::percent_decode_str(path).collect()
            } else {
                without_dots(path).into_bytes()
            };
            (path, meaning(query), query.contains("X-Amz-Signature"))
        };
        let signature = |url: &str| url.split_once("X-Amz-Signature=").map(|(_, rest)| rest.to_owned());
        // A changed first byte may make another host of it.
        if changed.url.as_bytes()[start] == vector.url.as_bytes()[start] && changed.verify(&file.secret).is_ok() {
            prop_assert_eq!(parts(&changed.url), parts(&vector.url));
            prop_assert_eq!(signature(&changed.url), signature(&vector.url));
        }
        for (name, value) in vector.headers.iter().filter(|(_, value)| !value.is_empty()) {
            let mut changed = vector.clone();
            let other = change(value, 0);
            let same = other.split_whitespace().eq(value.split_whitespace());
            changed.headers.insert(name.clone(), other);
            let covered = name.starts_with("x-amz-") || matches!(name.as_str(), "content-type");
            if covered && !same {
                prop_assert!(changed.verify(&file.secret).is_err(), "{} {:?}", name, changed.headers);
            }
        }
    }

    #[test]
    fn what_is_signed_verifies_and_no_changed_byte_does(
        path in "/[a-z/%A-F0-9.~ -]{0,20}",
        query in "[a-z=&%2F+]{0,20}",
        value in "[ -~]{0,20}",
        body in ".{0,20}",
        at in 0_usize..20,
    ) {
        let path = path.replace(' ', "%20");
        let credentials = credentials();
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
