//! A store in a temporary directory, spoken to over its HTTP.

use std::path::Path;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use rolecall_objects::{Objects, Settings};
use tempfile::TempDir;

pub(crate) struct Fixture {
    pub(crate) objects: Objects,
    pub(crate) directory: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_hours(500_000)
}

pub(crate) fn open(directory: &Path) -> Objects {
    Objects::open(directory, Settings::new(noon)).unwrap()
}

impl Fixture {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            objects: open(directory.path()),
            directory,
        }
    }

    /// A store with the bucket `reports`.
    pub(crate) async fn with_bucket() -> Self {
        let fixture = Self::new();
        assert_eq!(fixture.send(Method::PUT, "/reports", &[], "").await.status, 200);
        fixture
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Answer {
        let body = body.into();
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-length", body.len());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        receive(&self.objects, request.body(Full::new(body)).unwrap()).await
    }

    pub(crate) async fn put(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send(Method::PUT, path, &[], body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, "").await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], "").await
    }

    /// A PUT whose body ends with an error after these chunks.
    pub(crate) async fn put_broken(&self, path: &str, announced: usize, chunks: &[&'static [u8]]) -> Answer {
        let mut frames: Vec<std::io::Result<Frame<Bytes>>> = chunks
            .iter()
            .map(|chunk| Ok(Frame::data(Bytes::from_static(chunk))))
            .collect();
        frames.push(Err(std::io::Error::other("the signature of the last chunk is wrong")));
        let request = Request::builder()
            .method(Method::PUT)
            .uri(path)
            .header("content-length", announced);
        receive(
            &self.objects,
            request.body(StreamBody::new(stream::iter(frames))).unwrap(),
        )
        .await
    }

    /// The names of all files of the store but the index.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut all = Vec::new();
        for directory in ["tmp", "data"] {
            collect(&self.directory.path().join(directory), &mut all);
        }
        all.sort();
        all
    }
}

async fn receive<B>(objects: &Objects, request: Request<B>) -> Answer
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    Box<dyn std::error::Error + Send + Sync>: From<B::Error>,
{
    let (parts, body) = objects.handle(request).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

fn collect(directory: &Path, all: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), all);
        } else {
            all.push(entry.file_name().into_string().unwrap());
        }
    }
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The contents of each element of this name.
    pub(crate) fn all(&self, element: &str) -> Vec<&str> {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        let mut found = Vec::new();
        let mut rest = self.text();
        while let Some((_, after)) = rest.split_once(&open) {
            let (inside, after) = after.split_once(&close).unwrap();
            found.push(inside);
            rest = after;
        }
        found
    }

    pub(crate) fn one(&self, element: &str) -> &str {
        self.all(element)
            .first()
            .copied()
            .unwrap_or_else(|| panic!("no <{element}> in {}", self.text()))
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.one("Code")),
            (status, code),
            "{}",
            self.text()
        );
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert!(
            self.status.is_success(),
            "{} {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        self
    }
}
