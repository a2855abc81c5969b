//! Policies prepared for evaluation: matchers instead of texts, and an index so that statements which cannot match are
//! not visited.

use std::sync::Arc;

use crate::{
    condition::Condition,
    document::{Effect, Element, Policy, Statement as Tree, Version},
    outlook::Unknown,
    pattern::{Meaning, Pattern},
    principal::{Matcher, Naming},
    request::{self, LONGEST_INDEXED, Request},
};

/// A policy, compiled. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Compiled {
    inner: Arc<Inner>,
    name: Option<Arc<str>>,
}

#[derive(Debug)]
struct Inner {
    source: Box<str>,
    statements: Box<[Statement]>,
    index: Index,
}

impl Compiled {
    /// Compiles a policy. Anything that parses compiles; what could not be evaluated never allows.
    pub fn new(policy: &Policy) -> Self {
        let variables = policy.version == Version::V2012;
        let statements: Box<[Statement]> = policy
            .statements
            .iter()
            .map(|statement| Statement::new(statement, variables))
            .collect();
        let index = Index::new(&statements);
        let source = policy.source.as_str().into();
        Self {
            inner: Arc::new(Inner {
                source,
                statements,
                index,
            }),
            name: None,
        }
    }

    /// With a name or an ARN, for explanations.
    #[must_use]
    pub fn with_name(mut self, name: &str) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The name or ARN that it was given.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The text that was compiled.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// How many statements there are.
    pub fn len(&self) -> usize {
        self.inner.statements.len()
    }

    /// Whether some statement might allow an action of this service, told from what actions begin with: a quick no for most
    /// services, before each of their actions is asked for.
    pub fn concerns(&self, service: &str) -> bool {
        let lower = request::lower(service);
        let mut statements = self.inner.statements.iter();
        statements.any(|it| it.effect == Effect::Allow && it.action.as_ref().is_some_and(|it| it.concerns(&lower)))
    }

    /// Whether there is no statement.
    pub fn is_empty(&self) -> bool {
        self.inner.statements.is_empty()
    }

    /// Whether some statement allows the action, on whatever resource and condition; what others deny is not asked.
    pub fn mentions(&self, action: &str) -> bool {
        let lower = request::lower(action);
        let mut statements = self.inner.statements.iter();
        statements.any(|it| it.effect == Effect::Allow && it.action.as_ref().is_some_and(|it| it.matches(&lower)))
    }

    /// Whether some statement has a principal by its canonical user id: only then does that of a caller matter.
    pub fn names_canonical_users(&self) -> bool {
        let mut principals = self.inner.statements.iter().filter_map(|it| it.principal.as_ref());
        principals.any(Matcher::names_canonical_users)
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.inner.statements
    }

    /// Calls `visit` with each statement that may match, until it answers `false`.
    pub(crate) fn candidates<'a>(&'a self, request: &Request, visit: impl FnMut(&'a Statement) -> bool) {
        self.inner.index.visit(&self.inner.statements, request, visit);
    }
}

/// A statement, compiled.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) effect: Effect,
    principal: Option<Matcher>,
    action: Option<Actions>,
    resource: Option<Resources>,
    conditions: Box<[Condition]>,
}

/// The first element of a statement that does not match, in the order in which they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mismatch {
    Principal,
    Action,
    Resource,
    /// The condition of this number.
    Condition(usize),
}

/// Which elements a policy of some kind has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// No principal.
    Identity,
    /// A principal, and a resource unless it is a trust policy.
    Resource,
    /// Of a VPC endpoint: a principal and a resource (AWS `PrivateLink` Guide: Control access to VPC endpoints).
    Endpoint,
}

impl Statement {
    fn new(tree: &Tree, variables: bool) -> Self {
        Self {
            effect: tree.effect,
            principal: tree.principal.as_ref().map(Matcher::new),
            action: tree.action.as_ref().map(|element| Actions::new(element, tree.effect)),
            resource: tree
                .resource
                .as_ref()
                .map(|element| Resources::new(element, tree.effect, variables)),
            conditions: tree
                .conditions
                .iter()
                .map(|condition| Condition::new(condition, variables))
                .collect(),
        }
    }

