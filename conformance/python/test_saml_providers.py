"""SAML providers as boto3 and Terraform drive them."""

import botocore.config
from test_refusals import refusal

METADATA = """<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.example/metadata"{until}>
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
"""
CERTIFICATE = "MIIB" * 300
DOCUMENT = METADATA.format(until="", certificate=CERTIFICATE)
NO_METADATA = (400, "InvalidInput", "Could not parse metadata")


def test_the_life_of_a_provider(dev):
    iam = dev.client("iam")
    made = iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=DOCUMENT, Tags=[{"Key": "a", "Value": "b"}])
    arn = made["SAMLProviderArn"]
    assert arn == "arn:aws:iam::123456789012:saml-provider/Corp" and made["Tags"] == [{"Key": "a", "Value": "b"}]
    assert refusal(iam.create_saml_provider, Name="Corp", SAMLMetadataDocument=DOCUMENT)[:2] == (409, "EntityAlreadyExists")
    shown = iam.get_saml_provider(SAMLProviderArn=arn)
    assert shown["SAMLMetadataDocument"] == DOCUMENT and shown["Tags"] == made["Tags"]
    assert shown["AssertionEncryptionMode"] == "Allowed" and shown["PrivateKeyList"] == []
    assert (shown["ValidUntil"] - shown["CreateDate"]).days == 36500
    limited = METADATA.format(until=' validUntil="2099-01-02T03:04:05Z"', certificate=CERTIFICATE)
    assert iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=limited)["SAMLProviderArn"] == arn
    [listed] = [p for p in iam.list_saml_providers()["SAMLProviderList"] if p["Arn"] == arn]
    assert listed["ValidUntil"].year == 2099 and listed["CreateDate"] == shown["CreateDate"]
    iam.tag_saml_provider(SAMLProviderArn=arn, Tags=[{"Key": "c", "Value": "d"}])
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["a"])
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"] == [{"Key": "c", "Value": "d"}]
    iam.delete_saml_provider(SAMLProviderArn=arn)
    assert refusal(iam.get_saml_provider, SAMLProviderArn=arn) == (404, "NoSuchEntity", f"Manifest not found for arn {arn}")


def test_what_is_no_metadata_is_refused(dev):
    iam = dev.client("iam")
    external = DOCUMENT.replace('<?xml version="1.0"?>', '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>').replace("MIIB", "&e;", 1)
    for wrong in ("x" * 1000, "<a>" + " " * 1000 + "</a>", external, DOCUMENT.replace("IDPSSODescriptor", "SPSSODescriptor"), DOCUMENT[:-30]):
        assert refusal(iam.create_saml_provider, Name="wrong", SAMLMetadataDocument=wrong) == NO_METADATA
    expired = METADATA.format(until=' validUntil="2001-01-02T03:04:05Z"', certificate=CERTIFICATE)
    assert refusal(iam.create_saml_provider, Name="wrong", SAMLMetadataDocument=expired)[:2] == (400, "InvalidInput")
    # The client would not send it.
    trusting = dev.client("iam", config=botocore.config.Config(parameter_validation=False))
    assert refusal(trusting.create_saml_provider, Name="wrong", SAMLMetadataDocument="<short/>")[:2] == (400, "ValidationError")
