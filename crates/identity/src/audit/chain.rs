//! The chain of hashes that ties each line to the one before.

use aws_lc_rs::digest::{SHA256, digest};

use super::{Event, NotALine};

/// The end of a log: the hash that the next line has to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// In hexadecimal.
    last: [u8; 64],
}

/// An event's line that lacks only the hash of the line before. Making it is most of the work, and needs no lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlinked(String);

/// What follows the hash in a line: it is the last member of the event's last member.
const END: &str = "\"}}";

impl Unlinked {
    /// Writes the event down.
    pub fn new(event: &Event) -> Result<Self, NotALine> {
        if event.rolecall.prev.is_empty() {
            return event.to_line().map(Self);
        }
        let mut unlinked = event.clone();
        unlinked.rolecall.prev.clear();
        unlinked.to_line().map(Self)
    }
}

/// The chain is broken at this line, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log is broken at line {line}: it does not name the line before")]
pub struct Broken {
    /// The line.
    pub line: usize,
}

impl Chain {
    /// The start of a new log.
    pub fn new() -> Self {
        Self { last: [b'0'; 64] }
    }

    /// Goes on after a log's last line (without its end).
    pub fn after(line: &str) -> Self {
        let mut last = [0; 64];
        // It cannot fail: two digits a byte fit. Were it to, the next line would not follow, and the log would not verify.
        let _ = hex::encode_to_slice(digest(&SHA256, line.as_bytes()), &mut last);
        Self { last }
    }

    fn last(&self) -> &str {
        // INVARIANT: digits alone are stored.
        std::str::from_utf8(&self.last).unwrap_or_default()
    }

    /// Ties the event to the log and appends its line (without its end) to `text`, which must be written next.
    pub fn link(&mut self, event: &Unlinked, text: &mut String) {
        let from = text.len();
        let Unlinked(line) = event;
        text.push_str(line.strip_suffix(END).unwrap_or(line));
        text.push_str(self.last());
        text.push_str(END);
        *self = Self::after(text.get(from..).unwrap_or_default());
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

/// Checks a log from its beginning, or from any line after which `chain` stands.
pub fn verify<'a>(mut chain: Chain, lines: impl IntoIterator<Item = &'a str>) -> Result<Chain, Broken> {
    for (index, line) in lines.into_iter().enumerate() {
        let linked = Event::from_line(line).is_ok_and(|event| event.rolecall.prev == chain.last());
        if !linked {
            return Err(Broken { line: index + 1 });
        }
        chain = Chain::after(line);
    }
    Ok(chain)
}

#[cfg(test)]
mod tests {
    use super::{super::event::tests::event, *};

    fn linked(chain: &mut Chain, user_agent: &str) -> String {
        let mut text = String::new();
        chain.link(&Unlinked::new(&event(user_agent)).unwrap(), &mut text);
        text
    }

    #[test]
    fn a_changed_removed_or_moved_line_is_noticed() {
        let mut chain = Chain::new();
        let lines: Vec<String> = (0..4).map(|n| linked(&mut chain, &n.to_string())).collect();
        let check = |lines: Vec<&str>| verify(Chain::new(), lines);
        let all: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(check(all.clone()).unwrap(), chain);

        let changed = lines[1].replace("127.0.0.1", "127.0.0.2");
        assert_eq!(check(vec![all[0], &changed, all[2]]), Err(Broken { line: 3 }));
        assert_eq!(check(vec![all[0], all[2], all[3]]), Err(Broken { line: 2 }));
        assert_eq!(check(vec![all[1], all[0]]), Err(Broken { line: 1 }));
        // A restart goes on where the log ended.
        let mut resumed = Chain::after(all[3]);
        let next = linked(&mut resumed, "5");
        assert!(verify(chain, [next.as_str()]).is_ok());
    }
}
