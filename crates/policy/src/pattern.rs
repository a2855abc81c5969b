//! Patterns of actions, resources and condition values: `*`, `?`, policy variables.

use crate::{budget, request::Context};

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Literal(Box<str>),
    /// `*`: any run of characters.
    Run,
    /// `?`: exactly one character.
    One,
    /// `${key}`, with its default.
    Variable {
        key: Box<str>,
        hash: u64,
        default: Option<Box<str>>,
    },
}

/// A text with wildcards and variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    pieces: Box<[Piece]>,
    has_variables: bool,
}

/// What a pattern's text may mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meaning {
    pub(crate) wildcards: bool,
    pub(crate) variables: bool,
}

impl Pattern {
    pub(crate) fn new(text: &str, meaning: Meaning) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(next) = rest.chars().next() {
            if meaning.variables
                && let Some((variable, after)) = variable(rest)
            {
                match variable {
                    Variable::Escape(escaped) => literal.push(escaped),
                    Variable::Key { key, default } => {
                        flush(&mut literal, &mut pieces);
                        let key = crate::request::lower(key);
                        pieces.push(Piece::Variable {
                            hash: crate::request::hash(&key),
                            key: key.into(),
                            default: default.map(Into::into),
                        });
                    }
                }
                rest = after;
                continue;
            }
            match next {
                '*' if meaning.wildcards => {
                    flush(&mut literal, &mut pieces);
                    if pieces.last() != Some(&Piece::Run) {
                        pieces.push(Piece::Run);
                    }
                }
                '?' if meaning.wildcards => {
                    flush(&mut literal, &mut pieces);
                    pieces.push(Piece::One);
                }
                other => literal.push(other),
            }
            rest = rest.get(next.len_utf8()..).unwrap_or_default();
        }
        flush(&mut literal, &mut pieces);
        let has_variables = pieces.iter().any(|piece| matches!(piece, Piece::Variable { .. }));
        Self {
            pieces: pieces.into(),
            has_variables,
        }
    }

    /// Whether it is `*` and nothing else.
    pub(crate) fn is_any(&self) -> bool {
        matches!(*self.pieces, [Piece::Run])
    }

    /// The text before the first wildcard or variable.
    pub(crate) fn literal_prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Whether it is a literal text and a run, and nothing else.
    pub(crate) fn is_prefix_and_run(&self) -> bool {
        matches!(*self.pieces, [Piece::Run] | [Piece::Literal(_), Piece::Run])
    }

    /// The whole text, where it has neither wildcards nor variables.
    pub(crate) fn literal(&self) -> Option<&str> {
        match &*self.pieces {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The keys of its variables, in lower case.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable { key, .. } => Some(&**key),
            _ => None,
        })
    }

    /// Whether a variable has no value, so that the pattern means nothing.
    pub(crate) fn lacks_value(&self, context: &Context) -> bool {
        self.has_variables
            && self.pieces.iter().any(|piece| match piece {
                Piece::Variable { key, hash, default } => default.is_none() && context.single(*hash, key).is_none(),
                _ => false,
            })
    }

    /// Whether the text matches. What a variable stands for is literal: a `*` in it matches only itself. A variable
    /// without a value matches nothing.
    pub(crate) fn matches(&self, text: &str, context: &Context) -> bool {
        if let Some(literal) = self.literal() {
            return literal == text;
        }
        if !self.has_variables {
            return glob(&self.pieces, text, |_| None);
        }
        if self.lacks_value(context) {
            return false;
        }
        glob(&self.pieces, text, |piece| value_of(piece, context))
    }

    /// Whether some values of its variables make the text match.
    pub(crate) fn could_match(&self, text: &str) -> bool {
        let mut pieces = self.pieces.clone();
        for piece in &mut pieces {
            if matches!(piece, Piece::Variable { .. }) {
                *piece = Piece::Run;
            }
        }
        glob(&pieces, text, |_| None)
    }

    /// Whether the text is equal ignoring case (simple lower-casing, no folding).
    pub(crate) fn equals_ignoring_case(&self, text: &str, context: &Context) -> bool {
        if self.lacks_value(context) {
            return false;
        }
        let mut left = text.chars().flat_map(char::to_lowercase);
        for piece in &self.pieces {
            let literal = match piece {
                Piece::Literal(literal) => literal,
                Piece::Variable { .. } => value_of(piece, context).unwrap_or_default(),
                Piece::Run => "*",
                Piece::One => "?",
            };
            for expected in literal.chars().flat_map(char::to_lowercase) {
                if left.next() != Some(expected) {
                    return false;
                }
            }
        }
        left.next().is_none()
    }
}

