//! Bodies: what is verified on the way, and what is read whole because the decision depends on it.

use std::{
    collections::VecDeque,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use aws_lc_rs::digest::{self, SHA256};
use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;

use crate::{Body, BodyError, fault::Fault};

/// What a body must prove.
pub(crate) trait Check: Send {
    /// Takes bytes as they came and gives those of the object.
    fn update(&mut self, bytes: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), Fault>;

    /// The body has ended: is it what was signed?
    fn finish(&mut self, out: &mut VecDeque<Bytes>) -> Result<(), Fault>;
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
            outcome: outcome.clone(),
        };
        (checked, outcome)
    }

    /// Reads all of it, up to `limit` bytes.
    pub(crate) async fn collect(mut self, limit: usize) -> Result<Bytes, Fault> {
        let mut all = Vec::new();
        while let Some(frame) = self.frame().await {
            let frame = frame.map_err(|_| match self.outcome.get() {
                Progress::Failed(fault) => fault,
                _ => incomplete(),
            })?;
            if let Ok(data) = frame.into_data() {
                if all.len() + data.len() > limit {
                    return Err(Fault::bad("MaxMessageLengthExceeded", "Your request was too big.")
                        .with("MaxMessageLengthBytes", limit.to_string()));
                }
                all.extend_from_slice(&data);
            }
        }
        Ok(all.into())
    }

    /// As a body for the store. An empty one is verified now: nobody may ever read it.
    pub(crate) async fn into_body(self, length: Option<u64>) -> Result<Body, Fault> {
        if length == Some(0) {
            let bytes = self.collect(0).await?;
            return Ok(crate::fault::full(bytes));
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
                return Poll::Ready(this.ready.pop_front().map(|block| Ok(Frame::data(block))));
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
                    this.outcome.set(Progress::Verified);
                    this.ended = true;
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ended && self.ready.is_empty()
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
