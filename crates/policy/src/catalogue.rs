//! What AWS's services can do (Service Authorization Reference): actions, resource types, condition keys.
//!
//! The data is text in the program, `data/catalogue.txt`, written by `cargo xtask catalogue`. It is looked through once
//! for where each service starts; a service is read when it is first asked for. Its lines, divided by tabs:
//!
//! ```text
//! @PREFIX  NAME  R if resource control policies reach it      a service; the one without a prefix has the global keys
//! k  KEY  TYPE                                                a condition key; a lower-case type has several values
//! s  1,4-7                                                    a set of keys by their numbers; set 0 is empty
//! t  NAME  ARN  SET                                           a resource type
//! a  NAME  LEVELS  TYPES (by number, `!`: required)  SET  ACTIONS      an action, and the actions that it needs besides
//! ```

use std::sync::{LazyLock, OnceLock};

const DATA: &str = include_str!("../data/catalogue.txt");

static INDEX: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let mut services: Vec<Service> = DATA
        .split("\n@")
        .skip(1)
        .filter_map(|block| {
            let (head, text) = block.split_once('\n').unwrap_or((block, ""));
            let mut fields = head.split('\t');
            Some(Service {
                prefix: fields.next()?,
                name: fields.next()?,
                controlled: fields.next() == Some("R"),
                text,
                tables: OnceLock::new(),
            })
        })
        .collect();
    services.sort_by_key(|service| service.prefix);
    services
});

/// A service.
#[derive(Debug)]
pub struct Service {
    /// What stands before the colon of its actions; empty for the entry of the global condition keys.
    pub prefix: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Whether resource control policies reach its resources.
    pub controlled: bool,
    text: &'static str,
    tables: OnceLock<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    keys: Vec<ConditionKey>,
    sets: Vec<Vec<usize>>,
    resources: Vec<ResourceType>,
    actions: Vec<Action>,
}

/// A condition key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConditionKey {
    /// Its name; `${…}` or `<…>` stands for a part that is chosen freely.
    pub name: &'static str,
    /// The type of its values, where it is known.
    pub kind: Option<KeyType>,
    /// Whether a request has several values of it.
    pub several: bool,
}

/// The type of a condition key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// Any text.
    String,
    /// An ARN.
    Arn,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A time.
    Date,
    /// An address or a range of addresses.
    IpAddress,
    /// Bytes, in base64.
    Binary,
}

impl KeyType {
    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Arn => "ARN",
            Self::Bool => "Bool",
            Self::Numeric => "Numeric",
            Self::Date => "Date",
            Self::IpAddress => "IPAddress",
            Self::Binary => "Binary",
        }
    }

    fn from_letter(letter: &str) -> Option<Self> {
        Some(match letter.to_ascii_uppercase().as_str() {
            "S" => Self::String,
            "A" => Self::Arn,
            "B" => Self::Bool,
            "N" => Self::Numeric,
            "D" => Self::Date,
            "I" => Self::IpAddress,
            "X" => Self::Binary,
            _ => return None,
        })
    }
}

/// A type of resource.
#[derive(Debug)]
pub struct ResourceType {
    /// Its name.
    pub name: &'static str,
    /// The forms of its ARNs, divided by commas; `${…}` stands for a part that differs.
    pub arn: &'static str,
    keys: usize,
}

/// An action.
#[derive(Debug)]
pub struct Action {
    /// Its name, without the service.
    pub name: &'static str,
    /// What it does: `L`ist, `R`ead, `W`rite, `T`ag, `P`ermissions; several where AWS says several.
    pub levels: &'static str,
    /// The actions that it needs besides itself.
    pub dependent: Vec<&'static str>,
    resources: Vec<(usize, bool)>,
    keys: usize,
}

