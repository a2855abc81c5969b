//! `rolecall create|get|delete iamserviceaccount`: a role for a service account, and the service account with its
//! annotation.
//!
//! The plan comes from comparing what is wanted with what *is*, never with what was once done: a second run repairs
//! drift and otherwise changes nothing. Only roles that carry the tags of this very cluster, namespace and name are
//! touched, since a generated name may collide (threat 6).

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use rolecall_wire::generated::iam;
use serde::Serialize;
use serde_json::{Value, json};

use self::{
    role::{Actual, Role},
    wanted::Wanted,
};
use super::{
    associate::{AUDIENCE, Cluster},
    print::print,
};
use crate::{
    aws::Aws,
    cli::{CreateServiceAccount, DeleteServiceAccount, GetServiceAccount, Place, ServiceAccountName},
    kubernetes::{self, Kubernetes},
};

pub(crate) mod role;
pub(crate) mod wanted;
mod well_known;

/// One change, in the words of the plan.
enum Step {
    CreateProvider,
    CreateRole(Box<Role>),
    UpdateTrust {
        role: String,
        document: String,
    },
    SetBoundary {
        role: String,
        boundary: String,
    },
    RemoveBoundary {
        role: String,
    },
    Tag {
        role: String,
        tags: Vec<(String, String)>,
    },
    Attach {
        role: String,
        policy: String,
    },
    Detach {
        role: String,
        policy: String,
    },
    PutInline {
        role: String,
        name: String,
        document: String,
    },
    DeleteInline {
        role: String,
        name: String,
    },
    CreateServiceAccount {
        account: ServiceAccountName,
        labels: Vec<(String, String)>,
        annotations: Vec<(String, String)>,
    },
    Annotate {
        account: ServiceAccountName,
        labels: Vec<(String, String)>,
        annotations: Vec<(String, String)>,
    },
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::CreateProvider => write!(f, "create the cluster's IAM OIDC provider"),
            Self::CreateRole(role) => write!(f, "create role {}", role.name),
            Self::UpdateTrust { role, .. } => write!(f, "set the trust policy of role {role}"),
            Self::SetBoundary { role, boundary } => {
                write!(f, "set the permissions boundary of role {role} to {boundary}")
            }
            Self::RemoveBoundary { role } => write!(f, "remove the permissions boundary of role {role}"),
            Self::Tag { role, tags } => {
                let keys: Vec<&str> = tags.iter().map(|(key, _)| key.as_str()).collect();
                write!(f, "set tags {} of role {role}", keys.join(", "))
            }
            Self::Attach { role, policy } => write!(f, "attach {policy} to role {role}"),
            Self::Detach { role, policy } => write!(f, "detach {policy} from role {role}"),
            Self::PutInline { role, name, .. } => write!(f, "put inline policy {name} into role {role}"),
            Self::DeleteInline { role, name } => write!(f, "delete inline policy {name} of role {role}"),
            Self::CreateServiceAccount { account, .. } => write!(f, "create service account {account}"),
            Self::Annotate { account, .. } => write!(f, "annotate service account {account}"),
        }
    }
}

pub(crate) async fn create(arguments: CreateServiceAccount) -> Result<()> {
    let request = wanted::request(&arguments)?;
    let place = Place {
        region: arguments.place.region.or(request.region),
        profile: arguments.place.profile,
    };
    let aws = Aws::connect(&place).await?;
    let cluster = Cluster::describe(&aws, Some(&request.cluster)).await?;
    let mut steps = Vec::new();
    if !cluster.has_provider(&aws).await? {
        if !request.with_oidc {
            bail!(
                "unable to create iamserviceaccount(s) without IAM OIDC provider enabled; \
                 run `rolecall utils associate-iam-oidc-provider --cluster {} --approve` first",
                cluster.name
            );
        }
        steps.push(Step::CreateProvider);
    }
    let kubernetes = if request.wanted.iter().all(|wanted| wanted.role_only) {
        None
    } else {
        Some(Kubernetes::connect().await?)
    };
    for wanted in &request.wanted {
        plan(
            &aws,
            kubernetes.as_ref(),
            &cluster,
            wanted,
            arguments.override_existing_serviceaccounts,
            &mut steps,
        )
        .await?;
    }
    if steps.is_empty() {
        println!("nothing to do: everything is as it is wanted");
        return Ok(());
    }
    let approved = arguments.approve && !arguments.dry_run;
    for step in steps {
        if approved {
            let said = step.to_string();
            apply(&aws, kubernetes.as_ref(), &cluster, step)
                .await
                .with_context(|| said.clone())?;
            println!("done: {said}");
        } else {
            println!("(plan) would {step}");
        }
    }
    if !approved {
        println!("no changes were applied, run again with '--approve' to apply the changes");
    }
    Ok(())
}

