//! The proof that an action was decided and allowed. Nothing changes without one (invariant 5).

use std::marker::PhantomData;

use rolecall_names::AccountId;

use crate::error::Error;

/// An operation that is authorized as one IAM action.
pub trait Operation: Send + Sync + 'static {
    /// Such as `iam:CreateRole`.
    const ACTION: &'static str;
}

/// Leave to do `Op` once, to one resource. Only [`authorize`](crate::authorize::authorize) makes one, and
/// [`Permit::operator`] for what the installation does for itself.
#[derive(Debug)]
#[must_use]
pub struct Permit<Op: Operation> {
    account: AccountId,
    resource: Scope,
    operation: PhantomData<Op>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    /// What was decided on.
    Resource(String),
    /// The operator of the installation is asked by nobody.
    Anything,
}

impl<Op: Operation> Permit<Op> {
    pub(crate) fn decided(account: AccountId, resource: &str) -> Self {
        Self {
            account,
            resource: Scope::Resource(resource.to_owned()),
            operation: PhantomData,
        }
    }

    /// For what the process does on its operator's behalf: the first account, the first cluster, its own repairs. Never
    /// for anything that came over a socket.
    pub fn operator(account: AccountId) -> Self {
        Self {
            account,
            resource: Scope::Anything,
            operation: PhantomData,
        }
    }

    /// The account in which it may be done.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// For the next attempt of the same transaction.
    pub(crate) fn again(&self) -> Self {
        Self {
            account: self.account,
            resource: self.resource.clone(),
            operation: PhantomData,
        }
    }

    /// Fails unless the permit was given for this very resource. A resource whose ARN has changed since the decision (a
    /// role deleted and made anew under another path) is another resource.
    pub(crate) fn covers(&self, arn: impl AsRef<str>) -> Result<(), Error> {
        match &self.resource {
            Scope::Anything => Ok(()),
            Scope::Resource(resource) if resource == arn.as_ref() => Ok(()),
            Scope::Resource(_) => Err(Error::Conflict),
        }
    }
}

impl Permit<op::ShowCode> {
    /// To use up a one-time code that its owner shows. No policy decides on that: "The purpose of the `GetSessionToken`
    /// operation is to authenticate the user using MFA. You cannot use policies to control authentication operations" (STS
    /// API Reference: `GetSessionToken`). What it permits changes nothing but how often the code counts.
    pub(crate) fn of_code(account: AccountId) -> Self {
        Self::operator(account)
    }
}

macro_rules! operations {
    ($($name:ident = $action:literal;)*) => {
        /// One type for each operation, to name in a [`Permit`].
        pub mod op {
            $(
                #[doc = concat!("`", $action, "`")]
                #[derive(Debug)]
                pub enum $name {}

                impl super::Operation for $name {
                    const ACTION: &'static str = $action;
                }
            )*
        }
    };
}

