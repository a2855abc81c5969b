//! What AWS's APIs know: cluster, provider, role; and what comes of showing the token.

use rolecall_wire::{
    generated::{eks, iam, sts},
    private::{self, ClusterAnswer, DescribeClusterKeysRequest, ExplainRequest},
};

use super::{
    super::{
        cluster,
        facts::{Association, Caller, Cluster, Exchange, Facts, Found, Provider, Question, Role, Simulated},
        token::Token,
    },
    documents::{call, documents},
};
use crate::{aws::Aws, cli::ServiceAccountName};

/// The life of the session that is tried, in seconds: the shortest that STS gives.
const SESSION_LIFE: i32 = 900;
/// The session's name, by which an audit log shows whose exchange it was.
const SESSION: &str = "rolecall-doctor";
/// The most clusters that are described to find the one that is meant.
const CLUSTERS: usize = 100;

pub(super) async fn gather(facts: &mut Facts, aws: &Aws) {
    for (name, service) in [("STS", "sts"), ("IAM", "iam"), ("EKS", "eks")] {
        if let Ok(endpoint) = aws.client.endpoint(service) {
            let called = call(&[&aws.client], name, endpoint.url()).await;
            facts.places.push(called.0);
        }
    }
    if facts.caller.there().is_some() {
        of_cluster(facts, aws).await;
        of_account(facts, aws).await;
    } else {
        // Each would be refused in the same words.
        let why = "these credentials are not answered";
        facts.cluster = Found::Failed(why.to_owned());
        facts.providers = Found::Failed(why.to_owned());
        facts.role = facts.role_arn().map(|_| Found::Failed(why.to_owned()));
    }
    if let Some(issuer) = facts.issuer().map(str::to_owned) {
        documents(facts, aws, &issuer).await;
    }
    if let (true, Some(arn), Some(token)) = (facts.question.exchange, facts.role_arn(), facts.token()) {
        facts.exchange = Some(exchange(aws, arn, token, facts.is_rolecall()).await);
    }
}

async fn of_cluster(facts: &mut Facts, aws: &Aws) {
    facts.cluster = find_cluster(aws, facts).await;
    let Some(cluster) = facts.cluster.there() else { return };
    let input = DescribeClusterKeysRequest {
        cluster: cluster.name.clone(),
    };
    let answer = aws.client.private::<private::DescribeClusterKeys>(&input).await;
    let found = Found::of_aws(answer, "eks:DescribeCluster");
    facts.registered_keys = Some(found.map(|answer: ClusterAnswer| answer.key_ids));
    if let Some(account) = facts.account_name() {
        facts.associations = Some(associations(aws, &cluster.name, &account).await);
    }
}

/// Provider, role and permissions, which are of the role's account.
async fn of_account(facts: &mut Facts, aws: &Aws) {
    if facts.elsewhere().is_some() {
        return;
    }
    let answer = aws
        .client
        .call::<iam::ListOpenIDConnectProviders>(iam::ListOpenIDConnectProvidersRequest {})
        .await;
    facts.providers = Found::of_aws(answer, "iam:ListOpenIDConnectProviders").map(|answer| {
        let listed = answer.open_id_connect_provider_list.unwrap_or_default();
        listed.into_iter().filter_map(|provider| provider.arn).collect()
    });
    let listed = |arn: &String| facts.providers.there().is_some_and(|all| all.contains(arn));
    if let Some(arn) = facts.provider_arn().filter(listed) {
        facts.provider = Some(provider(aws, arn).await);
    }
    if let Some(arn) = facts.role_arn() {
        facts.role = Some(role(aws, &arn).await);
    }
    if let (Some(action), Some(Found::There(role))) = (facts.question.action.clone(), &facts.role) {
        facts.simulated = Some(simulate(aws, role.arn.clone(), action, &facts.question).await);
    }
}

