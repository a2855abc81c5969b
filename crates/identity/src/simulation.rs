//! Requests that nobody made, decided by policies that may be nobody's: `SimulateCustomPolicy`,
//! `SimulatePrincipalPolicy`, and the condition keys that such requests need (IAM API Reference).

use std::collections::BTreeMap;

use rolecall_names::{AccountId, Arn};
use rolecall_policy::{
    Compiled, Context, Decision, Kind, Layer, Matched, Place, Policies, Policy, Principal, Request, Simulation,
    catalogue, fits, places, simulate,
};

use crate::{
    account::source::{Owner, unclear},
    error::Error,
    state::Snapshot,
};

/// All that one call may cost, in the steps of the policy engine: some tenths of a second.
const WORK: u64 = 60_000_000;
/// What so many bytes of policies and so many of a resource's ARN cost beside the counted steps: a step.
const BYTES_A_STEP: u64 = 8;
const NAME_A_STEP: u64 = 64;

/// What is to be simulated.
#[derive(Debug, Clone, Default)]
pub struct Asked<'a> {
    /// `PolicySourceArn`, of `SimulatePrincipalPolicy`.
    pub source: Option<&'a str>,
    /// `PolicyInputList`
    pub policies: &'a [String],
    /// `PermissionsBoundaryPolicyInputList`
    pub boundary: &'a [String],
    /// `ActionNames`
    pub actions: &'a [String],
    /// `ResourceArns`
    pub resources: &'a [String],
    /// `ResourcePolicy`
    pub resource_policy: Option<&'a str>,
    /// `ResourceOwner`
    pub resource_owner: Option<&'a str>,
    /// `CallerArn`
    pub caller: Option<&'a str>,
    /// `ContextEntries`
    pub context: &'a [Entry],
    /// `ResourceHandlingOption`
    pub handling: Option<&'a str>,
}

/// A context entry.
#[derive(Debug, Clone)]
pub struct Entry {
    /// `ContextKeyName`
    pub key: String,
    /// `ContextKeyType`
    pub kind: String,
    /// `ContextKeyValues`
    pub values: Vec<String>,
}

/// What came of one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluated {
    /// `EvalActionName`
    pub action: String,
    /// `EvalResourceName`: the form of the ARNs that the action is about, or `*`.
    pub resource: String,
    /// Over all resources: the most restrictive.
    pub total: Outcome,
    /// `ResourceSpecificResults`: none where all resources are meant.
    pub each: Vec<(String, Outcome)>,
}

/// What came of an action on a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// `EvalDecision`
    pub decision: Decision,
    /// `MatchedStatements`
    pub matched: Vec<Statement>,
    /// `MissingContextValues`
    pub missing: Vec<String>,
    /// `AllowedByPermissionsBoundary`, where there is one.
    pub boundary_allows: Option<bool>,
    /// `EvalDecisionDetails`: of requests across accounts, what each kind of policy says.
    pub details: BTreeMap<&'static str, Decision>,
}

/// A statement that matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// `SourcePolicyId`
    pub policy: String,
    /// `SourcePolicyType`
    pub kind: &'static str,
    /// `StartPosition`, `EndPosition`
    pub place: (Place, Place),
}

/// The results of one page, and the number of the action that the next one goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluations {
    /// `EvaluationResults`
    pub results: Vec<Evaluated>,
    /// Where it goes on, if it does.
    pub next: Option<usize>,
}

/// `SimulatePrincipalPolicy` and `SimulateCustomPolicy`: the actions from the number `after` on, no more than `limit`, and
/// fewer where they take long.
pub fn run(
    snapshot: &Snapshot,
    account: AccountId,
    asked: &Asked<'_>,
    after: usize,
    limit: usize,
) -> Result<Evaluations, Error> {
    let prepared = Prepared::new(snapshot, account, asked)?;
    let mut evaluations = Evaluations {
        results: Vec::new(),
        next: None,
    };
    let mut work = 0;
    for (number, action) in asked.actions.iter().enumerate().skip(after) {
        if evaluations.results.len() == limit.max(1) {
            evaluations.next = Some(number);
            break;
        }
        match prepared.evaluate(action, &mut work)? {
            Some(result) => evaluations.results.push(result),
            // "IAM might return fewer results, even when there are more results available."
            None if !evaluations.results.is_empty() => {
                evaluations.next = Some(number);
                break;
            }
            None => {
                return Err(Error::Evaluation(format!(
                    "The simulation of {action} on {} resources takes too long. Simulate fewer resources or policies at a time.",
                    prepared.resources.len()
                )));
            }
        }
    }
    Ok(evaluations)
}

