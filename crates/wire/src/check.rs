//! The model's constraints, in AWS's sentence: `2 validation errors detected: Value … at 'roleName' failed to satisfy
//! constraint: Member must …; …`.
//!
//! IAM tells of them in a manner of its own: without the values and without those allowed, members in the order of its
//! tables, lengths before patterns. Of names and paths with characters which they must not have it tells apart, before all
//! else.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt::{self, Write},
    rc::Rc,
};

use regex::Regex;

use crate::{
    fault::Fault,
    operation::Service,
    query,
    shape::{Kind, Member, Rule, Structure, Value},
};

/// Refuses members that are missing or break a constraint, all of them in one sentence.
pub fn check(service: &Service, schema: &Structure, fields: &[Option<Value>]) -> Result<(), Fault> {
    let manner = match service.id {
        "iam" => Manner::Iam,
        _ => Manner::Plain,
    };
    let mut errors = Vec::new();
    structure(schema, fields, Path::Root, manner, &mut errors);
    if errors.is_empty() {
        return Ok(());
    }
    if manner == Manner::Iam
        && let Some(sentence) = wrong_characters(schema, fields)
    {
        return Err(Fault::sender("ValidationError", 400, sentence));
    }
    let noun = if errors.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {noun} detected: {}", errors.len(), errors.join("; "));
    Err(Fault::sender("ValidationError", 400, message))
}

/// How a service tells of what is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// With the values, in the model's order, patterns before lengths.
    Plain,
    /// As IAM does.
    Iam,
}

/// What IAM says of the first name, path, key or document that has characters which it must not have.
fn wrong_characters(schema: &Structure, fields: &[Option<Value>]) -> Option<String> {
    schema.members.iter().zip(fields).find_map(|(member, field)| {
        let (Some(Value::String(text)), Some(pattern)) = (field, member.rule.pattern) else {
            return None;
        };
        let allowed = allowed(member.name)?;
        let name = lower_camel(member.name);
        (!matches(pattern, text)).then(|| format!("The specified value for {name} is invalid. It must {allowed}"))
    })
}

/// What a member may have, for those of which IAM has a sentence. What is newer, such as instance profiles and tags, it
/// holds against the model as other services do.
fn allowed(member: &str) -> Option<&'static str> {
    Some(match member {
        "UserName"
        | "NewUserName"
        | "GroupName"
        | "NewGroupName"
        | "RoleName"
        | "PolicyName"
        | "ServerCertificateName"
        | "NewServerCertificateName" => "contain only alphanumeric characters and/or the following: +=,.@_-",
        "Path" | "NewPath" => "begin and end with / and contain only alphanumeric characters and/or / characters.",
        "PathPrefix" => "begin with the / character and contain only alphanumeric characters and/or / characters.",
        "AccessKeyId" => "contain only alphanumeric characters.",
        "PolicyDocument" | "AssumeRolePolicyDocument" | "PrivateKey" => "contain only printable ASCII characters.",
        _ => return None,
    })
}

/// The place of a member in a hash table of Java's (`java.util.HashMap`), which has room for a third more than it holds.
/// IAM tells of its members in this order: `minimumPasswordLength`, `passwordReusePrevention`, `maxPasswordAge`.
fn bucket(member: &str, members: usize) -> u32 {
    let hash = lower_camel(member)
        .encode_utf16()
        .fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    let mut size: u32 = 16;
    while u32::try_from(members).is_ok_and(|members| members > size / 4 * 3) {
        size *= 2;
    }
    (hash ^ (hash >> 16)) & (size - 1)
}

/// Where a value stands. Written out only where something is wrong, since almost always nothing is.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Member(&'a Path<'a>, &'static str),
    Element(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => f.write_str(&lower_camel(name)),
            Self::Member(parent, name) => write!(f, "{parent}.{}", lower_camel(name)),
            Self::Element(list, number) => write!(f, "{list}.{number}.member"),
        }
    }
}

