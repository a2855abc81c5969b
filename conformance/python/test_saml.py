"""`AssumeRoleWithSAML`: a small identity provider, signing with signxml, and what boto3 and the AWS CLI get for it."""

import base64
import datetime
import json
import os
import re
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding as asymmetric
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import CanonicalizationMethod, SignatureConstructionMethod, XMLSigner
from test_refusals import refusal
from test_saml_providers import METADATA
from test_sts import statement

ENDPOINT = "https://signin.aws.amazon.com/saml"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
PROVIDER = "arn:aws:iam::123456789012:saml-provider/TestIdP"
ROLE = "arn:aws:iam::123456789012:role/saml-user"
NAMESPACES = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol", "s": "urn:oasis:names:tc:SAML:2.0:assertion",
    "d": "http://www.w3.org/2000/09/xmldsig#"}
RESPONSE = """<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r" Version="2.0" IssueInstant="{now}" Destination="{endpoint}">
  <s:Issuer>https://idp.example/metadata</s:Issuer>
  <p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></p:Status>
  <s:Assertion ID="_a" Version="2.0" IssueInstant="{now}">
    <s:Issuer>{issuer}</s:Issuer>
    <s:Subject>
      <s:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:{kind}">{name}</s:NameID>
      <s:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><s:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{endpoint}"/></s:SubjectConfirmation>
    </s:Subject>
    <s:Conditions NotBefore="{now}" NotOnOrAfter="{until}"><s:AudienceRestriction><s:Audience>{audience}</s:Audience></s:AudienceRestriction></s:Conditions>
    <s:AuthnStatement AuthnInstant="{now}"><s:AuthnContext/></s:AuthnStatement>
    <s:AttributeStatement>{attributes}</s:AttributeStatement>
  </s:Assertion>
</p:Response>
"""


class IdP:
    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
            .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(self.key, hashes.SHA256()))
        self.metadata = METADATA.format(until="", certificate=base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode())
        # The shortest that IAM takes.
        self.metadata += " " * (1000 - len(self.metadata))

    def response(self, attributes=None, what="Assertion", age=0, **values):
        now = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age)
        time = lambda seconds: (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        attributes = {"Role": [f"{ROLE},{PROVIDER}"], "RoleSessionName": ["alice@example.com"], **(attributes or {})}
        full = lambda name: name if ":" in name.split("PrincipalTag")[0] else ATTRIBUTES + name
        text = RESPONSE.format(**{
            "now": time(0), "until": time(900), "endpoint": ENDPOINT, "issuer": "https://idp.example/metadata", "status": "Success",
            "kind": "persistent", "name": "alice", "audience": "urn:amazon:webservices", **values,
            "attributes": "".join(
                f'<s:Attribute Name="{full(name)}">' + "".join(f"<s:AttributeValue>{one}</s:AttributeValue>" for one in some) + "</s:Attribute>"
                for name, some in attributes.items() if some)})
        root = etree.fromstring(text)
        if what == "Assertion":
            old = root.find("s:Assertion", NAMESPACES)
            root.replace(old, self.sign(old))
        elif what == "Response":
            root = self.sign(root)
        return etree.tostring(root).decode()

    def sign(self, element):
        signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped, c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
        return signer.sign(element, key=self.key, reference_uri="#" + element.get("ID"), id_attribute="ID")


@pytest.fixture(scope="module")
def idp(dev):
    idp = IdP()
    iam = dev.client("iam")
    assert iam.create_saml_provider(Name="TestIdP", SAMLMetadataDocument=idp.metadata)["SAMLProviderArn"] == PROVIDER
    trust = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": PROVIDER},
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {"StringEquals": {"saml:aud": ENDPOINT}, "ForAllValues:StringLike": {"saml:edupersonaffiliation": ["staff", "member"]}}}]}
    iam.create_role(RoleName="saml-user", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="saml-user", PolicyName="p", PolicyDocument=json.dumps(
        statement("Allow", "s3:ListAllMyBuckets", Condition={"StringEquals": {"saml:sub": "alice"}})))
    return idp


