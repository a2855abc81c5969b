//! Bodies: what an answer carries, and how a request's body is read under a limit.

use std::{
    convert::Infallible,
    error::Error,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt as _, combinators::UnsyncBoxBody};

/// What goes wrong while a body is streamed.
pub type BodyError = Box<dyn Error + Send + Sync>;

/// The body of an answer. Almost all are one piece, which needs no box.
pub struct Body(Kind);

enum Kind {
    Whole(Option<Bytes>),
    Streamed(UnsyncBoxBody<Bytes, BodyError>),
}

impl Body {
    /// No body.
    pub fn empty() -> Self {
        Self(Kind::Whole(None))
    }

    /// A body in one piece.
    pub fn whole(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self(Kind::Whole((!bytes.is_empty()).then_some(bytes)))
    }

    /// A body that comes piece by piece.
    pub fn streamed<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BodyError>,
    {
        Self(Kind::Streamed(body.map_err(Into::into).boxed_unsync()))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.0 {
            Kind::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::Streamed(body) => Pin::new(body).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(bytes) => bytes.is_none(),
            Kind::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => SizeHint::with_exact(
                bytes
                    .as_ref()
                    .map_or(0, |bytes| u64::try_from(bytes.len()).unwrap_or(u64::MAX)),
            ),
            Kind::Streamed(body) => body.size_hint(),
        }
    }
}

impl From<Infallible> for Body {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Why a request's body was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is longer than the limit.
    #[error("the body is over the limit")]
    TooLong,
    /// It did not come in time.
    #[error("the body did not come in time")]
    TooSlow,
    /// The connection broke.
    #[error("the body broke off")]
    Broken(#[source] BodyError),
}

/// Reads a body whole, if it is no longer than `limit` and comes within `patience`.
pub async fn read<B>(body: B, limit: usize, patience: Duration) -> Result<Bytes, ReadError>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    let too_long = |size: u64| usize::try_from(size).map_or(true, |size| size > limit);
    if too_long(body.size_hint().lower()) {
        return Err(ReadError::TooLong);
    }
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let mut collecting = std::pin::pin!(collect(body, limit));
    // Most bodies come with their head: no time has to be kept for them.
    if let Poll::Ready(outcome) = std::future::poll_fn(|context| Poll::Ready(collecting.as_mut().poll(context))).await {
        return outcome;
    }
    match tokio::time::timeout(patience, collecting).await {
        Ok(outcome) => outcome,
        Err(_) => Err(ReadError::TooSlow),
    }
}

async fn collect<B>(mut body: B, limit: usize) -> Result<Bytes, ReadError>
where
    B: http_body::Body<Data = Bytes> + Unpin,
    B::Error: Into<BodyError>,
{
    // Most bodies come in one frame, which is then not copied.
    let mut first = Bytes::new();
    let mut joined: Option<BytesMut> = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| ReadError::Broken(error.into()))?;
        let Ok(data) = frame.into_data() else { continue };
        let so_far = joined.as_ref().map_or(first.len(), BytesMut::len);
        if so_far.saturating_add(data.len()) > limit {
            return Err(ReadError::TooLong);
        }
        match &mut joined {
            Some(joined) => joined.extend_from_slice(&data),
            None if first.is_empty() => first = data,
            None => {
                let mut whole = BytesMut::with_capacity(first.len() + data.len());
                whole.extend_from_slice(&first);
                whole.extend_from_slice(&data);
                joined = Some(whole);
            }
        }
    }
    Ok(joined.map_or(first, BytesMut::freeze))
}
