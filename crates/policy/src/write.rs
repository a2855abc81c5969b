//! Policies as JSON again: for documents whose principals were replaced, and for tools that change the tree.

use serde_json::{Map, Value};

use crate::document::{Condition, Effect, Element, Policy, PrincipalType, Principals, Statement, Version};

impl Policy {
    /// The document as compact JSON, elements in the order of AWS's grammar. Reading it gives the same policy, but for
    /// places and for how lists of one are written.
    pub fn to_json(&self) -> String {
        let mut members = Vec::new();
        let version = match self.version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        members.push(("Version", quoted(version)));
        if let Some(id) = &self.id {
            members.push(("Id", quoted(id)));
        }
        let statements: Vec<String> = self.statements.iter().map(statement).collect();
        members.push(("Statement", format!("[{}]", statements.join(","))));
        object(&members)
    }
}

fn statement(statement: &Statement) -> String {
    let mut members = Vec::new();
    if let Some(sid) = &statement.sid {
        members.push(("Sid", quoted(sid)));
    }
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    members.push(("Effect", quoted(effect)));
    if let Some(element) = &statement.principal {
        let name = if element.negated { "NotPrincipal" } else { "Principal" };
        members.push((name, principals(element)));
    }
    if let Some(element) = &statement.action {
        members.push((if element.negated { "NotAction" } else { "Action" }, list(element)));
    }
    if let Some(element) = &statement.resource {
        members.push((if element.negated { "NotResource" } else { "Resource" }, list(element)));
    }
    if !statement.conditions.is_empty() {
        members.push(("Condition", conditions(&statement.conditions)));
    }
    object(&members)
}

fn principals(principals: &Principals) -> String {
    if let [(PrincipalType::Everyone, _)] = principals.entries.as_slice() {
        return quoted("*");
    }
    let mut kinds = Map::new();
    for (kind, text) in &principals.entries {
        push(&mut kinds, kind.name(), &text.text);
    }
    Value::Object(
        kinds
            .into_iter()
            .map(|(kind, values)| (kind, one_or_many(values)))
            .collect(),
    )
    .to_string()
}

fn conditions(conditions: &[Condition]) -> String {
    let mut operators = Map::new();
    for condition in conditions {
        let keys = operators
            .entry(condition.operator.as_str())
            .or_insert_with(|| Value::Object(Map::new()));
        let values = condition
            .values
            .iter()
            .map(|value| Value::from(value.text.as_str()))
            .collect();
        if let Value::Object(keys) = keys {
            keys.insert(condition.key.clone(), one_or_many(Value::Array(values)));
        }
    }
    Value::Object(operators).to_string()
}

fn push(lists: &mut Map<String, Value>, key: &str, value: &str) {
    let list = lists.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = list {
        list.push(value.into());
    }
}

fn list(element: &Element) -> String {
    let values = element
        .values
        .iter()
        .map(|value| Value::from(value.text.as_str()))
        .collect();
    one_or_many(Value::Array(values)).to_string()
}

fn one_or_many(value: Value) -> Value {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.pop().unwrap_or_default(),
        other => other,
    }
}

fn object(members: &[(&str, String)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(key, value)| format!("{}:{value}", quoted(key)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let text = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a\"b","Effect":"Deny","NotPrincipal":{"AWS":["1","2"],"Service":"ec2.amazonaws.com"},"NotAction":"s3:*","Resource":["*","arn:aws:s3:::b"],"Condition":{"Bool":{"aws:SecureTransport":"true"},"StringLike":{"s3:prefix":["","home/"]}}},{"Effect":"Allow","Principal":"*","Action":[],"NotResource":"*"}]}"#;
        let policy = Policy::parse(text).unwrap();
        assert_eq!(policy.to_json(), text);
        let replaced = policy.map_principals(|arn| (arn == "1").then(|| "AIDAEXAMPLEEXAMPLEEXA".to_owned()));
        assert!(replaced.to_json().contains(r#""AWS":["AIDAEXAMPLEEXAMPLEEXA","2"]"#));
    }
}
