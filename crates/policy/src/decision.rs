//! The whole decision over all policies of a request (IAM User Guide: Policy evaluation logic).

use crate::{
    budget,
    compiled::{Compiled, Shape, Statement},
    document::Effect,
    principal::Naming,
    request::{self, PrincipalKind, Request},
};

/// What comes out. Serialised as AWS's simulator names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// Denied by a statement.
    ExplicitlyDenied,
    /// Denied because nothing that had to allow did.
    ImplicitlyDenied,
}

/// The policies that take part. Empty lists are policies that allow nothing; `None` is a layer that is not there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Policies<'a> {
    /// The caller's identity-based policies, those of its groups included.
    pub identity: &'a [Compiled],
    /// The resource's policy; for `sts:AssumeRole…` the role's trust policy.
    pub resource: Option<&'a Compiled>,
    /// The caller's permissions boundary; several are united.
    pub boundary: Option<&'a [Compiled]>,
    /// The session's policies, united.
    pub session: Option<&'a [Compiled]>,
    /// Service control policies of the caller's organization by level, root first; empty where there is none.
    pub scps: &'a [&'a [Compiled]],
    /// Resource control policies of the resource's organization by level, root first; empty where there is none.
    pub rcps: &'a [&'a [Compiled]],
    /// VPC endpoint policies; each must allow.
    pub endpoint: &'a [Compiled],
}

impl<'a> Policies<'a> {
    /// Whether the caller has a permissions boundary, as only a caller of an account can.
    pub(crate) fn bound(&self, request: &Request) -> bool {
        self.boundary.is_some() && has_own_policies(request)
    }

    /// All of them, with their kinds, in the order in which they are told.
    pub(crate) fn layers(&self) -> impl Iterator<Item = (Layer, Shape, &'a [Compiled])> {
        let levels =
            |layer, levels: &'a [&'a [Compiled]]| levels.iter().map(move |level| (layer, Shape::Identity, *level));
        let resource = self.resource.map(std::slice::from_ref).unwrap_or_default();
        levels(Layer::Scp, self.scps)
            .chain(levels(Layer::Rcp, self.rcps))
            .chain([
                (Layer::Resource, Shape::Resource, resource),
                (Layer::Identity, Shape::Identity, self.identity),
                (Layer::Boundary, Shape::Identity, self.boundary.unwrap_or_default()),
                (Layer::Session, Shape::Identity, self.session.unwrap_or_default()),
                (Layer::Endpoint, Shape::Endpoint, self.endpoint),
            ])
    }
}

/// A kind of policy that takes part in a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Layer {
    /// Identity-based policies.
    Identity,
    /// The resource-based policy.
    Resource,
    /// The permissions boundary.
    Boundary,
    /// Session policies.
    Session,
    /// Service control policies.
    Scp,
    /// Resource control policies.
    Rcp,
    /// VPC endpoint policies.
    Endpoint,
}

/// What one layer says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) denied: bool,
    pub(crate) allowed: Naming,
}

impl Verdict {
    const NOTHING: Self = Self {
        denied: false,
        allowed: Naming::No,
    };

    pub(crate) fn allows(self) -> bool {
        self.allowed > Naming::No && !self.denied
    }
}

/// What every layer says; `None` where it takes no part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdicts {
    pub(crate) identity: Verdict,
    pub(crate) resource: Option<Verdict>,
    pub(crate) boundary: Option<Verdict>,
    pub(crate) session: Option<Verdict>,
    pub(crate) scp: Option<Verdict>,
    pub(crate) rcp: Option<Verdict>,
    pub(crate) endpoint: Option<Verdict>,
    /// The work was more than one decision may take, so that none of this can be believed.
    pub(crate) exhausted: bool,
    /// How much of that work was done.
    pub(crate) steps: u64,
}

/// Decides. Nothing is allocated, and nothing can fail: what cannot be evaluated does not allow.
pub fn decide(request: &Request, policies: &Policies<'_>) -> Decision {
    Verdicts::of(request, policies).decision(request).0
}

impl Verdicts {
    pub(crate) fn of(request: &Request, policies: &Policies<'_>) -> Self {
        Self::by(request, policies, |statement, shape, has_boundary| {
            statement.applies(request, shape, has_boundary)
        })
    }

