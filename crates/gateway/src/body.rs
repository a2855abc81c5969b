//! Bodies: what is verified on the way, and what is read whole because the decision depends on it.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use aws_lc_rs::digest::{self, SHA256};
use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use rolecall_checksum::{Algorithm, Announced, Invalid, Mismatch};

use crate::{Body, BodyError, fault::Fault};

/// What a body must prove.
pub(crate) trait Check: Send {
    /// Takes bytes as they came and gives those of the object.
    fn update(&mut self, bytes: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), Fault>;

    /// The body has ended: is it what was signed?
    fn finish(&mut self, out: &mut VecDeque<Bytes>) -> Result<(), Fault>;

    /// What the body said of itself at its end, where that has proved right. Asked after [`Check::finish`].
    fn trailers(&mut self) -> Option<HeaderMap> {
        None
    }
}

/// `UNSIGNED-PAYLOAD`, and anonymous requests.
pub(crate) struct Unsigned;

impl Check for Unsigned {
    fn update(&mut self, bytes: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        out.push_back(bytes);
        Ok(())
    }

    fn finish(&mut self, _: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        Ok(())
    }
}

/// The SHA-256 of the whole body was signed.
pub(crate) struct Hashed {
    declared: String,
    digest: digest::Context,
}

impl Hashed {
    pub(crate) fn new(declared: &str) -> Self {
        Self {
            declared: declared.to_owned(),
            digest: digest::Context::new(&SHA256),
        }
    }
}

impl Check for Hashed {
    fn update(&mut self, bytes: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        self.digest.update(&bytes);
        out.push_back(bytes);
        Ok(())
    }

    fn finish(&mut self, _: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        let found = hex::encode(self.digest.clone().finish());
        if found.eq_ignore_ascii_case(&self.declared) {
            return Ok(());
        }
        Err(Fault::bad(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )
        .with("ClientComputedContentSHA256", self.declared.as_str())
        .with("S3ComputedContentSHA256", found))
    }
}

/// The body's digests were announced in headers, whatever else it must prove. They are of the object's bytes, once those
/// are decoded.
pub(crate) struct Announces {
    inner: Box<dyn Check>,
    digests: Option<rolecall_checksum::Check>,
}

impl Announces {
    /// `inner`, and what the headers announce. `of_body` tells whether the headers `x-amz-checksum-…` are about this body:
    /// those of `CompleteMultipartUpload` are about the object. `has_trailer` tells whether `inner` checks one, too.
    pub(crate) fn wrap(
        inner: Box<dyn Check>,
        headers: &HeaderMap,
        of_body: bool,
        has_trailer: bool,
    ) -> Result<Box<dyn Check>, Fault> {
        let text = |name: &str| {
            headers
                .get(name)
                .map(|value| value.to_str().unwrap_or_default().to_owned())
        };
        let sums = Algorithm::ALL
            .into_iter()
            .filter(|_| of_body)
            .filter_map(|algorithm| Some((algorithm, text(algorithm.header())?)));
        let announced = Announced::one_of(sums)
            .and_then(|announced| announced.of_body(text("content-md5").as_deref()))
            .map_err(invalid)?;
        if announced.sum.is_some() && has_trailer {
            return Err(invalid(Invalid::Several));
        }
        if announced.is_nothing() {
            return Ok(inner);
        }
        Ok(Box::new(Self {
            inner,
            digests: Some(rolecall_checksum::Check::new(announced)),
        }))
    }

    fn take(&mut self, from: usize, out: &VecDeque<Bytes>) {
        if let Some(digests) = &mut self.digests {
            for block in out.iter().skip(from) {
                digests.update(block);
            }
        }
    }
}

impl Check for Announces {
    fn update(&mut self, bytes: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        let from = out.len();
        self.inner.update(bytes, out)?;
        self.take(from, out);
        Ok(())
    }

    fn finish(&mut self, out: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        let from = out.len();
        self.inner.finish(out)?;
        self.take(from, out);
        match self.digests.take() {
            Some(digests) => digests.finish().map_err(bad_digest),
            None => Ok(()),
        }
    }

    fn trailers(&mut self) -> Option<HeaderMap> {
        self.inner.trailers()
    }
}

