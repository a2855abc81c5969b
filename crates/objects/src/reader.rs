//! Gives an object's bytes out: large blocks, one read ahead, no thread held while the client is slow.

use std::collections::VecDeque;
use std::fs::File;
use std::future::Future;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use s3s::StdError;
use s3s::stream::{ByteStream, RemainingLength};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::files::Pinned;
use crate::record::Segment;

const BLOCK: u64 = 512 * 1024;

/// The bytes of an object, or of a range of it.
pub(crate) struct Reader {
    next: Option<JoinHandle<io::Result<(Source, Bytes)>>>,
    remaining: u64,
}

/// The files still to read from. Passed to a thread and back with each block.
struct Source {
    open: Option<(File, u64)>,
    /// A file, where to begin, how much to read.
    rest: VecDeque<(String, u64, u64)>,
    /// Until the last byte is read.
    pinned: Pinned,
}

impl Reader {
    /// Reads `range` of the bytes of `segments`, which `pinned` keeps.
    pub(crate) fn new(segments: &[Segment], range: &Range<u64>, pinned: Pinned) -> Self {
        let mut rest = VecDeque::new();
        let mut at = 0;
        for segment in segments {
            let (start, end) = (range.start.max(at), range.end.min(at + segment.size));
            if start < end {
                rest.push_back((segment.file.clone(), start - at, end - start));
            }
            at += segment.size;
        }
        let remaining = rest.iter().map(|(_, _, length)| length).sum();
        let mut reader = Self { next: None, remaining };
        if remaining > 0 {
            reader.read_ahead(Source {
                open: None,
                rest,
                pinned,
            });
        }
        reader
    }

    fn read_ahead(&mut self, source: Source) {
        self.next = Some(spawn_blocking(move || source.read()));
    }
}

impl Source {
    fn read(mut self) -> io::Result<(Self, Bytes)> {
        let (mut file, left) = if let Some(open) = self.open.take() {
            open
        } else {
            let Some((name, start, length)) = self.rest.pop_front() else {
                return Ok((self, Bytes::new()));
            };
            let mut file = File::open(self.pinned.files().path(&name))?;
            if start > 0 {
                file.seek(SeekFrom::Start(start))?;
            }
            (file, length)
        };
        let wanted = left.min(BLOCK);
        let mut block = Vec::with_capacity(usize::try_from(wanted).unwrap_or(0));
        // Into the spare capacity, without zeroing it first.
        (&mut file).take(wanted).read_to_end(&mut block)?;
        if block.len() as u64 != wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if left > wanted {
            self.open = Some((file, left - wanted));
        }
        Ok((self, Bytes::from(block)))
    }
}

impl Stream for Reader {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else {
            return Poll::Ready(None);
        };
        let read = ready!(Pin::new(next).poll(context));
        self.next = None;
        match read {
            Ok(Ok((source, block))) => {
                self.remaining = self.remaining.saturating_sub(block.len() as u64);
                if self.remaining > 0 {
                    self.read_ahead(source);
                }
                Poll::Ready(Some(Ok(block)))
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "reading an object failed");
                Poll::Ready(Some(Err(Box::new(error))))
            }
            Err(error) => Poll::Ready(Some(Err(Box::new(error)))),
        }
    }
}

impl ByteStream for Reader {
    fn remaining_length(&self) -> RemainingLength {
        usize::try_from(self.remaining).map_or_else(|_| RemainingLength::unknown(), RemainingLength::new_exact)
    }
}
