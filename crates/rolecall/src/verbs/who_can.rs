//! `rolecall policy who-can`: everybody who could do something.

use std::fmt::Write;

use anyhow::Result;
use rolecall_wire::private::{self, Clause, Who, WhoCanRequest};

use super::{explain::circumstances, print::printable};
use crate::{
    aws::Aws,
    cli::{Format, Place, WhoCan},
};

pub(crate) async fn run(arguments: WhoCan) -> Result<()> {
    let request = WhoCanRequest {
        context: circumstances(&arguments.context)?,
        action: arguments.action,
        resource: arguments.resource,
    };
    let aws = Aws::connect(&Place::default()).await?;
    let answer = aws.client.private::<private::WhoCan>(&request).await?;
    match arguments.output.output {
        Format::Json => println!("{}", serde_json::to_string_pretty(&answer)?),
        Format::Yaml => print!("{}", serde_norway::to_string(&answer)?),
        Format::Table => {
            let mut text = String::new();
            for who in &answer.principals {
                tell(&mut text, who, 0);
            }
            if answer.principals.is_empty() {
                text.push_str("nobody\n");
            }
            if answer.truncated {
                let _ = writeln!(
                    text,
                    "and more, which are not told: the first {} are",
                    answer.principals.len()
                );
            }
            print!("{text}");
        }
    }
    Ok(())
}

/// A principal and what lets it; below, who can become it.
fn tell(text: &mut String, who: &Who, depth: usize) {
    let indent = "  ".repeat(depth);
    let through = if depth > 0 { "<- " } else { "" };
    let kind = match who.kind.as_str() {
        "account" => "account",
        "user" => "user",
        "role" => "role",
        "serviceAccount" => "service account",
        "service" => "service",
        "anyone" => "anyone",
        _ => "federated",
    };
    let _ = writeln!(
        text,
        "{indent}{through}{kind} {}: {}",
        printable(&who.name),
        printable(&who.possibility)
    );
    for clause in &who.clauses {
        let _ = writeln!(text, "{indent}     {}", clause_line(clause));
        let word = if clause.denies { "where" } else { "if" };
        for condition in &clause.conditions {
            let _ = writeln!(text, "{indent}       {word} {}", printable(condition));
        }
    }
    for other in &who.through {
        tell(text, other, depth + 1);
    }
}

fn clause_line(clause: &Clause) -> String {
    let verb = if clause.denies { "denied" } else { "allowed" };
    // The policy's name says what it is, where the kind does not.
    let policy = if clause.policy.starts_with(&clause.layer) || clause.policy.contains("policy of") {
        printable(&clause.policy)
    } else {
        format!("{} {}", printable(&clause.layer), printable(&clause.policy))
    };
    format!("{verb} by {policy}, statement {}", printable(&clause.sid))
}