pub(super) async fn caller(aws: &Aws) -> Found<Caller> {
    let answer = aws
        .client
        .call::<sts::GetCallerIdentity>(sts::GetCallerIdentityRequest {})
        .await;
    match Found::of_aws(answer, "sts:GetCallerIdentity") {
        Found::There(sts::GetCallerIdentityResponse {
            arn: Some(arn),
            account: Some(account),
            ..
        }) => Found::There(Caller { arn, account }),
        Found::There(_) => Found::Failed("STS does not say who these credentials are".to_owned()),
        other => other.map(|_| Caller {
            arn: String::new(),
            account: String::new(),
        }),
    }
}

async fn describe(aws: &Aws, name: &str) -> Found<Cluster> {
    let input = eks::DescribeClusterRequest { name: name.to_owned() };
    let answer = aws.client.call::<eks::DescribeCluster>(input).await;
    Found::of_aws(answer, "eks:DescribeCluster").map(|answer| {
        let identity = answer.cluster.and_then(|cluster| cluster.identity);
        Cluster {
            name: name.to_owned(),
            issuer: identity.and_then(|identity| identity.oidc).and_then(|oidc| oidc.issuer),
        }
    })
}

async fn find_cluster(aws: &Aws, facts: &Facts) -> Found<Cluster> {
    if let Some(name) = &facts.question.cluster {
        return describe(aws, name).await;
    }
    let mut names = Vec::new();
    let mut next_token = None;
    loop {
        let input = eks::ListClustersRequest {
            next_token,
            ..Default::default()
        };
        let page = match Found::of_aws(aws.client.call::<eks::ListClusters>(input).await, "eks:ListClusters") {
            Found::There(page) => page,
            Found::Forbidden(permission) => {
                return Found::Failed(format!(
                    "{permission} is not allowed to these credentials: name the cluster with --cluster"
                ));
            }
            other => {
                return other.map(|_| Cluster {
                    name: String::new(),
                    issuer: None,
                });
            }
        };
        names.extend(page.clusters.unwrap_or_default());
        match page.next_token {
            Some(next) if names.len() < CLUSTERS => next_token = Some(next),
            _ => break,
        }
    }
    let mut all = Vec::new();
    for name in names.iter().take(CLUSTERS) {
        match describe(aws, name).await {
            Found::There(cluster) => all.push(cluster),
            // Deleted since it was listed.
            Found::Absent => {}
            other => return other,
        }
    }
    cluster::pick(all, facts.issuer())
}

async fn provider(aws: &Aws, arn: String) -> Found<Provider> {
    let input = iam::GetOpenIDConnectProviderRequest {
        open_id_connect_provider_arn: arn,
    };
    let answer = aws.client.call::<iam::GetOpenIDConnectProvider>(input).await;
    Found::of_aws(answer, "iam:GetOpenIDConnectProvider").map(|answer| Provider {
        client_ids: answer.client_id_list.unwrap_or_default(),
    })
}

async fn role(aws: &Aws, arn: &str) -> Found<Role> {
    // The name is what stands after the path.
    let input = iam::GetRoleRequest {
        role_name: arn.rsplit('/').next().unwrap_or_default().to_owned(),
    };
    let answer = aws.client.call::<iam::GetRole>(input).await;
    Found::of_aws(answer, "iam:GetRole").map(|answer| {
        let document = answer.role.assume_role_policy_document.unwrap_or_default();
        let tags = answer.role.tags.unwrap_or_default();
        Role {
            arn: answer.role.arn,
            // IAM answers documents percent-encoded (RFC 3986).
            trust: percent_encoding::percent_decode_str(&document)
                .decode_utf8_lossy()
                .into_owned(),
            tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
        }
    })
}

