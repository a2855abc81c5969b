//! `aws-chunked` for a store, so that a checksum that came in a trailer goes on as one (Amazon S3 API Reference: Signature
//! calculations, with trailers). What `chunks` reads, written, without signatures: those were the client's.

use std::{
    collections::VecDeque,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use rolecall_checksum::Algorithm;

use crate::{Body, BodyError};

/// Bytes of a chunk, as the SDKs make them; the last has what is left.
const CHUNK: u64 = 1024 * 1024;

/// How long a body of `length` bytes is once encoded, with a trailer of this algorithm.
pub(crate) fn encoded_length(length: u64, algorithm: Algorithm) -> u64 {
    let header = |size: u64| format!("{size:x}\r\n").len() as u64;
    let (full, rest) = (length / CHUNK, length % CHUNK);
    let chunks = full * (header(CHUNK) + CHUNK + 2) + if rest > 0 { header(rest) + rest + 2 } else { 0 };
    let trailer = algorithm.header().len() + 1 + algorithm.encoded_size() + 2;
    chunks + 3 + trailer as u64 + 2
}

/// Encodes a body whose trailers carry the checksum. A body that breaks off, or ends without it, ends in an error: the
/// store then has no last chunk, and keeps nothing.
pub(crate) struct Encoded {
    inner: Body,
    algorithm: Algorithm,
    /// Of the body, not yet in a chunk.
    left: u64,
    /// Of the chunk that is being written.
    in_chunk: u64,
    ready: VecDeque<Bytes>,
    /// Of the encoded body, not yet handed out.
    to_come: u64,
    ended: bool,
}

impl Encoded {
    /// `length` is that of `inner`, which must have just as much.
    pub(crate) fn new(inner: Body, length: u64, algorithm: Algorithm) -> Self {
        Self {
            inner,
            algorithm,
            left: length,
            in_chunk: 0,
            ready: VecDeque::new(),
            to_come: encoded_length(length, algorithm),
            ended: false,
        }
    }

    fn data(&mut self, mut bytes: Bytes) -> Result<(), BodyError> {
        while !bytes.is_empty() {
            if self.in_chunk == 0 {
                self.in_chunk = self.left.min(CHUNK);
                if self.in_chunk == 0 {
                    return Err("a body is longer than it said".into());
                }
                self.left -= self.in_chunk;
                self.ready.push_back(format!("{:x}\r\n", self.in_chunk).into());
            }
            let take = usize::try_from(self.in_chunk).unwrap_or(usize::MAX).min(bytes.len());
            self.ready.push_back(bytes.split_to(take));
            self.in_chunk -= take as u64;
            if self.in_chunk == 0 {
                self.ready.push_back(Bytes::from_static(b"\r\n"));
            }
        }
        Ok(())
    }

    fn end(&mut self, trailers: &http::HeaderMap) -> Result<(), BodyError> {
        if self.left > 0 || self.in_chunk > 0 {
            return Err("a body is shorter than it said".into());
        }
        let name = self.algorithm.header();
        let value = trailers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|value| value.len() == self.algorithm.encoded_size())
            .ok_or("a body ended without its checksum")?;
        self.ready.push_back(format!("0\r\n{name}:{value}\r\n\r\n").into());
        self.ended = true;
        Ok(())
    }
}

impl HttpBody for Encoded {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        loop {
            if let Some(block) = this.ready.pop_front() {
                this.to_come = this.to_come.saturating_sub(block.len() as u64);
                return Poll::Ready(Some(Ok(Frame::data(block))));
            }
            if this.ended {
                return Poll::Ready(None);
            }
            let done = match Pin::new(&mut this.inner).poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => this.data(data),
                    Err(frame) => match frame.into_trailers() {
                        Ok(trailers) => this.end(&trailers),
                        Err(_) => Ok(()),
                    },
                },
                Poll::Ready(Some(Err(error))) => Err(error),
                Poll::Ready(None) => Err("a body ended without its checksum".into()),
            };
            if let Err(error) = done {
                this.ended = true;
                this.ready.clear();
                return Poll::Ready(Some(Err(error)));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.ready.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.to_come)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt, stream};
    use http::{HeaderMap, HeaderName, HeaderValue};
    use http_body_util::{BodyExt, StreamBody};

    use super::*;

    fn body(blocks: &[Bytes], checksum: Option<&'static str>) -> Body {
        let mut frames: Vec<Result<Frame<Bytes>, Infallible>> =
            blocks.iter().map(|block| Ok(Frame::data(block.clone()))).collect();
        frames.extend(checksum.map(|value| {
            let name = HeaderName::from_static("x-amz-checksum-crc32");
            Ok(Frame::trailers(HeaderMap::from_iter([(
                name,
                HeaderValue::from_static(value),
            )])))
        }));
        StreamBody::new(stream::iter(frames))
            .map_err(|never| match never {})
            .boxed_unsync()
    }

    fn encoded(blocks: &[Bytes], length: u64, checksum: Option<&'static str>) -> Result<String, String> {
        let body = Encoded::new(body(blocks, checksum), length, Algorithm::Crc32);
        let hint = body.size_hint().exact().unwrap();
        assert_eq!(hint, encoded_length(length, Algorithm::Crc32));
        let collected = body
            .collect()
            .now_or_never()
            .unwrap()
            .map_err(|error| error.to_string())?;
        let bytes = collected.to_bytes();
        assert_eq!(bytes.len() as u64, hint);
        Ok(String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[test]
    fn the_encoded_body_has_the_length_that_was_computed() {
        let blocks = ["hello ", "world"].map(Bytes::from);
        assert_eq!(
            encoded(&blocks, 11, Some("DUoRhQ==")).unwrap(),
            "b\r\nhello world\r\n0\r\nx-amz-checksum-crc32:DUoRhQ==\r\n\r\n"
        );
        assert_eq!(
            encoded(&[], 0, Some("AAAAAA==")).unwrap(),
            "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
        );
        for length in [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let block = Bytes::from(vec![b'a'; usize::try_from(length).unwrap()]);
            let text = encoded(&[block], length, Some("DUoRhQ==")).unwrap();
            assert_eq!(text.matches("100000\r\n").count() as u64, length / CHUNK, "{length}");
        }
    }

    #[test]
    fn a_body_that_is_not_what_it_said_has_no_last_chunk() {
        let block = [Bytes::from_static(b"hello")];
        for (length, checksum) in [
            (5, None),
            (5, Some("short")),
            (6, Some("DUoRhQ==")),
            (4, Some("DUoRhQ==")),
        ] {
            assert!(encoded(&block, length, checksum).is_err(), "{length} {checksum:?}");
        }
    }
}
