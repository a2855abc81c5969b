"""What real clients send, for the recorded exchanges of the server's tests: `record.py STORY ENDPOINT TIME ISSUER TOKEN`.

The clients are configured for AWS's own endpoints, and their clock stands at TIME. What they are about to send is written
down, to stdout, and sent to ENDPOINT with the same bytes. `cargo xtask record` runs it (crates/server/tests/walk/recorded.rs).
"""

import base64
import contextlib
import datetime
import hashlib
import hmac
import http.client
import itertools
import json
import os
import pathlib
import struct
import sys
import uuid
import zlib

os.environ.update({
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_DEFAULT_REGION": "us-east-2", "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_PAGER": "",
})
for name in ("AWS_REGION", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
    os.environ.pop(name, None)

import boto3  # noqa: E402
import botocore.auth  # noqa: E402
import botocore.awsrequest  # noqa: E402
import botocore.compat  # noqa: E402
import botocore.config  # noqa: E402
import botocore.endpoint  # noqa: E402
import botocore.exceptions  # noqa: E402

FIXTURES = pathlib.Path(__file__).parents[2] / "crates/server/tests/recorded"
PUBLIC_KEY = pathlib.Path(__file__).parents[2] / "crates/identity/tests/keys/rsa-2048.pub.pem"
ACCOUNT = "123456789012"
READ_ONLY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
ALLOW = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]})
TAGS = [{"Key": "team", "Value": "platform"}, {"Key": "empty", "Value": ""}]
CERTIFICATE = "MIIB" * 300
SAML = """<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/metadata">
  <md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
""".format(certificate=CERTIFICATE)
RESPONSE = """<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="{now}" Destination="https://signin.aws.amazon.com/saml">
  <s:Issuer>https://idp.example/metadata</s:Issuer>
  <p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status>
  <s:Assertion ID="_a" Version="2.0" IssueInstant="{now}">
    <s:Issuer>https://idp.example/metadata</s:Issuer>
    <s:Subject>
      <s:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice</s:NameID>
      <s:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><s:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="https://signin.aws.amazon.com/saml"/></s:SubjectConfirmation>
    </s:Subject>
    <s:Conditions NotBefore="{now}" NotOnOrAfter="{until}"><s:AudienceRestriction><s:Audience>urn:amazon:webservices</s:Audience></s:AudienceRestriction></s:Conditions>
    <s:AuthnStatement AuthnInstant="{now}"><s:AuthnContext/></s:AuthnStatement>
    <s:AttributeStatement>{attributes}</s:AttributeStatement>
  </s:Assertion>
</p:Response>
"""