fn invalid(why: Invalid) -> Fault {
    let code = match why {
        Invalid::Several | Invalid::Sum(_) => "InvalidRequest",
        Invalid::Md5 => "InvalidDigest",
    };
    Fault::bad(code, why.to_string())
}

pub(crate) fn bad_digest(why: Mismatch) -> Fault {
    Fault::bad("BadDigest", why.to_string())
}

/// How far the check of a body has come; read when the store has answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Progress {
    /// Not at its end.
    #[default]
    Open,
    /// All of it is what was signed.
    Verified,
    /// It is not.
    Failed(Fault),
}

/// Shared between a body and the one who waits for the answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome(Arc<Mutex<Progress>>);

impl Outcome {
    pub(crate) fn get(&self) -> Progress {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, progress: Progress) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = progress;
    }
}

/// A body that is checked while it streams.
///
/// INVARIANT: the last block leaves only after the whole body has proved right, and the stream ends in an error
/// otherwise: a store that commits at the end commits nothing that was not verified (threat 5).
pub(crate) struct Checked {
    inner: Pin<Box<dyn HttpBody<Data = Bytes, Error = BodyError> + Send>>,
    check: Box<dyn Check>,
    ready: VecDeque<Bytes>,
    /// What is left of the declared length.
    left: Option<u64>,
    ended: bool,
    trailers: Option<HeaderMap>,
    outcome: Outcome,
}

impl Checked {
    pub(crate) fn new<B>(inner: B, check: Box<dyn Check>, length: Option<u64>) -> (Self, Outcome)
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        let outcome = Outcome::default();
        let checked = Self {
            inner: Box::pin(inner.map_err(Into::into)),
            check,
            ready: VecDeque::new(),
            left: length,
            ended: false,
            trailers: None,
            outcome: outcome.clone(),
        };
        (checked, outcome)
    }

    /// Reads all of it, up to `limit` bytes.
    pub(crate) async fn collect(mut self, limit: usize) -> Result<Bytes, Fault> {
        Ok(self.read(limit).await?.0)
    }

    async fn read(&mut self, limit: usize) -> Result<(Bytes, Option<HeaderMap>), Fault> {
        let mut all = Vec::new();
        let mut trailers = None;
        while let Some(frame) = self.frame().await {
            let frame = frame.map_err(|_| match self.outcome.get() {
                Progress::Failed(fault) => fault,
                _ => incomplete(),
            })?;
            match frame.into_data() {
                Ok(data) => {
                    if all.len() + data.len() > limit {
                        return Err(Fault::bad("MaxMessageLengthExceeded", "Your request was too big.")
                            .with("MaxMessageLengthBytes", limit.to_string()));
                    }
                    all.extend_from_slice(&data);
                }
                Err(frame) => trailers = frame.into_trailers().ok(),
            }
        }
        Ok((all.into(), trailers))
    }

    /// As a body for the store. An empty one is verified now: nobody may ever read it.
    pub(crate) async fn into_body(self, length: Option<u64>) -> Result<Body, Fault> {
        if length == Some(0) {
            let mut checked = self;
            let (bytes, trailers) = checked.read(0).await?;
            let trailers = std::future::ready(trailers.map(Ok));
            return Ok(crate::fault::full(bytes).with_trailers(trailers).boxed_unsync());
        }
        Ok(self.boxed_unsync())
    }

    fn fail(&mut self, fault: Fault) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let error: BodyError = fault.message.clone().into();
        self.outcome.set(Progress::Failed(fault));
        self.ended = true;
        self.ready.clear();
        Poll::Ready(Some(Err(error)))
    }

    fn count(&mut self, from: usize) -> Result<(), Fault> {
        self.ready.retain(|block| !block.is_empty());
        let Some(left) = &mut self.left else { return Ok(()) };
        for block in self.ready.iter().skip(from) {
            *left = left
                .checked_sub(block.remaining() as u64)
                .ok_or_else(|| Fault::invalid_request("The body is longer than its declared length."))?;
        }
        Ok(())
    }
}