fn structure(schema: &Structure, fields: &[Option<Value>], parent: Path<'_>, manner: Manner, errors: &mut Vec<String>) {
    let mut told: Vec<(&Member, Vec<String>)> = Vec::new();
    for (member, field) in schema.members.iter().zip(fields) {
        let path = Path::Member(&parent, member.name);
        let mut errors = Vec::new();
        match field {
            None if member.required => {
                let subject = if manner == Manner::Iam { "Value" } else { "Value null" };
                errors.push(format!(
                    "{subject} at '{path}' failed to satisfy constraint: {NOT_NULL}"
                ));
            }
            None => {}
            Some(value) => self::value(value, member.kind, member.rule, path, manner, &mut errors),
        }
        if !errors.is_empty() {
            told.push((member, errors));
        }
    }
    if manner == Manner::Iam {
        told.sort_by_key(|(member, _)| bucket(member.name, schema.members.len()));
    }
    errors.extend(told.into_iter().flat_map(|(_, errors)| errors));
}

const NOT_NULL: &str = "Member must not be null";

fn value(value: &Value, kind: Kind, rule: &'static Rule, path: Path<'_>, manner: Manner, errors: &mut Vec<String>) {
    let mut broken = broken(value, rule, manner);
    let each = rule.each.unwrap_or(&Rule::NONE);
    let mut within = Vec::new();
    match (value, kind) {
        // Elements that have members are told apart by number; of plain ones, all constraints are told with the list.
        (Value::Structure(fields), Kind::Structure(schema)) => structure(schema, fields, path, manner, &mut within),
        (Value::List(elements), Kind::List(of @ Kind::Structure(_))) => {
            for (number, element) in (1..).zip(elements) {
                self::value(element, *of, each, Path::Element(&path, number), manner, &mut within);
            }
        }
        (Value::List(elements), Kind::List(_)) if elements.iter().any(|one| breaks(one, each)) => {
            let mut all = constraints(each, manner);
            if manner == Manner::Iam && matches!(path, Path::Member(_, "TagKeys")) {
                // Seen of no other list, such as that of client ids.
                let _ = write!(all, ", {NOT_NULL}");
            }
            broken.push(format!("Member must satisfy constraint: [{all}]"));
        }
        (Value::Map(entries), Kind::Map(_)) => {
            let keys = rule.keys.unwrap_or(&Rule::NONE);
            if entries.keys().any(|key| breaks(&Value::String(key.clone()), keys)) {
                broken.push(format!(
                    "Map keys must satisfy constraint: [{}]",
                    constraints(keys, manner)
                ));
            }
            if entries.values().any(|entry| breaks(entry, each)) {
                broken.push(format!(
                    "Map value must satisfy constraint: [{}]",
                    constraints(each, manner)
                ));
            }
        }
        _ => {}
    }
    if !broken.is_empty() {
        let is_shown = manner == Manner::Plain && !rule.sensitive && !each.sensitive;
        let subject = match shown(value).filter(|_| is_shown) {
            Some(shown) => format!("Value '{shown}'"),
            // AWS leaves out what is sensitive, and what has no short form.
            None => "Value".to_owned(),
        };
        let sentence = |constraint| format!("{subject} at '{path}' failed to satisfy constraint: {constraint}");
        errors.extend(broken.into_iter().map(sentence));
    }
    errors.extend(within);
}

fn breaks(value: &Value, rule: &'static Rule) -> bool {
    !broken(value, rule, Manner::Plain).is_empty()
}

/// The constraints that a value itself breaks.
fn broken(value: &Value, rule: &'static Rule, manner: Manner) -> Vec<String> {
    let (mut first, mut then) = (of_text(value, rule, manner), of_size(value, rule));
    if manner == Manner::Iam {
        std::mem::swap(&mut first, &mut then);
    }
    first.append(&mut then);
    first
}

