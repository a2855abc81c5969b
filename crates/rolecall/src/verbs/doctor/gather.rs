//! Asks Kubernetes' API and AWS's for what the links are judged by. Whatever cannot be had is told as such, and nothing
//! that needs it is asked.

use super::facts::{Facts, Found, Question, Subject};
use crate::{aws::Aws, cli::Place, clock, kubernetes::Kubernetes};

mod aws;
mod documents;
mod kubernetes;

pub(super) async fn gather(subject: Subject, question: Question, place: &Place) -> Facts {
    let mut facts = Facts::new(subject, question, clock::timestamp().as_second());
    let aws = match Aws::connect(place).await {
        Ok(aws) => Some(aws),
        Err(error) => {
            let why = format!("{error:#}");
            facts.caller = Found::Failed(why.clone());
            facts.cluster = Found::Failed("there are no credentials".to_owned());
            facts.providers = Found::Failed("there are no credentials".to_owned());
            None
        }
    };
    if let Some(aws) = &aws {
        facts.region.clone_from(&aws.region);
        facts.caller = aws::caller(aws).await;
    }
    match Kubernetes::connect().await {
        Ok(kubernetes) => kubernetes::gather(&mut facts, &kubernetes).await,
        Err(error) => {
            let why = format!("{error:#}");
            facts.api_server = Found::Failed(why.clone());
            facts.webhooks = Found::Failed(why.clone());
            facts.own_discovery = Found::Failed(why.clone());
            facts.own_keys = Found::Failed(why.clone());
            if facts.subject != Subject::Common {
                facts.account = Some(Found::Failed(why.clone()));
                facts.pod = matches!(facts.subject, Subject::Pod(_)).then_some(Found::Failed(why));
            }
        }
    }
    if let Some(aws) = &aws {
        aws::gather(&mut facts, aws).await;
    }
    facts
}
