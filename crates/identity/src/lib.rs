//! The domain: accounts, principals, policies, providers, clusters, sessions, tokens, permits and audit events.
