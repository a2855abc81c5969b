//! The S3 protocol, operation by operation, as the gateway speaks it to the store.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which may panic")]

#[path = "common/store.rs"]
mod store;

use http::Method;
use store::{Answer, Fixture, open};

const MIB: usize = 1024 * 1024;

/// Bytes in which every position differs from its neighbours', so that a wrong offset shows.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_bucket_is_created_found_and_deleted() {
    let store = Fixture::new();
    store.get("/reports").await.is(404, "NoSuchBucket");
    let body = r#"<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>us-east-2</LocationConstraint></CreateBucketConfiguration>"#;
    let made = store.put("/reports", body).await.ok();
    assert_eq!(made.header("location"), Some("/reports"));
    store.put("/reports", "").await.is(409, "BucketAlreadyOwnedByYou");
    assert_eq!(
        store
            .send(Method::HEAD, "/reports", &[], "")
            .await
            .header("x-amz-bucket-region"),
        Some("us-east-2")
    );
    assert!(store.get("/reports?location").await.text().contains("us-east-2"));
    assert_eq!(store.get("/").await.one("Name"), "reports");
    store.put("/reports/a", "x").await.ok();
    store.delete("/reports").await.is(409, "BucketNotEmpty");
    store.delete("/reports/a").await.ok();
    assert_eq!(store.delete("/reports").await.status, 204);
    let gone = store.send(Method::HEAD, "/reports", &[], "").await;
    assert_eq!((gone.status.as_u16(), gone.body.len()), (404, 0));
}

#[tokio::test]
async fn a_bucket_s_successor_sees_nothing_of_it() {
    let store = Fixture::with_bucket().await;
    let id = begin_upload(&store, "/reports/big").await;
    store
        .put(&format!("/reports/big?partNumber=1&uploadId={id}"), "part")
        .await
        .ok();
    assert_eq!(store.files().len(), 1);
    store.delete("/reports").await.ok();
    assert!(store.files().is_empty(), "the parts of its uploads went with it");
    store.put("/reports", "").await.ok();
    assert!(store.get("/reports?uploads").await.ok().all("Upload").is_empty());
    store
        .put(&format!("/reports/big?partNumber=1&uploadId={id}"), "part")
        .await
        .is(404, "NoSuchUpload");
}

#[tokio::test]
async fn the_answer_can_name_the_bucket_as_the_client_knows_it() {
    let store = Fixture::with_bucket().await;
    let mut request = http::Request::get("/reports?list-type=2")
        .body(http_body_util::Empty::new())
        .unwrap();
    request
        .extensions_mut()
        .insert(rolecall_objects::PublicName("my-reports".to_owned()));
    let answer = store.objects.handle(request).await.into_body();
    let text = http_body_util::BodyExt::collect(answer).await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&text).contains("<Name>my-reports</Name>"));
}

#[tokio::test]
async fn an_object_comes_back_as_it_was_put() {
    let store = Fixture::with_bucket().await;
    let headers = [
        ("content-type", "text/plain; charset=utf-8"),
        ("cache-control", "max-age=60"),
        ("content-disposition", "attachment"),
        ("content-encoding", "gzip,aws-chunked"),
        ("content-language", "de"),
        ("expires", "Wed, 21 Oct 2037 07:28:00 GMT"),
        ("x-amz-meta-owner", "anna"),
        ("x-amz-storage-class", "STANDARD_IA"),
        ("x-amz-tagging", "team=a%20b&env="),
    ];
    let put = store
        .send(Method::PUT, "/reports/hello.txt", &headers, "hello world")
        .await
        .ok();
    assert_eq!(put.header("etag"), Some("\"5eb63bbbe01eeed093cb22bb8f5acdc3\""));
    for method in [Method::GET, Method::HEAD] {
        let got = store.send(method.clone(), "/reports/hello.txt", &[], "").await.ok();
        assert_eq!(got.text(), if method == Method::GET { "hello world" } else { "" });
        assert_eq!(got.header("content-length"), Some("11"));
        assert_eq!(got.header("etag"), Some("\"5eb63bbbe01eeed093cb22bb8f5acdc3\""));
        assert_eq!(got.header("last-modified"), Some("Fri, 15 Jan 2027 08:00:00 GMT"));
        assert_eq!(got.header("content-encoding"), Some("gzip"));
        for (name, value) in headers {
            if !["content-encoding", "x-amz-tagging"].contains(&name) {
                assert_eq!(got.header(name), Some(value), "{method} {name}");
            }
        }
    }
    let tags = store.get("/reports/hello.txt?tagging").await;
    assert_eq!(
        (tags.all("Key"), tags.all("Value")),
        (vec!["team", "env"], vec!["a b", ""])
    );
    assert_eq!(
        store.get("/reports/hello.txt").await.header("x-amz-tagging-count"),
        Some("2")
    );
    let shown = store.get("/reports/hello.txt?response-content-type=image/png").await;
    assert_eq!(shown.header("content-type"), Some("image/png"));
    store.put("/reports/plain", "").await.ok();
    assert_eq!(
        store.get("/reports/plain").await.header("content-type"),
        Some("binary/octet-stream")
    );
    assert_eq!(store.get("/reports/plain").await.body.len(), 0);
}