    /// How the statement names the caller, if all of it matches.
    #[inline]
    pub(crate) fn applies(&self, request: &Request, shape: Shape, has_boundary: bool) -> Naming {
        if !self.action_matches(request) || !self.resource_matches(request, shape) {
            return Naming::No;
        }
        let naming = self.naming(request, shape, has_boundary);
        if naming == Naming::No
            || !self
                .conditions
                .iter()
                .all(|condition| condition.holds(&request.context, self.effect))
        {
            return Naming::No;
        }
        naming
    }

    /// As [`applies`](Self::applies), with what is unknown counted for or against the caller.
    pub(crate) fn might_apply(
        &self,
        request: &Request,
        shape: Shape,
        has_boundary: bool,
        unknown: &Unknown<'_>,
    ) -> Naming {
        let matches = unknown.matches(self.effect);
        let resource = match &self.resource {
            Some(resource) => resource.might_match(request, unknown).unwrap_or(matches),
            None => shape == Shape::Resource,
        };
        let conditions = || {
            self.conditions.iter().all(|condition| {
                if condition.reads_unknown(unknown) {
                    matches
                } else {
                    condition.holds(&request.context, self.effect)
                }
            })
        };
        if self.action_matches(request) && resource && conditions() {
            self.naming(request, shape, has_boundary)
        } else {
            Naming::No
        }
    }

    pub(crate) fn has_unknown_resource(&self, unknown: &Unknown<'_>) -> bool {
        let patterns = self.resource.iter().flat_map(|resource| &resource.patterns);
        patterns.into_iter().any(|pattern| pattern.is_unknown(unknown))
    }

    pub(crate) fn has_unknown_condition(&self, index: usize, unknown: &Unknown<'_>) -> bool {
        self.conditions
            .get(index)
            .is_some_and(|condition| condition.reads_unknown(unknown))
    }

    /// The first element that does not match.
    pub(crate) fn mismatch(&self, request: &Request, shape: Shape, has_boundary: bool) -> Option<Mismatch> {
        if self.naming(request, shape, has_boundary) == Naming::No {
            return Some(Mismatch::Principal);
        }
        if !self.action_matches(request) {
            return Some(Mismatch::Action);
        }
        if !self.resource_matches(request, shape) {
            return Some(Mismatch::Resource);
        }
        let failed = self
            .conditions
            .iter()
            .position(|condition| !condition.holds(&request.context, self.effect));
        failed.map(Mismatch::Condition)
    }

    fn naming(&self, request: &Request, shape: Shape, has_boundary: bool) -> Naming {
        match (shape, &self.principal) {
            (Shape::Identity, _) => Naming::Direct,
            (_, Some(matcher)) => matcher.names(&request.principal, shape, has_boundary, self.effect),
            (_, None) => Naming::No,
        }
    }

    fn action_matches(&self, request: &Request) -> bool {
        self.action
            .as_ref()
            .is_some_and(|action| action.matches(&request.action_lower))
    }

    fn resource_matches(&self, request: &Request, shape: Shape) -> bool {
        match &self.resource {
            Some(resource) => resource.matches(request),
            // Trust policies have none: they stand at their resource.
            None => shape == Shape::Resource,
        }
    }

    fn index_keys(&self) -> Vec<&str> {
        match &self.resource {
            Some(Resources {
                negated: false,
                patterns,
                ..
            }) => patterns.iter().map(Resource::literal_prefix).collect(),
            _ => vec![""],
        }
    }
}

/// `Action` or `NotAction`. Names are in lower case: actions are compared ignoring case.
#[derive(Debug)]
struct Actions {
    negated: bool,
    empty: bool,
    any: bool,
    /// Whole names, sorted.
    exact: Box<[Box<str>]>,
    /// Prefixes of names that end in `*`, sorted, none of which starts with another.
    prefixes: Box<[Box<str>]>,
    /// All others: a pattern for the service and one for the name.
    patterns: Box<[(Pattern, Pattern)]>,
}

