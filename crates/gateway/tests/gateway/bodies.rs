//! Bodies: nothing arrives whole that is not what was signed and announced (threat 5).

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use rolecall_wire::sigv4::{self, SigningKey};

use crate::world::*;

#[tokio::test]
async fn a_body_that_is_not_what_was_signed_never_arrives_whole() {
    let world = World::root();
    let mut request = signed("PUT", "/b/k", &[], "body");
    *request.body_mut() = Full::new(Bytes::from_static(b"bodY"));
    let answer = world.send(request).await;
    assert_eq!(
        (answer.status, answer.code()),
        (StatusCode::BAD_REQUEST, "XAmzContentSHA256Mismatch")
    );
    assert!(world.arrived().iter().all(|arrived| arrived.body.is_none()));
    let mut request = signed("PUT", "/b/k", &[], "body");
    *request.body_mut() = Full::new(Bytes::from_static(b"bod"));
    assert_eq!(world.send(request).await.status, StatusCode::BAD_REQUEST);
    assert!(world.arrived().iter().all(|arrived| arrived.body.is_none()));
    let answer = world.call("PUT", "/b/k", &[], "body").await;
    assert_eq!(answer.status, StatusCode::OK);
    let last = world.arrived().pop().unwrap();
    assert_eq!(
        (last.body.as_deref(), last.headers["content-length"].as_bytes()),
        (Some(&b"body"[..]), &b"4"[..])
    );
}

/// Of `body`.
const BODY_MD5: &str = "hBotaJrYa9FhFEdFPCLG/A==";

const BODY_CRC32: &str = "26gLsg==";

#[tokio::test]
async fn an_unsigned_body_that_is_not_what_its_headers_announce_never_arrives_whole() {
    let world = World::root();
    let put = |name: &str, value: &str, body: &str| {
        signed_with(
            "PUT",
            "/b/k",
            &[(name, value)],
            body,
            "UNSIGNED-PAYLOAD",
            "AKIATEST",
            "secret",
            "s3",
            now(),
        )
    };
    for (name, value) in [("content-md5", BODY_MD5), ("x-amz-checksum-crc32", BODY_CRC32)] {
        for other in ["bodY", "bOdy"] {
            let answer = world.send(put(name, value, other)).await;
            assert_eq!(
                (answer.status.as_u16(), answer.code()),
                (400, "BadDigest"),
                "{name} {other}"
            );
        }
        assert!(world.arrived().iter().all(|arrived| arrived.body.is_none()));
        // Nobody may ever read an empty body, so it is known to be wrong before the store is asked.
        let before = world.arrived().len();
        assert_eq!(world.send(put(name, value, "")).await.code(), "BadDigest");
        assert_eq!(world.arrived().len(), before);
    }
    for (name, value) in [("content-md5", BODY_MD5), ("x-amz-checksum-crc32", BODY_CRC32)] {
        assert_eq!(world.send(put(name, value, "body")).await.status, StatusCode::OK);
        let arrived = world.arrived().pop().unwrap();
        assert_eq!(arrived.body.as_deref(), Some(&b"body"[..]));
        assert_eq!(arrived.headers[name], value);
    }
}

#[tokio::test]
async fn digests_are_checked_of_bodies_with_a_signed_hash_too() {
    let world = World::root();
    let answer = world.call("PUT", "/b/k", &[("content-md5", BODY_MD5)], "other").await;
    assert_eq!((answer.status.as_u16(), answer.code()), (400, "BadDigest"));
    assert!(
        answer
            .text
            .contains("The Content-MD5 you specified did not match what we received.")
    );
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("content-md5", "xyz")], "InvalidDigest"),
        (&[("x-amz-checksum-crc32", "xyz")], "InvalidRequest"),
        (
            &[("x-amz-checksum-crc32", BODY_CRC32), ("x-amz-checksum-sha1", "x")],
            "InvalidRequest",
        ),
        (&[("x-amz-checksum-crc32", "AAAAAA==")], "BadDigest"),
    ];
    for (headers, code) in cases {
        assert_eq!(
            world.call("PUT", "/b/k", headers, "body").await.code(),
            code,
            "{headers:?}"
        );
    }
    for target in ["/b?tagging", "/b?delete", "/b/k?tagging", "/b?policy"] {
        let method = if target == "/b?delete" { "POST" } else { "PUT" };
        let answer = world.call(method, target, &[("content-md5", BODY_MD5)], "other").await;
        assert_eq!(answer.code(), "BadDigest", "{target}");
    }
    assert!(world.arrived().iter().all(|arrived| arrived.body.is_none()));
}