class Recorder:
    """Stands where a client would open its connection."""

    def __init__(self, endpoint, out):
        self.host = endpoint.split("//")[1]
        self.out = out

    def __call__(self, request, event_name, **_):
        service, operation = event_name.split(".")[1:]
        url = request.url.split("//", 1)[1]
        host, _, target = url.partition("/")
        given = {name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
        kept = {"host": host, "content-type": given.get("content-type")}
        if authorization := given.get("authorization"):
            signed = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
            kept.update({name: given[name] for name in signed if name not in kept}, authorization=authorization)
        kept = {name: value for name, value in kept.items() if value is not None}
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        head = "\n".join([f"{request.method} /{target} HTTP/1.1", *(f"{name}: {value}" for name, value in kept.items())])
        print(f"### {service}:{operation}\n{head}\n\n{body.decode()}", file=self.out)
        connection = http.client.HTTPConnection(self.host)
        connection.putrequest(request.method, f"/{target}", skip_host=True, skip_accept_encoding=True)
        for name, value in {**kept, "content-length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return botocore.awsrequest.AWSResponse(request.url, answer.status, answer.headers, Raw(answer.read()))


class Raw:
    def __init__(self, content):
        self.content = content

    def stream(self):
        yield self.content


class Clients:
    def __init__(self, recorder, time, issuer, token):
        self.recorder, self.time, self.issuer, self.token = recorder, time, issuer, token
        self.iam, self.sts, self.eks = (self.client(service) for service in ("iam", "sts", "eks"))
        # Sends also what the client itself would refuse.
        unchecked = botocore.config.Config(parameter_validation=False, retries={"max_attempts": 0})
        self.unchecked = self.client("iam", config=unchecked)

    def client(self, service, **options):
        session = boto3.session.Session()
        session.events.register("before-send", self.recorder)
        options.setdefault("config", botocore.config.Config(retries={"max_attempts": 0}))
        return session.client(service, **options)

    def as_credentials(self, service, credentials):
        return self.client(service, aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
                           aws_session_token=credentials.get("SessionToken"))


def refused(code, call, **parameters):
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
    else:
        raise AssertionError(f"{call} was not refused")


def pages(client, operation, **parameters):
    """All of a list, two at a time."""
    return list(client.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **parameters))


def roles(c):
    iam = c.iam
    iam.create_role(RoleName="app", Path="/team/", AssumeRolePolicyDocument=TRUST, Description="What <it> & \"they\" do",
                    MaxSessionDuration=7200, PermissionsBoundary=READ_ONLY, Tags=TAGS)
    iam.get_role(RoleName="app")
    refused("EntityAlreadyExists", iam.create_role, RoleName="APP", AssumeRolePolicyDocument=TRUST)
    refused("MalformedPolicyDocument", iam.create_role, RoleName="wrong", AssumeRolePolicyDocument="{}")
    refused("ValidationError", c.unchecked.create_role, RoleName="not allowed!", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=1)
    refused("NoSuchEntity", iam.get_role, RoleName="nobody")
    for name in ("b", "c", "d"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    pages(iam, "list_roles")
    iam.list_roles(PathPrefix="/team/")
    refused("ValidationError", c.unchecked.list_roles, Marker="made-up", MaxItems=2000)
    iam.attach_role_policy(RoleName="app", PolicyArn=READ_ONLY)
    refused("NoSuchEntity", iam.attach_role_policy, RoleName="app", PolicyArn="arn:aws:iam::aws:policy/Nothing")
    iam.list_attached_role_policies(RoleName="app")
    iam.put_role_policy(RoleName="app", PolicyName="inline", PolicyDocument=ALLOW)
    iam.get_role_policy(RoleName="app", PolicyName="inline")
    iam.list_role_policies(RoleName="app")
    refused("DeleteConflict", iam.delete_role, RoleName="app")
    iam.tag_role(RoleName="app", Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_role(RoleName="app", TagKeys=["empty"])
    iam.list_role_tags(RoleName="app")
    iam.update_role(RoleName="app", MaxSessionDuration=3600)
    iam.update_role_description(RoleName="app", Description="Another")
    iam.update_assume_role_policy(RoleName="app", PolicyDocument=TRUST.replace(f"arn:aws:iam::{ACCOUNT}:root", "*"))
    iam.delete_role_permissions_boundary(RoleName="app")
    iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=READ_ONLY)
    iam.list_instance_profiles_for_role(RoleName="app")
    iam.delete_role_policy(RoleName="app", PolicyName="inline")
    iam.detach_role_policy(RoleName="app", PolicyArn=READ_ONLY)
    refused("NoSuchEntity", iam.detach_role_policy, RoleName="app", PolicyArn=READ_ONLY)
    iam.delete_role(RoleName="app")
    iam.create_service_linked_role(AWSServiceName="eks.amazonaws.com")
    refused("UnmodifiableEntity", iam.delete_role, RoleName="AWSServiceRoleForAmazonEKS")
    task = iam.delete_service_linked_role(RoleName="AWSServiceRoleForAmazonEKS")["DeletionTaskId"]
    iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


def policies(c):
    iam = c.iam
    arn = iam.create_policy(PolicyName="own", Path="/team/", PolicyDocument=ALLOW, Description="Reads", Tags=TAGS)["Policy"]["Arn"]
    refused("EntityAlreadyExists", iam.create_policy, PolicyName="own", PolicyDocument=ALLOW)
    refused("MalformedPolicyDocument", iam.create_policy, PolicyName="wrong", PolicyDocument=ALLOW.replace("Allow", "Permit"))
    refused("ValidationError", c.unchecked.create_policy, PolicyName="", PolicyDocument="")
    refused("NoSuchEntity", iam.get_policy, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/nothing")
    iam.get_policy(PolicyArn=arn)
    iam.get_policy(PolicyArn=READ_ONLY)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW.replace("Get", "Put"), SetAsDefault=True)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=ALLOW)
    pages(iam, "list_policy_versions", PolicyArn=arn)
    iam.get_policy_version(PolicyArn=arn, VersionId="v2")
    refused("DeleteConflict", iam.delete_policy_version, PolicyArn=arn, VersionId="v2")
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v3")
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_policy(PolicyArn=arn, TagKeys=["team"])
    iam.list_policy_tags(PolicyArn=arn)
    for name in ("b", "c", "d"):
        iam.create_policy(PolicyName=name, PolicyDocument=ALLOW)
    pages(iam, "list_policies", Scope="Local")
    for name in ("app", "web", "job"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    iam.create_user(UserName="alice", PermissionsBoundary=arn)
    pages(iam, "list_entities_for_policy", PolicyArn=arn)
    iam.list_entities_for_policy(PolicyArn=arn, PolicyUsageFilter="PermissionsBoundary")
    iam.list_policies(OnlyAttached=True, Scope="Local")
    refused("DeleteConflict", iam.delete_policy, PolicyArn=arn)
    refused("ValidationError", c.unchecked.list_policies, Scope="Mine")
    iam.delete_policy(PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/d")


def users(c):
    iam = c.iam
    iam.create_user(UserName="alice", Path="/team/", Tags=TAGS)
    iam.get_user(UserName="alice")
    iam.get_user()
    refused("EntityAlreadyExists", iam.create_user, UserName="Alice")
    refused("ValidationError", c.unchecked.create_user, UserName="no spaces")
    for name in ("bob", "carol", "dave"):
        iam.create_user(UserName=name)
    pages(iam, "list_users")
    iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    iam.list_attached_user_policies(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=ALLOW)
    iam.get_user_policy(UserName="alice", PolicyName="inline")
    iam.list_user_policies(UserName="alice")
    refused("DeleteConflict", iam.delete_user, UserName="alice")
    iam.put_user_permissions_boundary(UserName="alice", PermissionsBoundary=READ_ONLY)
    iam.delete_user_permissions_boundary(UserName="alice")
    iam.tag_user(UserName="alice", Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_user(UserName="alice", TagKeys=["team"])
    iam.list_user_tags(UserName="alice")
    iam.update_user(UserName="alice", NewUserName="alicia", NewPath="/other/")
    refused("NoSuchEntity", iam.get_user, UserName="alice")
    iam.delete_user_policy(UserName="alicia", PolicyName="inline")
    iam.detach_user_policy(UserName="alicia", PolicyArn=READ_ONLY)
    iam.delete_user(UserName="alicia")


def groups(c):
    iam = c.iam
    iam.create_group(GroupName="staff", Path="/team/")
    refused("EntityAlreadyExists", iam.create_group, GroupName="staff")
    refused("ValidationError", c.unchecked.create_group, GroupName="a/b")
    for name in ("b", "c"):
        iam.create_group(GroupName=name)
    pages(iam, "list_groups")
    for name in ("alice", "bob", "carol"):
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="staff", UserName=name)
    pages(iam, "get_group", GroupName="staff")
    iam.list_groups_for_user(UserName="alice")
    iam.attach_group_policy(GroupName="staff", PolicyArn=READ_ONLY)
    iam.list_attached_group_policies(GroupName="staff")
    iam.put_group_policy(GroupName="staff", PolicyName="inline", PolicyDocument=ALLOW)
    iam.get_group_policy(GroupName="staff", PolicyName="inline")
    iam.list_group_policies(GroupName="staff")
    refused("DeleteConflict", iam.delete_group, GroupName="staff")
    iam.update_group(GroupName="staff", NewGroupName="crew")
    refused("NoSuchEntity", iam.get_group, GroupName="staff")
    iam.delete_group_policy(GroupName="crew", PolicyName="inline")
    iam.detach_group_policy(GroupName="crew", PolicyArn=READ_ONLY)
    for name in ("alice", "bob", "carol"):
        iam.remove_user_from_group(GroupName="crew", UserName=name)
    iam.delete_group(GroupName="crew")


def instance_profiles(c):
    iam = c.iam
    iam.create_role(RoleName="node", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="node", Path="/team/", Tags=TAGS)
    refused("EntityAlreadyExists", iam.create_instance_profile, InstanceProfileName="node")
    refused("ValidationError", c.unchecked.create_instance_profile, InstanceProfileName="", Path="no")
    iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
    refused("LimitExceeded", iam.add_role_to_instance_profile, InstanceProfileName="node", RoleName="node")
    iam.get_instance_profile(InstanceProfileName="node")
    for name in ("b", "c"):
        iam.create_instance_profile(InstanceProfileName=name)
    pages(iam, "list_instance_profiles")
    iam.list_instance_profiles_for_role(RoleName="node")
    iam.tag_instance_profile(InstanceProfileName="node", Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_instance_profile(InstanceProfileName="node", TagKeys=["team"])
    iam.list_instance_profile_tags(InstanceProfileName="node")
    refused("DeleteConflict", iam.delete_role, RoleName="node")
    refused("DeleteConflict", iam.delete_instance_profile, InstanceProfileName="node")
    iam.remove_role_from_instance_profile(InstanceProfileName="node", RoleName="node")
    iam.delete_instance_profile(InstanceProfileName="node")
    refused("NoSuchEntity", iam.get_instance_profile, InstanceProfileName="node")


def providers(c):
    iam = c.iam
    arn = iam.create_open_id_connect_provider(Url=c.issuer, ClientIDList=["sts.amazonaws.com"], Tags=TAGS)["OpenIDConnectProviderArn"]
    refused("EntityAlreadyExists", iam.create_open_id_connect_provider, Url=c.issuer, ClientIDList=["x"])
    refused("ValidationError", c.unchecked.create_open_id_connect_provider, Url="")
    iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    iam.list_open_id_connect_providers()
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="another")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="another")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=arn, ThumbprintList=["ab" * 20])
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=["team"])
    iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    refused("NoSuchEntity", iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn)
    arn = iam.create_saml_provider(Name="corp", SAMLMetadataDocument=SAML, Tags=TAGS)["SAMLProviderArn"]
    refused("InvalidInput", iam.create_saml_provider, Name="wrong", SAMLMetadataDocument="x" * 1000)
    iam.get_saml_provider(SAMLProviderArn=arn)
    iam.list_saml_providers()
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=SAML)
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["team"])
    iam.list_saml_provider_tags(SAMLProviderArn=arn)
    iam.delete_saml_provider(SAMLProviderArn=arn)
    refused("NoSuchEntity", iam.get_saml_provider, SAMLProviderArn=arn)


