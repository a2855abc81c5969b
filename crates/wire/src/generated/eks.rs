//! The service `eks`, 2017-11-01. Written by `cargo xtask codegen` from `models/eks.json`.

#![allow(clippy::wildcard_imports, reason = "the macros name whatever a model needs")]

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    operation::{Error, Protocol, Service, operations},
    shape::{Rule, shape},
};

/// The service.
pub const EKS: Service = Service {
    id: "eks",
    version: "2017-11-01",
    namespace: "",
    protocol: Protocol::RestJson,
};

/// The faults that the model names.
pub mod error {
    use super::Error;

    /// `AccessDeniedException`
    pub const ACCESS_DENIED_EXCEPTION: Error = Error {
        code: "AccessDeniedException",
        status: 403,
    };

    /// `BadRequestException`
    pub const BAD_REQUEST_EXCEPTION: Error = Error {
        code: "BadRequestException",
        status: 400,
    };

    /// `ClientException`
    pub const CLIENT_EXCEPTION: Error = Error {
        code: "ClientException",
        status: 400,
    };

    /// `InvalidParameterException`
    pub const INVALID_PARAMETER_EXCEPTION: Error = Error {
        code: "InvalidParameterException",
        status: 400,
    };

    /// `InvalidRequestException`
    pub const INVALID_REQUEST_EXCEPTION: Error = Error {
        code: "InvalidRequestException",
        status: 400,
    };

    /// `InvalidStateException`
    pub const INVALID_STATE_EXCEPTION: Error = Error {
        code: "InvalidStateException",
        status: 400,
    };

    /// `NotFoundException`
    pub const NOT_FOUND_EXCEPTION: Error = Error {
        code: "NotFoundException",
        status: 404,
    };

    /// `ResourceInUseException`
    pub const RESOURCE_IN_USE_EXCEPTION: Error = Error {
        code: "ResourceInUseException",
        status: 409,
    };

    /// `ResourceLimitExceededException`
    pub const RESOURCE_LIMIT_EXCEEDED_EXCEPTION: Error = Error {
        code: "ResourceLimitExceededException",
        status: 400,
    };

    /// `ResourceNotFoundException`
    pub const RESOURCE_NOT_FOUND_EXCEPTION: Error = Error {
        code: "ResourceNotFoundException",
        status: 404,
    };

    /// `ResourcePropagationDelayException`
    pub const RESOURCE_PROPAGATION_DELAY_EXCEPTION: Error = Error {
        code: "ResourcePropagationDelayException",
        status: 428,
    };

    /// `ServerException`
    pub const SERVER_EXCEPTION: Error = Error {
        code: "ServerException",
        status: 500,
    };

    /// `ServiceUnavailableException`
    pub const SERVICE_UNAVAILABLE_EXCEPTION: Error = Error {
        code: "ServiceUnavailableException",
        status: 503,
    };

    /// `ThrottlingException`
    pub const THROTTLING_EXCEPTION: Error = Error {
        code: "ThrottlingException",
        status: 429,
    };

    /// `UnsupportedAvailabilityZoneException`
    pub const UNSUPPORTED_AVAILABILITY_ZONE_EXCEPTION: Error = Error {
        code: "UnsupportedAvailabilityZoneException",
        status: 400,
    };
}

const AMI_TYPES: Rule = Rule::NONE.one_of(&[
    "AL2_x86_64",
    "AL2_x86_64_GPU",
    "AL2_ARM_64",
    "CUSTOM",
    "BOTTLEROCKET_ARM_64",
    "BOTTLEROCKET_x86_64",
    "BOTTLEROCKET_ARM_64_FIPS",
    "BOTTLEROCKET_x86_64_FIPS",
    "BOTTLEROCKET_ARM_64_NVIDIA",
    "BOTTLEROCKET_x86_64_NVIDIA",
    "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
    "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
    "WINDOWS_CORE_2019_x86_64",
    "WINDOWS_FULL_2019_x86_64",
    "WINDOWS_CORE_2022_x86_64",
    "WINDOWS_FULL_2022_x86_64",
    "WINDOWS_CORE_2025_x86_64",
    "WINDOWS_FULL_2025_x86_64",
    "AL2023_x86_64_STANDARD",
    "AL2023_ARM_64_STANDARD",
    "AL2023_x86_64_NEURON",
    "AL2023_x86_64_NVIDIA",
    "AL2023_ARM_64_NVIDIA",
]);
const ACCESS_SCOPE_TYPE: Rule = Rule::NONE.one_of(&["cluster", "namespace"]);
const ADDON_ISSUE_CODE: Rule = Rule::NONE.one_of(&[
    "AccessDenied",
    "InternalFailure",
    "ClusterUnreachable",
    "InsufficientNumberOfReplicas",
    "ConfigurationConflict",
    "AdmissionRequestDenied",
    "UnsupportedAddonModification",
    "K8sResourceNotFound",
    "AddonSubscriptionNeeded",
    "AddonPermissionFailure",
]);
const ADDON_STATUS: Rule = Rule::NONE.one_of(&[
    "CREATING",
    "ACTIVE",
    "CREATE_FAILED",
    "UPDATING",
    "DELETING",
    "DELETE_FAILED",
    "DEGRADED",
    "UPDATE_FAILED",
]);
const ARGO_CD_ROLE: Rule = Rule::NONE.one_of(&["ADMIN", "EDITOR", "VIEWER"]);
const AUTHENTICATION_MODE: Rule = Rule::NONE.one_of(&["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"]);
const CAPABILITY_DELETE_PROPAGATION_POLICY: Rule = Rule::NONE.one_of(&["RETAIN"]);
const CAPABILITY_ISSUE_CODE: Rule = Rule::NONE.one_of(&["AccessDenied", "ClusterUnreachable"]);
const CAPABILITY_STATUS: Rule = Rule::NONE.one_of(&[
    "CREATING",
    "CREATE_FAILED",
    "UPDATING",
    "DELETING",
    "DELETE_FAILED",
    "ACTIVE",
    "DEGRADED",
]);
const CAPABILITY_TYPE: Rule = Rule::NONE.one_of(&["ACK", "KRO", "ARGOCD"]);
const CAPACITY: Rule = Rule::NONE.min(1);
const CAPACITY_TYPES: Rule = Rule::NONE.one_of(&["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"]);
const CATEGORY: Rule = Rule::NONE.one_of(&["UPGRADE_READINESS", "MISCONFIGURATION"]);
const CATEGORY_LIST: Rule = Rule::NONE.each(&CATEGORY);
const CLUSTER_ISSUE_CODE: Rule = Rule::NONE.one_of(&[
    "AccessDenied",
    "ClusterUnreachable",
    "ConfigurationConflict",
    "InternalFailure",
    "ResourceLimitExceeded",
    "ResourceNotFound",
    "IamRoleNotFound",
    "VpcNotFound",
    "InsufficientFreeAddresses",
    "Ec2ServiceNotSubscribed",
    "Ec2SubnetNotFound",
    "Ec2SecurityGroupNotFound",
    "KmsGrantRevoked",
    "KmsKeyNotFound",
    "KmsKeyMarkedForDeletion",
    "KmsKeyDisabled",
    "StsRegionalEndpointDisabled",
    "UnsupportedVersion",
    "Other",
]);
const CLUSTER_NAME: Rule = Rule::NONE.min(1).max(100).pattern(r"^[0-9A-Za-z][A-Za-z0-9\-_]*");
const CLUSTER_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "ACTIVE", "DELETING", "FAILED", "UPDATING", "PENDING"]);
const CLUSTER_VERSION_STATUS: Rule = Rule::NONE.one_of(&["unsupported", "standard-support", "extended-support"]);
const CONNECTOR_CONFIG_PROVIDER: Rule = Rule::NONE.one_of(&[
    "EKS_ANYWHERE",
    "ANTHOS",
    "GKE",
    "AKS",
    "OPENSHIFT",
    "TANZU",
    "RANCHER",
    "EC2",
    "OTHER",
]);
const DESCRIBE_ADDON_VERSIONS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const DESCRIBE_CLUSTER_VERSION_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const EKS_ANYWHERE_SUBSCRIPTION_LICENSE_TYPE: Rule = Rule::NONE.one_of(&["Cluster"]);
const EKS_ANYWHERE_SUBSCRIPTION_NAME: Rule = Rule::NONE.min(1).max(100).pattern(r"^[0-9A-Za-z][A-Za-z0-9\-_]*");
const EKS_ANYWHERE_SUBSCRIPTION_STATUS: Rule =
    Rule::NONE.one_of(&["CREATING", "ACTIVE", "UPDATING", "EXPIRING", "EXPIRED", "DELETING"]);
const EKS_ANYWHERE_SUBSCRIPTION_STATUS_VALUES: Rule = Rule::NONE.each(&EKS_ANYWHERE_SUBSCRIPTION_STATUS);
const EKS_ANYWHERE_SUBSCRIPTION_TERM_UNIT: Rule = Rule::NONE.one_of(&["MONTHS"]);
const ENCRYPTION_CONFIG_LIST: Rule = Rule::NONE.max(1);
const ERROR_CODE: Rule = Rule::NONE.one_of(&[
    "SubnetNotFound",
    "SecurityGroupNotFound",
    "EniLimitReached",
    "IpNotAvailable",
    "AccessDenied",
    "OperationNotPermitted",
    "VpcIdNotFound",
    "Unknown",
    "NodeCreationFailure",
    "PodEvictionFailure",
    "InsufficientFreeAddresses",
    "ClusterUnreachable",
    "InsufficientNumberOfReplicas",
    "ConfigurationConflict",
    "AdmissionRequestDenied",
    "UnsupportedAddonModification",
    "K8sResourceNotFound",
]);
const FARGATE_PROFILE_ISSUE_CODE: Rule = Rule::NONE.one_of(&[
    "PodExecutionRoleAlreadyInUse",
    "AccessDenied",
    "ClusterUnreachable",
    "InternalFailure",
]);
const FARGATE_PROFILE_STATUS: Rule =
    Rule::NONE.one_of(&["CREATING", "ACTIVE", "DELETING", "CREATE_FAILED", "DELETE_FAILED"]);
