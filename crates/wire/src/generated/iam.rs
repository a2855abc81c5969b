//! AWS Identity and Access Management, version 2010-05-08. Written by `cargo xtask codegen` from `models/iam.json`
//! (botocore 1.43.11); do not edit.

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::Timestamp;

use crate::{
    operation::{Error, Protocol, Service, operations},
    secret::Secret,
    shape::{Rule, shape},
};

/// The service.
pub const IAM: Service = Service {
    id: "iam",
    version: "2010-05-08",
    namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
    protocol: Protocol::Query,
};

/// The faults that the model names.
pub mod error {
    use super::Error;

    /// `AccountNotManagementOrDelegatedAdministratorException`
    pub const ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION: Error = Error { code: "AccountNotManagementOrDelegatedAdministratorException", status: 400 };

    /// `CallerIsNotManagementAccountException`
    pub const CALLER_IS_NOT_MANAGEMENT_ACCOUNT_EXCEPTION: Error = Error { code: "CallerIsNotManagementAccountException", status: 400 };

    /// `ConcurrentModification`
    pub const CONCURRENT_MODIFICATION_EXCEPTION: Error = Error { code: "ConcurrentModification", status: 409 };

    /// `ReportExpired`
    pub const CREDENTIAL_REPORT_EXPIRED_EXCEPTION: Error = Error { code: "ReportExpired", status: 410 };

    /// `ReportNotPresent`
    pub const CREDENTIAL_REPORT_NOT_PRESENT_EXCEPTION: Error = Error { code: "ReportNotPresent", status: 410 };

    /// `ReportInProgress`
    pub const CREDENTIAL_REPORT_NOT_READY_EXCEPTION: Error = Error { code: "ReportInProgress", status: 404 };

    /// `DeleteConflict`
    pub const DELETE_CONFLICT_EXCEPTION: Error = Error { code: "DeleteConflict", status: 409 };

    /// `DuplicateCertificate`
    pub const DUPLICATE_CERTIFICATE_EXCEPTION: Error = Error { code: "DuplicateCertificate", status: 409 };

    /// `DuplicateSSHPublicKey`
    pub const DUPLICATE_SSH_PUBLIC_KEY_EXCEPTION: Error = Error { code: "DuplicateSSHPublicKey", status: 400 };

    /// `EntityAlreadyExists`
    pub const ENTITY_ALREADY_EXISTS_EXCEPTION: Error = Error { code: "EntityAlreadyExists", status: 409 };

    /// `EntityTemporarilyUnmodifiable`
    pub const ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION: Error = Error { code: "EntityTemporarilyUnmodifiable", status: 409 };

    /// `FeatureDisabled`
    pub const FEATURE_DISABLED_EXCEPTION: Error = Error { code: "FeatureDisabled", status: 404 };

    /// `FeatureEnabled`
    pub const FEATURE_ENABLED_EXCEPTION: Error = Error { code: "FeatureEnabled", status: 409 };

    /// `InvalidAuthenticationCode`
    pub const INVALID_AUTHENTICATION_CODE_EXCEPTION: Error = Error { code: "InvalidAuthenticationCode", status: 403 };

    /// `InvalidCertificate`
    pub const INVALID_CERTIFICATE_EXCEPTION: Error = Error { code: "InvalidCertificate", status: 400 };

    /// `InvalidInput`
    pub const INVALID_INPUT_EXCEPTION: Error = Error { code: "InvalidInput", status: 400 };

    /// `InvalidPublicKey`
    pub const INVALID_PUBLIC_KEY_EXCEPTION: Error = Error { code: "InvalidPublicKey", status: 400 };

    /// `InvalidUserType`
    pub const INVALID_USER_TYPE_EXCEPTION: Error = Error { code: "InvalidUserType", status: 400 };

    /// `KeyPairMismatch`
    pub const KEY_PAIR_MISMATCH_EXCEPTION: Error = Error { code: "KeyPairMismatch", status: 400 };

    /// `LimitExceeded`
    pub const LIMIT_EXCEEDED_EXCEPTION: Error = Error { code: "LimitExceeded", status: 409 };

    /// `MalformedCertificate`
    pub const MALFORMED_CERTIFICATE_EXCEPTION: Error = Error { code: "MalformedCertificate", status: 400 };

    /// `MalformedPolicyDocument`
    pub const MALFORMED_POLICY_DOCUMENT_EXCEPTION: Error = Error { code: "MalformedPolicyDocument", status: 400 };

    /// `NoSuchEntity`
    pub const NO_SUCH_ENTITY_EXCEPTION: Error = Error { code: "NoSuchEntity", status: 404 };

    /// `OpenIdIdpCommunicationError`
    pub const OPEN_ID_IDP_COMMUNICATION_ERROR_EXCEPTION: Error = Error { code: "OpenIdIdpCommunicationError", status: 400 };

    /// `OrganizationNotFoundException`
    pub const ORGANIZATION_NOT_FOUND_EXCEPTION: Error = Error { code: "OrganizationNotFoundException", status: 400 };

    /// `OrganizationNotInAllFeaturesModeException`
    pub const ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION: Error = Error { code: "OrganizationNotInAllFeaturesModeException", status: 400 };

    /// `PasswordPolicyViolation`
    pub const PASSWORD_POLICY_VIOLATION_EXCEPTION: Error = Error { code: "PasswordPolicyViolation", status: 400 };

    /// `PolicyEvaluation`
    pub const POLICY_EVALUATION_EXCEPTION: Error = Error { code: "PolicyEvaluation", status: 500 };

    /// `PolicyNotAttachable`
    pub const POLICY_NOT_ATTACHABLE_EXCEPTION: Error = Error { code: "PolicyNotAttachable", status: 400 };

    /// `ReportGenerationLimitExceeded`
    pub const REPORT_GENERATION_LIMIT_EXCEEDED_EXCEPTION: Error = Error { code: "ReportGenerationLimitExceeded", status: 409 };

    /// `ServiceAccessNotEnabledException`
    pub const SERVICE_ACCESS_NOT_ENABLED_EXCEPTION: Error = Error { code: "ServiceAccessNotEnabledException", status: 400 };

    /// `ServiceFailure`
    pub const SERVICE_FAILURE_EXCEPTION: Error = Error { code: "ServiceFailure", status: 500 };

    /// `NotSupportedService`
    pub const SERVICE_NOT_SUPPORTED_EXCEPTION: Error = Error { code: "NotSupportedService", status: 404 };

    /// `UnmodifiableEntity`
    pub const UNMODIFIABLE_ENTITY_EXCEPTION: Error = Error { code: "UnmodifiableEntity", status: 400 };

    /// `UnrecognizedPublicKeyEncoding`
    pub const UNRECOGNIZED_PUBLIC_KEY_ENCODING_EXCEPTION: Error = Error { code: "UnrecognizedPublicKeyEncoding", status: 400 };
}

