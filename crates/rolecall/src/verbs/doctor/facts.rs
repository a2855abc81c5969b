//! What was gathered, before anything is made of it. The links are judged from this alone, without a socket.

use std::collections::BTreeMap;

use rolecall_cluster::admission::{self, Account, Choice, Grants, Identities, Known, Plan, Settings};
use rolecall_wire::client;
use serde::Deserialize;

use super::{pod::PodObject, token::Token, webhook::WebhookConfiguration};
use crate::cli::ServiceAccountName;

/// The reason that the Kubernetes client gives an answer which is none of an API server's.
const NO_STATUS: &str = "Failed to parse error data";

/// What asking for something came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found<T> {
    /// It is there.
    There(T),
    /// It is not there.
    Absent,
    /// Whoever asks may not: what they need.
    Forbidden(String),
    /// It could not be asked, and why.
    Failed(String),
}

impl<T> Found<T> {
    pub(super) fn there(&self) -> Option<&T> {
        match self {
            Self::There(value) => Some(value),
            _ => None,
        }
    }

    /// Why it is not known whether it is there; none where that is known.
    pub(super) fn unknown(&self) -> Option<String> {
        match self {
            Self::There(_) | Self::Absent => None,
            Self::Forbidden(permission) => Some(format!("{permission} is not allowed to these credentials")),
            Self::Failed(why) => Some(why.clone()),
        }
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Self::There(value) => Found::There(change(value)),
            Self::Absent => Found::Absent,
            Self::Forbidden(permission) => Found::Forbidden(permission),
            Self::Failed(why) => Found::Failed(why),
        }
    }

    /// From an answer of Kubernetes' API to who needs `permission`, such as `get pods`.
    pub(super) fn of_kubernetes(answer: Result<T, kube::Error>, permission: &str) -> Self {
        match answer {
            Ok(value) => Self::There(value),
            Err(kube::Error::Api(status)) => match status.code {
                401 => Self::Failed("the API server does not know these credentials (Unauthorized)".to_owned()),
                403 => Self::Forbidden(format!("`{permission}` (Kubernetes)")),
                // A route that is not served is answered with the same code as an object that is not there, or by whatever
                // else listens at that address.
                404 if status.details.as_ref().is_some_and(|details| !details.name.is_empty()) => Self::Absent,
                code if code == 404 || status.reason == NO_STATUS => {
                    Self::Failed(format!("this API server does not serve what `{permission}` asks for"))
                }
                code => Self::Failed(format!(
                    "`{permission}`: the API server answered {code} {}",
                    status.message
                )),
            },
            Err(error) => Self::Failed(format!("`{permission}`: {:#}", anyhow::Error::new(error))),
        }
    }

    /// From an answer of AWS's APIs to who needs `action`, such as `iam:GetRole`.
    pub(super) fn of_aws(answer: Result<T, client::Error>, action: &str) -> Self {
        let error = match answer {
            Ok(value) => return Self::There(value),
            Err(error) => error,
        };
        match error.code() {
            Some("NoSuchEntity" | "NoSuchEntityException" | "ResourceNotFoundException") => Self::Absent,
            Some("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation") => {
                Self::Forbidden(format!("`{action}`"))
            }
            _ => Self::Failed(format!("{:#}", anyhow::Error::new(error))),
        }
    }
}

/// Whose chain it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// What all pods of the cluster share.
    Common,
    ServiceAccount(ServiceAccountName),
    Pod(ServiceAccountName),
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Common => f.write_str("what all pods share"),
            Self::ServiceAccount(name) => write!(f, "serviceaccount {name}"),
            Self::Pod(name) => write!(f, "pod {name}"),
        }
    }
}

/// Who these credentials are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) arn: String,
    pub(super) account: String,
}

impl Caller {
    pub(super) fn partition(&self) -> &str {
        self.arn
            .split(':')
            .nth(1)
            .filter(|part| !part.is_empty())
            .unwrap_or("aws")
    }
}

/// A cluster, as EKS's API describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cluster {
    pub(super) name: String,
    pub(super) issuer: Option<String>,
}

/// A service account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct AccountObject {
    pub(super) metadata: Metadata,
}

