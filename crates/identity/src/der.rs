//! The little of DER (X.690) that certificates and public keys are made of. Reads strictly: what is not the one encoding of
//! its value is refused.

/// `BOOLEAN`, `INTEGER` and the like.
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;

/// An element.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) contents: &'a [u8],
    /// With tag and length.
    pub(crate) whole: &'a [u8],
}

/// What is still to be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The next element, whatever it is.
    pub(crate) fn any(&mut self) -> Option<Element<'a>> {
        let all = self.0;
        let (&tag, rest) = all.split_first()?;
        // No tag of what we read has more than one byte.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, mut rest) = rest.split_first()?;
        let length = if first < 0x80 {
            usize::from(first)
        } else {
            let (bytes, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            // Four bytes are more than anything here has; none is the indefinite form; a zero in front, or a length that
            // fits the short form, is not DER.
            let length = match bytes {
                [] | [0, ..] => return None,
                _ if bytes.len() > 4 => return None,
                _ => bytes
                    .iter()
                    .fold(0, |length: usize, byte| length << 8 | usize::from(*byte)),
            };
            (length >= 0x80).then_some(length)?
        };
        let (contents, after) = rest.split_at_checked(length)?;
        self.0 = after;
        let whole = all.get(..all.len().saturating_sub(after.len()))?;
        Some(Element { tag, contents, whole })
    }

    /// The next element, if it is of this kind.
    pub(crate) fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any()
            .filter(|element| element.tag == tag)
            .map(|element| element.contents)
    }

    /// The next element, if it is a sequence, to be read.
    pub(crate) fn sequence(&mut self) -> Option<Self> {
        self.take(SEQUENCE).map(Self)
    }

    /// The contents of a string of whole bytes.
    pub(crate) fn bit_string(&mut self) -> Option<&'a [u8]> {
        let (&unused, bytes) = self.take(BIT_STRING)?.split_first()?;
        (unused == 0).then_some(bytes)
    }

    /// Whether the next element is of this kind.
    pub(crate) fn is_next(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Nothing follows.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// An element as bytes.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let bytes = bytes.get(zeros..).unwrap_or_default();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap_or_default());
            out.extend_from_slice(bytes);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1_0000] {
            let contents = vec![7; length];
            let written = element(INTEGER, &[&contents]);
            let mut reader = Reader::new(&written);
            assert_eq!(reader.take(INTEGER), Some(contents.as_slice()), "{length}");
            assert!(reader.end().is_some());
        }
    }

    #[test]
    fn what_is_not_der_is_refused() {
        let wrong: [&[u8]; 9] = [
            &[],
            &[0x02],
            &[0x02, 0x02, 0x01],
            // Indefinite, a length that could be shorter, one with a zero in front, one that is far too long.
            &[0x30, 0x80, 0x00, 0x00],
            &[0x02, 0x81, 0x01, 0x00],
            &[0x02, 0x82, 0x00, 0x80],
            &[0x02, 0x85, 0x01, 0x00, 0x00, 0x00, 0x00],
            &[0x02, 0x84, 0xff, 0xff, 0xff, 0xff],
            &[0x1f, 0x81, 0x00],
        ];
        for bytes in wrong {
            assert!(Reader::new(bytes).any().is_none(), "{bytes:02x?}");
        }
        assert!(Reader::new(&[0x02, 0x00]).take(SEQUENCE).is_none());
        assert!(Reader::new(&[0x03, 0x02, 0x01, 0x80]).bit_string().is_none());
    }
}
