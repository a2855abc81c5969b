//! `rolecall explain`: why a request was allowed or refused, as the control plane wrote it down.

use std::{collections::BTreeMap, io::IsTerminal};

use anyhow::{Context, Result};
use rolecall_policy::Explanation;
use rolecall_wire::private::{self, ExplainRequest, HypotheticalRequest, ServiceAccount};

use super::print::printable;
use crate::{
    aws::Aws,
    cli::{Explain, Format, Place, ServiceAccountName},
    kubernetes::{self, Kubernetes},
};

pub(crate) async fn run(arguments: Explain) -> Result<()> {
    let aws = Aws::connect(&Place::default()).await?;
    let cluster = arguments.cluster;
    let caller = arguments.service_account.clone().map(|account| ServiceAccount {
        cluster,
        namespace: account.namespace,
        name: account.name,
    });
    let request = match (arguments.request_id, arguments.action, arguments.resource, caller) {
        (Some(id), ..) => ExplainRequest::RequestId(id),
        (None, Some(action), Some(resource), Some(caller)) => {
            let context = circumstances(&arguments.context)?;
            let (role, audience) = match (arguments.role, &arguments.service_account) {
                (Some(role), _) => (Some(role), None),
                (None, Some(account)) => annotations(account).await?,
                (None, None) => (None, None),
            };
            ExplainRequest::Hypothetical(HypotheticalRequest {
                caller,
                role,
                audience,
                action,
                resource,
                context,
            })
        }
        (None, _, _, caller) => ExplainRequest::Last { caller, denied: false },
    };
    let answer = aws.client.private::<private::Explain>(&request).await?;
    match arguments.output.output {
        Format::Json => println!("{}", serde_json::to_string_pretty(&answer)?),
        Format::Yaml => print!("{}", serde_norway::to_string(&answer)?),
        Format::Table => {
            if let (Some(id), Some(time)) = (&answer.request_id, &answer.time) {
                println!("request {} at {}", printable(id), printable(time));
            }
            for link in &answer.chain {
                let mark = if link.holds { "ok" } else { "NO" };
                println!("{mark}  {:<12}  {}", printable(&link.name), printable(&link.seen));
            }
            if !answer.chain.is_empty() {
                println!();
            }
            let colours = std::io::stdout().is_terminal() && crate::environment("NO_COLOR").is_none();
            match serde_json::from_value::<Explanation>(answer.explanation) {
                Ok(explanation) => print!("{}", explanation.to_text(colours)),
                Err(_) => answer.text.lines().for_each(|line| println!("{}", printable(line))),
            }
        }
    }
    Ok(())
}

/// Condition keys and their values, from `KEY=VALUE`.
pub(crate) fn circumstances(pairs: &[String]) -> Result<BTreeMap<String, Vec<String>>> {
    let mut context: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in pairs {
        let (key, value) = pair
            .split_once('=')
            .with_context(|| format!("`{pair}` is not KEY=VALUE"))?;
        context.entry(key.to_owned()).or_default().push(value.to_owned());
    }
    Ok(context)
}

/// The role that the service account asks for, and the audience if it names one.
async fn annotations(account: &ServiceAccountName) -> Result<(Option<String>, Option<String>)> {
    let kubernetes = Kubernetes::connect().await?;
    let found = kubernetes
        .service_account(account)
        .await?
        .with_context(|| format!("there is no service account {account}"))?;
    let annotation = |key| kubernetes::annotation(&found, key).map(str::to_owned);
    Ok((annotation(kubernetes::ROLE_ARN), annotation(kubernetes::AUDIENCE)))
}