const FARGATE_PROFILES_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const INSIGHT_STATUS_VALUE: Rule = Rule::NONE.one_of(&["PASSING", "WARNING", "ERROR", "UNKNOWN"]);
const INSIGHT_STATUS_VALUE_LIST: Rule = Rule::NONE.each(&INSIGHT_STATUS_VALUE);
const INSIGHTS_REFRESH_STATUS: Rule = Rule::NONE.one_of(&["IN_PROGRESS", "FAILED", "COMPLETED"]);
const IP_FAMILY: Rule = Rule::NONE.one_of(&["ipv4", "ipv6"]);
const LIST_ACCESS_ENTRIES_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_ACCESS_POLICIES_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_ADDONS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_ASSOCIATED_ACCESS_POLICIES_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_CAPABILITIES_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_CLUSTERS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_EKS_ANYWHERE_SUBSCRIPTIONS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_IDENTITY_PROVIDER_CONFIGS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_INSIGHTS_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_NODEGROUPS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_POD_IDENTITY_ASSOCIATIONS_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LIST_UPDATES_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const LOG_TYPE: Rule = Rule::NONE.one_of(&["api", "audit", "authenticator", "controllerManager", "scheduler"]);
const LOG_TYPES: Rule = Rule::NONE.each(&LOG_TYPE);
const NODEGROUP_ISSUE_CODE: Rule = Rule::NONE.one_of(&[
    "AutoScalingGroupNotFound",
    "AutoScalingGroupInvalidConfiguration",
    "Ec2SecurityGroupNotFound",
    "Ec2SecurityGroupDeletionFailure",
    "Ec2LaunchTemplateNotFound",
    "Ec2LaunchTemplateVersionMismatch",
    "Ec2SubnetNotFound",
    "Ec2SubnetInvalidConfiguration",
    "IamInstanceProfileNotFound",
    "Ec2SubnetMissingIpv6Assignment",
    "IamLimitExceeded",
    "IamNodeRoleNotFound",
    "NodeCreationFailure",
    "AsgInstanceLaunchFailures",
    "InstanceLimitExceeded",
    "InsufficientFreeAddresses",
    "AccessDenied",
    "InternalFailure",
    "ClusterUnreachable",
    "AmiIdNotFound",
    "AutoScalingGroupOptInRequired",
    "AutoScalingGroupRateLimitExceeded",
    "Ec2LaunchTemplateDeletionFailure",
    "Ec2LaunchTemplateInvalidConfiguration",
    "Ec2LaunchTemplateMaxLimitExceeded",
    "Ec2SubnetListTooLong",
    "IamThrottling",
    "NodeTerminationFailure",
    "PodEvictionFailure",
    "SourceEc2LaunchTemplateNotFound",
    "LimitExceeded",
    "Unknown",
    "AutoScalingGroupInstanceRefreshActive",
    "KubernetesLabelInvalid",
    "Ec2LaunchTemplateVersionMaxLimitExceeded",
    "Ec2InstanceTypeDoesNotExist",
]);
const NODEGROUP_STATUS: Rule = Rule::NONE.one_of(&[
    "CREATING",
    "ACTIVE",
    "UPDATING",
    "DELETING",
    "CREATE_FAILED",
    "DELETE_FAILED",
    "DEGRADED",
]);
const NODEGROUP_UPDATE_STRATEGIES: Rule = Rule::NONE.one_of(&["DEFAULT", "MINIMAL"]);
const NON_ZERO_INTEGER: Rule = Rule::NONE.min(1);
const PERCENT_CAPACITY: Rule = Rule::NONE.min(1).max(100);
const PROVISIONED_CONTROL_PLANE_TIER: Rule =
    Rule::NONE.one_of(&["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"]);
const REMOTE_NODE_NETWORK_LIST: Rule = Rule::NONE.max(1);
const REMOTE_POD_NETWORK_LIST: Rule = Rule::NONE.max(1);
const REPAIR_ACTION: Rule = Rule::NONE.one_of(&["Replace", "Reboot", "NoAction"]);
const RESOLVE_CONFLICTS: Rule = Rule::NONE.one_of(&["OVERWRITE", "NONE", "PRESERVE"]);
const ROLE_ARN: Rule = Rule::NONE.min(1).max(255);
const SSO_IDENTITY_TYPE: Rule = Rule::NONE.one_of(&["SSO_USER", "SSO_GROUP"]);
const SUPPORT_TYPE: Rule = Rule::NONE.one_of(&["STANDARD", "EXTENDED"]);
const TAG_KEY: Rule = Rule::NONE.min(1).max(128);
const TAG_KEY_LIST: Rule = Rule::NONE.min(1).max(50).each(&TAG_KEY);
const TAG_MAP: Rule = Rule::NONE.min(1).max(50).each(&TAG_VALUE).keys(&TAG_KEY);
const TAG_VALUE: Rule = Rule::NONE.max(256);
const TAINT_EFFECT: Rule = Rule::NONE.one_of(&["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]);
const UPDATE_PARAM_TYPE: Rule = Rule::NONE.one_of(&[
    "Version",
    "PlatformVersion",
    "EndpointPrivateAccess",
    "EndpointPublicAccess",
    "ClusterLogging",
    "DesiredSize",
    "LabelsToAdd",
    "LabelsToRemove",
    "TaintsToAdd",
    "TaintsToRemove",
    "MaxSize",
    "MinSize",
    "ReleaseVersion",
    "PublicAccessCidrs",
    "LaunchTemplateName",
    "LaunchTemplateVersion",
    "IdentityProviderConfig",
    "EncryptionConfig",
    "AddonVersion",
    "ServiceAccountRoleArn",
    "ResolveConflicts",
    "MaxUnavailable",
    "MaxUnavailablePercentage",
    "NodeRepairEnabled",
    "UpdateStrategy",
    "ConfigurationValues",
    "SecurityGroups",
    "Subnets",
    "AuthenticationMode",
    "PodIdentityAssociations",
    "UpgradePolicy",
    "ZonalShiftConfig",
    "ComputeConfig",
    "StorageConfig",
    "KubernetesNetworkConfig",
    "RemoteNetworkConfig",
    "DeletionProtection",
    "NodeRepairConfig",
    "VendedLogs",
    "UpdatedTier",
    "PreviousTier",
    "WarmPoolEnabled",
    "WarmPoolMaxGroupPreparedCapacity",
    "WarmPoolMinSize",
    "WarmPoolState",
    "WarmPoolReuseOnScaleIn",
]);
const UPDATE_STATUS: Rule = Rule::NONE.one_of(&["InProgress", "Failed", "Cancelled", "Successful"]);
const UPDATE_TYPE: Rule = Rule::NONE.one_of(&[
    "VersionUpdate",
    "EndpointAccessUpdate",
    "LoggingUpdate",
    "ConfigUpdate",
    "AssociateIdentityProviderConfig",
    "DisassociateIdentityProviderConfig",
    "AssociateEncryptionConfig",
    "AddonUpdate",
    "VpcConfigUpdate",
    "AccessConfigUpdate",
    "UpgradePolicyUpdate",
    "ZonalShiftConfigUpdate",
    "AutoModeUpdate",
    "RemoteNetworkConfigUpdate",
    "DeletionProtectionUpdate",
    "ControlPlaneScalingConfigUpdate",
    "VendedLogsUpdate",
]);
const VERSION_STATUS: Rule = Rule::NONE.one_of(&["UNSUPPORTED", "STANDARD_SUPPORT", "EXTENDED_SUPPORT"]);
const WARM_POOL_STATE: Rule = Rule::NONE.one_of(&["STOPPED", "RUNNING", "HIBERNATED"]);
const ZERO_CAPACITY: Rule = Rule::NONE.min(0);
const CONFIG_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "DELETING", "ACTIVE"]);
const LABEL_KEY: Rule = Rule::NONE.min(1).max(63);
const LABEL_VALUE: Rule = Rule::NONE.min(1).max(63);
const LABELS_MAP: Rule = Rule::NONE.each(&LABEL_VALUE).keys(&LABEL_KEY);
const NAMESPACE: Rule = Rule::NONE.min(1).max(63);
const REQUIRED_CLAIMS_KEY: Rule = Rule::NONE.min(1).max(63);
const REQUIRED_CLAIMS_MAP: Rule = Rule::NONE.each(&REQUIRED_CLAIMS_VALUE).keys(&REQUIRED_CLAIMS_KEY);
const REQUIRED_CLAIMS_VALUE: Rule = Rule::NONE.min(1).max(253);
const TAINT_KEY: Rule = Rule::NONE.min(1).max(63);
const TAINT_VALUE: Rule = Rule::NONE.min(0).max(63);

shape! { pub struct AccessConfigResponse {
    authentication_mode: Option<String> = "authenticationMode" where AUTHENTICATION_MODE,
    bootstrap_cluster_creator_admin_permissions: Option<bool> = "bootstrapClusterCreatorAdminPermissions",
} }

shape! { pub struct AccessEntry {
    access_entry_arn: Option<String> = "accessEntryArn",
    cluster_name: Option<String> = "clusterName",
    created_at: Option<Timestamp> = "createdAt",
    kubernetes_groups: Option<Vec<String>> = "kubernetesGroups",
    modified_at: Option<Timestamp> = "modifiedAt",
    principal_arn: Option<String> = "principalArn",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    r#type: Option<String> = "type",
    username: Option<String> = "username",
} }

shape! { pub struct AccessPolicy {
    arn: Option<String> = "arn",
    name: Option<String> = "name",
} }

shape! { pub struct AccessScope {
    namespaces: Option<Vec<String>> = "namespaces",
    r#type: Option<String> = "type" where ACCESS_SCOPE_TYPE,
} }