const ACCESS_ADVISOR_USAGE_GRANULARITY_TYPE: Rule = Rule::NONE.one_of(&["SERVICE_LEVEL", "ACTION_LEVEL"]);
const ACTION_NAME_LIST_TYPE: Rule = Rule::NONE.each(&ACTION_NAME_TYPE);
const ACTION_NAME_TYPE: Rule = Rule::NONE.min(3).max(128);
const ARN_LIST_TYPE: Rule = Rule::NONE.each(&ARN_TYPE);
const BOOTSTRAP_DATUM: Rule = Rule::NONE.sensitive();
const CERTIFICATION_KEY_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\u0020-\u00FF]+");
const CERTIFICATION_MAP_TYPE: Rule = Rule::NONE.each(&CERTIFICATION_VALUE_TYPE).keys(&CERTIFICATION_KEY_TYPE);
const CERTIFICATION_VALUE_TYPE: Rule = Rule::NONE.min(1).max(32).pattern(r"[\u0020-\u00FF]+");
const CONTEXT_KEY_NAME_TYPE: Rule = Rule::NONE.min(5).max(256);
const CONTEXT_KEY_NAMES_RESULT_LIST_TYPE: Rule = Rule::NONE.each(&CONTEXT_KEY_NAME_TYPE);
const CONTEXT_KEY_TYPE_ENUM: Rule = Rule::NONE.one_of(&["string", "stringList", "numeric", "numericList", "boolean", "booleanList", "ip", "ipList", "binary", "binaryList", "date", "dateList"]);
const DELETION_TASK_ID_TYPE: Rule = Rule::NONE.min(1).max(1000);
const DELETION_TASK_STATUS_TYPE: Rule = Rule::NONE.one_of(&["SUCCEEDED", "IN_PROGRESS", "FAILED", "NOT_STARTED"]);
const ENTITY_TYPE: Rule = Rule::NONE.one_of(&["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"]);
const EVAL_DECISION_DETAILS_TYPE: Rule = Rule::NONE.each(&POLICY_EVALUATION_DECISION_TYPE).keys(&EVAL_DECISION_SOURCE_TYPE);
const EVAL_DECISION_SOURCE_TYPE: Rule = Rule::NONE.min(3).max(256);
const FEATURE_TYPE: Rule = Rule::NONE.one_of(&["RootCredentialsManagement", "RootSessions"]);
const FEATURES_LIST_TYPE: Rule = Rule::NONE.each(&FEATURE_TYPE);
const OPEN_ID_CONNECT_PROVIDER_URL_TYPE: Rule = Rule::NONE.min(1).max(255);
const ORGANIZATION_ID_TYPE: Rule = Rule::NONE.max(34).pattern(r"^o-[a-z0-9]{10,32}$");
const PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE: Rule = Rule::NONE.one_of(&["PermissionsBoundaryPolicy"]);
const POLICY_EVALUATION_DECISION_TYPE: Rule = Rule::NONE.one_of(&["allowed", "explicitDeny", "implicitDeny"]);
const POLICY_PARAMETER_TYPE_ENUM: Rule = Rule::NONE.one_of(&["string", "stringList"]);
const POLICY_SOURCE_TYPE: Rule = Rule::NONE.one_of(&["user", "group", "role", "aws-managed", "user-managed", "resource", "none"]);
const POLICY_USAGE_TYPE: Rule = Rule::NONE.one_of(&["PermissionsPolicy", "PermissionsBoundary"]);
const REASON_TYPE: Rule = Rule::NONE.max(1000);
const REGION_NAME_TYPE: Rule = Rule::NONE.min(1).max(100);
const REPORT_FORMAT_TYPE: Rule = Rule::NONE.one_of(&["text/csv"]);
const REPORT_STATE_TYPE: Rule = Rule::NONE.one_of(&["STARTED", "INPROGRESS", "COMPLETE"]);
const RESOURCE_HANDLING_OPTION_TYPE: Rule = Rule::NONE.min(1).max(64);
const RESOURCE_NAME_LIST_TYPE: Rule = Rule::NONE.each(&RESOURCE_NAME_TYPE);
const RESOURCE_NAME_TYPE: Rule = Rule::NONE.min(1).max(2048);
const SAML_METADATA_DOCUMENT_TYPE: Rule = Rule::NONE.min(1000).max(10_000_000);
const SAML_PROVIDER_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w._-]+");
const SIMULATION_POLICY_LIST_TYPE: Rule = Rule::NONE.each(&POLICY_DOCUMENT_TYPE);
const ACCESS_KEY_ID_TYPE: Rule = Rule::NONE.min(16).max(128).pattern(r"[\w]+");
const ACCESS_KEY_SECRET_TYPE: Rule = Rule::NONE.sensitive();
const ACCOUNT_ALIAS_LIST_TYPE: Rule = Rule::NONE.each(&ACCOUNT_ALIAS_TYPE);
const ACCOUNT_ALIAS_TYPE: Rule = Rule::NONE.min(3).max(63).pattern(r"^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$");
const ACCOUNT_ID_TYPE: Rule = Rule::NONE.pattern(r"\d{12}");
const ARN_TYPE: Rule = Rule::NONE.min(20).max(2048);
const ASSERTION_ENCRYPTION_MODE_TYPE: Rule = Rule::NONE.one_of(&["Required", "Allowed"]);
const ASSIGNMENT_STATUS_TYPE: Rule = Rule::NONE.one_of(&["Assigned", "Unassigned", "Any"]);
const AUTHENTICATION_CODE_TYPE: Rule = Rule::NONE.min(6).max(6).pattern(r"[\d]+");
const CERTIFICATE_BODY_TYPE: Rule = Rule::NONE.min(1).max(16_384).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const CERTIFICATE_CHAIN_TYPE: Rule = Rule::NONE.min(1).max(2_097_152).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const CERTIFICATE_ID_TYPE: Rule = Rule::NONE.min(24).max(128).pattern(r"[\w]+");
const CLIENT_ID_LIST_TYPE: Rule = Rule::NONE.each(&CLIENT_ID_TYPE);
const CLIENT_ID_TYPE: Rule = Rule::NONE.min(1).max(255);
const CONSOLE_DEEP_LINK_TYPE: Rule = Rule::NONE.min(1).max(255);
const CREDENTIAL_AGE_DAYS: Rule = Rule::NONE.min(1).max(36_600);
const CUSTOM_SUFFIX_TYPE: Rule = Rule::NONE.min(1).max(64).pattern(r"[\w+=,.@-]+");
const DELEGATION_REQUEST_DESCRIPTION_TYPE: Rule = Rule::NONE.max(1000).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
const DELEGATION_REQUEST_ID_TYPE: Rule = Rule::NONE.min(16).max(128).pattern(r"[\w-]+");
const ENCODING_TYPE: Rule = Rule::NONE.one_of(&["SSH", "PEM"]);
const ENTITY_LIST_TYPE: Rule = Rule::NONE.each(&ENTITY_TYPE);
const ENTITY_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w+=,.@-]+");
const EXISTING_USER_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w+=,.@-]+");
const GLOBAL_ENDPOINT_TOKEN_VERSION: Rule = Rule::NONE.one_of(&["v1Token", "v2Token"]);
const GROUP_NAME_LIST_TYPE: Rule = Rule::NONE.each(&GROUP_NAME_TYPE);
const GROUP_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w+=,.@-]+");
const ID_TYPE: Rule = Rule::NONE.min(16).max(128).pattern(r"[\w]+");
const INSTANCE_PROFILE_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w+=,.@-]+");
const JOB_ID_TYPE: Rule = Rule::NONE.min(36).max(36);
const JOB_STATUS_TYPE: Rule = Rule::NONE.one_of(&["IN_PROGRESS", "COMPLETED", "FAILED"]);
const LOCALE_TYPE: Rule = Rule::NONE.min(2).max(12);
const MARKER_TYPE: Rule = Rule::NONE.min(1).max(320).pattern(r"[\u0020-\u00FF]+");
const MAX_ITEMS_TYPE: Rule = Rule::NONE.min(1).max(1000);
const MAX_PASSWORD_AGE_TYPE: Rule = Rule::NONE.min(1).max(1095);
const MINIMUM_PASSWORD_LENGTH_TYPE: Rule = Rule::NONE.min(6).max(128);
const NOTES_TYPE: Rule = Rule::NONE.max(500).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
const NOTIFICATION_CHANNEL_TYPE: Rule = Rule::NONE.min(2).max(400).pattern(r"^[a-zA-Z0-9:_.-]+$");
const ORGANIZATIONS_ENTITY_PATH_TYPE: Rule = Rule::NONE.min(19).max(427).pattern(r"^o-[0-9a-z]{10,32}\/r-[0-9a-z]{4,32}[0-9a-z-\/]*");
const ORGANIZATIONS_POLICY_ID_TYPE: Rule = Rule::NONE.pattern(r"^p-[0-9a-zA-Z_]{8,128}$");
const OWNER_ID_TYPE: Rule = Rule::NONE.min(20).max(2048).pattern(r"^[a-zA-Z0-9:/+=,.@_-]+$");
const PASSWORD_REUSE_PREVENTION_TYPE: Rule = Rule::NONE.min(1).max(24);
const PASSWORD_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+").sensitive();
const PATH_PREFIX_TYPE: Rule = Rule::NONE.min(1).max(512).pattern(r"\u002F[\u0021-\u007F]*");
const PATH_TYPE: Rule = Rule::NONE.min(1).max(512).pattern(r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)");
const PERMISSION_CHECK_RESULT_TYPE: Rule = Rule::NONE.one_of(&["ALLOWED", "DENIED", "UNSURE"]);
const PERMISSION_CHECK_STATUS_TYPE: Rule = Rule::NONE.one_of(&["COMPLETE", "IN_PROGRESS", "FAILED"]);
const POLICY_DESCRIPTION_TYPE: Rule = Rule::NONE.max(1000);
const POLICY_DOCUMENT_TYPE: Rule = Rule::NONE.min(1).max(131_072).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const POLICY_NAME_LIST_TYPE: Rule = Rule::NONE.each(&POLICY_NAME_TYPE);
const POLICY_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w+=,.@-]+");
const POLICY_OWNER_ENTITY_TYPE: Rule = Rule::NONE.one_of(&["USER", "ROLE", "GROUP"]);
const POLICY_PARAMETER_LIST_TYPE: Rule = Rule::NONE.max(50);
const POLICY_PARAMETER_NAME_TYPE: Rule = Rule::NONE.min(5).max(256).pattern(r"[ -~]+");
const POLICY_PARAMETER_VALUE_TYPE: Rule = Rule::NONE.pattern(r"[ -~]+");
const POLICY_PARAMETER_VALUES_LIST_TYPE: Rule = Rule::NONE.each(&POLICY_PARAMETER_VALUE_TYPE);
const POLICY_PATH_TYPE: Rule = Rule::NONE.min(1).max(512).pattern(r"((/[A-Za-z0-9\.,\+@=_-]+)*)/");
const POLICY_SCOPE_TYPE: Rule = Rule::NONE.one_of(&["All", "AWS", "Local"]);
const POLICY_TYPE: Rule = Rule::NONE.one_of(&["INLINE", "MANAGED"]);
const POLICY_VERSION_ID_TYPE: Rule = Rule::NONE.pattern(r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?");
const PRIVATE_KEY_ID_TYPE: Rule = Rule::NONE.min(22).max(64).pattern(r"[A-Z0-9]+");
const PRIVATE_KEY_LIST: Rule = Rule::NONE.max(2);
const PRIVATE_KEY_TYPE: Rule = Rule::NONE.min(1).max(16_384).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+").sensitive();
const PUBLIC_KEY_FINGERPRINT_TYPE: Rule = Rule::NONE.min(48).max(48).pattern(r"[:\w]+");
const PUBLIC_KEY_ID_TYPE: Rule = Rule::NONE.min(20).max(128).pattern(r"[\w]+");
const PUBLIC_KEY_MATERIAL_TYPE: Rule = Rule::NONE.min(1).max(16_384).pattern(r"[\u0009\u000A\u000D\u0020-\u00FF]+");
const REDIRECT_URL_TYPE: Rule = Rule::NONE.min(1).max(255).pattern(r"^http(s?)://[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?$");
const REQUEST_MESSAGE_TYPE: Rule = Rule::NONE.max(200).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
const REQUESTOR_NAME_TYPE: Rule = Rule::NONE.max(30).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
const REQUESTOR_WORKFLOW_ID_TYPE: Rule = Rule::NONE.min(5).max(400).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+");
const ROLE_DESCRIPTION_TYPE: Rule = Rule::NONE.max(1000).pattern(r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*");
const ROLE_MAX_SESSION_DURATION_TYPE: Rule = Rule::NONE.min(3600).max(43_200);
const ROLE_NAME_TYPE: Rule = Rule::NONE.min(1).max(64).pattern(r"[\w+=,.@-]+");
const ROLE_PERMISSION_RESTRICTION_ARN_LIST_TYPE: Rule = Rule::NONE.each(&ARN_TYPE);
const SERIAL_NUMBER_TYPE: Rule = Rule::NONE.min(9).max(256).pattern(r"[\w+=/:,.@-]+");
const SERVER_CERTIFICATE_NAME_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\w+=,.@-]+");
const SERVICE_CREDENTIAL_ALIAS: Rule = Rule::NONE.min(0).max(200).pattern(r"[\w+=,.@-]+");
const SERVICE_CREDENTIAL_SECRET: Rule = Rule::NONE.sensitive();
const SERVICE_NAMESPACE_LIST_TYPE: Rule = Rule::NONE.min(1).max(200).each(&SERVICE_NAMESPACE_TYPE);
const SERVICE_NAMESPACE_TYPE: Rule = Rule::NONE.min(1).max(64).pattern(r"[\w-]*");
const SERVICE_PASSWORD: Rule = Rule::NONE.sensitive();
const SERVICE_SPECIFIC_CREDENTIAL_ID: Rule = Rule::NONE.min(20).max(128).pattern(r"[\w]+");
const SERVICE_USER_NAME: Rule = Rule::NONE.min(0).max(200).pattern(r"[\w+=,.@-]*");
const SESSION_DURATION_TYPE: Rule = Rule::NONE.min(300).max(43_200);
const SORT_KEY_TYPE: Rule = Rule::NONE.one_of(&["SERVICE_NAMESPACE_ASCENDING", "SERVICE_NAMESPACE_DESCENDING", "LAST_AUTHENTICATED_TIME_ASCENDING", "LAST_AUTHENTICATED_TIME_DESCENDING"]);
const STATE_TYPE: Rule = Rule::NONE.one_of(&["UNASSIGNED", "ASSIGNED", "PENDING_APPROVAL", "FINALIZED", "ACCEPTED", "REJECTED", "EXPIRED"]);
const STATUS_TYPE: Rule = Rule::NONE.one_of(&["Active", "Inactive", "Expired"]);
const SUMMARY_CONTENT_TYPE: Rule = Rule::NONE.min(0).max(10_000);
const SUMMARY_KEY_TYPE: Rule = Rule::NONE.one_of(&["Users", "UsersQuota", "Groups", "GroupsQuota", "ServerCertificates", "ServerCertificatesQuota", "UserPolicySizeQuota", "GroupPolicySizeQuota", "GroupsPerUserQuota", "SigningCertificatesPerUserQuota", "AccessKeysPerUserQuota", "MFADevices", "MFADevicesInUse", "AccountMFAEnabled", "AccountAccessKeysPresent", "AccountPasswordPresent", "AccountSigningCertificatesPresent", "AttachedPoliciesPerGroupQuota", "AttachedPoliciesPerRoleQuota", "AttachedPoliciesPerUserQuota", "Policies", "PoliciesQuota", "PolicySizeQuota", "PolicyVersionsInUse", "PolicyVersionsInUseQuota", "VersionsPerPolicyQuota", "GlobalEndpointTokenVersion", "AssumeRolePolicySizeQuota", "InstanceProfiles", "InstanceProfilesQuota", "Providers", "RolePolicySizeQuota", "Roles", "RolesQuota"]);
const SUMMARY_MAP_TYPE: Rule = Rule::NONE.keys(&SUMMARY_KEY_TYPE);
const SUMMARY_STATE_TYPE: Rule = Rule::NONE.one_of(&["AVAILABLE", "NOT_AVAILABLE", "NOT_SUPPORTED", "FAILED"]);
const TAG_KEY_LIST_TYPE: Rule = Rule::NONE.max(50).each(&TAG_KEY_TYPE);
const TAG_KEY_TYPE: Rule = Rule::NONE.min(1).max(128).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+");
const TAG_LIST_TYPE: Rule = Rule::NONE.max(50);
const TAG_VALUE_TYPE: Rule = Rule::NONE.min(0).max(256).pattern(r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*");
const THUMBPRINT_LIST_TYPE: Rule = Rule::NONE.each(&THUMBPRINT_TYPE);
const THUMBPRINT_TYPE: Rule = Rule::NONE.min(40).max(40);
const USER_NAME_TYPE: Rule = Rule::NONE.min(1).max(64).pattern(r"[\w+=,.@-]+");
const VIRTUAL_MFA_DEVICE_NAME: Rule = Rule::NONE.min(1).pattern(r"[\w+=,.@-]+");

shape! { pub struct AcceptDelegationRequestRequest {
    delegation_request_id: String = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
} }

shape! { pub struct AccessDetail {
    service_name: String = "ServiceName",
    service_namespace: String = "ServiceNamespace" where SERVICE_NAMESPACE_TYPE,
    region: Option<String> = "Region",
    entity_path: Option<String> = "EntityPath" where ORGANIZATIONS_ENTITY_PATH_TYPE,
    last_authenticated_time: Option<Timestamp> = "LastAuthenticatedTime",
    total_authenticated_entities: Option<i32> = "TotalAuthenticatedEntities",
} }

shape! { pub struct AccessKey {
    user_name: String = "UserName" where USER_NAME_TYPE,
    access_key_id: String = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
    status: String = "Status" where STATUS_TYPE,
    secret_access_key: Secret = "SecretAccessKey" where ACCESS_KEY_SECRET_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
} }

shape! { pub struct AccessKeyLastUsed {
    last_used_date: Option<Timestamp> = "LastUsedDate",
    service_name: String = "ServiceName",
    region: String = "Region",
} }

shape! { pub struct AccessKeyMetadata {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    access_key_id: Option<String> = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
    status: Option<String> = "Status" where STATUS_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
} }

shape! { pub struct AddClientIDToOpenIDConnectProviderRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
    client_id: String = "ClientID" where CLIENT_ID_TYPE,
} }

shape! { pub struct AddRoleToInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
} }

shape! { pub struct AddUserToGroupRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
} }

shape! { pub struct AssociateDelegationRequestRequest {
    delegation_request_id: String = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
} }

shape! { pub struct AttachGroupPolicyRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct AttachRolePolicyRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct AttachUserPolicyRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct AttachedPermissionsBoundary {
    permissions_boundary_type: Option<String> = "PermissionsBoundaryType" where PERMISSIONS_BOUNDARY_ATTACHMENT_TYPE,
    permissions_boundary_arn: Option<String> = "PermissionsBoundaryArn" where ARN_TYPE,
} }

shape! { pub struct AttachedPolicy {
    policy_name: Option<String> = "PolicyName" where POLICY_NAME_TYPE,
    policy_arn: Option<String> = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct ChangePasswordRequest {
    old_password: Secret = "OldPassword" where PASSWORD_TYPE,
    new_password: Secret = "NewPassword" where PASSWORD_TYPE,
} }

shape! { pub struct ContextEntry {
    context_key_name: Option<String> = "ContextKeyName" where CONTEXT_KEY_NAME_TYPE,
    context_key_values: Option<Vec<String>> = "ContextKeyValues",
    context_key_type: Option<String> = "ContextKeyType" where CONTEXT_KEY_TYPE_ENUM,
} }

shape! { pub struct CreateAccessKeyRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
} }

shape! { pub struct CreateAccessKeyResponse {
    access_key: AccessKey = "AccessKey",
} }

shape! { pub struct CreateAccountAliasRequest {
    account_alias: String = "AccountAlias" where ACCOUNT_ALIAS_TYPE,
} }

