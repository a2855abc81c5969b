//! AWS Security Token Service, version 2011-06-15. Written by `cargo xtask codegen` from `models/sts.json`
//! (botocore 1.43.11); do not edit.

use jiff::Timestamp;

use crate::{
    operation::{Error, Protocol, Service, operations},
    secret::Secret,
    shape::{Rule, shape},
};

/// The service.
pub const STS: Service = Service {
    id: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    protocol: Protocol::Query,
};

/// The faults that the model names.
pub mod error {
    use super::Error;

    /// `ExpiredTokenException`
    pub const EXPIRED_TOKEN_EXCEPTION: Error = Error { code: "ExpiredTokenException", status: 400 };

    /// `ExpiredTradeInTokenException`
    pub const EXPIRED_TRADE_IN_TOKEN_EXCEPTION: Error = Error { code: "ExpiredTradeInTokenException", status: 400 };

    /// `IDPCommunicationError`
    pub const IDP_COMMUNICATION_ERROR_EXCEPTION: Error = Error { code: "IDPCommunicationError", status: 400 };

    /// `IDPRejectedClaim`
    pub const IDP_REJECTED_CLAIM_EXCEPTION: Error = Error { code: "IDPRejectedClaim", status: 403 };

    /// `InvalidAuthorizationMessageException`
    pub const INVALID_AUTHORIZATION_MESSAGE_EXCEPTION: Error = Error { code: "InvalidAuthorizationMessageException", status: 400 };

    /// `InvalidIdentityToken`
    pub const INVALID_IDENTITY_TOKEN_EXCEPTION: Error = Error { code: "InvalidIdentityToken", status: 400 };

    /// `JWTPayloadSizeExceededException`
    pub const JWT_PAYLOAD_SIZE_EXCEEDED_EXCEPTION: Error = Error { code: "JWTPayloadSizeExceededException", status: 400 };

    /// `MalformedPolicyDocument`
    pub const MALFORMED_POLICY_DOCUMENT_EXCEPTION: Error = Error { code: "MalformedPolicyDocument", status: 400 };

    /// `OutboundWebIdentityFederationDisabledException`
    pub const OUTBOUND_WEB_IDENTITY_FEDERATION_DISABLED_EXCEPTION: Error = Error { code: "OutboundWebIdentityFederationDisabledException", status: 403 };

    /// `PackedPolicyTooLarge`
    pub const PACKED_POLICY_TOO_LARGE_EXCEPTION: Error = Error { code: "PackedPolicyTooLarge", status: 400 };

    /// `RegionDisabledException`
    pub const REGION_DISABLED_EXCEPTION: Error = Error { code: "RegionDisabledException", status: 403 };

    /// `SessionDurationEscalationException`
    pub const SESSION_DURATION_ESCALATION_EXCEPTION: Error = Error { code: "SessionDurationEscalationException", status: 403 };
}

