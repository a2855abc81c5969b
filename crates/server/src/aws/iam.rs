//! Identity and Access Management.

use jiff::Timestamp;
use rolecall_identity::{account::Page, state::Tag};
use rolecall_policy::Context;
use rolecall_wire::generated::iam;

use super::{
    fault::Fault,
    operation::{Cx, operations},
};

mod account;
mod details;
mod group;
mod instance_profile;
mod login_profile;
mod mfa_device;
mod oidc_provider;
mod outbound_issuer;
mod password_policy;
mod policy;
mod qr_code;
mod report;
mod role;
mod saml_provider;
mod server_certificate;
mod service_credential;
mod service_linked_role;
mod signing_certificate;
mod simulation;
mod ssh_public_key;
mod user;

operations! { iam by query:
    AddClientIDToOpenIDConnectProvider AddRoleToInstanceProfile AddUserToGroup AttachGroupPolicy AttachRolePolicy
    AttachUserPolicy ChangePassword CreateAccessKey CreateAccountAlias CreateGroup CreateInstanceProfile
    CreateLoginProfile CreateOpenIDConnectProvider CreatePolicy CreatePolicyVersion CreateRole CreateSAMLProvider
    CreateServiceLinkedRole CreateServiceSpecificCredential CreateUser CreateVirtualMFADevice DeactivateMFADevice
    DeleteAccessKey DeleteAccountAlias DeleteAccountPasswordPolicy DeleteGroup DeleteGroupPolicy
    DeleteInstanceProfile DeleteLoginProfile DeleteOpenIDConnectProvider DeletePolicy DeletePolicyVersion DeleteRole
    DeleteRolePermissionsBoundary DeleteRolePolicy DeleteSAMLProvider DeleteSSHPublicKey DeleteServerCertificate
    DeleteServiceLinkedRole DeleteServiceSpecificCredential DeleteSigningCertificate DeleteUser
    DeleteUserPermissionsBoundary DeleteUserPolicy DeleteVirtualMFADevice DetachGroupPolicy DetachRolePolicy
    DetachUserPolicy DisableOutboundWebIdentityFederation EnableMFADevice EnableOutboundWebIdentityFederation
    GenerateCredentialReport GenerateServiceLastAccessedDetails
    GetAccessKeyLastUsed GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary
    GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy GetCredentialReport GetGroup GetGroupPolicy
    GetInstanceProfile GetLoginProfile GetMFADevice GetOpenIDConnectProvider
    GetOutboundWebIdentityFederationInfo GetPolicy GetPolicyVersion GetRole
    GetRolePolicy GetSAMLProvider GetSSHPublicKey GetServerCertificate GetServiceLastAccessedDetails
    GetServiceLastAccessedDetailsWithEntities GetServiceLinkedRoleDeletionStatus GetUser GetUserPolicy
    ListAccessKeys ListAccountAliases ListAttachedGroupPolicies ListAttachedRolePolicies ListAttachedUserPolicies
    ListEntitiesForPolicy ListGroupPolicies ListGroups ListGroupsForUser ListInstanceProfileTags
    ListInstanceProfiles ListInstanceProfilesForRole ListMFADeviceTags ListMFADevices ListOpenIDConnectProviderTags
    ListOpenIDConnectProviders ListPolicies ListPoliciesGrantingServiceAccess ListPolicyTags ListPolicyVersions
    ListRolePolicies ListRoleTags ListRoles ListSAMLProviderTags ListSAMLProviders ListSSHPublicKeys
    ListServerCertificateTags ListServerCertificates ListServiceSpecificCredentials ListSigningCertificates
    ListUserPolicies ListUserTags ListUsers ListVirtualMFADevices PutGroupPolicy PutRolePermissionsBoundary
    PutRolePolicy PutUserPermissionsBoundary PutUserPolicy RemoveClientIDFromOpenIDConnectProvider
    RemoveRoleFromInstanceProfile RemoveUserFromGroup ResetServiceSpecificCredential ResyncMFADevice
    SetDefaultPolicyVersion SimulateCustomPolicy SimulatePrincipalPolicy TagInstanceProfile TagMFADevice
    TagOpenIDConnectProvider TagPolicy TagRole TagSAMLProvider TagServerCertificate TagUser UntagInstanceProfile
    UntagMFADevice UntagOpenIDConnectProvider UntagPolicy UntagRole UntagSAMLProvider UntagServerCertificate
    UntagUser UpdateAccessKey UpdateAccountPasswordPolicy UpdateAssumeRolePolicy UpdateGroup UpdateLoginProfile
    UpdateOpenIDConnectProviderThumbprint UpdateRole UpdateRoleDescription UpdateSAMLProvider UpdateSSHPublicKey
    UpdateServerCertificate UpdateServiceSpecificCredential UpdateSigningCertificate UpdateUser UploadSSHPublicKey
    UploadServerCertificate UploadSigningCertificate
}