XENC, XENC11 = "http://www.w3.org/2001/04/xmlenc#", "http://www.w3.org/2009/xmlenc11#"
DIGESTS = {
    hashes.SHA1: ("http://www.w3.org/2000/09/xmldsig#sha1", "sha1"), hashes.SHA256: (XENC + "sha256", "sha256"),
    hashes.SHA384: ("http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384"), hashes.SHA512: (XENC + "sha512", "sha512")}


def encrypted(response, certified, cipher="aes256-gcm", digest=hashes.SHA256, beside=False, old=False, rsa15=False, inherits=False, change=None):
    """The response with its assertion encrypted for this key, as identity providers do it."""
    root = etree.fromstring(response)
    assertion = root.find("s:Assertion", NAMESPACES)
    # A document of its own, or as it stands in the response, which declares its namespaces.
    plain = etree.tostring(assertion, method="c14n", exclusive=True)
    if inherits:
        plain = plain.replace(b' xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion"', b"", 1)
        assert b"<s:Assertion ID" in plain
    bits, mode = re.fullmatch(r"aes(\d+)-(\w+)", cipher).groups()
    key = os.urandom(int(bits) // 8)
    if mode == "gcm":
        start = os.urandom(12)
        text = start + AESGCM(key).encrypt(start, plain, None)
    else:
        start, fill = os.urandom(16), 16 - len(plain) % 16
        padded = plain + os.urandom(fill - 1) + bytes([fill])
        encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
        text = start + encryptor.update(padded) + encryptor.finalize()
    text = change(text) if change else text
    padding = asymmetric.PKCS1v15() if rsa15 else asymmetric.OAEP(mgf=asymmetric.MGF1(digest()), algorithm=digest(), label=None)
    wrapped = certified.public_key().encrypt(key, padding)
    uri, mask = DIGESTS[digest]
    method = f'<x:EncryptionMethod Algorithm="{XENC11}rsa-oaep"><d:DigestMethod Algorithm="{uri}"/><y:MGF Algorithm="{XENC11}mgf1{mask}"/></x:EncryptionMethod>'
    if old:
        method = f'<x:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"><d:DigestMethod Algorithm="{uri}"/></x:EncryptionMethod>'
    if rsa15:
        method = f'<x:EncryptionMethod Algorithm="{XENC}rsa-1_5"/>'
    value = lambda some: f"<x:CipherData><x:CipherValue>{base64.encodebytes(some).decode()}</x:CipherValue></x:CipherData>"
    sealed_key = f'<x:EncryptedKey Id="_k">{method}{value(wrapped)}</x:EncryptedKey>'
    namespace = XENC11 if mode == "gcm" else XENC
    info = f'<d:RetrievalMethod Type="{XENC}EncryptedKey" URI="#_k"/>' if beside else sealed_key
    element = etree.fromstring(
        f'<s:EncryptedAssertion xmlns:s="{NAMESPACES["s"]}" xmlns:x="{XENC}" xmlns:y="{XENC11}" xmlns:d="{NAMESPACES["d"]}">'
        f'<x:EncryptedData Type="{XENC}Element"><x:EncryptionMethod Algorithm="{namespace}{cipher}"/><d:KeyInfo>{info}</d:KeyInfo>'
        f'{value(text)}</x:EncryptedData>{sealed_key if beside else ""}</s:EncryptedAssertion>')
    root.replace(assertion, element)
    return root


def exchange(dev, response, **more):
    text = base64.b64encode(response.encode()).decode()
    # The client has no credentials: the assertion is the credential.
    sts = dev.client("sts", aws_access_key_id=None, aws_secret_access_key=None)
    return sts.assume_role_with_saml(**{"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": text, **more})


@pytest.mark.parametrize("what", ["Assertion", "Response"])
def test_an_assertion_becomes_a_session(dev, idp, what):
    answer = exchange(dev, idp.response({"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"]}, what=what))
    assert answer["AssumedRoleUser"]["Arn"] == "arn:aws:sts::123456789012:assumed-role/saml-user/alice@example.com"
    assert {key: answer[key] for key in ("Subject", "SubjectType", "Issuer", "Audience")} == {
        "Subject": "alice", "SubjectType": "persistent", "Issuer": "https://idp.example/metadata", "Audience": ENDPOINT}
    assert len(base64.b64decode(answer["NameQualifier"])) == 20 and "PackedPolicySize" not in answer
    session = dev.as_credentials(answer["Credentials"])
    assert dev.client("sts", **session).get_caller_identity()["Arn"] == answer["AssumedRoleUser"]["Arn"]
    # `saml:sub` stays a condition key of what the session does.
    assert "Buckets" in dev.client("s3", **session).list_buckets()
    other = dev.as_credentials(exchange(dev, idp.response(name="bob", what=what))["Credentials"])
    assert refusal(dev.client("s3", **other).list_buckets)[1] == "AccessDenied"