/// `GetContextKeysForCustomPolicy`, and with the policies of `source` `GetContextKeysForPrincipalPolicy`: sorted, each
/// once.
pub fn context_keys(
    snapshot: &Snapshot,
    account: AccountId,
    source: Option<&str>,
    policies: &[String],
) -> Result<Vec<String>, Error> {
    let mut keys = Keys::default();
    if let Some(arn) = source {
        let owner = Owner::find(snapshot, account, arn)?;
        for source in owner.sources(snapshot) {
            keys.add(&parse_own(&source.compiled)?);
        }
    }
    for (policy, _) in inputs(policies, "Policy input list")? {
        keys.add(&policy);
    }
    Ok(keys.sorted())
}

#[derive(Default)]
struct Keys(BTreeMap<String, String>);

impl Keys {
    fn add(&mut self, policy: &Policy) {
        for key in policy.context_keys() {
            self.0.entry(key.to_lowercase()).or_insert(key);
        }
    }

    fn sorted(self) -> Vec<String> {
        self.0.into_values().collect()
    }
}

/// A policy that takes part, with what is told of its statements.
struct Part {
    id: String,
    places: Vec<(Place, Place)>,
}

/// Everything but the action.
struct Prepared {
    principal: Principal,
    owner: String,
    resources: Vec<String>,
    context: Context,
    missing: Vec<String>,
    identity: (Vec<Part>, Vec<Compiled>),
    boundary: Option<(Vec<Part>, Vec<Compiled>)>,
    resource: Option<(Part, Compiled)>,
    /// What one evaluation costs beside the counted steps.
    reading: u64,
}

impl Prepared {
    fn new(snapshot: &Snapshot, account: AccountId, asked: &Asked<'_>) -> Result<Self, Error> {
        check_actions(asked.actions)?;
        let resources = check_resources(asked)?;
        let source = asked
            .source
            .map(|arn| Owner::find(snapshot, account, arn))
            .transpose()?;
        let mut keys = Keys::default();
        let mut identity = (Vec::new(), Vec::new());
        let mut boundary = None;
        if let Some(owner) = &source {
            for source in owner.sources(snapshot) {
                let tree = parse_own(&source.compiled)?;
                keys.add(&tree);
                add(&mut identity, source.simulator_id(), &tree, source.compiled);
            }
            if let Some(arn) = &owner.entity().boundary {
                boundary = Some(own_boundary(snapshot, arn, &mut keys)?);
            }
        }
        for (number, (tree, compiled)) in (1..).zip(inputs(asked.policies, "Policy input list")?) {
            keys.add(&tree);
            add(&mut identity, format!("PolicyInputList.{number}"), &tree, compiled);
        }
        if asked.boundary.len() > 1 {
            return Err(invalid(
                "The list of Permissions Boundary policies cannot exceed 1 items.",
            ));
        }
        let given = inputs(asked.boundary, "Permissions boundary policy input list")?;
        for (tree, compiled) in given {
            keys.add(&tree);
            // The one that is given takes the place of the entity's own.
            let mut parts = (Vec::new(), Vec::new());
            add(
                &mut parts,
                "PermissionsBoundaryPolicyInputList.1".to_owned(),
                &tree,
                compiled,
            );
            boundary = Some(parts);
        }
        let caller = Caller::of(account, asked, source.as_ref())?;
        let resource = match asked.resource_policy {
            Some(text) => Some(resource_policy(text, &caller, &resources, &mut keys)?),
            None => None,
        };
        let owner = owner(asked, &caller)?;
        let mut context = caller.context();
        supply(asked.context, &mut context)?;
        let missing = keys
            .sorted()
            .into_iter()
            .filter(|key| context.get(key).is_none())
            .collect();
        let lengths = identity.1.iter().chain(boundary.iter().flat_map(|(_, list)| list));
        let lengths = lengths.chain(resource.iter().map(|(_, compiled)| compiled));
        let bytes: usize = lengths.map(|compiled| compiled.source().len()).sum();
        Ok(Self {
            principal: caller.principal,
            owner,
            resources,
            context,
            missing,
            identity,
            boundary,
            resource,
            reading: u64::try_from(bytes).unwrap_or(u64::MAX) / BYTES_A_STEP + 100,
        })
    }

