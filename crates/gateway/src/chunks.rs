//! Bodies in `aws-chunked` encoding: each chunk signed from the one before it, or unsigned, with a checksum at the end
//! (Amazon S3 API Reference: Signature calculations, transferring a payload in multiple chunks; and: with trailers).

use std::{collections::VecDeque, fmt::Write, sync::Arc};

use aws_lc_rs::{
    constant_time,
    digest::{self, SHA256},
};
use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use rolecall_checksum::{Algorithm, Hasher, Mismatch};
use rolecall_wire::sigv4::{EMPTY_HASH, Payload, Signed};

use crate::{
    authority::Caller,
    body::{Check, bad_digest},
    fault::Fault,
    verify::Verified,
};

/// The longest line that announces a chunk, and the longest trailer in all.
const LONGEST_LINE: usize = 512;
const LONGEST_TRAILER: usize = 2048;

/// The checksum that a chunked body says at its end.
pub(crate) fn trailer(payload: &Payload<'_>, headers: &HeaderMap) -> Result<Option<Algorithm>, Fault> {
    let named = headers
        .get("x-amz-trailer")
        .map(|value| value.to_str().unwrap_or_default().trim());
    match (payload, named) {
        (Payload::SignedChunks, None) => Ok(None),
        (Payload::SignedChunks, Some(_)) => {
            Err(Fault::invalid_request("x-amz-trailer needs a payload with a trailer."))
        }
        (_, Some(name)) => Algorithm::of_header(name)
            .map(Some)
            .ok_or_else(|| Fault::invalid_request("The value specified in the x-amz-trailer header is not supported")),
        (_, None) => Err(Fault::invalid_request(
            "x-amz-trailer is missing for a payload with a trailer.",
        )),
    }
}

/// The check of a chunked body.
pub(crate) fn check(
    payload: &Payload<'_>,
    trailer: Option<Algorithm>,
    verified: &Verified,
    decoded: Option<u64>,
) -> Result<Box<dyn Check>, Fault> {
    if decoded.is_none() {
        return Err(Fault::new(
            StatusCode::LENGTH_REQUIRED,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ));
    }
    let chain = if *payload == Payload::UnsignedTrailer {
        None
    } else {
        let (Some(signed), Some(caller)) = (&verified.signed, &verified.asker.caller) else {
            return Err(Fault::invalid_request("Signed chunks need a signed request."));
        };
        Some(Chain {
            previous: signed.seed().to_owned(),
            signed: signed.clone(),
            caller: Arc::clone(caller),
            digest: digest::Context::new(&SHA256),
        })
    };
    Ok(Box::new(Chunked {
        state: State::Header,
        line: Vec::new(),
        trailer: Vec::new(),
        chain,
        checksum: trailer.map(Hasher::new),
        verified: None,
    }))
}

/// The chain of signatures.
struct Chain {
    previous: String,
    signed: Signed,
    caller: Arc<Caller>,
    /// Of the chunk that is being read.
    digest: digest::Context,
}

impl Chain {
    /// Ends a chunk, whose signature was announced.
    fn chunk(&mut self, announced: &str) -> Result<(), Fault> {
        let hash = hex::encode(std::mem::replace(&mut self.digest, digest::Context::new(&SHA256)).finish());
        self.link("AWS4-HMAC-SHA256-PAYLOAD", &format!("{EMPTY_HASH}\n{hash}"), announced)
    }

    fn trailer(&mut self, text: &str, announced: &str) -> Result<(), Fault> {
        let hash = hex::encode(digest::digest(&SHA256, text.as_bytes()));
        self.link("AWS4-HMAC-SHA256-TRAILER", &hash, announced)
    }

    fn link(&mut self, kind: &str, hashes: &str, announced: &str) -> Result<(), Fault> {
        let mut text = String::new();
        let (date, scope) = (self.signed.date(), self.signed.scope());
        // Writing to a string cannot fail.
        let _written = write!(text, "{kind}\n{date}\n{scope}\n{}\n{hashes}", self.previous);
        let signature = self.caller.key.sign(text.as_bytes());
        if constant_time::verify_slices_are_equal(signature.as_bytes(), announced.as_bytes()).is_err() {
            return Err(Fault::new(
                StatusCode::FORBIDDEN,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
            ));
        }
        self.previous = signature;
        Ok(())
    }
}

enum State {
    /// Reading `SIZE[;chunk-signature=…]\r\n`.
    Header,
    /// Reading so many bytes of a chunk, whose signature is this.
    Data { left: u64, signature: String },
    /// Reading the `\r\n` after a chunk's data.
    DataEnd,
    /// Reading lines after the last chunk.
    Trailer,
    /// Nothing may follow.
    Done,
}

struct Chunked {
    state: State,
    line: Vec<u8>,
    trailer: Vec<(String, String)>,
    chain: Option<Chain>,
    /// Of the decoded body, which a trailer announces.
    checksum: Option<Hasher>,
    /// The trailer, once the body has proved to be what it says.
    verified: Option<HeaderMap>,
}

fn malformed() -> Fault {
    Fault::bad("InvalidRequest", "The body is not in aws-chunked encoding.")
}

