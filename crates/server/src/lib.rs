//! The control plane's outside: listeners, dispatch, the AWS services, the OIDC endpoints, audit sinks and metrics.