    /// What comes of an action, or nothing where the call has used up its work.
    fn evaluate(&self, action: &str, work: &mut u64) -> Result<Option<Evaluated>, Error> {
        let mut each = Vec::new();
        for resource in &self.resources {
            let length = u64::try_from(resource.len()).unwrap_or(u64::MAX);
            *work = work.saturating_add(self.reading.saturating_mul(1 + length / NAME_A_STEP));
            if *work > WORK {
                return Ok(None);
            }
            let (outcome, steps) = self.decide(action, resource)?;
            *work = work.saturating_add(steps);
            each.push((resource.clone(), outcome));
        }
        let total = total(each.iter().map(|(_, outcome)| outcome), &self.missing);
        let all = self.resources.iter().all(|resource| resource == "*");
        Ok(Some(Evaluated {
            action: action.to_owned(),
            resource: if all {
                "*".to_owned()
            } else {
                template(action, &self.resources)
            },
            total,
            each: if all { Vec::new() } else { each },
        }))
    }

    fn decide(&self, action: &str, resource: &str) -> Result<(Outcome, u64), Error> {
        // Without a resource's policy the owner of the resource has no say.
        let named = resource
            .split(':')
            .nth(4)
            .filter(|account| account.parse::<AccountId>().is_ok());
        let account = match &self.resource {
            Some(_) => named.unwrap_or(&self.owner),
            None => self.principal.account(),
        };
        let request = Request::new(self.principal.clone(), action, resource, account, self.context.clone());
        let policies = Policies {
            identity: &self.identity.1,
            resource: self.resource.as_ref().map(|(_, compiled)| compiled),
            boundary: self.boundary.as_ref().map(|(_, list)| list.as_slice()),
            ..Policies::default()
        };
        let simulation = simulate(&request, &policies);
        if simulation.exhausted {
            return Err(Error::Evaluation(format!(
                "The policies take too long to evaluate for {action} on {resource}."
            )));
        }
        let mut details = BTreeMap::new();
        if account != self.principal.account() {
            details.insert("IAM Policy", simulation.own);
            details.extend(simulation.resource.map(|decision| ("Resource Policy", decision)));
        }
        let outcome = Outcome {
            decision: simulation.decision,
            matched: self.statements(&simulation),
            missing: self.missing.clone(),
            boundary_allows: simulation.boundary_allows,
            details,
        };
        Ok((outcome, simulation.steps))
    }

    fn statements(&self, simulation: &Simulation) -> Vec<Statement> {
        let part = |matched: &Matched| {
            let (part, kind) = match matched.layer {
                Layer::Resource => (self.resource.as_ref().map(|(part, _)| part), "Resource Policy"),
                Layer::Boundary => {
                    let parts = self.boundary.as_ref().map(|(parts, _)| parts);
                    (parts.and_then(|parts| parts.get(matched.policy)), "IAM Policy")
                }
                _ => (self.identity.0.get(matched.policy), "IAM Policy"),
            };
            let part = part?;
            Some(Statement {
                policy: part.id.clone(),
                kind,
                place: *part.places.get(matched.statement)?,
            })
        };
        simulation.matched.iter().filter_map(part).collect()
    }
}

fn add(parts: &mut (Vec<Part>, Vec<Compiled>), id: String, tree: &Policy, compiled: Compiled) {
    parts.0.push(Part {
        id,
        places: places(tree),
    });
    parts.1.push(compiled);
}

/// The boundary of the entity that is simulated. One that is gone bounds to nothing.
fn own_boundary(snapshot: &Snapshot, arn: &str, keys: &mut Keys) -> Result<(Vec<Part>, Vec<Compiled>), Error> {
    let mut parts = (Vec::new(), Vec::new());
    if let Some(compiled) = snapshot.compiled(arn) {
        let tree = parse_own(&compiled)?;
        keys.add(&tree);
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        add(&mut parts, name, &tree, compiled);
    }
    Ok(parts)
}

/// The most restrictive decision, and everything that was found on the way to it.
fn total<'a>(each: impl Iterator<Item = &'a Outcome> + Clone, missing: &[String]) -> Outcome {
    let strictness = |decision: &Decision| match decision {
        Decision::Allowed => 0,
        Decision::ImplicitlyDenied => 1,
        Decision::ExplicitlyDenied => 2,
    };
    let decision = each.clone().map(|outcome| outcome.decision).max_by_key(strictness);
    let decision = decision.unwrap_or(Decision::ImplicitlyDenied);
    let mut total = Outcome {
        decision,
        matched: Vec::new(),
        missing: missing.to_vec(),
        boundary_allows: None,
        details: BTreeMap::new(),
    };
    for outcome in each {
        for (kind, decision) in &outcome.details {
            let entry = total.details.entry(*kind).or_insert(*decision);
            *entry = std::cmp::max_by_key(*entry, *decision, strictness);
        }
        if let Some(allows) = outcome.boundary_allows {
            total.boundary_allows = Some(total.boundary_allows.unwrap_or(true) && allows);
        }
        // "Only statements that contributed to the reported decision are included."
        if outcome.decision == decision {
            for statement in &outcome.matched {
                if !total.matched.contains(statement) {
                    total.matched.push(statement.clone());
                }
            }
        }
    }
    total
}

