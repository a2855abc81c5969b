//! Amazon Elastic Kubernetes Service, version 2017-11-01. Written by `cargo xtask codegen` from `models/eks.json`
//! (botocore 1.43.11); do not edit.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    operation::{Error, Protocol, Service, operations},
    secret::Secret,
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
    pub const ACCESS_DENIED_EXCEPTION: Error = Error { code: "AccessDeniedException", status: 403 };

    /// `BadRequestException`
    pub const BAD_REQUEST_EXCEPTION: Error = Error { code: "BadRequestException", status: 400 };

    /// `ClientException`
    pub const CLIENT_EXCEPTION: Error = Error { code: "ClientException", status: 400 };

    /// `InvalidParameterException`
    pub const INVALID_PARAMETER_EXCEPTION: Error = Error { code: "InvalidParameterException", status: 400 };

    /// `InvalidRequestException`
    pub const INVALID_REQUEST_EXCEPTION: Error = Error { code: "InvalidRequestException", status: 400 };

    /// `InvalidStateException`
    pub const INVALID_STATE_EXCEPTION: Error = Error { code: "InvalidStateException", status: 400 };

    /// `NotFoundException`
    pub const NOT_FOUND_EXCEPTION: Error = Error { code: "NotFoundException", status: 404 };

    /// `ResourceInUseException`
    pub const RESOURCE_IN_USE_EXCEPTION: Error = Error { code: "ResourceInUseException", status: 409 };

    /// `ResourceLimitExceededException`
    pub const RESOURCE_LIMIT_EXCEEDED_EXCEPTION: Error = Error { code: "ResourceLimitExceededException", status: 400 };

    /// `ResourceNotFoundException`
    pub const RESOURCE_NOT_FOUND_EXCEPTION: Error = Error { code: "ResourceNotFoundException", status: 404 };

    /// `ResourcePropagationDelayException`
    pub const RESOURCE_PROPAGATION_DELAY_EXCEPTION: Error = Error { code: "ResourcePropagationDelayException", status: 428 };

    /// `ServerException`
    pub const SERVER_EXCEPTION: Error = Error { code: "ServerException", status: 500 };

    /// `ServiceUnavailableException`
    pub const SERVICE_UNAVAILABLE_EXCEPTION: Error = Error { code: "ServiceUnavailableException", status: 503 };

    /// `ThrottlingException`
    pub const THROTTLING_EXCEPTION: Error = Error { code: "ThrottlingException", status: 429 };

    /// `UnsupportedAvailabilityZoneException`
    pub const UNSUPPORTED_AVAILABILITY_ZONE_EXCEPTION: Error = Error { code: "UnsupportedAvailabilityZoneException", status: 400 };
}