/// Each byte URL-encoded, RFC 3986's unreserved characters as they are, and how many bytes that is: four bytes, the first
/// being the lowest.
#[expect(clippy::indexing_slicing, reason = "done while compiling, which would fail")]
static ENCODED: [u32; 256] = {
    let digits = *b"0123456789ABCDEF";
    let mut table = [0; 256];
    let mut byte: u8 = 0;
    loop {
        let four = match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'~' => [byte, 0, 0, 1],
            _ => [b'%', digits[byte as usize >> 4], digits[byte as usize & 15], 3],
        };
        table[byte as usize] = u32::from_le_bytes(four);
        if byte == u8::MAX {
            break table;
        }
        byte += 1;
    }
};

/// A document as answers have it: URL-encoded.
///
/// By far the longest texts of answers, of which every third byte or so is encoded. Four at a time, without asking which,
/// take a third of what `percent_encoding` takes, which looks for the next one and copies what is between.
fn document(text: &str) -> String {
    let mut encoded = vec![0; 3 * text.len() + ROOM];
    let (fours, rest) = text.as_bytes().as_chunks::<4>();
    let end = fours.iter().fold(0, |end, four| encode(four, &mut encoded, end));
    let end = encode(rest, &mut encoded, end);
    encoded.truncate(end);
    String::from_utf8(encoded).unwrap_or_default()
}

/// Room for four bytes, as the compiler can tell.
const ROOM: usize = 16;