const PROVIDED_CONTEXTS_LIST_TYPE: Rule = Rule::NONE.min(1).max(5);
const ROOT_DURATION_SECONDS_TYPE: Rule = Rule::NONE.min(0).max(900);
const SAML_ASSERTION_TYPE: Rule = Rule::NONE.min(4).max(100_000).sensitive();
const SECRET_STRING: Rule = Rule::NONE.sensitive();
const TARGET_PRINCIPAL_TYPE: Rule = Rule::NONE.min(12).max(2048);
const ACCESS_KEY_ID_TYPE: Rule = Rule::NONE.min(16).max(128).pattern(r"[\w]*");
const ACCESS_KEY_SECRET_TYPE: Rule = Rule::NONE.sensitive();
const ARN_TYPE: Rule = Rule::NONE.min(20).max(2048).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+");
const ASSUMED_ROLE_ID_TYPE: Rule = Rule::NONE.min(2).max(193).pattern(r"[\w+=,.@:-]*");
const CLIENT_TOKEN_TYPE: Rule = Rule::NONE.min(4).max(20_000).sensitive();
const CONTEXT_ASSERTION_TYPE: Rule = Rule::NONE.min(4).max(2048);
const DURATION_SECONDS_TYPE: Rule = Rule::NONE.min(900).max(129_600);
const ENCODED_MESSAGE_TYPE: Rule = Rule::NONE.min(1).max(10_240);
const EXTERNAL_ID_TYPE: Rule = Rule::NONE.min(2).max(1224).pattern(r"[\w+=,.@:\/-]*");
const FEDERATED_ID_TYPE: Rule = Rule::NONE.min(2).max(193).pattern(r"[\w+=,.@\:-]*");
const JWT_ALGORITHM_TYPE: Rule = Rule::NONE.min(5).max(5);
const NON_NEGATIVE_INTEGER_TYPE: Rule = Rule::NONE.min(0);
const ROLE_DURATION_SECONDS_TYPE: Rule = Rule::NONE.min(900).max(43_200);
const ROLE_SESSION_NAME_TYPE: Rule = Rule::NONE.min(2).max(64).pattern(r"[\w+=,.@-]*");
const SERIAL_NUMBER_TYPE: Rule = Rule::NONE.min(9).max(256).pattern(r"[\w+=/:,.@-]*");
const SESSION_POLICY_DOCUMENT_TYPE: Rule = Rule::NONE.min(1).max(2048).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const SOURCE_IDENTITY_TYPE: Rule = Rule::NONE.min(2).max(64).pattern(r"[\w+=,.@-]*");
const TAG_KEY_LIST_TYPE: Rule = Rule::NONE.max(50).each(&TAG_KEY_TYPE);
const TAG_KEY_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
const TAG_LIST_TYPE: Rule = Rule::NONE.max(50);
const TAG_VALUE_TYPE: Rule = Rule::NONE.min(0).max(256).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
const TOKEN_CODE_TYPE: Rule = Rule::NONE.min(6).max(6).pattern(r"[\d]*");
const TRADE_IN_TOKEN_TYPE: Rule = Rule::NONE.sensitive();
const UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE: Rule = Rule::NONE.min(1).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const URL_TYPE: Rule = Rule::NONE.min(4).max(2048);
const USER_NAME_TYPE: Rule = Rule::NONE.min(2).max(32).pattern(r"[\w+=,.@-]*");
const WEB_IDENTITY_SUBJECT_TYPE: Rule = Rule::NONE.min(6).max(255);
const WEB_IDENTITY_TOKEN_AUDIENCE_LIST_TYPE: Rule = Rule::NONE.min(1).max(10).each(&WEB_IDENTITY_TOKEN_AUDIENCE_STRING_TYPE);
const WEB_IDENTITY_TOKEN_AUDIENCE_STRING_TYPE: Rule = Rule::NONE.min(1).max(1000);
const WEB_IDENTITY_TOKEN_DURATION_SECONDS_TYPE: Rule = Rule::NONE.min(60).max(3600);
const WEB_IDENTITY_TOKEN_TYPE: Rule = Rule::NONE.sensitive();

shape! { pub struct AssumeRoleRequest {
    role_arn: String = "RoleArn" where ARN_TYPE,
    role_session_name: String = "RoleSessionName" where ROLE_SESSION_NAME_TYPE,
    policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns",
    policy: Option<String> = "Policy" where UNRESTRICTED_SESSION_POLICY_DOCUMENT_TYPE,
    duration_seconds: Option<i32> = "DurationSeconds" where ROLE_DURATION_SECONDS_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
    transitive_tag_keys: Option<Vec<String>> = "TransitiveTagKeys" where TAG_KEY_LIST_TYPE,
    external_id: Option<String> = "ExternalId" where EXTERNAL_ID_TYPE,
    serial_number: Option<String> = "SerialNumber" where SERIAL_NUMBER_TYPE,
    token_code: Option<String> = "TokenCode" where TOKEN_CODE_TYPE,
    source_identity: Option<String> = "SourceIdentity" where SOURCE_IDENTITY_TYPE,
    provided_contexts: Option<Vec<ProvidedContext>> = "ProvidedContexts" where PROVIDED_CONTEXTS_LIST_TYPE,
} }

shape! { pub struct AssumeRoleResponse {
    credentials: Option<Credentials> = "Credentials",
    assumed_role_user: Option<AssumedRoleUser> = "AssumedRoleUser",
    packed_policy_size: Option<i32> = "PackedPolicySize" where NON_NEGATIVE_INTEGER_TYPE,
    source_identity: Option<String> = "SourceIdentity" where SOURCE_IDENTITY_TYPE,
} }

shape! { pub struct AssumeRoleWithSAMLRequest {
    role_arn: String = "RoleArn" where ARN_TYPE,
    principal_arn: String = "PrincipalArn" where ARN_TYPE,
    saml_assertion: Secret = "SAMLAssertion" where SAML_ASSERTION_TYPE,
    policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns",
    policy: Option<String> = "Policy" where SESSION_POLICY_DOCUMENT_TYPE,
    duration_seconds: Option<i32> = "DurationSeconds" where ROLE_DURATION_SECONDS_TYPE,
} }

shape! { pub struct AssumeRoleWithSAMLResponse {
    credentials: Option<Credentials> = "Credentials",
    assumed_role_user: Option<AssumedRoleUser> = "AssumedRoleUser",
    packed_policy_size: Option<i32> = "PackedPolicySize" where NON_NEGATIVE_INTEGER_TYPE,
    subject: Option<String> = "Subject",
    subject_type: Option<String> = "SubjectType",
    issuer: Option<String> = "Issuer",
    audience: Option<String> = "Audience",
    name_qualifier: Option<String> = "NameQualifier",
    source_identity: Option<String> = "SourceIdentity" where SOURCE_IDENTITY_TYPE,
} }