/// What is read of an object's metadata.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Metadata {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) creation_timestamp: Option<String>,
    pub(super) owner_references: Vec<Owner>,
    pub(super) managed_fields: Vec<Managed>,
}

/// Who made an object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Owner {
    pub(super) kind: String,
    pub(super) name: String,
}

/// Who wrote which fields, and when (Kubernetes: Server-Side Apply, field management).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Managed {
    pub(super) time: Option<String>,
    pub(super) fields_v1: serde_json::Value,
}

/// What an issuer says of itself (OpenID Connect Discovery 1.0, section 4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Discovery {
    #[serde(default)]
    pub(super) issuer: String,
    #[serde(default)]
    pub(super) jwks_uri: String,
}

/// An IAM OIDC provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Provider {
    pub(super) client_ids: Vec<String>,
}

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Role {
    pub(super) arn: String,
    /// The trust policy's text.
    pub(super) trust: String,
    pub(super) tags: Vec<(String, String)>,
}

/// What became of showing the token to STS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exchange {
    Done {
        arn: String,
    },
    Refused {
        code: String,
        message: String,
        request_id: Option<String>,
        /// What the control plane has written down about it, if it is Rolecall's and tells.
        told: Option<String>,
    },
    Failed(String),
}

/// What the policy simulator says of the action.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Simulated {
    pub(super) decision: String,
    /// The policies whose statements matched.
    pub(super) matched: Vec<String>,
    pub(super) missing: Vec<String>,
    /// Whether the permissions boundary lets it through, where there is one.
    pub(super) by_boundary: Option<bool>,
    /// Whether the organization's policies do, where there are any.
    pub(super) by_organization: Option<bool>,
}

/// A place that is called, and what its clock says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// `STS`, `IAM`, `EKS` or `issuer`.
    pub(super) name: &'static str,
    pub(super) url: String,
    /// The `Date` of its answer, if it had one, or why there was no answer.
    pub(super) answer: Result<Option<i64>, String>,
    /// Our own clock when the answer came.
    pub(super) at: i64,
}

/// An EKS Pod Identity association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Association {
    pub(super) id: String,
    pub(super) role: String,
}

/// What is to be found out besides the chain itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) cluster: Option<String>,
    pub(super) action: Option<String>,
    pub(super) resource: Option<String>,
    pub(super) context: BTreeMap<String, Vec<String>>,
    pub(super) exchange: bool,
}

/// All of it. What was not asked, because something that it depends on is not there, is `None`.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) subject: Subject,
    pub(super) question: Question,
    /// Our own clock, in seconds.
    pub(super) now: i64,
    pub(super) region: String,
    pub(super) caller: Found<Caller>,
    /// The API server's version.
    pub(super) api_server: Found<String>,
    pub(super) places: Vec<Place>,
    pub(super) cluster: Found<Cluster>,
    pub(super) webhooks: Found<Vec<WebhookConfiguration>>,
    /// How many endpoints of a webhook's Service are ready, by `NAMESPACE/NAME`.
    pub(super) endpoints: BTreeMap<String, Found<usize>>,
    /// The labels of the subject's namespace.
    pub(super) namespace: Option<Found<BTreeMap<String, String>>>,
    pub(super) pod: Option<Found<PodObject>>,
    pub(super) account: Option<Found<AccountObject>>,
    /// The grants of the webhook's `ConfigMap`.
    pub(super) grants: Found<Grants>,
    pub(super) associations: Option<Found<Vec<Association>>>,
    pub(super) token: Option<Found<Token>>,
    /// What the API server says of its issuer, and the ids of its keys.
    pub(super) own_discovery: Found<Discovery>,
    pub(super) own_keys: Found<Vec<String>>,
    /// What the issuer serves where its URL says.
    pub(super) discovery: Option<Found<Discovery>>,
    pub(super) keys: Option<Found<Vec<String>>>,
    /// The keys that the control plane verifies with; only Rolecall's tells.
    pub(super) registered_keys: Option<Found<Vec<String>>>,
    /// The ARNs of all OIDC providers of the account.
    pub(super) providers: Found<Vec<String>>,
    pub(super) provider: Option<Found<Provider>>,
    pub(super) role: Option<Found<Role>>,
    pub(super) exchange: Option<Exchange>,
    pub(super) simulated: Option<Found<Simulated>>,
}