def test_tags_source_identity_and_duration_come_from_the_assertion(dev, idp):
    answer = exchange(dev, idp.response({
        "PrincipalTag:team": ["blue"], "TransitiveTagKeys": ["team"], "SourceIdentity": ["alice"], "SessionDuration": ["900"],
        "Role": [f"{PROVIDER}, {ROLE}"]}), DurationSeconds=3600, Policy=json.dumps(statement("Allow", "s3:*")))
    assert answer["SourceIdentity"] == "alice" and answer["PackedPolicySize"] > 0
    left = answer["Credentials"]["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert 800 < left.total_seconds() <= 900


def test_the_aws_cli(dev, idp):
    (dev.folder / "response").write_text(base64.b64encode(idp.response().encode()).decode())
    shown = dev.aws("sts", "assume-role-with-saml", "--role-arn", ROLE, "--principal-arn", PROVIDER, "--saml-assertion", "file://response")
    assert shown.code == 0, shown.err
    assert shown.json()["Subject"] == "alice"


def test_each_refusal(dev, idp):
    signature = "Response signature invalid"
    denied = (403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
    invalid = lambda text: (400, "InvalidIdentityToken", text)
    good = idp.response()
    assertion = re.search("<s:Assertion.*</s:Assertion>", good, re.S)[0]
    forged = re.sub("<ds:Signature.*</ds:Signature>", "", assertion, flags=re.S).replace('ID="_a"', 'ID="_b"').replace(">alice<", ">root<")
    assert forged != assertion and "Signature" not in forged
    for response, expected in [
        (good.replace(">alice<", ">root<"), invalid(signature)),
        (good.replace("saml-user", "saml-admin"), invalid(signature)),
        (idp.response(what=None), invalid(signature)),
        (IdP().response(), invalid(signature)),
        (good.replace("rsa-sha256", "rsa-sha1"), invalid(signature)),
        (good.replace(assertion, forged + assertion), invalid("The SAML response is invalid")),
        (good.replace(assertion, forged).replace("</p:Status>", f"</p:Status><p:Extensions>{assertion}</p:Extensions>"), invalid("The SAML response is invalid")),
        ("<!DOCTYPE x [<!ENTITY e 'alice'>]>" + good.replace(">alice<", ">&e;<"), invalid("The SAML response is invalid")),
        (idp.response(issuer="https://other.example", what="Assertion").replace("<s:Issuer>https://idp.example/metadata", "<s:Issuer>https://other.example"), invalid("Issuer not present in specified provider")),
        (idp.response(audience="urn:other"), invalid("Response does not contain the required audience")),
        (idp.response(endpoint="https://other.example/saml"), invalid("Response does not contain the required recipient")),
        (idp.response({"RoleSessionName": []}), invalid("RoleSessionName is required in AuthnResponse")),
        (idp.response({"RoleSessionName": ["John Doe"]}), invalid("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")),
        (idp.response({"Role": []}), denied),
        (idp.response({"urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["student"]}), denied),
        (idp.response(name=""), denied),
        (idp.response(age=1000), (400, "ExpiredTokenException", "Response has expired")),
        (idp.response(age=400), (400, "ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")),
        (idp.response(status="AuthnFailed"), (403, "IDPRejectedClaim", "The identity provider (IdP) reported that authentication failed")),
    ]:
        assert refusal(exchange, dev, response) == expected, response
    # A comment is no part of the name, and does not cut it either.
    assert exchange(dev, good.replace(">alice<", ">al<!-- -->ice<"))["Subject"] == "alice"
    assert refusal(exchange, dev, good, PrincipalArn=PROVIDER + "x") == invalid("Specified provider doesn't exist")
    assert refusal(exchange, dev, good, RoleArn=ROLE + "x") == denied
    assert refusal(exchange, dev, good, SAMLAssertion="????") == invalid("Invalid base64 SAMLResponse")
    assert refusal(exchange, dev, good, SAMLAssertion="A" * 100_001)[:2] == (400, "ValidationError")


@pytest.fixture(scope="module")
def private(dev, idp):
    """Two private keys of the provider, in the two forms that there are."""
    iam = dev.client("iam")
    keys = [rsa.generate_private_key(public_exponent=65537, key_size=size) for size in (2048, 3072)]
    forms = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.PrivateFormat.PKCS8)
    for key, form in zip(keys, forms):
        pem = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
        iam.update_saml_provider(SAMLProviderArn=PROVIDER, AddPrivateKey=pem)
    shown = iam.get_saml_provider(SAMLProviderArn=PROVIDER)
    assert len(shown["PrivateKeyList"]) == 2 and "PRIVATE KEY" not in json.dumps(shown, default=str)
    return keys


@pytest.mark.parametrize("cipher", ["aes256-gcm", "aes128-gcm", "aes256-cbc", "aes128-cbc"])
@pytest.mark.parametrize("which", [0, 1])
def test_an_encrypted_assertion_becomes_a_session(dev, idp, private, cipher, which):
    response = etree.tostring(encrypted(idp.response(), private[which], cipher)).decode()
    assert "alice" not in response
    answer = exchange(dev, response)
    assert answer["Subject"] == "alice" and answer["AssumedRoleUser"]["Arn"].endswith("saml-user/alice@example.com")


def test_how_the_key_is_encrypted(dev, idp, private):
    for options in [{"digest": digest} for digest in DIGESTS] + [{"digest": hashes.SHA1, "old": True}, {"beside": True}, {"inherits": True}]:
        response = etree.tostring(encrypted(idp.response(), private[0], **options)).decode()
        assert exchange(dev, response)["Subject"] == "alice", options
    # The response is signed, with what is encrypted in it; the assertion need not be, or is as well.
    for what in (None, "Assertion"):
        signed = etree.tostring(idp.sign(encrypted(idp.response(what=what), private[0], "aes256-cbc"))).decode()
        assert exchange(dev, signed)["Subject"] == "alice"
        changed = re.sub(r"(<x:CipherValue>.)", lambda found: found[0][:-1] + ("A" if found[0][-1] != "A" else "B"), signed, count=1)
        assert refusal(exchange, dev, changed) == (400, "InvalidIdentityToken", "Response signature invalid")


def test_what_is_wrong_with_what_is_encrypted_is_not_told(dev, idp, private):
    one = (400, "InvalidIdentityToken", "Response signature invalid")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = lambda root: etree.tostring(root).decode()
    flip = lambda at: lambda text: text[:at] + bytes([text[at] ^ 1]) + text[at + 1:]
    for cipher in ("aes256-gcm", "aes256-cbc"):
        refused = [
            encrypted(idp.response(), other, cipher),
            encrypted(idp.response(what=None), private[0], cipher),
            encrypted(IdP().response(), private[0], cipher),
            encrypted(idp.response(issuer="https://other.example"), private[0], cipher),
            # A byte at its begin, in its middle, of its padding or tag; and what is cut.
            *(encrypted(idp.response(), private[0], cipher, change=flip(at)) for at in (0, 20, 500, -1, -17)),
            *(encrypted(idp.response(), private[0], cipher, change=lambda text, cut=cut: text[:cut]) for cut in (0, 8, 16, 32, 33, -16)),
        ]
        for root in refused:
            sent = time.monotonic()
            assert refusal(exchange, dev, text(root)) == one, text(root)
            # Nor does the time tell it: none is answered before this.
            assert time.monotonic() - sent >= 0.04
    assert refusal(exchange, dev, text(encrypted(idp.response(), private[0], rsa15=True))) == (
        400, "InvalidIdentityToken", "The SAML response is invalid")
    # What is signed is checked as in the open.
    assert refusal(exchange, dev, text(encrypted(idp.response(audience="urn:other"), private[0]))) == (
        400, "InvalidIdentityToken", "Response does not contain the required audience")
    assert refusal(exchange, dev, text(encrypted(idp.response({"Role": []}), private[0])))[1] == "AccessDenied"


def test_what_a_provider_requires_and_with_which_keys(dev, idp, private):
    iam = dev.client("iam")
    update = lambda **changes: iam.update_saml_provider(SAMLProviderArn=PROVIDER, **changes)
    sealed = lambda key: etree.tostring(encrypted(idp.response(), key)).decode()
    update(AssertionEncryptionMode="Required")
    assert refusal(exchange, dev, idp.response()) == (400, "InvalidIdentityToken", "The specified provider requires encrypted assertions")
    assert exchange(dev, sealed(private[0]))["Subject"] == "alice"
    first, second = (key["KeyId"] for key in iam.get_saml_provider(SAMLProviderArn=PROVIDER)["PrivateKeyList"])
    pem = private[0].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    assert refusal(update, AddPrivateKey=pem) == (409, "LimitExceeded", "Private key limit of 2 is reached.")
    update(RemovePrivateKey=first)
    assert refusal(exchange, dev, sealed(private[0])) == (400, "InvalidIdentityToken", "Response signature invalid")
    assert exchange(dev, sealed(private[1]))["Subject"] == "alice"
    assert refusal(update, RemovePrivateKey=second)[:2] == (400, "InvalidInput")
    assert refusal(update, AddPrivateKey=pem, RemovePrivateKey=second)[:2] == (400, "InvalidInput")
    assert refusal(update)[:2] == (400, "InvalidInput")
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    for wrong in ("key", short, pem.replace("PRIVATE KEY", "PUBLIC KEY"), pem + pem):
        assert refusal(update, AddPrivateKey=wrong) == (400, "InvalidInput", "Invalid private key.")
    update(AssertionEncryptionMode="Allowed")
    assert exchange(dev, idp.response())["Subject"] == "alice"
    # Nothing of a key is in the log, nor in the store in the open.
    assert not any(b"PRIVATE KEY" in file.read_bytes() for folder in ("audit", "store") for file in (dev.data / folder).rglob("*") if file.is_file())


def test_the_log_says_who_it_was(dev, idp):
    exchange(dev, idp.response(name="logged"))
    lines = [line for file in (dev.data / "audit").rglob("*") if file.is_file() for line in file.read_text().splitlines()]
    [event] = [event for event in map(json.loads, lines) if event["eventName"] == "AssumeRoleWithSAML" and event["userIdentity"].get("userName") == "logged"]
    assert event["userIdentity"]["type"] == "SAMLUser" and event["userIdentity"]["identityProvider"] == PROVIDER
    assert event["requestParameters"]["sAMLAssertionID"] == "_a" and "SAMLAssertion" not in json.dumps(event)