fn of_text(value: &Value, rule: &'static Rule, manner: Manner) -> Vec<String> {
    let mut broken = Vec::new();
    if let Value::String(text) = value {
        if !rule.one_of.is_empty() && !rule.one_of.contains(&&**text) {
            broken.push(one_of(rule, manner));
        }
        if let Some(pattern) = rule.pattern
            && !matches(pattern, text)
        {
            broken.push(regular(pattern));
        }
    }
    broken
}

fn of_size(value: &Value, rule: &'static Rule) -> Vec<String> {
    let mut broken = Vec::new();
    let number = match value {
        Value::Integer(number) => i64::from(*number),
        // Lengths are counted as Java counts them: in UTF-16 units.
        Value::String(text) if text.is_ascii() => length(text.len()),
        Value::String(text) => length(text.encode_utf16().count()),
        Value::List(elements) => length(elements.len()),
        Value::Map(entries) => length(entries.len()),
        Value::Blob(bytes) => length(bytes.len()),
        Value::Boolean(_) | Value::Timestamp(_) | Value::Structure(_) => return broken,
    };
    let what = if matches!(value, Value::Integer(_)) {
        "value"
    } else {
        "length"
    };
    broken.extend(
        rule.max
            .filter(|max| number > i64::from(*max))
            .map(|max| at_most(what, max)),
    );
    broken.extend(
        rule.min
            .filter(|min| number < i64::from(*min))
            .map(|min| at_least(what, min)),
    );
    broken
}

/// All constraints of a text inside a list or a map, in AWS's order there.
fn constraints(rule: &'static Rule, manner: Manner) -> String {
    let mut all = Vec::new();
    all.extend(rule.max.map(|max| at_most("length", max)));
    all.extend(rule.min.map(|min| at_least("length", min)));
    all.extend(rule.pattern.map(regular));
    if !rule.one_of.is_empty() {
        all.push(one_of(rule, manner));
    }
    all.join(", ")
}

fn at_most(what: &str, max: i32) -> String {
    format!("Member must have {what} less than or equal to {max}")
}

fn at_least(what: &str, min: i32) -> String {
    format!("Member must have {what} greater than or equal to {min}")
}

fn regular(pattern: &str) -> String {
    format!("Member must satisfy regular expression pattern: {pattern}")
}

fn one_of(rule: &Rule, manner: Manner) -> String {
    let sentence = "Member must satisfy enum value set";
    match manner {
        Manner::Plain => format!("{sentence}: [{}]", rule.one_of.join(", ")),
        Manner::Iam => sentence.to_owned(),
    }
}

fn length(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// A value as Java shows it; `None` for one that holds structures or bytes.
fn shown(value: &Value) -> Option<String> {
    Some(match value {
        Value::List(elements) => {
            let shown: Option<Vec<String>> = elements.iter().map(shown).collect();
            format!("[{}]", shown?.join(", "))
        }
        Value::Map(entries) => {
            let shown: Option<Vec<String>> = entries
                .iter()
                .map(|(key, value)| Some(format!("{key}={}", shown(value)?)))
                .collect();
            format!("{{{}}}", shown?.join(", "))
        }
        Value::Structure(_) | Value::Blob(_) => return None,
        scalar => query::to_text(scalar).into_owned(),
    })
}

/// `RoleName` as `roleName`, `OpenIDConnectProviderArn` as `openIDConnectProviderArn`, `MFACode` as `mFACode`.
fn lower_camel(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase())
        .into_iter()
        .chain(letters)
        .collect()
}

/// Patterns, compiled, by where they stand: no hash over their text, since this lies on the way of every request.
type Patterns = HashMap<(*const u8, usize), Option<Rc<Regex>>>;

thread_local! {
    /// The patterns that were used on this thread. No lock, for the same reason.
    static COMPILED: RefCell<Patterns> = RefCell::new(HashMap::new());
}