impl Actions {
    fn new(element: &Element, effect: Effect) -> Self {
        let meaning = Meaning {
            wildcards: true,
            variables: false,
        };
        let (mut any, mut exact, mut prefixes, mut patterns) = (false, Vec::new(), Vec::new(), Vec::new());
        for value in &element.values {
            let lower = request::lower(&value.text);
            if Pattern::new(&lower, meaning).is_any() {
                any = true;
                continue;
            }
            // Without a colon it names no action. What an Allow leaves out by it is unknown, so it leaves out everything.
            let Some((service, name)) = lower.split_once(':') else {
                any |= element.negated && effect == Effect::Allow;
                continue;
            };
            let (service, name) = (Pattern::new(service, meaning), Pattern::new(name, meaning));
            let literal_run = name.is_prefix_and_run();
            match (service.literal(), name.literal()) {
                (Some(_), Some(_)) => exact.push(lower.into_boxed_str()),
                (Some(service), None) if literal_run => {
                    prefixes.push(format!("{service}:{}", name.literal_prefix()).into_boxed_str());
                }
                _ => patterns.push((service, name)),
            }
        }
        exact.sort_unstable();
        prefixes.sort_unstable();
        let mut shortest: Vec<Box<str>> = Vec::new();
        for prefix in prefixes {
            if shortest.last().is_none_or(|last| !prefix.starts_with(last.as_ref())) {
                shortest.push(prefix);
            }
        }
        Self {
            negated: element.negated,
            empty: element.values.is_empty(),
            any,
            exact: exact.into(),
            prefixes: shortest.into(),
            patterns: patterns.into(),
        }
    }

    fn matches(&self, action: &str) -> bool {
        // An empty list affects nothing, negated or not (Access Analyzer policy check reference: Empty array action).
        !self.empty && self.lists(action) != self.negated
    }

    fn lists(&self, action: &str) -> bool {
        if self.any {
            return true;
        }
        if self.exact.binary_search_by(|exact| (**exact).cmp(action)).is_ok() {
            return true;
        }
        // No prefix starts with another, so only the greatest one that is not greater than the action can be its prefix.
        let at = self.prefixes.partition_point(|prefix| **prefix <= *action);
        if at
            .checked_sub(1)
            .and_then(|at| self.prefixes.get(at))
            .is_some_and(|prefix| action.starts_with(&**prefix))
        {
            return true;
        }
        if self.patterns.is_empty() {
            return false;
        }
        let Some((service, name)) = action.split_once(':') else {
            return false;
        };
        let context = EMPTY;
        self.patterns
            .iter()
            .any(|(of_service, of_name)| of_service.matches(service, context) && of_name.matches(name, context))
    }
}

impl Actions {
    /// Whether some action of a service might match.
    fn concerns(&self, service: &str) -> bool {
        let of_service = |name: &str| name.strip_prefix(service).is_some_and(|rest| rest.starts_with(':'));
        self.negated
            || self.any
            || self.exact.iter().any(|name| of_service(name))
            || self.prefixes.iter().any(|prefix| of_service(prefix))
            || self.patterns.iter().any(|(pattern, _)| pattern.matches(service, EMPTY))
    }
}

/// Patterns of actions have no variables, so no context is ever looked at.
static EMPTY: &request::Context = &request::Context::EMPTY;

/// `Resource` or `NotResource`.
#[derive(Debug)]
struct Resources {
    negated: bool,
    effect: Effect,
    patterns: Box<[Resource]>,
}

#[derive(Debug)]
enum Resource {
    Any,
    /// An ARN whose first five parts are literal: matched as one text.
    Whole(Pattern),
    /// An ARN with wildcards in its first five parts, which must not cross colons.
    Parts(Box<[Pattern; 6]>),
    /// An ARN of fewer than six parts, the others taken for `*`. It matches only where that is the safe side: what is
    /// meant is unknown.
    Short(Box<[Pattern; 6]>),
}

impl Resources {
    fn new(element: &Element, effect: Effect, variables: bool) -> Self {
        let patterns = element
            .values
            .iter()
            .map(|value| Resource::new(&value.text, variables))
            .collect();
        Self {
            negated: element.negated,
            effect,
            patterns,
        }
    }

    fn matches(&self, request: &Request) -> bool {
        if !self.negated {
            return self.patterns.iter().any(|pattern| self.lists(pattern, request));
        }
        if self.patterns.is_empty() {
            return false;
        }
        let listed = self.patterns.iter().any(|pattern| {
            // What a variable without a value excludes is unknown: a Deny applies, an Allow does not.
            if pattern.lacks_value(request) {
                self.effect == Effect::Allow
            } else {
                self.lists(pattern, request)
            }
        });
        !listed
    }

