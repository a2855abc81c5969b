//! Cases as data: one JSON object a line, with a request, its policies and, where it is known, the right answer.
//!
//! ```json
//! {"name": "…", "request": {"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
//!   "resource": "arn:aws:s3:::bucket/key", "resourceAccount": "111122223333", "context": {"aws:username": "alice"},
//!   "uniqueId": "AIDA…", "canonicalUser": "…"}, "identityPolicies": [], "resourcePolicy": null,
//!   "permissionBoundary": null, "sessionPolicy": null, "scps": [{"policies": []}], "rcps": [], "endpointPolicies": [],
//!   "expected": "ImplicitlyDenied"}
//! ```
//!
//! The principal is an ARN, a service or `{"type": "Anonymous"}`; the value of a condition key is a string, or a list for
//! a key of several values; `sessionPolicy` is a document or a list of them. All but `name` and the request's principal,
//! action and resource may be left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    compiled::{Compiled, Shape},
    decision::{Decision, Policies, Verdict, Verdicts, decide},
    document::{Effect, Malformed, Policy},
    explanation::{Explanation, explain},
    principal::Naming,
    request::{Context, Principal, Request, Values},
};

/// A case.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case<'a> {
    /// Free text.
    pub name: String,
    #[serde(borrow)]
    request: RequestOfCase<'a>,
    #[serde(borrow, default)]
    identity_policies: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    resource_policy: Option<&'a RawValue>,
    #[serde(borrow, default)]
    permission_boundary: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    session_policy: Option<&'a RawValue>,
    #[serde(borrow, default)]
    scps: Vec<Level<'a>>,
    #[serde(borrow, default)]
    rcps: Vec<Level<'a>>,
    #[serde(borrow, default)]
    endpoint_policies: Option<Vec<&'a RawValue>>,
    /// The right answer, where the case says it.
    #[serde(default)]
    pub expected: Option<Decision>,
    /// What each layer says by itself, where the case says it.
    #[serde(default)]
    pub layers: Option<BTreeMap<String, LayerResult>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestOfCase<'a> {
    #[serde(borrow)]
    principal: &'a RawValue,
    action: String,
    resource: String,
    #[serde(default)]
    resource_account: Option<String>,
    #[serde(default)]
    context: Context,
    /// The id of the caller's user or role, which saved policies name.
    #[serde(default)]
    unique_id: Option<String>,
    /// The canonical user id of the caller's account.
    #[serde(default)]
    canonical_user: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Level<'a> {
    #[serde(borrow)]
    policies: Vec<&'a RawValue>,
}

/// What one layer says by itself, and which statements said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerResult {
    /// `Allowed`, `AllowedForAccount`, `ExplicitlyDenied` or `ImplicitlyDenied`.
    pub result: String,
    /// The statements that allow, such as `id0#Sid`.
    #[serde(default)]
    pub allow: Vec<String>,
    /// The statements that deny.
    #[serde(default)]
    pub deny: Vec<String>,
}

/// The answer to a case.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// The name of the case.
    pub name: String,
    /// The decision.
    pub decision: Decision,
    /// What each layer says, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<BTreeMap<String, LayerResult>>,
}

/// Why a case cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The line is no case.
    #[error("not a case: {0}")]
    NotACase(#[from] serde_json::Error),
    /// One of its policies is no policy.
    #[error("{which}: {why}")]
    Malformed {
        /// Which one.
        which: String,
        /// What is wrong with it.
        why: String,
    },
    /// Its principal is none.
    #[error("`{0}` is no principal")]
    Principal(String),
}

/// Reads a line and decides it.
pub fn evaluate(line: &str, explain: bool) -> Result<Answer, Unreadable> {
    let case: Case<'_> = serde_json::from_str(line)?;
    case.evaluate(explain)
}

