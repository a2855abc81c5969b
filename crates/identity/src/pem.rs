//! PEM texts (RFC 7468). Nothing but white space may stand between and around the blocks, as AWS has it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// A block: its label, and what is in it.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) contents: Zeroizing<Vec<u8>>,
}

/// All blocks of a text; none if it is not PEM.
pub(crate) fn blocks(text: &str) -> Option<Vec<Block>> {
    let mut blocks = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (label, after) = rest.strip_prefix("-----BEGIN ")?.split_once("-----")?;
        let (body, after) = after.split_once(&format!("-----END {label}-----"))?;
        let body: Zeroizing<String> = Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
        // Headers, such as those of an encrypted key, are no base 64.
        let contents = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
        blocks.push(Block {
            label: label.to_owned(),
            contents,
        });
        rest = after.trim_start();
    }
    (!blocks.is_empty()).then_some(blocks)
}

/// The one block of a text.
pub(crate) fn block(text: &str) -> Option<Block> {
    let mut blocks = blocks(text)?;
    let block = blocks.pop()?;
    blocks.is_empty().then_some(block)
}

/// The text of a block.
pub(crate) fn text(label: &str, contents: &[u8]) -> String {
    let encoded = STANDARD.encode(contents);
    let mut out = format!("-----BEGIN {label}-----\n");
    for line in encoded.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    for part in ["-----END ", label, "-----\n"] {
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_in_order() {
        let both = format!("\n{}\r\n{}", text("A", &[1; 100]), text("B C", &[2]));
        let read: Vec<_> = blocks(&both)
            .unwrap()
            .into_iter()
            .map(|block| (block.label, block.contents.to_vec()))
            .collect();
        assert_eq!(read, [("A".to_owned(), vec![1; 100]), ("B C".to_owned(), vec![2])]);
        assert!(block(&both).is_none());
    }

    #[test]
    fn what_is_not_pem_is_refused() {
        let good = text("A", &[1; 10]);
        let wrong = [
            String::new(),
            "text".to_owned(),
            format!("Subject: x\n{good}"),
            format!("{good}trailing"),
            good.replace("END A", "END B"),
            good.replace("-----BEGIN A-----\n", "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\n"),
            good.replace('=', ""),
        ];
        for text in wrong {
            assert!(blocks(&text).is_none(), "{text}");
        }
    }
}
