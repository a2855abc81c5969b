//! A large object, given out by the embedded store alone and through the gateway.

use std::time::{Instant, SystemTime};

use http::{HeaderMap, HeaderValue};
use rolecall_wire::{client::Credentials, sigv4};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    drive::{answer, median},
    process::REGION,
};

/// The size of the object.
const SIZE: usize = 100 * 1024 * 1024;
const MIB: f64 = 1024.0 * 1024.0;
/// How often it is fetched from each, in turns.
const ROUNDS: usize = 21;
const BUCKET: &str = "/load-bucket";
const OBJECT: &str = "/load-bucket/object";

/// A server of S3, and who asks it.
pub(crate) struct Source {
    stream: TcpStream,
    host: String,
    /// Nobody signs for the store alone: it trusts its caller.
    credentials: Option<Credentials>,
    buffer: Vec<u8>,
}

impl Source {
    pub(crate) async fn connect(host: &str, credentials: Option<Credentials>) -> Self {
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            host: host.to_owned(),
            credentials,
            buffer: vec![0; 256 * 1024],
        }
    }

    /// Makes the bucket and the object.
    pub(crate) async fn fill(&mut self) {
        let place = format!(
            "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             <LocationConstraint>{REGION}</LocationConstraint></CreateBucketConfiguration>"
        );
        for (path, body) in [(BUCKET, place.into_bytes()), (OBJECT, vec![b'x'; SIZE])] {
            let head = self.head("PUT", path, body.len());
            self.stream.write_all(&head).await.unwrap();
            self.stream.write_all(&body).await.unwrap();
            let mut buffer = Vec::new();
            answer(&mut self.stream, &mut buffer).await;
        }
    }

    /// Fetches the object, and says how many MiB came each second.
    async fn fetch(&mut self) -> f64 {
        let head = self.head("GET", OBJECT, 0);
        let begun = Instant::now();
        self.stream.write_all(&head).await.unwrap();
        let mut have = 0;
        let end = loop {
            let read = self.stream.read(&mut self.buffer[have..]).await.unwrap();
            assert!(read > 0, "the connection was closed");
            have += read;
            if let Some(end) = self.buffer[..have].windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        assert!(self.buffer.starts_with(b"HTTP/1.1 200"), "{}", self.shown(end));
        let mut left = SIZE - (have - end);
        while left > 0 {
            let read = self.stream.read(&mut self.buffer).await.unwrap();
            assert!(read > 0, "the connection was closed");
            left -= read;
        }
        SIZE as f64 / MIB / begun.elapsed().as_secs_f64()
    }

    fn shown(&self, end: usize) -> String {
        String::from_utf8_lossy(&self.buffer[..end]).into_owned()
    }

    fn head(&self, method: &str, path: &str, length: usize) -> Vec<u8> {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(&self.host).unwrap());
        if let Some(credentials) = &self.credentials {
            let now = SystemTime::now();
            let payload = "UNSIGNED-PAYLOAD";
            sigv4::sign(method, path, "", &mut headers, payload, credentials, REGION, "s3", now);
        }
        if method == "PUT" {
            headers.insert("content-length", HeaderValue::from(length));
        }
        let mut head = format!("{method} {path} HTTP/1.1\r\n").into_bytes();
        for (name, value) in &headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}

/// MiB a second of the two, medians of fetches in turns.
pub(crate) async fn compare(first: &mut Source, second: &mut Source) -> (f64, f64) {
    let (mut of_first, mut of_second) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_first.push(first.fetch().await);
        of_second.push(second.fetch().await);
    }
    (median(of_first), median(of_second))
}
