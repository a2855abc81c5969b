"""Keys for SSH, certificates and service-specific credentials as boto3 drives them, made by OpenSSL where it is there."""

import re
import shutil
import subprocess

import pytest

from test_refusals import refusal

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the keys and certificates")
NOT_PEM = (400, "MalformedCertificate", "Unable to parse certificate. Please ensure the certificate is in PEM format.")


def openssl(*arguments, text=None):
    return subprocess.run(["openssl", *arguments], input=text, capture_output=True, check=True, text=True).stdout


def public_key():
    return openssl("pkey", "-pubout", text=openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"))


def certificate(folder, name, days="30", kind=("RSA", "rsa_keygen_bits:2048")):
    key = openssl("genpkey", "-algorithm", kind[0], "-pkeyopt", kind[1])
    path = folder / "key.pem"
    path.write_text(key)
    return openssl("req", "-x509", "-new", "-key", str(path), "-subj", f"/CN={name}", "-days", days), key


def test_keys_for_ssh(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="ssh")
    pem = public_key()
    key = iam.upload_ssh_public_key(UserName="ssh", SSHPublicKeyBody=pem)["SSHPublicKey"]
    identity = {"UserName": "ssh", "SSHPublicKeyId": key["SSHPublicKeyId"]}
    assert key["SSHPublicKeyId"].startswith("APKA") and key["Status"] == "Active" and key["SSHPublicKeyBody"] == pem
    assert re.fullmatch("([0-9a-f]{2}:){15}[0-9a-f]{2}", key["Fingerprint"])
    line = iam.get_ssh_public_key(**identity, Encoding="SSH")["SSHPublicKey"]["SSHPublicKeyBody"]
    assert line.startswith("ssh-rsa AAAA")
    assert iam.get_ssh_public_key(**identity, Encoding="PEM")["SSHPublicKey"]["SSHPublicKeyBody"].split() == pem.split()
    assert refusal(iam.upload_ssh_public_key, UserName="ssh", SSHPublicKeyBody=line + " me@laptop")[:2] == (400, "DuplicateSSHPublicKey")
    assert refusal(iam.upload_ssh_public_key, UserName="ssh", SSHPublicKeyBody="ssh-ed25519 AAAA") == (
        400, "UnrecognizedPublicKeyEncoding", "Invalid public key uploaded.")
    assert refusal(iam.upload_ssh_public_key, UserName="ssh", SSHPublicKeyBody=line[:-8])[:2] == (400, "InvalidPublicKey")
    iam.update_ssh_public_key(**identity, Status="Inactive")
    [listed] = iam.list_ssh_public_keys(UserName="ssh")["SSHPublicKeys"]
    assert listed["Status"] == "Inactive" and "SSHPublicKeyBody" not in listed
    assert refusal(iam.delete_user, UserName="ssh") == (409, "DeleteConflict", "Cannot delete entity, must remove referenced objects first.")
    iam.delete_ssh_public_key(**identity)
    gone = (404, "NoSuchEntity", f"The Public Key with id {key['SSHPublicKeyId']} cannot be found.")
    assert refusal(iam.delete_ssh_public_key, **identity) == gone
    assert refusal(iam.update_ssh_public_key, **identity, Status="Active") == gone
    assert refusal(iam.get_ssh_public_key, **identity, Encoding="SSH") == gone
    iam.delete_user(UserName="ssh")


def test_signing_certificates(dev, tmp_path):
    iam = dev.client("iam")
    iam.create_user(UserName="signer")
    first, key = certificate(tmp_path, "signer")
    made = iam.upload_signing_certificate(UserName="signer", CertificateBody=first)["Certificate"]
    assert made["UserName"] == "signer" and made["Status"] == "Active" and made["CertificateBody"].strip() == first.strip()
    assert refusal(iam.upload_signing_certificate, UserName="signer", CertificateBody=first)[:2] == (409, "DuplicateCertificate")
    for wrong in ("certificate", key.replace("\n", " ")):
        assert refusal(iam.upload_signing_certificate, UserName="signer", CertificateBody=wrong) == (
            400, "MalformedCertificate", f"Certificate {wrong} is malformed.")
    # Neither what was sent nor what was answered to it.
    assert not any(b"PRIVATE KEY" in file.read_bytes() for file in (dev.data / "audit").glob("*.jsonl"))
    iam.upload_signing_certificate(UserName="signer", CertificateBody=certificate(tmp_path, "signer")[0])
    third = certificate(tmp_path, "signer")[0]
    assert refusal(iam.upload_signing_certificate, UserName="signer", CertificateBody=third)[:2] == (409, "LimitExceeded")
    iam.update_signing_certificate(UserName="signer", CertificateId=made["CertificateId"], Status="Inactive")
    listed = {c["CertificateId"]: c["Status"] for c in iam.list_signing_certificates(UserName="signer")["Certificates"]}
    assert len(listed) == 2 and listed[made["CertificateId"]] == "Inactive"
    assert refusal(iam.delete_user, UserName="signer") == (409, "DeleteConflict", "Cannot delete entity, must delete certificates first.")
    for identity in listed:
        iam.delete_signing_certificate(UserName="signer", CertificateId=identity)
    assert refusal(iam.delete_signing_certificate, UserName="signer", CertificateId=identity) == (
        404, "NoSuchEntity", f"The Certificate with id {identity} cannot be found.")
    iam.delete_user(UserName="signer")


def test_server_certificates(dev, tmp_path):
    iam = dev.client("iam")
    body, key = certificate(tmp_path, "www.example.com")
    made = iam.upload_server_certificate(ServerCertificateName="Web", Path="/cloudfront/", CertificateBody=body, PrivateKey=key,
                                         Tags=[{"Key": "a", "Value": "b"}])
    metadata = made["ServerCertificateMetadata"]
    assert metadata["Arn"] == "arn:aws:iam::123456789012:server-certificate/cloudfront/Web" and made["Tags"] == [{"Key": "a", "Value": "b"}]
    assert metadata["ServerCertificateId"].startswith("ASCA") and metadata["Expiration"] > metadata["UploadDate"]
    upload = {"ServerCertificateName": "other", "CertificateBody": body, "PrivateKey": key}
    assert refusal(iam.upload_server_certificate, **{**upload, "ServerCertificateName": "web"}) == (
        409, "EntityAlreadyExists", "The Server Certificate with name web already exists.")
    other, other_key = certificate(tmp_path, "www.example.com", kind=("EC", "ec_paramgen_curve:P-384"))
    assert refusal(iam.upload_server_certificate, **{**upload, "PrivateKey": other_key})[:2] == (400, "KeyPairMismatch")
    assert refusal(iam.upload_server_certificate, **{**upload, "CertificateBody": "x"}) == NOT_PEM
    assert refusal(iam.upload_server_certificate, **upload, CertificateChain=other)[:2] == (400, "MalformedCertificate")
    iam.upload_server_certificate(ServerCertificateName="own", CertificateBody=other, PrivateKey=other_key, CertificateChain=other)
    shown = iam.get_server_certificate(ServerCertificateName="Web")["ServerCertificate"]
    assert shown["CertificateBody"].strip() == body.strip() and "PRIVATE" not in str(shown)
    iam.update_server_certificate(ServerCertificateName="Web", NewServerCertificateName="New", NewPath="/")
    assert refusal(iam.get_server_certificate, ServerCertificateName="Web") == (
        404, "NoSuchEntity", "The Server Certificate with name Web cannot be found.")
    assert [c["ServerCertificateName"] for c in iam.list_server_certificates()["ServerCertificateMetadataList"]] == ["New", "own"]
    iam.tag_server_certificate(ServerCertificateName="New", Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_server_certificate(ServerCertificateName="New", TagKeys=["a"])
    assert iam.list_server_certificate_tags(ServerCertificateName="New")["Tags"] == [{"Key": "c", "Value": "d"}]
    for name in ("New", "own"):
        iam.delete_server_certificate(ServerCertificateName=name)
    assert iam.list_server_certificates()["ServerCertificateMetadataList"] == []


def test_service_specific_credentials(dev):
    iam = dev.client("iam")
    iam.create_user(UserName="git")
    made = iam.create_service_specific_credential(UserName="git", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredential"]
    assert made["ServiceUserName"] == "git-at-123456789012" and len(made["ServicePassword"]) == 44
    assert made["ServiceSpecificCredentialId"].startswith("ACCA") and made["Status"] == "Active"
    identity = {"UserName": "git", "ServiceSpecificCredentialId": made["ServiceSpecificCredentialId"]}
    key = iam.create_service_specific_credential(UserName="git", ServiceName="bedrock.amazonaws.com", CredentialAgeDays=7)["ServiceSpecificCredential"]
    assert key["ServiceCredentialAlias"] == "git-at-123456789012" and key["ServiceCredentialSecret"] and "ServicePassword" not in key
    assert (key["ExpirationDate"] - key["CreateDate"]).days == 7
    assert refusal(iam.create_service_specific_credential, UserName="git", ServiceName="s3.amazonaws.com") == (
        404, "NoSuchEntity", "No such service s3.amazonaws.com is supported for Service Specific Credentials")
    again = iam.reset_service_specific_credential(**identity)["ServiceSpecificCredential"]
    assert again["ServicePassword"] != made["ServicePassword"] and again["ServiceUserName"] == made["ServiceUserName"]
    iam.update_service_specific_credential(**identity, Status="Inactive")
    [listed] = iam.list_service_specific_credentials(UserName="git", ServiceName="codecommit.amazonaws.com")["ServiceSpecificCredentials"]
    assert listed["Status"] == "Inactive" and "ServicePassword" not in listed
    everybody = iam.list_service_specific_credentials(AllUsers=True)["ServiceSpecificCredentials"]
    assert [c["UserName"] for c in everybody] == ["git", "git"]
    assert refusal(iam.delete_user, UserName="git") == (409, "DeleteConflict", "Cannot delete entity, must remove referenced objects first.")
    for credential in everybody:
        iam.delete_service_specific_credential(UserName="git", ServiceSpecificCredentialId=credential["ServiceSpecificCredentialId"])
    assert refusal(iam.delete_service_specific_credential, **identity)[:2] == (404, "NoSuchEntity")
    iam.delete_user(UserName="git")