#[tokio::test]
async fn the_checksum_of_a_completed_upload_is_not_that_of_the_request() {
    let world = World::root();
    let body = "<CompleteMultipartUpload/>";
    let headers = [("x-amz-checksum-crc32", BODY_CRC32)];
    let answer = world.call("POST", "/b/k?uploadId=u", &headers, body).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(world.arrived()[0].headers["x-amz-checksum-crc32"], BODY_CRC32);
}

/// A signed request with a chunked body: `blocks` as chunks, and a trailer.
pub(crate) fn chunked(blocks: &[&str], payload: &str, trailer: Option<(&str, &str)>) -> Request<Full<Bytes>> {
    // The length is signed, and does not depend on the signature.
    let length = body_of(&chunked_of(blocks, payload, trailer, 0)).len();
    chunked_of(blocks, payload, trailer, length)
}

fn chunked_of(blocks: &[&str], payload: &str, trailer: Option<(&str, &str)>, wire: usize) -> Request<Full<Bytes>> {
    let wire = wire.to_string();
    let length: usize = blocks.iter().map(|block| block.len()).sum();
    let length = length.to_string();
    let mut headers = vec![
        ("content-length", wire.as_str()),
        ("x-amz-decoded-content-length", length.as_str()),
        ("content-encoding", "aws-chunked,gzip"),
    ];
    headers.extend(trailer.map(|(name, _)| ("x-amz-trailer", name)));
    let mut request = signed_with("PUT", "/b/k", &headers, "", payload, "AKIATEST", "secret", "s3", now());
    let key = SigningKey::derive("secret", "20261125", REGION, "s3");
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let mut previous = authorization.rsplit_once("Signature=").unwrap().1.to_owned();
    let head = format!("{}\n20261125/{REGION}/s3/aws4_request", sigv4::format_date(now()));
    let hash = |text: &str| hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()));
    let mut body = String::new();
    for block in blocks.iter().chain([&""]) {
        let mut line = format!("{:x}", block.len());
        if payload.contains("HMAC") {
            let text = format!(
                "AWS4-HMAC-SHA256-PAYLOAD\n{head}\n{previous}\n{}\n{}",
                sigv4::EMPTY_HASH,
                hash(block)
            );
            previous = key.sign(text.as_bytes());
            line += &format!(";chunk-signature={previous}");
        }
        body += &format!("{line}\r\n");
        if !block.is_empty() {
            body += &format!("{block}\r\n");
        }
    }
    if let Some((name, value)) = trailer {
        body += &format!("{name}:{value}\r\n");
        if payload.contains("HMAC") {
            let text = format!(
                "AWS4-HMAC-SHA256-TRAILER\n{head}\n{previous}\n{}",
                hash(&format!("{name}:{value}\n"))
            );
            body += &format!("x-amz-trailer-signature:{}\r\n", key.sign(text.as_bytes()));
        }
    }
    body += "\r\n";
    *request.body_mut() = Full::new(Bytes::from(body));
    request
}