    fn lists(&self, pattern: &Resource, request: &Request) -> bool {
        let safe = (self.effect == Effect::Deny) != self.negated;
        (safe || !matches!(pattern, Resource::Short(_))) && pattern.matches(request)
    }
}

impl Resources {
    /// Whether they match, where that does not depend on what is unknown.
    fn might_match(&self, request: &Request, unknown: &Unknown<'_>) -> Option<bool> {
        let open = |pattern: &&Resource| pattern.is_unknown(unknown);
        let depends = self
            .patterns
            .iter()
            .filter(open)
            .any(|pattern| pattern.could_match(request));
        if !depends && self.patterns.iter().all(|pattern| !open(&pattern)) {
            return Some(self.matches(request));
        }
        // Those that are known, and, if no value of a variable makes the others match, nothing else.
        let listed = self
            .patterns
            .iter()
            .filter(|pattern| !open(pattern))
            .any(|pattern| self.lists(pattern, request));
        match (listed, depends) {
            (true, _) => Some(!self.negated),
            (false, true) => None,
            (false, false) if self.negated => None,
            (false, false) => Some(false),
        }
    }
}

impl Resource {
    fn new(text: &str, variables: bool) -> Self {
        let plain = Meaning {
            wildcards: true,
            variables: false,
        };
        let last = Meaning {
            wildcards: true,
            variables,
        };
        if Pattern::new(text, plain).is_any() {
            return Self::Any;
        }
        let Some(colons) = request::colons(text) else {
            let mut parts = text.split(':').map(|part| Pattern::new(part, plain));
            return Self::Short(Box::new(std::array::from_fn(|_| {
                parts.next().unwrap_or_else(|| Pattern::new("*", plain))
            })));
        };
        let parts = request::arn_parts(text, &colons);
        let [first @ .., resource] = parts;
        let literal = |part: &str| !part.contains(['*', '?']);
        if first.into_iter().all(literal) {
            let prefix = text.get(..text.len() - resource.len()).unwrap_or_default();
            if !prefix.contains("${") {
                return Self::Whole(Pattern::new(text, last));
            }
        }
        let [arn, partition, service, region, account] = first.map(|part| Pattern::new(part, plain));
        Self::Parts(Box::new([
            arn,
            partition,
            service,
            region,
            account,
            Pattern::new(resource, last),
        ]))
    }

    fn matches(&self, request: &Request) -> bool {
        match self {
            Self::Any => true,
            Self::Whole(pattern) => pattern.matches(&request.resource, &request.context),
            Self::Parts(patterns) | Self::Short(patterns) => request.colons.is_some_and(|colons| {
                let parts = request::arn_parts(&request.resource, &colons);
                patterns
                    .iter()
                    .zip(parts)
                    .all(|(pattern, part)| pattern.matches(part, &request.context))
            }),
        }
    }

    fn patterns(&self) -> &[Pattern] {
        match self {
            Self::Whole(pattern) => std::slice::from_ref(pattern),
            Self::Parts(patterns) | Self::Short(patterns) => &patterns[..],
            Self::Any => &[],
        }
    }

    fn is_unknown(&self, unknown: &Unknown<'_>) -> bool {
        let mut variables = self.patterns().iter().flat_map(Pattern::variables);
        variables.any(|key| unknown.is(key))
    }

    /// Whether some values of its variables make it match.
    fn could_match(&self, request: &Request) -> bool {
        match self {
            Self::Any => true,
            Self::Whole(pattern) => pattern.could_match(&request.resource),
            Self::Parts(patterns) | Self::Short(patterns) => request.colons.is_some_and(|colons| {
                let parts = request::arn_parts(&request.resource, &colons);
                patterns
                    .iter()
                    .zip(parts)
                    .all(|(pattern, part)| pattern.could_match(part))
            }),
        }
    }

    fn lacks_value(&self, request: &Request) -> bool {
        self.patterns()
            .iter()
            .any(|pattern| pattern.lacks_value(&request.context))
    }

    fn literal_prefix(&self) -> &str {
        match self {
            Self::Whole(pattern) => pattern.literal_prefix(),
            Self::Any | Self::Parts(_) | Self::Short(_) => "",
        }
    }
}

