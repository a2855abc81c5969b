//! A text as a QR code in a PNG picture (W3C: Portable Network Graphics), for phones to scan.

use qrcode::{Color, QrCode, types::QrError};

/// Pixels of a module's side.
const SCALE: usize = 4;
/// Light modules around the code (ISO/IEC 18004: the quiet zone).
const QUIET: usize = 4;
/// The most bytes of a stored block (RFC 1951, section 3.2.4).
const BLOCK: usize = 0xffff;

/// The picture.
pub(super) fn png(text: &str) -> Result<Vec<u8>, QrError> {
    let code = QrCode::new(text)?;
    let side = (code.width() + 2 * QUIET) * SCALE;
    let is_dark = |x: usize, y: usize| {
        let module = |at: usize| (at / SCALE).checked_sub(QUIET).filter(|at| *at < code.width());
        module(x).zip(module(y)).is_some_and(|at| code[at] == Color::Dark)
    };
    // Each line begins with its filter, none; one bit a pixel, white is 1.
    let mut lines = Vec::with_capacity(side * (side / 8 + 2));
    for y in 0..side {
        lines.push(0);
        for left in (0..side).step_by(8) {
            lines.push((0..8).fold(0, |byte: u8, bit| byte << 1 | u8::from(!is_dark(left + bit, y))));
        }
    }
    let mut header = Vec::with_capacity(13);
    for length in [side, side] {
        header.extend_from_slice(&u32::try_from(length).unwrap_or_default().to_be_bytes());
    }
    // One bit of grey; the only compression, filtering and no interlacing.
    header.extend_from_slice(&[1, 0, 0, 0, 0]);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header);
    chunk(&mut out, *b"IDAT", &stored(&lines));
    chunk(&mut out, *b"IEND", &[]);
    Ok(out)
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&u32::try_from(data.len()).unwrap_or_default().to_be_bytes());
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc(kind.iter().chain(data)).to_be_bytes());
}

/// RFC 1950, with stored blocks: a code is a few thousand bytes, and no secret goes through a compressor.
fn stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(BLOCK).peekable();
    while let Some(block) = blocks.next() {
        let length = u16::try_from(block.len()).unwrap_or_default();
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&adler(data).to_be_bytes());
    out
}

/// ISO 3309's, as PNG's annex D has it.
fn crc<'a>(bytes: impl Iterator<Item = &'a u8>) -> u32 {
    !bytes.fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

/// RFC 1950, section 9.
fn adler(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1, 0), |(low, high): (u32, u32), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc(b"IEND".iter()), 0xae42_6082);
        assert_eq!(crc(b"123456789".iter()), 0xcbf4_3926);
        assert_eq!(adler(b"Wikipedia"), 0x11e6_0398);
    }

    /// The length and the text of each chunk, whose checksum is right.
    fn chunks(mut rest: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
        let mut all = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
            let (kind, after) = after.split_first_chunk::<4>().unwrap();
            let (data, after) = after.split_at(length);
            let (sum, after) = after.split_first_chunk::<4>().unwrap();
            assert_eq!(u32::from_be_bytes(*sum), crc(kind.iter().chain(data)));
            all.push((*kind, data.to_vec()));
            rest = after;
        }
        all
    }

    #[test]
    fn the_picture_shows_the_modules_of_the_code() {
        let text = "otpauth://totp/phone@alice?secret=JBSWY3DPEHPK3PXP";
        let picture = png(text).unwrap();
        let chunks = chunks(picture.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap());
        let kinds: Vec<[u8; 4]> = chunks.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, [*b"IHDR", *b"IDAT", *b"IEND"]);
        let code = QrCode::new(text).unwrap();
        let side = (code.width() + 2 * QUIET) * SCALE;
        assert_eq!(chunks[0].1[..4], u32::try_from(side).unwrap().to_be_bytes());
        // One stored block: header, length and its complement, lines, checksum.
        let lines = &chunks[1].1[7..chunks[1].1.len() - 4];
        let stride = side.div_ceil(8) + 1;
        assert_eq!(lines.len(), side * stride);
        for y in 0..code.width() {
            for x in 0..code.width() {
                let (px, py) = ((x + QUIET) * SCALE + 1, (y + QUIET) * SCALE + 1);
                let white = lines[py * stride + 1 + px / 8] >> (7 - px % 8) & 1 == 1;
                assert_eq!(white, code[(x, y)] == Color::Light, "{x} {y}");
            }
        }
        assert!(
            lines[..stride].iter().skip(1).all(|byte| *byte == 0xff),
            "no quiet zone"
        );
    }
}