#[tokio::test]
async fn objects_survive_a_restart_and_leave_no_stray_files() {
    let store = Fixture::with_bucket().await;
    store.put("/reports/a", pattern(MIB)).await.ok();
    store.put("/reports/a", pattern(MIB + 1)).await.ok();
    assert_eq!(
        store.files().len(),
        1,
        "the file of the object that was replaced is gone"
    );
    let Fixture { objects, directory } = store;
    drop(objects);
    let store = Fixture {
        objects: open(directory.path()),
        directory,
    };
    assert_eq!(store.get("/reports/a").await.body, pattern(MIB + 1));
    store.delete("/reports/a").await.ok();
    assert!(store.files().is_empty());
}

#[tokio::test]
async fn keys_never_touch_the_names_of_files() {
    let store = Fixture::with_bucket().await;
    let long = format!("/reports/{}", "k".repeat(1024));
    let odd = [
        "/reports/../../x",
        "/reports/%2e%2e/%2E%2E/etc/passwd",
        "/reports/a%00b",
        "/reports//double//",
        "/reports/.",
        "/reports/%F0%9F%8C%8D/ключ",
        "/reports/a%2Fb",
        "/reports/new%0Aline%20and%2Bplus",
        "/reports/%3Cxml%3E%26",
        long.as_str(),
    ];
    for (n, path) in odd.iter().enumerate() {
        // A URI is ASCII; clients encode the rest.
        let path = path.replace("ключ", "%D0%BA%D0%BB%D1%8E%D1%87");
        store.put(&path, n.to_string()).await.ok();
    }
    for (n, path) in odd.iter().enumerate() {
        let path = path.replace("ключ", "%D0%BA%D0%BB%D1%8E%D1%87");
        assert_eq!(store.get(&path).await.text(), n.to_string(), "{path}");
    }
    let listed = store.get("/reports?list-type=2&encoding-type=url").await;
    assert_eq!(listed.all("Key").len(), odd.len());
    assert!(listed.all("Key").contains(&"../../x"));
    assert!(listed.all("Key").contains(&"a%00b"));
    for file in store.files() {
        assert!(
            file.len() == 64 && file.bytes().all(|b| b.is_ascii_hexdigit()),
            "{file}"
        );
    }
    let around: Vec<_> = std::fs::read_dir(store.directory.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(around.len(), 3, "{around:?}: only `data`, `tmp` and `index.redb`");
    store.put(&format!("{long}k"), "").await.is(400, "KeyTooLongError");
    store.put("/..%2f..%2fx/key", "").await.is(400, "InvalidBucketName");
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_nothing() {
    let store = Fixture::with_bucket().await;
    store.put("/reports/a", "before").await.ok();
    let half: &'static [u8] = Box::leak(pattern(700 * 1024).into_boxed_slice());
    for chunks in [vec![], vec![half], vec![half, half], vec![b"x".as_slice()]] {
        let announced = chunks.iter().map(|c| c.len()).sum::<usize>();
        store
            .put_broken("/reports/a", announced, &chunks)
            .await
            .is(400, "IncompleteBody");
        store
            .put_broken("/reports/b", announced + 5, &chunks)
            .await
            .is(400, "IncompleteBody");
    }
    assert_eq!(store.get("/reports/a").await.text(), "before");
    store.get("/reports/b").await.is(404, "NoSuchKey");
    assert_eq!(store.files().len(), 1);
}

#[tokio::test]
async fn a_body_of_another_length_than_announced_is_refused() {
    let store = Fixture::with_bucket().await;
    for length in ["3", "5"] {
        let request = http::Request::put("/reports/a").header("content-length", length);
        let request = request
            .body(http_body_util::Full::new(bytes::Bytes::from("four")))
            .unwrap();
        assert_eq!(store.objects.handle(request).await.status(), 400);
    }
    store.get("/reports/a").await.is(404, "NoSuchKey");
    assert!(store.files().is_empty());
}

#[tokio::test]
async fn every_checksum_is_verified_kept_and_shown() {
    let store = Fixture::with_bucket().await;
    let cases = [
        ("crc32", "y/Q5Jg=="),
        ("crc32c", "4waSgw=="),
        ("crc64nvme", "rosUhgp5mIg="),
        ("sha1", "98O8HYCOBHMq32eZZczDTKeuNEE="),
        ("sha256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="),
    ];
    for (name, value) in cases {
        let header = format!("x-amz-checksum-{name}");
        let put = store
            .send(Method::PUT, "/reports/a", &[(&header, value)], "123456789")
            .await
            .ok();
        assert_eq!(put.header(&header), Some(value));
        let got = store
            .get_with("/reports/a", &[("x-amz-checksum-mode", "ENABLED")])
            .await;
        assert_eq!(got.header(&header), Some(value));
        assert_eq!(got.header("x-amz-checksum-type"), Some("FULL_OBJECT"));
        assert_eq!(store.get("/reports/a").await.header(&header), None);
        store
            .send(Method::PUT, "/reports/b", &[(&header, value)], "12345678X")
            .await
            .is(400, "BadDigest");
        store
            .send(Method::PUT, "/reports/b", &[(&header, "no")], "")
            .await
            .is(400, "InvalidRequest");
    }
    // Asked for, or verified by the gateway in a trailer: the store computes it.
    for (name, value) in [
        ("x-amz-sdk-checksum-algorithm", "CRC32"),
        ("x-amz-trailer", "x-amz-checksum-crc32"),
    ] {
        let put = store
            .send(Method::PUT, "/reports/a", &[(name, value)], "123456789")
            .await
            .ok();
        assert_eq!(put.header("x-amz-checksum-crc32"), Some("y/Q5Jg=="));
    }
    assert_eq!(
        store
            .put("/reports/a", "123456789")
            .await
            .header("x-amz-checksum-crc64nvme"),
        Some("rosUhgp5mIg=")
    );
    let md5 = [("content-md5", "JfnnlDI7RTiF9RgfG2JNCw==")];
    store.send(Method::PUT, "/reports/c", &md5, "123456789").await.ok();
    store
        .send(Method::PUT, "/reports/b", &md5, "other")
        .await
        .is(400, "BadDigest");
    store
        .send(Method::PUT, "/reports/b", &[("content-md5", "xyz")], "other")
        .await
        .is(400, "InvalidDigest");
    store.get("/reports/b").await.is(404, "NoSuchKey");
}

#[tokio::test]
async fn ranges_give_exactly_what_they_name() {
    let store = Fixture::with_bucket().await;
    let whole = pattern(2 * MIB + 17);
    let size = whole.len();
    store.put("/reports/a", whole.clone()).await.ok();
    assert_eq!(store.get("/reports/a").await.body, whole);
    let cases = [
        (format!("bytes=0-{}", size + 9), 0..size),
        ("bytes=0-0".to_owned(), 0..1),
        (format!("bytes={MIB}-{}", MIB + 1), MIB..MIB + 2),
        ("bytes=500000-600000".to_owned(), 500_000..600_001),
        (format!("bytes={}-", size - 1), size - 1..size),
        ("bytes=-5".to_owned(), size - 5..size),
    ];
    for (header, expected) in cases {
        let got = store.get_with("/reports/a", &[("range", &header)]).await;
        assert_eq!(got.status, 206, "{header}");
        assert_eq!(got.body, whole.get(expected.clone()).unwrap(), "{header}");
        let range = format!("bytes {}-{}/{size}", expected.start, expected.end - 1);
        assert_eq!(got.header("content-range"), Some(range.as_str()));
    }
    store
        .get_with("/reports/a", &[("range", &format!("bytes={size}-"))])
        .await
        .is(416, "InvalidRange");
    assert_eq!(
        store.get_with("/reports/a", &[("range", "lines=1-2")]).await.status,
        200
    );
    let head = store
        .send(Method::HEAD, "/reports/a", &[("range", "bytes=0-4")], "")
        .await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (206, Some("5")));
}

#[tokio::test]
async fn reads_hold_their_conditions() {
    let store = Fixture::with_bucket().await;
    let etag = store.put("/reports/a", "x").await.header("etag").unwrap().to_owned();
    let (before, after) = ("Fri, 15 Jan 2027 07:59:59 GMT", "Fri, 15 Jan 2027 08:00:00 GMT");
    let cases = [
        (vec![("if-match", etag.as_str())], 200),
        (vec![("if-match", "\"other\"")], 412),
        (vec![("if-none-match", etag.as_str())], 304),
        (vec![("if-none-match", "*")], 304),
        (vec![("if-none-match", "\"other\"")], 200),
        (vec![("if-modified-since", after)], 304),
        (vec![("if-modified-since", before)], 200),
        (vec![("if-unmodified-since", before)], 412),
        (vec![("if-unmodified-since", after)], 200),
        // RFC 9110, section 13.2.2: the entity tag outweighs the date.
        (vec![("if-match", etag.as_str()), ("if-unmodified-since", before)], 200),
        (vec![("if-none-match", "\"other\""), ("if-modified-since", after)], 200),
    ];
    for (headers, status) in cases {
        assert_eq!(
            store.get_with("/reports/a", &headers).await.status,
            status,
            "{headers:?}"
        );
        assert_eq!(
            store.send(Method::HEAD, "/reports/a", &headers, "").await.status,
            status,
            "{headers:?}"
        );
    }
}

#[tokio::test]
async fn writes_hold_their_conditions() {
    let store = Fixture::with_bucket().await;
    let put = |headers: Vec<(&'static str, String)>, body: &'static str| {
        let store = &store;
        async move {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            store.send(Method::PUT, "/reports/a", &headers, body).await
        }
    };
    put(vec![("if-match", "\"x\"".to_owned())], "0")
        .await
        .is(404, "NoSuchKey");
    let etag = put(vec![("if-none-match", "*".to_owned())], "1")
        .await
        .ok()
        .header("etag")
        .unwrap()
        .to_owned();
    put(vec![("if-none-match", "*".to_owned())], "2")
        .await
        .is(412, "PreconditionFailed");
    put(vec![("if-match", "\"other\"".to_owned())], "2")
        .await
        .is(412, "PreconditionFailed");
    put(vec![("if-match", etag.clone())], "3").await.ok();
    put(vec![("if-match", etag.clone())], "4")
        .await
        .is(412, "PreconditionFailed");
    assert_eq!(store.get("/reports/a").await.text(), "3");
    store
        .send(Method::DELETE, "/reports/a", &[("if-match", &etag)], "")
        .await
        .is(412, "PreconditionFailed");
    assert_eq!(store.files().len(), 1);
}

#[tokio::test]
async fn of_many_who_create_at_once_one_wins() {
    let store = Fixture::with_bucket().await;
    let tries = (0..8).map(|n: u32| store.send(Method::PUT, "/reports/a", &[("if-none-match", "*")], n.to_string()));
    let won = futures_util::future::join_all(tries)
        .await
        .into_iter()
        .filter(|answer| answer.status == 200)
        .count();
    assert_eq!(won, 1);
    assert_eq!(store.files().len(), 1);
}

#[tokio::test]
async fn a_reader_finishes_although_the_object_is_replaced_and_deleted() {
    let store = Fixture::with_bucket().await;
    let old = pattern(5 * MIB);
    store.put("/reports/a", old.clone()).await.ok();
    let request = http::Request::get("/reports/a")
        .body(http_body_util::Empty::new())
        .unwrap();
    let reading = store.objects.handle(request).await;
    store.put("/reports/a", "new").await.ok();
    store.delete("/reports/a").await.ok();
    assert_eq!(
        http_body_util::BodyExt::collect(reading.into_body())
            .await
            .unwrap()
            .to_bytes(),
        old
    );
    store.get("/reports/a").await.is(404, "NoSuchKey");
    assert!(store.files().is_empty(), "gone with the last reader");
}

#[tokio::test]
async fn listings_are_ordered_rolled_up_and_paged() {
    let store = Fixture::with_bucket().await;
    for key in ["a", "b/1", "b/2", "b/c/3", "b0", "c d", "e/", "e/f"] {
        store
            .put(&format!("/reports/{}", key.replace(' ', "%20")), key)
            .await
            .ok();
    }
    let all = store.get("/reports?list-type=2").await;
    assert_eq!(all.all("Key"), ["a", "b/1", "b/2", "b/c/3", "b0", "c d", "e/", "e/f"]);
    assert_eq!(
        (all.one("KeyCount"), all.one("IsTruncated"), all.one("MaxKeys")),
        ("8", "false", "1000")
    );
    let rolled = store.get("/reports?list-type=2&delimiter=/").await;
    assert_eq!(rolled.all("Key"), ["a", "b0", "c d"]);
    assert_eq!(
        rolled.all("CommonPrefixes"),
        ["<Prefix>b/</Prefix>", "<Prefix>e/</Prefix>"]
    );
    let inside = store.get("/reports?list-type=2&delimiter=/&prefix=b/").await;
    assert_eq!(
        (inside.all("Key"), inside.all("CommonPrefixes")),
        (vec!["b/1", "b/2"], vec!["<Prefix>b/c/</Prefix>"])
    );
    assert_eq!(
        store
            .get("/reports?list-type=2&encoding-type=url&prefix=c")
            .await
            .one("Key"),
        "c%20d"
    );
    assert_eq!(
        store.get("/reports?list-type=2&start-after=b/2").await.all("Key"),
        ["b/c/3", "b0", "c d", "e/", "e/f"]
    );
    assert!(store.get("/reports?list-type=2&max-keys=0").await.all("Key").is_empty());
    store
        .get("/reports?list-type=2&continuation-token=bad")
        .await
        .is(400, "InvalidArgument");

    for delimiter in ["", "&delimiter=/"] {
        let whole = store.get(&format!("/reports?list-type=2{delimiter}")).await;
        for size in 1..9 {
            let (mut paged, mut token) = (Vec::new(), String::new());
            loop {
                let page = store
                    .get(&format!("/reports?list-type=2&max-keys={size}{delimiter}{token}"))
                    .await
                    .ok();
                paged.extend(told(&page));
                assert!(told(&page).len() <= size);
                if page.one("IsTruncated") == "false" {
                    break;
                }
                token = format!("&continuation-token={}", page.one("NextContinuationToken"));
            }
            paged.sort();
            let mut expected = told(&whole);
            expected.sort();
            assert_eq!(paged, expected, "pages of {size}{delimiter}");
        }
    }

    let first = store.get("/reports?delimiter=/&max-keys=2").await;
    assert_eq!((first.one("NextMarker"), first.one("IsTruncated")), ("b/", "true"));
    let second = store.get("/reports?delimiter=/&max-keys=2&marker=b/").await;
    assert_eq!(second.all("Key"), ["b0", "c d"]);
    let versions = store.get("/reports?versions&prefix=b/").await;
    assert_eq!(versions.all("VersionId"), ["null", "null", "null"]);
}

fn told(page: &Answer) -> Vec<String> {
    [page.all("Key"), page.all("CommonPrefixes")]
        .concat()
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn deleting_many_tells_of_each() {
    let store = Fixture::with_bucket().await;
    for key in ["a", "b", "c"] {
        store.put(&format!("/reports/{key}"), key).await.ok();
    }
    let body = "<Delete><Object><Key>a</Key></Object><Object><Key>missing</Key></Object>\
                <Object><Key>b</Key><VersionId>v1</VersionId></Object></Delete>";
    let answer = store.send(Method::POST, "/reports?delete", &[], body).await.ok();
    assert_eq!(answer.all("Deleted"), ["<Key>a</Key>", "<Key>missing</Key>"]);
    assert!(answer.one("Error").contains("<Key>b</Key>"));
    let quiet = "<Delete><Quiet>true</Quiet><Object><Key>b</Key></Object></Delete>";
    assert!(
        store
            .send(Method::POST, "/reports?delete", &[], quiet)
            .await
            .ok()
            .all("Deleted")
            .is_empty()
    );
    assert_eq!(store.get("/reports?list-type=2").await.all("Key"), ["c"]);
    assert_eq!(store.files().len(), 1);
    assert_eq!(store.delete("/reports/missing").await.status, 204);
}

#[tokio::test]
async fn copies_keep_or_replace_what_is_said_of_the_object() {
    let store = Fixture::with_bucket().await;
    let said = [
        ("content-type", "text/plain"),
        ("x-amz-meta-a", "1"),
        ("x-amz-tagging", "t=1"),
    ];
    store.send(Method::PUT, "/reports/a%20b", &said, "contents").await.ok();
    let source = ("x-amz-copy-source", "/reports/a%20b");
    let copied = store.send(Method::PUT, "/reports/kept", &[source], "").await.ok();
    assert!(copied.one("ETag").contains(&hex::encode(md5_of("contents"))));
    let kept = store.get("/reports/kept").await;
    assert_eq!((kept.text(), kept.header("x-amz-meta-a")), ("contents", Some("1")));
    assert_eq!(store.get("/reports/kept?tagging").await.all("Value"), ["1"]);

    let replace = [
        source,
        ("x-amz-metadata-directive", "REPLACE"),
        ("x-amz-meta-b", "2"),
        ("content-type", "x/y"),
    ];
    store.send(Method::PUT, "/reports/replaced", &replace, "").await.ok();
    let replaced = store.get("/reports/replaced").await;
    assert_eq!(
        (replaced.header("x-amz-meta-a"), replaced.header("x-amz-meta-b")),
        (None, Some("2"))
    );
    assert_eq!(store.get("/reports/replaced?tagging").await.all("Value"), ["1"]);
    let retag = [source, ("x-amz-tagging-directive", "REPLACE"), ("x-amz-tagging", "t=2")];
    store.send(Method::PUT, "/reports/kept", &retag, "").await.ok();
    assert_eq!(store.get("/reports/kept?tagging").await.all("Value"), ["2"]);

    store
        .send(Method::PUT, "/reports/a%20b", &[source], "")
        .await
        .is(400, "InvalidRequest");
    let touch = [source, ("x-amz-metadata-directive", "REPLACE"), ("x-amz-meta-c", "3")];
    store.send(Method::PUT, "/reports/a%20b", &touch, "").await.ok();
    assert_eq!(store.get("/reports/a%20b").await.text(), "contents");
    let missing = [("x-amz-copy-source", "reports/missing")];
    store
        .send(Method::PUT, "/reports/c", &missing, "")
        .await
        .is(404, "NoSuchKey");
    let stale = [source, ("x-amz-copy-source-if-match", "\"other\"")];
    store
        .send(Method::PUT, "/reports/c", &stale, "")
        .await
        .is(412, "PreconditionFailed");
}

fn md5_of(text: &str) -> Vec<u8> {
    use md5::Digest as _;
    md5::Md5::digest(text).to_vec()
}

async fn begin_upload(store: &Fixture, path: &str) -> String {
    store
        .send(Method::POST, &format!("{path}?uploads"), &[], "")
        .await
        .ok()
        .one("UploadId")
        .to_owned()
}

fn completion(parts: &[(u32, &str)]) -> String {
    let parts: Vec<_> = parts
        .iter()
        .map(|(number, etag)| format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>"))
        .collect();
    format!("<CompleteMultipartUpload>{}</CompleteMultipartUpload>", parts.concat())
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, from the first part to the last byte")]
async fn an_upload_in_parts_becomes_one_object() {
    let store = Fixture::with_bucket().await;
    let headers = [
        ("content-type", "text/plain"),
        ("x-amz-meta-a", "1"),
        ("x-amz-checksum-algorithm", "CRC32"),
    ];
    let made = store
        .send(Method::POST, "/reports/big?uploads", &headers, "")
        .await
        .ok();
    let id = made.one("UploadId").to_owned();
    assert_eq!((made.one("Bucket"), made.one("Key")), ("reports", "big"));
    assert_eq!(made.header("x-amz-checksum-algorithm"), Some("CRC32"));
    let (first, second) = (pattern(5 * MIB), pattern(1234));
    let part = |number: u32| format!("/reports/big?partNumber={number}&uploadId={id}");
    store.put(&part(7), "replaced below").await.ok();
    let two = store
        .put(&part(7), second.clone())
        .await
        .ok()
        .header("etag")
        .unwrap()
        .to_owned();
    let one = store
        .put(&part(2), first.clone())
        .await
        .ok()
        .header("etag")
        .unwrap()
        .to_owned();
    store.put(&part(9), "not used").await.ok();
    store.get("/reports/big").await.is(404, "NoSuchKey");

    let listed = store.get(&format!("/reports/big?uploadId={id}&max-parts=2")).await.ok();
    assert_eq!(
        (listed.all("PartNumber"), listed.one("IsTruncated")),
        (vec!["2", "7"], "true")
    );
    assert_eq!(listed.one("NextPartNumberMarker"), "7");
    let uploads = store.get("/reports?uploads").await.ok();
    assert_eq!(
        (uploads.all("Key"), uploads.one("UploadId")),
        (vec!["big"], id.as_str())
    );

    let complete = |body: String| {
        let (store, path) = (&store, format!("/reports/big?uploadId={id}"));
        async move { store.send(Method::POST, &path, &[], body).await }
    };
    complete(completion(&[(7, &two), (2, &one)]))
        .await
        .is(400, "InvalidPartOrder");
    complete(completion(&[(2, &one), (8, &two)]))
        .await
        .is(400, "InvalidPart");
    complete(completion(&[(2, &two)])).await.is(400, "InvalidPart");
    complete(completion(&[(7, &two), (9, "\"ab\"")]))
        .await
        .is(400, "EntityTooSmall");
    complete(completion(&[])).await.is(400, "MalformedXML");
    let done = complete(completion(&[(2, &one), (7, &two)])).await.ok();
    assert!(done.one("ETag").contains("-2"), "{}", done.text());
    assert!(done.one("ChecksumCRC32").ends_with("-2"));
    assert_eq!(done.one("ChecksumType"), "COMPOSITE");
    // Whose answer was lost asks again, and hears the same; that a part was meant that was not is still told.
    let again = complete(completion(&[(2, &one), (7, &two)])).await.ok();
    assert_eq!(
        (again.one("ETag"), again.one("ChecksumCRC32")),
        (done.one("ETag"), done.one("ChecksumCRC32"))
    );
    complete(completion(&[(2, &one)])).await.is(404, "NoSuchUpload");

    let got = store.get("/reports/big").await;
    assert_eq!(got.body, [first.clone(), second.clone()].concat());
    assert_eq!(
        (got.header("x-amz-meta-a"), got.header("content-type")),
        (Some("1"), Some("text/plain"))
    );
    assert_eq!(store.files().len(), 2, "the part that was not used is gone");
    let over = store
        .get_with("/reports/big", &[("range", "bytes=5242878-5242881")])
        .await;
    assert_eq!(
        over.body,
        [first.get(5 * MIB - 2..).unwrap(), second.get(..2).unwrap()].concat()
    );
    let part = store.get("/reports/big?partNumber=7").await;
    assert_eq!(
        (part.status.as_u16(), part.header("x-amz-mp-parts-count")),
        (206, Some("2"))
    );
    assert_eq!(part.body, second);
    store
        .get("/reports/big?partNumber=3")
        .await
        .is(416, "InvalidPartNumber");

    let wanted = [(
        "x-amz-object-attributes",
        "ETag,Checksum,ObjectParts,StorageClass,ObjectSize",
    )];
    let attributes = store.get_with("/reports/big?attributes", &wanted).await.ok();
    assert_eq!(
        (attributes.one("ObjectSize"), attributes.one("StorageClass")),
        ("5244114", "STANDARD")
    );
    assert_eq!(attributes.all("PartNumber"), ["2", "7"]);

    // A copy's entity tag is that of its bytes.
    let copied = store
        .send(
            Method::PUT,
            "/reports/copy",
            &[("x-amz-copy-source", "reports/big")],
            "",
        )
        .await
        .ok();
    assert!(!copied.one("ETag").contains('-'));
    assert_eq!(store.get("/reports/copy").await.body, [first, second].concat());
    store.delete("/reports/big").await.ok();
    complete(completion(&[(2, &one), (7, &two)]))
        .await
        .is(404, "NoSuchUpload");
    assert_eq!(store.files().len(), 1);
}

#[tokio::test]
async fn the_checksum_of_an_upload_in_parts_is_that_of_its_bytes() {
    let store = Fixture::with_bucket().await;
    let id = begin_upload(&store, "/reports/big").await;
    let halves = [pattern(5 * MIB), b"end".to_vec()];
    let mut etags = Vec::new();
    for (number, half) in (1..).zip(&halves) {
        let path = format!("/reports/big?partNumber={number}&uploadId={id}");
        etags.push(
            store
                .put(&path, half.clone())
                .await
                .ok()
                .header("etag")
                .unwrap()
                .to_owned(),
        );
    }
    let named: Vec<_> = (1..).zip(etags.iter().map(String::as_str)).collect();
    let done = store
        .send(
            Method::POST,
            &format!("/reports/big?uploadId={id}"),
            &[],
            completion(&named),
        )
        .await
        .ok();
    let whole = store.put("/reports/whole", halves.concat()).await.ok();
    assert_eq!(
        Some(done.one("ChecksumCRC64NVME")),
        whole.header("x-amz-checksum-crc64nvme")
    );
    assert_eq!(done.one("ChecksumType"), "FULL_OBJECT");
}

#[tokio::test]
async fn parts_can_be_copied_and_uploads_aborted() {
    let store = Fixture::with_bucket().await;
    let source = pattern(6 * MIB);
    store.put("/reports/source", source.clone()).await.ok();
    let id = begin_upload(&store, "/reports/big").await;
    let part = |number: u32| format!("/reports/big?partNumber={number}&uploadId={id}");
    let from = ("x-amz-copy-source", "reports/source");
    let one = store.send(Method::PUT, &part(1), &[from], "").await.ok();
    let ranged = [from, ("x-amz-copy-source-range", "bytes=10-19")];
    let two = store.send(Method::PUT, &part(2), &ranged, "").await.ok();
    let beyond = [from, ("x-amz-copy-source-range", "bytes=10-99999999")];
    store
        .send(Method::PUT, &part(3), &beyond, "")
        .await
        .is(400, "InvalidArgument");
    let etags = [
        one.one("ETag").replace("&quot;", "\""),
        two.one("ETag").replace("&quot;", "\""),
    ];
    let body = completion(&[(1, &etags[0]), (2, &etags[1])]);
    store
        .send(Method::POST, &format!("/reports/big?uploadId={id}"), &[], body)
        .await
        .ok();
    assert_eq!(
        store.get("/reports/big").await.body,
        [source.as_slice(), source.get(10..20).unwrap()].concat()
    );

    let id = begin_upload(&store, "/reports/other").await;
    store
        .put(&format!("/reports/other?partNumber=1&uploadId={id}"), "x")
        .await
        .ok();
    // An upload's id opens no other key's upload.
    store
        .put(&format!("/reports/big?partNumber=1&uploadId={id}"), "x")
        .await
        .is(404, "NoSuchUpload");
    let files = store.files().len();
    assert_eq!(store.delete(&format!("/reports/other?uploadId={id}")).await.status, 204);
    assert_eq!(store.files().len(), files - 1);
    store
        .delete(&format!("/reports/other?uploadId={id}"))
        .await
        .is(404, "NoSuchUpload");
    store
        .put(&format!("/reports/x?partNumber=0&uploadId={id}"), "x")
        .await
        .is(400, "InvalidArgument");
}

#[tokio::test]
async fn tags_are_put_read_and_removed() {
    let store = Fixture::with_bucket().await;
    store.put("/reports/a", "x").await.ok();
    let tagging = |tags: &[(&str, &str)]| {
        let tags: Vec<_> = tags
            .iter()
            .map(|(k, v)| format!("<Tag><Key>{k}</Key><Value>{v}</Value></Tag>"))
            .collect();
        format!("<Tagging><TagSet>{}</TagSet></Tagging>", tags.concat())
    };
    for path in ["/reports/a?tagging", "/reports?tagging"] {
        store.put(path, tagging(&[("k", "1"), ("l", "2")])).await.ok();
        assert_eq!(store.get(path).await.all("Key"), ["k", "l"]);
        store
            .put(path, tagging(&[("k", "1"), ("k", "2")]))
            .await
            .is(400, "InvalidTag");
        assert_eq!(store.delete(path).await.status, 204);
    }
    assert!(store.get("/reports/a?tagging").await.ok().all("Key").is_empty());
    store.get("/reports?tagging").await.is(404, "NoSuchTagSet");
    let many: Vec<_> = (0..11).map(|n| (n.to_string(), "v".to_owned())).collect();
    let many: Vec<_> = many.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    store
        .put("/reports/a?tagging", tagging(&many))
        .await
        .is(400, "BadRequest");
}

#[tokio::test]
async fn what_is_not_offered_is_refused_and_never_pretended() {
    let store = Fixture::with_bucket().await;
    let versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    store
        .put("/reports?versioning", versioning)
        .await
        .is(501, "NotImplemented");
    assert!(!store.get("/reports?versioning").await.ok().text().contains("Status"));
    store.put("/reports?policy", "{}").await.is(501, "NotImplemented");
    let refused = [
        ("x-amz-server-side-encryption", "aws:kms", 501, "NotImplemented"),
        (
            "x-amz-server-side-encryption-customer-algorithm",
            "AES256",
            501,
            "NotImplemented",
        ),
        ("x-amz-object-lock-legal-hold", "ON", 501, "NotImplemented"),
        ("x-amz-acl", "public-read", 400, "AccessControlListNotSupported"),
        ("x-amz-grant-read", "id=x", 400, "AccessControlListNotSupported"),
    ];
    for (name, value, status, code) in refused {
        store
            .send(Method::PUT, "/reports/a", &[(name, value)], "x")
            .await
            .is(status, code);
    }
    store
        .send(Method::PUT, "/reports/a", &[("x-amz-acl", "private")], "x")
        .await
        .ok();
    store.get("/reports/a?versionId=abc").await.is(400, "InvalidArgument");
    let large = "m".repeat(2048);
    store
        .send(Method::PUT, "/reports/b", &[("x-amz-meta-k", &large)], "x")
        .await
        .is(400, "MetadataTooLarge");
}

#[tokio::test]
async fn a_signature_is_not_looked_at() {
    let store = Fixture::with_bucket().await;
    let signed = [
        ("authorization", "AWS4-HMAC-SHA256 nonsense"),
        ("x-amz-content-sha256", "STREAMING-nonsense"),
    ];
    store.send(Method::PUT, "/reports/a", &signed, "x").await.ok();
    let path = "/reports/a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&response-content-type=x/y&X-Amz-Date=1";
    let got = store.get(path).await;
    assert_eq!((got.text(), got.header("content-type")), ("x", Some("x/y")));
}

#[tokio::test]
async fn the_directory_is_private_and_for_one_process() {
    use std::os::unix::fs::PermissionsExt;
    let store = Fixture::with_bucket().await;
    store.put("/reports/a", "x").await.ok();
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let root = store.directory.path();
    assert_eq!((mode(root), mode(&root.join("index.redb"))), (0o700, 0o600));
    let file = store.files().remove(0);
    let shelf: String = file.chars().take(2).collect();
    assert_eq!(mode(&root.join("data").join(shelf).join(file)), 0o600);
    assert!(rolecall_objects::Objects::open(root, rolecall_objects::Settings::new(|| std::time::UNIX_EPOCH)).is_err());
}

#[tokio::test]
async fn an_index_whose_making_was_cut_short_is_made_again_and_a_strange_one_refused() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("index.redb.new"), b"half of one").unwrap();
    drop(open(directory.path()));
    let index = directory.path().join("index.redb");
    let refused = || {
        let settings = rolecall_objects::Settings::new(|| std::time::UNIX_EPOCH);
        assert!(rolecall_objects::Objects::open(directory.path(), settings).is_err());
    };
    std::fs::set_permissions(&index, std::fs::Permissions::from_mode(0o644)).unwrap();
    refused();
    std::fs::write(&index, b"not an index").unwrap();
    std::fs::set_permissions(&index, std::fs::Permissions::from_mode(0o600)).unwrap();
    refused();
}
