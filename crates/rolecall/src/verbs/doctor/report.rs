//! What the doctor tells: a line for each link of the chain, and below those that do not hold what was seen, what was
//! expected and what mends it.

use std::{fmt::Write as _, process::ExitCode};

use serde::Serialize;

use crate::verbs::print::printable;

/// How a link is. The later, the worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Status {
    /// It holds.
    Ok,
    /// It could not be looked at, or there was no reason to.
    NotLookedAt,
    /// It holds, and something about it is not as it should be.
    Warn,
    /// It does not hold: no pod gets its role until it is mended.
    Fail,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotLookedAt => "not looked at",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }

    /// As terminals colour it (ECMA-48: select graphic rendition).
    fn colour(self) -> &'static str {
        match self {
            Self::Ok => "32",
            Self::NotLookedAt => "2",
            Self::Warn => "33",
            Self::Fail => "31",
        }
    }
}

/// Something about a link that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) status: Status,
    /// What was seen.
    pub(super) saw: String,
    /// What was expected instead.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) expected: String,
    /// What mends it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) mend: String,
}

/// A link of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    pub(super) name: &'static str,
    pub(super) status: Status,
    /// One line.
    pub(super) summary: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) findings: Vec<Finding>,
}

impl Link {
    /// A link that holds, so far.
    pub(super) fn new(name: &'static str, summary: impl Into<String>) -> Self {
        Self {
            name,
            status: Status::Ok,
            summary: summary.into(),
            findings: Vec::new(),
        }
    }

    /// A link that was not looked at, and why.
    pub(super) fn unlooked(name: &'static str, why: impl Into<String>) -> Self {
        Self {
            status: Status::NotLookedAt,
            ..Self::new(name, why)
        }
    }

    pub(super) fn find(
        &mut self,
        status: Status,
        saw: impl Into<String>,
        expected: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.status = self.status.max(status);
        self.findings.push(Finding {
            status,
            saw: saw.into(),
            expected: expected.into(),
            mend: mend.into(),
        });
    }

    pub(super) fn fail(&mut self, saw: impl Into<String>, expected: impl Into<String>, mend: impl Into<String>) {
        self.find(Status::Fail, saw, expected, mend);
    }

    pub(super) fn warn(&mut self, saw: impl Into<String>, expected: impl Into<String>, mend: impl Into<String>) {
        self.find(Status::Warn, saw, expected, mend);
    }

    /// Another line of summary, once it is known how the link is.
    pub(super) fn says(mut self, summary: impl Into<String>) -> Self {
        self.summary = summary.into();
        self
    }
}

/// The whole chain.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    /// Whose chain: `pod NAMESPACE/NAME`, `serviceaccount NAMESPACE/NAME`, or `what all pods share`.
    pub(super) subject: String,
    /// Whether no link fails.
    pub(super) holds: bool,
    pub(super) links: Vec<Link>,
}

impl Report {
    pub(super) fn new(subject: String, links: Vec<Link>) -> Self {
        Self {
            subject,
            holds: links.iter().all(|link| link.status < Status::Fail),
            links,
        }
    }

    /// 0 if every link that was looked at holds, 1 if one does not.
    pub(super) fn exit_code(&self) -> ExitCode {
        if self.holds {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// For people. What came from elsewhere cannot steer the terminal (threat 12).
    pub(super) fn to_text(&self, colours: bool) -> String {
        let paint = |status: Status, text: &str| {
            if colours {
                format!("\u{1b}[{}m{text}\u{1b}[0m", status.colour())
            } else {
                text.to_owned()
            }
        };
        let name_width = self.links.iter().map(|link| link.name.len()).max().unwrap_or_default();
        let status_width = Status::NotLookedAt.word().len();
        let mut text = format!("{}\n\n", printable(&self.subject));
        for link in &self.links {
            let status = format!("{:status_width$}", link.status.word());
            let _ = writeln!(
                text,
                "{}  {:name_width$}  {}",
                paint(link.status, &status),
                link.name,
                printable(&link.summary)
            );
            for finding in &link.findings {
                for (what, said) in [
                    ("saw", &finding.saw),
                    ("expected", &finding.expected),
                    ("mend", &finding.mend),
                ] {
                    for (number, line) in said.lines().enumerate() {
                        let what = if number == 0 { what } else { "" };
                        let indent = status_width + 2;
                        let _ = writeln!(text, "{:indent$}{what:<8}  {}", "", printable(line));
                    }
                }
            }
        }
        let count = |status| self.links.iter().filter(|link| link.status == status).count();
        let _ = writeln!(
            text,
            "\n{} ok, {} warn, {} fail, {} not looked at",
            count(Status::Ok),
            count(Status::Warn),
            count(Status::Fail),
            count(Status::NotLookedAt)
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut broken = Link::new("role", "it is not there");
        broken.warn("one", "two", "");
        broken.fail("no role app\u{1b}[31m", "role app", "create it\nor name another");
        Report::new(
            "serviceaccount default/app".to_owned(),
            vec![
                Link::new("cluster", "dev"),
                broken,
                Link::unlooked("exchange", "the role does not hold"),
            ],
        )
    }

    #[test]
    fn a_link_is_as_bad_as_the_worst_that_was_found_about_it() {
        let report = report();
        assert_eq!(report.links[1].status, Status::Fail);
        assert!(!report.holds);
        let warned = Report::new(String::new(), vec![Link::unlooked("a", "b")]);
        assert!(warned.holds, "what was not looked at does not fail");
    }

    #[test]
    fn links_stand_in_columns_with_what_was_found_below_them_and_nothing_steers_the_terminal() {
        let text = report().to_text(false);
        assert!(text.contains("ok             cluster   dev\n"), "{text}");
        assert!(text.contains("fail           role      it is not there\n"), "{text}");
        assert!(
            text.contains("               saw       no role app\\u{1b}[31m\n"),
            "{text}"
        );
        assert!(
            text.contains("               mend      create it\n                         or name another\n"),
            "{text}"
        );
        assert!(
            text.contains("not looked at  exchange  the role does not hold\n"),
            "{text}"
        );
        assert!(text.ends_with("1 ok, 0 warn, 1 fail, 1 not looked at\n"), "{text}");
        assert!(report().to_text(true).contains("\u{1b}[31mfail"));
    }

    #[test]
    fn programs_read_the_same() {
        let json = serde_json::to_value(report()).unwrap();
        assert_eq!(json["holds"], false);
        assert_eq!(json["links"][2]["status"], "notLookedAt");
        assert_eq!(json["links"][1]["findings"][0]["saw"], "one");
        assert!(json["links"][1]["findings"][0].get("mend").is_none());
    }
}
