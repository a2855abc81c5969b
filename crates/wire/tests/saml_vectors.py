"""Writes the vectors of `saml/`: canonical forms as libxml2 makes them, and responses as signxml signs them. Run by hand:

    pip install signxml==5.2.0 && python crates/wire/tests/saml_vectors.py
"""

import base64
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod, XMLSigner

FOLDER = pathlib.Path(__file__).parent / "saml"

# Document, the way to the element as indices among elements, and the prefixes of InclusiveNamespaces.
CANONICAL = [
    ("<a/>", [], []),
    ("<a  b = '1'\n c=\"2\"></a >", [], []),
    ("<?xml version='1.0' encoding='utf-8'?>\n<!-- before --><a><!-- inside -->x<!-- -->y</a>\n<!-- after -->", [], []),
    ("<a>&lt;&gt;&amp;&quot;&apos;&#13;&#xD;\r\n\r\t\n&#x20AC;\u20ac<![CDATA[<b>&amp;\r\n</b>]]></a>", [], []),
    ("<a b='&lt;&gt;&amp;&quot;&apos;&#13;&#10;&#9;\t\r\n x\n\n  y \u20ac'/>", [], []),
    ("<a z='1' a='2' Z='3' xml:lang='en' xml:space='preserve'/>", [], []),
    ("<p:a xmlns:p='urn:p' xmlns:q='urn:q' xmlns='urn:d'><b q:x='1'/><p:c/></p:a>", [], []),
    ("<p:a xmlns:p='urn:p' xmlns:q='urn:q' xmlns='urn:d'><b q:x='1'/><p:c/></p:a>", [0], []),
    ("<p:a xmlns:p='urn:p' xmlns:q='urn:q' xmlns='urn:d'><b q:x='1'/><p:c/></p:a>", [1], []),
    ("<a xmlns:z='urn:1' xmlns:y='urn:2' z:b='1' y:a='2' c='3'/>", [], []),
    ("<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'><d xmlns=''/></c></b></a>", [], []),
    ("<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'><d xmlns=''/></c></b></a>", [0], []),
    ("<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'><d xmlns=''/></c></b></a>", [0, 0], []),
    ("<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/><p:d/></p:b></p:a>", [], []),
    ("<p:a xmlns:p='urn:1'><q:b xmlns:q='urn:1'><p:c/></q:b></p:a>", [], []),
    ("<r xmlns:xs='urn:xs' xmlns:xsi='urn:xsi'><a><b xsi:type='xs:string'>t</b></a></r>", [0], []),
    ("<r xmlns:xs='urn:xs' xmlns:xsi='urn:xsi'><a><b xsi:type='xs:string'>t</b></a></r>", [0], ["xs"]),
    ("<r xmlns:xs='urn:xs' xmlns:xsi='urn:xsi'><a><b xsi:type='xs:string'>t</b></a></r>", [0, 0], ["xs", "xsi", "none"]),
    ("<r xmlns:xs='urn:1'><a><b xmlns:xs='urn:2'><c/></b><d/></a></r>", [0], ["xs"]),
    ("<r xmlns:p='urn:p'><a xmlns:q='urn:q'><p:b xmlns:r='urn:r'><q:c r:x='1' p:y='2'/></p:b></a></r>", [0, 0], []),
    ("<r xml:base='urn:b'><a xml:lang='de'/></r>", [0], []),
    ("<r xmlns:a='urn:z' xmlns:b='urn:a'><e b:k='1' a:k='2' k='3'/></r>", [0], []),
    ("<\u00e4 \u00f6='\u00fc'>\U0001f600</\u00e4>", [], []),
]


def canonical():
    for text, path, inclusive in CANONICAL:
        element = etree.fromstring(text.encode(), etree.XMLParser(strip_cdata=True, resolve_entities=False))
        for index in path:
            element = [child for child in element if isinstance(child.tag, str)][index]
        # What is after an element in its parent is not in it, nor are comments before the document's element.
        form = etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=inclusive or None, with_comments=False, with_tail=False)
        yield {"text": text, "path": path, "inclusive": inclusive, "canonical": form.decode()}


RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="_response" Version="2.0" IssueInstant="2023-11-14T22:13:20.123Z" Destination="https://signin.aws.amazon.com/saml">
  <saml:Issuer>https://idp.example/metadata</saml:Issuer>
  <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
  <saml:Assertion ID="_assertion" Version="2.0" IssueInstant="2023-11-14T22:13:20.123Z">
    <saml:Issuer>https://idp.example/metadata</saml:Issuer>
    <saml:Subject>
      <saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">alice</saml:NameID>
      <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
        <saml:SubjectConfirmationData NotOnOrAfter="2023-11-14T22:18:20Z" Recipient="https://signin.aws.amazon.com/saml"/>
      </saml:SubjectConfirmation>
    </saml:Subject>
    <saml:Conditions NotBefore="2023-11-14T22:13:15Z" NotOnOrAfter="2023-11-14T23:13:20Z">
      <saml:AudienceRestriction><saml:Audience>urn:amazon:webservices</saml:Audience></saml:AudienceRestriction>
    </saml:Conditions>
    <saml:AuthnStatement AuthnInstant="2023-11-14T22:13:20Z" SessionNotOnOrAfter="2023-11-15T06:13:20Z"><saml:AuthnContext/></saml:AuthnStatement>
    <saml:AttributeStatement>
      <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><saml:AttributeValue xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="xs:string">arn:aws:iam::123456789012:role/saml,arn:aws:iam::123456789012:saml-provider/Corp</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/RoleSessionName"><saml:AttributeValue>alice@example.com</saml:AttributeValue></saml:Attribute>
      <saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.1"><saml:AttributeValue>staff</saml:AttributeValue><saml:AttributeValue>R&amp;D "west"</saml:AttributeValue></saml:Attribute>
    </saml:AttributeStatement>
  </saml:Assertion>
</samlp:Response>
"""
NAMESPACES = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion"}


SIGNATURE = """<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#"><ds:SignedInfo>
<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces PrefixList="samlp xs"/></ds:CanonicalizationMethod>
<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>
<ds:Reference URI="#_assertion"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/><ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"><ec:InclusiveNamespaces PrefixList=" xs\n"/></ds:Transform></ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/></ds:Reference></ds:SignedInfo>
<ds:SignatureValue/></ds:Signature>"""


def sign_with_prefixes(assertion, key):
    """By hand: signxml digests with the prefixes of the CanonicalizationMethod, which are not the Transform's."""
    form = lambda element, prefixes: etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes, with_tail=False)
    digest = base64.b64encode(hashlib.sha256(form(assertion, ["xs"])).digest()).decode()
    signature = etree.fromstring(SIGNATURE)
    assertion.insert(1, signature)
    signature.find(".//{*}DigestValue").text = digest
    value = key.sign(form(signature[0], ["samlp", "xs"]), padding.PKCS1v15(), hashes.SHA256())
    signature.find("{*}SignatureValue").text = base64.encodebytes(value).decode()
    return assertion


def sign(element, key, method, digest, prefixes=None):
    if prefixes:
        return sign_with_prefixes(element, key)
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped, signature_algorithm=method, digest_algorithm=digest,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    return signer.sign(element, key=key, reference_uri="#" + element.get("ID"), id_attribute="ID")


def signed():
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    ec_key = ec.generate_private_key(ec.SECP384R1())
    cases = [
        ("assertion", ["assertion"], rsa_key, SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA256, None),
        ("response", ["response"], rsa_key, SignatureMethod.RSA_SHA512, DigestAlgorithm.SHA512, None),
        ("both", ["assertion", "response"], rsa_key, SignatureMethod.RSA_SHA384, DigestAlgorithm.SHA384, None),
        ("inclusive prefixes", ["assertion"], rsa_key, SignatureMethod.RSA_SHA256, DigestAlgorithm.SHA256, ["xs"]),
        ("elliptic curve", ["response"], ec_key, SignatureMethod.ECDSA_SHA384, DigestAlgorithm.SHA256, None),
    ]
    for name, what, key, method, digest, prefixes in cases:
        root = etree.fromstring(RESPONSE)
        for element in what:
            if element == "response":
                root = sign(root, key, method, digest, prefixes)
            else:
                old = root.find("saml:Assertion", NAMESPACES)
                new = sign(old, key, method, digest, prefixes)
                if new is not old:
                    root.replace(old, new)
        if isinstance(key, rsa.RSAPrivateKey):
            public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        else:
            public = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        yield {"name": name, "algorithm": method.name, "signatures": len(what), "key": base64.b64encode(public).decode(),
               "text": etree.tostring(root, encoding="unicode")}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, cases in (("canonical", canonical()), ("signed", signed())):
        (FOLDER / f"{name}.json").write_text(json.dumps(list(cases), indent=1) + "\n")
