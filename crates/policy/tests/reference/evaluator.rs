//! A naive evaluator over raw JSON, written straight from AWS's documentation. It shares no code with the engine. Slow,
//! plain, and meant to be read beside the user guide.

use serde_json::Value;

use super::values::{self, Number, Token, base64, glob, lower, plain_glob};

/// What the documentation says about a case in the format of `cases`.
pub(crate) fn decide(case: &Value) -> &'static str {
    let request = &case["request"];
    let caller = Caller::new(request);
    let action = lower(request["action"].as_str().unwrap());
    // "No permissions are required to perform this operation" (GetCallerIdentity), not even against a deny.
    if action == "sts:getcalleridentity" && caller.kind != "anonymous" {
        return "Allowed";
    }
    let own_policies = !["service", "anonymous", "federated"].contains(&caller.kind);
    let has_boundary = case["permissionBoundary"].is_array() && own_policies;
    let run = |policies: &[Value], place: Place| evaluate(policies, request, &caller, place, has_boundary);

    let nothing = Outcome::default();
    let identity = if own_policies {
        run(listed(&case["identityPolicies"]), Place::Identity)
    } else {
        nothing
    };
    let resource = run(listed(&case["resourcePolicy"]), Place::Resource);
    let boundary = has_boundary.then(|| run(listed(&case["permissionBoundary"]), Place::Identity));
    let session = (!case["sessionPolicy"].is_null() && own_policies)
        .then(|| run(listed(&case["sessionPolicy"]), Place::Identity));
    let levels = |name: &str| -> Vec<Outcome> {
        let levels = listed(&case[name]).iter();
        levels
            .map(|level| run(listed(&level["policies"]), Place::Identity))
            .collect()
    };
    // "SCPs don't affect service-linked roles", "RCPs don't apply to calls made by service-linked roles".
    let service_linked = caller.is_service_linked(request);
    let scps = if own_policies && !service_linked {
        levels("scps")
    } else {
        Vec::new()
    };
    let rcps = if service_linked { Vec::new() } else { levels("rcps") };
    let endpoints: Vec<Outcome> = listed(&case["endpointPolicies"])
        .iter()
        .map(|policy| run(std::slice::from_ref(policy), Place::Endpoint))
        .collect();

    // An explicit deny in any policy of any kind ends it.
    let limiting = || scps.iter().chain(&rcps).chain(&endpoints);
    let everything = [identity, resource].into_iter().chain(boundary).chain(session);
    if everything.chain(limiting().copied()).any(|outcome| outcome.denied) {
        return "ExplicitlyDenied";
    }
    // Control policies must allow at every level, and each endpoint.
    if limiting().any(|outcome| outcome.allowed == 0) {
        return "ImplicitlyDenied";
    }
    let verdict = |allowed: bool| if allowed { "Allowed" } else { "ImplicitlyDenied" };
    if !own_policies {
        return verdict(resource.allowed > 0);
    }
    let within_boundary = boundary.is_none_or(|outcome| outcome.allowed > 0);
    let within_session = match session {
        Some(outcome) => outcome.allowed > 0,
        // "If you do not pass a policy, the resulting session has no permissions" (GetFederationToken).
        None => caller.kind != "federated-user",
    };
    let limits = within_boundary && within_session;
    let has_identity = caller.kind == "root" || identity.allowed > 0;
    if caller.account != request["resourceAccount"].as_str().unwrap_or(&caller.account) {
        return verdict(has_identity && limits && resource.allowed > 0);
    }
    match resource.allowed {
        DIRECT => return "Allowed",
        ROLE => return verdict(limits),
        _ => {}
    }
    let asked = request["resource"].as_str().unwrap();
    let of_federated_user = asked
        .splitn(6, ':')
        .nth(5)
        .is_some_and(|named| named.starts_with("federated-user/"));
    let must = action.starts_with("sts:assumerole")
        || (["sts:tagsession", "sts:setsourceidentity", "sts:setcontext"].contains(&action.as_str())
            && !of_federated_user)
        || (action.starts_with("kms:") && asked.contains(":key/"));
    verdict(has_identity && limits && (!must || resource.allowed > 0))
}