def code(seed, time):
    """What a phone shows (RFC 6238)."""
    tag = hmac.new(base64.b32decode(seed), struct.pack(">q", time // 30), hashlib.sha1).digest()
    at = tag[-1] & 15
    return f"{(struct.unpack('>I', tag[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def credentials(c):
    iam = c.iam
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    iam.create_access_key(UserName="alice")
    refused("LimitExceeded", iam.create_access_key, UserName="alice")
    pages(iam, "list_access_keys", UserName="alice")
    iam.update_access_key(UserName="alice", AccessKeyId=key, Status="Inactive")
    iam.get_access_key_last_used(AccessKeyId=key)
    iam.delete_access_key(UserName="alice", AccessKeyId=key)
    refused("NoSuchEntity", iam.delete_access_key, UserName="alice", AccessKeyId=key)

    iam.create_login_profile(UserName="alice", Password="Correct-horse-7", PasswordResetRequired=True)
    refused("EntityAlreadyExists", iam.create_login_profile, UserName="alice", Password="Correct-horse-7")
    iam.get_login_profile(UserName="alice")
    iam.update_login_profile(UserName="alice", PasswordResetRequired=False)
    iam.delete_login_profile(UserName="alice")
    refused("NoSuchEntity", iam.get_login_profile, UserName="alice")

    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Tags=TAGS)["VirtualMFADevice"]
    serial, seed = device["SerialNumber"], device["Base32StringSeed"]
    refused("InvalidAuthenticationCode", iam.enable_mfa_device, UserName="alice", SerialNumber=serial, AuthenticationCode1="000000", AuthenticationCode2="000001")
    iam.enable_mfa_device(UserName="alice", SerialNumber=serial, AuthenticationCode1=code(seed, c.time - 60), AuthenticationCode2=code(seed, c.time - 30))
    iam.list_mfa_devices(UserName="alice")
    iam.list_virtual_mfa_devices()
    iam.get_mfa_device(SerialNumber=serial)
    iam.resync_mfa_device(UserName="alice", SerialNumber=serial, AuthenticationCode1=code(seed, c.time), AuthenticationCode2=code(seed, c.time + 30))
    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["team"])
    iam.list_mfa_device_tags(SerialNumber=serial)
    refused("DeleteConflict", iam.delete_virtual_mfa_device, SerialNumber=serial)
    iam.deactivate_mfa_device(UserName="alice", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)

    ssh = iam.upload_ssh_public_key(UserName="alice", SSHPublicKeyBody=PUBLIC_KEY.read_text())["SSHPublicKey"]["SSHPublicKeyId"]
    refused("DuplicateSSHPublicKey", iam.upload_ssh_public_key, UserName="alice", SSHPublicKeyBody=PUBLIC_KEY.read_text())
    refused("UnrecognizedPublicKeyEncoding", iam.upload_ssh_public_key, UserName="alice", SSHPublicKeyBody="ssh-ed25519 AAAA")
    iam.get_ssh_public_key(UserName="alice", SSHPublicKeyId=ssh, Encoding="SSH")
    iam.list_ssh_public_keys(UserName="alice")
    iam.update_ssh_public_key(UserName="alice", SSHPublicKeyId=ssh, Status="Inactive")
    iam.delete_ssh_public_key(UserName="alice", SSHPublicKeyId=ssh)

    certificate, private = ((FIXTURES / f"certificate.{kind}").read_text() for kind in ("pem", "key"))
    signing = iam.upload_signing_certificate(UserName="alice", CertificateBody=certificate)["Certificate"]["CertificateId"]
    refused("MalformedCertificate", iam.upload_signing_certificate, UserName="alice", CertificateBody="certificate")
    iam.list_signing_certificates(UserName="alice")
    iam.update_signing_certificate(UserName="alice", CertificateId=signing, Status="Inactive")
    iam.delete_signing_certificate(UserName="alice", CertificateId=signing)

    iam.upload_server_certificate(ServerCertificateName="web", CertificateBody=certificate, PrivateKey=private, Tags=TAGS)
    refused("EntityAlreadyExists", iam.upload_server_certificate, ServerCertificateName="web", CertificateBody=certificate, PrivateKey=private)
    iam.get_server_certificate(ServerCertificateName="web")
    iam.list_server_certificates()
    iam.update_server_certificate(ServerCertificateName="web", NewServerCertificateName="www", NewPath="/cloudfront/")
    iam.tag_server_certificate(ServerCertificateName="www", Tags=[{"Key": "a", "Value": "b"}])
    iam.untag_server_certificate(ServerCertificateName="www", TagKeys=["team"])
    iam.list_server_certificate_tags(ServerCertificateName="www")
    iam.delete_server_certificate(ServerCertificateName="www")
    refused("NoSuchEntity", iam.get_server_certificate, ServerCertificateName="www")

    service = iam.create_service_specific_credential(UserName="alice", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]
    iam.list_service_specific_credentials(UserName="alice")
    iam.update_service_specific_credential(UserName="alice", ServiceSpecificCredentialId=service, Status="Inactive")
    iam.reset_service_specific_credential(UserName="alice", ServiceSpecificCredentialId=service)
    iam.delete_service_specific_credential(UserName="alice", ServiceSpecificCredentialId=service)

    iam.create_login_profile(UserName="alice", Password="Correct-horse-7")
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:ChangePassword", "Resource": "*"}]}))
    alice = c.as_credentials("iam", iam.create_access_key(UserName="alice")["AccessKey"])
    alice.change_password(OldPassword="Correct-horse-7", NewPassword="Battery-staple-8")
    refused("AccessDenied", alice.change_password, OldPassword="Correct-horse-7", NewPassword="Battery-staple-9")
    refused("PasswordPolicyViolation", alice.change_password, OldPassword="Battery-staple-8", NewPassword="short")