/// The form of the ARN of what an action is about, from the service's reference, that fits the first resource best.
fn template(action: &str, resources: &[String]) -> String {
    let anything = || "*".to_owned();
    let Some((prefix, name)) = action.split_once(':') else {
        return anything();
    };
    let Some(service) = catalogue::service(&prefix.to_lowercase()) else {
        return anything();
    };
    let known = service
        .actions()
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name));
    let Some(known) = known else { return anything() };
    let kinds = || service.resources_of(known).map(|(kind, _)| kind);
    let first = resources.iter().find(|resource| *resource != "*");
    let fitting = |resource: &String| {
        kinds()
            .filter(|kind| kind.names(resource))
            .max_by_key(|kind| kind.arn.len())
    };
    let kind = first.and_then(fitting).or_else(|| kinds().next());
    kind.map_or_else(anything, |kind| {
        kind.arn.split(',').next().unwrap_or_default().trim().to_owned()
    })
}

/// The simulated caller.
struct Caller {
    principal: Principal,
    arn: Option<String>,
    is_user: bool,
    id: Option<String>,
    tags: Vec<crate::state::Tag>,
}

impl Caller {
    fn of(account: AccountId, asked: &Asked<'_>, source: Option<&Owner>) -> Result<Self, Error> {
        let arn = asked.caller.or(asked.source);
        let Some(text) = arn else {
            return Ok(Self::somebody(account.as_str()));
        };
        let parsed: Arn = text.parse().map_err(|_| unclear(text))?;
        let kind = parsed.resource().split_once('/').map(|(kind, _)| kind);
        if parsed.service() != "iam" || parsed.account().parse::<AccountId>().is_err() {
            return Err(unclear(text));
        }
        let same = source.filter(|owner| owner.arn() == text);
        match kind {
            Some("user" | "role") => {
                let principal = Principal::parse(text).ok_or_else(|| unclear(text))?;
                Ok(Self {
                    principal: match same {
                        Some(owner) => principal.with_unique_id(owner.id()),
                        None => principal,
                    },
                    arn: Some(text.to_owned()),
                    is_user: kind == Some("user"),
                    id: same.map(|owner| owner.id().to_owned()),
                    tags: same.map(|owner| owner.entity().tags.clone()).unwrap_or_default(),
                })
            }
            // Nobody calls as a group: somebody in it does.
            Some("group") => Ok(Self::somebody(parsed.account())),
            _ => Err(unclear(text)),
        }
    }

    fn somebody(account: &str) -> Self {
        let arn = Arn::iam(account, "user/");
        Self {
            principal: Principal::parse(arn.as_str()).unwrap_or_else(Principal::anonymous),
            arn: None,
            is_user: false,
            id: None,
            tags: Vec::new(),
        }
    }

    /// What is known of a request by who makes it.
    fn context(&self) -> Context {
        let mut context = Context::new();
        context.insert("aws:PrincipalAccount", self.principal.account());
        if let Some(arn) = &self.arn {
            context.insert("aws:PrincipalArn", arn.as_str());
            if self.is_user {
                context.insert("aws:username", arn.rsplit('/').next().unwrap_or_default());
            }
        }
        if let Some(id) = self.id.as_deref().filter(|_| self.is_user) {
            context.insert("aws:userid", id);
        }
        context.insert_tags("aws:PrincipalTag", &self.tags);
        context
    }
}

fn check_actions(actions: &[String]) -> Result<(), Error> {
    let is_one = |action: &&String| {
        let parts = action.split_once(':');
        parts.is_some_and(|(service, name)| !service.is_empty() && !name.is_empty() && !action.contains(['*', '?']))
    };
    // "This operation does not support using wildcards (*) in an action name."
    match actions.iter().find(|action| !is_one(action)) {
        Some(wrong) => Err(Error::Invalid(format!("Invalid Input Actions: [{wrong}]"))),
        None => Ok(()),
    }
}

