//! What runs in each Kubernetes cluster: the admission webhook that makes `eks.amazonaws.com/role-arn` work there as on
//! EKS. It holds no authority: it asks for a role on a pod's behalf, and only the role's trust policy grants it (threat 7).

pub mod admission;