def account(c):
    iam = c.iam
    iam.create_account_alias(AccountAlias="example")
    refused("ValidationError", c.unchecked.create_account_alias, AccountAlias="Not-Allowed")
    iam.list_account_aliases()
    iam.delete_account_alias(AccountAlias="example")
    refused("NoSuchEntity", iam.get_account_password_policy)
    iam.update_account_password_policy(MinimumPasswordLength=12, RequireNumbers=True)
    iam.get_account_password_policy()
    iam.delete_account_password_policy()
    iam.create_user(UserName="alice", Tags=TAGS)
    iam.create_group(GroupName="staff")
    iam.add_user_to_group(GroupName="staff", UserName="alice")
    arn = iam.create_policy(PolicyName="own", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="app", PolicyArn=arn)
    iam.put_role_policy(RoleName="app", PolicyName="inline", PolicyDocument=ALLOW)
    pages(iam, "get_account_authorization_details")
    iam.get_account_summary()


def simulation(c):
    iam = c.iam
    iam.simulate_custom_policy(PolicyInputList=[ALLOW], ActionNames=["s3:GetObject", "s3:PutObject"], ResourceArns=["arn:aws:s3:::data/x"])
    refused("InvalidInput", iam.simulate_custom_policy, PolicyInputList=["{"], ActionNames=["s3:GetObject"])
    refused("ValidationError", c.unchecked.simulate_custom_policy, PolicyInputList=[ALLOW], ActionNames=["x"])
    iam.create_user(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="inline", PolicyDocument=ALLOW.replace("\"*\"}", "\"*\", \"Condition\": {\"StringEquals\": {\"aws:PrincipalTag/team\": \"a\"}}}"))
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["s3:GetObject"])
    pages(iam, "simulate_principal_policy", PolicySourceArn=arn, ActionNames=["s3:GetObject", "s3:PutObject", "s3:ListBucket"])
    refused("NoSuchEntity", iam.simulate_principal_policy, PolicySourceArn=arn + "x", ActionNames=["s3:GetObject"])
    iam.get_context_keys_for_principal_policy(PolicySourceArn=arn)
    iam.get_context_keys_for_custom_policy(PolicyInputList=[ALLOW])