impl Service {
    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::read(self.text))
    }

    /// Its condition keys, with the global ones that its actions name.
    pub fn keys(&self) -> &[ConditionKey] {
        &self.tables().keys
    }

    /// Its types of resources.
    pub fn resources(&self) -> &[ResourceType] {
        &self.tables().resources
    }

    /// Its actions, by name.
    pub fn actions(&self) -> &[Action] {
        &self.tables().actions
    }

    /// Its actions whose names a pattern with `*` and `?` matches, whatever the case.
    pub fn actions_matching(&self, pattern: &str) -> impl Iterator<Item = &Action> {
        let pattern = pattern.to_ascii_lowercase();
        self.actions()
            .iter()
            .filter(move |action| glob(&pattern, &action.name.to_ascii_lowercase()))
    }

    /// Its actions, with the service before them, that a policy allows on some resource under some condition.
    pub fn allowed_by<'a>(&'a self, policy: &'a crate::Compiled) -> impl Iterator<Item = &'a Action> {
        let prefix = self.prefix;
        let concerned = policy.concerns(prefix);
        let actions = concerned.then(|| self.actions().iter()).into_iter().flatten();
        actions.filter(move |action| policy.mentions(&format!("{prefix}:{}", action.name)))
    }

    /// The types of resources that an action is about, each with whether it must be named.
    pub fn resources_of(&self, action: &Action) -> impl Iterator<Item = (&ResourceType, bool)> {
        let types = action.resources.iter();
        types.filter_map(|(number, required)| Some((self.resources().get(*number)?, *required)))
    }

    /// The condition keys that a request for an action has: its own, and its resources'.
    pub fn keys_of(&self, action: &Action) -> Vec<&ConditionKey> {
        let tables = self.tables();
        let sets = std::iter::once(action.keys).chain(self.resources_of(action).map(|(kind, _)| kind.keys));
        let numbers = sets.filter_map(|set| tables.sets.get(set)).flatten();
        numbers.filter_map(|number| tables.keys.get(*number)).collect()
    }

    /// The condition key of this name, in any case, and with any text in the place of a free part.
    pub fn key(&self, name: &str) -> Option<&ConditionKey> {
        self.keys().iter().find(|key| key.is_named(name))
    }
}

impl ConditionKey {
    /// Whether `name` is a name of this key.
    pub fn is_named(&self, name: &str) -> bool {
        if self.name.contains(['$', '<']) {
            glob(&holes(self.name).to_ascii_lowercase(), &name.to_ascii_lowercase())
        } else {
            self.name.eq_ignore_ascii_case(name)
        }
    }
}

impl ResourceType {
    /// The forms of its ARNs, as patterns.
    pub fn patterns(&self) -> impl Iterator<Item = String> {
        self.arn.split(',').map(|form| holes(form.trim()))
    }

    /// Whether an ARN has one of its forms.
    pub fn names(&self, arn: &str) -> bool {
        self.patterns().any(|pattern| glob(&pattern, arn))
    }
}

impl Tables {
    fn read(text: &'static str) -> Self {
        let mut tables = Self {
            sets: vec![Vec::new()],
            ..Self::default()
        };
        for line in text.lines() {
            let mut fields = line.split('\t');
            let mut next = || fields.next().unwrap_or_default();
            match next() {
                "k" => {
                    let (name, kind) = (next(), next());
                    tables.keys.push(ConditionKey {
                        name,
                        kind: KeyType::from_letter(kind),
                        several: kind.starts_with(|c: char| c.is_ascii_lowercase()),
                    });
                }
                "s" => tables.sets.push(next().split(',').flat_map(range).collect()),
                "t" => tables.resources.push(ResourceType {
                    name: next(),
                    arn: next(),
                    keys: next().parse().unwrap_or_default(),
                }),
                "a" => {
                    let (name, levels) = (next(), next());
                    let resources = next().split(',').filter_map(|kind| {
                        let number = kind.trim_end_matches('!').parse().ok()?;
                        Some((number, kind.ends_with('!')))
                    });
                    tables.actions.push(Action {
                        name,
                        levels,
                        resources: resources.collect(),
                        keys: next().parse().unwrap_or_default(),
                        dependent: next().split(',').filter(|action| !action.is_empty()).collect(),
                    });
                }
                _ => {}
            }
        }
        tables
    }
}