fn flush(literal: &mut String, pieces: &mut Vec<Piece>) {
    if !literal.is_empty() {
        pieces.push(Piece::Literal(std::mem::take(literal).into()));
    }
}

fn value_of<'a>(piece: &'a Piece, context: &'a Context) -> Option<&'a str> {
    match piece {
        Piece::Variable { key, hash, default } => context.single(*hash, key).or(default.as_deref()),
        _ => None,
    }
}

pub(crate) enum Variable<'a> {
    Escape(char),
    Key { key: &'a str, default: Option<&'a str> },
}

/// The variable that `text` starts with, and what follows it (IAM User Guide: IAM policy elements: Variables and tags).
pub(crate) fn variable(text: &str) -> Option<(Variable<'_>, &str)> {
    let inner = text.strip_prefix("${")?;
    for escape in ['*', '?', '$'] {
        if let Some(after) = inner.strip_prefix(escape).and_then(|rest| rest.strip_prefix('}')) {
            return Some((Variable::Escape(escape), after));
        }
    }
    let key_end = inner.find([',', '}', '$', '{'])?;
    let (key, rest) = inner.split_at_checked(key_end)?;
    let key = key.trim_end();
    if key.is_empty() || key.contains(' ') || key.starts_with(' ') {
        return None;
    }
    if let Some(after) = rest.strip_prefix('}') {
        return Some((Variable::Key { key, default: None }, after));
    }
    let quoted = rest.strip_prefix(',')?.trim_start_matches(' ').strip_prefix('\'')?;
    let (default, after) = quoted.split_once('\'')?;
    let after = after.trim_start_matches(' ').strip_prefix('}')?;
    Some((
        Variable::Key {
            key,
            default: Some(default),
        },
        after,
    ))
}

/// Matches piece by piece. A run is taken as short as it can be and lengthened from the newest run only, which for this
/// language finds a match if there is one.
fn glob<'a>(pieces: &'a [Piece], text: &str, value: impl Fn(&'a Piece) -> Option<&'a str>) -> bool {
    // Until the first run everything is fixed to the start.
    let mut at = 0;
    let mut next = 0;
    loop {
        match pieces.get(next) {
            None => return at == text.len(),
            Some(Piece::Run) => break,
            Some(piece) => match step(piece, text, at, &value) {
                Some(after) => at = after,
                None => return false,
            },
        }
        next += 1;
    }
    // After the last run everything is fixed to the end; between two runs, the leftmost place will do.
    loop {
        next += 1;
        let until = pieces
            .iter()
            .skip(next)
            .position(|piece| *piece == Piece::Run)
            .map(|offset| next + offset);
        let segment = pieces.get(next..until.unwrap_or(pieces.len())).unwrap_or_default();
        match until {
            None => return ends_with(segment, text, at, &value),
            Some(run) => {
                match find(segment, text, at, &value) {
                    Some(after) => at = after,
                    None => return false,
                }
                next = run;
            }
        }
    }
}

/// Where the text goes on after this piece.
fn step<'a>(piece: &'a Piece, text: &str, at: usize, value: &impl Fn(&'a Piece) -> Option<&'a str>) -> Option<usize> {
    let rest = text.get(at..)?;
    match piece {
        Piece::Literal(literal) => rest.starts_with(&**literal).then_some(at + literal.len()),
        Piece::One => rest.chars().next().map(|one| at + one.len_utf8()),
        Piece::Variable { .. } => {
            let literal = value(piece)?;
            rest.starts_with(literal).then_some(at + literal.len())
        }
        Piece::Run => Some(at),
    }
}

