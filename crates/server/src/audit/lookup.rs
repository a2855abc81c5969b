//! Finding recent decisions in the log, newest first.

use std::{fs, io, path::Path};

use rolecall_identity::audit::Event;

/// How many bytes of the log are looked through, at most.
const FARTHEST: u64 = 512 * 1024 * 1024;

/// Which decision is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// That of a request.
    Request(String),
    /// The last one of a principal, by its ARN.
    Principal(String),
    /// The last one of a service account's session, or of its token.
    ServiceAccount {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
        /// The issuer of its cluster, without `https://`; of any cluster where it is left out.
        issuer: Option<String>,
    },
    /// The last one of anybody.
    Last,
}

impl Wanted {
    /// Whether the event is about this.
    pub fn matches(&self, event: &Event) -> bool {
        match self {
            Self::Request(id) => event.request_id == *id,
            Self::Principal(arn) => {
                event.user_identity.arn.as_ref() == Some(arn) || event.rolecall.principal.as_ref() == Some(arn)
            }
            Self::ServiceAccount {
                namespace,
                name,
                issuer,
            } => {
                let subject = format!("system:serviceaccount:{namespace}:{name}");
                if issuer.as_ref().is_some_and(|issuer| !is_of(event, issuer)) {
                    return false;
                }
                event.user_identity.user_name.as_ref() == Some(&subject)
                    || event
                        .user_identity
                        .session_context
                        .as_ref()
                        .and_then(|session| session.web_id_federation_data.as_ref())
                        .is_some_and(|data| data.attributes.values().any(|value| *value == subject))
                    || event
                        .rolecall
                        .context
                        .iter()
                        .any(|(key, values)| key.ends_with(":sub") && values.as_slice().contains(&subject))
            }
            Self::Last => true,
        }
    }

    /// A text that each line about it contains, so that other lines need not be parsed.
    fn needle(&self) -> String {
        match self {
            Self::Request(id) => id.clone(),
            Self::Principal(arn) => arn.clone(),
            Self::ServiceAccount { namespace, name, .. } => format!("system:serviceaccount:{namespace}:{name}"),
            Self::Last => String::new(),
        }
    }
}

/// Whether the event is about a token of this issuer, or a session from one.
fn is_of(event: &Event, issuer: &str) -> bool {
    let provider = |arn: &str| arn.split_once(":oidc-provider/").is_some_and(|(_, url)| url == issuer);
    let session = event.user_identity.session_context.as_ref();
    let federated = session.and_then(|session| session.web_id_federation_data.as_ref());
    event.user_identity.identity_provider.as_deref().is_some_and(provider)
        || federated.is_some_and(|data| provider(&data.federated_provider))
        || event.rolecall.context.iter().any(|(key, _)| {
            key.strip_suffix(":sub")
                .is_some_and(|of| of.eq_ignore_ascii_case(issuer))
        })
}

/// The newest event that is wanted and that `also` accepts. Reads files: call it where blocking is allowed.
pub fn find(directory: &Path, wanted: &Wanted, also: impl Fn(&Event) -> bool) -> io::Result<Option<Event>> {
    let needle = wanted.needle();
    let mut left = FARTHEST;
    for (_, path) in super::files(directory)?.into_iter().rev() {
        let text = match fs::read(&path) {
            Ok(text) => text,
            // Removed for its age meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        let text = String::from_utf8_lossy(&text);
        for line in text.lines().rev().filter(|line| line.contains(&needle)) {
            if let Ok(event) = Event::from_line(line)
                && wanted.matches(&event)
                && also(&event)
            {
                return Ok(Some(event));
            }
        }
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => break,
        }
    }
    Ok(None)
}