shape! { pub struct Addon {
    addon_arn: Option<String> = "addonArn",
    addon_name: Option<String> = "addonName",
    addon_version: Option<String> = "addonVersion",
    cluster_name: Option<String> = "clusterName" where CLUSTER_NAME,
    configuration_values: Option<String> = "configurationValues",
    created_at: Option<Timestamp> = "createdAt",
    health: Option<AddonHealth> = "health",
    marketplace_information: Option<MarketplaceInformation> = "marketplaceInformation",
    modified_at: Option<Timestamp> = "modifiedAt",
    namespace_config: Option<AddonNamespaceConfigResponse> = "namespaceConfig",
    owner: Option<String> = "owner",
    pod_identity_associations: Option<Vec<String>> = "podIdentityAssociations",
    publisher: Option<String> = "publisher",
    service_account_role_arn: Option<String> = "serviceAccountRoleArn",
    status: Option<String> = "status" where ADDON_STATUS,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct AddonCompatibilityDetail {
    compatible_versions: Option<Vec<String>> = "compatibleVersions",
    name: Option<String> = "name",
} }

shape! { pub struct AddonHealth {
    issues: Option<Vec<AddonIssue>> = "issues",
} }

shape! { pub struct AddonInfo {
    addon_name: Option<String> = "addonName",
    addon_versions: Option<Vec<AddonVersionInfo>> = "addonVersions",
    default_namespace: Option<String> = "defaultNamespace",
    marketplace_information: Option<MarketplaceInformation> = "marketplaceInformation",
    owner: Option<String> = "owner",
    publisher: Option<String> = "publisher",
    r#type: Option<String> = "type",
} }

shape! { pub struct AddonIssue {
    code: Option<String> = "code" where ADDON_ISSUE_CODE,
    message: Option<String> = "message",
    resource_ids: Option<Vec<String>> = "resourceIds",
} }

shape! { pub struct AddonNamespaceConfigRequest {
    namespace: Option<String> = "namespace" where NAMESPACE,
} }

shape! { pub struct AddonNamespaceConfigResponse {
    namespace: Option<String> = "namespace" where NAMESPACE,
} }

shape! { pub struct AddonPodIdentityAssociations {
    role_arn: String = "roleArn",
    service_account: String = "serviceAccount",
} }

shape! { pub struct AddonPodIdentityConfiguration {
    recommended_managed_policies: Option<Vec<String>> = "recommendedManagedPolicies",
    service_account: Option<String> = "serviceAccount",
} }

shape! { pub struct AddonVersionInfo {
    addon_version: Option<String> = "addonVersion",
    architecture: Option<Vec<String>> = "architecture",
    compatibilities: Option<Vec<Compatibility>> = "compatibilities",
    compute_types: Option<Vec<String>> = "computeTypes",
    requires_configuration: Option<bool> = "requiresConfiguration",
    requires_iam_permissions: Option<bool> = "requiresIamPermissions",
} }

shape! { pub struct ArgoCdAwsIdcConfigRequest {
    idc_instance_arn: String = "idcInstanceArn",
    idc_region: Option<String> = "idcRegion",
} }

shape! { pub struct ArgoCdAwsIdcConfigResponse {
    idc_instance_arn: Option<String> = "idcInstanceArn",
    idc_managed_application_arn: Option<String> = "idcManagedApplicationArn",
    idc_region: Option<String> = "idcRegion",
} }

shape! { pub struct ArgoCdConfigRequest {
    aws_idc: ArgoCdAwsIdcConfigRequest = "awsIdc",
    namespace: Option<String> = "namespace",
    network_access: Option<ArgoCdNetworkAccessConfigRequest> = "networkAccess",
    rbac_role_mappings: Option<Vec<ArgoCdRoleMapping>> = "rbacRoleMappings",
} }

shape! { pub struct ArgoCdConfigResponse {
    aws_idc: Option<ArgoCdAwsIdcConfigResponse> = "awsIdc",
    namespace: Option<String> = "namespace",
    network_access: Option<ArgoCdNetworkAccessConfigResponse> = "networkAccess",
    rbac_role_mappings: Option<Vec<ArgoCdRoleMapping>> = "rbacRoleMappings",
    server_url: Option<String> = "serverUrl",
} }

shape! { pub struct ArgoCdNetworkAccessConfigRequest {
    vpce_ids: Option<Vec<String>> = "vpceIds",
} }

shape! { pub struct ArgoCdNetworkAccessConfigResponse {
    vpce_ids: Option<Vec<String>> = "vpceIds",
} }

shape! { pub struct ArgoCdRoleMapping {
    identities: Vec<SsoIdentity> = "identities",
    role: String = "role" where ARGO_CD_ROLE,
} }

shape! { pub struct AssociateAccessPolicyRequest {
    access_scope: AccessScope = "accessScope",
    cluster_name: String = "clusterName" at uri "name",
    policy_arn: String = "policyArn",
    principal_arn: String = "principalArn" at uri "principalArn",
} }

shape! { pub struct AssociateAccessPolicyResponse {
    associated_access_policy: Option<AssociatedAccessPolicy> = "associatedAccessPolicy",
    cluster_name: Option<String> = "clusterName",
    principal_arn: Option<String> = "principalArn",
} }

shape! { pub struct AssociateEncryptionConfigRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    encryption_config: Vec<EncryptionConfig> = "encryptionConfig" where ENCRYPTION_CONFIG_LIST,
} }

shape! { pub struct AssociateEncryptionConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct AssociateIdentityProviderConfigRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    oidc: OidcIdentityProviderConfigRequest = "oidc",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct AssociateIdentityProviderConfigResponse {
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    update: Option<Update> = "update",
} }

shape! { pub struct AssociatedAccessPolicy {
    access_scope: Option<AccessScope> = "accessScope",
    associated_at: Option<Timestamp> = "associatedAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    policy_arn: Option<String> = "policyArn",
} }

shape! { pub struct AutoScalingGroup {
    name: Option<String> = "name",
} }

shape! { pub struct BlockStorage {
    enabled: Option<bool> = "enabled",
} }

shape! { pub struct Capability {
    arn: Option<String> = "arn",
    capability_name: Option<String> = "capabilityName",
    cluster_name: Option<String> = "clusterName",
    configuration: Option<CapabilityConfigurationResponse> = "configuration",
    created_at: Option<Timestamp> = "createdAt",
    delete_propagation_policy: Option<String> = "deletePropagationPolicy" where CAPABILITY_DELETE_PROPAGATION_POLICY,
    health: Option<CapabilityHealth> = "health",
    modified_at: Option<Timestamp> = "modifiedAt",
    role_arn: Option<String> = "roleArn",
    status: Option<String> = "status" where CAPABILITY_STATUS,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    r#type: Option<String> = "type" where CAPABILITY_TYPE,
    version: Option<String> = "version",
} }

shape! { pub struct CapabilityConfigurationRequest {
    argo_cd: Option<ArgoCdConfigRequest> = "argoCd",
} }

shape! { pub struct CapabilityConfigurationResponse {
    argo_cd: Option<ArgoCdConfigResponse> = "argoCd",
} }

shape! { pub struct CapabilityHealth {
    issues: Option<Vec<CapabilityIssue>> = "issues",
} }

shape! { pub struct CapabilityIssue {
    code: Option<String> = "code" where CAPABILITY_ISSUE_CODE,
    message: Option<String> = "message",
} }

shape! { pub struct CapabilitySummary {
    arn: Option<String> = "arn",
    capability_name: Option<String> = "capabilityName",
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    status: Option<String> = "status" where CAPABILITY_STATUS,
    r#type: Option<String> = "type" where CAPABILITY_TYPE,
    version: Option<String> = "version",
} }

shape! { pub struct Certificate {
    data: Option<String> = "data",
} }

shape! { pub struct ClientStat {
    last_request_time: Option<Timestamp> = "lastRequestTime",
    number_of_requests_last30_days: Option<i32> = "numberOfRequestsLast30Days",
    user_agent: Option<String> = "userAgent",
} }

shape! { pub struct Cluster {
    access_config: Option<AccessConfigResponse> = "accessConfig",
    arn: Option<String> = "arn",
    certificate_authority: Option<Certificate> = "certificateAuthority",
    client_request_token: Option<String> = "clientRequestToken",
    compute_config: Option<ComputeConfigResponse> = "computeConfig",
    connector_config: Option<ConnectorConfigResponse> = "connectorConfig",
    control_plane_scaling_config: Option<ControlPlaneScalingConfig> = "controlPlaneScalingConfig",
    created_at: Option<Timestamp> = "createdAt",
    deletion_protection: Option<bool> = "deletionProtection",
    encryption_config: Option<Vec<EncryptionConfig>> = "encryptionConfig" where ENCRYPTION_CONFIG_LIST,
    endpoint: Option<String> = "endpoint",
    health: Option<ClusterHealth> = "health",
    id: Option<String> = "id",
    identity: Option<Identity> = "identity",
    kubernetes_network_config: Option<KubernetesNetworkConfigResponse> = "kubernetesNetworkConfig",
    logging: Option<Logging> = "logging",
    name: Option<String> = "name",
    outpost_config: Option<OutpostConfigResponse> = "outpostConfig",
    platform_version: Option<String> = "platformVersion",
    remote_network_config: Option<RemoteNetworkConfigResponse> = "remoteNetworkConfig",
    resources_vpc_config: Option<VpcConfigResponse> = "resourcesVpcConfig",
    role_arn: Option<String> = "roleArn",
    status: Option<String> = "status" where CLUSTER_STATUS,
    storage_config: Option<StorageConfigResponse> = "storageConfig",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    upgrade_policy: Option<UpgradePolicyResponse> = "upgradePolicy",
    version: Option<String> = "version",
    zonal_shift_config: Option<ZonalShiftConfigResponse> = "zonalShiftConfig",
} }

shape! { pub struct ClusterHealth {
    issues: Option<Vec<ClusterIssue>> = "issues",
} }

shape! { pub struct ClusterIssue {
    code: Option<String> = "code" where CLUSTER_ISSUE_CODE,
    message: Option<String> = "message",
    resource_ids: Option<Vec<String>> = "resourceIds",
} }

shape! { pub struct ClusterVersionInformation {
    cluster_type: Option<String> = "clusterType",
    cluster_version: Option<String> = "clusterVersion",
    default_platform_version: Option<String> = "defaultPlatformVersion",
    default_version: Option<bool> = "defaultVersion",
    end_of_extended_support_date: Option<Timestamp> = "endOfExtendedSupportDate",
    end_of_standard_support_date: Option<Timestamp> = "endOfStandardSupportDate",
    kubernetes_patch_version: Option<String> = "kubernetesPatchVersion",
    release_date: Option<Timestamp> = "releaseDate",
    status: Option<String> = "status" where CLUSTER_VERSION_STATUS,
    version_status: Option<String> = "versionStatus" where VERSION_STATUS,
} }

shape! { pub struct Compatibility {
    cluster_version: Option<String> = "clusterVersion",
    default_version: Option<bool> = "defaultVersion",
    platform_versions: Option<Vec<String>> = "platformVersions",
} }

shape! { pub struct ComputeConfigRequest {
    enabled: Option<bool> = "enabled",
    node_pools: Option<Vec<String>> = "nodePools",
    node_role_arn: Option<String> = "nodeRoleArn",
} }

shape! { pub struct ComputeConfigResponse {
    enabled: Option<bool> = "enabled",
    node_pools: Option<Vec<String>> = "nodePools",
    node_role_arn: Option<String> = "nodeRoleArn",
} }

shape! { pub struct ConnectorConfigRequest {
    provider: String = "provider" where CONNECTOR_CONFIG_PROVIDER,
    role_arn: String = "roleArn",
} }

shape! { pub struct ConnectorConfigResponse {
    activation_code: Option<String> = "activationCode",
    activation_expiry: Option<Timestamp> = "activationExpiry",
    activation_id: Option<String> = "activationId",
    provider: Option<String> = "provider",
    role_arn: Option<String> = "roleArn",
} }

shape! { pub struct ControlPlanePlacementRequest {
    group_name: Option<String> = "groupName",
} }

shape! { pub struct ControlPlanePlacementResponse {
    group_name: Option<String> = "groupName",
} }

shape! { pub struct ControlPlaneScalingConfig {
    tier: Option<String> = "tier" where PROVISIONED_CONTROL_PLANE_TIER,
} }

shape! { pub struct CreateAccessConfigRequest {
    authentication_mode: Option<String> = "authenticationMode" where AUTHENTICATION_MODE,
    bootstrap_cluster_creator_admin_permissions: Option<bool> = "bootstrapClusterCreatorAdminPermissions",
} }

shape! { pub struct CreateAccessEntryRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    kubernetes_groups: Option<Vec<String>> = "kubernetesGroups",
    principal_arn: String = "principalArn",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    r#type: Option<String> = "type",
    username: Option<String> = "username",
} }

shape! { pub struct CreateAccessEntryResponse {
    access_entry: Option<AccessEntry> = "accessEntry",
} }