/// Writes up to four bytes at `end`, and says where the end is then.
#[expect(
    clippy::inline_always,
    reason = "only where it is called is it known that there is room"
)]
#[inline(always)]
fn encode(bytes: &[u8], encoded: &mut [u8], end: usize) -> usize {
    let mut written = 0;
    if let Some(room) = encoded.get_mut(end..).and_then(<[u8]>::first_chunk_mut::<ROOM>) {
        for byte in bytes {
            let one = ENCODED.get(usize::from(*byte)).copied().unwrap_or_default();
            if let Some(place) = room.get_mut(written..).and_then(<[u8]>::first_chunk_mut) {
                *place = one.to_le_bytes();
            }
            written += (one >> 24 & 3) as usize;
        }
    }
    end + written
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn tags_in(tags: Option<&[iam::Tag]>) -> Vec<Tag> {
    tags.unwrap_or_default()
        .iter()
        .map(|tag| (tag.key.clone(), tag.value.clone()))
        .collect()
}

fn tags_out(tags: &[Tag]) -> Vec<iam::Tag> {
    tags.iter()
        .map(|(key, value)| iam::Tag {
            key: key.clone(),
            value: value.clone(),
        })
        .collect()
}

/// The tags of something new. Whoever makes it with tags must be allowed to tag it, too (IAM User Guide: Tags for AWS IAM
/// resources): tags decide elsewhere.
fn new_tags(cx: &Cx, action: &'static str, arn: &str, tags: Option<&[iam::Tag]>) -> Result<Vec<Tag>, Fault> {
    let new = tags_in(tags);
    if !new.is_empty() {
        let mut context = cx.context();
        request_tags(tags, &mut context);
        cx.also(action, arn, context)?;
    }
    Ok(new)
}

/// The condition keys of tags that are asked for.
fn request_tags(tags: Option<&[iam::Tag]>, context: &mut Context) {
    let tags = tags.unwrap_or_default().iter();
    context.insert_request_tags(tags.map(|tag| (tag.key.as_str(), tag.value.as_str())));
}

/// The length of a page: AWS's default is 100.
fn limit(max_items: Option<i32>) -> usize {
    usize::try_from(max_items.unwrap_or(100)).unwrap_or(100)
}

fn status(active: bool) -> String {
    if active { "Active" } else { "Inactive" }.to_owned()
}

/// What a status is set to. What has expired has done so by itself.
fn is_active(status: &str) -> Result<bool, Fault> {
    match status {
        "Active" => Ok(true),
        "Inactive" => Ok(false),
        _ => Err(invalid("The status can be set to Active or Inactive.")),
    }
}

/// Whether there is a next page, and its marker.
fn more<T>(cx: &Cx, page: &Page<T>) -> Result<(Option<bool>, Option<String>), Fault> {
    let marker = cx.marker(page.next.as_deref())?;
    Ok((Some(marker.is_some()), marker))
}

fn boundary(arn: Option<&str>) -> Option<iam::AttachedPermissionsBoundary> {
    arn.map(|arn| iam::AttachedPermissionsBoundary {
        permissions_boundary_arn: Some(arn.to_owned()),
        // The reference says `PermissionsBoundaryPolicy`; the wire says this.
        permissions_boundary_type: Some("Policy".to_owned()),
    })
}

fn invalid(error: impl std::fmt::Display) -> Fault {
    Fault::sender("ValidationError", 400, error.to_string())
}

/// The calls about policies, that roles, users and groups have alike, written once.
macro_rules! holder {
    ($record:ident, $field:ident, $arn:ident,
     $put:ident $get:ident $get_response:ident $delete:ident $list:ident $list_response:ident
     $attach:ident $detach:ident $attached:ident $attached_response:ident) => {
        answer! { iam::$put(cx, input) on $arn(cx, &input.$field) => |permit| {
            let policy: PolicyName = input.policy_name.parse().map_err(invalid)?;
            cx.write(permit, |tx, permit| {
                inline::put::<$record>(tx, permit, &input.$field, &policy, &input.policy_document)
            })
            .await
        } }
        answer! { iam::$get(cx, input) on $arn(cx, &input.$field) => |permit| {
            let text = inline::get::<$record>(&cx.snapshot, cx.account, &input.$field, &input.policy_name)
                .map_err(|error| cx.fault(&error))?;
            Ok(iam::$get_response {
                policy_document: document(text.text()),
                policy_name: input.policy_name,
                $field: input.$field,
            })
        } }
        answer! { iam::$delete(cx, input) on $arn(cx, &input.$field) => |permit| {
            cx.write(permit, |tx, permit| inline::delete::<$record>(tx, permit, &input.$field, &input.policy_name)).await
        } }
        answer! { iam::$list(cx, input) on $arn(cx, &input.$field) => |permit| {
            let after = cx.after(input.marker.as_deref())?;
            let limit = limit(input.max_items);
            let page = inline::list::<$record>(&cx.snapshot, cx.account, &input.$field, after.as_deref(), limit)
                .map_err(|error| cx.fault(&error))?;
            let (is_truncated, marker) = more(cx, &page)?;
            Ok(iam::$list_response { is_truncated, marker, policy_names: page.items })
        } }
        answer! { iam::$attach(cx, input) on $arn(cx, &input.$field), with |input, context| {
            context.insert("iam:PolicyARN", input.policy_arn.as_str());
        } => |permit| {
            cx.write(permit, |tx, permit| attachment::attach::<$record>(tx, permit, &input.$field, &input.policy_arn)).await
        } }
        answer! { iam::$detach(cx, input) on $arn(cx, &input.$field), with |input, context| {
            context.insert("iam:PolicyARN", input.policy_arn.as_str());
        } => |permit| {
            cx.write(permit, |tx, permit| attachment::detach::<$record>(tx, permit, &input.$field, &input.policy_arn)).await
        } }
        answer! { iam::$attached(cx, input) on $arn(cx, &input.$field) => |permit| {
            let after = cx.after(input.marker.as_deref())?;
            let limit = limit(input.max_items);
            let prefix = input.path_prefix.as_deref().unwrap_or("/");
            let page = attachment::list::<$record>(&cx.snapshot, cx.account, &input.$field, prefix, after.as_deref(), limit)
                .map_err(|error| cx.fault(&error))?;
            let (is_truncated, marker) = more(cx, &page)?;
            let attached = page.items.into_iter().map(|attached| iam::AttachedPolicy {
                policy_arn: Some(attached.arn),
                policy_name: Some(attached.name),
            });
            Ok(iam::$attached_response { attached_policies: Some(attached.collect()), is_truncated, marker })
        } }
    };
}
use holder;

/// The calls about tags, that all have alike who have tags.
macro_rules! tagged {
    ($record:ident, $field:ident, $arn:ident, $tag:ident $untag:ident $($tags:ident $tags_response:ident)?) => {
        answer! { iam::$tag(cx, input) on $arn(cx, &input.$field), with |input, context| {
            request_tags(Some(&input.tags), context);
        } => |permit| {
            let new = tags_in(Some(&input.tags));
            cx.write(permit, |tx, permit| tags::tag::<$record>(tx, permit, &input.$field, &new)).await
        } }
        answer! { iam::$untag(cx, input) on $arn(cx, &input.$field), with |input, context| {
            context.insert_list("aws:TagKeys", input.tag_keys.iter().map(String::as_str));
        } => |permit| {
            cx.write(permit, |tx, permit| tags::untag::<$record>(tx, permit, &input.$field, &input.tag_keys)).await
        } }
        $(answer! { iam::$tags(cx, input) on $arn(cx, &input.$field) => |permit| {
            let after = cx.after(input.marker.as_deref())?;
            let limit = limit(input.max_items);
            let page = tags::list::<$record>(&cx.snapshot, cx.account, &input.$field, after.as_deref(), limit)
                .map_err(|error| cx.fault(&error))?;
            let (is_truncated, marker) = more(cx, &page)?;
            Ok(iam::$tags_response { is_truncated, marker, tags: tags_out(&page.items) })
        } })?
    };
}
use tagged;

/// The ARN of what is named by its ARN.
fn itself(_: &Cx, arn: &str) -> String {
    arn.to_owned()
}

/// The calls about tags and boundaries, that roles and users have alike.
macro_rules! actor {
    ($record:ident, $field:ident, $arn:ident,
     $tag:ident $untag:ident $tags:ident $tags_response:ident
     $put_boundary:ident $delete_boundary:ident) => {
        tagged! { $record, $field, $arn, $tag $untag $tags $tags_response }
        answer! { iam::$put_boundary(cx, input) on $arn(cx, &input.$field), with |input, context| {
            context.insert("iam:PermissionsBoundary", input.permissions_boundary.as_str());
        } => |permit| {
            cx.write(permit, |tx, permit| {
                attachment::put_boundary::<$record>(tx, permit, &input.$field, &input.permissions_boundary)
            })
            .await
        } }
        answer! { iam::$delete_boundary(cx, input) on $arn(cx, &input.$field) => |permit| {
            cx.write(permit, |tx, permit| attachment::delete_boundary::<$record>(tx, permit, &input.$field)).await
        } }
    };
}
use actor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_encoded_as_urls_are() {
        const UNRESERVED: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
            .remove(b'-')
            .remove(b'_')
            .remove(b'.')
            .remove(b'~');
        let all: String = (0..=0x3ff).filter_map(char::from_u32).chain(['€', '𝄞']).collect();
        for (start, _) in all.char_indices() {
            let text = all.split_at(start).1;
            let expected = percent_encoding::utf8_percent_encode(text, UNRESERVED).to_string();
            assert_eq!(document(text), expected);
        }
        assert_eq!(document(""), "");
        assert_eq!(
            document(&"{".repeat(1001)),
            "%7B".repeat(1001),
            "all of them as long as can be"
        );
    }
}
