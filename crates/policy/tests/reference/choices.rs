//! Bytes read as choices: a fuzzer's input, a property test's and a stream of random numbers make the same things.

#![allow(dead_code, reason = "not every test makes every choice")]

/// Bytes that are used up from the front. After the last one, every choice is the first.
#[derive(Debug)]
pub(crate) struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `count`, which is at most 256.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    /// True in `part` of 256 cases; false after the last byte.
    pub(crate) fn chance(&mut self, part: u8) -> bool {
        let byte = self.byte();
        byte > 0 && byte <= part
    }

    pub(crate) fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }

    /// A few characters of an alphabet.
    pub(crate) fn word(&mut self, alphabet: &str, longest: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let length = self.below(longest + 1);
        (0..length).map(|_| *self.pick(&letters)).collect()
    }

    /// One of the texts, at times with a character more, fewer or another.
    pub(crate) fn text(&mut self, texts: &[&str], letters: &str) -> String {
        let mut text: Vec<char> = self.pick(texts).chars().collect();
        let letters: Vec<char> = letters.chars().collect();
        while self.chance(24) {
            let at = self.below(text.len() + 1);
            match self.below(3) {
                0 => text.insert(at, *self.pick(&letters)),
                1 if at < text.len() => {
                    text.remove(at);
                }
                _ if at < text.len() => text[at] = *self.pick(&letters),
                _ => {}
            }
        }
        text.into_iter().collect()
    }
}

/// As many bytes as are asked for, different for each seed (`SplitMix64`).
pub(crate) fn random(seed: u64, count: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(count + 8);
    while bytes.len() < count {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend((mixed ^ (mixed >> 31)).to_le_bytes());
    }
    bytes.truncate(count);
    bytes
}