fn malformed_trailer() -> Fault {
    Fault::bad(
        "MalformedTrailerError",
        "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    )
}

impl Check for Chunked {
    fn update(&mut self, mut bytes: Bytes, out: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        while !bytes.is_empty() {
            if matches!(self.state, State::Done) {
                return Err(malformed());
            }
            if let State::Data { left, .. } = &mut self.state {
                let take = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                let data = bytes.split_to(take);
                *left -= take as u64;
                let ended = *left == 0;
                if let Some(chain) = &mut self.chain {
                    chain.digest.update(&data);
                }
                if let Some(checksum) = &mut self.checksum {
                    checksum.update(&data);
                }
                out.push_back(data);
                if ended {
                    self.end_chunk()?;
                }
                continue;
            }
            let Some(line) = self.take_line(&mut bytes)? else { break };
            self.take(&line)?;
        }
        Ok(())
    }

    fn finish(&mut self, _: &mut VecDeque<Bytes>) -> Result<(), Fault> {
        match self.state {
            State::Done => Ok(()),
            // Clients may leave the last empty line out where there is nothing after the last chunk.
            State::Trailer if self.line.is_empty() => self.end(),
            _ => Err(Fault::bad(
                "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP header",
            )),
        }
    }

    fn trailers(&mut self) -> Option<HeaderMap> {
        self.verified.take()
    }
}

impl Chunked {
    /// The next line, without its end, once it is complete.
    fn take_line(&mut self, bytes: &mut Bytes) -> Result<Option<String>, Fault> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let take = end.map_or(bytes.len(), |end| end + 1);
        if self.line.len() + take > LONGEST_LINE {
            return Err(malformed());
        }
        self.line.extend_from_slice(bytes.get(..take).unwrap_or_default());
        bytes.advance(take);
        if end.is_none() {
            return Ok(None);
        }
        let line = String::from_utf8(std::mem::take(&mut self.line)).map_err(|_| malformed())?;
        Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
    }

    fn take(&mut self, line: &str) -> Result<(), Fault> {
        match self.state {
            State::Header => self.header(line),
            State::DataEnd if line.is_empty() => {
                self.state = State::Header;
                Ok(())
            }
            State::DataEnd | State::Done | State::Data { .. } => Err(malformed()),
            State::Trailer if line.is_empty() => {
                // Some clients end the trailer with an empty line before its signature, and one after.
                let waits = self.chain.is_some() && self.checksum.is_some() && self.signature_of_trailer().is_none();
                if waits && !self.trailer.is_empty() {
                    Ok(())
                } else {
                    self.end()
                }
            }
            State::Trailer => {
                let (name, value) = line.split_once(':').ok_or_else(malformed_trailer)?;
                let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_owned());
                let size: usize = self.trailer.iter().map(|(name, value)| name.len() + value.len()).sum();
                if size + line.len() > LONGEST_TRAILER || self.trailer.iter().any(|(known, _)| *known == name) {
                    return Err(malformed_trailer());
                }
                self.trailer.push((name, value));
                Ok(())
            }
        }
    }

    fn header(&mut self, line: &str) -> Result<(), Fault> {
        let (size, signature) = match line.split_once(';') {
            Some((size, extension)) => (size, extension.strip_prefix("chunk-signature=").ok_or_else(malformed)?),
            None => (line, ""),
        };
        let digits = !size.is_empty() && size.len() <= 16 && size.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits || signature.is_empty() == self.chain.is_some() {
            return Err(malformed());
        }
        let left = u64::from_str_radix(size, 16).map_err(|_| malformed())?;
        self.state = State::Data {
            left,
            signature: signature.to_owned(),
        };
        if left > 0 {
            return Ok(());
        }
        self.end_chunk()?;
        self.state = State::Trailer;
        Ok(())
    }

    fn end_chunk(&mut self) -> Result<(), Fault> {
        if let State::Data { signature, .. } = std::mem::replace(&mut self.state, State::DataEnd)
            && let Some(chain) = &mut self.chain
        {
            chain.chunk(&signature)?;
        }
        Ok(())
    }

    fn signature_of_trailer(&self) -> Option<&str> {
        self.trailer
            .iter()
            .find(|(name, _)| name == "x-amz-trailer-signature")
            .map(|(_, value)| value.as_str())
    }

    /// All has been read: is it what was announced?
    fn end(&mut self) -> Result<(), Fault> {
        self.state = State::Done;
        let Some(checksum) = self.checksum.take() else {
            return if self.trailer.is_empty() {
                Ok(())
            } else {
                Err(malformed_trailer())
            };
        };
        let mut values = self
            .trailer
            .iter()
            .filter(|(name, _)| name != "x-amz-trailer-signature");
        let (Some((name, value)), None) = (values.next(), values.next()) else {
            return Err(malformed_trailer());
        };
        let algorithm = checksum.algorithm();
        if name != algorithm.header() {
            return Err(malformed_trailer());
        }
        let signature = self.signature_of_trailer().map(str::to_owned);
        match (&mut self.chain, signature) {
            (Some(chain), Some(signature)) => chain.trailer(&format!("{name}:{value}\n"), &signature)?,
            (None, None) => {}
            _ => return Err(malformed_trailer()),
        }
        if checksum.finish().value != *value {
            return Err(bad_digest(Mismatch::Sum(algorithm)));
        }
        let value = HeaderValue::from_str(value).map_err(|_| malformed_trailer())?;
        self.verified = Some(HeaderMap::from_iter([(
            HeaderName::from_static(algorithm.header()),
            value,
        )]));
        Ok(())
    }
}