/// All policies of a case, compiled, to decide it again and again.
#[derive(Debug)]
pub struct Prepared {
    request: Request,
    identity: Vec<Named>,
    resource: Option<Named>,
    boundary: Option<Vec<Named>>,
    session: Option<Vec<Named>>,
    scps: Vec<Vec<Named>>,
    rcps: Vec<Vec<Named>>,
    endpoint: Vec<Named>,
}

#[derive(Debug)]
struct Named {
    name: String,
    sids: Vec<String>,
    compiled: Compiled,
}

impl Case<'_> {
    /// Decides it.
    pub fn evaluate(&self, explain: bool) -> Result<Answer, Unreadable> {
        let prepared = self.prepare()?;
        let layers = explain.then(|| prepared.layers());
        Ok(Answer {
            name: self.name.clone(),
            decision: prepared.decide(),
            layers,
        })
    }

    /// Compiles it.
    pub fn prepare(&self) -> Result<Prepared, Unreadable> {
        let list = |documents: &[&RawValue], prefix: &str| -> Result<Vec<Named>, Unreadable> {
            let named = documents
                .iter()
                .enumerate()
                .map(|(index, document)| named(document, format!("{prefix}{index}")));
            named.collect()
        };
        let levels = |levels: &[Level<'_>], prefix: &str| -> Result<Vec<Vec<Named>>, Unreadable> {
            let level = levels.iter().enumerate();
            level
                .map(|(index, level)| list(&level.policies, &format!("{prefix}{index}.")))
                .collect()
        };
        let context = self.request.context.clone();
        let mut principal = principal(self.request.principal)?;
        // A federated session is of the user whom `aws:PrincipalArn` names.
        if let Some(Values::One(user)) = context.get("aws:PrincipalArn") {
            principal = principal.federated_by(user);
        }
        if let Some(id) = &self.request.unique_id {
            principal = principal.with_unique_id(id);
        }
        if let Some(id) = &self.request.canonical_user {
            principal = principal.with_canonical_id(id);
        }
        let account = self
            .request
            .resource_account
            .clone()
            .unwrap_or_else(|| principal.account().to_owned());
        Ok(Prepared {
            request: Request::new(
                principal,
                &self.request.action,
                &self.request.resource,
                &account,
                context,
            ),
            identity: list(&self.identity_policies, "id")?,
            resource: self
                .resource_policy
                .map(|document| named(document, "resource".to_owned()))
                .transpose()?,
            boundary: self
                .permission_boundary
                .as_deref()
                .map(|documents| list(documents, "pb"))
                .transpose()?,
            session: match self.session_policy {
                Some(several) if several.get().starts_with('[') => Some(list(
                    &serde_json::from_str::<Vec<&RawValue>>(several.get())?,
                    "session",
                )?),
                Some(one) => Some(vec![named(one, "session".to_owned())?]),
                None => None,
            },
            scps: levels(&self.scps, "scp")?,
            rcps: levels(&self.rcps, "rcp")?,
            endpoint: list(self.endpoint_policies.as_deref().unwrap_or_default(), "endpoint")?,
        })
    }
}

impl Prepared {
    /// The decision.
    pub fn decide(&self) -> Decision {
        self.with_policies(|policies| decide(&self.request, policies))
    }

    /// The decision with its reasons.
    pub fn explain(&self) -> Explanation {
        self.with_policies(|policies| explain(&self.request, policies))
    }