async fn plan(
    aws: &Aws,
    kubernetes: Option<&Kubernetes>,
    cluster: &Cluster,
    wanted: &Wanted,
    override_existing: bool,
    steps: &mut Vec<Step>,
) -> Result<()> {
    let account = &wanted.account;
    let existing = match kubernetes {
        Some(kubernetes) if !wanted.role_only => kubernetes.service_account(account).await?,
        _ => None,
    };
    if let Some(existing) = &existing
        && !kubernetes::is_ours(existing)
        && !override_existing
    {
        println!(
            "serviceaccount \"{account}\" exists in the cluster and is left alone; \
             use --override-existing-serviceaccounts to annotate it"
        );
        return Ok(());
    }
    let role_arn = match &wanted.attach_role_arn {
        Some(arn) => arn.clone(),
        None => plan_role(aws, cluster, wanted, steps).await?,
    };
    if wanted.role_only {
        return Ok(());
    }
    let mut annotations = vec![(kubernetes::ROLE_ARN.to_owned(), role_arn)];
    annotations.extend(
        wanted
            .annotations
            .iter()
            .filter(|(key, _)| key != kubernetes::ROLE_ARN)
            .cloned(),
    );
    match existing {
        None => {
            let mut labels = wanted.labels.clone();
            labels.push((kubernetes::MANAGED_BY.to_owned(), kubernetes::MANAGER.to_owned()));
            steps.push(Step::CreateServiceAccount {
                account: account.clone(),
                labels,
                annotations,
            });
        }
        Some(existing) => {
            let lacks = |have: Option<&BTreeMap<String, String>>, want: &[(String, String)]| -> Vec<(String, String)> {
                want.iter()
                    .filter(|(key, value)| have.and_then(|have| have.get(key)) != Some(value))
                    .cloned()
                    .collect()
            };
            let annotations = lacks(existing.metadata.annotations.as_ref(), &annotations);
            let labels = lacks(existing.metadata.labels.as_ref(), &wanted.labels);
            if !annotations.is_empty() || !labels.is_empty() {
                steps.push(Step::Annotate {
                    account: account.clone(),
                    labels,
                    annotations,
                });
            }
        }
    }
    Ok(())
}

/// Plans what makes the role as it is wanted; tells its ARN.
async fn plan_role(aws: &Aws, cluster: &Cluster, wanted: &Wanted, steps: &mut Vec<Step>) -> Result<String> {
    let role = Role::wanted(cluster, wanted);
    let Some(actual) = Actual::read(aws, &role.name).await? else {
        let arn = role.arn(cluster);
        let name = role.name.clone();
        let (policies, inline) = (role.policies.clone(), role.inline.clone());
        steps.push(Step::CreateRole(Box::new(role)));
        steps.extend(policies.into_iter().map(|policy| Step::Attach {
            role: name.clone(),
            policy,
        }));
        steps.extend(inline.into_iter().map(|(policy, document)| Step::PutInline {
            role: name.clone(),
            name: policy,
            document,
        }));
        return Ok(arn);
    };
    if !actual.is_of(cluster, &wanted.account) {
        bail!(
            "a role named {} exists and was not made for service account {} of cluster {}: \
             it is left alone; choose another name with --role-name, or use it with --attach-role-arn {}",
            role.name,
            wanted.account,
            cluster.name,
            actual.arn
        );
    }
    if actual.trust != serde_json::from_str::<Value>(&role.trust).unwrap_or_default() {
        steps.push(Step::UpdateTrust {
            role: role.name.clone(),
            document: role.trust.clone(),
        });
    }
    match (&role.boundary, &actual.boundary) {
        (Some(wanted), actual) if Some(wanted) != actual.as_ref() => {
            steps.push(Step::SetBoundary {
                role: role.name.clone(),
                boundary: wanted.clone(),
            });
        }
        (None, Some(_)) => steps.push(Step::RemoveBoundary {
            role: role.name.clone(),
        }),
        _ => {}
    }
    let tags: Vec<_> = role
        .tags
        .iter()
        .filter(|(key, value)| actual.tags.get(key) != Some(value))
        .cloned()
        .collect();
    if !tags.is_empty() {
        steps.push(Step::Tag {
            role: role.name.clone(),
            tags,
        });
    }
    // What was attached by hand is drift of the security-relevant kind: it goes, and the plan says so.
    for policy in actual.policies.iter().filter(|policy| !role.policies.contains(policy)) {
        steps.push(Step::Detach {
            role: role.name.clone(),
            policy: policy.clone(),
        });
    }
    for policy in role.policies.iter().filter(|policy| !actual.policies.contains(*policy)) {
        steps.push(Step::Attach {
            role: role.name.clone(),
            policy: policy.clone(),
        });
    }
    for name in actual
        .inline
        .keys()
        .filter(|name| !role.inline.iter().any(|(wanted, _)| wanted == *name))
    {
        steps.push(Step::DeleteInline {
            role: role.name.clone(),
            name: name.clone(),
        });
    }
    for (name, document) in &role.inline {
        let same = |actual: &Value| serde_json::from_str::<Value>(document).is_ok_and(|wanted| wanted == *actual);
        if !actual.inline.get(name).is_some_and(same) {
            steps.push(Step::PutInline {
                role: role.name.clone(),
                name: name.clone(),
                document: document.clone(),
            });
        }
    }
    Ok(actual.arn)
}