operations! {
    CreateRole = "iam:CreateRole";
    GetRole = "iam:GetRole";
    ListRoles = "iam:ListRoles";
    UpdateRole = "iam:UpdateRole";
    UpdateRoleDescription = "iam:UpdateRoleDescription";
    DeleteRole = "iam:DeleteRole";
    UpdateAssumeRolePolicy = "iam:UpdateAssumeRolePolicy";
    TagRole = "iam:TagRole";
    UntagRole = "iam:UntagRole";
    ListRoleTags = "iam:ListRoleTags";
    PutRolePermissionsBoundary = "iam:PutRolePermissionsBoundary";
    DeleteRolePermissionsBoundary = "iam:DeleteRolePermissionsBoundary";
    PutRolePolicy = "iam:PutRolePolicy";
    GetRolePolicy = "iam:GetRolePolicy";
    DeleteRolePolicy = "iam:DeleteRolePolicy";
    ListRolePolicies = "iam:ListRolePolicies";
    AttachRolePolicy = "iam:AttachRolePolicy";
    DetachRolePolicy = "iam:DetachRolePolicy";
    ListAttachedRolePolicies = "iam:ListAttachedRolePolicies";
    ListInstanceProfilesForRole = "iam:ListInstanceProfilesForRole";
    CreateUser = "iam:CreateUser";
    GetUser = "iam:GetUser";
    ListUsers = "iam:ListUsers";
    UpdateUser = "iam:UpdateUser";
    DeleteUser = "iam:DeleteUser";
    TagUser = "iam:TagUser";
    UntagUser = "iam:UntagUser";
    ListUserTags = "iam:ListUserTags";
    PutUserPermissionsBoundary = "iam:PutUserPermissionsBoundary";
    DeleteUserPermissionsBoundary = "iam:DeleteUserPermissionsBoundary";
    PutUserPolicy = "iam:PutUserPolicy";
    GetUserPolicy = "iam:GetUserPolicy";
    DeleteUserPolicy = "iam:DeleteUserPolicy";
    ListUserPolicies = "iam:ListUserPolicies";
    AttachUserPolicy = "iam:AttachUserPolicy";
    DetachUserPolicy = "iam:DetachUserPolicy";
    ListAttachedUserPolicies = "iam:ListAttachedUserPolicies";
    ListGroupsForUser = "iam:ListGroupsForUser";
    CreateGroup = "iam:CreateGroup";
    GetGroup = "iam:GetGroup";
    ListGroups = "iam:ListGroups";
    UpdateGroup = "iam:UpdateGroup";
    DeleteGroup = "iam:DeleteGroup";
    AddUserToGroup = "iam:AddUserToGroup";
    RemoveUserFromGroup = "iam:RemoveUserFromGroup";
    PutGroupPolicy = "iam:PutGroupPolicy";
    GetGroupPolicy = "iam:GetGroupPolicy";
    DeleteGroupPolicy = "iam:DeleteGroupPolicy";
    ListGroupPolicies = "iam:ListGroupPolicies";
    AttachGroupPolicy = "iam:AttachGroupPolicy";
    DetachGroupPolicy = "iam:DetachGroupPolicy";
    ListAttachedGroupPolicies = "iam:ListAttachedGroupPolicies";
    CreateAccessKey = "iam:CreateAccessKey";
    UpdateAccessKey = "iam:UpdateAccessKey";
    DeleteAccessKey = "iam:DeleteAccessKey";
    ListAccessKeys = "iam:ListAccessKeys";
    UpdateAccountPasswordPolicy = "iam:UpdateAccountPasswordPolicy";
    GetAccountPasswordPolicy = "iam:GetAccountPasswordPolicy";
    DeleteAccountPasswordPolicy = "iam:DeleteAccountPasswordPolicy";
    CreateLoginProfile = "iam:CreateLoginProfile";
    GetLoginProfile = "iam:GetLoginProfile";
    UpdateLoginProfile = "iam:UpdateLoginProfile";
    DeleteLoginProfile = "iam:DeleteLoginProfile";
    ChangePassword = "iam:ChangePassword";
    CreateInstanceProfile = "iam:CreateInstanceProfile";
    GetInstanceProfile = "iam:GetInstanceProfile";
    DeleteInstanceProfile = "iam:DeleteInstanceProfile";
    ListInstanceProfiles = "iam:ListInstanceProfiles";
    AddRoleToInstanceProfile = "iam:AddRoleToInstanceProfile";
    RemoveRoleFromInstanceProfile = "iam:RemoveRoleFromInstanceProfile";
    TagInstanceProfile = "iam:TagInstanceProfile";
    UntagInstanceProfile = "iam:UntagInstanceProfile";
    ListInstanceProfileTags = "iam:ListInstanceProfileTags";
    CreateAccountAlias = "iam:CreateAccountAlias";
    DeleteAccountAlias = "iam:DeleteAccountAlias";
    ListAccountAliases = "iam:ListAccountAliases";
    GetAccountSummary = "iam:GetAccountSummary";
    CreateServiceLinkedRole = "iam:CreateServiceLinkedRole";
    DeleteServiceLinkedRole = "iam:DeleteServiceLinkedRole";
    GetServiceLinkedRoleDeletionStatus = "iam:GetServiceLinkedRoleDeletionStatus";
    CreateVirtualMFADevice = "iam:CreateVirtualMFADevice";
    EnableMFADevice = "iam:EnableMFADevice";
    DeactivateMFADevice = "iam:DeactivateMFADevice";
    ResyncMFADevice = "iam:ResyncMFADevice";
    DeleteVirtualMFADevice = "iam:DeleteVirtualMFADevice";
    ListMFADevices = "iam:ListMFADevices";
    ListVirtualMFADevices = "iam:ListVirtualMFADevices";
    GetMFADevice = "iam:GetMFADevice";
    TagMFADevice = "iam:TagMFADevice";
    UntagMFADevice = "iam:UntagMFADevice";
    ListMFADeviceTags = "iam:ListMFADeviceTags";
    UploadSSHPublicKey = "iam:UploadSSHPublicKey";
    GetSSHPublicKey = "iam:GetSSHPublicKey";
    UpdateSSHPublicKey = "iam:UpdateSSHPublicKey";
    DeleteSSHPublicKey = "iam:DeleteSSHPublicKey";
    ListSSHPublicKeys = "iam:ListSSHPublicKeys";
    UploadSigningCertificate = "iam:UploadSigningCertificate";
    UpdateSigningCertificate = "iam:UpdateSigningCertificate";
    DeleteSigningCertificate = "iam:DeleteSigningCertificate";
    ListSigningCertificates = "iam:ListSigningCertificates";
    UploadServerCertificate = "iam:UploadServerCertificate";
    GetServerCertificate = "iam:GetServerCertificate";
    UpdateServerCertificate = "iam:UpdateServerCertificate";
    DeleteServerCertificate = "iam:DeleteServerCertificate";
    ListServerCertificates = "iam:ListServerCertificates";
    TagServerCertificate = "iam:TagServerCertificate";
    UntagServerCertificate = "iam:UntagServerCertificate";
    ListServerCertificateTags = "iam:ListServerCertificateTags";
    CreateServiceSpecificCredential = "iam:CreateServiceSpecificCredential";
    UpdateServiceSpecificCredential = "iam:UpdateServiceSpecificCredential";
    DeleteServiceSpecificCredential = "iam:DeleteServiceSpecificCredential";
    ListServiceSpecificCredentials = "iam:ListServiceSpecificCredentials";
    ResetServiceSpecificCredential = "iam:ResetServiceSpecificCredential";
    CreateSAMLProvider = "iam:CreateSAMLProvider";
    GetSAMLProvider = "iam:GetSAMLProvider";
    ListSAMLProviders = "iam:ListSAMLProviders";
    UpdateSAMLProvider = "iam:UpdateSAMLProvider";
    DeleteSAMLProvider = "iam:DeleteSAMLProvider";
    TagSAMLProvider = "iam:TagSAMLProvider";
    UntagSAMLProvider = "iam:UntagSAMLProvider";
    ListSAMLProviderTags = "iam:ListSAMLProviderTags";
    CreatePolicy = "iam:CreatePolicy";
    GetPolicy = "iam:GetPolicy";
    ListPolicies = "iam:ListPolicies";
    DeletePolicy = "iam:DeletePolicy";
    CreatePolicyVersion = "iam:CreatePolicyVersion";
    GetPolicyVersion = "iam:GetPolicyVersion";
    ListPolicyVersions = "iam:ListPolicyVersions";
    DeletePolicyVersion = "iam:DeletePolicyVersion";
    SetDefaultPolicyVersion = "iam:SetDefaultPolicyVersion";
    TagPolicy = "iam:TagPolicy";
    UntagPolicy = "iam:UntagPolicy";
    ListPolicyTags = "iam:ListPolicyTags";
    ListEntitiesForPolicy = "iam:ListEntitiesForPolicy";
    SimulateCustomPolicy = "iam:SimulateCustomPolicy";
    SimulatePrincipalPolicy = "iam:SimulatePrincipalPolicy";
    GetContextKeysForCustomPolicy = "iam:GetContextKeysForCustomPolicy";
    GetContextKeysForPrincipalPolicy = "iam:GetContextKeysForPrincipalPolicy";
    GetAccountAuthorizationDetails = "iam:GetAccountAuthorizationDetails";
    ListPoliciesGrantingServiceAccess = "iam:ListPoliciesGrantingServiceAccess";
    GenerateCredentialReport = "iam:GenerateCredentialReport";
    GetCredentialReport = "iam:GetCredentialReport";
    GetServiceLastAccessedDetailsWithEntities = "iam:GetServiceLastAccessedDetailsWithEntities";
    GetServiceLastAccessedDetails = "iam:GetServiceLastAccessedDetails";
    GenerateServiceLastAccessedDetails = "iam:GenerateServiceLastAccessedDetails";
    GetAccessKeyLastUsed = "iam:GetAccessKeyLastUsed";
    CreateOpenIDConnectProvider = "iam:CreateOpenIDConnectProvider";
    GetOpenIDConnectProvider = "iam:GetOpenIDConnectProvider";
    ListOpenIDConnectProviders = "iam:ListOpenIDConnectProviders";
    DeleteOpenIDConnectProvider = "iam:DeleteOpenIDConnectProvider";
    AddClientIDToOpenIDConnectProvider = "iam:AddClientIDToOpenIDConnectProvider";
    RemoveClientIDFromOpenIDConnectProvider = "iam:RemoveClientIDFromOpenIDConnectProvider";
    UpdateOpenIDConnectProviderThumbprint = "iam:UpdateOpenIDConnectProviderThumbprint";
    TagOpenIDConnectProvider = "iam:TagOpenIDConnectProvider";
    UntagOpenIDConnectProvider = "iam:UntagOpenIDConnectProvider";
    ListOpenIDConnectProviderTags = "iam:ListOpenIDConnectProviderTags";
    CreateCluster = "eks:CreateCluster";
    DescribeCluster = "eks:DescribeCluster";
    ListClusters = "eks:ListClusters";
    DeleteCluster = "eks:DeleteCluster";
    CreateBucket = "s3:CreateBucket";
    DeleteBucket = "s3:DeleteBucket";
    PutBucketPolicy = "s3:PutBucketPolicy";
    DeleteBucketPolicy = "s3:DeleteBucketPolicy";
    PutBucketTagging = "s3:PutBucketTagging";
    CreateAccount = "rolecall:CreateAccount";
    ServiceAccountToken = "rolecall:CreateServiceAccountToken";
    Revoke = "rolecall:Revoke";
    ListRevocations = "rolecall:ListRevocations";
    DeleteRevocation = "rolecall:DeleteRevocation";
    ListAccounts = "rolecall:ListAccounts";
    DeleteAccount = "rolecall:DeleteAccount";
    ShowCode = "rolecall:ShowCode";
    Explain = "rolecall:Explain";
    WhoCan = "rolecall:WhoCan";
    RotateSigningKeys = "rolecall:RotateSigningKeys";
    PublishClusterKeys = "rolecall:PublishClusterKeys";
    ChangeGatewayBucket = "rolecall:ChangeGatewayBucket";
    GetGatewayCaller = "rolecall:GetGatewayCaller";
    GetGatewayBucket = "rolecall:GetGatewayBucket";
    ListGatewayBuckets = "rolecall:ListGatewayBuckets";
    GetGatewayRevision = "rolecall:GetGatewayRevision";
    RecordGatewayDecisions = "rolecall:RecordGatewayDecisions";
    EnableOutboundWebIdentityFederation = "iam:EnableOutboundWebIdentityFederation";
    DisableOutboundWebIdentityFederation = "iam:DisableOutboundWebIdentityFederation";
    GetOutboundWebIdentityFederationInfo = "iam:GetOutboundWebIdentityFederationInfo";
    GetWebIdentityToken = "sts:GetWebIdentityToken";
    GetAccessKeyInfo = "sts:GetAccessKeyInfo";
    GetSessionToken = "sts:GetSessionToken";
    GetFederationToken = "sts:GetFederationToken";
    DecodeAuthorizationMessage = "sts:DecodeAuthorizationMessage";
}