    /// With another opinion of which statements apply.
    pub(crate) fn by(
        request: &Request,
        policies: &Policies<'_>,
        applies: impl Fn(&Statement, Shape, bool) -> Naming + Copy,
    ) -> Self {
        let limited = budget::Limited::begin();
        let unite = |list: &[Compiled], shape, has_boundary| {
            unite(list, request, |statement| applies(statement, shape, has_boundary))
        };
        let boundary = policies.boundary.filter(|_| has_own_policies(request));
        let session = policies.session.filter(|_| has_own_policies(request));
        let has_boundary = policies.bound(request);
        let own = |list: &[Compiled]| unite(list, Shape::Identity, has_boundary);
        let levels = |levels: &[&[Compiled]]| {
            levels
                .iter()
                .map(|level| unite(level, Shape::Identity, has_boundary))
                .reduce(narrow)
        };
        let identity = if has_own_policies(request) {
            own(policies.identity)
        } else {
            Verdict::NOTHING
        };
        let mut verdicts = Self {
            identity,
            resource: policies
                .resource
                .map(|policy| unite(std::slice::from_ref(policy), Shape::Resource, has_boundary)),
            boundary: boundary.map(own),
            session: session.map(own),
            scp: if scps_bind(request) {
                levels(policies.scps)
            } else {
                None
            },
            rcp: if rcps_bind(request) {
                levels(policies.rcps)
            } else {
                None
            },
            endpoint: policies
                .endpoint
                .iter()
                .map(|policy| unite(std::slice::from_ref(policy), Shape::Endpoint, has_boundary))
                .reduce(narrow),
            exhausted: false,
            steps: 0,
        };
        verdicts.exhausted = budget::is_spent();
        verdicts.steps = limited.taken();
        verdicts
    }

    /// The decision, and the layer that made it.
    pub(crate) fn decision(&self, request: &Request) -> (Decision, Layer) {
        // "No permissions are required to perform this operation" (STS API Reference: GetCallerIdentity); it cannot be
        // denied.
        let anonymous = matches!(request.principal.kind(), PrincipalKind::Anonymous);
        if request.action_lower == "sts:getcalleridentity" && !anonymous {
            return (Decision::Allowed, Layer::Identity);
        }
        if self.exhausted {
            return (Decision::ImplicitlyDenied, Layer::Identity);
        }
        let denies = |verdict: Option<Verdict>| verdict.is_some_and(|verdict| verdict.denied);
        let layers = [
            (self.scp, Layer::Scp),
            (self.rcp, Layer::Rcp),
            (self.endpoint, Layer::Endpoint),
            (Some(self.identity), Layer::Identity),
            (self.resource, Layer::Resource),
            (self.boundary, Layer::Boundary),
            (self.session, Layer::Session),
        ];
        if let Some((_, layer)) = layers.into_iter().find(|(verdict, _)| denies(*verdict)) {
            return (Decision::ExplicitlyDenied, layer);
        }
        let lacks = |verdict: Option<Verdict>| verdict.is_some_and(|verdict| !verdict.allows());
        for (verdict, layer) in [
            (self.rcp, Layer::Rcp),
            (self.scp, Layer::Scp),
            (self.endpoint, Layer::Endpoint),
        ] {
            if lacks(verdict) {
                return (Decision::ImplicitlyDenied, layer);
            }
        }
        match self.grant(request, lacks(self.boundary), lacks(self.session)) {
            Ok(layer) => (Decision::Allowed, layer),
            Err(layer) => (Decision::ImplicitlyDenied, layer),
        }
    }

