//! The control plane's outside: listeners, dispatch, the AWS services, the OIDC endpoints, audit sinks and metrics. Only
//! adapters: how something is decided is not known here.

pub mod api;
pub mod audit;
pub mod aws;
pub mod body;
pub mod clock;
pub mod control;
pub mod dispatch;
pub mod fetch;
pub mod gateways;
pub mod listen;
pub mod meters;
pub mod oidc;
mod private;
pub mod quota;
pub mod reports;
pub mod server;