/// Finds statements by what their resources start with, and those that any resource may match by their service.
#[derive(Debug, Default)]
struct Index {
    /// The lengths of prefixes that occur, without zero.
    lengths: Box<[u16]>,
    /// Prefix hashes, sorted, each with a range of `listed`.
    prefixes: Box<[(u64, u32, u32)]>,
    /// Statement numbers of the prefixes.
    listed: Box<[u32]>,
    /// Statements that any resource may match, whatever the service.
    always: Box<[u32]>,
    /// Statements that any resource may match, by the one service of all their actions.
    services: Box<[OfService]>,
}

/// A service and the numbers of its statements.
type OfService = (Box<str>, Box<[u32]>);

impl Index {
    fn new(statements: &[Statement]) -> Self {
        let mut by_prefix: Vec<(u64, u16, u32)> = Vec::new();
        let (mut always, mut services) = (Vec::new(), Vec::<(Box<str>, Vec<u32>)>::new());
        for (number, statement) in (0_u32..).zip(statements) {
            let mut keys = statement.index_keys();
            keys.sort_unstable();
            keys.dedup();
            if keys.iter().any(|key| key.is_empty()) || keys.is_empty() {
                match statement.action.as_ref().and_then(Actions::only_service) {
                    Some(service) => match services.iter_mut().find(|(known, _)| **known == *service) {
                        Some((_, list)) => list.push(number),
                        None => services.push((service.into(), vec![number])),
                    },
                    None => always.push(number),
                }
                continue;
            }
            for key in keys {
                let length = key.len().min(LONGEST_INDEXED);
                let hash = request::prefixes(key).get(length).copied().unwrap_or_default();
                by_prefix.push((hash, u16::try_from(length).unwrap_or(0), number));
            }
        }
        by_prefix.sort_unstable();
        by_prefix.dedup();
        let mut lengths: Vec<u16> = by_prefix.iter().map(|(_, length, _)| *length).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let listed: Box<[u32]> = by_prefix.iter().map(|(_, _, number)| *number).collect();
        let mut prefixes: Vec<(u64, u32, u32)> = Vec::new();
        for (at, (hash, _, _)) in (0_u32..).zip(&by_prefix) {
            match prefixes.last_mut() {
                Some((last, _, to)) if last == hash => *to = at + 1,
                _ => prefixes.push((*hash, at, at + 1)),
            }
        }
        services.sort();
        Self {
            lengths: lengths.into(),
            prefixes: prefixes.into(),
            listed,
            always: always.into(),
            services: services
                .into_iter()
                .map(|(service, list)| (service, list.into()))
                .collect(),
        }
    }

    fn visit<'a>(&self, statements: &'a [Statement], request: &Request, mut visit: impl FnMut(&'a Statement) -> bool) {
        let mut all = |numbers: &[u32]| {
            numbers
                .iter()
                .filter_map(|number| statements.get(usize::try_from(*number).unwrap_or(usize::MAX)))
                .all(&mut visit)
        };
        if !all(&self.always) {
            return;
        }
        if !self.services.is_empty() {
            let service = request.service();
            if let Ok(at) = self.services.binary_search_by(|(known, _)| (**known).cmp(service))
                && let Some((_, list)) = self.services.get(at)
                && !all(list)
            {
                return;
            }
        }
        for length in &self.lengths {
            let Some(hash) = request.prefixes.get(usize::from(*length)) else {
                return;
            };
            if let Ok(at) = self.prefixes.binary_search_by_key(hash, |(hash, _, _)| *hash)
                && let Some((_, from, to)) = self.prefixes.get(at)
            {
                let range = usize::try_from(*from).unwrap_or(0)..usize::try_from(*to).unwrap_or(0);
                if !all(self.listed.get(range).unwrap_or_default()) {
                    return;
                }
            }
        }
    }
}

impl Actions {
    /// The one service of all actions, if they are of one.
    fn only_service(&self) -> Option<&str> {
        if self.any || self.negated {
            return None;
        }
        let literal = self
            .exact
            .iter()
            .chain(&self.prefixes)
            .map(|name| name.split(':').next());
        let patterns = self.patterns.iter().map(|(service, _)| service.literal());
        let mut services = literal.chain(patterns);
        let first = services.next()??;
        services.all(|service| service == Some(first)).then_some(first)
    }
}
