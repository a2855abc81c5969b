//! The private `rolecall` API: what AWS's APIs have no call for. REST-JSON over `POST /rolecall/v1/OPERATION`, signed and
//! authorized like any other (service name `rolecall`), so that our own tools hold no more authority than their
//! credentials.
//!
//! Its shapes are serde types, since they follow no model of AWS's. Unknown members are refused: a misspelt restriction
//! must not widen what is asked.

mod account;
mod bare;
mod gateway;
mod revocation;
mod signing_key;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use self::{
    account::{
        AccountAnswer, CreateAccount, CreateAccountAnswer, CreateAccountRequest, DeleteAccount, DeleteAccountRequest,
        ListAccounts, ListAccountsAnswer, ListAccountsRequest,
    },
    gateway::{
        ChangeGatewayBucket, GatewayBucket, GatewayBucketAnswer, GatewayBucketPolicy, GatewayBucketRequest,
        GatewayBucketsAnswer, GatewayBucketsRequest, GatewayCallerAnswer, GatewayCallerRequest, GatewayChangeAnswer,
        GatewayChangeRequest, GatewayDecision, GatewayDecisionsRequest, GatewayOutcome, GatewayPolicy, GatewayRefusal,
        GatewayRevisionAnswer, GatewayRevisionRequest, GatewayValues, GetGatewayBucket, GetGatewayCaller,
        GetGatewayRevision, ListGatewayBuckets, MOST_DECISIONS, RecordGatewayDecisions,
    },
    revocation::{
        DeleteRevocation, DeleteRevocationRequest, ListRevocations, ListRevocationsAnswer, ListRevocationsRequest,
        RevocationAnswer, Revoke, RevokeRequest,
    },
    signing_key::{IssuerOf, RotateSigningKeys, RotateSigningKeysAnswer, RotateSigningKeysRequest, SigningKeyAnswer},
};

/// The service's name: in credential scopes and in policies.
pub const SERVICE: &str = "rolecall";

/// Where the operations are.
pub const PREFIX: &str = "/rolecall/v1/";

/// An operation of the private API.
pub trait Call {
    /// The operation's name: in the path, and after `rolecall:` in policies.
    const NAME: &'static str;
    /// The request.
    type Input: Serialize + DeserializeOwned;
    /// The answer.
    type Output: Serialize + DeserializeOwned;
}

/// The operation that a path names, if it is one of this API; whether it exists is for the caller to say.
pub fn operation(path: &str) -> Option<&str> {
    path.strip_prefix(PREFIX)
        .filter(|name| !name.is_empty() && !name.contains('/'))
}

/// Why a request was allowed or refused, or would be.
#[derive(Debug, Clone, Copy)]
pub struct Explain;

impl Call for Explain {
    const NAME: &'static str = "Explain";
    type Input = ExplainRequest;
    type Output = ExplainResponse;
}

/// What to explain: exactly one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ExplainRequest {
    /// The decision about a request that was made, by the id that its answer carried.
    RequestId(String),
    /// The last decision about anybody, or about one service account. Our own calls of this API do not count.
    Last {
        /// Only requests of this service account's sessions.
        #[serde(rename = "as", default, skip_serializing_if = "Option::is_none")]
        caller: Option<ServiceAccount>,
        /// Only refusals.
        #[serde(default)]
        denied: bool,
    },
    /// A request that nobody made: what would be decided now?
    Hypothetical(HypotheticalRequest),
}

/// A request that nobody made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HypotheticalRequest {
    /// Who would ask.
    #[serde(rename = "as")]
    pub caller: ServiceAccount,
    /// The ARN of the role that its annotation names; the control plane does not know annotations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The audience of its token, if an annotation names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Such as `s3:GetObject`.
    pub action: String,
    /// An ARN, or `*`.
    pub resource: String,
    /// Condition keys and their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, Vec<String>>,
}

/// A service account of a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// The cluster's name; the only cluster of the account where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

/// An explanation, for people and for programs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainResponse {
    /// The request that was decided; absent for one that nobody made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When it was decided, such as `2026-11-25T03:15:00Z`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The caller's ARN.
    pub caller: String,
    /// Such as `s3:GetObject`.
    pub action: String,
    /// The resource's ARN, or `*`.
    pub resource: String,
    /// Whether it was allowed.
    pub allowed: bool,
    /// The whole of it as text, as a terminal shows it. It may hold what a client sent: print it escaped.
    pub text: String,
    /// The whole of it as the policy engine prints it.
    pub explanation: serde_json::Value,
    /// Of a hypothetical request: the links from the cluster to the permission, up to the first that does not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<Link>,
}

/// A link of the chain from a service account to what it may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Link {
    /// `cluster`, `annotation`, `provider`, `keys`, `role`, `trust policy` or `permissions`.
    pub name: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was seen, and where it does not hold what would mend it.
    pub seen: String,
}

/// Who could do something.
#[derive(Debug, Clone, Copy)]
pub struct WhoCan;

impl Call for WhoCan {
    const NAME: &'static str = "WhoCan";
    type Input = WhoCanRequest;
    type Output = WhoCanResponse;
}

/// What somebody could do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhoCanRequest {
    /// One action, such as `s3:GetObject`.
    pub action: String,
    /// One ARN, or `*` for actions that have no resource.
    pub resource: String,
    /// Condition keys that are known, and their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, Vec<String>>,
}

