"""`AssumeRoleWithSAML`: a small identity provider, signing with signxml, and what boto3 and the AWS CLI get for it."""

import base64
import datetime
import json
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
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


def test_the_log_says_who_it_was(dev, idp):
    exchange(dev, idp.response(name="logged"))
    lines = [line for file in (dev.data / "audit").rglob("*") if file.is_file() for line in file.read_text().splitlines()]
    [event] = [event for event in map(json.loads, lines) if event["eventName"] == "AssumeRoleWithSAML" and event["userIdentity"].get("userName") == "logged"]
    assert event["userIdentity"]["type"] == "SAMLUser" and event["userIdentity"]["identityProvider"] == PROVIDER
    assert event["requestParameters"]["sAMLAssertionID"] == "_a" and "SAMLAssertion" not in json.dumps(event)