const ACCOUNT: u8 = 1;
const ROLE: u8 = 2;
const DIRECT: u8 = 3;

#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    denied: bool,
    /// How directly the caller is named by what allows.
    allowed: u8,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Identity,
    Resource,
    Endpoint,
}

struct Caller {
    kind: &'static str,
    arn: String,
    partition: String,
    account: String,
    role_name: String,
    federated_by: String,
    unique_id: String,
    canonical_user: String,
}

impl Caller {
    fn new(request: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let arn = text(&request["principal"]);
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let (partition, account, resource) = if parts.len() == 6 {
            (parts[1], parts[4], parts[5])
        } else {
            ("", "", "")
        };
        let segments: Vec<&str> = resource.split('/').collect();
        let kind = match segments[0] {
            _ if request["principal"].is_object() => "anonymous",
            "" => "service",
            "root" => "root",
            "user" => "user",
            "role" | "assumed-role" => "session",
            "federated-user" => "federated-user",
            _ => "federated",
        };
        let role_name = match segments[0] {
            "role" => segments[segments.len() - 1],
            "assumed-role" => segments[1],
            _ => "",
        };
        // Roles cannot call GetFederationToken (STS API Reference), so only a user can be behind a federated session.
        let federated_by = text(&request["context"]["aws:PrincipalArn"]);
        Self {
            kind,
            partition: partition.into(),
            account: account.into(),
            role_name: role_name.into(),
            federated_by: if is_user(&federated_by) {
                federated_by
            } else {
                String::new()
            },
            unique_id: text(&request["uniqueId"]),
            canonical_user: text(&request["canonicalUser"]),
            arn,
        }
    }

    fn is_service_linked(&self, request: &Value) -> bool {
        let path = ":role/aws-service-role/";
        let told = lookup(&request["context"], "aws:PrincipalArn").and_then(Value::as_str);
        self.kind == "session"
            && self.role_name.starts_with("AWSServiceRoleFor")
            && (self.arn.contains(path) || told.is_some_and(|arn| arn.contains(path)))
    }

    /// `everybody` says whether `*` includes services and federated providers.
    fn named_by(&self, kind: &str, text: &str, everybody: bool) -> u8 {
        let of_aws = ["root", "user", "session", "federated-user"].contains(&self.kind);
        let when = |yes: bool, how: u8| if yes { how } else { 0 };
        match kind {
            "Service" => return when(self.kind == "service" && self.arn == text, DIRECT),
            "Federated" => return when(self.kind == "federated" && self.arn == text, DIRECT),
            // Another name of the account.
            "CanonicalUser" => return when(of_aws && self.canonical_user == text, ACCOUNT),
            _ => {}
        }
        if text == "*" {
            return when(of_aws || self.kind == "anonymous" || everybody, DIRECT);
        }
        if !of_aws {
            return 0;
        }
        let in_iam = format!("arn:{}:iam::{}:", self.partition, self.account);
        if text == self.account || text == format!("{in_iam}root") {
            return ACCOUNT;
        }
        if !text.contains(':') && text == self.unique_id {
            return match self.kind {
                "session" | "federated-user" => ROLE,
                "user" => DIRECT,
                _ => 0,
            };
        }
        if text == self.arn && !text.contains(":role/") {
            return DIRECT;
        }
        if self.kind == "federated-user" && text == self.federated_by {
            return ROLE;
        }
        let role_of_session = self.kind == "session"
            && text.starts_with(&format!("{in_iam}role/"))
            && text.rsplit('/').next() == Some(self.role_name.as_str());
        when(
            role_of_session && (!self.arn.contains(":role/") || self.arn == text),
            ROLE,
        )
    }
}

fn is_user(arn: &str) -> bool {
    arn.splitn(6, ':')
        .nth(5)
        .is_some_and(|resource| resource.starts_with("user/"))
}

