//! What runs in each Kubernetes cluster: the admission webhook that makes `eks.amazonaws.com/role-arn` work there as on
//! EKS. It holds no authority: it asks for a role on a pod's behalf, and only the role's trust policy grants it (threat 7).

pub mod admission;
pub mod certificate;
mod decider;
#[cfg(test)]
mod fake;
mod granted;
mod mirror;
pub mod pods;
pub mod webhook;

pub use granted::OPEN_LABEL;

/// Gives any number.
pub type Chance = std::sync::Arc<dyn Fn() -> u32 + Send + Sync>;