/// The resources, if they can be simulated as it is asked.
fn check_resources(asked: &Asked<'_>) -> Result<Vec<String>, Error> {
    let resources = match asked.resources {
        [] => vec!["*".to_owned()],
        given => given.to_vec(),
    };
    let is_one = |resource: &&String| *resource == "*" || resource.parse::<Arn>().is_ok();
    if let Some(wrong) = resources.iter().find(|resource| !is_one(resource)) {
        return Err(Error::Invalid(format!(
            "ResourceNames are not in a valid ARN format: {wrong}."
        )));
    }
    if let Some(option) = asked.handling {
        let needed: &[&str] = match option {
            "EC2-VPC-InstanceStore" => &["instance", "image", "security-group", "network-interface"],
            "EC2-VPC-InstanceStore-Subnet" => &["instance", "image", "security-group", "network-interface", "subnet"],
            "EC2-VPC-EBS" => &["instance", "image", "security-group", "network-interface", "volume"],
            "EC2-VPC-EBS-Subnet" => &[
                "instance",
                "image",
                "security-group",
                "network-interface",
                "subnet",
                "volume",
            ],
            _ => return Err(Error::Invalid(format!("Invalid resource handling option: {option}"))),
        };
        let has = |kind: &str| {
            let mut arns = resources.iter().filter_map(|resource| resource.parse::<Arn>().ok());
            arns.any(|arn| arn.service() == "ec2" && arn.resource_of(kind).is_some())
        };
        if let Some(lacking) = needed.iter().find(|kind| !has(kind)) {
            return Err(Error::Invalid(format!(
                "The resource handling option {option} requires a resource of type {lacking}."
            )));
        }
    }
    Ok(resources)
}

/// The resource's policy, for a caller who can have one.
fn resource_policy(
    text: &str,
    caller: &Caller,
    resources: &[String],
    keys: &mut Keys,
) -> Result<(Part, Compiled), Error> {
    if caller.arn.is_none() {
        return Err(invalid("Invalid caller - Caller cannot be null or empty."));
    }
    // "Simulation of resource-based policies isn't supported for IAM roles."
    if !caller.is_user {
        return Err(invalid("Invalid caller - Caller must be an IAM user in this context."));
    }
    // "It must be applicable to all of the resources included in the simulation."
    if let Some(all) = resources.iter().find(|resource| *resource == "*") {
        return Err(unclear(all));
    }
    let tree = Policy::read(text, Kind::Resource).map_err(|_| invalid("Resource policy has invalid content"))?;
    keys.add(&tree);
    let part = Part {
        id: "ResourcePolicy".to_owned(),
        places: places(&tree),
    };
    let compiled = Compiled::new(&tree);
    Ok((part, compiled))
}

/// The account that has the resources whose ARNs do not say.
fn owner(asked: &Asked<'_>, caller: &Caller) -> Result<String, Error> {
    let Some(text) = asked.resource_owner else {
        return Ok(caller.principal.account().to_owned());
    };
    let arn: Option<Arn> = text.parse().ok();
    let account = arn
        .filter(|arn| arn.service() == "iam" && arn.resource() == "root")
        .and_then(|arn| arn.account().parse::<AccountId>().ok());
    account
        .map(|account| account.to_string())
        .ok_or_else(|| invalid("Invalid Resource Owner."))
}

/// Puts the entries into the circumstances, over what the caller brings.
fn supply(entries: &[Entry], context: &mut Context) -> Result<(), Error> {
    for Entry { key, kind, values } in entries {
        if let Some(wrong) = values.iter().find(|value| !fits(kind, value)) {
            return Err(Error::Invalid(format!(
                "Invalid context entry: the value {wrong} of {key} is not of type {kind}."
            )));
        }
        if kind.ends_with("List") {
            context.insert_list(key, values.iter().map(String::as_str));
            continue;
        }
        match values.as_slice() {
            [] => {}
            [value] => context.insert(key, value.as_str()),
            _ => {
                return Err(Error::Invalid(format!(
                    "Invalid context entry: {key} is of type {kind} and has several values."
                )));
            }
        }
    }
    Ok(())
}

/// The documents of a list.
fn inputs(texts: &[String], list: &str) -> Result<Vec<(Policy, Compiled)>, Error> {
    let read = |(number, text): (usize, &String)| {
        let tree = Policy::read(text, Kind::Identity)
            .map_err(|_| Error::Invalid(format!("{list} item {number} has invalid content")))?;
        let compiled = Compiled::new(&tree);
        Ok((tree, compiled))
    };
    (1..).zip(texts).map(read).collect()
}

/// A policy that was parsed when it was written.
fn parse_own(compiled: &Compiled) -> Result<Policy, Error> {
    Policy::parse(compiled.source()).map_err(|error| Error::Internal(error.to_string()))
}

fn invalid(sentence: &str) -> Error {
    Error::Invalid(sentence.to_owned())
}