fn range(text: &str) -> std::ops::RangeInclusive<usize> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    // An unreadable one is empty.
    from.parse().unwrap_or(1)..=to.parse().unwrap_or(0)
}

/// All services, by prefix.
pub fn services() -> impl Iterator<Item = &'static Service> {
    INDEX.iter().filter(|service| !service.prefix.is_empty())
}

/// The service of this prefix, in any case.
pub fn service(prefix: &str) -> Option<&'static Service> {
    let prefix = prefix.to_ascii_lowercase();
    let at = INDEX
        .binary_search_by_key(&prefix.as_str(), |service| service.prefix)
        .ok()?;
    INDEX.get(at).filter(|service| !service.prefix.is_empty())
}

/// Whether any resource's ARN has this service in its third part.
pub fn is_vendor(vendor: &str) -> bool {
    !vendor.contains('\t') && DATA.contains(&format!("\tarn:${{Partition}}:{vendor}:"))
}

/// The global condition keys.
pub fn global_keys() -> &'static [ConditionKey] {
    let first = INDEX.first().filter(|first| first.prefix.is_empty());
    first.map_or(&[], Service::keys)
}

/// The global condition key of this name.
pub fn global_key(name: &str) -> Option<&'static ConditionKey> {
    global_keys().iter().find(|key| key.is_named(name))
}

/// The actions that a pattern such as `s3:Get*` matches, each with its service.
pub fn actions(pattern: &str) -> Vec<(&'static Service, &'static Action)> {
    let (prefix, name) = pattern.split_once(':').unwrap_or((pattern, pattern));
    let prefix = prefix.to_ascii_lowercase();
    let mut found = Vec::new();
    for service in services().filter(|service| glob(&prefix, service.prefix)) {
        found.extend(service.actions_matching(name).map(|action| (service, action)));
    }
    found
}

/// A form with `*` for each `${…}` and `<…>`.
fn holes(form: &str) -> String {
    let mut pattern = String::new();
    let mut rest = form;
    while let Some(at) = rest.find(['$', '<']) {
        let (before, hole) = rest.split_at(at);
        pattern.push_str(before);
        pattern.push('*');
        rest = hole
            .find(['}', '>'])
            .and_then(|end| hole.get(end + 1..))
            .unwrap_or_default();
    }
    pattern.push_str(rest);
    pattern
}

/// Whether a pattern with `*` and `?` matches a text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(t) {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(&wanted) if wanted == byte => (p, t) = (p + 1, t + 1),
            _ => match &mut star {
                Some((at, from)) => {
                    *from += 1;
                    (p, t) = (*at + 1, *from);
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|&byte| byte == b'*')
}

