//! Encoded authorization messages: why a call was refused, sealed, for those who may know (STS API Reference:
//! `DecodeAuthorizationMessage`).
//!
//! The message is bound to the caller's account and opens nowhere else. It lives as long as the key that sealed it, a day
//! and a half at least. Its contents have the form that AWS's have.

use jiff::Timestamp;
use rolecall_names::AccountId;
use rolecall_policy::{Policy, Values};
use serde_json::{Value, json};

use super::Denied;
use crate::keys::{DoesNotOpen, Label, SALT, SealingKeys};

/// The longest text that is sealed, so that the message fits into a header, in bytes.
const MAX_PLAIN: usize = 2900;

/// The sealed message of a refusal. Where it would be too long, circumstances are left out, the longest first, and at
/// last the statements: what was asked by whom always stays.
pub fn encode(
    denied: &Denied,
    account: AccountId,
    keys: &SealingKeys,
    now: Timestamp,
    salt: [u8; SALT],
) -> Result<String, DoesNotOpen> {
    let text = plain(denied);
    keys.seal(Label::EncodedMessage, account.as_str(), text.as_bytes(), now, salt)
}

/// The text of a message that was sealed for a caller of this account.
pub fn decode(message: &str, account: AccountId, keys: &SealingKeys) -> Result<String, DoesNotOpen> {
    let plain = keys.open_sealed(Label::EncodedMessage, account.as_str(), message)?;
    String::from_utf8(plain).map_err(|_| DoesNotOpen)
}

fn plain(denied: &Denied) -> String {
    let mut statements = statements(denied);
    let mut conditions: Vec<(String, Vec<String>)> = denied
        .request
        .context()
        .iter()
        .map(|(key, values)| (key.to_owned(), values.as_slice().to_vec()))
        .collect();
    loop {
        let text = document(denied, &statements, &conditions).to_string();
        if text.len() <= MAX_PLAIN {
            return text;
        }
        let size = |(key, values): &(String, Vec<String>)| key.len() + values.iter().map(String::len).sum::<usize>();
        let longest = (0..conditions.len()).max_by_key(|index| conditions.get(*index).map_or(0, size));
        match longest {
            Some(index) => drop(conditions.remove(index)),
            None if statements.pop().is_some() => {}
            None => return text,
        }
    }
}

fn document(denied: &Denied, statements: &[Value], conditions: &[(String, Vec<String>)]) -> Value {
    let request = &denied.request;
    let principal = request.principal();
    let name = principal.arn().rsplit(['/', ':']).next().unwrap_or_default();
    let id = request
        .context()
        .get("aws:userid")
        .and_then(|values: &Values| values.as_slice().first().cloned());
    let conditions = conditions.iter().map(
        |(key, values)| json!({ "key": key, "values": items(values.iter().map(|value| json!({ "value": value }))) }),
    );
    json!({
        "allowed": false,
        "explicitDeny": denied.decision == rolecall_policy::Decision::ExplicitlyDenied,
        "matchedStatements": items(statements.iter().cloned()),
        "failures": items([]),
        "context": {
            "principal": { "id": id, "name": name, "arn": principal.arn() },
            "action": request.action(),
            "resource": request.resource(),
            "conditions": items(conditions),
        },
    })
}

/// The statements that denied.
fn statements(denied: &Denied) -> Vec<Value> {
    let explanation = denied.explanation();
    let lists = [&denied.identity[..]]
        .into_iter()
        .chain(denied.boundary.as_deref())
        .chain(denied.session.as_deref());
    let sources = lists.flatten().map(|policy| Policy::parse(policy.source()).ok());
    let mut matched = Vec::new();
    // The explanation goes through the same policies in the same order.
    for (policy, tree) in explanation.policies.iter().zip(sources) {
        let trees = tree.iter().flat_map(|tree| &tree.statements);
        for (statement, tree) in policy.statements.iter().zip(trees) {
            if statement.denies && statement.applied {
                matched.push(shown(tree, denied.request.principal().arn()));
            }
        }
    }
    matched
}

fn shown(statement: &rolecall_policy::Statement, principal: &str) -> Value {
    let list = |element: Option<&rolecall_policy::Element>, negated: bool| {
        let texts = element.filter(|element| element.negated == negated);
        items(
            texts
                .into_iter()
                .flat_map(|element| &element.values)
                .map(|value| json!({ "value": value.text })),
        )
    };
    let conditions = statement.conditions.iter().map(|condition| {
        json!({
            "operator": condition.operator,
            "key": condition.key,
            "values": items(condition.values.iter().map(|value| json!({ "value": value.text }))),
        })
    });
    json!({
        "statementId": statement.sid.as_deref().unwrap_or_default(),
        "effect": "DENY",
        "principals": items([json!({ "value": principal })]),
        "principalGroups": items([]),
        "actions": list(statement.action.as_ref(), false),
        "notActions": list(statement.action.as_ref(), true),
        "resources": list(statement.resource.as_ref(), false),
        "notResources": list(statement.resource.as_ref(), true),
        "conditions": items(conditions),
    })
}

fn items(values: impl IntoIterator<Item = Value>) -> Value {
    json!({ "items": values.into_iter().collect::<Vec<_>>() })
}