shape! { pub struct AssumeRoleWithWebIdentityRequest {
    role_arn: String = "RoleArn" where ARN_TYPE,
    role_session_name: String = "RoleSessionName" where ROLE_SESSION_NAME_TYPE,
    web_identity_token: Secret = "WebIdentityToken" where CLIENT_TOKEN_TYPE,
    provider_id: Option<String> = "ProviderId" where URL_TYPE,
    policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns",
    policy: Option<String> = "Policy" where SESSION_POLICY_DOCUMENT_TYPE,
    duration_seconds: Option<i32> = "DurationSeconds" where ROLE_DURATION_SECONDS_TYPE,
} }

shape! { pub struct AssumeRoleWithWebIdentityResponse {
    credentials: Option<Credentials> = "Credentials",
    subject_from_web_identity_token: Option<String> = "SubjectFromWebIdentityToken" where WEB_IDENTITY_SUBJECT_TYPE,
    assumed_role_user: Option<AssumedRoleUser> = "AssumedRoleUser",
    packed_policy_size: Option<i32> = "PackedPolicySize" where NON_NEGATIVE_INTEGER_TYPE,
    provider: Option<String> = "Provider",
    audience: Option<String> = "Audience",
    source_identity: Option<String> = "SourceIdentity" where SOURCE_IDENTITY_TYPE,
} }

shape! { pub struct AssumeRootRequest {
    target_principal: String = "TargetPrincipal" where TARGET_PRINCIPAL_TYPE,
    task_policy_arn: PolicyDescriptorType = "TaskPolicyArn",
    duration_seconds: Option<i32> = "DurationSeconds" where ROOT_DURATION_SECONDS_TYPE,
} }

shape! { pub struct AssumeRootResponse {
    credentials: Option<Credentials> = "Credentials",
    source_identity: Option<String> = "SourceIdentity" where SOURCE_IDENTITY_TYPE,
} }

shape! { pub struct AssumedRoleUser {
    assumed_role_id: String = "AssumedRoleId" where ASSUMED_ROLE_ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
} }

shape! { pub struct Credentials {
    access_key_id: String = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
    secret_access_key: Secret = "SecretAccessKey" where ACCESS_KEY_SECRET_TYPE,
    session_token: Secret = "SessionToken" where SECRET_STRING,
    expiration: Timestamp = "Expiration",
} }

shape! { pub struct DecodeAuthorizationMessageRequest {
    encoded_message: String = "EncodedMessage" where ENCODED_MESSAGE_TYPE,
} }

shape! { pub struct DecodeAuthorizationMessageResponse {
    decoded_message: Option<String> = "DecodedMessage",
} }

shape! { pub struct FederatedUser {
    federated_user_id: String = "FederatedUserId" where FEDERATED_ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
} }

shape! { pub struct GetAccessKeyInfoRequest {
    access_key_id: String = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
} }

shape! { pub struct GetAccessKeyInfoResponse {
    account: Option<String> = "Account",
} }

shape! { pub struct GetCallerIdentityRequest {} }

shape! { pub struct GetCallerIdentityResponse {
    user_id: Option<String> = "UserId",
    account: Option<String> = "Account",
    arn: Option<String> = "Arn" where ARN_TYPE,
} }

shape! { pub struct GetDelegatedAccessTokenRequest {
    trade_in_token: Secret = "TradeInToken" where TRADE_IN_TOKEN_TYPE,
} }

shape! { pub struct GetDelegatedAccessTokenResponse {
    credentials: Option<Credentials> = "Credentials",
    packed_policy_size: Option<i32> = "PackedPolicySize" where NON_NEGATIVE_INTEGER_TYPE,
    assumed_principal: Option<String> = "AssumedPrincipal" where ARN_TYPE,
} }