fn body_of(request: &Request<Full<Bytes>>) -> String {
    use futures_util::FutureExt;
    let bytes = request
        .body()
        .clone()
        .collect()
        .now_or_never()
        .unwrap()
        .unwrap()
        .to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

const SIGNED: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";

const SIGNED_TRAILER: &str = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";

const UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// Of `hello world`.
const CRC32: (&str, &str) = ("x-amz-checksum-crc32", "DUoRhQ==");

#[tokio::test]
async fn chunked_bodies_arrive_decoded() {
    for (payload, trailer) in [
        (SIGNED, None),
        (SIGNED_TRAILER, Some(CRC32)),
        (UNSIGNED_TRAILER, Some(CRC32)),
        (UNSIGNED_TRAILER, Some(("x-amz-checksum-crc32c", "yZRlqg=="))),
        (
            UNSIGNED_TRAILER,
            Some(("x-amz-checksum-sha1", "Kq5sNclPz7QV2+lfQIuc6R7oRu0=")),
        ),
        (
            UNSIGNED_TRAILER,
            Some(("x-amz-checksum-sha256", "uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=")),
        ),
    ] {
        let world = World::root();
        let answer = world.send(chunked(&["hello ", "world"], payload, trailer)).await;
        assert_eq!(answer.status, StatusCode::OK, "{payload} {trailer:?}: {}", answer.text);
        let arrived = world.arrived().remove(0);
        assert_eq!(arrived.body.as_deref(), Some(&b"hello world"[..]));
        assert_eq!(arrived.headers["content-length"], "11");
        assert_eq!(arrived.headers["content-encoding"], "gzip");
        let announced = arrived
            .headers
            .get("x-amz-trailer")
            .map(|value| value.to_str().unwrap());
        assert_eq!(announced, trailer.map(|(name, _)| name));
        assert_eq!(arrived.headers.len(), if trailer.is_some() { 3 } else { 2 });
        // What has proved right goes on, and nothing else that stood there.
        let trailers = arrived.trailers.unwrap_or_default();
        let kept: Vec<_> = trailers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(kept, trailer.into_iter().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_chunked_body_that_was_tampered_with_leaves_nothing_upstream() {
    type Tamper = fn(&str) -> String;
    let cases: [(&str, Option<(&str, &str)>, Tamper, &str); 12] = [
        (
            SIGNED,
            None,
            |body| body.replace("world", "World"),
            "SignatureDoesNotMatch",
        ),
        (SIGNED, None, |body| body.replace("6;", "7;"), ""),
        (
            SIGNED,
            None,
            |body| body.split("0;chunk").next().unwrap().to_owned(),
            "IncompleteBody",
        ),
        (
            SIGNED,
            None,
            |body| body[..body.find("5;").unwrap()].to_owned(),
            "IncompleteBody",
        ),
        (SIGNED, None, |body| body.to_owned() + "x", ""),
        (
            SIGNED,
            None,
            |body| body.trim_end().to_owned() + "\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
            "MalformedTrailerError",
        ),
        (
            SIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("DUoRhQ==", "AUoRhQ=="),
            "SignatureDoesNotMatch",
        ),
        (
            SIGNED_TRAILER,
            Some(CRC32),
            |body| body.split("x-amz-trailer").next().unwrap().to_owned() + "\r\n",
            "",
        ),
        (
            SIGNED_TRAILER,
            Some(("x-amz-checksum-crc32", "AAAAAA==")),
            str::to_owned,
            "BadDigest",
        ),
        (
            UNSIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("world", "World"),
            "BadDigest",
        ),
        (
            UNSIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("crc32:", "crc32c:"),
            "MalformedTrailerError",
        ),
        (
            UNSIGNED_TRAILER,
            Some(CRC32),
            |body| body.replace("b\r\n", "zz\r\n").replace("5\r\n", "zz\r\n"),
            "InvalidRequest",
        ),
    ];
    for (index, (payload, trailer, tamper, code)) in cases.into_iter().enumerate() {
        let world = World::root();
        let mut request = chunked(&["hello ", "world"], payload, trailer);
        let body = tamper(&body_of(&request));
        *request.body_mut() = Full::new(Bytes::from(body));
        let answer = world.send(request).await;
        assert!(answer.status.is_client_error(), "case {index}");
        assert!(
            code.is_empty() || answer.code() == code,
            "case {index}: {}",
            answer.text
        );
        assert!(
            world.arrived().iter().all(|arrived| arrived.body.is_none()),
            "case {index}"
        );
    }
}