shape! { pub struct CreateDelegationRequestRequest {
    owner_account_id: Option<String> = "OwnerAccountId" where ACCOUNT_ID_TYPE,
    description: String = "Description" where DELEGATION_REQUEST_DESCRIPTION_TYPE,
    permissions: DelegationPermission = "Permissions",
    request_message: Option<String> = "RequestMessage" where REQUEST_MESSAGE_TYPE,
    requestor_workflow_id: String = "RequestorWorkflowId" where REQUESTOR_WORKFLOW_ID_TYPE,
    redirect_url: Option<String> = "RedirectUrl" where REDIRECT_URL_TYPE,
    notification_channel: String = "NotificationChannel" where NOTIFICATION_CHANNEL_TYPE,
    session_duration: i32 = "SessionDuration" where SESSION_DURATION_TYPE,
    only_send_by_owner: Option<bool> = "OnlySendByOwner",
} }

shape! { pub struct CreateDelegationRequestResponse {
    console_deep_link: Option<String> = "ConsoleDeepLink" where CONSOLE_DEEP_LINK_TYPE,
    delegation_request_id: Option<String> = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
} }

shape! { pub struct CreateGroupRequest {
    path: Option<String> = "Path" where PATH_TYPE,
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
} }

shape! { pub struct CreateGroupResponse {
    group: Group = "Group",
} }

shape! { pub struct CreateInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    path: Option<String> = "Path" where PATH_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreateInstanceProfileResponse {
    instance_profile: InstanceProfile = "InstanceProfile",
} }

shape! { pub struct CreateLoginProfileRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    password: Option<Secret> = "Password" where PASSWORD_TYPE,
    password_reset_required: Option<bool> = "PasswordResetRequired",
} }

shape! { pub struct CreateLoginProfileResponse {
    login_profile: LoginProfile = "LoginProfile",
} }

shape! { pub struct CreateOpenIDConnectProviderRequest {
    url: String = "Url" where OPEN_ID_CONNECT_PROVIDER_URL_TYPE,
    client_id_list: Option<Vec<String>> = "ClientIDList" where CLIENT_ID_LIST_TYPE,
    thumbprint_list: Option<Vec<String>> = "ThumbprintList" where THUMBPRINT_LIST_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreateOpenIDConnectProviderResponse {
    open_id_connect_provider_arn: Option<String> = "OpenIDConnectProviderArn" where ARN_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreatePolicyRequest {
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    path: Option<String> = "Path" where POLICY_PATH_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
    description: Option<String> = "Description" where POLICY_DESCRIPTION_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreatePolicyResponse {
    policy: Option<Policy> = "Policy",
} }

shape! { pub struct CreatePolicyVersionRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
    set_as_default: Option<bool> = "SetAsDefault",
} }

shape! { pub struct CreatePolicyVersionResponse {
    policy_version: Option<PolicyVersion> = "PolicyVersion",
} }

shape! { pub struct CreateRoleRequest {
    path: Option<String> = "Path" where PATH_TYPE,
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    assume_role_policy_document: String = "AssumeRolePolicyDocument" where POLICY_DOCUMENT_TYPE,
    description: Option<String> = "Description" where ROLE_DESCRIPTION_TYPE,
    max_session_duration: Option<i32> = "MaxSessionDuration" where ROLE_MAX_SESSION_DURATION_TYPE,
    permissions_boundary: Option<String> = "PermissionsBoundary" where ARN_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreateRoleResponse {
    role: Role = "Role",
} }

shape! { pub struct CreateSAMLProviderRequest {
    saml_metadata_document: String = "SAMLMetadataDocument" where SAML_METADATA_DOCUMENT_TYPE,
    name: String = "Name" where SAML_PROVIDER_NAME_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
    assertion_encryption_mode: Option<String> = "AssertionEncryptionMode" where ASSERTION_ENCRYPTION_MODE_TYPE,
    add_private_key: Option<Secret> = "AddPrivateKey" where PRIVATE_KEY_TYPE,
} }

shape! { pub struct CreateSAMLProviderResponse {
    saml_provider_arn: Option<String> = "SAMLProviderArn" where ARN_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreateServiceLinkedRoleRequest {
    aws_service_name: String = "AWSServiceName" where GROUP_NAME_TYPE,
    description: Option<String> = "Description" where ROLE_DESCRIPTION_TYPE,
    custom_suffix: Option<String> = "CustomSuffix" where CUSTOM_SUFFIX_TYPE,
} }

shape! { pub struct CreateServiceLinkedRoleResponse {
    role: Option<Role> = "Role",
} }

shape! { pub struct CreateServiceSpecificCredentialRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    service_name: String = "ServiceName",
    credential_age_days: Option<i32> = "CredentialAgeDays" where CREDENTIAL_AGE_DAYS,
} }

shape! { pub struct CreateServiceSpecificCredentialResponse {
    service_specific_credential: Option<ServiceSpecificCredential> = "ServiceSpecificCredential",
} }

shape! { pub struct CreateUserRequest {
    path: Option<String> = "Path" where PATH_TYPE,
    user_name: String = "UserName" where USER_NAME_TYPE,
    permissions_boundary: Option<String> = "PermissionsBoundary" where ARN_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreateUserResponse {
    user: Option<User> = "User",
} }

shape! { pub struct CreateVirtualMFADeviceRequest {
    path: Option<String> = "Path" where PATH_TYPE,
    virtual_mfa_device_name: String = "VirtualMFADeviceName" where VIRTUAL_MFA_DEVICE_NAME,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct CreateVirtualMFADeviceResponse {
    virtual_mfa_device: VirtualMFADevice = "VirtualMFADevice",
} }

shape! { pub struct DeactivateMFADeviceRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
} }

shape! { pub struct DelegationPermission {
    policy_template_arn: Option<String> = "PolicyTemplateArn" where ARN_TYPE,
    parameters: Option<Vec<PolicyParameter>> = "Parameters" where POLICY_PARAMETER_LIST_TYPE,
} }

shape! { pub struct DelegationRequest {
    delegation_request_id: Option<String> = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
    owner_account_id: Option<String> = "OwnerAccountId" where ACCOUNT_ID_TYPE,
    description: Option<String> = "Description" where DELEGATION_REQUEST_DESCRIPTION_TYPE,
    request_message: Option<String> = "RequestMessage" where REQUEST_MESSAGE_TYPE,
    permissions: Option<DelegationPermission> = "Permissions",
    permission_policy: Option<String> = "PermissionPolicy",
    role_permission_restriction_arns: Option<Vec<String>> = "RolePermissionRestrictionArns" where ROLE_PERMISSION_RESTRICTION_ARN_LIST_TYPE,
    owner_id: Option<String> = "OwnerId" where OWNER_ID_TYPE,
    approver_id: Option<String> = "ApproverId" where ARN_TYPE,
    state: Option<String> = "State" where STATE_TYPE,
    expiration_time: Option<Timestamp> = "ExpirationTime",
    requestor_id: Option<String> = "RequestorId" where ACCOUNT_ID_TYPE,
    requestor_name: Option<String> = "RequestorName" where REQUESTOR_NAME_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    session_duration: Option<i32> = "SessionDuration" where SESSION_DURATION_TYPE,
    redirect_url: Option<String> = "RedirectUrl" where REDIRECT_URL_TYPE,
    notes: Option<String> = "Notes" where NOTES_TYPE,
    rejection_reason: Option<String> = "RejectionReason" where NOTES_TYPE,
    only_send_by_owner: Option<bool> = "OnlySendByOwner",
    updated_time: Option<Timestamp> = "UpdatedTime",
} }

shape! { pub struct DeleteAccessKeyRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    access_key_id: String = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
} }

shape! { pub struct DeleteAccountAliasRequest {
    account_alias: String = "AccountAlias" where ACCOUNT_ALIAS_TYPE,
} }

shape! { pub struct DeleteGroupPolicyRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
} }

shape! { pub struct DeleteGroupRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
} }

shape! { pub struct DeleteInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
} }

shape! { pub struct DeleteLoginProfileRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
} }

shape! { pub struct DeleteOpenIDConnectProviderRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
} }

shape! { pub struct DeletePolicyRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct DeletePolicyVersionRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    version_id: String = "VersionId" where POLICY_VERSION_ID_TYPE,
} }

shape! { pub struct DeleteRolePermissionsBoundaryRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
} }

shape! { pub struct DeleteRolePolicyRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
} }

shape! { pub struct DeleteRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
} }

shape! { pub struct DeleteSAMLProviderRequest {
    saml_provider_arn: String = "SAMLProviderArn" where ARN_TYPE,
} }

shape! { pub struct DeleteSSHPublicKeyRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    ssh_public_key_id: String = "SSHPublicKeyId" where PUBLIC_KEY_ID_TYPE,
} }

shape! { pub struct DeleteServerCertificateRequest {
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
} }

shape! { pub struct DeleteServiceLinkedRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
} }

shape! { pub struct DeleteServiceLinkedRoleResponse {
    deletion_task_id: String = "DeletionTaskId" where DELETION_TASK_ID_TYPE,
} }

shape! { pub struct DeleteServiceSpecificCredentialRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    service_specific_credential_id: String = "ServiceSpecificCredentialId" where SERVICE_SPECIFIC_CREDENTIAL_ID,
} }

shape! { pub struct DeleteSigningCertificateRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    certificate_id: String = "CertificateId" where CERTIFICATE_ID_TYPE,
} }

shape! { pub struct DeleteUserPermissionsBoundaryRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
} }

shape! { pub struct DeleteUserPolicyRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
} }

shape! { pub struct DeleteUserRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
} }

shape! { pub struct DeleteVirtualMFADeviceRequest {
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
} }

shape! { pub struct DeletionTaskFailureReasonType {
    reason: Option<String> = "Reason" where REASON_TYPE,
    role_usage_list: Option<Vec<RoleUsageType>> = "RoleUsageList",
} }

shape! { pub struct DetachGroupPolicyRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct DetachRolePolicyRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct DetachUserPolicyRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct DisableOrganizationsRootCredentialsManagementRequest {} }

shape! { pub struct DisableOrganizationsRootCredentialsManagementResponse {
    organization_id: Option<String> = "OrganizationId" where ORGANIZATION_ID_TYPE,
    enabled_features: Option<Vec<String>> = "EnabledFeatures" where FEATURES_LIST_TYPE,
} }

shape! { pub struct DisableOrganizationsRootSessionsRequest {} }

shape! { pub struct DisableOrganizationsRootSessionsResponse {
    organization_id: Option<String> = "OrganizationId" where ORGANIZATION_ID_TYPE,
    enabled_features: Option<Vec<String>> = "EnabledFeatures" where FEATURES_LIST_TYPE,
} }

shape! { pub struct EnableMFADeviceRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    authentication_code1: String = "AuthenticationCode1" where AUTHENTICATION_CODE_TYPE,
    authentication_code2: String = "AuthenticationCode2" where AUTHENTICATION_CODE_TYPE,
} }

shape! { pub struct EnableOrganizationsRootCredentialsManagementRequest {} }

shape! { pub struct EnableOrganizationsRootCredentialsManagementResponse {
    organization_id: Option<String> = "OrganizationId" where ORGANIZATION_ID_TYPE,
    enabled_features: Option<Vec<String>> = "EnabledFeatures" where FEATURES_LIST_TYPE,
} }

shape! { pub struct EnableOrganizationsRootSessionsRequest {} }

shape! { pub struct EnableOrganizationsRootSessionsResponse {
    organization_id: Option<String> = "OrganizationId" where ORGANIZATION_ID_TYPE,
    enabled_features: Option<Vec<String>> = "EnabledFeatures" where FEATURES_LIST_TYPE,
} }

shape! { pub struct EnableOutboundWebIdentityFederationResponse {
    issuer_identifier: Option<String> = "IssuerIdentifier",
} }

shape! { pub struct EntityDetails {
    entity_info: EntityInfo = "EntityInfo",
    last_authenticated: Option<Timestamp> = "LastAuthenticated",
} }

shape! { pub struct EntityInfo {
    arn: String = "Arn" where ARN_TYPE,
    name: String = "Name" where USER_NAME_TYPE,
    r#type: String = "Type" where POLICY_OWNER_ENTITY_TYPE,
    id: String = "Id" where ID_TYPE,
    path: Option<String> = "Path" where PATH_TYPE,
} }

shape! { pub struct ErrorDetails {
    message: String = "Message",
    code: String = "Code",
} }

shape! { pub struct EvaluationResult {
    eval_action_name: String = "EvalActionName" where ACTION_NAME_TYPE,
    eval_resource_name: Option<String> = "EvalResourceName" where RESOURCE_NAME_TYPE,
    eval_decision: String = "EvalDecision" where POLICY_EVALUATION_DECISION_TYPE,
    matched_statements: Option<Vec<Statement>> = "MatchedStatements",
    missing_context_values: Option<Vec<String>> = "MissingContextValues" where CONTEXT_KEY_NAMES_RESULT_LIST_TYPE,
    organizations_decision_detail: Option<OrganizationsDecisionDetail> = "OrganizationsDecisionDetail",
    permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = "PermissionsBoundaryDecisionDetail",
    eval_decision_details: Option<BTreeMap<String, String>> = "EvalDecisionDetails" where EVAL_DECISION_DETAILS_TYPE,
    resource_specific_results: Option<Vec<ResourceSpecificResult>> = "ResourceSpecificResults",
} }

shape! { pub struct GenerateCredentialReportResponse {
    state: Option<String> = "State" where REPORT_STATE_TYPE,
    description: Option<String> = "Description",
} }