/// Whether the whole text matches a pattern in Java's notation. A pattern that cannot be read matches nothing; a test
/// holds that all can.
fn matches(pattern: &'static str, text: &str) -> bool {
    let compiled = || compile(pattern).map(Rc::new);
    let regex = COMPILED.with_borrow_mut(|known| {
        known
            .entry((pattern.as_ptr(), pattern.len()))
            .or_insert_with(compiled)
            .clone()
    });
    let single = !pattern.contains(SINGLE_HYPHENS) || !text.contains("--");
    single && regex.is_some_and(|regex| regex.is_match(text))
}

/// The one look-ahead of the models: a hyphen that no other follows. The `regex` crate has none, so it is looked for apart.
const SINGLE_HYPHENS: &str = "-(?!-)";

fn compile(pattern: &str) -> Option<Regex> {
    // Written for an engine of more than four digits: as Java reads it, it would refuse what lies beyond the first plane.
    let pattern = pattern
        .replace(r"\u10000-\u10FFFF", r"\x{10000}-\x{10FFFF}")
        .replace(SINGLE_HYPHENS, "-");
    Regex::new(&format!("^(?:{})$", translate(&pattern))).ok()
}

/// Java's `\u0020` and its `\w`, `\d`, `\s` of ASCII, in the notation of the `regex` crate.
fn translate(pattern: &str) -> String {
    let mut translated = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('u') => {
                    let digits: String = letters.by_ref().take(4).collect();
                    let _ = write!(translated, "\\x{{{digits}}}");
                }
                Some('w') => translated.push_str(if in_class { "0-9A-Za-z_" } else { "[0-9A-Za-z_]" }),
                Some('d') => translated.push_str(if in_class { "0-9" } else { "[0-9]" }),
                Some('s') => translated.push_str(if in_class {
                    " \\t\\n\\x0B\\f\\r"
                } else {
                    "[ \\t\\n\\x0B\\f\\r]"
                }),
                Some(other) => {
                    translated.push('\\');
                    translated.push(other);
                }
                None => translated.push('\\'),
            },
            '[' if in_class => translated.push_str("\\["),
            '[' => {
                in_class = true;
                translated.push('[');
            }
            ']' => {
                in_class = false;
                translated.push(']');
            }
            // In a class of the `regex` crate these would be set operations.
            '&' | '~' if in_class => {
                translated.push('\\');
                translated.push(letter);
            }
            other => translated.push(other),
        }
    }
    translated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::{eks, eks_auth, iam, sts};
    use crate::shape::Shape;

    #[test]
    fn every_pattern_of_the_models_is_read() {
        fn rules(rule: &'static Rule, found: &mut Vec<&'static str>) {
            found.extend(rule.pattern);
            rule.each
                .into_iter()
                .chain(rule.keys)
                .for_each(|rule| rules(rule, found));
        }
        fn patterns(kind: Kind, found: &mut Vec<&'static str>) {
            match kind {
                Kind::Structure(schema) => schema.members.iter().for_each(|member| {
                    rules(member.rule, found);
                    patterns(member.kind, found);
                }),
                Kind::List(of) | Kind::Map(of) => patterns(*of, found),
                _ => {}
            }
        }
        let services = [
            iam::Operation::DESCRIPTIONS,
            sts::Operation::DESCRIPTIONS,
            eks::Operation::DESCRIPTIONS,
            eks_auth::Operation::DESCRIPTIONS,
        ];
        let mut found = Vec::new();
        for operation in services.into_iter().flatten() {
            patterns(Kind::Structure(operation.input), &mut found);
        }
        assert!(found.len() > 100);
        for pattern in found {
            assert!(compile(pattern).is_some(), "{pattern} -> {}", translate(pattern));
        }
    }
    fn complaint<T: Shape>(service: &Service, form: &str) -> String {
        let params = query::Params::parse(&form.to_owned().into()).unwrap();
        let Err(fault) = query::decode::<T>(service, &params) else {
            return String::new();
        };
        assert_eq!((&*fault.code, fault.status), ("ValidationError", 400));
        fault.message
    }

    const IAM: &Service = &iam::IAM;
    const STS: &Service = &sts::STS;

    #[test]
    fn one_broken_constraint_is_told_as_aws_tells_it() {
        assert_eq!(
            complaint::<sts::AssumeRoleRequest>(
                STS,
                "RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=ab&DurationSeconds=899"
            ),
            "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"
        );
        assert_eq!(
            complaint::<sts::AssumeRoleRequest>(STS, "RoleSessionName=ab"),
            "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null"
        );
    }

    #[test]
    fn all_broken_constraints_are_told_in_the_models_order_and_patterns_before_lengths() {
        assert_eq!(
            complaint::<sts::AssumeRoleRequest>(STS, "RoleArn=%00&RoleSessionName=%2F"),
            format!(
                r"4 validation errors detected: Value '{0}' at 'roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+; Value '{0}' at 'roleArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value '/' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*; Value '/' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
                '\0'
            )
        );
    }

    #[test]
    fn iam_shows_neither_values_nor_what_is_allowed() {
        assert_eq!(
            complaint::<iam::UpdateAccessKeyRequest>(IAM, "AccessKeyId=AKIAAAAAAAAAAAAAAAAA&Status=active"),
            "1 validation error detected: Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"
        );
        assert_eq!(
            complaint::<iam::CreateUserRequest>(IAM, ""),
            "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must not be null"
        );
        assert_eq!(
            complaint::<iam::CreateVirtualMFADeviceRequest>(
                IAM,
                &format!("VirtualMFADeviceName=a&Path=/{}/", "a".repeat(512))
            ),
            "1 validation error detected: Value at 'path' failed to satisfy constraint: Member must have length less than or equal to 512"
        );
    }

    #[test]
    fn iam_tells_of_members_in_the_order_of_its_tables() {
        assert_eq!(
            complaint::<iam::UpdateAccountPasswordPolicyRequest>(
                IAM,
                "MaxPasswordAge=1096&MinimumPasswordLength=129&PasswordReusePrevention=25"
            ),
            "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; Value at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal to 24; Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095"
        );
        assert_eq!(
            complaint::<iam::CreateOpenIDConnectProviderRequest>(
                IAM,
                &format!(
                    "Url=https://{}&ThumbprintList.member.1=abc&ClientIDList.member.1={}",
                    "a".repeat(256),
                    "b".repeat(256)
                )
            ),
            "3 validation errors detected: Value at 'clientIDList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]; Value at 'thumbprintList' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 40, Member must have length greater than or equal to 40]; Value at 'url' failed to satisfy constraint: Member must have length less than or equal to 255"
        );
    }

    #[test]
    fn iam_has_sentences_of_its_own_for_names_and_paths_which_come_first() {
        let path =
            "is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";
        for wrong in ["invalid/", "/invalid", ""] {
            assert_eq!(
                complaint::<iam::CreateVirtualMFADeviceRequest>(IAM, &format!("VirtualMFADeviceName=a&Path={wrong}")),
                format!("The specified value for path {path}")
            );
        }
        assert_eq!(
            complaint::<iam::UpdateUserRequest>(IAM, "UserName=a&NewPath=b"),
            format!("The specified value for newPath {path}")
        );
        assert_eq!(
            complaint::<iam::CreateRoleRequest>(IAM, "RoleName=a%2Fb&MaxSessionDuration=1"),
            "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        );
        assert_eq!(
            complaint::<iam::ListPoliciesRequest>(IAM, "PathPrefix=/foo"),
            "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters."
        );
        assert_eq!(
            complaint::<iam::CreateInstanceProfileRequest>(IAM, "InstanceProfileName=a%2Fb"),
            r"1 validation error detected: Value at 'instanceProfileName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+"
        );
    }

    #[test]
    fn elements_with_members_are_told_by_number_after_the_list_and_plain_ones_with_it() {
        assert_eq!(
            complaint::<iam::TagRoleRequest>(
                IAM,
                "RoleName=a&Tags.member.1.Key=&Tags.member.1.Value=(b)&Tags.member.2.Value=c"
            ),
            r"4 validation errors detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*; Value at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1; Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+; Value at 'tags.2.member.key' failed to satisfy constraint: Member must not be null"
        );
        let mut form = "RoleName=a".to_owned();
        for number in 1..=50 {
            let _ = write!(form, "&Tags.member.{number}.Key=k{number}&Tags.member.{number}.Value=v");
        }
        form.push_str("&Tags.member.51.Key=bad%23key&Tags.member.51.Value=v");
        assert_eq!(
            complaint::<iam::TagRoleRequest>(IAM, &form),
            r"2 validation errors detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50; Value at 'tags.51.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+"
        );
    }

    #[test]
    fn keys_of_tags_must_not_be_null_either() {
        assert_eq!(
            complaint::<iam::UntagRoleRequest>(IAM, "RoleName=a&TagKeys.member.1=a!"),
            r"1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, Member must not be null]"
        );
    }

    #[test]
    fn maps_are_told_as_a_whole() {
        let fields = eks::TagResourceRequest {
            resource_arn: "arn".to_owned(),
            tags: [(String::new(), "b".to_owned())].into(),
        };
        let fault = check(&eks::EKS, eks::TagResourceRequest::SCHEMA, &fields.to_fields()).unwrap_err();
        assert_eq!(
            fault.message,
            "1 validation error detected: Value '{=b}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1]"
        );
    }

    #[test]
    fn what_is_sensitive_is_left_out() {
        let long = "x".repeat(20_001);
        assert_eq!(
            complaint::<sts::AssumeRoleWithWebIdentityRequest>(
                STS,
                &format!("RoleArn=arn:aws:iam::123456789012:role/a&RoleSessionName=ab&WebIdentityToken={long}")
            ),
            "1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length less than or equal to 20000"
        );
    }

    #[test]
    fn lengths_count_utf_16_and_patterns_are_javas() {
        let tag = |value: &str| {
            let tags = vec![iam::Tag {
                key: "k".to_owned(),
                value: value.to_owned(),
            }];
            let request = iam::TagRoleRequest {
                role_name: "r".to_owned(),
                tags,
            };
            check(&iam::IAM, iam::TagRoleRequest::SCHEMA, &request.to_fields()).is_ok()
        };
        assert!(tag(&"é".repeat(256)));
        // 𝔸 is a letter of two units.
        assert!(tag(&"𝔸".repeat(128)));
        assert!(!tag(&"𝔸".repeat(129)));
        assert!(tag("ελ 5/x@y"));
        assert!(!tag("a;b") && !tag("a\nb"));
        let alias = |alias: &str| {
            let request = iam::CreateAccountAliasRequest {
                account_alias: alias.to_owned(),
            };
            check(&iam::IAM, iam::CreateAccountAliasRequest::SCHEMA, &request.to_fields()).is_ok()
        };
        assert!(alias("a-b-c") && !alias("a--b") && !alias("-ab") && !alias("ab\n"));
        let policy = |document: &str| {
            let request = sts::GetFederationTokenRequest {
                name: "ab".to_owned(),
                policy: Some(document.to_owned()),
                ..Default::default()
            };
            check(&sts::STS, sts::GetFederationTokenRequest::SCHEMA, &request.to_fields()).is_ok()
        };
        assert!(policy("{\"é\": 1}") && !policy("{\"ā\": 1}"));
        assert!(!matches("[\\w]+", "é") && !matches("\\d{12}", "٣٣٣٣٣٣٣٣٣٣٣٣"));
        assert!(matches(r"[\u0020-\u007E\u10000-\u10FFFF]+", "a😀"));
    }
}