shape! { pub struct GetFederationTokenRequest {
    name: String = "Name" where USER_NAME_TYPE,
    policy: Option<String> = "Policy" where SESSION_POLICY_DOCUMENT_TYPE,
    policy_arns: Option<Vec<PolicyDescriptorType>> = "PolicyArns",
    duration_seconds: Option<i32> = "DurationSeconds" where DURATION_SECONDS_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct GetFederationTokenResponse {
    credentials: Option<Credentials> = "Credentials",
    federated_user: Option<FederatedUser> = "FederatedUser",
    packed_policy_size: Option<i32> = "PackedPolicySize" where NON_NEGATIVE_INTEGER_TYPE,
} }

shape! { pub struct GetSessionTokenRequest {
    duration_seconds: Option<i32> = "DurationSeconds" where DURATION_SECONDS_TYPE,
    serial_number: Option<String> = "SerialNumber" where SERIAL_NUMBER_TYPE,
    token_code: Option<String> = "TokenCode" where TOKEN_CODE_TYPE,
} }

shape! { pub struct GetSessionTokenResponse {
    credentials: Option<Credentials> = "Credentials",
} }

shape! { pub struct GetWebIdentityTokenRequest {
    audience: Vec<String> = "Audience" where WEB_IDENTITY_TOKEN_AUDIENCE_LIST_TYPE,
    duration_seconds: Option<i32> = "DurationSeconds" where WEB_IDENTITY_TOKEN_DURATION_SECONDS_TYPE,
    signing_algorithm: String = "SigningAlgorithm" where JWT_ALGORITHM_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct GetWebIdentityTokenResponse {
    web_identity_token: Option<Secret> = "WebIdentityToken" where WEB_IDENTITY_TOKEN_TYPE,
    expiration: Option<Timestamp> = "Expiration",
} }

shape! { pub struct PolicyDescriptorType {
    arn: Option<String> = "arn" where ARN_TYPE,
} }

shape! { pub struct ProvidedContext {
    provider_arn: Option<String> = "ProviderArn" where ARN_TYPE,
    context_assertion: Option<String> = "ContextAssertion" where CONTEXT_ASSERTION_TYPE,
} }

shape! { pub struct Tag {
    key: String = "Key" where TAG_KEY_TYPE,
    value: String = "Value" where TAG_VALUE_TYPE,
} }

operations! { STS;
    AssumeRole(AssumeRoleRequest) -> AssumeRoleResponse = POST "/"
        fails [MALFORMED_POLICY_DOCUMENT_EXCEPTION PACKED_POLICY_TOO_LARGE_EXCEPTION REGION_DISABLED_EXCEPTION
            EXPIRED_TOKEN_EXCEPTION];
    AssumeRoleWithSAML(AssumeRoleWithSAMLRequest) -> AssumeRoleWithSAMLResponse = POST "/"
        fails [MALFORMED_POLICY_DOCUMENT_EXCEPTION PACKED_POLICY_TOO_LARGE_EXCEPTION IDP_REJECTED_CLAIM_EXCEPTION
            INVALID_IDENTITY_TOKEN_EXCEPTION EXPIRED_TOKEN_EXCEPTION REGION_DISABLED_EXCEPTION];
    AssumeRoleWithWebIdentity(AssumeRoleWithWebIdentityRequest) -> AssumeRoleWithWebIdentityResponse = POST "/"
        fails [MALFORMED_POLICY_DOCUMENT_EXCEPTION PACKED_POLICY_TOO_LARGE_EXCEPTION IDP_REJECTED_CLAIM_EXCEPTION
            IDP_COMMUNICATION_ERROR_EXCEPTION INVALID_IDENTITY_TOKEN_EXCEPTION EXPIRED_TOKEN_EXCEPTION
            REGION_DISABLED_EXCEPTION];
    AssumeRoot(AssumeRootRequest) -> AssumeRootResponse = POST "/"
        fails [REGION_DISABLED_EXCEPTION EXPIRED_TOKEN_EXCEPTION];
    DecodeAuthorizationMessage(DecodeAuthorizationMessageRequest) -> DecodeAuthorizationMessageResponse = POST "/"
        fails [INVALID_AUTHORIZATION_MESSAGE_EXCEPTION];
    GetAccessKeyInfo(GetAccessKeyInfoRequest) -> GetAccessKeyInfoResponse = POST "/";
    GetCallerIdentity(GetCallerIdentityRequest) -> GetCallerIdentityResponse = POST "/";
    GetDelegatedAccessToken(GetDelegatedAccessTokenRequest) -> GetDelegatedAccessTokenResponse = POST "/"
        fails [EXPIRED_TRADE_IN_TOKEN_EXCEPTION REGION_DISABLED_EXCEPTION PACKED_POLICY_TOO_LARGE_EXCEPTION];
    GetFederationToken(GetFederationTokenRequest) -> GetFederationTokenResponse = POST "/"
        fails [MALFORMED_POLICY_DOCUMENT_EXCEPTION PACKED_POLICY_TOO_LARGE_EXCEPTION REGION_DISABLED_EXCEPTION];
    GetSessionToken(GetSessionTokenRequest) -> GetSessionTokenResponse = POST "/"
        fails [REGION_DISABLED_EXCEPTION];
    GetWebIdentityToken(GetWebIdentityTokenRequest) -> GetWebIdentityTokenResponse = POST "/"
        fails [SESSION_DURATION_ESCALATION_EXCEPTION OUTBOUND_WEB_IDENTITY_FEDERATION_DISABLED_EXCEPTION
            JWT_PAYLOAD_SIZE_EXCEEDED_EXCEPTION];
}
