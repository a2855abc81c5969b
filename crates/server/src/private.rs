//! The private API's operations: decided, acted and recorded like those of AWS's services. Their shapes are in
//! `rolecall_wire::private`; to answer one more, implement [`Private`] for it and name it in [`handler`].

use std::{
    future::Future,
    path::{Path, PathBuf},
};

use rolecall_identity::{Operation, Permit};
use rolecall_wire::private::{self, Call};

use crate::aws::{
    fault::Fault,
    operation::{Answering, Cx, Subject, audited, permitted},
};

mod account;
mod cluster;
mod explain;
mod gateway;
mod hypothetical;
mod revocation;
mod signing_key;
mod who_can;

/// An operation of the private API that is answered.
pub(crate) trait Private: Call<Input: Send + Sync, Output: Send> + 'static {
    /// The action that a caller must be allowed.
    type Op: Operation;

    /// Whether there is an event of it where it was allowed; of a refusal there always is.
    const RECORDED: bool = true;

    /// The ARN of what it is about.
    fn resource(cx: &Cx, input: &Self::Input) -> String;

    /// What was asked, as the audit log shows it.
    fn parameters(input: &Self::Input) -> serde_json::Value {
        serde_json::to_value(input).unwrap_or_default()
    }

    /// Answers it. `log` is the directory of the audit log.
    fn answer(
        cx: &Cx,
        permit: Permit<Self::Op>,
        input: Self::Input,
        log: &Path,
    ) -> impl Future<Output = Result<Self::Output, Fault>> + Send;
}

/// An operation's name and how it is answered.
pub(crate) struct Handler {
    pub(crate) name: &'static str,
    pub(crate) answer: fn(Cx, PathBuf) -> Answering,
}

/// The handler of an operation, if it has one.
pub(crate) fn handler(name: &str) -> Option<Handler> {
    Some(match name {
        private::ChangeGatewayBucket::NAME => of::<private::ChangeGatewayBucket>(),
        private::CreateAccount::NAME => of::<private::CreateAccount>(),
        private::DeleteAccount::NAME => of::<private::DeleteAccount>(),
        private::DeleteRevocation::NAME => of::<private::DeleteRevocation>(),
        private::DescribeClusterKeys::NAME => of::<private::DescribeClusterKeys>(),
        private::Explain::NAME => of::<private::Explain>(),
        private::GetGatewayBucket::NAME => of::<private::GetGatewayBucket>(),
        private::GetGatewayCaller::NAME => of::<private::GetGatewayCaller>(),
        private::GetGatewayRevision::NAME => of::<private::GetGatewayRevision>(),
        private::ListAccounts::NAME => of::<private::ListAccounts>(),
        private::ListGatewayBuckets::NAME => of::<private::ListGatewayBuckets>(),
        private::ListRevocations::NAME => of::<private::ListRevocations>(),
        private::RotateSigningKeys::NAME => of::<private::RotateSigningKeys>(),
        private::RecordGatewayDecisions::NAME => of::<private::RecordGatewayDecisions>(),
        private::Revoke::NAME => of::<private::Revoke>(),
        private::PublishClusterKeys::NAME => of::<private::PublishClusterKeys>(),
        private::RegisterCluster::NAME => of::<private::RegisterCluster>(),
        private::WhoCan::NAME => of::<private::WhoCan>(),
        _ => return None,
    })
}

fn of<P: Private>() -> Handler {
    Handler {
        name: P::NAME,
        answer: answer::<P>,
    }
}

fn answer<P: Private>(mut cx: Cx, log: PathBuf) -> Answering {
    Box::pin(async move {
        let input: P::Input = serde_json::from_slice(&cx.request.body)
            .map_err(|error| Fault::sender("SerializationException", 400, error.to_string()))?;
        let about = Subject {
            source: private::SERVICE,
            name: P::NAME,
            parameters: P::parameters(&input).into(),
            resource: P::resource(&cx, &input),
            context: cx.context(),
        };
        let output: P::Output = if P::RECORDED {
            audited::<P::Op, _>(&mut cx, about, |cx, permit| {
                Box::pin(async move { P::answer(cx, permit, input, &log).await })
            })
            .await?
        } else {
            let permit = permitted::<P::Op>(&mut cx, about).await?;
            P::answer(&cx, permit, input, &log).await?
        };
        serde_json::to_string(&output).map_err(|_| Fault::internal())
    })
}