def reports(c):
    iam = c.iam
    refused("ReportNotPresent", iam.get_credential_report)
    iam.create_user(UserName="alice")
    iam.attach_user_policy(UserName="alice", PolicyArn=READ_ONLY)
    arn = f"arn:aws:iam::{ACCOUNT}:user/alice"
    iam.list_policies_granting_service_access(Arn=arn, ServiceNamespaces=["s3", "iam"])
    refused("NoSuchEntity", iam.list_policies_granting_service_access, Arn=arn + "x", ServiceNamespaces=["s3"])
    job = iam.generate_service_last_accessed_details(Arn=arn)["JobId"]
    iam.get_service_last_accessed_details(JobId=job)
    iam.get_service_last_accessed_details_with_entities(JobId=job, ServiceNamespace="s3")
    refused("NoSuchEntity", iam.get_service_last_accessed_details, JobId=str(uuid.UUID(int=0)))
    iam.generate_credential_report()
    iam.generate_credential_report()
    iam.get_credential_report()


def alice_who_may(iam, action):
    iam.create_user(UserName="alice")
    iam.put_user_policy(UserName="alice", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}))
    return iam.create_access_key(UserName="alice")["AccessKey"]


def sessions(c):
    iam, sts = c.iam, c.sts
    sts.get_caller_identity()
    iam.create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)
    role = f"arn:aws:iam::{ACCOUNT}:role/app"
    key = alice_who_may(iam, "sts:*")
    alice = c.as_credentials("sts", key)
    session = alice.assume_role(RoleArn=role, RoleSessionName="work", DurationSeconds=900, Tags=[{"Key": "team", "Value": "a"}],
                                Policy=ALLOW)["Credentials"]
    refused("AccessDenied", alice.assume_role, RoleArn=role + "x", RoleSessionName="work")
    refused("ValidationError", alice.assume_role, RoleArn=role, RoleSessionName="not allowed", DurationSeconds=900)
    c.as_credentials("sts", session).get_caller_identity()
    refused("AccessDenied", c.as_credentials("iam", session).get_role, RoleName="app")
    alice.get_session_token(DurationSeconds=900)
    alice.get_federation_token(Name="bob", Policy=ALLOW, DurationSeconds=900)
    alice.get_access_key_info(AccessKeyId=key["AccessKeyId"])
    refused("InvalidAuthorizationMessageException", sts.decode_authorization_message, EncodedMessage="made-up")
    wrong = {**key, "SecretAccessKey": "x" * 40}
    refused("SignatureDoesNotMatch", c.as_credentials("sts", wrong).get_caller_identity)
    refused("InvalidClientTokenId", c.as_credentials("sts", {**key, "AccessKeyId": "AKIAXXXXXXXXXXXXXXXX"}).get_caller_identity)
    arn = iam.create_open_id_connect_provider(Url=c.issuer, ClientIDList=["sts.amazonaws.com"])["OpenIDConnectProviderArn"]
    issuer = arn.split(":oidc-provider/")[1]
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"{issuer}:aud": "sts.amazonaws.com", f"{issuer}:sub": "system:serviceaccount:default:iam-test"}}}]}
    iam.create_role(RoleName="pod", AssumeRolePolicyDocument=json.dumps(trust))
    pod = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/pod", "RoleSessionName": "pod", "WebIdentityToken": c.token}
    sts.assume_role_with_web_identity(**pod)
    refused("AccessDenied", sts.assume_role_with_web_identity, **{**pod, "RoleArn": role})
    refused("InvalidIdentityToken", sts.assume_role_with_web_identity, **{**pod, "WebIdentityToken": "e30.e30.AAAA"})