shape! { pub struct GenerateOrganizationsAccessReportRequest {
    entity_path: String = "EntityPath" where ORGANIZATIONS_ENTITY_PATH_TYPE,
    organizations_policy_id: Option<String> = "OrganizationsPolicyId" where ORGANIZATIONS_POLICY_ID_TYPE,
} }

shape! { pub struct GenerateOrganizationsAccessReportResponse {
    job_id: Option<String> = "JobId" where JOB_ID_TYPE,
} }

shape! { pub struct GenerateServiceLastAccessedDetailsRequest {
    arn: String = "Arn" where ARN_TYPE,
    granularity: Option<String> = "Granularity" where ACCESS_ADVISOR_USAGE_GRANULARITY_TYPE,
} }

shape! { pub struct GenerateServiceLastAccessedDetailsResponse {
    job_id: Option<String> = "JobId" where JOB_ID_TYPE,
} }

shape! { pub struct GetAccessKeyLastUsedRequest {
    access_key_id: String = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
} }

shape! { pub struct GetAccessKeyLastUsedResponse {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    access_key_last_used: Option<AccessKeyLastUsed> = "AccessKeyLastUsed",
} }

shape! { pub struct GetAccountAuthorizationDetailsRequest {
    filter: Option<Vec<String>> = "Filter" where ENTITY_LIST_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
} }

shape! { pub struct GetAccountAuthorizationDetailsResponse {
    user_detail_list: Option<Vec<UserDetail>> = "UserDetailList",
    group_detail_list: Option<Vec<GroupDetail>> = "GroupDetailList",
    role_detail_list: Option<Vec<RoleDetail>> = "RoleDetailList",
    policies: Option<Vec<ManagedPolicyDetail>> = "Policies",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct GetAccountPasswordPolicyResponse {
    password_policy: PasswordPolicy = "PasswordPolicy",
} }

shape! { pub struct GetAccountSummaryResponse {
    summary_map: Option<BTreeMap<String, i32>> = "SummaryMap" where SUMMARY_MAP_TYPE,
} }

shape! { pub struct GetContextKeysForCustomPolicyRequest {
    policy_input_list: Vec<String> = "PolicyInputList" where SIMULATION_POLICY_LIST_TYPE,
} }

shape! { pub struct GetContextKeysForPolicyResponse {
    context_key_names: Option<Vec<String>> = "ContextKeyNames" where CONTEXT_KEY_NAMES_RESULT_LIST_TYPE,
} }

shape! { pub struct GetContextKeysForPrincipalPolicyRequest {
    policy_source_arn: String = "PolicySourceArn" where ARN_TYPE,
    policy_input_list: Option<Vec<String>> = "PolicyInputList" where SIMULATION_POLICY_LIST_TYPE,
} }

shape! { pub struct GetCredentialReportResponse {
    content: Option<Bytes> = "Content",
    report_format: Option<String> = "ReportFormat" where REPORT_FORMAT_TYPE,
    generated_time: Option<Timestamp> = "GeneratedTime",
} }

shape! { pub struct GetDelegationRequestRequest {
    delegation_request_id: String = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
    delegation_permission_check: Option<bool> = "DelegationPermissionCheck",
} }

shape! { pub struct GetDelegationRequestResponse {
    delegation_request: Option<DelegationRequest> = "DelegationRequest",
    permission_check_status: Option<String> = "PermissionCheckStatus" where PERMISSION_CHECK_STATUS_TYPE,
    permission_check_result: Option<String> = "PermissionCheckResult" where PERMISSION_CHECK_RESULT_TYPE,
} }

shape! { pub struct GetGroupPolicyRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
} }

shape! { pub struct GetGroupPolicyResponse {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct GetGroupRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct GetGroupResponse {
    group: Group = "Group",
    users: Vec<User> = "Users",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct GetHumanReadableSummaryRequest {
    entity_arn: String = "EntityArn" where ARN_TYPE,
    locale: Option<String> = "Locale" where LOCALE_TYPE,
} }

shape! { pub struct GetHumanReadableSummaryResponse {
    summary_content: Option<String> = "SummaryContent" where SUMMARY_CONTENT_TYPE,
    locale: Option<String> = "Locale" where LOCALE_TYPE,
    summary_state: Option<String> = "SummaryState" where SUMMARY_STATE_TYPE,
} }

shape! { pub struct GetInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
} }

shape! { pub struct GetInstanceProfileResponse {
    instance_profile: InstanceProfile = "InstanceProfile",
} }

shape! { pub struct GetLoginProfileRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
} }

shape! { pub struct GetLoginProfileResponse {
    login_profile: LoginProfile = "LoginProfile",
} }

shape! { pub struct GetMFADeviceRequest {
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
} }

shape! { pub struct GetMFADeviceResponse {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    enable_date: Option<Timestamp> = "EnableDate",
    certifications: Option<BTreeMap<String, String>> = "Certifications" where CERTIFICATION_MAP_TYPE,
} }

shape! { pub struct GetOpenIDConnectProviderRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
} }

shape! { pub struct GetOpenIDConnectProviderResponse {
    url: Option<String> = "Url" where OPEN_ID_CONNECT_PROVIDER_URL_TYPE,
    client_id_list: Option<Vec<String>> = "ClientIDList" where CLIENT_ID_LIST_TYPE,
    thumbprint_list: Option<Vec<String>> = "ThumbprintList" where THUMBPRINT_LIST_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct GetOrganizationsAccessReportRequest {
    job_id: String = "JobId" where JOB_ID_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    sort_key: Option<String> = "SortKey" where SORT_KEY_TYPE,
} }

shape! { pub struct GetOrganizationsAccessReportResponse {
    job_status: String = "JobStatus" where JOB_STATUS_TYPE,
    job_creation_date: Timestamp = "JobCreationDate",
    job_completion_date: Option<Timestamp> = "JobCompletionDate",
    number_of_services_accessible: Option<i32> = "NumberOfServicesAccessible",
    number_of_services_not_accessed: Option<i32> = "NumberOfServicesNotAccessed",
    access_details: Option<Vec<AccessDetail>> = "AccessDetails",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker" where MARKER_TYPE,
    error_details: Option<ErrorDetails> = "ErrorDetails",
} }

shape! { pub struct GetOutboundWebIdentityFederationInfoResponse {
    issuer_identifier: Option<String> = "IssuerIdentifier",
    jwt_vending_enabled: Option<bool> = "JwtVendingEnabled",
} }

shape! { pub struct GetPolicyRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
} }

shape! { pub struct GetPolicyResponse {
    policy: Option<Policy> = "Policy",
} }

shape! { pub struct GetPolicyVersionRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    version_id: String = "VersionId" where POLICY_VERSION_ID_TYPE,
} }

shape! { pub struct GetPolicyVersionResponse {
    policy_version: Option<PolicyVersion> = "PolicyVersion",
} }

shape! { pub struct GetRolePolicyRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
} }

shape! { pub struct GetRolePolicyResponse {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct GetRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
} }

shape! { pub struct GetRoleResponse {
    role: Role = "Role",
} }

shape! { pub struct GetSAMLProviderRequest {
    saml_provider_arn: String = "SAMLProviderArn" where ARN_TYPE,
} }

shape! { pub struct GetSAMLProviderResponse {
    saml_provider_uuid: Option<String> = "SAMLProviderUUID" where PRIVATE_KEY_ID_TYPE,
    saml_metadata_document: Option<String> = "SAMLMetadataDocument" where SAML_METADATA_DOCUMENT_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    valid_until: Option<Timestamp> = "ValidUntil",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
    assertion_encryption_mode: Option<String> = "AssertionEncryptionMode" where ASSERTION_ENCRYPTION_MODE_TYPE,
    private_key_list: Option<Vec<SAMLPrivateKey>> = "PrivateKeyList" where PRIVATE_KEY_LIST,
} }

shape! { pub struct GetSSHPublicKeyRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    ssh_public_key_id: String = "SSHPublicKeyId" where PUBLIC_KEY_ID_TYPE,
    encoding: String = "Encoding" where ENCODING_TYPE,
} }

shape! { pub struct GetSSHPublicKeyResponse {
    ssh_public_key: Option<SSHPublicKey> = "SSHPublicKey",
} }

shape! { pub struct GetServerCertificateRequest {
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
} }

shape! { pub struct GetServerCertificateResponse {
    server_certificate: ServerCertificate = "ServerCertificate",
} }

shape! { pub struct GetServiceLastAccessedDetailsRequest {
    job_id: String = "JobId" where JOB_ID_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
} }

shape! { pub struct GetServiceLastAccessedDetailsResponse {
    job_status: String = "JobStatus" where JOB_STATUS_TYPE,
    job_type: Option<String> = "JobType" where ACCESS_ADVISOR_USAGE_GRANULARITY_TYPE,
    job_creation_date: Timestamp = "JobCreationDate",
    services_last_accessed: Vec<ServiceLastAccessed> = "ServicesLastAccessed",
    job_completion_date: Timestamp = "JobCompletionDate",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
    error: Option<ErrorDetails> = "Error",
} }

shape! { pub struct GetServiceLastAccessedDetailsWithEntitiesRequest {
    job_id: String = "JobId" where JOB_ID_TYPE,
    service_namespace: String = "ServiceNamespace" where SERVICE_NAMESPACE_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
} }

shape! { pub struct GetServiceLastAccessedDetailsWithEntitiesResponse {
    job_status: String = "JobStatus" where JOB_STATUS_TYPE,
    job_creation_date: Timestamp = "JobCreationDate",
    job_completion_date: Timestamp = "JobCompletionDate",
    entity_details_list: Vec<EntityDetails> = "EntityDetailsList",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
    error: Option<ErrorDetails> = "Error",
} }

shape! { pub struct GetServiceLinkedRoleDeletionStatusRequest {
    deletion_task_id: String = "DeletionTaskId" where DELETION_TASK_ID_TYPE,
} }

shape! { pub struct GetServiceLinkedRoleDeletionStatusResponse {
    status: String = "Status" where DELETION_TASK_STATUS_TYPE,
    reason: Option<DeletionTaskFailureReasonType> = "Reason",
} }

shape! { pub struct GetUserPolicyRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
} }

shape! { pub struct GetUserPolicyResponse {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct GetUserRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
} }

shape! { pub struct GetUserResponse {
    user: User = "User",
} }

shape! { pub struct Group {
    path: String = "Path" where PATH_TYPE,
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    group_id: String = "GroupId" where ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
    create_date: Timestamp = "CreateDate",
} }

shape! { pub struct GroupDetail {
    path: Option<String> = "Path" where PATH_TYPE,
    group_name: Option<String> = "GroupName" where GROUP_NAME_TYPE,
    group_id: Option<String> = "GroupId" where ID_TYPE,
    arn: Option<String> = "Arn" where ARN_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    group_policy_list: Option<Vec<PolicyDetail>> = "GroupPolicyList",
    attached_managed_policies: Option<Vec<AttachedPolicy>> = "AttachedManagedPolicies",
} }