fn steps<'a>(
    segment: &'a [Piece],
    text: &str,
    at: usize,
    value: &impl Fn(&'a Piece) -> Option<&'a str>,
) -> Option<usize> {
    segment.iter().try_fold(at, |at, piece| {
        budget::step().then(|| step(piece, text, at, value)).flatten()
    })
}

/// The end of the leftmost place at or after `at` where the segment fits.
fn find<'a>(
    segment: &'a [Piece],
    text: &str,
    at: usize,
    value: &impl Fn(&'a Piece) -> Option<&'a str>,
) -> Option<usize> {
    if let [Piece::Literal(literal)] = segment {
        let found = memchr::memmem::find(text.as_bytes().get(at..)?, literal.as_bytes())?;
        return Some(at + found + literal.len());
    }
    let mut from = at;
    loop {
        if let Some(after) = steps(segment, text, from, value) {
            return Some(after);
        }
        if budget::is_spent() {
            return None;
        }
        from += text.get(from..)?.chars().next()?.len_utf8();
    }
}

/// Whether the segment fits exactly the end of the text, at or after `at`.
fn ends_with<'a>(segment: &'a [Piece], text: &str, at: usize, value: &impl Fn(&'a Piece) -> Option<&'a str>) -> bool {
    let mut end = text.len();
    for piece in segment.iter().rev() {
        let Some(rest) = text.get(at..end) else { return false };
        let length = match piece {
            Piece::Literal(literal) => rest.ends_with(&**literal).then_some(literal.len()),
            Piece::One => rest.chars().next_back().map(char::len_utf8),
            Piece::Variable { .. } => value(piece).filter(|literal| rest.ends_with(literal)).map(str::len),
            Piece::Run => Some(0),
        };
        match length.and_then(|length| end.checked_sub(length)) {
            Some(before) if before >= at => end = before,
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Meaning = Meaning {
        wildcards: true,
        variables: true,
    };

    fn matches(pattern: &str, text: &str) -> bool {
        let mut context = Context::new();
        context.insert("aws:username", "al*ce");
        context.insert_list("aws:TagKeys", ["a", "b"]);
        Pattern::new(pattern, ALL).matches(text, &context)
    }

    #[test]
    fn wildcards_match_runs_and_single_characters() {
        for (pattern, text) in [
            ("*", ""),
            ("a*c", "abbc"),
            ("a?c", "aüc"),
            ("*a*b*", "xaxbx"),
            ("a*a", "aa"),
            ("*.?sv", "x/y.csv"),
            ("", ""),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [
            ("a*a", "a"),
            ("a?c", "ac"),
            ("*a*b*", "xbxa"),
            ("a", "b"),
            ("?", ""),
            ("*?", ""),
        ] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn the_value_of_a_variable_is_literal() {
        assert!(matches("home/${aws:username}/*", "home/al*ce/x"));
        assert!(matches("home/${AWS:UserName}", "home/al*ce"));
        assert!(!matches("home/${aws:username}", "home/alice"));
        assert!(matches("${*}${?}${$}", "*?$"));
        assert!(!matches("${*}", "x"));
    }

    #[test]
    fn a_variable_without_a_value_matches_nothing_unless_it_has_a_default() {
        assert!(!matches("*${aws:nothing}", "x"));
        assert!(!matches("${aws:TagKeys}", "a"));
        assert!(matches("${aws:nothing, 'x'}", "x"));
        assert!(matches("${aws:username, 'x'}", "al*ce"));
    }

    #[test]
    fn what_is_no_variable_is_text() {
        assert!(matches("${}", "${}"));
        assert!(matches("${a b}", "${a b}"));
        assert!(matches("${open", "${open"));
    }

    proptest::proptest! {
        #[test]
        fn wildcards_match_as_a_naive_matcher_says(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            fn naive(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern.first(), text.first()) {
                    (None, None) => true,
                    (Some(b'*'), _) => naive(&pattern[1..], text) || (!text.is_empty() && naive(pattern, &text[1..])),
                    (Some(b'?'), Some(_)) => naive(&pattern[1..], &text[1..]),
                    (Some(a), Some(b)) if a == b => naive(&pattern[1..], &text[1..]),
                    _ => false,
                }
            }
            proptest::prop_assert_eq!(matches(&pattern, &text), naive(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
