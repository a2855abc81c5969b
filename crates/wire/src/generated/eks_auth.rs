//! Amazon EKS Auth, version 2023-11-26. Written by `cargo xtask codegen` from `models/eks-auth.json`
//! (botocore 1.43.11); do not edit.

use jiff::Timestamp;

use crate::{
    operation::{Error, Protocol, Service, operations},
    secret::Secret,
    shape::{Rule, shape},
};

/// The service.
pub const EKS_AUTH: Service = Service {
    id: "eks-auth",
    version: "2023-11-26",
    namespace: "",
    protocol: Protocol::RestJson,
};

/// The faults that the model names.
pub mod error {
    use super::Error;

    /// `AccessDeniedException`
    pub const ACCESS_DENIED_EXCEPTION: Error = Error { code: "AccessDeniedException", status: 400 };

    /// `ExpiredTokenException`
    pub const EXPIRED_TOKEN_EXCEPTION: Error = Error { code: "ExpiredTokenException", status: 400 };

    /// `InternalServerException`
    pub const INTERNAL_SERVER_EXCEPTION: Error = Error { code: "InternalServerException", status: 500 };

    /// `InvalidParameterException`
    pub const INVALID_PARAMETER_EXCEPTION: Error = Error { code: "InvalidParameterException", status: 400 };

    /// `InvalidRequestException`
    pub const INVALID_REQUEST_EXCEPTION: Error = Error { code: "InvalidRequestException", status: 400 };

    /// `InvalidTokenException`
    pub const INVALID_TOKEN_EXCEPTION: Error = Error { code: "InvalidTokenException", status: 400 };

    /// `ResourceNotFoundException`
    pub const RESOURCE_NOT_FOUND_EXCEPTION: Error = Error { code: "ResourceNotFoundException", status: 404 };

    /// `ServiceUnavailableException`
    pub const SERVICE_UNAVAILABLE_EXCEPTION: Error = Error { code: "ServiceUnavailableException", status: 503 };

    /// `ThrottlingException`
    pub const THROTTLING_EXCEPTION: Error = Error { code: "ThrottlingException", status: 429 };
}

const CLUSTER_NAME: Rule = Rule::NONE.min(1).max(100).pattern(r"[0-9A-Za-z][A-Za-z0-9\-_]*");
const JWT_TOKEN: Rule = Rule::NONE.min(1).pattern(r"[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+\.[A-Za-z0-9-_=]+").sensitive();
const SECRET_STRING: Rule = Rule::NONE.sensitive();

shape! { pub struct AssumeRoleForPodIdentityRequest {
    cluster_name: String = "clusterName" at uri "clusterName" where CLUSTER_NAME,
    token: Secret = "token" where JWT_TOKEN,
} }

shape! { pub struct AssumeRoleForPodIdentityResponse {
    subject: Subject = "subject",
    audience: String = "audience",
    pod_identity_association: PodIdentityAssociation = "podIdentityAssociation",
    assumed_role_user: AssumedRoleUser = "assumedRoleUser",
    credentials: Credentials = "credentials",
} }

shape! { pub struct AssumedRoleUser {
    arn: String = "arn",
    assume_role_id: String = "assumeRoleId",
} }

shape! { pub sensitive struct Credentials {
    session_token: Secret = "sessionToken" where SECRET_STRING,
    secret_access_key: Secret = "secretAccessKey" where SECRET_STRING,
    access_key_id: String = "accessKeyId",
    expiration: Timestamp = "expiration",
} }

shape! { pub struct PodIdentityAssociation {
    association_arn: String = "associationArn",
    association_id: String = "associationId",
} }

shape! { pub struct Subject {
    namespace: String = "namespace",
    service_account: String = "serviceAccount",
} }

operations! { EKS_AUTH;
    AssumeRoleForPodIdentity(AssumeRoleForPodIdentityRequest) -> AssumeRoleForPodIdentityResponse = POST "/clusters/{clusterName}/assume-role-for-pod-identity"
        fails [THROTTLING_EXCEPTION INVALID_REQUEST_EXCEPTION ACCESS_DENIED_EXCEPTION INTERNAL_SERVER_EXCEPTION
            INVALID_TOKEN_EXCEPTION INVALID_PARAMETER_EXCEPTION EXPIRED_TOKEN_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION];
}