shape! { pub struct CreateAddonRequest {
    addon_name: String = "addonName",
    addon_version: Option<String> = "addonVersion",
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    configuration_values: Option<String> = "configurationValues",
    namespace_config: Option<AddonNamespaceConfigRequest> = "namespaceConfig",
    pod_identity_associations: Option<Vec<AddonPodIdentityAssociations>> = "podIdentityAssociations",
    resolve_conflicts: Option<String> = "resolveConflicts" where RESOLVE_CONFLICTS,
    service_account_role_arn: Option<String> = "serviceAccountRoleArn" where ROLE_ARN,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct CreateAddonResponse {
    addon: Option<Addon> = "addon",
} }

shape! { pub struct CreateCapabilityRequest {
    capability_name: String = "capabilityName",
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    configuration: Option<CapabilityConfigurationRequest> = "configuration",
    delete_propagation_policy: String = "deletePropagationPolicy" where CAPABILITY_DELETE_PROPAGATION_POLICY,
    role_arn: String = "roleArn",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    r#type: String = "type" where CAPABILITY_TYPE,
} }

shape! { pub struct CreateCapabilityResponse {
    capability: Option<Capability> = "capability",
} }

shape! { pub struct CreateClusterRequest {
    access_config: Option<CreateAccessConfigRequest> = "accessConfig",
    bootstrap_self_managed_addons: Option<bool> = "bootstrapSelfManagedAddons",
    client_request_token: Option<String> = "clientRequestToken",
    compute_config: Option<ComputeConfigRequest> = "computeConfig",
    control_plane_scaling_config: Option<ControlPlaneScalingConfig> = "controlPlaneScalingConfig",
    deletion_protection: Option<bool> = "deletionProtection",
    encryption_config: Option<Vec<EncryptionConfig>> = "encryptionConfig" where ENCRYPTION_CONFIG_LIST,
    kubernetes_network_config: Option<KubernetesNetworkConfigRequest> = "kubernetesNetworkConfig",
    logging: Option<Logging> = "logging",
    name: String = "name" where CLUSTER_NAME,
    outpost_config: Option<OutpostConfigRequest> = "outpostConfig",
    remote_network_config: Option<RemoteNetworkConfigRequest> = "remoteNetworkConfig",
    resources_vpc_config: VpcConfigRequest = "resourcesVpcConfig",
    role_arn: String = "roleArn",
    storage_config: Option<StorageConfigRequest> = "storageConfig",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    upgrade_policy: Option<UpgradePolicyRequest> = "upgradePolicy",
    version: Option<String> = "version",
    zonal_shift_config: Option<ZonalShiftConfigRequest> = "zonalShiftConfig",
} }

shape! { pub struct CreateClusterResponse {
    cluster: Option<Cluster> = "cluster",
} }

shape! { pub struct CreateEksAnywhereSubscriptionRequest {
    auto_renew: Option<bool> = "autoRenew",
    client_request_token: Option<String> = "clientRequestToken",
    license_quantity: Option<i32> = "licenseQuantity",
    license_type: Option<String> = "licenseType" where EKS_ANYWHERE_SUBSCRIPTION_LICENSE_TYPE,
    name: String = "name" where EKS_ANYWHERE_SUBSCRIPTION_NAME,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    term: EksAnywhereSubscriptionTerm = "term",
} }

shape! { pub struct CreateEksAnywhereSubscriptionResponse {
    subscription: Option<EksAnywhereSubscription> = "subscription",
} }

shape! { pub struct CreateFargateProfileRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    fargate_profile_name: String = "fargateProfileName",
    pod_execution_role_arn: String = "podExecutionRoleArn",
    selectors: Option<Vec<FargateProfileSelector>> = "selectors",
    subnets: Option<Vec<String>> = "subnets",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct CreateFargateProfileResponse {
    fargate_profile: Option<FargateProfile> = "fargateProfile",
} }

shape! { pub struct CreateNodegroupRequest {
    ami_type: Option<String> = "amiType" where AMI_TYPES,
    capacity_type: Option<String> = "capacityType" where CAPACITY_TYPES,
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    disk_size: Option<i32> = "diskSize",
    instance_types: Option<Vec<String>> = "instanceTypes",
    labels: Option<BTreeMap<String, String>> = "labels" where LABELS_MAP,
    launch_template: Option<LaunchTemplateSpecification> = "launchTemplate",
    node_repair_config: Option<NodeRepairConfig> = "nodeRepairConfig",
    node_role: String = "nodeRole",
    nodegroup_name: String = "nodegroupName",
    release_version: Option<String> = "releaseVersion",
    remote_access: Option<RemoteAccessConfig> = "remoteAccess",
    scaling_config: Option<NodegroupScalingConfig> = "scalingConfig",
    subnets: Vec<String> = "subnets",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    taints: Option<Vec<Taint>> = "taints",
    update_config: Option<NodegroupUpdateConfig> = "updateConfig",
    version: Option<String> = "version",
    warm_pool_config: Option<WarmPoolConfig> = "warmPoolConfig",
} }

shape! { pub struct CreateNodegroupResponse {
    nodegroup: Option<Nodegroup> = "nodegroup",
} }

shape! { pub struct CreatePodIdentityAssociationRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    disable_session_tags: Option<bool> = "disableSessionTags",
    namespace: String = "namespace",
    policy: Option<String> = "policy",
    role_arn: String = "roleArn",
    service_account: String = "serviceAccount",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    target_role_arn: Option<String> = "targetRoleArn",
} }

shape! { pub struct CreatePodIdentityAssociationResponse {
    association: Option<PodIdentityAssociation> = "association",
} }

shape! { pub struct DeleteAccessEntryRequest {
    cluster_name: String = "clusterName" at uri "name",
    principal_arn: String = "principalArn" at uri "principalArn",
} }

shape! { pub struct DeleteAccessEntryResponse {} }

shape! { pub struct DeleteAddonRequest {
    addon_name: String = "addonName" at uri "addonName",
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    preserve: Option<bool> = "preserve" at query "preserve",
} }

shape! { pub struct DeleteAddonResponse {
    addon: Option<Addon> = "addon",
} }

shape! { pub struct DeleteCapabilityRequest {
    capability_name: String = "capabilityName" at uri "capabilityName",
    cluster_name: String = "clusterName" at uri "name",
} }

shape! { pub struct DeleteCapabilityResponse {
    capability: Option<Capability> = "capability",
} }

shape! { pub struct DeleteClusterRequest {
    name: String = "name" at uri "name",
} }

shape! { pub struct DeleteClusterResponse {
    cluster: Option<Cluster> = "cluster",
} }

shape! { pub struct DeleteEksAnywhereSubscriptionRequest {
    id: String = "id" at uri "id",
} }

shape! { pub struct DeleteEksAnywhereSubscriptionResponse {
    subscription: Option<EksAnywhereSubscription> = "subscription",
} }

shape! { pub struct DeleteFargateProfileRequest {
    cluster_name: String = "clusterName" at uri "name",
    fargate_profile_name: String = "fargateProfileName" at uri "fargateProfileName",
} }

shape! { pub struct DeleteFargateProfileResponse {
    fargate_profile: Option<FargateProfile> = "fargateProfile",
} }

shape! { pub struct DeleteNodegroupRequest {
    cluster_name: String = "clusterName" at uri "name",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
} }

shape! { pub struct DeleteNodegroupResponse {
    nodegroup: Option<Nodegroup> = "nodegroup",
} }

shape! { pub struct DeletePodIdentityAssociationRequest {
    association_id: String = "associationId" at uri "associationId",
    cluster_name: String = "clusterName" at uri "name",
} }

shape! { pub struct DeletePodIdentityAssociationResponse {
    association: Option<PodIdentityAssociation> = "association",
} }

shape! { pub struct DeprecationDetail {
    client_stats: Option<Vec<ClientStat>> = "clientStats",
    replaced_with: Option<String> = "replacedWith",
    start_serving_replacement_version: Option<String> = "startServingReplacementVersion",
    stop_serving_version: Option<String> = "stopServingVersion",
    usage: Option<String> = "usage",
} }

shape! { pub struct DeregisterClusterRequest {
    name: String = "name" at uri "name",
} }

shape! { pub struct DeregisterClusterResponse {
    cluster: Option<Cluster> = "cluster",
} }

shape! { pub struct DescribeAccessEntryRequest {
    cluster_name: String = "clusterName" at uri "name",
    principal_arn: String = "principalArn" at uri "principalArn",
} }

shape! { pub struct DescribeAccessEntryResponse {
    access_entry: Option<AccessEntry> = "accessEntry",
} }

shape! { pub struct DescribeAddonConfigurationRequest {
    addon_name: String = "addonName" at query "addonName",
    addon_version: String = "addonVersion" at query "addonVersion",
} }

shape! { pub struct DescribeAddonConfigurationResponse {
    addon_name: Option<String> = "addonName",
    addon_version: Option<String> = "addonVersion",
    configuration_schema: Option<String> = "configurationSchema",
    pod_identity_configuration: Option<Vec<AddonPodIdentityConfiguration>> = "podIdentityConfiguration",
} }

shape! { pub struct DescribeAddonRequest {
    addon_name: String = "addonName" at uri "addonName",
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
} }

shape! { pub struct DescribeAddonResponse {
    addon: Option<Addon> = "addon",
} }

shape! { pub struct DescribeAddonVersionsRequest {
    addon_name: Option<String> = "addonName" at query "addonName",
    kubernetes_version: Option<String> = "kubernetesVersion" at query "kubernetesVersion",
    max_results: Option<i32> = "maxResults" at query "maxResults" where DESCRIBE_ADDON_VERSIONS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    owners: Option<Vec<String>> = "owners" at query "owners",
    publishers: Option<Vec<String>> = "publishers" at query "publishers",
    types: Option<Vec<String>> = "types" at query "types",
} }