    fn with_policies<T>(&self, then: impl FnOnce(&Policies<'_>) -> T) -> T {
        let plain = |named: &[Named]| named.iter().map(|named| named.compiled.clone()).collect::<Vec<_>>();
        let (identity, endpoint) = (plain(&self.identity), plain(&self.endpoint));
        let boundary = self.boundary.as_deref().map(plain);
        let session = self.session.as_deref().map(plain);
        let scps: Vec<Vec<Compiled>> = self.scps.iter().map(|level| plain(level)).collect();
        let rcps: Vec<Vec<Compiled>> = self.rcps.iter().map(|level| plain(level)).collect();
        let scps: Vec<&[Compiled]> = scps.iter().map(Vec::as_slice).collect();
        let rcps: Vec<&[Compiled]> = rcps.iter().map(Vec::as_slice).collect();
        then(&Policies {
            identity: &identity,
            resource: self.resource.as_ref().map(|named| &named.compiled),
            boundary: boundary.as_deref(),
            session: session.as_deref(),
            scps: &scps,
            rcps: &rcps,
            endpoint: &endpoint,
        })
    }

    /// What each layer says by itself.
    pub fn layers(&self) -> BTreeMap<String, LayerResult> {
        let verdicts = self.with_policies(|policies| Verdicts::of(&self.request, policies));
        let has_boundary = self.with_policies(|policies| policies.bound(&self.request));
        let result = |verdict: Verdict, shape: Shape, policies: &mut dyn Iterator<Item = &Named>| {
            let (mut allow, mut deny) = (Vec::new(), Vec::new());
            for policy in policies {
                for (statement, sid) in policy.compiled.statements().iter().zip(&policy.sids) {
                    if statement.applies(&self.request, shape, has_boundary) > Naming::No {
                        let list = if statement.effect == Effect::Allow {
                            &mut allow
                        } else {
                            &mut deny
                        };
                        list.push(format!("{}#{sid}", policy.name));
                    }
                }
            }
            let result = match verdict {
                Verdict { denied: true, .. } => "ExplicitlyDenied",
                Verdict {
                    allowed: Naming::No, ..
                } => "ImplicitlyDenied",
                Verdict {
                    allowed: Naming::Account,
                    ..
                } => "AllowedForAccount",
                Verdict { .. } => "Allowed",
            };
            LayerResult {
                result: result.to_owned(),
                allow,
                deny,
            }
        };
        let mut layers = BTreeMap::new();
        let mut add = |name: &str, layer: LayerResult| layers.insert(name.to_owned(), layer);
        add(
            "identity",
            result(verdicts.identity, Shape::Identity, &mut self.identity.iter()),
        );
        if let Some(verdict) = verdicts.resource {
            add("resource", result(verdict, Shape::Resource, &mut self.resource.iter()));
        }
        if let Some(verdict) = verdicts.boundary {
            add(
                "boundary",
                result(verdict, Shape::Identity, &mut self.boundary.iter().flatten()),
            );
        }
        if let Some(verdict) = verdicts.session {
            add(
                "session",
                result(verdict, Shape::Identity, &mut self.session.iter().flatten()),
            );
        }
        // The format names no statements of control policies.
        if let Some(verdict) = verdicts.scp {
            add("scp", result(verdict, Shape::Identity, &mut std::iter::empty()));
        }
        if let Some(verdict) = verdicts.rcp {
            add("rcp", result(verdict, Shape::Identity, &mut std::iter::empty()));
        }
        layers
    }
}

fn named(document: &RawValue, name: String) -> Result<Named, Unreadable> {
    let policy = Policy::parse(document.get()).map_err(|malformed: Malformed| Unreadable::Malformed {
        which: name.clone(),
        why: malformed.why,
    })?;
    let sids = (1..).zip(&policy.statements).map(|(number, statement)| {
        statement
            .sid
            .clone()
            .filter(|sid| !sid.is_empty())
            .unwrap_or_else(|| number.to_string())
    });
    Ok(Named {
        name,
        sids: sids.collect(),
        compiled: Compiled::new(&policy),
    })
}

fn principal(value: &RawValue) -> Result<Principal, Unreadable> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Typed {
            #[serde(rename = "type")]
            kind: String,
        },
    }
    match serde_json::from_str(value.get())? {
        Written::Text(text) => Principal::parse(&text).ok_or(Unreadable::Principal(text)),
        Written::Typed { kind } if kind == "Anonymous" => Ok(Principal::anonymous()),
        Written::Typed { kind } => Err(Unreadable::Principal(kind)),
    }
}