shape! { pub struct InstanceProfile {
    path: String = "Path" where PATH_TYPE,
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    instance_profile_id: String = "InstanceProfileId" where ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
    create_date: Timestamp = "CreateDate",
    roles: Vec<Role> = "Roles",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct ListAccessKeysRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListAccessKeysResponse {
    access_key_metadata: Vec<AccessKeyMetadata> = "AccessKeyMetadata",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListAccountAliasesRequest {
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListAccountAliasesResponse {
    account_aliases: Vec<String> = "AccountAliases" where ACCOUNT_ALIAS_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListAttachedGroupPoliciesRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    path_prefix: Option<String> = "PathPrefix" where POLICY_PATH_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListAttachedGroupPoliciesResponse {
    attached_policies: Option<Vec<AttachedPolicy>> = "AttachedPolicies",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListAttachedRolePoliciesRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    path_prefix: Option<String> = "PathPrefix" where POLICY_PATH_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListAttachedRolePoliciesResponse {
    attached_policies: Option<Vec<AttachedPolicy>> = "AttachedPolicies",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListAttachedUserPoliciesRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    path_prefix: Option<String> = "PathPrefix" where POLICY_PATH_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListAttachedUserPoliciesResponse {
    attached_policies: Option<Vec<AttachedPolicy>> = "AttachedPolicies",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListDelegationRequestsRequest {
    owner_id: Option<String> = "OwnerId" where OWNER_ID_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListDelegationRequestsResponse {
    delegation_requests: Option<Vec<DelegationRequest>> = "DelegationRequests",
    marker: Option<String> = "Marker" where MARKER_TYPE,
    is_truncated: Option<bool> = "isTruncated",
} }

shape! { pub struct ListEntitiesForPolicyRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    entity_filter: Option<String> = "EntityFilter" where ENTITY_TYPE,
    path_prefix: Option<String> = "PathPrefix" where PATH_TYPE,
    policy_usage_filter: Option<String> = "PolicyUsageFilter" where POLICY_USAGE_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListEntitiesForPolicyResponse {
    policy_groups: Option<Vec<PolicyGroup>> = "PolicyGroups",
    policy_users: Option<Vec<PolicyUser>> = "PolicyUsers",
    policy_roles: Option<Vec<PolicyRole>> = "PolicyRoles",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListGroupPoliciesRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListGroupPoliciesResponse {
    policy_names: Vec<String> = "PolicyNames" where POLICY_NAME_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListGroupsForUserRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListGroupsForUserResponse {
    groups: Vec<Group> = "Groups",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListGroupsRequest {
    path_prefix: Option<String> = "PathPrefix" where PATH_PREFIX_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListGroupsResponse {
    groups: Vec<Group> = "Groups",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListInstanceProfileTagsRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListInstanceProfileTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListInstanceProfilesForRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListInstanceProfilesForRoleResponse {
    instance_profiles: Vec<InstanceProfile> = "InstanceProfiles",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListInstanceProfilesRequest {
    path_prefix: Option<String> = "PathPrefix" where PATH_PREFIX_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListInstanceProfilesResponse {
    instance_profiles: Vec<InstanceProfile> = "InstanceProfiles",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListMFADeviceTagsRequest {
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListMFADeviceTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListMFADevicesRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListMFADevicesResponse {
    mfa_devices: Vec<MFADevice> = "MFADevices",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListOpenIDConnectProviderTagsRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListOpenIDConnectProviderTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListOpenIDConnectProvidersRequest {} }

shape! { pub struct ListOpenIDConnectProvidersResponse {
    open_id_connect_provider_list: Option<Vec<OpenIDConnectProviderListEntry>> = "OpenIDConnectProviderList",
} }

shape! { pub struct ListOrganizationsFeaturesRequest {} }

shape! { pub struct ListOrganizationsFeaturesResponse {
    organization_id: Option<String> = "OrganizationId" where ORGANIZATION_ID_TYPE,
    enabled_features: Option<Vec<String>> = "EnabledFeatures" where FEATURES_LIST_TYPE,
} }

shape! { pub struct ListPoliciesGrantingServiceAccessEntry {
    service_namespace: Option<String> = "ServiceNamespace" where SERVICE_NAMESPACE_TYPE,
    policies: Option<Vec<PolicyGrantingServiceAccess>> = "Policies",
} }

shape! { pub struct ListPoliciesGrantingServiceAccessRequest {
    marker: Option<String> = "Marker" where MARKER_TYPE,
    arn: String = "Arn" where ARN_TYPE,
    service_namespaces: Vec<String> = "ServiceNamespaces" where SERVICE_NAMESPACE_LIST_TYPE,
} }

shape! { pub struct ListPoliciesGrantingServiceAccessResponse {
    policies_granting_service_access: Vec<ListPoliciesGrantingServiceAccessEntry> = "PoliciesGrantingServiceAccess",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListPoliciesRequest {
    scope: Option<String> = "Scope" where POLICY_SCOPE_TYPE,
    only_attached: Option<bool> = "OnlyAttached",
    path_prefix: Option<String> = "PathPrefix" where POLICY_PATH_TYPE,
    policy_usage_filter: Option<String> = "PolicyUsageFilter" where POLICY_USAGE_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListPoliciesResponse {
    policies: Option<Vec<Policy>> = "Policies",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListPolicyTagsRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListPolicyTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListPolicyVersionsRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListPolicyVersionsResponse {
    versions: Option<Vec<PolicyVersion>> = "Versions",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListRolePoliciesRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListRolePoliciesResponse {
    policy_names: Vec<String> = "PolicyNames" where POLICY_NAME_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListRoleTagsRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListRoleTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListRolesRequest {
    path_prefix: Option<String> = "PathPrefix" where PATH_PREFIX_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListRolesResponse {
    roles: Vec<Role> = "Roles",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListSAMLProviderTagsRequest {
    saml_provider_arn: String = "SAMLProviderArn" where ARN_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListSAMLProviderTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListSAMLProvidersRequest {} }

shape! { pub struct ListSAMLProvidersResponse {
    saml_provider_list: Option<Vec<SAMLProviderListEntry>> = "SAMLProviderList",
} }

shape! { pub struct ListSSHPublicKeysRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListSSHPublicKeysResponse {
    ssh_public_keys: Option<Vec<SSHPublicKeyMetadata>> = "SSHPublicKeys",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListServerCertificateTagsRequest {
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListServerCertificateTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListServerCertificatesRequest {
    path_prefix: Option<String> = "PathPrefix" where PATH_PREFIX_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListServerCertificatesResponse {
    server_certificate_metadata_list: Vec<ServerCertificateMetadata> = "ServerCertificateMetadataList",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListServiceSpecificCredentialsRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    service_name: Option<String> = "ServiceName",
    all_users: Option<bool> = "AllUsers",
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListServiceSpecificCredentialsResponse {
    service_specific_credentials: Option<Vec<ServiceSpecificCredentialMetadata>> = "ServiceSpecificCredentials",
    marker: Option<String> = "Marker",
    is_truncated: Option<bool> = "IsTruncated",
} }

shape! { pub struct ListSigningCertificatesRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListSigningCertificatesResponse {
    certificates: Vec<SigningCertificate> = "Certificates",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListUserPoliciesRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListUserPoliciesResponse {
    policy_names: Vec<String> = "PolicyNames" where POLICY_NAME_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListUserTagsRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListUserTagsResponse {
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListUsersRequest {
    path_prefix: Option<String> = "PathPrefix" where PATH_PREFIX_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListUsersResponse {
    users: Vec<User> = "Users",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct ListVirtualMFADevicesRequest {
    assignment_status: Option<String> = "AssignmentStatus" where ASSIGNMENT_STATUS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
} }

shape! { pub struct ListVirtualMFADevicesResponse {
    virtual_mfa_devices: Vec<VirtualMFADevice> = "VirtualMFADevices",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct LoginProfile {
    user_name: String = "UserName" where USER_NAME_TYPE,
    create_date: Timestamp = "CreateDate",
    password_reset_required: Option<bool> = "PasswordResetRequired",
} }

shape! { pub struct MFADevice {
    user_name: String = "UserName" where USER_NAME_TYPE,
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    enable_date: Timestamp = "EnableDate",
} }

shape! { pub struct ManagedPolicyDetail {
    policy_name: Option<String> = "PolicyName" where POLICY_NAME_TYPE,
    policy_id: Option<String> = "PolicyId" where ID_TYPE,
    arn: Option<String> = "Arn" where ARN_TYPE,
    path: Option<String> = "Path" where POLICY_PATH_TYPE,
    default_version_id: Option<String> = "DefaultVersionId" where POLICY_VERSION_ID_TYPE,
    attachment_count: Option<i32> = "AttachmentCount",
    permissions_boundary_usage_count: Option<i32> = "PermissionsBoundaryUsageCount",
    is_attachable: Option<bool> = "IsAttachable",
    description: Option<String> = "Description" where POLICY_DESCRIPTION_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    update_date: Option<Timestamp> = "UpdateDate",
    policy_version_list: Option<Vec<PolicyVersion>> = "PolicyVersionList",
} }

shape! { pub struct OpenIDConnectProviderListEntry {
    arn: Option<String> = "Arn" where ARN_TYPE,
} }

shape! { pub struct OrganizationsDecisionDetail {
    allowed_by_organizations: Option<bool> = "AllowedByOrganizations",
} }

shape! { pub struct PasswordPolicy {
    minimum_password_length: Option<i32> = "MinimumPasswordLength" where MINIMUM_PASSWORD_LENGTH_TYPE,
    require_symbols: Option<bool> = "RequireSymbols",
    require_numbers: Option<bool> = "RequireNumbers",
    require_uppercase_characters: Option<bool> = "RequireUppercaseCharacters",
    require_lowercase_characters: Option<bool> = "RequireLowercaseCharacters",
    allow_users_to_change_password: Option<bool> = "AllowUsersToChangePassword",
    expire_passwords: Option<bool> = "ExpirePasswords",
    max_password_age: Option<i32> = "MaxPasswordAge" where MAX_PASSWORD_AGE_TYPE,
    password_reuse_prevention: Option<i32> = "PasswordReusePrevention" where PASSWORD_REUSE_PREVENTION_TYPE,
    hard_expiry: Option<bool> = "HardExpiry",
} }

shape! { pub struct PermissionsBoundaryDecisionDetail {
    allowed_by_permissions_boundary: Option<bool> = "AllowedByPermissionsBoundary",
} }

shape! { pub struct Policy {
    policy_name: Option<String> = "PolicyName" where POLICY_NAME_TYPE,
    policy_id: Option<String> = "PolicyId" where ID_TYPE,
    arn: Option<String> = "Arn" where ARN_TYPE,
    path: Option<String> = "Path" where POLICY_PATH_TYPE,
    default_version_id: Option<String> = "DefaultVersionId" where POLICY_VERSION_ID_TYPE,
    attachment_count: Option<i32> = "AttachmentCount",
    permissions_boundary_usage_count: Option<i32> = "PermissionsBoundaryUsageCount",
    is_attachable: Option<bool> = "IsAttachable",
    description: Option<String> = "Description" where POLICY_DESCRIPTION_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    update_date: Option<Timestamp> = "UpdateDate",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct PolicyDetail {
    policy_name: Option<String> = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: Option<String> = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct PolicyGrantingServiceAccess {
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_type: String = "PolicyType" where POLICY_TYPE,
    policy_arn: Option<String> = "PolicyArn" where ARN_TYPE,
    entity_type: Option<String> = "EntityType" where POLICY_OWNER_ENTITY_TYPE,
    entity_name: Option<String> = "EntityName" where ENTITY_NAME_TYPE,
} }

shape! { pub struct PolicyGroup {
    group_name: Option<String> = "GroupName" where GROUP_NAME_TYPE,
    group_id: Option<String> = "GroupId" where ID_TYPE,
} }

shape! { pub struct PolicyParameter {
    name: Option<String> = "Name" where POLICY_PARAMETER_NAME_TYPE,
    values: Option<Vec<String>> = "Values" where POLICY_PARAMETER_VALUES_LIST_TYPE,
    r#type: Option<String> = "Type" where POLICY_PARAMETER_TYPE_ENUM,
} }

shape! { pub struct PolicyRole {
    role_name: Option<String> = "RoleName" where ROLE_NAME_TYPE,
    role_id: Option<String> = "RoleId" where ID_TYPE,
} }

shape! { pub struct PolicyUser {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    user_id: Option<String> = "UserId" where ID_TYPE,
} }

shape! { pub struct PolicyVersion {
    document: Option<String> = "Document" where POLICY_DOCUMENT_TYPE,
    version_id: Option<String> = "VersionId" where POLICY_VERSION_ID_TYPE,
    is_default_version: Option<bool> = "IsDefaultVersion",
    create_date: Option<Timestamp> = "CreateDate",
} }

shape! { pub struct Position {
    line: Option<i32> = "Line",
    column: Option<i32> = "Column",
} }

shape! { pub struct PutGroupPolicyRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct PutRolePermissionsBoundaryRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    permissions_boundary: String = "PermissionsBoundary" where ARN_TYPE,
} }

shape! { pub struct PutRolePolicyRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct PutUserPermissionsBoundaryRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    permissions_boundary: String = "PermissionsBoundary" where ARN_TYPE,
} }

shape! { pub struct PutUserPolicyRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    policy_name: String = "PolicyName" where POLICY_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct RejectDelegationRequestRequest {
    delegation_request_id: String = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
    notes: Option<String> = "Notes" where NOTES_TYPE,
} }

shape! { pub struct RemoveClientIDFromOpenIDConnectProviderRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
    client_id: String = "ClientID" where CLIENT_ID_TYPE,
} }

shape! { pub struct RemoveRoleFromInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
} }

shape! { pub struct RemoveUserFromGroupRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
} }

shape! { pub struct ResetServiceSpecificCredentialRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    service_specific_credential_id: String = "ServiceSpecificCredentialId" where SERVICE_SPECIFIC_CREDENTIAL_ID,
} }

shape! { pub struct ResetServiceSpecificCredentialResponse {
    service_specific_credential: Option<ServiceSpecificCredential> = "ServiceSpecificCredential",
} }

shape! { pub struct ResourceSpecificResult {
    eval_resource_name: String = "EvalResourceName" where RESOURCE_NAME_TYPE,
    eval_resource_decision: String = "EvalResourceDecision" where POLICY_EVALUATION_DECISION_TYPE,
    matched_statements: Option<Vec<Statement>> = "MatchedStatements",
    missing_context_values: Option<Vec<String>> = "MissingContextValues" where CONTEXT_KEY_NAMES_RESULT_LIST_TYPE,
    eval_decision_details: Option<BTreeMap<String, String>> = "EvalDecisionDetails" where EVAL_DECISION_DETAILS_TYPE,
    permissions_boundary_decision_detail: Option<PermissionsBoundaryDecisionDetail> = "PermissionsBoundaryDecisionDetail",
} }

shape! { pub struct ResyncMFADeviceRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    authentication_code1: String = "AuthenticationCode1" where AUTHENTICATION_CODE_TYPE,
    authentication_code2: String = "AuthenticationCode2" where AUTHENTICATION_CODE_TYPE,
} }

shape! { pub struct Role {
    path: String = "Path" where PATH_TYPE,
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    role_id: String = "RoleId" where ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
    create_date: Timestamp = "CreateDate",
    assume_role_policy_document: Option<String> = "AssumeRolePolicyDocument" where POLICY_DOCUMENT_TYPE,
    description: Option<String> = "Description" where ROLE_DESCRIPTION_TYPE,
    max_session_duration: Option<i32> = "MaxSessionDuration" where ROLE_MAX_SESSION_DURATION_TYPE,
    permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
    role_last_used: Option<RoleLastUsed> = "RoleLastUsed",
} }

shape! { pub struct RoleDetail {
    path: Option<String> = "Path" where PATH_TYPE,
    role_name: Option<String> = "RoleName" where ROLE_NAME_TYPE,
    role_id: Option<String> = "RoleId" where ID_TYPE,
    arn: Option<String> = "Arn" where ARN_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    assume_role_policy_document: Option<String> = "AssumeRolePolicyDocument" where POLICY_DOCUMENT_TYPE,
    instance_profile_list: Option<Vec<InstanceProfile>> = "InstanceProfileList",
    role_policy_list: Option<Vec<PolicyDetail>> = "RolePolicyList",
    attached_managed_policies: Option<Vec<AttachedPolicy>> = "AttachedManagedPolicies",
    permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
    role_last_used: Option<RoleLastUsed> = "RoleLastUsed",
} }

shape! { pub struct RoleLastUsed {
    last_used_date: Option<Timestamp> = "LastUsedDate",
    region: Option<String> = "Region",
} }

shape! { pub struct RoleUsageType {
    region: Option<String> = "Region" where REGION_NAME_TYPE,
    resources: Option<Vec<String>> = "Resources" where ARN_LIST_TYPE,
} }

shape! { pub struct SAMLPrivateKey {
    key_id: Option<String> = "KeyId" where PRIVATE_KEY_ID_TYPE,
    timestamp: Option<Timestamp> = "Timestamp",
} }

shape! { pub struct SAMLProviderListEntry {
    arn: Option<String> = "Arn" where ARN_TYPE,
    valid_until: Option<Timestamp> = "ValidUntil",
    create_date: Option<Timestamp> = "CreateDate",
} }

shape! { pub struct SSHPublicKey {
    user_name: String = "UserName" where USER_NAME_TYPE,
    ssh_public_key_id: String = "SSHPublicKeyId" where PUBLIC_KEY_ID_TYPE,
    fingerprint: String = "Fingerprint" where PUBLIC_KEY_FINGERPRINT_TYPE,
    ssh_public_key_body: String = "SSHPublicKeyBody" where PUBLIC_KEY_MATERIAL_TYPE,
    status: String = "Status" where STATUS_TYPE,
    upload_date: Option<Timestamp> = "UploadDate",
} }

shape! { pub struct SSHPublicKeyMetadata {
    user_name: String = "UserName" where USER_NAME_TYPE,
    ssh_public_key_id: String = "SSHPublicKeyId" where PUBLIC_KEY_ID_TYPE,
    status: String = "Status" where STATUS_TYPE,
    upload_date: Timestamp = "UploadDate",
} }

shape! { pub struct SendDelegationTokenRequest {
    delegation_request_id: String = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
} }

shape! { pub struct ServerCertificate {
    server_certificate_metadata: ServerCertificateMetadata = "ServerCertificateMetadata",
    certificate_body: String = "CertificateBody" where CERTIFICATE_BODY_TYPE,
    certificate_chain: Option<String> = "CertificateChain" where CERTIFICATE_CHAIN_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct ServerCertificateMetadata {
    path: String = "Path" where PATH_TYPE,
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
    server_certificate_id: String = "ServerCertificateId" where ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
    upload_date: Option<Timestamp> = "UploadDate",
    expiration: Option<Timestamp> = "Expiration",
} }

shape! { pub struct ServiceLastAccessed {
    service_name: String = "ServiceName",
    last_authenticated: Option<Timestamp> = "LastAuthenticated",
    service_namespace: String = "ServiceNamespace" where SERVICE_NAMESPACE_TYPE,
    last_authenticated_entity: Option<String> = "LastAuthenticatedEntity" where ARN_TYPE,
    last_authenticated_region: Option<String> = "LastAuthenticatedRegion",
    total_authenticated_entities: Option<i32> = "TotalAuthenticatedEntities",
    tracked_actions_last_accessed: Option<Vec<TrackedActionLastAccessed>> = "TrackedActionsLastAccessed",
} }

shape! { pub struct ServiceSpecificCredential {
    create_date: Timestamp = "CreateDate",
    expiration_date: Option<Timestamp> = "ExpirationDate",
    service_name: String = "ServiceName",
    service_user_name: Option<String> = "ServiceUserName" where SERVICE_USER_NAME,
    service_password: Option<Secret> = "ServicePassword" where SERVICE_PASSWORD,
    service_credential_alias: Option<String> = "ServiceCredentialAlias" where SERVICE_CREDENTIAL_ALIAS,
    service_credential_secret: Option<Secret> = "ServiceCredentialSecret" where SERVICE_CREDENTIAL_SECRET,
    service_specific_credential_id: String = "ServiceSpecificCredentialId" where SERVICE_SPECIFIC_CREDENTIAL_ID,
    user_name: String = "UserName" where USER_NAME_TYPE,
    status: String = "Status" where STATUS_TYPE,
} }

shape! { pub struct ServiceSpecificCredentialMetadata {
    user_name: String = "UserName" where USER_NAME_TYPE,
    status: String = "Status" where STATUS_TYPE,
    service_user_name: Option<String> = "ServiceUserName" where SERVICE_USER_NAME,
    service_credential_alias: Option<String> = "ServiceCredentialAlias" where SERVICE_CREDENTIAL_ALIAS,
    create_date: Timestamp = "CreateDate",
    expiration_date: Option<Timestamp> = "ExpirationDate",
    service_specific_credential_id: String = "ServiceSpecificCredentialId" where SERVICE_SPECIFIC_CREDENTIAL_ID,
    service_name: String = "ServiceName",
} }

shape! { pub struct SetDefaultPolicyVersionRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    version_id: String = "VersionId" where POLICY_VERSION_ID_TYPE,
} }

shape! { pub struct SetSecurityTokenServicePreferencesRequest {
    global_endpoint_token_version: String = "GlobalEndpointTokenVersion" where GLOBAL_ENDPOINT_TOKEN_VERSION,
} }

shape! { pub struct SigningCertificate {
    user_name: String = "UserName" where USER_NAME_TYPE,
    certificate_id: String = "CertificateId" where CERTIFICATE_ID_TYPE,
    certificate_body: String = "CertificateBody" where CERTIFICATE_BODY_TYPE,
    status: String = "Status" where STATUS_TYPE,
    upload_date: Option<Timestamp> = "UploadDate",
} }

shape! { pub struct SimulateCustomPolicyRequest {
    policy_input_list: Vec<String> = "PolicyInputList" where SIMULATION_POLICY_LIST_TYPE,
    permissions_boundary_policy_input_list: Option<Vec<String>> = "PermissionsBoundaryPolicyInputList" where SIMULATION_POLICY_LIST_TYPE,
    action_names: Vec<String> = "ActionNames" where ACTION_NAME_LIST_TYPE,
    resource_arns: Option<Vec<String>> = "ResourceArns" where RESOURCE_NAME_LIST_TYPE,
    resource_policy: Option<String> = "ResourcePolicy" where POLICY_DOCUMENT_TYPE,
    resource_owner: Option<String> = "ResourceOwner" where RESOURCE_NAME_TYPE,
    caller_arn: Option<String> = "CallerArn" where RESOURCE_NAME_TYPE,
    context_entries: Option<Vec<ContextEntry>> = "ContextEntries",
    resource_handling_option: Option<String> = "ResourceHandlingOption" where RESOURCE_HANDLING_OPTION_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
} }

shape! { pub struct SimulatePolicyResponse {
    evaluation_results: Option<Vec<EvaluationResult>> = "EvaluationResults",
    is_truncated: Option<bool> = "IsTruncated",
    marker: Option<String> = "Marker",
} }

shape! { pub struct SimulatePrincipalPolicyRequest {
    policy_source_arn: String = "PolicySourceArn" where ARN_TYPE,
    policy_input_list: Option<Vec<String>> = "PolicyInputList" where SIMULATION_POLICY_LIST_TYPE,
    permissions_boundary_policy_input_list: Option<Vec<String>> = "PermissionsBoundaryPolicyInputList" where SIMULATION_POLICY_LIST_TYPE,
    action_names: Vec<String> = "ActionNames" where ACTION_NAME_LIST_TYPE,
    resource_arns: Option<Vec<String>> = "ResourceArns" where RESOURCE_NAME_LIST_TYPE,
    resource_policy: Option<String> = "ResourcePolicy" where POLICY_DOCUMENT_TYPE,
    resource_owner: Option<String> = "ResourceOwner" where RESOURCE_NAME_TYPE,
    caller_arn: Option<String> = "CallerArn" where RESOURCE_NAME_TYPE,
    context_entries: Option<Vec<ContextEntry>> = "ContextEntries",
    resource_handling_option: Option<String> = "ResourceHandlingOption" where RESOURCE_HANDLING_OPTION_TYPE,
    max_items: Option<i32> = "MaxItems" where MAX_ITEMS_TYPE,
    marker: Option<String> = "Marker" where MARKER_TYPE,
} }

shape! { pub struct Statement {
    source_policy_id: Option<String> = "SourcePolicyId",
    source_policy_type: Option<String> = "SourcePolicyType" where POLICY_SOURCE_TYPE,
    start_position: Option<Position> = "StartPosition",
    end_position: Option<Position> = "EndPosition",
} }

shape! { pub struct Tag {
    key: String = "Key" where TAG_KEY_TYPE,
    value: String = "Value" where TAG_VALUE_TYPE,
} }

shape! { pub struct TagInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagMFADeviceRequest {
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagOpenIDConnectProviderRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagPolicyRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagSAMLProviderRequest {
    saml_provider_arn: String = "SAMLProviderArn" where ARN_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagServerCertificateRequest {
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TagUserRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    tags: Vec<Tag> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct TrackedActionLastAccessed {
    action_name: Option<String> = "ActionName",
    last_accessed_entity: Option<String> = "LastAccessedEntity" where ARN_TYPE,
    last_accessed_time: Option<Timestamp> = "LastAccessedTime",
    last_accessed_region: Option<String> = "LastAccessedRegion",
} }

shape! { pub struct UntagInstanceProfileRequest {
    instance_profile_name: String = "InstanceProfileName" where INSTANCE_PROFILE_NAME_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagMFADeviceRequest {
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagOpenIDConnectProviderRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagPolicyRequest {
    policy_arn: String = "PolicyArn" where ARN_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagSAMLProviderRequest {
    saml_provider_arn: String = "SAMLProviderArn" where ARN_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagServerCertificateRequest {
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UntagUserRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    tag_keys: Vec<String> = "TagKeys" where TAG_KEY_LIST_TYPE,
} }

shape! { pub struct UpdateAccessKeyRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    access_key_id: String = "AccessKeyId" where ACCESS_KEY_ID_TYPE,
    status: String = "Status" where STATUS_TYPE,
} }

shape! { pub struct UpdateAccountPasswordPolicyRequest {
    minimum_password_length: Option<i32> = "MinimumPasswordLength" where MINIMUM_PASSWORD_LENGTH_TYPE,
    require_symbols: Option<bool> = "RequireSymbols",
    require_numbers: Option<bool> = "RequireNumbers",
    require_uppercase_characters: Option<bool> = "RequireUppercaseCharacters",
    require_lowercase_characters: Option<bool> = "RequireLowercaseCharacters",
    allow_users_to_change_password: Option<bool> = "AllowUsersToChangePassword",
    max_password_age: Option<i32> = "MaxPasswordAge" where MAX_PASSWORD_AGE_TYPE,
    password_reuse_prevention: Option<i32> = "PasswordReusePrevention" where PASSWORD_REUSE_PREVENTION_TYPE,
    hard_expiry: Option<bool> = "HardExpiry",
} }

shape! { pub struct UpdateAssumeRolePolicyRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    policy_document: String = "PolicyDocument" where POLICY_DOCUMENT_TYPE,
} }

shape! { pub struct UpdateDelegationRequestRequest {
    delegation_request_id: String = "DelegationRequestId" where DELEGATION_REQUEST_ID_TYPE,
    notes: Option<String> = "Notes" where NOTES_TYPE,
} }

shape! { pub struct UpdateGroupRequest {
    group_name: String = "GroupName" where GROUP_NAME_TYPE,
    new_path: Option<String> = "NewPath" where PATH_TYPE,
    new_group_name: Option<String> = "NewGroupName" where GROUP_NAME_TYPE,
} }

shape! { pub struct UpdateLoginProfileRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    password: Option<Secret> = "Password" where PASSWORD_TYPE,
    password_reset_required: Option<bool> = "PasswordResetRequired",
} }

shape! { pub struct UpdateOpenIDConnectProviderThumbprintRequest {
    open_id_connect_provider_arn: String = "OpenIDConnectProviderArn" where ARN_TYPE,
    thumbprint_list: Vec<String> = "ThumbprintList" where THUMBPRINT_LIST_TYPE,
} }

shape! { pub struct UpdateRoleDescriptionRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    description: String = "Description" where ROLE_DESCRIPTION_TYPE,
} }

shape! { pub struct UpdateRoleDescriptionResponse {
    role: Option<Role> = "Role",
} }

shape! { pub struct UpdateRoleRequest {
    role_name: String = "RoleName" where ROLE_NAME_TYPE,
    description: Option<String> = "Description" where ROLE_DESCRIPTION_TYPE,
    max_session_duration: Option<i32> = "MaxSessionDuration" where ROLE_MAX_SESSION_DURATION_TYPE,
} }

shape! { pub struct UpdateRoleResponse {} }

shape! { pub struct UpdateSAMLProviderRequest {
    saml_metadata_document: Option<String> = "SAMLMetadataDocument" where SAML_METADATA_DOCUMENT_TYPE,
    saml_provider_arn: String = "SAMLProviderArn" where ARN_TYPE,
    assertion_encryption_mode: Option<String> = "AssertionEncryptionMode" where ASSERTION_ENCRYPTION_MODE_TYPE,
    add_private_key: Option<Secret> = "AddPrivateKey" where PRIVATE_KEY_TYPE,
    remove_private_key: Option<String> = "RemovePrivateKey" where PRIVATE_KEY_ID_TYPE,
} }

shape! { pub struct UpdateSAMLProviderResponse {
    saml_provider_arn: Option<String> = "SAMLProviderArn" where ARN_TYPE,
} }

shape! { pub struct UpdateSSHPublicKeyRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    ssh_public_key_id: String = "SSHPublicKeyId" where PUBLIC_KEY_ID_TYPE,
    status: String = "Status" where STATUS_TYPE,
} }

shape! { pub struct UpdateServerCertificateRequest {
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
    new_path: Option<String> = "NewPath" where PATH_TYPE,
    new_server_certificate_name: Option<String> = "NewServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
} }

shape! { pub struct UpdateServiceSpecificCredentialRequest {
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    service_specific_credential_id: String = "ServiceSpecificCredentialId" where SERVICE_SPECIFIC_CREDENTIAL_ID,
    status: String = "Status" where STATUS_TYPE,
} }

shape! { pub struct UpdateSigningCertificateRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    certificate_id: String = "CertificateId" where CERTIFICATE_ID_TYPE,
    status: String = "Status" where STATUS_TYPE,
} }

shape! { pub struct UpdateUserRequest {
    user_name: String = "UserName" where EXISTING_USER_NAME_TYPE,
    new_path: Option<String> = "NewPath" where PATH_TYPE,
    new_user_name: Option<String> = "NewUserName" where USER_NAME_TYPE,
} }

shape! { pub struct UploadSSHPublicKeyRequest {
    user_name: String = "UserName" where USER_NAME_TYPE,
    ssh_public_key_body: String = "SSHPublicKeyBody" where PUBLIC_KEY_MATERIAL_TYPE,
} }

shape! { pub struct UploadSSHPublicKeyResponse {
    ssh_public_key: Option<SSHPublicKey> = "SSHPublicKey",
} }

shape! { pub struct UploadServerCertificateRequest {
    path: Option<String> = "Path" where PATH_TYPE,
    server_certificate_name: String = "ServerCertificateName" where SERVER_CERTIFICATE_NAME_TYPE,
    certificate_body: String = "CertificateBody" where CERTIFICATE_BODY_TYPE,
    private_key: Secret = "PrivateKey" where PRIVATE_KEY_TYPE,
    certificate_chain: Option<String> = "CertificateChain" where CERTIFICATE_CHAIN_TYPE,
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct UploadServerCertificateResponse {
    server_certificate_metadata: Option<ServerCertificateMetadata> = "ServerCertificateMetadata",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct UploadSigningCertificateRequest {
    user_name: Option<String> = "UserName" where EXISTING_USER_NAME_TYPE,
    certificate_body: String = "CertificateBody" where CERTIFICATE_BODY_TYPE,
} }

shape! { pub struct UploadSigningCertificateResponse {
    certificate: SigningCertificate = "Certificate",
} }

shape! { pub struct User {
    path: String = "Path" where PATH_TYPE,
    user_name: String = "UserName" where USER_NAME_TYPE,
    user_id: String = "UserId" where ID_TYPE,
    arn: String = "Arn" where ARN_TYPE,
    create_date: Timestamp = "CreateDate",
    password_last_used: Option<Timestamp> = "PasswordLastUsed",
    permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct UserDetail {
    path: Option<String> = "Path" where PATH_TYPE,
    user_name: Option<String> = "UserName" where USER_NAME_TYPE,
    user_id: Option<String> = "UserId" where ID_TYPE,
    arn: Option<String> = "Arn" where ARN_TYPE,
    create_date: Option<Timestamp> = "CreateDate",
    user_policy_list: Option<Vec<PolicyDetail>> = "UserPolicyList",
    group_list: Option<Vec<String>> = "GroupList" where GROUP_NAME_LIST_TYPE,
    attached_managed_policies: Option<Vec<AttachedPolicy>> = "AttachedManagedPolicies",
    permissions_boundary: Option<AttachedPermissionsBoundary> = "PermissionsBoundary",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

shape! { pub struct VirtualMFADevice {
    serial_number: String = "SerialNumber" where SERIAL_NUMBER_TYPE,
    base32_string_seed: Option<Bytes> = "Base32StringSeed" where BOOTSTRAP_DATUM,
    qr_code_png: Option<Bytes> = "QRCodePNG" where BOOTSTRAP_DATUM,
    user: Option<User> = "User",
    enable_date: Option<Timestamp> = "EnableDate",
    tags: Option<Vec<Tag>> = "Tags" where TAG_LIST_TYPE,
} }

operations! { IAM;
    AcceptDelegationRequest(AcceptDelegationRequestRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION];
    AddClientIDToOpenIDConnectProvider(AddClientIDToOpenIDConnectProviderRequest) -> () = POST "/"
        fails [CONCURRENT_MODIFICATION_EXCEPTION INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    AddRoleToInstanceProfile(AddRoleToInstanceProfileRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            UNMODIFIABLE_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    AddUserToGroup(AddUserToGroupRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    AssociateDelegationRequest(AssociateDelegationRequestRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            INVALID_INPUT_EXCEPTION];
    AttachGroupPolicy(AttachGroupPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            POLICY_NOT_ATTACHABLE_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    AttachRolePolicy(AttachRolePolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION
            POLICY_NOT_ATTACHABLE_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    AttachUserPolicy(AttachUserPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            POLICY_NOT_ATTACHABLE_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    ChangePassword(ChangePasswordRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_USER_TYPE_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION PASSWORD_POLICY_VIOLATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateAccessKey(CreateAccessKeyRequest) -> CreateAccessKeyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateAccountAlias(CreateAccountAliasRequest) -> () = POST "/"
        fails [CONCURRENT_MODIFICATION_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    CreateDelegationRequest(CreateDelegationRequestRequest) -> CreateDelegationRequestResponse = POST "/"
        fails [ENTITY_ALREADY_EXISTS_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION
            LIMIT_EXCEEDED_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION];
    CreateGroup(CreateGroupRequest) -> CreateGroupResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    CreateInstanceProfile(CreateInstanceProfileRequest) -> CreateInstanceProfileResponse = POST "/"
        fails [ENTITY_ALREADY_EXISTS_EXCEPTION INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateLoginProfile(CreateLoginProfileRequest) -> CreateLoginProfileResponse = POST "/"
        fails [ENTITY_ALREADY_EXISTS_EXCEPTION NO_SUCH_ENTITY_EXCEPTION PASSWORD_POLICY_VIOLATION_EXCEPTION
            LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateOpenIDConnectProvider(CreateOpenIDConnectProviderRequest) -> CreateOpenIDConnectProviderResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION OPEN_ID_IDP_COMMUNICATION_ERROR_EXCEPTION];
    CreatePolicy(CreatePolicyRequest) -> CreatePolicyResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION
            MALFORMED_POLICY_DOCUMENT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreatePolicyVersion(CreatePolicyVersionRequest) -> CreatePolicyVersionResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION MALFORMED_POLICY_DOCUMENT_EXCEPTION INVALID_INPUT_EXCEPTION
            LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateRole(CreateRoleRequest) -> CreateRoleResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION
            MALFORMED_POLICY_DOCUMENT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateSAMLProvider(CreateSAMLProviderRequest) -> CreateSAMLProviderResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateServiceLinkedRole(CreateServiceLinkedRoleRequest) -> CreateServiceLinkedRoleResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateServiceSpecificCredential(CreateServiceSpecificCredentialRequest) -> CreateServiceSpecificCredentialResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_NOT_SUPPORTED_EXCEPTION];
    CreateUser(CreateUserRequest) -> CreateUserResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    CreateVirtualMFADevice(CreateVirtualMFADeviceRequest) -> CreateVirtualMFADeviceResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeactivateMFADevice(DeactivateMFADeviceRequest) -> () = POST "/"
        fails [ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION];
    DeleteAccessKey(DeleteAccessKeyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteAccountAlias(DeleteAccountAliasRequest) -> () = POST "/"
        fails [CONCURRENT_MODIFICATION_EXCEPTION NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DeleteAccountPasswordPolicy(()) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteGroup(DeleteGroupRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION DELETE_CONFLICT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteGroupPolicy(DeleteGroupPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteInstanceProfile(DeleteInstanceProfileRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION DELETE_CONFLICT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteLoginProfile(DeleteLoginProfileRequest) -> () = POST "/"
        fails [ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DeleteOpenIDConnectProvider(DeleteOpenIDConnectProviderRequest) -> () = POST "/"
        fails [INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeletePolicy(DeletePolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION DELETE_CONFLICT_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DeletePolicyVersion(DeletePolicyVersionRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION DELETE_CONFLICT_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DeleteRole(DeleteRoleRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION DELETE_CONFLICT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            UNMODIFIABLE_ENTITY_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteRolePermissionsBoundary(DeleteRolePermissionsBoundaryRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteRolePolicy(DeleteRolePolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DeleteSAMLProvider(DeleteSAMLProviderRequest) -> () = POST "/"
        fails [INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteSSHPublicKey(DeleteSSHPublicKeyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION];
    DeleteServerCertificate(DeleteServerCertificateRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION DELETE_CONFLICT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteServiceLinkedRole(DeleteServiceLinkedRoleRequest) -> DeleteServiceLinkedRoleResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteServiceSpecificCredential(DeleteServiceSpecificCredentialRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION];
    DeleteSigningCertificate(DeleteSigningCertificateRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DeleteUser(DeleteUserRequest) -> () = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION NO_SUCH_ENTITY_EXCEPTION DELETE_CONFLICT_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteUserPermissionsBoundary(DeleteUserPermissionsBoundaryRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteUserPolicy(DeleteUserPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DeleteVirtualMFADevice(DeleteVirtualMFADeviceRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION DELETE_CONFLICT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION];
    DetachGroupPolicy(DetachGroupPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DetachRolePolicy(DetachRolePolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    DetachUserPolicy(DetachUserPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    DisableOrganizationsRootCredentialsManagement(DisableOrganizationsRootCredentialsManagementRequest) -> DisableOrganizationsRootCredentialsManagementResponse = POST "/"
        fails [SERVICE_ACCESS_NOT_ENABLED_EXCEPTION ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION
            ORGANIZATION_NOT_FOUND_EXCEPTION ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION];
    DisableOrganizationsRootSessions(DisableOrganizationsRootSessionsRequest) -> DisableOrganizationsRootSessionsResponse = POST "/"
        fails [SERVICE_ACCESS_NOT_ENABLED_EXCEPTION ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION
            ORGANIZATION_NOT_FOUND_EXCEPTION ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION];
    DisableOutboundWebIdentityFederation(()) -> () = POST "/"
        fails [FEATURE_DISABLED_EXCEPTION];
    EnableMFADevice(EnableMFADeviceRequest) -> () = POST "/"
        fails [ENTITY_ALREADY_EXISTS_EXCEPTION ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION
            INVALID_AUTHENTICATION_CODE_EXCEPTION LIMIT_EXCEEDED_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION];
    EnableOrganizationsRootCredentialsManagement(EnableOrganizationsRootCredentialsManagementRequest) -> EnableOrganizationsRootCredentialsManagementResponse = POST "/"
        fails [SERVICE_ACCESS_NOT_ENABLED_EXCEPTION ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION
            ORGANIZATION_NOT_FOUND_EXCEPTION ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION
            CALLER_IS_NOT_MANAGEMENT_ACCOUNT_EXCEPTION];
    EnableOrganizationsRootSessions(EnableOrganizationsRootSessionsRequest) -> EnableOrganizationsRootSessionsResponse = POST "/"
        fails [SERVICE_ACCESS_NOT_ENABLED_EXCEPTION ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION
            ORGANIZATION_NOT_FOUND_EXCEPTION ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION
            CALLER_IS_NOT_MANAGEMENT_ACCOUNT_EXCEPTION];
    EnableOutboundWebIdentityFederation(()) -> EnableOutboundWebIdentityFederationResponse = POST "/"
        fails [FEATURE_ENABLED_EXCEPTION];
    GenerateCredentialReport(()) -> GenerateCredentialReportResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GenerateOrganizationsAccessReport(GenerateOrganizationsAccessReportRequest) -> GenerateOrganizationsAccessReportResponse = POST "/"
        fails [REPORT_GENERATION_LIMIT_EXCEEDED_EXCEPTION];
    GenerateServiceLastAccessedDetails(GenerateServiceLastAccessedDetailsRequest) -> GenerateServiceLastAccessedDetailsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION];
    GetAccessKeyLastUsed(GetAccessKeyLastUsedRequest) -> GetAccessKeyLastUsedResponse = POST "/";
    GetAccountAuthorizationDetails(GetAccountAuthorizationDetailsRequest) -> GetAccountAuthorizationDetailsResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "UserDetailList" "GroupDetailList" "RoleDetailList" "Policies";
    GetAccountPasswordPolicy(()) -> GetAccountPasswordPolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetAccountSummary(()) -> GetAccountSummaryResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION];
    GetContextKeysForCustomPolicy(GetContextKeysForCustomPolicyRequest) -> GetContextKeysForPolicyResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION];
    GetContextKeysForPrincipalPolicy(GetContextKeysForPrincipalPolicyRequest) -> GetContextKeysForPolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION];
    GetCredentialReport(()) -> GetCredentialReportResponse = POST "/"
        fails [CREDENTIAL_REPORT_NOT_PRESENT_EXCEPTION CREDENTIAL_REPORT_EXPIRED_EXCEPTION
            CREDENTIAL_REPORT_NOT_READY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetDelegationRequest(GetDelegationRequestRequest) -> GetDelegationRequestResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetGroup(GetGroupRequest) -> GetGroupResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Users";
    GetGroupPolicy(GetGroupPolicyRequest) -> GetGroupPolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetHumanReadableSummary(GetHumanReadableSummaryRequest) -> GetHumanReadableSummaryResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetInstanceProfile(GetInstanceProfileRequest) -> GetInstanceProfileResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetLoginProfile(GetLoginProfileRequest) -> GetLoginProfileResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetMFADevice(GetMFADeviceRequest) -> GetMFADeviceResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetOpenIDConnectProvider(GetOpenIDConnectProviderRequest) -> GetOpenIDConnectProviderResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetOrganizationsAccessReport(GetOrganizationsAccessReportRequest) -> GetOrganizationsAccessReportResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION];
    GetOutboundWebIdentityFederationInfo(()) -> GetOutboundWebIdentityFederationInfoResponse = POST "/"
        fails [FEATURE_DISABLED_EXCEPTION];
    GetPolicy(GetPolicyRequest) -> GetPolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetPolicyVersion(GetPolicyVersionRequest) -> GetPolicyVersionResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetRole(GetRoleRequest) -> GetRoleResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetRolePolicy(GetRolePolicyRequest) -> GetRolePolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetSAMLProvider(GetSAMLProviderRequest) -> GetSAMLProviderResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetSSHPublicKey(GetSSHPublicKeyRequest) -> GetSSHPublicKeyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION UNRECOGNIZED_PUBLIC_KEY_ENCODING_EXCEPTION];
    GetServerCertificate(GetServerCertificateRequest) -> GetServerCertificateResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetServiceLastAccessedDetails(GetServiceLastAccessedDetailsRequest) -> GetServiceLastAccessedDetailsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION];
    GetServiceLastAccessedDetailsWithEntities(GetServiceLastAccessedDetailsWithEntitiesRequest) -> GetServiceLastAccessedDetailsWithEntitiesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION];
    GetServiceLinkedRoleDeletionStatus(GetServiceLinkedRoleDeletionStatusRequest) -> GetServiceLinkedRoleDeletionStatusResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetUser(GetUserRequest) -> GetUserResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    GetUserPolicy(GetUserPolicyRequest) -> GetUserPolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    ListAccessKeys(ListAccessKeysRequest) -> ListAccessKeysResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "AccessKeyMetadata";
    ListAccountAliases(ListAccountAliasesRequest) -> ListAccountAliasesResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "AccountAliases";
    ListAttachedGroupPolicies(ListAttachedGroupPoliciesRequest) -> ListAttachedGroupPoliciesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "AttachedPolicies";
    ListAttachedRolePolicies(ListAttachedRolePoliciesRequest) -> ListAttachedRolePoliciesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "AttachedPolicies";
    ListAttachedUserPolicies(ListAttachedUserPoliciesRequest) -> ListAttachedUserPoliciesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "AttachedPolicies";
    ListDelegationRequests(ListDelegationRequestsRequest) -> ListDelegationRequestsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION];
    ListEntitiesForPolicy(ListEntitiesForPolicyRequest) -> ListEntitiesForPolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "PolicyGroups" "PolicyUsers" "PolicyRoles";
    ListGroupPolicies(ListGroupPoliciesRequest) -> ListGroupPoliciesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "PolicyNames";
    ListGroups(ListGroupsRequest) -> ListGroupsResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Groups";
    ListGroupsForUser(ListGroupsForUserRequest) -> ListGroupsForUserResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Groups";
    ListInstanceProfileTags(ListInstanceProfileTagsRequest) -> ListInstanceProfileTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListInstanceProfiles(ListInstanceProfilesRequest) -> ListInstanceProfilesResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "InstanceProfiles";
    ListInstanceProfilesForRole(ListInstanceProfilesForRoleRequest) -> ListInstanceProfilesForRoleResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "InstanceProfiles";
    ListMFADeviceTags(ListMFADeviceTagsRequest) -> ListMFADeviceTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListMFADevices(ListMFADevicesRequest) -> ListMFADevicesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "MFADevices";
    ListOpenIDConnectProviderTags(ListOpenIDConnectProviderTagsRequest) -> ListOpenIDConnectProviderTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListOpenIDConnectProviders(ListOpenIDConnectProvidersRequest) -> ListOpenIDConnectProvidersResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION];
    ListOrganizationsFeatures(ListOrganizationsFeaturesRequest) -> ListOrganizationsFeaturesResponse = POST "/"
        fails [SERVICE_ACCESS_NOT_ENABLED_EXCEPTION ACCOUNT_NOT_MANAGEMENT_OR_DELEGATED_ADMINISTRATOR_EXCEPTION
            ORGANIZATION_NOT_FOUND_EXCEPTION ORGANIZATION_NOT_IN_ALL_FEATURES_MODE_EXCEPTION];
    ListPolicies(ListPoliciesRequest) -> ListPoliciesResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Policies";
    ListPoliciesGrantingServiceAccess(ListPoliciesGrantingServiceAccessRequest) -> ListPoliciesGrantingServiceAccessResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION];
    ListPolicyTags(ListPolicyTagsRequest) -> ListPolicyTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListPolicyVersions(ListPolicyVersionsRequest) -> ListPolicyVersionsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Versions";
    ListRolePolicies(ListRolePoliciesRequest) -> ListRolePoliciesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "PolicyNames";
    ListRoleTags(ListRoleTagsRequest) -> ListRoleTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListRoles(ListRolesRequest) -> ListRolesResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Roles";
    ListSAMLProviderTags(ListSAMLProviderTagsRequest) -> ListSAMLProviderTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListSAMLProviders(ListSAMLProvidersRequest) -> ListSAMLProvidersResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION];
    ListSSHPublicKeys(ListSSHPublicKeysRequest) -> ListSSHPublicKeysResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "SSHPublicKeys";
    ListServerCertificateTags(ListServerCertificateTagsRequest) -> ListServerCertificateTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListServerCertificates(ListServerCertificatesRequest) -> ListServerCertificatesResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "ServerCertificateMetadataList";
    ListServiceSpecificCredentials(ListServiceSpecificCredentialsRequest) -> ListServiceSpecificCredentialsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_NOT_SUPPORTED_EXCEPTION];
    ListSigningCertificates(ListSigningCertificatesRequest) -> ListSigningCertificatesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Certificates";
    ListUserPolicies(ListUserPoliciesRequest) -> ListUserPoliciesResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "PolicyNames";
    ListUserTags(ListUserTagsRequest) -> ListUserTagsResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Tags";
    ListUsers(ListUsersRequest) -> ListUsersResponse = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "Users";
    ListVirtualMFADevices(ListVirtualMFADevicesRequest) -> ListVirtualMFADevicesResponse = POST "/"
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "VirtualMFADevices";
    PutGroupPolicy(PutGroupPolicyRequest) -> () = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION MALFORMED_POLICY_DOCUMENT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    PutRolePermissionsBoundary(PutRolePermissionsBoundaryRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION
            POLICY_NOT_ATTACHABLE_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    PutRolePolicy(PutRolePolicyRequest) -> () = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION MALFORMED_POLICY_DOCUMENT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            UNMODIFIABLE_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    PutUserPermissionsBoundary(PutUserPermissionsBoundaryRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION POLICY_NOT_ATTACHABLE_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    PutUserPolicy(PutUserPolicyRequest) -> () = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION MALFORMED_POLICY_DOCUMENT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    RejectDelegationRequest(RejectDelegationRequestRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            INVALID_INPUT_EXCEPTION];
    RemoveClientIDFromOpenIDConnectProvider(RemoveClientIDFromOpenIDConnectProviderRequest) -> () = POST "/"
        fails [CONCURRENT_MODIFICATION_EXCEPTION INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    RemoveRoleFromInstanceProfile(RemoveRoleFromInstanceProfileRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    RemoveUserFromGroup(RemoveUserFromGroupRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    ResetServiceSpecificCredential(ResetServiceSpecificCredentialRequest) -> ResetServiceSpecificCredentialResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION];
    ResyncMFADevice(ResyncMFADeviceRequest) -> () = POST "/"
        fails [INVALID_AUTHENTICATION_CODE_EXCEPTION NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION];
    SendDelegationToken(SendDelegationTokenRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            INVALID_INPUT_EXCEPTION];
    SetDefaultPolicyVersion(SetDefaultPolicyVersionRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    SetSecurityTokenServicePreferences(SetSecurityTokenServicePreferencesRequest) -> () = POST "/"
        fails [SERVICE_FAILURE_EXCEPTION];
    SimulateCustomPolicy(SimulateCustomPolicyRequest) -> SimulatePolicyResponse = POST "/"
        fails [INVALID_INPUT_EXCEPTION POLICY_EVALUATION_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "EvaluationResults";
    SimulatePrincipalPolicy(SimulatePrincipalPolicyRequest) -> SimulatePolicyResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION POLICY_EVALUATION_EXCEPTION]
        pages "Marker" -> "Marker" limit "MaxItems" more "IsTruncated" of "EvaluationResults";
    TagInstanceProfile(TagInstanceProfileRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagMFADevice(TagMFADeviceRequest) -> () = POST "/"
        fails [INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagOpenIDConnectProvider(TagOpenIDConnectProviderRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagPolicy(TagPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagRole(TagRoleRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagSAMLProvider(TagSAMLProviderRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagServerCertificate(TagServerCertificateRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    TagUser(TagUserRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UntagInstanceProfile(UntagInstanceProfileRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UntagMFADevice(UntagMFADeviceRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UntagOpenIDConnectProvider(UntagOpenIDConnectProviderRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UntagPolicy(UntagPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UntagRole(UntagRoleRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UntagSAMLProvider(UntagSAMLProviderRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UntagServerCertificate(UntagServerCertificateRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UntagUser(UntagUserRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UpdateAccessKey(UpdateAccessKeyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION];
    UpdateAccountPasswordPolicy(UpdateAccountPasswordPolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION MALFORMED_POLICY_DOCUMENT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UpdateAssumeRolePolicy(UpdateAssumeRolePolicyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION MALFORMED_POLICY_DOCUMENT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            UNMODIFIABLE_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UpdateDelegationRequest(UpdateDelegationRequestRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            INVALID_INPUT_EXCEPTION];
    UpdateGroup(UpdateGroupRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UpdateLoginProfile(UpdateLoginProfileRequest) -> () = POST "/"
        fails [ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION NO_SUCH_ENTITY_EXCEPTION PASSWORD_POLICY_VIOLATION_EXCEPTION
            LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UpdateOpenIDConnectProviderThumbprint(UpdateOpenIDConnectProviderThumbprintRequest) -> () = POST "/"
        fails [CONCURRENT_MODIFICATION_EXCEPTION INVALID_INPUT_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UpdateRole(UpdateRoleRequest) -> UpdateRoleResponse = POST "/"
        fails [UNMODIFIABLE_ENTITY_EXCEPTION NO_SUCH_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UpdateRoleDescription(UpdateRoleDescriptionRequest) -> UpdateRoleDescriptionResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION UNMODIFIABLE_ENTITY_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UpdateSAMLProvider(UpdateSAMLProviderRequest) -> UpdateSAMLProviderResponse = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION];
    UpdateSSHPublicKey(UpdateSSHPublicKeyRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION INVALID_INPUT_EXCEPTION];
    UpdateServerCertificate(UpdateServerCertificateRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION LIMIT_EXCEEDED_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UpdateServiceSpecificCredential(UpdateServiceSpecificCredentialRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION];
    UpdateSigningCertificate(UpdateSigningCertificateRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION SERVICE_FAILURE_EXCEPTION INVALID_INPUT_EXCEPTION];
    UpdateUser(UpdateUserRequest) -> () = POST "/"
        fails [NO_SUCH_ENTITY_EXCEPTION LIMIT_EXCEEDED_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION
            ENTITY_TEMPORARILY_UNMODIFIABLE_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
    UploadSSHPublicKey(UploadSSHPublicKeyRequest) -> UploadSSHPublicKeyResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION NO_SUCH_ENTITY_EXCEPTION INVALID_PUBLIC_KEY_EXCEPTION
            DUPLICATE_SSH_PUBLIC_KEY_EXCEPTION UNRECOGNIZED_PUBLIC_KEY_ENCODING_EXCEPTION];
    UploadServerCertificate(UploadServerCertificateRequest) -> UploadServerCertificateResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION INVALID_INPUT_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION
            MALFORMED_CERTIFICATE_EXCEPTION KEY_PAIR_MISMATCH_EXCEPTION CONCURRENT_MODIFICATION_EXCEPTION
            SERVICE_FAILURE_EXCEPTION];
    UploadSigningCertificate(UploadSigningCertificateRequest) -> UploadSigningCertificateResponse = POST "/"
        fails [LIMIT_EXCEEDED_EXCEPTION ENTITY_ALREADY_EXISTS_EXCEPTION MALFORMED_CERTIFICATE_EXCEPTION
            INVALID_CERTIFICATE_EXCEPTION DUPLICATE_CERTIFICATE_EXCEPTION NO_SUCH_ENTITY_EXCEPTION
            CONCURRENT_MODIFICATION_EXCEPTION SERVICE_FAILURE_EXCEPTION];
}
