//! How the demo talks: numbered steps, the command behind each, what came of it, and whether that was right.

use std::{fmt::Display, io::IsTerminal};

use crate::verbs::print::printable;

/// Tells the story on standard output and counts what comes out wrong.
pub(super) struct Tale {
    step: u32,
    checks: u32,
    wrong: Vec<String>,
    colours: bool,
}

impl Tale {
    pub(super) fn new() -> Self {
        Self {
            step: 0,
            checks: 0,
            wrong: Vec::new(),
            colours: std::io::stdout().is_terminal() && crate::environment("NO_COLOR").is_none(),
        }
    }

    /// Begins the next step.
    pub(super) fn step(&mut self, says: &str) {
        self.step += 1;
        println!("\n{:>2}. {}", self.step, self.painted("1", says));
    }

    /// The command that a person would type for what is done now.
    pub(super) fn command(&self, text: &str) {
        println!("    {}", self.painted("2", &format!("$ {text}")));
    }

    /// Says whether what came out is right; what is wrong is remembered.
    pub(super) fn check(&mut self, right: bool, what: &str) {
        self.checks += 1;
        if right {
            println!("    {} {what}", self.painted("32", "ok"));
        } else {
            println!("    {} {what}", self.painted("1;31", "WRONG"));
            self.wrong.push(format!("step {}: {what}", self.step));
        }
    }

    /// The last words. `true` if everything came out right.
    pub(super) fn end(&self, seconds: f64) -> bool {
        if self.wrong.is_empty() {
            println!(
                "\n{} steps, {} checks, all as they should be, in {seconds:.1} s.",
                self.step, self.checks
            );
            return true;
        }
        println!("\n{} of {} checks came out wrong:", self.wrong.len(), self.checks);
        for what in &self.wrong {
            println!("  {what}");
        }
        false
    }

    fn painted(&self, colour: &str, text: &str) -> String {
        if self.colours {
            format!("\u{1b}[{colour}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// Prints what was answered.
pub(super) fn shows(text: impl Display) {
    for line in text.to_string().lines() {
        println!("    {}", printable(line));
    }
}