fn evaluate(policies: &[Value], request: &Value, caller: &Caller, place: Place, has_boundary: bool) -> Outcome {
    let mut outcome = Outcome::default();
    for policy in policies {
        let variables = policy["Version"] == "2012-10-17";
        for statement in listed(&policy["Statement"]) {
            let deny = statement["Effect"] == "Deny";
            let naming = match place {
                Place::Identity => DIRECT,
                _ => principal(statement, caller, place, deny, has_boundary),
            };
            let applies = naming > 0
                && action(statement, request, deny)
                && resource(statement, request, variables, place, deny)
                && conditions(statement, request, variables, deny);
            if applies && deny {
                outcome.denied = true;
            } else if applies {
                outcome.allowed = outcome.allowed.max(naming);
            }
        }
    }
    outcome
}

/// One thing or a list of them.
fn listed(value: &Value) -> &[Value] {
    match value {
        Value::Array(values) => values,
        Value::Null => &[],
        value => std::slice::from_ref(value),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn principal(statement: &Value, caller: &Caller, place: Place, deny: bool, has_boundary: bool) -> u8 {
    let best = |element: &Value, everybody: bool| match element {
        Value::String(everyone) => caller.named_by("AWS", everyone, everybody),
        Value::Object(kinds) => kinds
            .iter()
            .flat_map(|(kind, values)| listed(values).iter().map(move |value| (kind, text(value))))
            .map(|(kind, value)| caller.named_by(kind, &value, everybody))
            .max()
            .unwrap_or(0),
        _ => 0,
    };
    if let Some(element) = statement.get("NotPrincipal") {
        let nobody = match element {
            Value::Object(kinds) => kinds.values().all(|values| listed(values).is_empty()),
            Value::Array(_) => true,
            _ => false,
        };
        // An empty list affects nothing where it would open.
        if nobody && !deny {
            return 0;
        }
        let excepted = best(element, place == Place::Endpoint || !deny);
        // "NotPrincipal with Deny always denies principals with a permissions boundary".
        return if excepted == 0 || (deny && has_boundary) {
            DIRECT
        } else {
            0
        };
    }
    // A deny of everybody is of services and federated providers too.
    best(&statement["Principal"], place == Place::Endpoint || deny)
}

fn action(statement: &Value, request: &Value, deny: bool) -> bool {
    let asked = lower(request["action"].as_str().unwrap());
    let (service, name) = asked.split_once(':').unwrap();
    let matches = |value: &Value, unclear: bool| {
        let pattern = lower(&text(value));
        if !pattern.is_empty() && pattern.chars().all(|c| c == '*') {
            return true;
        }
        match pattern.split_once(':') {
            Some((of_service, of_name)) => plain_glob(of_service, service) && plain_glob(of_name, name),
            // It names no action.
            None => unclear,
        }
    };
    match (statement.get("NotAction"), statement.get("Action")) {
        (Some(element), _) => !listed(element).is_empty() && !listed(element).iter().any(|value| matches(value, !deny)),
        (None, Some(element)) => listed(element).iter().any(|value| matches(value, false)),
        (None, None) => false,
    }
}

fn resource(statement: &Value, request: &Value, variables: bool, place: Place, deny: bool) -> bool {
    let asked = request["resource"].as_str().unwrap();
    let asked_parts: Vec<&str> = asked.splitn(6, ':').collect();
    // `unclear` is what a pattern is taken for whose variable has no value, `short` whether one of fewer than six parts
    // may match.
    let matches = |value: &Value, unclear: bool, short: bool| -> bool {
        let pattern = text(value);
        if !pattern.is_empty() && pattern.chars().all(|c| c == '*') {
            return true;
        }
        let mut parts: Vec<&str> = pattern.splitn(6, ':').collect();
        let whole = parts.len() == 6;
        if !whole && !short {
            return false;
        }
        parts.resize(6, "*");
        let Some(last) = tokens(parts[5], &request["context"], true, variables && whole) else {
            return unclear;
        };
        asked_parts.len() == 6
            && parts
                .iter()
                .zip(&asked_parts)
                .take(5)
                .all(|(pattern, part)| plain_glob(pattern, part))
            && glob(&last, asked_parts[5])
    };
    match (statement.get("NotResource"), statement.get("Resource")) {
        // What a variable without a value leaves out is unknown: a Deny applies, an Allow does not.
        (Some(element), _) => {
            !listed(element).is_empty() && !listed(element).iter().any(|value| matches(value, !deny, !deny))
        }
        (None, Some(element)) => listed(element).iter().any(|value| matches(value, false, deny)),
        (None, None) => place == Place::Resource,
    }
}

/// The pattern with variables replaced; `None` where one has no value.
fn tokens(pattern: &str, context: &Value, wildcards: bool, variables: bool) -> Option<Vec<Token>> {
    expand(pattern, context, wildcards, variables).0
}

/// The pattern with variables replaced, and whether it has variables.
fn expand(pattern: &str, context: &Value, wildcards: bool, variables: bool) -> (Option<Vec<Token>>, bool) {
    let mut tokens = Vec::new();
    let mut has_variables = false;
    let mut lacks_value = false;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        if variables && let Some((variable, after)) = variable(rest) {
            rest = after;
            match variable {
                Variable::Escape(c) => tokens.push(Token::Value(c)),
                Variable::Key(key, default) => {
                    has_variables = true;
                    // "You can use any single-valued context key as a variable."
                    let value = lookup(context, key).and_then(Value::as_str).or(default);
                    lacks_value |= value.is_none();
                    tokens.extend(value.unwrap_or_default().chars().map(Token::Value));
                }
            }
            continue;
        }
        tokens.push(if wildcards { Token::wildcard(c) } else { Token::Is(c) });
        rest = &rest[c.len_utf8()..];
    }
    ((!lacks_value).then_some(tokens), has_variables)
}

enum Variable<'a> {
    Escape(char),
    Key(&'a str, Option<&'a str>),
}