impl Facts {
    /// Nothing is known yet.
    pub(super) fn new(subject: Subject, question: Question, now: i64) -> Self {
        let not_asked = || "it was not asked".to_owned();
        Self {
            subject,
            question,
            now,
            region: String::new(),
            caller: Found::Failed(not_asked()),
            api_server: Found::Failed(not_asked()),
            places: Vec::new(),
            cluster: Found::Failed(not_asked()),
            webhooks: Found::Failed(not_asked()),
            endpoints: BTreeMap::new(),
            namespace: None,
            pod: None,
            account: None,
            grants: Found::Absent,
            associations: None,
            token: None,
            own_discovery: Found::Failed(not_asked()),
            own_keys: Found::Failed(not_asked()),
            discovery: None,
            keys: None,
            registered_keys: None,
            providers: Found::Failed(not_asked()),
            provider: None,
            role: None,
            exchange: None,
            simulated: None,
        }
    }

    pub(super) fn pod(&self) -> Option<&PodObject> {
        self.pod.as_ref()?.there()
    }

    pub(super) fn token(&self) -> Option<&Token> {
        self.token.as_ref()?.there()
    }

    /// The namespace of the subject.
    pub(super) fn namespace_name(&self) -> Option<&str> {
        match &self.subject {
            Subject::Common => None,
            Subject::ServiceAccount(name) | Subject::Pod(name) => Some(&name.namespace),
        }
    }

    /// The service account: the subject, or whom the pod runs as.
    pub(super) fn account_name(&self) -> Option<ServiceAccountName> {
        match &self.subject {
            Subject::Common => None,
            Subject::ServiceAccount(name) => Some(name.clone()),
            Subject::Pod(pod) => Some(ServiceAccountName {
                namespace: pod.namespace.clone(),
                name: self.pod()?.account().to_owned(),
            }),
        }
    }

    /// The URL that tokens name as their issuer.
    pub(super) fn issuer(&self) -> Option<&str> {
        let token = self.token().map(|token| token.issuer.as_str());
        let cluster = || self.cluster.there().and_then(|cluster| cluster.issuer.as_deref());
        let own = || self.own_discovery.there().map(|own| own.issuer.as_str());
        token.or_else(cluster).or_else(own).filter(|issuer| !issuer.is_empty())
    }

    /// The issuer as provider ARNs and condition keys have it: without its scheme.
    pub(super) fn issuer_host(&self) -> Option<&str> {
        let issuer = self.issuer()?;
        Some(issuer.strip_prefix("https://").unwrap_or(issuer))
    }

    /// What the webhook injects, as far as it matters here: what it adds by configuration is its own affair.
    pub(super) fn settings(&self) -> Settings {
        let home = self.caller.there().and_then(|caller| {
            let account = caller.account.parse().ok()?;
            Some((caller.partition().to_owned(), account))
        });
        Settings {
            home,
            environment: Vec::new(),
            ..Settings::default()
        }
    }

    /// What the webhook would give a pod of the service account now. None where the service account is not known.
    pub(super) fn choice(&self) -> Option<Choice> {
        let settings = self.settings();
        let name = self.account_name()?;
        let found = self.account.as_ref()?.there()?;
        let account = Account::read(&found.metadata.annotations, &settings.prefix);
        let none = Grants::default();
        let labels = self.namespace.as_ref().and_then(Found::there);
        let is_open =
            || labels.is_some_and(|labels| labels.get(rolecall_cluster::OPEN_LABEL).is_some_and(|it| it == "true"));
        let known = Known {
            account: Some(&account),
            grants: self.grants.there().unwrap_or(&none),
            identities: &Identities::default(),
            is_open: &is_open,
            random: 0,
        };
        let bare = serde_json::json!({ "spec": { "serviceAccountName": name.name } }).to_string();
        let text = self.pod().map_or(bare.as_str(), |pod| pod.text.as_str());
        let pod: admission::Pod<'_> = serde_json::from_str(text).ok()?;
        Some(admission::choose(&pod, &name.namespace, &settings, &known))
    }