const AMI_TYPES: Rule = Rule::NONE.one_of(&["AL2_x86_64", "AL2_x86_64_GPU", "AL2_ARM_64", "CUSTOM", "BOTTLEROCKET_ARM_64", "BOTTLEROCKET_x86_64", "BOTTLEROCKET_ARM_64_FIPS", "BOTTLEROCKET_x86_64_FIPS", "BOTTLEROCKET_ARM_64_NVIDIA", "BOTTLEROCKET_x86_64_NVIDIA", "BOTTLEROCKET_ARM_64_NVIDIA_FIPS", "BOTTLEROCKET_x86_64_NVIDIA_FIPS", "WINDOWS_CORE_2019_x86_64", "WINDOWS_FULL_2019_x86_64", "WINDOWS_CORE_2022_x86_64", "WINDOWS_FULL_2022_x86_64", "WINDOWS_CORE_2025_x86_64", "WINDOWS_FULL_2025_x86_64", "AL2023_x86_64_STANDARD", "AL2023_ARM_64_STANDARD", "AL2023_x86_64_NEURON", "AL2023_x86_64_NVIDIA", "AL2023_ARM_64_NVIDIA"]);
const ACCESS_SCOPE_TYPE: Rule = Rule::NONE.one_of(&["cluster", "namespace"]);
const ADDON_ISSUE_CODE: Rule = Rule::NONE.one_of(&["AccessDenied", "InternalFailure", "ClusterUnreachable", "InsufficientNumberOfReplicas", "ConfigurationConflict", "AdmissionRequestDenied", "UnsupportedAddonModification", "K8sResourceNotFound", "AddonSubscriptionNeeded", "AddonPermissionFailure"]);
const ADDON_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "ACTIVE", "CREATE_FAILED", "UPDATING", "DELETING", "DELETE_FAILED", "DEGRADED", "UPDATE_FAILED"]);
const ARGO_CD_ROLE: Rule = Rule::NONE.one_of(&["ADMIN", "EDITOR", "VIEWER"]);
const AUTHENTICATION_MODE: Rule = Rule::NONE.one_of(&["API", "API_AND_CONFIG_MAP", "CONFIG_MAP"]);
const CAPABILITY_DELETE_PROPAGATION_POLICY: Rule = Rule::NONE.one_of(&["RETAIN"]);
const CAPABILITY_ISSUE_CODE: Rule = Rule::NONE.one_of(&["AccessDenied", "ClusterUnreachable"]);
const CAPABILITY_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "CREATE_FAILED", "UPDATING", "DELETING", "DELETE_FAILED", "ACTIVE", "DEGRADED"]);
const CAPABILITY_TYPE: Rule = Rule::NONE.one_of(&["ACK", "KRO", "ARGOCD"]);
const CAPACITY: Rule = Rule::NONE.min(1);
const CAPACITY_TYPES: Rule = Rule::NONE.one_of(&["ON_DEMAND", "SPOT", "CAPACITY_BLOCK"]);
const CATEGORY: Rule = Rule::NONE.one_of(&["UPGRADE_READINESS", "MISCONFIGURATION"]);
const CATEGORY_LIST: Rule = Rule::NONE.each(&CATEGORY);
const CLUSTER_ISSUE_CODE: Rule = Rule::NONE.one_of(&["AccessDenied", "ClusterUnreachable", "ConfigurationConflict", "InternalFailure", "ResourceLimitExceeded", "ResourceNotFound", "IamRoleNotFound", "VpcNotFound", "InsufficientFreeAddresses", "Ec2ServiceNotSubscribed", "Ec2SubnetNotFound", "Ec2SecurityGroupNotFound", "KmsGrantRevoked", "KmsKeyNotFound", "KmsKeyMarkedForDeletion", "KmsKeyDisabled", "StsRegionalEndpointDisabled", "UnsupportedVersion", "Other"]);
const CLUSTER_NAME: Rule = Rule::NONE.min(1).max(100).pattern(r"^[0-9A-Za-z][A-Za-z0-9\-_]*");
const CLUSTER_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "ACTIVE", "DELETING", "FAILED", "UPDATING", "PENDING"]);
const CLUSTER_VERSION_STATUS: Rule = Rule::NONE.one_of(&["unsupported", "standard-support", "extended-support"]);
const CONNECTOR_CONFIG_PROVIDER: Rule = Rule::NONE.one_of(&["EKS_ANYWHERE", "ANTHOS", "GKE", "AKS", "OPENSHIFT", "TANZU", "RANCHER", "EC2", "OTHER"]);
const DESCRIBE_ADDON_VERSIONS_REQUEST_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const DESCRIBE_CLUSTER_VERSION_MAX_RESULTS: Rule = Rule::NONE.min(1).max(100);
const EKS_ANYWHERE_SUBSCRIPTION_LICENSE_TYPE: Rule = Rule::NONE.one_of(&["Cluster"]);
const EKS_ANYWHERE_SUBSCRIPTION_NAME: Rule = Rule::NONE.min(1).max(100).pattern(r"^[0-9A-Za-z][A-Za-z0-9\-_]*");
const EKS_ANYWHERE_SUBSCRIPTION_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "ACTIVE", "UPDATING", "EXPIRING", "EXPIRED", "DELETING"]);
const EKS_ANYWHERE_SUBSCRIPTION_STATUS_VALUES: Rule = Rule::NONE.each(&EKS_ANYWHERE_SUBSCRIPTION_STATUS);
const EKS_ANYWHERE_SUBSCRIPTION_TERM_UNIT: Rule = Rule::NONE.one_of(&["MONTHS"]);
const ENCRYPTION_CONFIG_LIST: Rule = Rule::NONE.max(1);
const ERROR_CODE: Rule = Rule::NONE.one_of(&["SubnetNotFound", "SecurityGroupNotFound", "EniLimitReached", "IpNotAvailable", "AccessDenied", "OperationNotPermitted", "VpcIdNotFound", "Unknown", "NodeCreationFailure", "PodEvictionFailure", "InsufficientFreeAddresses", "ClusterUnreachable", "InsufficientNumberOfReplicas", "ConfigurationConflict", "AdmissionRequestDenied", "UnsupportedAddonModification", "K8sResourceNotFound"]);
const FARGATE_PROFILE_ISSUE_CODE: Rule = Rule::NONE.one_of(&["PodExecutionRoleAlreadyInUse", "AccessDenied", "ClusterUnreachable", "InternalFailure"]);
const FARGATE_PROFILE_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "ACTIVE", "DELETING", "CREATE_FAILED", "DELETE_FAILED"]);
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
const NODEGROUP_ISSUE_CODE: Rule = Rule::NONE.one_of(&["AutoScalingGroupNotFound", "AutoScalingGroupInvalidConfiguration", "Ec2SecurityGroupNotFound", "Ec2SecurityGroupDeletionFailure", "Ec2LaunchTemplateNotFound", "Ec2LaunchTemplateVersionMismatch", "Ec2SubnetNotFound", "Ec2SubnetInvalidConfiguration", "IamInstanceProfileNotFound", "Ec2SubnetMissingIpv6Assignment", "IamLimitExceeded", "IamNodeRoleNotFound", "NodeCreationFailure", "AsgInstanceLaunchFailures", "InstanceLimitExceeded", "InsufficientFreeAddresses", "AccessDenied", "InternalFailure", "ClusterUnreachable", "AmiIdNotFound", "AutoScalingGroupOptInRequired", "AutoScalingGroupRateLimitExceeded", "Ec2LaunchTemplateDeletionFailure", "Ec2LaunchTemplateInvalidConfiguration", "Ec2LaunchTemplateMaxLimitExceeded", "Ec2SubnetListTooLong", "IamThrottling", "NodeTerminationFailure", "PodEvictionFailure", "SourceEc2LaunchTemplateNotFound", "LimitExceeded", "Unknown", "AutoScalingGroupInstanceRefreshActive", "KubernetesLabelInvalid", "Ec2LaunchTemplateVersionMaxLimitExceeded", "Ec2InstanceTypeDoesNotExist"]);
const NODEGROUP_STATUS: Rule = Rule::NONE.one_of(&["CREATING", "ACTIVE", "UPDATING", "DELETING", "CREATE_FAILED", "DELETE_FAILED", "DEGRADED"]);
const NODEGROUP_UPDATE_STRATEGIES: Rule = Rule::NONE.one_of(&["DEFAULT", "MINIMAL"]);
const NON_ZERO_INTEGER: Rule = Rule::NONE.min(1);
const PERCENT_CAPACITY: Rule = Rule::NONE.min(1).max(100);
const PROVISIONED_CONTROL_PLANE_TIER: Rule = Rule::NONE.one_of(&["standard", "tier-xl", "tier-2xl", "tier-4xl", "tier-8xl"]);
const REMOTE_NODE_NETWORK_LIST: Rule = Rule::NONE.max(1);
const REMOTE_POD_NETWORK_LIST: Rule = Rule::NONE.max(1);
const REPAIR_ACTION: Rule = Rule::NONE.one_of(&["Replace", "Reboot", "NoAction"]);
const RESOLVE_CONFLICTS: Rule = Rule::NONE.one_of(&["OVERWRITE", "NONE", "PRESERVE"]);
const ROLE_ARN: Rule = Rule::NONE.min(1).max(255);
const SECRET_STRING: Rule = Rule::NONE.sensitive();
const SSO_IDENTITY_TYPE: Rule = Rule::NONE.one_of(&["SSO_USER", "SSO_GROUP"]);
const SUPPORT_TYPE: Rule = Rule::NONE.one_of(&["STANDARD", "EXTENDED"]);
const TAG_KEY: Rule = Rule::NONE.min(1).max(128);
const TAG_KEY_LIST: Rule = Rule::NONE.min(1).max(50).each(&TAG_KEY);
const TAG_MAP: Rule = Rule::NONE.min(1).max(50).each(&TAG_VALUE).keys(&TAG_KEY);
const TAG_VALUE: Rule = Rule::NONE.max(256);
const TAINT_EFFECT: Rule = Rule::NONE.one_of(&["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]);
const UPDATE_PARAM_TYPE: Rule = Rule::NONE.one_of(&["Version", "PlatformVersion", "EndpointPrivateAccess", "EndpointPublicAccess", "ClusterLogging", "DesiredSize", "LabelsToAdd", "LabelsToRemove", "TaintsToAdd", "TaintsToRemove", "MaxSize", "MinSize", "ReleaseVersion", "PublicAccessCidrs", "LaunchTemplateName", "LaunchTemplateVersion", "IdentityProviderConfig", "EncryptionConfig", "AddonVersion", "ServiceAccountRoleArn", "ResolveConflicts", "MaxUnavailable", "MaxUnavailablePercentage", "NodeRepairEnabled", "UpdateStrategy", "ConfigurationValues", "SecurityGroups", "Subnets", "AuthenticationMode", "PodIdentityAssociations", "UpgradePolicy", "ZonalShiftConfig", "ComputeConfig", "StorageConfig", "KubernetesNetworkConfig", "RemoteNetworkConfig", "DeletionProtection", "NodeRepairConfig", "VendedLogs", "UpdatedTier", "PreviousTier", "WarmPoolEnabled", "WarmPoolMaxGroupPreparedCapacity", "WarmPoolMinSize", "WarmPoolState", "WarmPoolReuseOnScaleIn"]);
const UPDATE_STATUS: Rule = Rule::NONE.one_of(&["InProgress", "Failed", "Cancelled", "Successful"]);
const UPDATE_TYPE: Rule = Rule::NONE.one_of(&["VersionUpdate", "EndpointAccessUpdate", "LoggingUpdate", "ConfigUpdate", "AssociateIdentityProviderConfig", "DisassociateIdentityProviderConfig", "AssociateEncryptionConfig", "AddonUpdate", "VpcConfigUpdate", "AccessConfigUpdate", "UpgradePolicyUpdate", "ZonalShiftConfigUpdate", "AutoModeUpdate", "RemoteNetworkConfigUpdate", "DeletionProtectionUpdate", "ControlPlaneScalingConfigUpdate", "VendedLogsUpdate"]);
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
    bootstrap_cluster_creator_admin_permissions: Option<bool> = "bootstrapClusterCreatorAdminPermissions",
    authentication_mode: Option<String> = "authenticationMode" where AUTHENTICATION_MODE,
} }

shape! { pub struct AccessEntry {
    cluster_name: Option<String> = "clusterName",
    principal_arn: Option<String> = "principalArn",
    kubernetes_groups: Option<Vec<String>> = "kubernetesGroups",
    access_entry_arn: Option<String> = "accessEntryArn",
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    username: Option<String> = "username",
    r#type: Option<String> = "type",
} }

shape! { pub struct AccessPolicy {
    name: Option<String> = "name",
    arn: Option<String> = "arn",
} }

shape! { pub struct AccessScope {
    r#type: Option<String> = "type" where ACCESS_SCOPE_TYPE,
    namespaces: Option<Vec<String>> = "namespaces",
} }

shape! { pub struct Addon {
    addon_name: Option<String> = "addonName",
    cluster_name: Option<String> = "clusterName" where CLUSTER_NAME,
    status: Option<String> = "status" where ADDON_STATUS,
    addon_version: Option<String> = "addonVersion",
    health: Option<AddonHealth> = "health",
    addon_arn: Option<String> = "addonArn",
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    service_account_role_arn: Option<String> = "serviceAccountRoleArn",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    publisher: Option<String> = "publisher",
    owner: Option<String> = "owner",
    marketplace_information: Option<MarketplaceInformation> = "marketplaceInformation",
    configuration_values: Option<String> = "configurationValues",
    pod_identity_associations: Option<Vec<String>> = "podIdentityAssociations",
    namespace_config: Option<AddonNamespaceConfigResponse> = "namespaceConfig",
} }

shape! { pub struct AddonCompatibilityDetail {
    name: Option<String> = "name",
    compatible_versions: Option<Vec<String>> = "compatibleVersions",
} }

shape! { pub struct AddonHealth {
    issues: Option<Vec<AddonIssue>> = "issues",
} }

shape! { pub struct AddonInfo {
    addon_name: Option<String> = "addonName",
    r#type: Option<String> = "type",
    addon_versions: Option<Vec<AddonVersionInfo>> = "addonVersions",
    publisher: Option<String> = "publisher",
    owner: Option<String> = "owner",
    marketplace_information: Option<MarketplaceInformation> = "marketplaceInformation",
    default_namespace: Option<String> = "defaultNamespace",
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
    service_account: String = "serviceAccount",
    role_arn: String = "roleArn",
} }