/// Whether some text is matched by both of two patterns with `*` and `?`.
pub(crate) fn overlap(one: &str, other: &str) -> bool {
    let other: Vec<char> = other.chars().collect();
    // `row[j]`: whether what was read of `one` and the first `j` characters of `other` can be the same text.
    let stars = other.iter().take_while(|&&c| c == '*').count();
    let mut row: Vec<bool> = (0..=other.len()).map(|j| j <= stars).collect();
    for c in one.chars() {
        let mut next: Vec<bool> = Vec::with_capacity(row.len());
        let above = |j: usize| row.get(j).copied().unwrap_or_default();
        next.push(c == '*' && above(0));
        for (j, &d) in other.iter().enumerate() {
            let left = next.last().copied().unwrap_or_default();
            next.push(if c == '*' || d == '*' {
                let skip_one = c == '*' && (above(j + 1) || left);
                let skip_other = d == '*' && (left || above(j + 1));
                skip_one || skip_other || (c == '*' && d == '*' && above(j))
            } else {
                (c == d || c == '?' || d == '?') && above(j)
            });
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_service_that_a_policy_does_not_concern_no_action_is_allowed() {
        for statement in [
            r#""Action":"s3:Get*""#,
            r#""Action":["S3:GetObject","ec2:Describe?nstances"]"#,
            r#""Action":"s*:Get*""#,
            r#""Action":"s3:*""#,
            r#""Action":"*""#,
            r#""NotAction":"s3:*""#,
            r#""Action":[]"#,
        ] {
            let text =
                format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",{statement},"Resource":"*"}}]}}"#);
            let policy = crate::Compiled::new(&crate::Policy::parse(&text).unwrap());
            for service in services() {
                let prefix = service.prefix;
                let each = service.actions().iter();
                let asked = each.filter(|action| policy.mentions(&format!("{prefix}:{}", action.name)));
                let asked: Vec<_> = asked.map(|action| action.name).collect();
                let allowed: Vec<_> = service.allowed_by(&policy).map(|action| action.name).collect();
                assert_eq!(allowed, asked, "{statement} {prefix}");
                assert!(policy.concerns(prefix) || asked.is_empty(), "{statement} {prefix}");
            }
        }
        let denies = r#"{"Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
        let denies = crate::Compiled::new(&crate::Policy::parse(denies).unwrap());
        assert!(!denies.concerns("s3"));
    }

    #[test]
    fn a_service_is_found_with_what_it_can_do() {
        let s3 = service("S3").unwrap();
        assert!(s3.controlled);
        let put = s3.actions().iter().find(|action| action.name == "PutObject").unwrap();
        assert_eq!(put.levels, "W");
        assert!(s3.resources_of(put).any(|(kind, _)| kind.name == "object"));
        assert!(
            s3.keys_of(put)
                .iter()
                .any(|key| key.is_named("s3:requestobjecttag/team"))
        );
        assert_eq!(s3.key("s3:signatureAge").unwrap().kind, Some(KeyType::Numeric));
        assert!(service("").is_none() && service("s4").is_none());
        assert!(global_key("aws:tagkeys").unwrap().several);
        assert_eq!(global_key("aws:CurrentTime").unwrap().kind, Some(KeyType::Date));
        assert_eq!(global_key("AWS:PrincipalTag/team").unwrap().kind, Some(KeyType::String));
        assert!(actions("s3:Get*").len() > 50);
    }

    #[test]
    fn the_whole_catalogue_is_readable() {
        let actions: usize = services().map(|service| service.actions().len()).sum();
        assert!(services().count() > 400 && actions > 20_000, "{actions}");
        for service in services() {
            for action in service.actions() {
                let tables = service.tables();
                assert!(action.keys < tables.sets.len(), "{}:{}", service.prefix, action.name);
                assert!(action.resources.iter().all(|(kind, _)| *kind < tables.resources.len()));
                assert!(action.levels.bytes().all(|level| b"LRWTP".contains(&level)) && !action.levels.is_empty());
            }
            let sets = service.tables().sets.iter().flatten();
            assert!(
                sets.max().is_none_or(|last| *last < service.keys().len()),
                "{}",
                service.prefix
            );
        }
    }

    #[test]
    fn forms_become_patterns() {
        assert_eq!(holes("arn:${Partition}:s3:::${B}/x"), "arn:*:s3:::*/x");
        assert_eq!(holes("s3:RequestObjectTag/<key>"), "s3:RequestObjectTag/*");
    }

    proptest::proptest! {
        #[test]
        fn patterns_overlap_where_a_text_matches_both(one in "[ab*?]{0,6}", other in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            if glob(&one, &text) && glob(&other, &text) {
                proptest::prop_assert!(overlap(&one, &other));
            }
            if !one.contains(['*', '?']) {
                proptest::prop_assert_eq!(overlap(&one, &other), glob(&other, &one));
            }
        }
    }
}