async fn apply(aws: &Aws, kubernetes: Option<&Kubernetes>, cluster: &Cluster, step: Step) -> Result<()> {
    match step {
        Step::CreateProvider => cluster.create_provider(aws).await?,
        Step::CreateRole(role) => role.create(aws).await?,
        Step::UpdateTrust { role, document } => {
            let input = iam::UpdateAssumeRolePolicyRequest {
                role_name: role,
                policy_document: document,
            };
            aws.client.call::<iam::UpdateAssumeRolePolicy>(input).await?;
        }
        Step::SetBoundary { role, boundary } => {
            let input = iam::PutRolePermissionsBoundaryRequest {
                role_name: role,
                permissions_boundary: boundary,
            };
            aws.client.call::<iam::PutRolePermissionsBoundary>(input).await?;
        }
        Step::RemoveBoundary { role } => {
            let input = iam::DeleteRolePermissionsBoundaryRequest { role_name: role };
            aws.client.call::<iam::DeleteRolePermissionsBoundary>(input).await?;
        }
        Step::Tag { role, tags } => {
            let input = iam::TagRoleRequest {
                role_name: role,
                tags: role::tags(&tags),
            };
            aws.client.call::<iam::TagRole>(input).await?;
        }
        Step::Attach { role, policy } => {
            let input = iam::AttachRolePolicyRequest {
                role_name: role,
                policy_arn: policy,
            };
            aws.client.call::<iam::AttachRolePolicy>(input).await?;
        }
        Step::Detach { role, policy } => {
            let input = iam::DetachRolePolicyRequest {
                role_name: role,
                policy_arn: policy,
            };
            aws.client.call::<iam::DetachRolePolicy>(input).await?;
        }
        Step::PutInline { role, name, document } => {
            let input = iam::PutRolePolicyRequest {
                role_name: role,
                policy_name: name,
                policy_document: document,
            };
            aws.client.call::<iam::PutRolePolicy>(input).await?;
        }
        Step::DeleteInline { role, name } => {
            let input = iam::DeleteRolePolicyRequest {
                role_name: role,
                policy_name: name,
            };
            aws.client.call::<iam::DeleteRolePolicy>(input).await?;
        }
        Step::CreateServiceAccount {
            account,
            labels,
            annotations,
        } => {
            let kubernetes = kubernetes.context("not connected to Kubernetes")?;
            kubernetes.ensure_namespace(&account.namespace).await?;
            kubernetes.create(&account, &labels, &annotations).await?;
        }
        Step::Annotate {
            account,
            labels,
            annotations,
        } => {
            let kubernetes = kubernetes.context("not connected to Kubernetes")?;
            let annotations: Vec<_> = annotations.into_iter().map(|(key, value)| (key, Some(value))).collect();
            kubernetes.annotate(&account, &labels, &annotations).await?;
        }
    }
    Ok(())
}

/// A service account with a role, as it is listed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    namespace: String,
    name: String,
    #[serde(rename = "roleARN")]
    role_arn: String,
}