shape! { pub struct AddonPodIdentityConfiguration {
    service_account: Option<String> = "serviceAccount",
    recommended_managed_policies: Option<Vec<String>> = "recommendedManagedPolicies",
} }

shape! { pub struct AddonVersionInfo {
    addon_version: Option<String> = "addonVersion",
    architecture: Option<Vec<String>> = "architecture",
    compute_types: Option<Vec<String>> = "computeTypes",
    compatibilities: Option<Vec<Compatibility>> = "compatibilities",
    requires_configuration: Option<bool> = "requiresConfiguration",
    requires_iam_permissions: Option<bool> = "requiresIamPermissions",
} }

shape! { pub struct ArgoCdAwsIdcConfigRequest {
    idc_instance_arn: String = "idcInstanceArn",
    idc_region: Option<String> = "idcRegion",
} }

shape! { pub struct ArgoCdAwsIdcConfigResponse {
    idc_instance_arn: Option<String> = "idcInstanceArn",
    idc_region: Option<String> = "idcRegion",
    idc_managed_application_arn: Option<String> = "idcManagedApplicationArn",
} }

shape! { pub struct ArgoCdConfigRequest {
    namespace: Option<String> = "namespace",
    aws_idc: ArgoCdAwsIdcConfigRequest = "awsIdc",
    rbac_role_mappings: Option<Vec<ArgoCdRoleMapping>> = "rbacRoleMappings",
    network_access: Option<ArgoCdNetworkAccessConfigRequest> = "networkAccess",
} }

shape! { pub struct ArgoCdConfigResponse {
    namespace: Option<String> = "namespace",
    aws_idc: Option<ArgoCdAwsIdcConfigResponse> = "awsIdc",
    rbac_role_mappings: Option<Vec<ArgoCdRoleMapping>> = "rbacRoleMappings",
    network_access: Option<ArgoCdNetworkAccessConfigResponse> = "networkAccess",
    server_url: Option<String> = "serverUrl",
} }

shape! { pub struct ArgoCdNetworkAccessConfigRequest {
    vpce_ids: Option<Vec<String>> = "vpceIds",
} }

shape! { pub struct ArgoCdNetworkAccessConfigResponse {
    vpce_ids: Option<Vec<String>> = "vpceIds",
} }

shape! { pub struct ArgoCdRoleMapping {
    role: String = "role" where ARGO_CD_ROLE,
    identities: Vec<SsoIdentity> = "identities",
} }

shape! { pub struct AssociateAccessPolicyRequest {
    cluster_name: String = "clusterName" at uri "name",
    principal_arn: String = "principalArn" at uri "principalArn",
    policy_arn: String = "policyArn",
    access_scope: AccessScope = "accessScope",
} }

shape! { pub struct AssociateAccessPolicyResponse {
    cluster_name: Option<String> = "clusterName",
    principal_arn: Option<String> = "principalArn",
    associated_access_policy: Option<AssociatedAccessPolicy> = "associatedAccessPolicy",
} }

shape! { pub struct AssociateEncryptionConfigRequest {
    cluster_name: String = "clusterName" at uri "name",
    encryption_config: Vec<EncryptionConfig> = "encryptionConfig" where ENCRYPTION_CONFIG_LIST,
    client_request_token: Option<String> = "clientRequestToken",
} }

shape! { pub struct AssociateEncryptionConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct AssociateIdentityProviderConfigRequest {
    cluster_name: String = "clusterName" at uri "name",
    oidc: OidcIdentityProviderConfigRequest = "oidc",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    client_request_token: Option<String> = "clientRequestToken",
} }