    pub(super) fn plan(&self) -> Option<Plan> {
        self.choice()?.plan
    }

    /// The role that the pod asks for: its own, as it was given, or else what the service account's pods get now.
    pub(super) fn role_arn(&self) -> Option<String> {
        let own = self.pod().and_then(|pod| pod.role(&self.settings()));
        own.or_else(|| match self.plan()?.mode {
            admission::Mode::WebIdentity { role } => Some(role),
            admission::Mode::Container => None,
        })
    }

    /// The audience of the token that the pod shows, by the same rule.
    pub(super) fn audience(&self) -> Option<String> {
        let own = self.pod().and_then(PodObject::audience);
        own.or_else(|| self.plan()?.audience)
    }

    /// The account that a role is in.
    pub(super) fn role_account(&self) -> Option<String> {
        let arn: rolecall_names::Arn = self.role_arn()?.parse().ok()?;
        Some(arn.account().to_owned())
    }

    /// The ARN that the issuer's provider must have: in the account of the role, or of these credentials.
    pub(super) fn provider_arn(&self) -> Option<String> {
        let caller = self.caller.there();
        let account = self.role_account().or_else(|| Some(caller?.account.clone()))?;
        let partition = self
            .role_arn()
            .and_then(|arn| Some(arn.split(':').nth(1)?.to_owned()))
            .or_else(|| Some(caller?.partition().to_owned()))?;
        Some(format!(
            "arn:{partition}:iam::{account}:oidc-provider/{}",
            self.issuer_host()?
        ))
    }

    /// Why these credentials cannot see the role's account, where they cannot.
    pub(super) fn elsewhere(&self) -> Option<String> {
        let caller = self.caller.there()?;
        let account = self.role_account().filter(|account| *account != caller.account)?;
        Some(format!(
            "it is in account {account}, and these credentials are of account {}: run the doctor with credentials of account {account} too",
            caller.account
        ))
    }

    /// Whether the subject itself could not be read, so that nothing can be said about it.
    pub(super) fn is_unread(&self) -> bool {
        let pod = self.pod.as_ref().and_then(Found::unknown);
        let account = self.account.as_ref().and_then(Found::unknown);
        pod.or(account).is_some()
    }

    /// Whether the control plane is Rolecall's: only it knows the private API.
    pub(super) fn is_rolecall(&self) -> bool {
        matches!(
            self.registered_keys,
            Some(Found::There(_) | Found::Forbidden(_) | Found::Absent)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, name: &str) -> Found<()> {
        let status = serde_json::json!({ "code": code, "message": "it says", "details": { "name": name } });
        let status: kube::core::Status = serde_json::from_value(status).unwrap();
        Found::of_kubernetes(Err(kube::Error::Api(Box::new(status))), "get pods")
    }

    #[test]
    fn an_object_that_is_not_there_is_told_from_a_route_that_is_not_served_and_from_a_refusal() {
        assert_eq!(refused(404, "app"), Found::Absent);
        assert!(refused(404, "").unknown().unwrap().contains("does not serve"));
        assert_eq!(
            refused(403, "app"),
            Found::Forbidden("`get pods` (Kubernetes)".to_owned())
        );
        let page: kube::core::Status = serde_json::from_value(
            serde_json::json!({ "code": 400, "message": "<html>", "reason": "Failed to parse error data" }),
        )
        .unwrap();
        let page: Found<()> = Found::of_kubernetes(Err(kube::Error::Api(Box::new(page))), "get pods");
        assert!(page.unknown().unwrap().contains("does not serve"));
        assert!(refused(500, "app").unknown().unwrap().contains("500 it says"));
        assert!(
            refused(401, "")
                .unknown()
                .unwrap()
                .contains("does not know these credentials")
        );
    }

    #[test]
    fn a_missing_permission_names_itself() {
        let refused = client::Error::Fault {
            operation: "GetRole".into(),
            code: "AccessDenied".into(),
            message: "no".into(),
            status: http::StatusCode::FORBIDDEN,
            request_id: None,
        };
        let found: Found<()> = Found::of_aws(Err(refused), "iam:GetRole");
        assert_eq!(
            found.unknown().unwrap(),
            "`iam:GetRole` is not allowed to these credentials"
        );
    }
}