pub(crate) async fn get(arguments: GetServiceAccount) -> Result<()> {
    let aws = Aws::connect(&arguments.place).await?;
    let cluster = Cluster::describe(&aws, arguments.cluster.as_deref()).await?;
    let kubernetes = Kubernetes::connect().await?;
    let mut listed: BTreeMap<(String, String), String> = BTreeMap::new();
    for account in kubernetes.service_accounts(arguments.namespace.as_deref()).await? {
        let arn = kubernetes::annotation(&account, kubernetes::ROLE_ARN).map(str::to_owned);
        if let (Some(arn), Some(namespace), Some(name)) = (arn, account.metadata.namespace, account.metadata.name) {
            listed.insert((namespace, name), arn);
        }
    }
    for (account, arn) in role::of_cluster(&aws, &cluster).await? {
        listed.entry((account.namespace, account.name)).or_insert(arn);
    }
    let wanted = |namespace: &str, name: &str| {
        arguments.name.as_deref().is_none_or(|wanted| wanted == name)
            && arguments.namespace.as_deref().is_none_or(|wanted| wanted == namespace)
    };
    let items: Vec<Listed> = listed
        .into_iter()
        .filter(|((namespace, name), _)| wanted(namespace, name))
        .map(|((namespace, name), role_arn)| Listed {
            namespace,
            name,
            role_arn,
        })
        .collect();
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|item| vec![item.namespace.clone(), item.name.clone(), item.role_arn.clone()])
        .collect();
    print(
        arguments.output.output,
        &items,
        &["NAMESPACE", "NAME", "ROLE ARN"],
        &rows,
    )
}

pub(crate) async fn delete(arguments: DeleteServiceAccount) -> Result<()> {
    let name = arguments.name.context("--name must be set")?;
    let account: ServiceAccountName = format!("{}/{name}", arguments.namespace)
        .parse()
        .map_err(|error: String| anyhow::anyhow!(error))?;
    let aws = Aws::connect(&arguments.place).await?;
    let cluster = Cluster::describe(&aws, arguments.cluster.as_deref()).await?;
    let kubernetes = Kubernetes::connect().await?;
    let existing = kubernetes.service_account(&account).await?;
    let annotated = existing
        .as_ref()
        .and_then(|account| kubernetes::annotation(account, kubernetes::ROLE_ARN));
    // The role by its annotation where there is one (it may have a name of its own), else by its generated name.
    let role_name = match annotated {
        Some(arn) => arn.rsplit('/').next().unwrap_or_default().to_owned(),
        None => role::generated_name(&cluster, &account),
    };
    let actual = Actual::read(&aws, &role_name)
        .await?
        .filter(|actual| actual.is_of(&cluster, &account));
    if actual.is_none() && existing.is_none() {
        println!("nothing to do: service account {account} and its role are not there");
        return Ok(());
    }
    if let Some(actual) = &actual {
        if arguments.dry_run {
            println!("(plan) would delete role {role_name}");
        } else {
            actual.delete(&aws).await?;
            println!("done: delete role {role_name}");
        }
    } else if let Some(arn) = annotated {
        println!("role {arn} was not made for this service account and stays");
    }
    match existing {
        Some(existing) if kubernetes::is_ours(&existing) => {
            if arguments.dry_run {
                println!("(plan) would delete service account {account}");
            } else {
                kubernetes.delete(&existing).await?;
                println!("done: delete service account {account}");
            }
        }
        Some(_) if actual.is_some() => {
            if arguments.dry_run {
                println!("(plan) would remove the annotation of service account {account}");
            } else {
                kubernetes
                    .annotate(&account, &[], &[(kubernetes::ROLE_ARN.to_owned(), None)])
                    .await?;
                println!("done: remove the annotation of service account {account}, which this program did not make");
            }
        }
        Some(_) => println!("service account {account} was not made by this program and stays"),
        None => {}
    }
    Ok(())
}

/// The trust policy that eksctl writes: one provider, one audience, one service account.
fn trust(cluster: &Cluster, account: &ServiceAccountName) -> String {
    let issuer = &cluster.issuer;
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Federated": cluster.provider_arn() },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": {
                format!("{issuer}:aud"): AUDIENCE,
                format!("{issuer}:sub"): format!("system:serviceaccount:{}:{}", account.namespace, account.name),
            }},
        }],
    })
    .to_string()
}