impl HttpBody for Checked {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        loop {
            if this.ended {
                let block = this.ready.pop_front().map(Frame::data);
                let last = block.or_else(|| this.trailers.take().map(Frame::trailers));
                return Poll::Ready(last.map(Ok));
            }
            // One block always stays back until the end is known.
            if this.ready.len() > 1
                && let Some(block) = this.ready.pop_front()
            {
                return Poll::Ready(Some(Ok(Frame::data(block))));
            }
            let before = this.ready.len();
            match this.inner.as_mut().poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers outside the chunk encoding are nobody's: they were not signed.
                    if let Ok(data) = frame.into_data()
                        && let Err(fault) = this
                            .check
                            .update(data, &mut this.ready)
                            .and_then(|()| this.count(before))
                    {
                        return this.fail(fault);
                    }
                }
                Poll::Ready(Some(Err(error))) => {
                    tracing::debug!(%error, "the client's body broke off");
                    return this.fail(incomplete());
                }
                Poll::Ready(None) => {
                    if let Err(fault) = this.check.finish(&mut this.ready).and_then(|()| this.count(before)) {
                        return this.fail(fault);
                    }
                    if this.left.is_some_and(|left| left > 0) {
                        return this.fail(incomplete());
                    }
                    this.trailers = this.check.trailers();
                    this.outcome.set(Progress::Verified);
                    this.ended = true;
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.ready.is_empty() && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let ready: usize = self.ready.iter().map(Bytes::len).sum();
        match self.left {
            Some(left) => SizeHint::with_exact(left + ready as u64),
            None => SizeHint::default(),
        }
    }
}

fn incomplete() -> Fault {
    Fault::bad(
        "IncompleteBody",
        "You did not provide the number of bytes specified by the Content-Length HTTP header",
    )
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{FutureExt, stream};
    use http_body_util::StreamBody;

    use super::*;

    fn body(blocks: &[&'static str], declared: &str, length: Option<u64>) -> (Checked, Outcome) {
        let frames: Vec<Result<Frame<Bytes>, Infallible>> = blocks
            .iter()
            .map(|block| Ok(Frame::data(Bytes::from_static(block.as_bytes()))))
            .collect();
        Checked::new(
            StreamBody::new(stream::iter(frames)),
            Box::new(Hashed::new(declared)),
            length,
        )
    }

    fn sha256(text: &str) -> String {
        hex::encode(digest::digest(&SHA256, text.as_bytes()))
    }

    fn seen(mut body: Checked) -> (String, bool) {
        let mut text = String::new();
        loop {
            match body.frame().now_or_never().unwrap() {
                Some(Ok(frame)) => text.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap()),
                Some(Err(_)) => return (text, false),
                None => return (text, true),
            }
        }
    }

    #[test]
    fn a_body_that_matches_passes_whole() {
        let (checked, outcome) = body(&["ab", "", "cd", "e"], &sha256("abcde"), Some(5));
        assert_eq!(seen(checked), ("abcde".to_owned(), true));
        assert_eq!(outcome.get(), Progress::Verified);
    }

    #[test]
    fn the_last_block_of_a_body_that_does_not_match_never_leaves() {
        let (checked, outcome) = body(&["ab", "cd", "x"], &sha256("abcde"), Some(5));
        assert_eq!(seen(checked), ("abcd".to_owned(), false));
        assert!(matches!(outcome.get(), Progress::Failed(fault) if fault.code == "XAmzContentSHA256Mismatch"));
    }

    #[test]
    fn a_body_of_another_length_than_declared_fails() {
        let (checked, _) = body(&["ab", "cd"], &sha256("abcd"), Some(5));
        assert_eq!(seen(checked), ("ab".to_owned(), false));
        let (checked, _) = body(&["ab", "cd"], &sha256("abcd"), Some(3));
        assert!(!seen(checked).1);
    }

    #[test]
    fn an_empty_body_is_verified_before_the_store_is_asked() {
        let (checked, _) = body(&[], &sha256("x"), Some(0));
        assert!(checked.into_body(Some(0)).now_or_never().unwrap().is_err());
        let (checked, outcome) = body(&[], &sha256(""), Some(0));
        assert!(checked.into_body(Some(0)).now_or_never().unwrap().is_ok());
        assert_eq!(outcome.get(), Progress::Verified);
    }
}