/// Everybody who could.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoCanResponse {
    /// The principals: at most 1,000.
    pub principals: Vec<Who>,
    /// Whether there are more than are told.
    pub truncated: bool,
}

/// A principal that could, or that could become one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    /// `account`, `user`, `role`, `serviceAccount`, `federated`, `service` or `anyone`.
    pub kind: String,
    /// Its ARN; of a service account, `NAMESPACE/NAME of cluster CLUSTER`.
    pub name: String,
    /// `always`, or `sometimes`: then the clauses say on what it depends.
    pub possibility: String,
    /// The statements that allow it, and those that may deny it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<Clause>,
    /// Of a role: who can become it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Self>,
}

/// A statement that takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Clause {
    /// What kind of policy it is in, such as `identity-based policy`.
    pub layer: String,
    /// The policy's name or ARN.
    pub policy: String,
    /// Its Sid, or its number from one.
    pub sid: String,
    /// Whether it denies.
    pub denies: bool,
    /// What is not known of it, such as `IpAddress aws:SourceIp: 10.0.0.0/8`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
}

/// Registers a cluster, as EKS's `CreateCluster` cannot: under an issuer of its own, or with its keys at once.
#[derive(Debug, Clone, Copy)]
pub struct RegisterCluster;

impl Call for RegisterCluster {
    const NAME: &'static str = "RegisterCluster";
    type Input = RegisterClusterRequest;
    type Output = ClusterAnswer;
}

/// The cluster to register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RegisterClusterRequest {
    /// Its name.
    pub name: String,
    /// The URL that its tokens name as their issuer. Left out, the issuer is hosted: discovery and keys are at
    /// `https://HOST/id/CLUSTER-ID`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The keys of its tokens, a JSON Web Key Set as text. They may be published later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<String>,
}

/// Replaces the keys that a cluster's tokens are verified with.
#[derive(Debug, Clone, Copy)]
pub struct PublishClusterKeys;

impl Call for PublishClusterKeys {
    const NAME: &'static str = "PublishClusterKeys";
    type Input = PublishClusterKeysRequest;
    type Output = ClusterAnswer;
}

/// The keys to publish.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublishClusterKeysRequest {
    /// The cluster's name.
    pub cluster: String,
    /// A JSON Web Key Set as text, such as the API server answers at `/openid/v1/jwks`.
    pub jwks: String,
}

/// The keys that a cluster's tokens are verified with now. EKS's `DescribeCluster` does not tell them.
#[derive(Debug, Clone, Copy)]
pub struct DescribeClusterKeys;

impl Call for DescribeClusterKeys {
    const NAME: &'static str = "DescribeClusterKeys";
    type Input = DescribeClusterKeysRequest;
    type Output = ClusterAnswer;
}

/// The cluster whose keys are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DescribeClusterKeysRequest {
    /// The cluster's name.
    pub cluster: String,
}

/// A cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterAnswer {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// Its issuer's URL.
    pub issuer: String,
    /// The ids of the keys that its tokens are verified with.
    pub key_ids: Vec<String>,
}

/// An answer that says nothing but that it is done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

/// What the private API answers where it refuses; the code stands in the header `x-amzn-ErrorType`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// A sentence.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(request: &ExplainRequest, json: &str) {
        assert_eq!(serde_json::to_string(request).unwrap(), json);
        assert_eq!(&serde_json::from_str::<ExplainRequest>(json).unwrap(), request);
    }

    #[test]
    fn requests_are_written_and_read() {
        let caller = ServiceAccount {
            cluster: None,
            namespace: "default".into(),
            name: "iam-test".into(),
        };
        check(&ExplainRequest::RequestId("7f0c".into()), r#"{"requestId":"7f0c"}"#);
        check(
            &ExplainRequest::Last {
                caller: None,
                denied: false,
            },
            r#"{"last":{"denied":false}}"#,
        );
        check(
            &ExplainRequest::Last {
                caller: Some(caller.clone()),
                denied: true,
            },
            r#"{"last":{"as":{"namespace":"default","name":"iam-test"},"denied":true}}"#,
        );
        check(
            &ExplainRequest::Hypothetical(HypotheticalRequest {
                caller,
                role: None,
                audience: None,
                action: "s3:GetObject".into(),
                resource: "arn:aws:s3:::b/k".into(),
                context: BTreeMap::from([("aws:SourceIp".into(), vec!["10.0.0.1".into()])]),
            }),
            r#"{"hypothetical":{"as":{"namespace":"default","name":"iam-test"},"action":"s3:GetObject","resource":"arn:aws:s3:::b/k","context":{"aws:SourceIp":["10.0.0.1"]}}}"#,
        );
    }

    #[test]
    fn a_misspelt_restriction_is_refused() {
        for json in [
            r#"{"last":{"denyed":true}}"#,
            r#"{"last":{},"requestId":"x"}"#,
            r#"{"last":{"as":{"namespace":"a","name":"b","cluter":"c"}}}"#,
            "{}",
        ] {
            assert!(serde_json::from_str::<ExplainRequest>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn paths_name_operations() {
        assert_eq!(operation("/rolecall/v1/Explain"), Some("Explain"));
        assert_eq!(operation("/rolecall/v1/"), None);
        assert_eq!(operation("/rolecall/v1/Explain/more"), None);
        assert_eq!(operation("/bucket/rolecall/v1/Explain"), None);
    }
}