def assertion(time, role, provider):
    """What an identity provider posts to a browser, signed with the key of `certificate.pem`."""
    from lxml import etree
    from signxml import CanonicalizationMethod, SignatureConstructionMethod, XMLSigner

    at = lambda seconds: datetime.datetime.fromtimestamp(time + seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes = {"Role": f"{role},{provider}", "RoleSessionName": "alice@example.com", "PrincipalTag:team": "blue"}
    root = etree.fromstring(RESPONSE.format(now=at(0), until=at(300), attributes="".join(
        f'<s:Attribute Name="https://aws.amazon.com/SAML/Attributes/{name}"><s:AttributeValue>{value}</s:AttributeValue></s:Attribute>'
        for name, value in attributes.items())))
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped, c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    certificate, private = ((FIXTURES / f"certificate.{kind}").read_text() for kind in ("pem", "key"))
    element = root.find("{urn:oasis:names:tc:SAML:2.0:assertion}Assertion")
    root.replace(element, signer.sign(element, key=private, cert=certificate, reference_uri="#_a", id_attribute="ID"))
    return base64.b64encode(etree.tostring(root)).decode()


def federation(c):
    """Principals of others that come in, and ours that go out. The account has an issuer from before, with a key that the test knows."""
    iam, sts = c.iam, c.sts
    certificate = "".join((FIXTURES / "certificate.pem").read_text().splitlines()[1:-1])
    provider = iam.create_saml_provider(Name="corp", SAMLMetadataDocument=SAML.replace(CERTIFICATE, certificate))["SAMLProviderArn"]
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": provider}, "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        "Condition": {"StringEquals": {"saml:aud": "https://signin.aws.amazon.com/saml"}}}]}
    role = iam.create_role(RoleName="staff", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    good = {"RoleArn": role, "PrincipalArn": provider, "SAMLAssertion": assertion(c.time, role, provider)}
    session = sts.assume_role_with_saml(**good, DurationSeconds=900, Policy=ALLOW)["Credentials"]
    c.as_credentials("sts", session).get_caller_identity()
    refused("AccessDenied", sts.assume_role_with_saml, **{**good, "RoleArn": role + "x"})
    refused("InvalidIdentityToken", sts.assume_role_with_saml, **{**good, "SAMLAssertion": base64.b64encode(b"<x/>").decode()})
    refused("ExpiredTokenException", sts.assume_role_with_saml, **{**good, "SAMLAssertion": assertion(c.time - 3600, role, provider)})

    asked = {"Audience": ["https://api.example"], "SigningAlgorithm": "RS256"}
    refused("FeatureDisabled", iam.get_outbound_web_identity_federation_info)
    refused("FeatureDisabled", iam.disable_outbound_web_identity_federation)
    refused("OutboundWebIdentityFederationDisabledException", sts.get_web_identity_token, **asked)
    iam.enable_outbound_web_identity_federation()
    refused("FeatureEnabled", iam.enable_outbound_web_identity_federation)
    iam.get_outbound_web_identity_federation_info()
    key = c.as_credentials("sts", alice_who_may(iam, "sts:*"))
    key.get_web_identity_token(**asked, DurationSeconds=60, Tags=[{"Key": "job", "Value": "7"}])
    refused("ValidationError", key.get_web_identity_token, **{**asked, "SigningAlgorithm": "HS256"})
    iam.disable_outbound_web_identity_federation()


def clusters(c):
    eks = c.eks
    network = {"subnetIds": ["subnet-1", "subnet-2"]}
    c.iam.create_role(RoleName="cluster", AssumeRolePolicyDocument=TRUST)
    role = f"arn:aws:iam::{ACCOUNT}:role/cluster"
    eks.create_cluster(name="prod", roleArn=role, resourcesVpcConfig=network, version="1.33", tags={"team": "platform"},
                       clientRequestToken="token")
    refused("ResourceInUseException", eks.create_cluster, name="prod", roleArn=role, resourcesVpcConfig=network)
    refused("InvalidParameterException", eks.create_cluster, name="not allowed!", roleArn=role, resourcesVpcConfig=network)
    eks.describe_cluster(name="prod")
    refused("ResourceNotFoundException", eks.describe_cluster, name="nothing")
    eks.create_cluster(name="test", roleArn=role, resourcesVpcConfig=network)
    pages(eks, "list_clusters")
    eks.delete_cluster(name="prod")
    refused("ResourceNotFoundException", eks.delete_cluster, name="prod")


def cli(c):
    """The AWS CLI, in this process, so that its clock stands still too."""
    from awscli.clidriver import create_clidriver

    def run(*arguments):
        driver = create_clidriver()
        driver.session.register("before-send", c.recorder)
        with contextlib.redirect_stdout(sys.stderr):
            return driver.main(list(arguments))

    assert run("sts", "get-caller-identity") == 0
    assert run("iam", "create-role", "--role-name", "app", "--assume-role-policy-document", TRUST, "--tags", "Key=team,Value=platform") == 0
    assert run("iam", "put-role-policy", "--role-name", "app", "--policy-name", "inline", "--policy-document", ALLOW) == 0
    assert run("iam", "get-role", "--role-name", "app", "--output", "table") == 0
    assert run("iam", "list-roles", "--page-size", "1") == 0
    assert run("iam", "get-role", "--role-name", "nobody") != 0
    assert run("iam", "create-role", "--role-name", "no spaces", "--assume-role-policy-document", TRUST) != 0
    assert run("eks", "describe-cluster", "--name", "dev") == 0
    assert run("sts", "assume-role-with-web-identity", "--role-arn", f"arn:aws:iam::{ACCOUNT}:role/app", "--role-session-name", "x",
               "--web-identity-token", c.token) != 0


def main(story, endpoint, time, issuer, token):
    now = datetime.datetime.fromtimestamp(int(time), datetime.timezone.utc)

    def stands_still(remove_tzinfo=True):
        return now.replace(tzinfo=None) if remove_tzinfo else now

    clocks = [botocore.auth, botocore.endpoint]
    if botocore.compat.HAS_CRT:
        # Then it is AWS's C library that signs.
        from botocore.crt import auth as crt
        clocks.append(crt)
    for module in clocks:
        module.get_current_datetime = stands_still
    # Tokens of idempotence are the same each time, and others in each story.
    numbers = itertools.count(zlib.crc32(story.encode()) << 32)
    uuid.uuid4 = lambda: uuid.UUID(int=next(numbers), version=4)
    globals()[story](Clients(Recorder(endpoint, sys.stdout), int(time), issuer, token))


main(*sys.argv[1:])
