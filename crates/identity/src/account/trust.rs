//! Trust policies: who is named in them, and as what (IAM User Guide: AWS JSON policy elements: Principal).

use std::collections::BTreeMap;

use rolecall_names::{AccountId, Arn, PARTITION};
use rolecall_policy::{Kind, Malformed, Policy, PrincipalType, Text};

use crate::{
    document::Document,
    error::Error,
    state::{Role, Snapshot},
    transaction::Transaction,
};

/// Unique ids by what stands in the text: an ARN, or the id itself.
pub(crate) type Principals = BTreeMap<String, String>;

/// Reads a trust policy.
pub(crate) fn read(tx: &Transaction<'_>, text: &str) -> Result<(Document, Principals), Error> {
    let policy = Policy::read(text, Kind::Trust)?;
    let limit = tx.quotas().trust_policy_size;
    if policy.size() > limit {
        return Err(Error::Limit(format!("Cannot exceed quota for ACLSizePerRole: {limit}")));
    }
    resolve(tx.snapshot(), text, &policy)
}

/// Finds everybody whom a policy names. Roles and users are compiled as their unique ids, so that one that is made anew
/// under the same name is not trusted (threat 6).
pub(crate) fn resolve(snapshot: &Snapshot, text: &str, policy: &Policy) -> Result<(Document, Principals), Error> {
    let mut principals = Principals::new();
    for (kind, principal) in policy.principals() {
        if kind == PrincipalType::Aws
            && let Some(id) = find(snapshot, principal)?
        {
            principals.insert(principal.text.clone(), id);
        }
    }
    let document = Document::with_principals(text, |arn| principals.get(arn).cloned())?;
    Ok((document, principals))
}

/// The unique id of a role or a user; none for principals that stay as they are. All must exist.
fn find(snapshot: &Snapshot, principal: &Text) -> Result<Option<String>, Error> {
    let text = principal.text.as_str();
    let invalid = || {
        Error::from(Malformed {
            message: format!("Invalid principal in policy: \"AWS\":\"{text}\""),
            at: principal.at,
            why: "there is no such principal".to_owned(),
        })
    };
    let exists = |account: &str| {
        account
            .parse()
            .is_ok_and(|id: AccountId| snapshot.account(id).is_some())
    };
    if text == "*" {
        return Ok(None);
    }
    let Ok(arn) = text.parse::<Arn>() else {
        // An account, or the id of somebody who is alive.
        return match (exists(text), snapshot.arn_of(text)) {
            (true, _) => Ok(None),
            (false, Some(_)) => Ok(Some(text.to_owned())),
            (false, None) => Err(invalid()),
        };
    };
    if arn.partition() != PARTITION || !exists(arn.account()) {
        return Err(invalid());
    }
    let known = match (arn.service(), arn.resource().split_once('/')) {
        ("iam", None) if arn.resource() == "root" => return Ok(None),
        ("iam", Some(_)) => snapshot.id_of(&arn),
        ("sts", Some(("assumed-role", rest))) => {
            let role = rest.split_once('/').and_then(|(role, session)| {
                let account: AccountId = arn.account().parse().ok()?;
                snapshot
                    .role(account, role)
                    .filter(|found| found.name == role && !session.is_empty())
            });
            return if role.is_some() { Ok(None) } else { Err(invalid()) };
        }
        ("sts", Some(("federated-user", _))) => return Ok(None),
        _ => None,
    };
    known.map(Some).ok_or_else(invalid)
}

impl Snapshot {
    /// The unique id of the role or user of this ARN.
    pub fn id_of(&self, arn: &Arn) -> Option<String> {
        let account: AccountId = arn.account().parse().ok()?;
        let (kind, rest) = arn.resource().split_once('/')?;
        let name = rest.rsplit('/').next()?;
        match (arn.service(), kind) {
            ("iam", "role") => self
                .role(account, name)
                .filter(|it| it.arn == *arn)
                .map(|it| it.id.to_string()),
            ("iam", "user") => self
                .user(account, name)
                .filter(|it| it.arn == *arn)
                .map(|it| it.id.to_string()),
            _ => None,
        }
    }

    /// The ARN of the role or user of this unique id.
    fn arn_of(&self, id: &str) -> Option<&Arn> {
        let role = || {
            let role = self.roles.get(self.places.get(id)?)?;
            (role.id.as_str() == id).then_some(&role.arn)
        };
        self.user_of_id(id).map(|user| &user.arn).or_else(role)
    }
}

/// A document as it is shown: whoever it names by the ARN that they have now, be it that they were renamed or that their id
/// was sent (IAM User Guide: Rename an IAM user), and by their unique id once they are deleted.
pub(crate) fn shown(snapshot: &Snapshot, text: &str, principals: &Principals) -> String {
    let now = |id| snapshot.arn_of(id).map_or(id, Arn::as_str);
    if principals.iter().all(|(named, id)| now(id) == named) {
        return text.to_owned();
    }
    let Ok(policy) = Policy::parse(text) else {
        return text.to_owned();
    };
    // From the end, so that the places before stay right.
    let mut places: Vec<&Text> = policy
        .principals()
        .filter(|(kind, _)| *kind == PrincipalType::Aws)
        .map(|(_, text)| text)
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.at));
    let mut shown = text.to_owned();
    for place in places {
        if let Some(id) = principals.get(&place.text)
            && let Some(end) = end_of_string(&shown, place.at)
        {
            // Neither ids nor names have anything that JSON would have to escape; a path may have.
            let name = serde_json::Value::from(now(id)).to_string();
            shown.replace_range(place.at..end, &name);
        }
    }
    shown
}

/// Where the JSON string that starts at `at` ends.
fn end_of_string(text: &str, at: usize) -> Option<usize> {
    let mut bytes = text.as_bytes().iter().enumerate().skip(at);
    bytes.next().filter(|(_, byte)| **byte == b'"')?;
    let mut escaped = false;
    for (place, byte) in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

impl Role {
    /// The trust policy as it is shown.
    pub fn shown_trust(&self, snapshot: &Snapshot) -> String {
        shown(snapshot, self.trust.text(), &self.principals)
    }
}