    /// The layer that grants, or the one whose missing Allow is to blame.
    fn grant(&self, request: &Request, boundary_lacks: bool, session_lacks: bool) -> Result<Layer, Layer> {
        let by_resource = self.resource.map_or(Naming::No, |verdict| verdict.allowed);
        // "If you do not pass a policy, the resulting federated user session has no permissions" but those of a resource's
        // policy that names the session (STS API Reference: GetFederationToken).
        let federated = matches!(request.principal.kind(), PrincipalKind::FederatedUser { .. });
        let session_lacks = session_lacks || (federated && self.session.is_none());
        match request.principal.kind() {
            PrincipalKind::Service | PrincipalKind::Anonymous | PrincipalKind::WebIdentity | PrincipalKind::Saml => {
                return if by_resource > Naming::No {
                    Ok(Layer::Resource)
                } else {
                    Err(Layer::Resource)
                };
            }
            _ => {}
        }
        let identity = match request.principal.kind() {
            // "The root user has everything by default" (IAM User Guide: Policy evaluation logic).
            PrincipalKind::Root => true,
            _ => self.identity.allows(),
        };
        let own = if !identity {
            Err(Layer::Identity)
        } else if boundary_lacks {
            Err(Layer::Boundary)
        } else if session_lacks {
            Err(Layer::Session)
        } else {
            Ok(Layer::Identity)
        };
        if !request.same_account() {
            // Two evaluations, both of which must allow; nothing in the resource's policy overrides what the caller's own
            // account says (IAM User Guide: Cross-account policy evaluation logic).
            own?;
            return if by_resource > Naming::No {
                Ok(Layer::Resource)
            } else {
                Err(Layer::Resource)
            };
        }
        match by_resource {
            Naming::Role if boundary_lacks => return Err(Layer::Boundary),
            Naming::Role if session_lacks => return Err(Layer::Session),
            Naming::Role | Naming::Direct => return Ok(Layer::Resource),
            Naming::Account | Naming::No => {}
        }
        if resource_must_allow(request) && by_resource == Naming::No {
            return Err(Layer::Resource);
        }
        own
    }
}

/// Whether nothing is granted unless the resource's own policy takes part: trust policies and KMS key policies (IAM User
/// Guide: IAM roles: trust policies; KMS Developer Guide: Key policies).
fn resource_must_allow(request: &Request) -> bool {
    match request.action_lower.split_once(':') {
        Some(("sts", name)) => {
            // A federated user has no trust policy: there the caller's own policies decide about the tags (IAM User
            // Guide: Pass session tags in AWS STS).
            let named = request.resource.splitn(6, ':').nth(5);
            let of_federated_user = named.is_some_and(|named| named.starts_with("federated-user/"));
            name.starts_with("assumerole")
                || (matches!(name, "tagsession" | "setsourceidentity" | "setcontext") && !of_federated_user)
        }
        Some(("kms", _)) => request.resource.contains(":key/"),
        _ => false,
    }
}

/// Whether the caller is of an account, with policies of its own.
fn has_own_policies(request: &Request) -> bool {
    !matches!(
        request.principal.kind(),
        PrincipalKind::Service | PrincipalKind::Anonymous | PrincipalKind::WebIdentity | PrincipalKind::Saml
    )
}

/// Control policies of services bind principals of the organization's accounts; not service-linked roles, services or
/// strangers (Organizations User Guide: Service control policies).
fn scps_bind(request: &Request) -> bool {
    has_own_policies(request) && !is_service_linked(request)
}

fn rcps_bind(request: &Request) -> bool {
    !is_service_linked(request)
}

fn is_service_linked(request: &Request) -> bool {
    let key = "aws:principalarn";
    let role = || request.context.single(request::hash(key), key);
    matches!(request.principal.kind(), PrincipalKind::Session { .. }) && request.principal.is_service_linked(role())
}

/// Inside a layer the Allows of all policies are united.
fn unite(policies: &[Compiled], request: &Request, applies: impl Fn(&Statement) -> Naming) -> Verdict {
    let mut verdict = Verdict::NOTHING;
    for policy in policies {
        policy.candidates(request, |statement| {
            // An Allow that could add nothing is not looked at.
            if statement.effect == Effect::Allow && verdict.allowed == Naming::Direct {
                return true;
            }
            let naming = applies(statement);
            if naming > Naming::No {
                match statement.effect {
                    Effect::Deny => verdict.denied = true,
                    Effect::Allow => verdict.allowed = verdict.allowed.max(naming),
                }
            }
            !verdict.denied
        });
        if verdict.denied {
            return verdict;
        }
    }
    verdict
}

/// Across levels each must allow.
fn narrow(one: Verdict, other: Verdict) -> Verdict {
    Verdict {
        denied: one.denied || other.denied,
        allowed: one.allowed.min(other.allowed),
    }
}