shape! { pub struct AssociateIdentityProviderConfigResponse {
    update: Option<Update> = "update",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct AssociatedAccessPolicy {
    policy_arn: Option<String> = "policyArn",
    access_scope: Option<AccessScope> = "accessScope",
    associated_at: Option<Timestamp> = "associatedAt",
    modified_at: Option<Timestamp> = "modifiedAt",
} }

shape! { pub struct AutoScalingGroup {
    name: Option<String> = "name",
} }

shape! { pub struct BlockStorage {
    enabled: Option<bool> = "enabled",
} }

shape! { pub struct Capability {
    capability_name: Option<String> = "capabilityName",
    arn: Option<String> = "arn",
    cluster_name: Option<String> = "clusterName",
    r#type: Option<String> = "type" where CAPABILITY_TYPE,
    role_arn: Option<String> = "roleArn",
    status: Option<String> = "status" where CAPABILITY_STATUS,
    version: Option<String> = "version",
    configuration: Option<CapabilityConfigurationResponse> = "configuration",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    health: Option<CapabilityHealth> = "health",
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    delete_propagation_policy: Option<String> = "deletePropagationPolicy" where CAPABILITY_DELETE_PROPAGATION_POLICY,
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
    capability_name: Option<String> = "capabilityName",
    arn: Option<String> = "arn",
    r#type: Option<String> = "type" where CAPABILITY_TYPE,
    status: Option<String> = "status" where CAPABILITY_STATUS,
    version: Option<String> = "version",
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
} }

shape! { pub struct Certificate {
    data: Option<String> = "data",
} }

shape! { pub struct ClientStat {
    user_agent: Option<String> = "userAgent",
    number_of_requests_last30_days: Option<i32> = "numberOfRequestsLast30Days",
    last_request_time: Option<Timestamp> = "lastRequestTime",
} }

shape! { pub struct Cluster {
    name: Option<String> = "name",
    arn: Option<String> = "arn",
    created_at: Option<Timestamp> = "createdAt",
    version: Option<String> = "version",
    endpoint: Option<String> = "endpoint",
    role_arn: Option<String> = "roleArn",
    resources_vpc_config: Option<VpcConfigResponse> = "resourcesVpcConfig",
    kubernetes_network_config: Option<KubernetesNetworkConfigResponse> = "kubernetesNetworkConfig",
    logging: Option<Logging> = "logging",
    identity: Option<Identity> = "identity",
    status: Option<String> = "status" where CLUSTER_STATUS,
    certificate_authority: Option<Certificate> = "certificateAuthority",
    client_request_token: Option<String> = "clientRequestToken",
    platform_version: Option<String> = "platformVersion",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    encryption_config: Option<Vec<EncryptionConfig>> = "encryptionConfig" where ENCRYPTION_CONFIG_LIST,
    connector_config: Option<ConnectorConfigResponse> = "connectorConfig",
    id: Option<String> = "id",
    health: Option<ClusterHealth> = "health",
    outpost_config: Option<OutpostConfigResponse> = "outpostConfig",
    access_config: Option<AccessConfigResponse> = "accessConfig",
    upgrade_policy: Option<UpgradePolicyResponse> = "upgradePolicy",
    zonal_shift_config: Option<ZonalShiftConfigResponse> = "zonalShiftConfig",
    remote_network_config: Option<RemoteNetworkConfigResponse> = "remoteNetworkConfig",
    compute_config: Option<ComputeConfigResponse> = "computeConfig",
    storage_config: Option<StorageConfigResponse> = "storageConfig",
    deletion_protection: Option<bool> = "deletionProtection",
    control_plane_scaling_config: Option<ControlPlaneScalingConfig> = "controlPlaneScalingConfig",
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
    cluster_version: Option<String> = "clusterVersion",
    cluster_type: Option<String> = "clusterType",
    default_platform_version: Option<String> = "defaultPlatformVersion",
    default_version: Option<bool> = "defaultVersion",
    release_date: Option<Timestamp> = "releaseDate",
    end_of_standard_support_date: Option<Timestamp> = "endOfStandardSupportDate",
    end_of_extended_support_date: Option<Timestamp> = "endOfExtendedSupportDate",
    status: Option<String> = "status" where CLUSTER_VERSION_STATUS,
    version_status: Option<String> = "versionStatus" where VERSION_STATUS,
    kubernetes_patch_version: Option<String> = "kubernetesPatchVersion",
} }

shape! { pub struct Compatibility {
    cluster_version: Option<String> = "clusterVersion",
    platform_versions: Option<Vec<String>> = "platformVersions",
    default_version: Option<bool> = "defaultVersion",
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
    role_arn: String = "roleArn",
    provider: String = "provider" where CONNECTOR_CONFIG_PROVIDER,
} }

shape! { pub struct ConnectorConfigResponse {
    activation_id: Option<String> = "activationId",
    activation_code: Option<String> = "activationCode",
    activation_expiry: Option<Timestamp> = "activationExpiry",
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
    bootstrap_cluster_creator_admin_permissions: Option<bool> = "bootstrapClusterCreatorAdminPermissions",
    authentication_mode: Option<String> = "authenticationMode" where AUTHENTICATION_MODE,
} }

shape! { pub struct CreateAccessEntryRequest {
    cluster_name: String = "clusterName" at uri "name",
    principal_arn: String = "principalArn",
    kubernetes_groups: Option<Vec<String>> = "kubernetesGroups",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    client_request_token: Option<String> = "clientRequestToken",
    username: Option<String> = "username",
    r#type: Option<String> = "type",
} }

shape! { pub struct CreateAccessEntryResponse {
    access_entry: Option<AccessEntry> = "accessEntry",
} }

shape! { pub struct CreateAddonRequest {
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    addon_name: String = "addonName",
    addon_version: Option<String> = "addonVersion",
    service_account_role_arn: Option<String> = "serviceAccountRoleArn" where ROLE_ARN,
    resolve_conflicts: Option<String> = "resolveConflicts" where RESOLVE_CONFLICTS,
    client_request_token: Option<String> = "clientRequestToken",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    configuration_values: Option<String> = "configurationValues",
    pod_identity_associations: Option<Vec<AddonPodIdentityAssociations>> = "podIdentityAssociations",
    namespace_config: Option<AddonNamespaceConfigRequest> = "namespaceConfig",
} }

shape! { pub struct CreateAddonResponse {
    addon: Option<Addon> = "addon",
} }

shape! { pub struct CreateCapabilityRequest {
    capability_name: String = "capabilityName",
    cluster_name: String = "clusterName" at uri "name",
    client_request_token: Option<String> = "clientRequestToken",
    r#type: String = "type" where CAPABILITY_TYPE,
    role_arn: String = "roleArn",
    configuration: Option<CapabilityConfigurationRequest> = "configuration",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    delete_propagation_policy: String = "deletePropagationPolicy" where CAPABILITY_DELETE_PROPAGATION_POLICY,
} }

shape! { pub struct CreateCapabilityResponse {
    capability: Option<Capability> = "capability",
} }

shape! { pub struct CreateClusterRequest {
    name: String = "name" where CLUSTER_NAME,
    version: Option<String> = "version",
    role_arn: String = "roleArn",
    resources_vpc_config: VpcConfigRequest = "resourcesVpcConfig",
    kubernetes_network_config: Option<KubernetesNetworkConfigRequest> = "kubernetesNetworkConfig",
    logging: Option<Logging> = "logging",
    client_request_token: Option<String> = "clientRequestToken",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    encryption_config: Option<Vec<EncryptionConfig>> = "encryptionConfig" where ENCRYPTION_CONFIG_LIST,
    outpost_config: Option<OutpostConfigRequest> = "outpostConfig",
    access_config: Option<CreateAccessConfigRequest> = "accessConfig",
    bootstrap_self_managed_addons: Option<bool> = "bootstrapSelfManagedAddons",
    upgrade_policy: Option<UpgradePolicyRequest> = "upgradePolicy",
    zonal_shift_config: Option<ZonalShiftConfigRequest> = "zonalShiftConfig",
    remote_network_config: Option<RemoteNetworkConfigRequest> = "remoteNetworkConfig",
    compute_config: Option<ComputeConfigRequest> = "computeConfig",
    storage_config: Option<StorageConfigRequest> = "storageConfig",
    deletion_protection: Option<bool> = "deletionProtection",
    control_plane_scaling_config: Option<ControlPlaneScalingConfig> = "controlPlaneScalingConfig",
} }

shape! { pub struct CreateClusterResponse {
    cluster: Option<Cluster> = "cluster",
} }

shape! { pub struct CreateEksAnywhereSubscriptionRequest {
    name: String = "name" where EKS_ANYWHERE_SUBSCRIPTION_NAME,
    term: EksAnywhereSubscriptionTerm = "term",
    license_quantity: Option<i32> = "licenseQuantity",
    license_type: Option<String> = "licenseType" where EKS_ANYWHERE_SUBSCRIPTION_LICENSE_TYPE,
    auto_renew: Option<bool> = "autoRenew",
    client_request_token: Option<String> = "clientRequestToken",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct CreateEksAnywhereSubscriptionResponse {
    subscription: Option<EksAnywhereSubscription> = "subscription",
} }

shape! { pub struct CreateFargateProfileRequest {
    fargate_profile_name: String = "fargateProfileName",
    cluster_name: String = "clusterName" at uri "name",
    pod_execution_role_arn: String = "podExecutionRoleArn",
    subnets: Option<Vec<String>> = "subnets",
    selectors: Option<Vec<FargateProfileSelector>> = "selectors",
    client_request_token: Option<String> = "clientRequestToken",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct CreateFargateProfileResponse {
    fargate_profile: Option<FargateProfile> = "fargateProfile",
} }

shape! { pub struct CreateNodegroupRequest {
    cluster_name: String = "clusterName" at uri "name",
    nodegroup_name: String = "nodegroupName",
    scaling_config: Option<NodegroupScalingConfig> = "scalingConfig",
    disk_size: Option<i32> = "diskSize",
    subnets: Vec<String> = "subnets",
    instance_types: Option<Vec<String>> = "instanceTypes",
    ami_type: Option<String> = "amiType" where AMI_TYPES,
    remote_access: Option<RemoteAccessConfig> = "remoteAccess",
    node_role: String = "nodeRole",
    labels: Option<BTreeMap<String, String>> = "labels" where LABELS_MAP,
    taints: Option<Vec<Taint>> = "taints",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    client_request_token: Option<String> = "clientRequestToken",
    launch_template: Option<LaunchTemplateSpecification> = "launchTemplate",
    update_config: Option<NodegroupUpdateConfig> = "updateConfig",
    node_repair_config: Option<NodeRepairConfig> = "nodeRepairConfig",
    capacity_type: Option<String> = "capacityType" where CAPACITY_TYPES,
    version: Option<String> = "version",
    release_version: Option<String> = "releaseVersion",
    warm_pool_config: Option<WarmPoolConfig> = "warmPoolConfig",
} }

shape! { pub struct CreateNodegroupResponse {
    nodegroup: Option<Nodegroup> = "nodegroup",
} }

shape! { pub struct CreatePodIdentityAssociationRequest {
    cluster_name: String = "clusterName" at uri "name",
    namespace: String = "namespace",
    service_account: String = "serviceAccount",
    role_arn: String = "roleArn",
    client_request_token: Option<String> = "clientRequestToken",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    disable_session_tags: Option<bool> = "disableSessionTags",
    target_role_arn: Option<String> = "targetRoleArn",
    policy: Option<String> = "policy",
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
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    addon_name: String = "addonName" at uri "addonName",
    preserve: Option<bool> = "preserve" at query "preserve",
} }

shape! { pub struct DeleteAddonResponse {
    addon: Option<Addon> = "addon",
} }

shape! { pub struct DeleteCapabilityRequest {
    cluster_name: String = "clusterName" at uri "name",
    capability_name: String = "capabilityName" at uri "capabilityName",
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
    cluster_name: String = "clusterName" at uri "name",
    association_id: String = "associationId" at uri "associationId",
} }

shape! { pub struct DeletePodIdentityAssociationResponse {
    association: Option<PodIdentityAssociation> = "association",
} }

shape! { pub struct DeprecationDetail {
    usage: Option<String> = "usage",
    replaced_with: Option<String> = "replacedWith",
    stop_serving_version: Option<String> = "stopServingVersion",
    start_serving_replacement_version: Option<String> = "startServingReplacementVersion",
    client_stats: Option<Vec<ClientStat>> = "clientStats",
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
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    addon_name: String = "addonName" at uri "addonName",
} }

shape! { pub struct DescribeAddonResponse {
    addon: Option<Addon> = "addon",
} }

shape! { pub struct DescribeAddonVersionsRequest {
    kubernetes_version: Option<String> = "kubernetesVersion" at query "kubernetesVersion",
    max_results: Option<i32> = "maxResults" at query "maxResults" where DESCRIBE_ADDON_VERSIONS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    addon_name: Option<String> = "addonName" at query "addonName",
    types: Option<Vec<String>> = "types" at query "types",
    publishers: Option<Vec<String>> = "publishers" at query "publishers",
    owners: Option<Vec<String>> = "owners" at query "owners",
} }

shape! { pub struct DescribeAddonVersionsResponse {
    addons: Option<Vec<AddonInfo>> = "addons",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct DescribeCapabilityRequest {
    cluster_name: String = "clusterName" at uri "name",
    capability_name: String = "capabilityName" at uri "capabilityName",
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
    max_results: Option<i32> = "maxResults" at query "maxResults" where DESCRIBE_CLUSTER_VERSION_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    default_only: Option<bool> = "defaultOnly" at query "defaultOnly",
    include_all: Option<bool> = "includeAll" at query "includeAll",
    cluster_versions: Option<Vec<String>> = "clusterVersions" at query "clusterVersions",
    status: Option<String> = "status" at query "status" where CLUSTER_VERSION_STATUS,
    version_status: Option<String> = "versionStatus" at query "versionStatus" where VERSION_STATUS,
} }

shape! { pub struct DescribeClusterVersionsResponse {
    next_token: Option<String> = "nextToken",
    cluster_versions: Option<Vec<ClusterVersionInformation>> = "clusterVersions",
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
    message: Option<String> = "message",
    status: Option<String> = "status" where INSIGHTS_REFRESH_STATUS,
    started_at: Option<Timestamp> = "startedAt",
    ended_at: Option<Timestamp> = "endedAt",
} }

shape! { pub struct DescribeNodegroupRequest {
    cluster_name: String = "clusterName" at uri "name",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
} }

shape! { pub struct DescribeNodegroupResponse {
    nodegroup: Option<Nodegroup> = "nodegroup",
} }

shape! { pub struct DescribePodIdentityAssociationRequest {
    cluster_name: String = "clusterName" at uri "name",
    association_id: String = "associationId" at uri "associationId",
} }

shape! { pub struct DescribePodIdentityAssociationResponse {
    association: Option<PodIdentityAssociation> = "association",
} }

shape! { pub struct DescribeUpdateRequest {
    name: String = "name" at uri "name",
    update_id: String = "updateId" at uri "updateId",
    nodegroup_name: Option<String> = "nodegroupName" at query "nodegroupName",
    addon_name: Option<String> = "addonName" at query "addonName",
    capability_name: Option<String> = "capabilityName" at query "capabilityName",
} }

shape! { pub struct DescribeUpdateResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct DisassociateAccessPolicyRequest {
    cluster_name: String = "clusterName" at uri "name",
    principal_arn: String = "principalArn" at uri "principalArn",
    policy_arn: String = "policyArn" at uri "policyArn",
} }

shape! { pub struct DisassociateAccessPolicyResponse {} }

shape! { pub struct DisassociateIdentityProviderConfigRequest {
    cluster_name: String = "clusterName" at uri "name",
    identity_provider_config: IdentityProviderConfig = "identityProviderConfig",
    client_request_token: Option<String> = "clientRequestToken",
} }

shape! { pub struct DisassociateIdentityProviderConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct EksAnywhereSubscription {
    id: Option<String> = "id",
    arn: Option<String> = "arn",
    created_at: Option<Timestamp> = "createdAt",
    effective_date: Option<Timestamp> = "effectiveDate",
    expiration_date: Option<Timestamp> = "expirationDate",
    license_quantity: Option<i32> = "licenseQuantity",
    license_type: Option<String> = "licenseType" where EKS_ANYWHERE_SUBSCRIPTION_LICENSE_TYPE,
    term: Option<EksAnywhereSubscriptionTerm> = "term",
    status: Option<String> = "status",
    auto_renew: Option<bool> = "autoRenew",
    license_arns: Option<Vec<String>> = "licenseArns",
    licenses: Option<Vec<License>> = "licenses",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
} }

shape! { pub struct EksAnywhereSubscriptionTerm {
    duration: Option<i32> = "duration",
    unit: Option<String> = "unit" where EKS_ANYWHERE_SUBSCRIPTION_TERM_UNIT,
} }

shape! { pub struct ElasticLoadBalancing {
    enabled: Option<bool> = "enabled",
} }

shape! { pub struct EncryptionConfig {
    resources: Option<Vec<String>> = "resources",
    provider: Option<Provider> = "provider",
} }

shape! { pub struct ErrorDetail {
    error_code: Option<String> = "errorCode" where ERROR_CODE,
    error_message: Option<String> = "errorMessage",
    resource_ids: Option<Vec<String>> = "resourceIds",
} }

shape! { pub struct FargateProfile {
    fargate_profile_name: Option<String> = "fargateProfileName",
    fargate_profile_arn: Option<String> = "fargateProfileArn",
    cluster_name: Option<String> = "clusterName",
    created_at: Option<Timestamp> = "createdAt",
    pod_execution_role_arn: Option<String> = "podExecutionRoleArn",
    subnets: Option<Vec<String>> = "subnets",
    selectors: Option<Vec<FargateProfileSelector>> = "selectors",
    status: Option<String> = "status" where FARGATE_PROFILE_STATUS,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    health: Option<FargateProfileHealth> = "health",
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
    namespace: Option<String> = "namespace",
    labels: Option<BTreeMap<String, String>> = "labels",
} }

shape! { pub struct Identity {
    oidc: Option<OIDC> = "oidc",
} }

shape! { pub struct IdentityProviderConfig {
    r#type: String = "type",
    name: String = "name",
} }

shape! { pub struct IdentityProviderConfigResponse {
    oidc: Option<OidcIdentityProviderConfig> = "oidc",
} }

shape! { pub struct Insight {
    id: Option<String> = "id",
    name: Option<String> = "name",
    category: Option<String> = "category" where CATEGORY,
    kubernetes_version: Option<String> = "kubernetesVersion",
    last_refresh_time: Option<Timestamp> = "lastRefreshTime",
    last_transition_time: Option<Timestamp> = "lastTransitionTime",
    description: Option<String> = "description",
    insight_status: Option<InsightStatus> = "insightStatus",
    recommendation: Option<String> = "recommendation",
    additional_info: Option<BTreeMap<String, String>> = "additionalInfo",
    resources: Option<Vec<InsightResourceDetail>> = "resources",
    category_specific_summary: Option<InsightCategorySpecificSummary> = "categorySpecificSummary",
} }

shape! { pub struct InsightCategorySpecificSummary {
    deprecation_details: Option<Vec<DeprecationDetail>> = "deprecationDetails",
    addon_compatibility_details: Option<Vec<AddonCompatibilityDetail>> = "addonCompatibilityDetails",
} }

shape! { pub struct InsightResourceDetail {
    insight_status: Option<InsightStatus> = "insightStatus",
    kubernetes_resource_uri: Option<String> = "kubernetesResourceUri",
    arn: Option<String> = "arn",
} }

shape! { pub struct InsightStatus {
    status: Option<String> = "status" where INSIGHT_STATUS_VALUE,
    reason: Option<String> = "reason",
} }

shape! { pub struct InsightSummary {
    id: Option<String> = "id",
    name: Option<String> = "name",
    category: Option<String> = "category" where CATEGORY,
    kubernetes_version: Option<String> = "kubernetesVersion",
    last_refresh_time: Option<Timestamp> = "lastRefreshTime",
    last_transition_time: Option<Timestamp> = "lastTransitionTime",
    description: Option<String> = "description",
    insight_status: Option<InsightStatus> = "insightStatus",
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
    service_ipv4_cidr: Option<String> = "serviceIpv4Cidr",
    ip_family: Option<String> = "ipFamily" where IP_FAMILY,
    elastic_load_balancing: Option<ElasticLoadBalancing> = "elasticLoadBalancing",
} }

shape! { pub struct KubernetesNetworkConfigResponse {
    service_ipv4_cidr: Option<String> = "serviceIpv4Cidr",
    service_ipv6_cidr: Option<String> = "serviceIpv6Cidr",
    ip_family: Option<String> = "ipFamily" where IP_FAMILY,
    elastic_load_balancing: Option<ElasticLoadBalancing> = "elasticLoadBalancing",
} }

shape! { pub struct LaunchTemplateSpecification {
    name: Option<String> = "name",
    version: Option<String> = "version",
    id: Option<String> = "id",
} }

shape! { pub struct License {
    id: Option<String> = "id",
    token: Option<Secret> = "token" where SECRET_STRING,
} }

shape! { pub struct ListAccessEntriesRequest {
    cluster_name: String = "clusterName" at uri "name",
    associated_policy_arn: Option<String> = "associatedPolicyArn" at query "associatedPolicyArn",
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
    principal_arn: String = "principalArn" at uri "principalArn",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_ASSOCIATED_ACCESS_POLICIES_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
} }

shape! { pub struct ListAssociatedAccessPoliciesResponse {
    cluster_name: Option<String> = "clusterName",
    principal_arn: Option<String> = "principalArn",
    next_token: Option<String> = "nextToken",
    associated_access_policies: Option<Vec<AssociatedAccessPolicy>> = "associatedAccessPolicies",
} }

shape! { pub struct ListCapabilitiesRequest {
    cluster_name: String = "clusterName" at uri "name",
    next_token: Option<String> = "nextToken" at query "nextToken",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_CAPABILITIES_REQUEST_MAX_RESULTS,
} }

shape! { pub struct ListCapabilitiesResponse {
    capabilities: Option<Vec<CapabilitySummary>> = "capabilities",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListClustersRequest {
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_CLUSTERS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    include: Option<Vec<String>> = "include" at query "include",
} }

shape! { pub struct ListClustersResponse {
    clusters: Option<Vec<String>> = "clusters",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListEksAnywhereSubscriptionsRequest {
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_EKS_ANYWHERE_SUBSCRIPTIONS_REQUEST_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
    include_status: Option<Vec<String>> = "includeStatus" at query "includeStatus" where EKS_ANYWHERE_SUBSCRIPTION_STATUS_VALUES,
} }

shape! { pub struct ListEksAnywhereSubscriptionsResponse {
    subscriptions: Option<Vec<EksAnywhereSubscription>> = "subscriptions",
    next_token: Option<String> = "nextToken",
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
    nodegroups: Option<Vec<String>> = "nodegroups",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct ListPodIdentityAssociationsRequest {
    cluster_name: String = "clusterName" at uri "name",
    namespace: Option<String> = "namespace" at query "namespace",
    service_account: Option<String> = "serviceAccount" at query "serviceAccount",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_POD_IDENTITY_ASSOCIATIONS_MAX_RESULTS,
    next_token: Option<String> = "nextToken" at query "nextToken",
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
    name: String = "name" at uri "name",
    nodegroup_name: Option<String> = "nodegroupName" at query "nodegroupName",
    addon_name: Option<String> = "addonName" at query "addonName",
    capability_name: Option<String> = "capabilityName" at query "capabilityName",
    next_token: Option<String> = "nextToken" at query "nextToken",
    max_results: Option<i32> = "maxResults" at query "maxResults" where LIST_UPDATES_REQUEST_MAX_RESULTS,
} }

shape! { pub struct ListUpdatesResponse {
    update_ids: Option<Vec<String>> = "updateIds",
    next_token: Option<String> = "nextToken",
} }

shape! { pub struct LogSetup {
    types: Option<Vec<String>> = "types" where LOG_TYPES,
    enabled: Option<bool> = "enabled",
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
    max_unhealthy_node_threshold_count: Option<i32> = "maxUnhealthyNodeThresholdCount" where NON_ZERO_INTEGER,
    max_unhealthy_node_threshold_percentage: Option<i32> = "maxUnhealthyNodeThresholdPercentage" where PERCENT_CAPACITY,
    max_parallel_nodes_repaired_count: Option<i32> = "maxParallelNodesRepairedCount" where NON_ZERO_INTEGER,
    max_parallel_nodes_repaired_percentage: Option<i32> = "maxParallelNodesRepairedPercentage" where PERCENT_CAPACITY,
    node_repair_config_overrides: Option<Vec<NodeRepairConfigOverrides>> = "nodeRepairConfigOverrides",
} }

shape! { pub struct NodeRepairConfigOverrides {
    node_monitoring_condition: Option<String> = "nodeMonitoringCondition",
    node_unhealthy_reason: Option<String> = "nodeUnhealthyReason",
    min_repair_wait_time_mins: Option<i32> = "minRepairWaitTimeMins" where NON_ZERO_INTEGER,
    repair_action: Option<String> = "repairAction" where REPAIR_ACTION,
} }

shape! { pub struct Nodegroup {
    nodegroup_name: Option<String> = "nodegroupName",
    nodegroup_arn: Option<String> = "nodegroupArn",
    cluster_name: Option<String> = "clusterName",
    version: Option<String> = "version",
    release_version: Option<String> = "releaseVersion",
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    status: Option<String> = "status" where NODEGROUP_STATUS,
    capacity_type: Option<String> = "capacityType" where CAPACITY_TYPES,
    scaling_config: Option<NodegroupScalingConfig> = "scalingConfig",
    instance_types: Option<Vec<String>> = "instanceTypes",
    subnets: Option<Vec<String>> = "subnets",
    remote_access: Option<RemoteAccessConfig> = "remoteAccess",
    ami_type: Option<String> = "amiType" where AMI_TYPES,
    node_role: Option<String> = "nodeRole",
    labels: Option<BTreeMap<String, String>> = "labels" where LABELS_MAP,
    taints: Option<Vec<Taint>> = "taints",
    resources: Option<NodegroupResources> = "resources",
    disk_size: Option<i32> = "diskSize",
    health: Option<NodegroupHealth> = "health",
    update_config: Option<NodegroupUpdateConfig> = "updateConfig",
    node_repair_config: Option<NodeRepairConfig> = "nodeRepairConfig",
    launch_template: Option<LaunchTemplateSpecification> = "launchTemplate",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
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
    min_size: Option<i32> = "minSize" where ZERO_CAPACITY,
    max_size: Option<i32> = "maxSize" where CAPACITY,
    desired_size: Option<i32> = "desiredSize" where ZERO_CAPACITY,
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
    identity_provider_config_name: Option<String> = "identityProviderConfigName",
    identity_provider_config_arn: Option<String> = "identityProviderConfigArn",
    cluster_name: Option<String> = "clusterName",
    issuer_url: Option<String> = "issuerUrl",
    client_id: Option<String> = "clientId",
    username_claim: Option<String> = "usernameClaim",
    username_prefix: Option<String> = "usernamePrefix",
    groups_claim: Option<String> = "groupsClaim",
    groups_prefix: Option<String> = "groupsPrefix",
    required_claims: Option<BTreeMap<String, String>> = "requiredClaims" where REQUIRED_CLAIMS_MAP,
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    status: Option<String> = "status" where CONFIG_STATUS,
} }

shape! { pub struct OidcIdentityProviderConfigRequest {
    identity_provider_config_name: String = "identityProviderConfigName",
    issuer_url: String = "issuerUrl",
    client_id: String = "clientId",
    username_claim: Option<String> = "usernameClaim",
    username_prefix: Option<String> = "usernamePrefix",
    groups_claim: Option<String> = "groupsClaim",
    groups_prefix: Option<String> = "groupsPrefix",
    required_claims: Option<BTreeMap<String, String>> = "requiredClaims" where REQUIRED_CLAIMS_MAP,
} }

shape! { pub struct OutpostConfigRequest {
    outpost_arns: Vec<String> = "outpostArns",
    control_plane_instance_type: String = "controlPlaneInstanceType",
    control_plane_placement: Option<ControlPlanePlacementRequest> = "controlPlanePlacement",
} }

shape! { pub struct OutpostConfigResponse {
    outpost_arns: Vec<String> = "outpostArns",
    control_plane_instance_type: String = "controlPlaneInstanceType",
    control_plane_placement: Option<ControlPlanePlacementResponse> = "controlPlanePlacement",
} }

shape! { pub struct PodIdentityAssociation {
    cluster_name: Option<String> = "clusterName",
    namespace: Option<String> = "namespace",
    service_account: Option<String> = "serviceAccount",
    role_arn: Option<String> = "roleArn",
    association_arn: Option<String> = "associationArn",
    association_id: Option<String> = "associationId",
    tags: Option<BTreeMap<String, String>> = "tags" where TAG_MAP,
    created_at: Option<Timestamp> = "createdAt",
    modified_at: Option<Timestamp> = "modifiedAt",
    owner_arn: Option<String> = "ownerArn",
    disable_session_tags: Option<bool> = "disableSessionTags",
    target_role_arn: Option<String> = "targetRoleArn",
    external_id: Option<String> = "externalId",
    policy: Option<String> = "policy",
} }

shape! { pub struct PodIdentityAssociationSummary {
    cluster_name: Option<String> = "clusterName",
    namespace: Option<String> = "namespace",
    service_account: Option<String> = "serviceAccount",
    association_arn: Option<String> = "associationArn",
    association_id: Option<String> = "associationId",
    owner_arn: Option<String> = "ownerArn",
} }

shape! { pub struct Provider {
    key_arn: Option<String> = "keyArn",
} }

shape! { pub struct RegisterClusterRequest {
    name: String = "name" where CLUSTER_NAME,
    connector_config: ConnectorConfigRequest = "connectorConfig",
    client_request_token: Option<String> = "clientRequestToken",
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
    key: Option<String> = "key" where TAINT_KEY,
    value: Option<String> = "value" where TAINT_VALUE,
    effect: Option<String> = "effect" where TAINT_EFFECT,
} }

shape! { pub struct UntagResourceRequest {
    resource_arn: String = "resourceArn" at uri "resourceArn",
    tag_keys: Vec<String> = "tagKeys" at query "tagKeys" where TAG_KEY_LIST,
} }

shape! { pub struct UntagResourceResponse {} }

shape! { pub struct Update {
    id: Option<String> = "id",
    status: Option<String> = "status" where UPDATE_STATUS,
    r#type: Option<String> = "type" where UPDATE_TYPE,
    params: Option<Vec<UpdateParam>> = "params",
    created_at: Option<Timestamp> = "createdAt",
    errors: Option<Vec<ErrorDetail>> = "errors",
} }

shape! { pub struct UpdateAccessConfigRequest {
    authentication_mode: Option<String> = "authenticationMode" where AUTHENTICATION_MODE,
} }

shape! { pub struct UpdateAccessEntryRequest {
    cluster_name: String = "clusterName" at uri "name",
    principal_arn: String = "principalArn" at uri "principalArn",
    kubernetes_groups: Option<Vec<String>> = "kubernetesGroups",
    client_request_token: Option<String> = "clientRequestToken",
    username: Option<String> = "username",
} }

shape! { pub struct UpdateAccessEntryResponse {
    access_entry: Option<AccessEntry> = "accessEntry",
} }

shape! { pub struct UpdateAddonRequest {
    cluster_name: String = "clusterName" at uri "name" where CLUSTER_NAME,
    addon_name: String = "addonName" at uri "addonName",
    addon_version: Option<String> = "addonVersion",
    service_account_role_arn: Option<String> = "serviceAccountRoleArn" where ROLE_ARN,
    resolve_conflicts: Option<String> = "resolveConflicts" where RESOLVE_CONFLICTS,
    client_request_token: Option<String> = "clientRequestToken",
    configuration_values: Option<String> = "configurationValues",
    pod_identity_associations: Option<Vec<AddonPodIdentityAssociations>> = "podIdentityAssociations",
} }

shape! { pub struct UpdateAddonResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateArgoCdConfig {
    rbac_role_mappings: Option<UpdateRoleMappings> = "rbacRoleMappings",
    network_access: Option<ArgoCdNetworkAccessConfigRequest> = "networkAccess",
} }

shape! { pub struct UpdateCapabilityConfiguration {
    argo_cd: Option<UpdateArgoCdConfig> = "argoCd",
} }

shape! { pub struct UpdateCapabilityRequest {
    cluster_name: String = "clusterName" at uri "name",
    capability_name: String = "capabilityName" at uri "capabilityName",
    role_arn: Option<String> = "roleArn",
    configuration: Option<UpdateCapabilityConfiguration> = "configuration",
    client_request_token: Option<String> = "clientRequestToken",
    delete_propagation_policy: Option<String> = "deletePropagationPolicy" where CAPABILITY_DELETE_PROPAGATION_POLICY,
} }

shape! { pub struct UpdateCapabilityResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateClusterConfigRequest {
    name: String = "name" at uri "name",
    resources_vpc_config: Option<VpcConfigRequest> = "resourcesVpcConfig",
    logging: Option<Logging> = "logging",
    client_request_token: Option<String> = "clientRequestToken",
    access_config: Option<UpdateAccessConfigRequest> = "accessConfig",
    upgrade_policy: Option<UpgradePolicyRequest> = "upgradePolicy",
    zonal_shift_config: Option<ZonalShiftConfigRequest> = "zonalShiftConfig",
    compute_config: Option<ComputeConfigRequest> = "computeConfig",
    kubernetes_network_config: Option<KubernetesNetworkConfigRequest> = "kubernetesNetworkConfig",
    storage_config: Option<StorageConfigRequest> = "storageConfig",
    remote_network_config: Option<RemoteNetworkConfigRequest> = "remoteNetworkConfig",
    deletion_protection: Option<bool> = "deletionProtection",
    control_plane_scaling_config: Option<ControlPlaneScalingConfig> = "controlPlaneScalingConfig",
} }

shape! { pub struct UpdateClusterConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateClusterVersionRequest {
    name: String = "name" at uri "name",
    version: String = "version",
    client_request_token: Option<String> = "clientRequestToken",
    force: Option<bool> = "force",
} }

shape! { pub struct UpdateClusterVersionResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateEksAnywhereSubscriptionRequest {
    id: String = "id" at uri "id",
    auto_renew: bool = "autoRenew",
    client_request_token: Option<String> = "clientRequestToken",
} }

shape! { pub struct UpdateEksAnywhereSubscriptionResponse {
    subscription: Option<EksAnywhereSubscription> = "subscription",
} }

shape! { pub struct UpdateLabelsPayload {
    add_or_update_labels: Option<BTreeMap<String, String>> = "addOrUpdateLabels" where LABELS_MAP,
    remove_labels: Option<Vec<String>> = "removeLabels",
} }

shape! { pub struct UpdateNodegroupConfigRequest {
    cluster_name: String = "clusterName" at uri "name",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
    labels: Option<UpdateLabelsPayload> = "labels",
    taints: Option<UpdateTaintsPayload> = "taints",
    scaling_config: Option<NodegroupScalingConfig> = "scalingConfig",
    update_config: Option<NodegroupUpdateConfig> = "updateConfig",
    node_repair_config: Option<NodeRepairConfig> = "nodeRepairConfig",
    warm_pool_config: Option<WarmPoolConfig> = "warmPoolConfig",
    client_request_token: Option<String> = "clientRequestToken",
} }

shape! { pub struct UpdateNodegroupConfigResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateNodegroupVersionRequest {
    cluster_name: String = "clusterName" at uri "name",
    nodegroup_name: String = "nodegroupName" at uri "nodegroupName",
    version: Option<String> = "version",
    release_version: Option<String> = "releaseVersion",
    launch_template: Option<LaunchTemplateSpecification> = "launchTemplate",
    force: Option<bool> = "force",
    client_request_token: Option<String> = "clientRequestToken",
} }

shape! { pub struct UpdateNodegroupVersionResponse {
    update: Option<Update> = "update",
} }

shape! { pub struct UpdateParam {
    r#type: Option<String> = "type" where UPDATE_PARAM_TYPE,
    value: Option<String> = "value",
} }

shape! { pub struct UpdatePodIdentityAssociationRequest {
    cluster_name: String = "clusterName" at uri "name",
    association_id: String = "associationId" at uri "associationId",
    role_arn: Option<String> = "roleArn",
    client_request_token: Option<String> = "clientRequestToken",
    disable_session_tags: Option<bool> = "disableSessionTags",
    target_role_arn: Option<String> = "targetRoleArn",
    policy: Option<String> = "policy",
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
    subnet_ids: Option<Vec<String>> = "subnetIds",
    security_group_ids: Option<Vec<String>> = "securityGroupIds",
    endpoint_public_access: Option<bool> = "endpointPublicAccess",
    endpoint_private_access: Option<bool> = "endpointPrivateAccess",
    public_access_cidrs: Option<Vec<String>> = "publicAccessCidrs",
} }

shape! { pub struct VpcConfigResponse {
    subnet_ids: Option<Vec<String>> = "subnetIds",
    security_group_ids: Option<Vec<String>> = "securityGroupIds",
    cluster_security_group_id: Option<String> = "clusterSecurityGroupId",
    vpc_id: Option<String> = "vpcId",
    endpoint_public_access: Option<bool> = "endpointPublicAccess",
    endpoint_private_access: Option<bool> = "endpointPrivateAccess",
    public_access_cidrs: Option<Vec<String>> = "publicAccessCidrs",
} }

shape! { pub struct WarmPoolConfig {
    enabled: Option<bool> = "enabled",
    min_size: Option<i32> = "minSize" where ZERO_CAPACITY,
    max_group_prepared_capacity: Option<i32> = "maxGroupPreparedCapacity",
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
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    AssociateIdentityProviderConfig(AssociateIdentityProviderConfigRequest) -> AssociateIdentityProviderConfigResponse = POST "/clusters/{name}/identity-provider-configs/associate"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    CreateAccessEntry(CreateAccessEntryRequest) -> CreateAccessEntryResponse = POST "/clusters/{name}/access-entries"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION
            RESOURCE_LIMIT_EXCEEDED_EXCEPTION RESOURCE_IN_USE_EXCEPTION];
    CreateAddon(CreateAddonRequest) -> CreateAddonResponse = POST "/clusters/{name}/addons"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            RESOURCE_IN_USE_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION];
    CreateCapability(CreateCapabilityRequest) -> CreateCapabilityResponse = POST "/clusters/{name}/capabilities"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION
            RESOURCE_IN_USE_EXCEPTION ACCESS_DENIED_EXCEPTION THROTTLING_EXCEPTION SERVER_EXCEPTION];
    CreateCluster(CreateClusterRequest) -> CreateClusterResponse = POST "/clusters"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_PARAMETER_EXCEPTION
            CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION UNSUPPORTED_AVAILABILITY_ZONE_EXCEPTION];
    CreateEksAnywhereSubscription(CreateEksAnywhereSubscriptionRequest) -> CreateEksAnywhereSubscriptionResponse = POST "/eks-anywhere-subscriptions"
        fails [RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION];
    CreateFargateProfile(CreateFargateProfileRequest) -> CreateFargateProfileResponse = POST "/clusters/{name}/fargate-profiles"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            RESOURCE_LIMIT_EXCEEDED_EXCEPTION UNSUPPORTED_AVAILABILITY_ZONE_EXCEPTION];
    CreateNodegroup(CreateNodegroupRequest) -> CreateNodegroupResponse = POST "/clusters/{name}/node-groups"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_REQUEST_EXCEPTION
            INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    CreatePodIdentityAssociation(CreatePodIdentityAssociationRequest) -> CreatePodIdentityAssociationResponse = POST "/clusters/{name}/pod-identity-associations"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION
            RESOURCE_LIMIT_EXCEEDED_EXCEPTION RESOURCE_IN_USE_EXCEPTION];
    DeleteAccessEntry(DeleteAccessEntryRequest) -> DeleteAccessEntryResponse = DELETE "/clusters/{name}/access-entries/{principalArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DeleteAddon(DeleteAddonRequest) -> DeleteAddonResponse = DELETE "/clusters/{name}/addons/{addonName}"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION
            SERVER_EXCEPTION];
    DeleteCapability(DeleteCapabilityRequest) -> DeleteCapabilityResponse = DELETE "/clusters/{name}/capabilities/{capabilityName}"
        fails [INVALID_PARAMETER_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            RESOURCE_IN_USE_EXCEPTION SERVER_EXCEPTION];
    DeleteCluster(DeleteClusterRequest) -> DeleteClusterResponse = DELETE "/clusters/{name}"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DeleteEksAnywhereSubscription(DeleteEksAnywhereSubscriptionRequest) -> DeleteEksAnywhereSubscriptionResponse = DELETE "/eks-anywhere-subscriptions/{id}"
        fails [RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION INVALID_REQUEST_EXCEPTION SERVER_EXCEPTION];
    DeleteFargateProfile(DeleteFargateProfileRequest) -> DeleteFargateProfileResponse = DELETE "/clusters/{name}/fargate-profiles/{fargateProfileName}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION];
    DeleteNodegroup(DeleteNodegroupRequest) -> DeleteNodegroupResponse = DELETE "/clusters/{name}/node-groups/{nodegroupName}"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION
            SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION];
    DeletePodIdentityAssociation(DeletePodIdentityAssociationRequest) -> DeletePodIdentityAssociationResponse = DELETE "/clusters/{name}/pod-identity-associations/{associationId}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DeregisterCluster(DeregisterClusterRequest) -> DeregisterClusterResponse = DELETE "/cluster-registrations/{name}"
        fails [RESOURCE_IN_USE_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION ACCESS_DENIED_EXCEPTION];
    DescribeAccessEntry(DescribeAccessEntryRequest) -> DescribeAccessEntryResponse = GET "/clusters/{name}/access-entries/{principalArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DescribeAddon(DescribeAddonRequest) -> DescribeAddonResponse = GET "/clusters/{name}/addons/{addonName}"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION
            SERVER_EXCEPTION];
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
        fails [INVALID_PARAMETER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION];
    DescribeInsight(DescribeInsightRequest) -> DescribeInsightResponse = GET "/clusters/{name}/insights/{id}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeInsightsRefresh(DescribeInsightsRefreshRequest) -> DescribeInsightsRefreshResponse = GET "/clusters/{name}/insights-refresh"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeNodegroup(DescribeNodegroupRequest) -> DescribeNodegroupResponse = GET "/clusters/{name}/node-groups/{nodegroupName}"
        fails [INVALID_PARAMETER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION];
    DescribePodIdentityAssociation(DescribePodIdentityAssociationRequest) -> DescribePodIdentityAssociationResponse = GET "/clusters/{name}/pod-identity-associations/{associationId}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    DescribeUpdate(DescribeUpdateRequest) -> DescribeUpdateResponse = GET "/clusters/{name}/updates/{updateId}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION];
    DisassociateAccessPolicy(DisassociateAccessPolicyRequest) -> DisassociateAccessPolicyResponse = DELETE "/clusters/{name}/access-entries/{principalArn}/access-policies/{policyArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    DisassociateIdentityProviderConfig(DisassociateIdentityProviderConfigRequest) -> DisassociateIdentityProviderConfigResponse = POST "/clusters/{name}/identity-provider-configs/disassociate"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    ListAccessEntries(ListAccessEntriesRequest) -> ListAccessEntriesResponse = GET "/clusters/{name}/access-entries"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "accessEntries";
    ListAccessPolicies(ListAccessPoliciesRequest) -> ListAccessPoliciesResponse = GET "/access-policies"
        fails [SERVER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "accessPolicies";
    ListAddons(ListAddonsRequest) -> ListAddonsResponse = GET "/clusters/{name}/addons"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION CLIENT_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            SERVER_EXCEPTION]
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
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "identityProviderConfigs";
    ListInsights(ListInsightsRequest) -> ListInsightsResponse = POST "/clusters/{name}/insights"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION]
        pages "nextToken" -> "nextToken" limit "maxResults" of "insights";
    ListNodegroups(ListNodegroupsRequest) -> ListNodegroupsResponse = GET "/clusters/{name}/node-groups"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION SERVICE_UNAVAILABLE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION]
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
        fails [RESOURCE_LIMIT_EXCEEDED_EXCEPTION INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION
            SERVICE_UNAVAILABLE_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_PROPAGATION_DELAY_EXCEPTION];
    StartInsightsRefresh(StartInsightsRefreshRequest) -> StartInsightsRefreshResponse = POST "/clusters/{name}/insights-refresh"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    TagResource(TagResourceRequest) -> TagResourceResponse = POST "/tags/{resourceArn}"
        fails [BAD_REQUEST_EXCEPTION NOT_FOUND_EXCEPTION];
    UntagResource(UntagResourceRequest) -> UntagResourceResponse = DELETE "/tags/{resourceArn}"
        fails [BAD_REQUEST_EXCEPTION NOT_FOUND_EXCEPTION];
    UpdateAccessEntry(UpdateAccessEntryRequest) -> UpdateAccessEntryResponse = POST "/clusters/{name}/access-entries/{principalArn}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
    UpdateAddon(UpdateAddonRequest) -> UpdateAddonResponse = POST "/clusters/{name}/addons/{addonName}/update"
        fails [INVALID_PARAMETER_EXCEPTION INVALID_REQUEST_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            RESOURCE_IN_USE_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION];
    UpdateCapability(UpdateCapabilityRequest) -> UpdateCapabilityResponse = POST "/clusters/{name}/capabilities/{capabilityName}"
        fails [INVALID_PARAMETER_EXCEPTION ACCESS_DENIED_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            RESOURCE_IN_USE_EXCEPTION SERVER_EXCEPTION];
    UpdateClusterConfig(UpdateClusterConfigRequest) -> UpdateClusterConfigResponse = POST "/clusters/{name}/update-config"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION];
    UpdateClusterVersion(UpdateClusterVersionRequest) -> UpdateClusterVersionResponse = POST "/clusters/{name}/updates"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION THROTTLING_EXCEPTION INVALID_STATE_EXCEPTION];
    UpdateEksAnywhereSubscription(UpdateEksAnywhereSubscriptionRequest) -> UpdateEksAnywhereSubscriptionResponse = POST "/eks-anywhere-subscriptions/{id}"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION
            INVALID_REQUEST_EXCEPTION];
    UpdateNodegroupConfig(UpdateNodegroupConfigRequest) -> UpdateNodegroupConfigResponse = POST "/clusters/{name}/node-groups/{nodegroupName}/update-config"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    UpdateNodegroupVersion(UpdateNodegroupVersionRequest) -> UpdateNodegroupVersionResponse = POST "/clusters/{name}/node-groups/{nodegroupName}/update-version"
        fails [INVALID_PARAMETER_EXCEPTION CLIENT_EXCEPTION SERVER_EXCEPTION RESOURCE_IN_USE_EXCEPTION
            RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION];
    UpdatePodIdentityAssociation(UpdatePodIdentityAssociationRequest) -> UpdatePodIdentityAssociationResponse = POST "/clusters/{name}/pod-identity-associations/{associationId}"
        fails [SERVER_EXCEPTION RESOURCE_NOT_FOUND_EXCEPTION INVALID_REQUEST_EXCEPTION INVALID_PARAMETER_EXCEPTION];
}
