//! The verbs of eksctl's grammar. Each speaks AWS's APIs and Kubernetes' as any client does, and holds no authority.

pub(crate) mod account;
pub(crate) mod associate;
pub(crate) mod cluster;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod iamserviceaccount;
pub(crate) mod install;
pub(crate) mod lint;
pub(crate) mod print;
pub(crate) mod revoke;
pub(crate) mod signing_key;
pub(crate) mod who_can;