/// `${*}`, `${?}`, `${$}`, `${key}` or `${key, 'default'}` at the start, and what follows. All else is text.
fn variable(text: &str) -> Option<(Variable<'_>, &str)> {
    let inner = text.strip_prefix("${")?;
    for c in ['*', '?', '$'] {
        if let Some(after) = inner.strip_prefix(&format!("{c}}}")) {
            return Some((Variable::Escape(c), after));
        }
    }
    let end = inner.find([',', '}', '$', '{'])?;
    let key = inner[..end].trim_end();
    if key.is_empty() || key.contains(' ') {
        return None;
    }
    let rest = &inner[end..];
    if let Some(after) = rest.strip_prefix('}') {
        return Some((Variable::Key(key, None), after));
    }
    let quoted = rest.strip_prefix(',')?.trim_start_matches(' ').strip_prefix('\'')?;
    let (default, after) = quoted.split_once('\'')?;
    let after = after.trim_start_matches(' ').strip_prefix('}')?;
    Some((Variable::Key(key, Some(default)), after))
}

fn lookup<'a>(context: &'a Value, key: &str) -> Option<&'a Value> {
    let key = lower(key);
    // Of two keys that differ in case alone, the later counts.
    context
        .as_object()?
        .iter()
        .rfind(|(name, _)| lower(name) == key)
        .map(|(_, value)| value)
}

fn conditions(statement: &Value, request: &Value, variables: bool, deny: bool) -> bool {
    let Some(operators) = statement["Condition"].as_object() else {
        return true;
    };
    operators.iter().all(|(operator, keys)| {
        keys.as_object().unwrap().iter().all(|(key, expected)| {
            let expected: Vec<String> = listed(expected).iter().map(text).collect();
            let found = lookup(&request["context"], key);
            condition(operator, found, &expected, &request["context"], variables, deny)
        })
    })
}