async fn associations(aws: &Aws, cluster: &str, account: &ServiceAccountName) -> Found<Vec<Association>> {
    let input = eks::ListPodIdentityAssociationsRequest {
        cluster_name: cluster.to_owned(),
        namespace: Some(account.namespace.clone()),
        service_account: Some(account.name.clone()),
        ..Default::default()
    };
    let answer = aws.client.call::<eks::ListPodIdentityAssociations>(input).await;
    let listed = match Found::of_aws(answer, "eks:ListPodIdentityAssociations") {
        Found::There(answer) => answer.associations.unwrap_or_default(),
        other => return other.map(|_| Vec::new()),
    };
    let mut all = Vec::new();
    for summary in listed {
        let id = summary.association_id.unwrap_or_default();
        let input = eks::DescribePodIdentityAssociationRequest {
            cluster_name: cluster.to_owned(),
            association_id: id.clone(),
        };
        let described = aws.client.call::<eks::DescribePodIdentityAssociation>(input).await.ok();
        let role = described.and_then(|it| it.association).and_then(|it| it.role_arn);
        all.push(Association {
            id,
            role: role.unwrap_or_else(|| "a role".to_owned()),
        });
    }
    Found::There(all)
}

/// Shows the token to STS. The credentials that come of it are dropped unseen.
async fn exchange(aws: &Aws, arn: String, token: &Token, is_rolecall: bool) -> Exchange {
    let input = sts::AssumeRoleWithWebIdentityRequest {
        role_arn: arn,
        role_session_name: SESSION.to_owned(),
        web_identity_token: token.whole.clone(),
        duration_seconds: Some(SESSION_LIFE),
        ..Default::default()
    };
    let error = match aws.client.call::<sts::AssumeRoleWithWebIdentity>(input).await {
        Ok(answer) => {
            let user = answer.assumed_role_user;
            return Exchange::Done {
                arn: user.map(|user| user.arn).unwrap_or_default(),
            };
        }
        Err(error) => error,
    };
    let (Some(code), Some(message)) = (error.code(), error.message()) else {
        return Exchange::Failed(format!("{:#}", anyhow::Error::new(error)));
    };
    let request_id = error.request_id().map(str::to_owned);
    let told = match &request_id {
        Some(id) if is_rolecall => {
            let asked = ExplainRequest::RequestId(id.clone());
            aws.client
                .private::<private::Explain>(&asked)
                .await
                .ok()
                .map(|answer| answer.text)
        }
        _ => None,
    };
    Exchange::Refused {
        code: code.to_owned(),
        message: message.to_owned(),
        request_id,
        told: told.filter(|text| !text.is_empty()),
    }
}

async fn simulate(aws: &Aws, arn: String, action: String, question: &Question) -> Found<Simulated> {
    let entry = |(key, values): (&String, &Vec<String>)| iam::ContextEntry {
        context_key_name: Some(key.clone()),
        context_key_values: Some(values.clone()),
        context_key_type: Some(if values.len() == 1 { "string" } else { "stringList" }.to_owned()),
    };
    let entries: Vec<_> = question.context.iter().map(entry).collect();
    let input = iam::SimulatePrincipalPolicyRequest {
        policy_source_arn: arn,
        action_names: vec![action],
        resource_arns: question.resource.clone().map(|resource| vec![resource]),
        context_entries: (!entries.is_empty()).then_some(entries),
        ..Default::default()
    };
    let answer = aws.client.call::<iam::SimulatePrincipalPolicy>(input).await;
    let found = Found::of_aws(answer, "iam:SimulatePrincipalPolicy");
    found.map(|answer| {
        let first = answer.evaluation_results.unwrap_or_default().into_iter().next();
        first.map(simulated).unwrap_or_default()
    })
}

fn simulated(result: iam::EvaluationResult) -> Simulated {
    let statements = result.matched_statements.unwrap_or_default();
    Simulated {
        decision: result.eval_decision,
        matched: statements.into_iter().filter_map(|it| it.source_policy_id).collect(),
        missing: result.missing_context_values.unwrap_or_default(),
        by_boundary: result
            .permissions_boundary_decision_detail
            .and_then(|detail| detail.allowed_by_permissions_boundary),
        by_organization: result
            .organizations_decision_detail
            .and_then(|detail| detail.allowed_by_organizations),
    }
}