shape! { pub struct DescribeAddonVersionsResponse {
    addons: Option<Vec<AddonInfo>> = "addons",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct DescribeCapabilityRequest {
    capability_name: String = "capabilityName" at uri "capabilityName",
    cluster_name: String = "clusterName" at uri "name",
} }

shape! { pub struct DescribeCapabilityResponse {
    capability: Option<Capability> = "capability",
} }

shape! { pub struct DescribeClusterRequest {
    name: String = "name" at uri "name",
} }

shape! { pub struct DescribeClusterResponse {
    cluster: Option<Cluster> = "cluster",
} }

shape! { pub struct DescribeClusterVersionsRequest {
    cluster_type: Option<String> = "clusterType" at query "clusterType",
    cluster_versions: Option<Vec<String>> = "clusterVersions" at query "clusterVersions",
    default_only: Option<bool> = "defaultOnly" at query "defaultOnly",
    include_all: Option<bool> = "includeAll" at query "includeAll",
    max_results: Option<i32> = "maxResults" at query "maxResults" where DESCRIBE_CLUSTER_VERSION_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    status: Option<String> = "status" at query "status" where CLUSTER_VERSION_STATUS,
    version_status: Option<String> = "versionStatus" at query "versionStatus" where VERSION_STATUS,
} }

shape! { pub struct DescribeClusterVersionsResponse {
    cluster_versions: Option<Vec<ClusterVersionInformation>> = "clusterVersions",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct DescribeEksAnywhereSubscriptionRequest {
    id: String = "id" at uri "id",
} }

shape! { pub struct DescribeEksAnywhereSubscriptionResponse {
    subscription: Option<EksAnywhereSubscription> = "subscription",
} }

shape! { pub struct DescribeFargateProfileRequest {
    cluster_name: String = "clusterName" at uri "name",
    fargate_profile_name: String = "fargateProfileName" at uri "fargateProfileName",
} }

shape! { pub struct DescribeFargateProfileResponse {
    fargate_profile: Option<FargateProfile> = "fargateProfile",
} }

shape! { pub struct DescribeIdentityProviderConfigRequest {
    cluster_name: String = "clusterName" at uri "name",
    identity_provider_config: IdentityProviderConfig = "identityProviderConfig",
} }

shape! { pub struct DescribeIdentityProviderConfigResponse {
    identity_provider_config: Option<IdentityProviderConfigResponse> = "identityProviderConfig",
} }

shape! { pub struct DescribeInsightRequest {
    cluster_name: String = "clusterName" at uri "name",
    id: String = "id" at uri "id",
} }

shape! { pub struct DescribeInsightResponse {
    insight: Option<Insight> = "insight",
} }

shape! { pub struct DescribeInsightsRefreshRequest {
    cluster_name: String = "clusterName" at uri "name",
} }

shape! { pub struct DescribeInsightsRefreshResponse {
    ended_at: Option<Timestamp> = "endedAt",
    message: Option<String> = "message",
    started_at: Option<Timestamp> = "startedAt",
    status: Option<String> = "status" where INSIGHTS_REFRESH_STATUS,
} }

shape! { pub struct DescribeNodegroupRequest {
    cluster_name: String = "clusterName" at uri "name",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
} }

shape! { pub struct DescribeNodegroupResponse {
    nodegroup: Option<Nodegroup> = "nodegroup",
} }

shape! { pub struct DescribePodIdentityAssociationRequest {
    association_id: String = "associationId" at uri "associationId",
    cluster_name: String = "clusterName" at uri "name",
} }

shape! { pub struct DescribePodIdentityAssociationResponse {
    association: Option<PodIdentityAssociation> = "association",
} }

shape! { pub struct DescribeUpdateRequest {
    addon_name: Option<String> = "addonName" at query "addonName",
    capability_name: Option<String> = "capabilityName" at query "capabilityName",
    name: String = "name" at uri "name",
    nodegroup_name: Option<String> = "nodegroupName" at query "nodegroupName",
    update_id: String = "updateId" at uri "updateId",
} }

shape! { pub struct DescribeUpdateResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct DisassociateAccessPolicyRequest {
    cluster_name: String = "clusterName" at uri "name",
    policy_arn: String = "policyArn" at uri "policyArn",
    principal_arn: String = "principalArn" at uri "principalArn",
} }

shape! { pub struct DisassociateAccessPolicyResponse {} }

shape! { pub struct DisassociateIdentityProviderConfigRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    identity_provider_config: IdentityProviderConfig = "identityProviderConfig",
} }

shape! { pub struct DisassociateIdentityProviderConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct EksAnywhereSubscription {
    arn: Option<String> = "arn",
    auto_renew: Option<bool> = "autoRenew",
    created_at: Option<Timestamp> = "createdAt",
    effective_date: Option<Timestamp> = "effectiveDate",
    expiration_date: Option<Timestamp> = "expirationDate",
    id: Option<String> = "id",
    license_arns: Option<Vec<String>> = "licenseArns",
    license_quantity: Option<i32> = "licenseQuantity",
    license_type: Option<String> = "licenseType" where EKS_ANYWHERE_SUBSCRIPTION_LICENSE_TYPE,
    licenses: Option<Vec<License>> = "licenses",
    status: Option<String> = "status",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    term: Option<EksAnywhereSubscriptionTerm> = "term",
} }

shape! { pub struct EksAnywhereSubscriptionTerm {
    duration: Option<i32> = "duration",
    unit: Option<String> = "unit" where EKS_ANYWHERE_SUBSCRIPTION_TERM_UNIT,
} }

shape! { pub struct ElasticLoadBalancing {
    enabled: Option<bool> = "enabled",
} }

shape! { pub struct EncryptionConfig {
    provider: Option<Provider> = "provider",
    resources: Option<Vec<String>> = "resources",
} }

shape! { pub struct ErrorDetail {
    error_code: Option<String> = "errorCode" where ERROR_CODE,
    error_message: Option<String> = "errorMessage",
    resource_ids: Option<Vec<String>> = "resourceIds",
} }

shape! { pub struct FargateProfile {
    cluster_name: Option<String> = "clusterName",
    created_at: Option<Timestamp> = "createdAt",
    fargate_profile_arn: Option<String> = "fargateProfileArn",
    fargate_profile_name: Option<String> = "fargateProfileName",
    health: Option<FargateProfileHealth> = "health",
    pod_execution_role_arn: Option<String> = "podExecutionRoleArn",
    selectors: Option<Vec<FargateProfileSelector>> = "selectors",
    status: Option<String> = "status" where FARGATE_PROFILE_STATUS,
    subnets: Option<Vec<String>> = "subnets",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct FargateProfileHealth {
    issues: Option<Vec<FargateProfileIssue>> = "issues",
} }

shape! { pub struct FargateProfileIssue {
    code: Option<String> = "code" where FARGATE_PROFILE_ISSUE_CODE,
    message: Option<String> = "message",
    resource_ids: Option<Vec<String>> = "resourceIds",
} }

shape! { pub struct FargateProfileSelector {
    labels: Option<BTreeMap<String, String>> = "labels",
    namespace: Option<String> = "namespace",
} }

shape! { pub struct Identity {
    oidc: Option<OIDC> = "oidc",
} }

shape! { pub struct IdentityProviderConfig {
    name: String = "name",
    r#type: String = "type",
} }

shape! { pub struct IdentityProviderConfigResponse {
    oidc: Option<OidcIdentityProviderConfig> = "oidc",
} }

shape! { pub struct Insight {
    additional_info: Option<BTreeMap<String, String>> = "additionalInfo",
    category: Option<String> = "category" where CATEGORY,
    category_specific_summary: Option<InsightCategorySpecificSummary> = "categorySpecificSummary",
    description: Option<String> = "description",
    id: Option<String> = "id",
    insight_status: Option<InsightStatus> = "insightStatus",
    kubernetes_version: Option<String> = "kubernetesVersion",
    last_refresh_time: Option<Timestamp> = "lastRefreshTime",
    last_transition_time: Option<Timestamp> = "lastTransitionTime",
    name: Option<String> = "name",
    recommendation: Option<String> = "recommendation",
    resources: Option<Vec<InsightResourceDetail>> = "resources",
} }

shape! { pub struct InsightCategorySpecificSummary {
    addon_compatibility_details: Option<Vec<AddonCompatibilityDetail>> = "addonCompatibilityDetails",
    deprecation_details: Option<Vec<DeprecationDetail>> = "deprecationDetails",
} }

shape! { pub struct InsightResourceDetail {
    arn: Option<String> = "arn",
    insight_status: Option<InsightStatus> = "insightStatus",
    kubernetes_resource_uri: Option<String> = "kubernetesResourceUri",
} }

shape! { pub struct InsightStatus {
    reason: Option<String> = "reason",
    status: Option<String> = "status" where INSIGHT_STATUS_VALUE,
} }

shape! { pub struct InsightSummary {
    category: Option<String> = "category" where CATEGORY,
    description: Option<String> = "description",
    id: Option<String> = "id",
    insight_status: Option<InsightStatus> = "insightStatus",
    kubernetes_version: Option<String> = "kubernetesVersion",
    last_refresh_time: Option<Timestamp> = "lastRefreshTime",
    last_transition_time: Option<Timestamp> = "lastTransitionTime",
    name: Option<String> = "name",
} }

shape! { pub struct InsightsFilter {
    categories: Option<Vec<String>> = "categories" where CATEGORY_LIST,
    kubernetes_versions: Option<Vec<String>> = "kubernetesVersions",
    statuses: Option<Vec<String>> = "statuses" where INSIGHT_STATUS_VALUE_LIST,
} }

shape! { pub struct Issue {
    code: Option<String> = "code" where NODEGROUP_ISSUE_CODE,
    message: Option<String> = "message",
    resource_ids: Option<Vec<String>> = "resourceIds",
} }

shape! { pub struct KubernetesNetworkConfigRequest {
    elastic_load_balancing: Option<ElasticLoadBalancing> = "elasticLoadBalancing",
    ip_family: Option<String> = "ipFamily" where IP_FAMILY,
    service_ipv4_cidr: Option<String> = "serviceIpv4Cidr",
} }

shape! { pub struct KubernetesNetworkConfigResponse {
    elastic_load_balancing: Option<ElasticLoadBalancing> = "elasticLoadBalancing",
    ip_family: Option<String> = "ipFamily" where IP_FAMILY,
    service_ipv4_cidr: Option<String> = "serviceIpv4Cidr",
    service_ipv6_cidr: Option<String> = "serviceIpv6Cidr",
} }

shape! { pub struct LaunchTemplateSpecification {
    id: Option<String> = "id",
    name: Option<String> = "name",
    version: Option<String> = "version",
} }

shape! { pub struct License {
    id: Option<String> = "id",
    token: Option<String> = "token",
} }

shape! { pub struct ListAccessEntriesRequest {
    associated_policy_arn: Option<String> = "associatedPolicyArn" at query "associatedPolicyArn",
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_ACCESS_ENTRIES_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListAccessEntriesResponse {
    access_entries: Option<Vec<String>> = "accessEntries",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListAccessPoliciesRequest {
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_ACCESS_POLICIES_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListAccessPoliciesResponse {
    access_policies: Option<Vec<AccessPolicy>> = "accessPolicies",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListAddonsRequest {
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_ADDONS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListAddonsResponse {
    addons: Option<Vec<String>> = "addons",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListAssociatedAccessPoliciesRequest {
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_ASSOCIATED_ACCESS_POLICIES_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    principal_arn: String = "principalArn" at uri "principalArn",
} }

shape! { pub struct ListAssociatedAccessPoliciesResponse {
    associated_access_policies: Option<Vec<AssociatedAccessPolicy>> = "associatedAccessPolicies",
    cluster_name: Option<String> = "clusterName",
    next_token: Option<String> = "nextToken",
    principal_arn: Option<String> = "principalArn",
} }

shape! { pub struct ListCapabilitiesRequest {
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_CAPABILITIES_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListCapabilitiesResponse {
    capabilities: Option<Vec<CapabilitySummary>> = "capabilities",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListClustersRequest {
    include: Option<Vec<String>> = "include" at query "include",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_CLUSTERS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListClustersResponse {
    clusters: Option<Vec<String>> = "clusters",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListEksAnywhereSubscriptionsRequest {
    include_status: Option<Vec<String>> = "includeStatus" at query "includeStatus" where EKS_ANYWHERE_SUBSCRIPTION_STATUS_VALUES,
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_EKS_ANYWHERE_SUBSCRIPTIONS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListEksAnywhereSubscriptionsResponse {
    next_token: Option<String> = "nextToken",
    subscriptions: Option<Vec<EksAnywhereSubscription>> = "subscriptions",
} }

shape! { pub struct ListFargateProfilesRequest {
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where FARGATE_PROFILES_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListFargateProfilesResponse {
    fargate_profile_names: Option<Vec<String>> = "fargateProfileNames",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListIdentityProviderConfigsRequest {
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_IDENTITY_PROVIDER_CONFIGS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListIdentityProviderConfigsResponse {
    identity_provider_configs: Option<Vec<IdentityProviderConfig>> = "identityProviderConfigs",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListInsightsRequest {
    cluster_name: String = "clusterName" at uri "name",
    filter: Option<InsightsFilter> = "filter",
    max_results: Option<i32> = "maxResults" where LIST_INSIGHTS_MAX_RESULTS,
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListInsightsResponse {
    insights: Option<Vec<InsightSummary>> = "insights",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListNodegroupsRequest {
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_NODEGROUPS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListNodegroupsResponse {
    next_token: Option<String> = "nextToken",
    nodegroups: Option<Vec<String>> = "nodegroups",
} }

shape! { pub struct ListPodIdentityAssociationsRequest {
    cluster_name: String = "clusterName" at uri "name",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_POD_IDENTITY_ASSOCIATIONS_MAX_RESULTS,
    namespace: Option<String> = "namespace" at query "namespace",
    next_token: Option<String> = "nextToken" at query "nextToken",
    service_account: Option<String> = "serviceAccount" at query "serviceAccount",
} }

shape! { pub struct ListPodIdentityAssociationsResponse {
    associations: Option<Vec<PodIdentityAssociationSummary>> = "associations",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListTagsForResourceRequest {
    resource_arn: String = "resourceArn" at uri "resourceArn",
} }

shape! { pub struct ListTagsForResourceResponse {
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct ListUpdatesRequest {
    addon_name: Option<String> = "addonName" at query "addonName",
    capability_name: Option<String> = "capabilityName" at query "capabilityName",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_UPDATES_REQUEST_MAX_RESULTS,
    name: String = "name" at uri "name",
    next_token: Option<String> = "nextToken" at query "nextToken",
    nodegroup_name: Option<String> = "nodegroupName" at query "nodegroupName",
} }

shape! { pub struct ListUpdatesResponse {
    next_token: Option<String> = "nextToken",
    update_ids: Option<Vec<String>> = "updateIds",
} }

shape! { pub struct LogSetup {
    enabled: Option<bool> = "enabled",
    types: Option<Vec<String>> = "types" where LOG_TYPES,
} }

shape! { pub struct Logging {
    cluster_logging: Option<Vec<LogSetup>> = "clusterLogging",
} }

shape! { pub struct MarketplaceInformation {
    product_id: Option<String> = "productId",
    product_url: Option<String> = "productUrl",
} }

shape! { pub struct NodeRepairConfig {
    enabled: Option<bool> = "enabled",
    max_parallel_nodes_repaired_count: Option<i32> = "maxParallelNodesRepairedCount" where NON_ZERO_INTEGER,
    max_parallel_nodes_repaired_percentage: Option<i32> = "maxParallelNodesRepairedPercentage" where PERCENT_CAPACITY,
    max_unhealthy_node_threshold_count: Option<i32> = "maxUnhealthyNodeThresholdCount" where NON_ZERO_INTEGER,
    max_unhealthy_node_threshold_percentage: Option<i32> = "maxUnhealthyNodeThresholdPercentage" where PERCENT_CAPACITY,
    node_repair_config_overrides: Option<Vec<NodeRepairConfigOverrides>> = "nodeRepairConfigOverrides",
} }

shape! { pub struct NodeRepairConfigOverrides {
    min_repair_wait_time_mins: Option<i32> = "minRepairWaitTimeMins" where NON_ZERO_INTEGER,
    node_monitoring_condition: Option<String> = "nodeMonitoringCondition",
    node_unhealthy_reason: Option<String> = "nodeUnhealthyReason",
    repair_action: Option<String> = "repairAction" where REPAIR_ACTION,
} }

shape! { pub struct Nodegroup {
    ami_type: Option<String> = "amiType" where AMI_TYPES,
    capacity_type: Option<String> = "capacityType" where CAPACITY_TYPES,
    cluster_name: Option<String> = "clusterName",
    created_at: Option<Timestamp> = "createdAt",
    disk_size: Option<i32> = "diskSize",
    health: Option<NodegroupHealth> = "health",
    instance_types: Option<Vec<String>> = "instanceTypes",
    labels: Option<BTreeMap<String, String>> = "labels" where LABELS_MAP,
    launch_template: Option<LaunchTemplateSpecification> = "launchTemplate",
    modified_at: Option<Timestamp> = "modifiedAt",
    node_repair_config: Option<NodeRepairConfig> = "nodeRepairConfig",
    node_role: Option<String> = "nodeRole",
    nodegroup_arn: Option<String> = "nodegroupArn",
    nodegroup_name: Option<String> = "nodegroupName",
    release_version: Option<String> = "releaseVersion",
    remote_access: Option<RemoteAccessConfig> = "remoteAccess",
    resources: Option<NodegroupResources> = "resources",
    scaling_config: Option<NodegroupScalingConfig> = "scalingConfig",
    status: Option<String> = "status" where NODEGROUP_STATUS,
    subnets: Option<Vec<String>> = "subnets",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    taints: Option<Vec<Taint>> = "taints",
    update_config: Option<NodegroupUpdateConfig> = "updateConfig",
    version: Option<String> = "version",
    warm_pool_config: Option<WarmPoolConfig> = "warmPoolConfig",
} }

shape! { pub struct NodegroupHealth {
    issues: Option<Vec<Issue>> = "issues",
} }

shape! { pub struct NodegroupResources {
    auto_scaling_groups: Option<Vec<AutoScalingGroup>> = "autoScalingGroups",
    remote_access_security_group: Option<String> = "remoteAccessSecurityGroup",
} }

shape! { pub struct NodegroupScalingConfig {
    desired_size: Option<i32> = "desiredSize" where ZERO_CAPACITY,
    max_size: Option<i32> = "maxSize" where CAPACITY,
    min_size: Option<i32> = "minSize" where ZERO_CAPACITY,
} }

shape! { pub struct NodegroupUpdateConfig {
    max_unavailable: Option<i32> = "maxUnavailable" where NON_ZERO_INTEGER,
    max_unavailable_percentage: Option<i32> = "maxUnavailablePercentage" where PERCENT_CAPACITY,
    update_strategy: Option<String> = "updateStrategy" where NODEGROUP_UPDATE_STRATEGIES,
} }

shape! { pub struct OIDC {
    issuer: Option<String> = "issuer",
} }

shape! { pub struct OidcIdentityProviderConfig {
    client_id: Option<String> = "clientId",
    cluster_name: Option<String> = "clusterName",
    groups_claim: Option<String> = "groupsClaim",
    groups_prefix: Option<String> = "groupsPrefix",
    identity_provider_config_arn: Option<String> = "identityProviderConfigArn",
    identity_provider_config_name: Option<String> = "identityProviderConfigName",
    issuer_url: Option<String> = "issuerUrl",
    required_claims: Option<BTreeMap<String, String>> = "requiredClaims" where REQUIRED_CLAIMS_MAP,
    status: Option<String> = "status" where CONFIG_STATUS,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    username_claim: Option<String> = "usernameClaim",
    username_prefix: Option<String> = "usernamePrefix",
} }

shape! { pub struct OidcIdentityProviderConfigRequest {
    client_id: String = "clientId",
    groups_claim: Option<String> = "groupsClaim",
    groups_prefix: Option<String> = "groupsPrefix",
    identity_provider_config_name: String = "identityProviderConfigName",
    issuer_url: String = "issuerUrl",
    required_claims: Option<BTreeMap<String, String>> = "requiredClaims" where REQUIRED_CLAIMS_MAP,
    username_claim: Option<String> = "usernameClaim",
    username_prefix: Option<String> = "usernamePrefix",
} }

shape! { pub struct OutpostConfigRequest {
    control_plane_instance_type: String = "controlPlaneInstanceType",
    control_plane_placement: Option<ControlPlanePlacementRequest> = "controlPlanePlacement",
    outpost_arns: Vec<String> = "outpostArns",
} }

shape! { pub struct OutpostConfigResponse {
    control_plane_instance_type: String = "controlPlaneInstanceType",
    control_plane_placement: Option<ControlPlanePlacementResponse> = "controlPlanePlacement",
    outpost_arns: Vec<String> = "outpostArns",
} }

shape! { pub struct PodIdentityAssociation {
    association_arn: Option<String> = "associationArn",
    association_id: Option<String> = "associationId",
    cluster_name: Option<String> = "clusterName",
    created_at: Option<Timestamp> = "createdAt",
    disable_session_tags: Option<bool> = "disableSessionTags",
    external_id: Option<String> = "externalId",
    modified_at: Option<Timestamp> = "modifiedAt",
    namespace: Option<String> = "namespace",
    owner_arn: Option<String> = "ownerArn",
    policy: Option<String> = "policy",
    role_arn: Option<String> = "roleArn",
    service_account: Option<String> = "serviceAccount",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    target_role_arn: Option<String> = "targetRoleArn",
} }

shape! { pub struct PodIdentityAssociationSummary {
    association_arn: Option<String> = "associationArn",
    association_id: Option<String> = "associationId",
    cluster_name: Option<String> = "clusterName",
    namespace: Option<String> = "namespace",
    owner_arn: Option<String> = "ownerArn",
    service_account: Option<String> = "serviceAccount",
} }

shape! { pub struct Provider {
    key_arn: Option<String> = "keyArn",
} }

shape! { pub struct RegisterClusterRequest {
    client_request_token: Option<String> = "clientRequestToken",
    connector_config: ConnectorConfigRequest = "connectorConfig",
    name: String = "name" where CLUSTER_NAME,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct RegisterClusterResponse {
    cluster: Option<Cluster> = "cluster",
} }

shape! { pub struct RemoteAccessConfig {
    ec2_ssh_key: Option<String> = "ec2SshKey",
    source_security_groups: Option<Vec<String>> = "sourceSecurityGroups",
} }

shape! { pub struct RemoteNetworkConfigRequest {
    remote_node_networks: Option<Vec<RemoteNodeNetwork>> = "remoteNodeNetworks" where REMOTE_NODE_NETWORK_LIST,
    remote_pod_networks: Option<Vec<RemotePodNetwork>> = "remotePodNetworks" where REMOTE_POD_NETWORK_LIST,
} }

shape! { pub struct RemoteNetworkConfigResponse {
    remote_node_networks: Option<Vec<RemoteNodeNetwork>> = "remoteNodeNetworks" where REMOTE_NODE_NETWORK_LIST,
    remote_pod_networks: Option<Vec<RemotePodNetwork>> = "remotePodNetworks" where REMOTE_POD_NETWORK_LIST,
} }

shape! { pub struct RemoteNodeNetwork {
    cidrs: Option<Vec<String>> = "cidrs",
} }

shape! { pub struct RemotePodNetwork {
    cidrs: Option<Vec<String>> = "cidrs",
} }

shape! { pub struct SsoIdentity {
    id: String = "id",
    r#type: String = "type" where SSO_IDENTITY_TYPE,
} }

shape! { pub struct StartInsightsRefreshRequest {
    cluster_name: String = "clusterName" at uri "name",
} }

shape! { pub struct StartInsightsRefreshResponse {
    message: Option<String> = "message",
    status: Option<String> = "status" where INSIGHTS_REFRESH_STATUS,
} }

shape! { pub struct StorageConfigRequest {
    block_storage: Option<BlockStorage> = "blockStorage",
} }

shape! { pub struct StorageConfigResponse {
    block_storage: Option<BlockStorage> = "blockStorage",
} }

shape! { pub struct TagResourceRequest {
    resource_arn: String = "resourceArn" at uri "resourceArn",
    tags: BTreeMap<String, String> = "tags" where TAG_MAP,
} }

shape! { pub struct TagResourceResponse {} }

shape! { pub struct Taint {
    effect: Option<String> = "effect" where TAINT_EFFECT,
    key: Option<String> = "key" where TAINT_KEY,
    value: Option<String> = "value" where TAINT_VALUE,
} }

shape! { pub struct UntagResourceRequest {
    resource_arn: String = "resourceArn" at uri "resourceArn",
    tag_keys: Vec<String> = "tagKeys" at query "tagKeys" where TAG_KEY_LIST,
} }

shape! { pub struct UntagResourceResponse {} }

shape! { pub struct Update {
    created_at: Option<Timestamp> = "createdAt",
    errors: Option<Vec<ErrorDetail>> = "errors",
    id: Option<String> = "id",
    params: Option<Vec<UpdateParam>> = "params",
    status: Option<String> = "status" where UPDATE_STATUS,
    r#type: Option<String> = "type" where UPDATE_TYPE,
} }

shape! { pub struct UpdateAccessConfigRequest {
    authentication_mode: Option<String> = "authenticationMode" where AUTHENTICATION_MODE,
} }

shape! { pub struct UpdateAccessEntryRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    kubernetes_groups: Option<Vec<String>> = "kubernetesGroups",
    principal_arn: String = "principalArn" at uri "principalArn",
    username: Option<String> = "username",
} }

shape! { pub struct UpdateAccessEntryResponse {
    access_entry: Option<AccessEntry> = "accessEntry",
} }

shape! { pub struct UpdateAddonRequest {
    addon_name: String = "addonName" at uri "addonName",
    addon_version: Option<String> = "addonVersion",
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    configuration_values: Option<String> = "configurationValues",
    pod_identity_associations: Option<Vec<AddonPodIdentityAssociations>> = "podIdentityAssociations",
    resolve_conflicts: Option<String> = "resolveConflicts" where RESOLVE_CONFLICTS,
    service_account_role_arn: Option<String> = "serviceAccountRoleArn" where ROLE_ARN,
} }

shape! { pub struct UpdateAddonResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateArgoCdConfig {
    network_access: Option<ArgoCdNetworkAccessConfigRequest> = "networkAccess",
    rbac_role_mappings: Option<UpdateRoleMappings> = "rbacRoleMappings",
} }

shape! { pub struct UpdateCapabilityConfiguration {
    argo_cd: Option<UpdateArgoCdConfig> = "argoCd",
} }

shape! { pub struct UpdateCapabilityRequest {
    capability_name: String = "capabilityName" at uri "capabilityName",
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    configuration: Option<UpdateCapabilityConfiguration> = "configuration",
    delete_propagation_policy: Option<String> = "deletePropagationPolicy" where CAPABILITY_DELETE_PROPAGATION_POLICY,
    role_arn: Option<String> = "roleArn",
} }

shape! { pub struct UpdateCapabilityResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateClusterConfigRequest {
    access_config: Option<UpdateAccessConfigRequest> = "accessConfig",
    client_request_token: Option<String> = "clientRequestToken",
    compute_config: Option<ComputeConfigRequest> = "computeConfig",
    control_plane_scaling_config: Option<ControlPlaneScalingConfig> = "controlPlaneScalingConfig",
    deletion_protection: Option<bool> = "deletionProtection",
    kubernetes_network_config: Option<KubernetesNetworkConfigRequest> = "kubernetesNetworkConfig",
    logging: Option<Logging> = "logging",
    name: String = "name" at uri "name",
    remote_network_config: Option<RemoteNetworkConfigRequest> = "remoteNetworkConfig",
    resources_vpc_config: Option<VpcConfigRequest> = "resourcesVpcConfig",
    storage_config: Option<StorageConfigRequest> = "storageConfig",
    upgrade_policy: Option<UpgradePolicyRequest> = "upgradePolicy",
    zonal_shift_config: Option<ZonalShiftConfigRequest> = "zonalShiftConfig",
} }

shape! { pub struct UpdateClusterConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateClusterVersionRequest {
    client_request_token: Option<String> = "clientRequestToken",
    force: Option<bool> = "force",
    name: String = "name" at uri "name",
    version: String = "version",
} }

shape! { pub struct UpdateClusterVersionResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateEksAnywhereSubscriptionRequest {
    auto_renew: bool = "autoRenew",
    client_request_token: Option<String> = "clientRequestToken",
    id: String = "id" at uri "id",
} }

shape! { pub struct UpdateEksAnywhereSubscriptionResponse {
    subscription: Option<EksAnywhereSubscription> = "subscription",
} }

shape! { pub struct UpdateLabelsPayload {
    add_or_update_labels: Option<BTreeMap<String, String>> = "addOrUpdateLabels" where LABELS_MAP,
    remove_labels: Option<Vec<String>> = "removeLabels",
} }

shape! { pub struct UpdateNodegroupConfigRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    labels: Option<UpdateLabelsPayload> = "labels",
    node_repair_config: Option<NodeRepairConfig> = "nodeRepairConfig",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
    scaling_config: Option<NodegroupScalingConfig> = "scalingConfig",
    taints: Option<UpdateTaintsPayload> = "taints",
    update_config: Option<NodegroupUpdateConfig> = "updateConfig",
    warm_pool_config: Option<WarmPoolConfig> = "warmPoolConfig",
} }

shape! { pub struct UpdateNodegroupConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateNodegroupVersionRequest {
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    force: Option<bool> = "force",
    launch_template: Option<LaunchTemplateSpecification> = "launchTemplate",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
    release_version: Option<String> = "releaseVersion",
    version: Option<String> = "version",
} }

shape! { pub struct UpdateNodegroupVersionResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateParam {
    r#type: Option<String> = "type" where UPDATE_PARAM_TYPE,
    value: Option<String> = "value",
} }

shape! { pub struct UpdatePodIdentityAssociationRequest {
    association_id: String = "associationId" at uri "associationId",
    client_request_token: Option<String> = "clientRequestToken",
    cluster_name: String = "clusterName" at uri "name",
    disable_session_tags: Option<bool> = "disableSessionTags",
    policy: Option<String> = "policy",
    role_arn: Option<String> = "roleArn",
    target_role_arn: Option<String> = "targetRoleArn",
} }

shape! { pub struct UpdatePodIdentityAssociationResponse {
    association: Option<PodIdentityAssociation> = "association",
} }

shape! { pub struct UpdateRoleMappings {
    add_or_update_role_mappings: Option<Vec<ArgoCdRoleMapping>> = "addOrUpdateRoleMappings",
    remove_role_mappings: Option<Vec<ArgoCdRoleMapping>> = "removeRoleMappings",
} }

shape! { pub struct UpdateTaintsPayload {
    add_or_update_taints: Option<Vec<Taint>> = "addOrUpdateTaints",
    remove_taints: Option<Vec<Taint>> = "removeTaints",
} }

shape! { pub struct UpgradePolicyRequest {
    support_type: Option<String> = "supportType" where SUPPORT_TYPE,
} }

shape! { pub struct UpgradePolicyResponse {
    support_type: Option<String> = "supportType" where SUPPORT_TYPE,
} }

shape! { pub struct VpcConfigRequest {
    endpoint_private_access: Option<bool> = "endpointPrivateAccess",
    endpoint_public_access: Option<bool> = "endpointPublicAccess",
    public_access_cidrs: Option<Vec<String>> = "publicAccessCidrs",
    security_group_ids: Option<Vec<String>> = "securityGroupIds",
    subnet_ids: Option<Vec<String>> = "subnetIds",
} }

shape! { pub struct VpcConfigResponse {
    cluster_security_group_id: Option<String> = "clusterSecurityGroupId",
    endpoint_private_access: Option<bool> = "endpointPrivateAccess",
    endpoint_public_access: Option<bool> = "endpointPublicAccess",
    public_access_cidrs: Option<Vec<String>> = "publicAccessCidrs",
    security_group_ids: Option<Vec<String>> = "securityGroupIds",
    subnet_ids: Option<Vec<String>> = "subnetIds",
    vpc_id: Option<String> = "vpcId",
} }

shape! { pub struct WarmPoolConfig {
    enabled: Option<bool> = "enabled",
    max_group_prepared_capacity: Option<i32> = "maxGroupPreparedCapacity",
    min_size: Option<i32> = "minSize" where ZERO_CAPACITY,
    pool_state: Option<String> = "poolState" where WARM_POOL_STATE,
    reuse_on_scale_in: Option<bool> = "reuseOnScaleIn",
} }

shape! { pub struct ZonalShiftConfigRequest {
    enabled: Option<bool> = "enabled",
} }

shape! { pub struct ZonalShiftConfigResponse {
    enabled: Option<bool> = "enabled",
} }

operations! { EKS;
    AssociateAccessPolicy(AssociateAccessPolicyRequest) -> AssociateAccessPolicyResponse = POST "/clusters/{name}/access-entries/{principalArn}/access-policies"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    AssociateEncryptionConfig(AssociateEncryptionConfigRequest) -> AssociateEncryptionConfigResponse = POST "/clusters/{name}/encryption-config/associate"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    AssociateIdentityProviderConfig(AssociateIdentityProviderConfigRequest) -> AssociateIdentityProviderConfigResponse = POST "/clusters/{name}/identity-provider-configs/associate"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    CreateAccessEntry(CreateAccessEntryRequest) -> CreateAccessEntryResponse = POST "/clusters/{name}/access-entries"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION RESOURCE_IN_USE_EXCEPTION];
    CreateAddon(CreateAddonRequest) -> CreateAddonResponse = POST "/clusters/{name}/addons"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION RESOURCE_IN_USE_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION];
    CreateCapability(CreateCapabilityRequest) -> CreateCapabilityResponse = POST "/clusters/{name}/capabilities"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION RESOURCE_IN_USE_EXCEPTION ACCESS_DENIED_EXCEPTION THROTTLING_EXCEPTION SERVER_EXCEPTION];
    CreateCluster(CreateClusterRequest) -> CreateClusterResponse = POST "/clusters"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION UNSUPPORTED_AVAILABILITY_ZONE_EXCEPTION];
    CreateEksAnywhereSubscription(CreateEksAnywhereSubscriptionRequest) -> CreateEksAnywhereSubscriptionResponse = POST "/eks-anywhere-subscriptions"
        fails [RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    CreateFargateProfile(CreateFargateProfileRequest) -> CreateFargateProfileResponse = POST "/clusters/{name}/fargate-profiles"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION UNSUPPORTED_AVAILABILITY_ZONE_EXCEPTION];
    CreateNodegroup(CreateNodegroupRequest) -> CreateNodegroupResponse = POST "/clusters/{name}/node-groups"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    CreatePodIdentityAssociation(CreatePodIdentityAssociationRequest) -> CreatePodIdentityAssociationResponse = POST "/clusters/{name}/pod-identity-associations"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION RESOURCE_IN_USE_EXCEPTION];
    DeleteAccessEntry(DeleteAccessEntryRequest) -> DeleteAccessEntryResponse = DELETE "/clusters/{name}/access-entries/{principalArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DeleteAddon(DeleteAddonRequest) -> DeleteAddonResponse = DELETE "/clusters/{name}/addons/{addonName}"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION];
    DeleteCapability(DeleteCapabilityRequest) -> DeleteCapabilityResponse = DELETE "/clusters/{name}/capabilities/{capabilityName}"
        fails [INVALID_PARAMETER_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION RESOURCE_IN_USE_EXCEPTION SERVER_EXCEPTION];
    DeleteCluster(DeleteClusterRequest) -> DeleteClusterResponse = DELETE "/clusters/{name}"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DeleteEksAnywhereSubscription(DeleteEksAnywhereSubscriptionRequest) -> DeleteEksAnywhereSubscriptionResponse = DELETE "/eks-anywhere-subscriptions/{id}"
        fails [RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION INVALID_REQUEST_EXCEPTION SERVER_EXCEPTION];
    DeleteFargateProfile(DeleteFargateProfileRequest) -> DeleteFargateProfileResponse = DELETE "/clusters/{name}/fargate-profiles/{fargateProfileName}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION];
    DeleteNodegroup(DeleteNodegroupRequest) -> DeleteNodegroupResponse = DELETE "/clusters/{name}/node-groups/{nodegroupName}"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    DeletePodIdentityAssociation(DeletePodIdentityAssociationRequest) -> DeletePodIdentityAssociationResponse = DELETE "/clusters/{name}/pod-identity-associations/{associationId}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DeregisterCluster(DeregisterClusterRequest) -> DeregisterClusterResponse = DELETE "/cluster-registrations/{name}"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION ACCESS_DENIED_EXCEPTION];
    DescribeAccessEntry(DescribeAccessEntryRequest) -> DescribeAccessEntryResponse = GET "/clusters/{name}/access-entries/{principalArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DescribeAddon(DescribeAddonRequest) -> DescribeAddonResponse = GET "/clusters/{name}/addons/{addonName}"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION];
    DescribeAddonConfiguration(DescribeAddonConfigurationRequest) -> DescribeAddonConfigurationResponse = GET "/addons/configuration-schemas"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeAddonVersions(DescribeAddonVersionsRequest) -> DescribeAddonVersionsResponse = GET "/addons/supported-versions"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_PARAMETER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "addons";
    DescribeCapability(DescribeCapabilityRequest) -> DescribeCapabilityResponse = GET "/clusters/{name}/capabilities/{capabilityName}"
        fails [INVALID_PARAMETER_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION SERVER_EXCEPTION];
    DescribeCluster(DescribeClusterRequest) -> DescribeClusterResponse = GET "/clusters/{name}"
        fails [RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    DescribeClusterVersions(DescribeClusterVersionsRequest) -> DescribeClusterVersionsResponse = GET "/cluster-versions"
        fails [SERVER_EXCEPTION INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "clusterVersions";
    DescribeEksAnywhereSubscription(DescribeEksAnywhereSubscriptionRequest) -> DescribeEksAnywhereSubscriptionResponse = GET "/eks-anywhere-subscriptions/{id}"
        fails [RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    DescribeFargateProfile(DescribeFargateProfileRequest) -> DescribeFargateProfileResponse = GET "/clusters/{name}/fargate-profiles/{fargateProfileName}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION];
    DescribeIdentityProviderConfig(DescribeIdentityProviderConfigRequest) -> DescribeIdentityProviderConfigResponse = POST "/clusters/{name}/identity-provider-configs/describe"
        fails [INVALID_PARAMETER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    DescribeInsight(DescribeInsightRequest) -> DescribeInsightResponse = GET "/clusters/{name}/insights/{id}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeInsightsRefresh(DescribeInsightsRefreshRequest) -> DescribeInsightsRefreshResponse = GET "/clusters/{name}/insights-refresh"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeNodegroup(DescribeNodegroupRequest) -> DescribeNodegroupResponse = GET "/clusters/{name}/node-groups/{nodegroupName}"
        fails [INVALID_PARAMETER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    DescribePodIdentityAssociation(DescribePodIdentityAssociationRequest) -> DescribePodIdentityAssociationResponse = GET "/clusters/{name}/pod-identity-associations/{associationId}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeUpdate(DescribeUpdateRequest) -> DescribeUpdateResponse = GET "/clusters/{name}/updates/{updateId}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION];
    DisassociateAccessPolicy(DisassociateAccessPolicyRequest) -> DisassociateAccessPolicyResponse = DELETE "/clusters/{name}/access-entries/{principalArn}/access-policies/{policyArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DisassociateIdentityProviderConfig(DisassociateIdentityProviderConfigRequest) -> DisassociateIdentityProviderConfigResponse = POST "/clusters/{name}/identity-provider-configs/disassociate"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    ListAccessEntries(ListAccessEntriesRequest) -> ListAccessEntriesResponse = GET "/clusters/{name}/access-entries"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "accessEntries";
    ListAccessPolicies(ListAccessPoliciesRequest) -> ListAccessPoliciesResponse = GET "/access-policies"
        fails [SERVER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "accessPolicies";
    ListAddons(ListAddonsRequest) -> ListAddonsResponse = GET "/clusters/{name}/addons"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION CLIENT_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION SERVER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "addons";
    ListAssociatedAccessPolicies(ListAssociatedAccessPoliciesRequest) -> ListAssociatedAccessPoliciesResponse = GET "/clusters/{name}/access-entries/{principalArn}/access-policies"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "associatedAccessPolicies";
    ListCapabilities(ListCapabilitiesRequest) -> ListCapabilitiesResponse = GET "/clusters/{name}/capabilities"
        fails [INVALID_PARAMETER_EXCEPTION SERVER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "capabilities";
    ListClusters(ListClustersRequest) -> ListClustersResponse = GET "/clusters"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "clusters";
    ListEksAnywhereSubscriptions(ListEksAnywhereSubscriptionsRequest) -> ListEksAnywhereSubscriptionsResponse = GET "/eks-anywhere-subscriptions"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "subscriptions";
    ListFargateProfiles(ListFargateProfilesRequest) -> ListFargateProfilesResponse = GET "/clusters/{name}/fargate-profiles"
        fails [INVALID_PARAMETER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "fargateProfileNames";
    ListIdentityProviderConfigs(ListIdentityProviderConfigsRequest) -> ListIdentityProviderConfigsResponse = GET "/clusters/{name}/identity-provider-configs"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "identityProviderConfigs";
    ListInsights(ListInsightsRequest) -> ListInsightsResponse = POST "/clusters/{name}/insights"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "insights";
    ListNodegroups(ListNodegroupsRequest) -> ListNodegroupsResponse = GET "/clusters/{name}/node-groups"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "nodegroups";
    ListPodIdentityAssociations(ListPodIdentityAssociationsRequest) -> ListPodIdentityAssociationsResponse = GET "/clusters/{name}/pod-identity-associations"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "associations";
    ListTagsForResource(ListTagsForResourceRequest) -> ListTagsForResourceResponse = GET "/tags/{resourceArn}"
        fails [BAD_REQUEST_EXCEPTION NOT_FOUND_EXCEPTION];
    ListUpdates(ListUpdatesRequest) -> ListUpdatesResponse = GET "/clusters/{name}/updates"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "updateIds";
    RegisterCluster(RegisterClusterRequest) -> RegisterClusterResponse = POST "/cluster-registrations"
        fails [RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_PROPAGATION_DELAY_EXCEPTION];
    StartInsightsRefresh(StartInsightsRefreshRequest) -> StartInsightsRefreshResponse = POST "/clusters/{name}/insights-refresh"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    TagResource(TagResourceRequest) -> TagResourceResponse = POST "/tags/{resourceArn}"
        fails [BAD_REQUEST_EXCEPTION NOT_FOUND_EXCEPTION];
    UntagResource(UntagResourceRequest) -> UntagResourceResponse = DELETE "/tags/{resourceArn}"
        fails [BAD_REQUEST_EXCEPTION NOT_FOUND_EXCEPTION];
    UpdateAccessEntry(UpdateAccessEntryRequest) -> UpdateAccessEntryResponse = POST "/clusters/{name}/access-entries/{principalArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    UpdateAddon(UpdateAddonRequest) -> UpdateAddonResponse = POST "/clusters/{name}/addons/{addonName}/update"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION RESOURCE_IN_USE_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION];
    UpdateCapability(UpdateCapabilityRequest) -> UpdateCapabilityResponse = POST "/clusters/{name}/capabilities/{capabilityName}"
        fails [INVALID_PARAMETER_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION RESOURCE_IN_USE_EXCEPTION SERVER_EXCEPTION];
    UpdateClusterConfig(UpdateClusterConfigRequest) -> UpdateClusterConfigResponse = POST "/clusters/{name}/update-config"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    UpdateClusterVersion(UpdateClusterVersionRequest) -> UpdateClusterVersionResponse = POST "/clusters/{name}/updates"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION INVALID_STATE_EXCEPTION];
    UpdateEksAnywhereSubscription(UpdateEksAnywhereSubscriptionRequest) -> UpdateEksAnywhereSubscriptionResponse = POST "/eks-anywhere-subscriptions/{id}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    UpdateNodegroupConfig(UpdateNodegroupConfigRequest) -> UpdateNodegroupConfigResponse = POST "/clusters/{name}/node-groups/{nodegroupName}/update-config"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    UpdateNodegroupVersion(UpdateNodegroupVersionRequest) -> UpdateNodegroupVersionResponse = POST "/clusters/{name}/node-groups/{nodegroupName}/update-version"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    UpdatePodIdentityAssociation(UpdatePodIdentityAssociationRequest) -> UpdatePodIdentityAssociationResponse = POST "/clusters/{name}/pod-identity-associations/{associationId}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
}