/// Whether a condition on one key holds.
pub(crate) fn condition(
    operator: &str,
    found: Option<&Value>,
    expected: &[String],
    context: &Value,
    variables: bool,
    deny: bool,
) -> bool {
    let (set, operator) = match operator.split_once(':') {
        Some((set, operator)) => (set, operator),
        None => ("", operator),
    };
    let (operator, if_exists) = match operator.strip_suffix("IfExists") {
        Some(operator) => (operator, true),
        None => (operator, false),
    };
    let values: Option<Vec<String>> = found.map(|found| listed(found).iter().map(text).collect());
    let null = values.as_ref().is_none_or(|values| values.iter().all(String::is_empty));
    if operator == "Null" {
        return expected
            .iter()
            .any(|expected| expected.eq_ignore_ascii_case(if null { "true" } else { "false" }));
    }
    let negated = operator.contains("Not");
    let operator = operator.replace("Not", "");
    let test = |value: &String| -> bool {
        let results: Vec<Option<bool>> = expected
            .iter()
            .map(|expected| compare(&operator, value, expected, context, variables))
            .collect();
        if results.contains(&Some(true)) {
            return !negated;
        }
        // What cannot be read fails closed. So it does where the key's value alone cannot be read.
        if results.contains(&None) {
            return negated && deny;
        }
        negated
    };
    // A list of no values is passed by an absent key alone.
    let test = |value: &String| !expected.is_empty() && test(value);
    let is_list = found.is_some_and(Value::is_array);
    match (set, values) {
        ("ForAllValues", Some(values)) if !null => values.iter().all(test),
        ("ForAllValues", _) => true,
        ("ForAnyValue", Some(values)) if !null => values.iter().any(test),
        ("ForAnyValue", _) => if_exists,
        // A plain operator does not read sets.
        (_, Some(values)) if !values.is_empty() => !is_list && values.iter().all(test),
        _ => if_exists || (negated && !expected.is_empty()),
    }
}

/// Whether a value equals an expected one, in the operator's sense; `None` where one of them cannot be read.
fn compare(operator: &str, value: &str, expected: &str, context: &Value, variables: bool) -> Option<bool> {
    match operator {
        "StringEquals" => Some(tokens(expected, context, false, variables).is_some_and(|tokens| glob(&tokens, value))),
        "StringLike" => Some(tokens(expected, context, true, variables).is_some_and(|tokens| glob(&tokens, value))),
        "StringEqualsIgnoreCase" => Some(tokens(expected, context, false, variables).is_some_and(|tokens| {
            let spelled: String = tokens
                .iter()
                .map(|token| match token {
                    Token::Is(c) | Token::Value(c) => *c,
                    other => panic!("{other:?}"),
                })
                .collect();
            lower(&spelled) == lower(value)
        })),
        "ArnEquals" | "ArnLike" => arn_like(value, expected, context, variables),
        "Bool" => {
            let read = |text: &str| match text.to_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            };
            Some(read(value)? == read(expected)?)
        }
        "BinaryEquals" => Some(base64(value)? == base64(expected)?),
        "IpAddress" => {
            values::bits(value)?;
            values::in_range(expected, value)
        }
        operator => {
            let (order, relation) = match operator.strip_prefix("Numeric") {
                Some(relation) => (Number::read(value)?.order(&Number::read(expected)?), relation),
                None => (
                    values::date(value)?.cmp(&values::date(expected)?),
                    operator.strip_prefix("Date").unwrap(),
                ),
            };
            Some(match relation {
                "Equals" => order.is_eq(),
                "LessThan" => order.is_lt(),
                "LessThanEquals" => order.is_le(),
                "GreaterThan" => order.is_gt(),
                "GreaterThanEquals" => order.is_ge(),
                other => panic!("{other}"),
            })
        }
    }
}

/// "Each of the six colon-delimited components of the ARN is checked separately" (Condition operators: ARN).
pub(crate) fn arn_like(value: &str, expected: &str, context: &Value, variables: bool) -> Option<bool> {
    let value_parts: Vec<&str> = value.splitn(6, ':').collect();
    if value_parts.len() < 6 || value_parts[0] != "arn" {
        return None;
    }
    let (tokens, has_variables) = expand(expected, context, true, variables);
    // A variable without a value matches nothing.
    let Some(tokens) = tokens else {
        return Some(false);
    };
    let mut parts: Vec<Vec<Token>> = vec![Vec::new()];
    for token in &tokens {
        if *token == Token::Is(':') && parts.len() < 6 {
            parts.push(Vec::new());
        } else {
            parts.last_mut().unwrap().push(*token);
        }
    }
    if parts.len() == 6 {
        return Some(parts.iter().zip(&value_parts).all(|(part, value)| glob(part, value)));
    }
    // A variable may be a whole ARN; nothing else of it can have wildcards.
    has_variables.then(|| {
        let literal: Vec<Token> = tokens
            .iter()
            .map(|token| match token {
                Token::Any => Token::Is('*'),
                Token::One => Token::Is('?'),
                other => *other,
            })
            .collect();
        glob(&literal, value)
    })
}
