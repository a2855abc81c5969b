"""Writes sigv4_vectors.json: requests signed by botocore, an independent signer. Run by hand: pip install botocore."""

import datetime
import json
import pathlib
import unittest.mock

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 11, 25, 3, 15, 0)
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
REQUESTS = [
    ("sts", "POST", "http://127.0.0.1:4566/", {"Content-Type": "application/x-www-form-urlencoded"}, b"Action=GetCallerIdentity&Version=2011-06-15", None),
    ("iam", "GET", "https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers", {}, b"", "token/with+signs=="),
    ("eks", "GET", "https://eks.us-east-2.amazonaws.com/clusters/a/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fx", {}, b"", None),
    ("eks", "GET", "https://eks.us-east-2.amazonaws.com/a/./b/../c//d/", {"X-Amz-Spaces": "  a   b  "}, b"", None),
    ("s3", "PUT", "https://s3.us-east-2.amazonaws.com/bucket/a%20b/%C3%BC/../x//y?partNumber=1&uploadId=a%2Bb", {"X-Amz-Meta-A": "v"}, b"body", None),
    ("s3", "GET", "https://s3.us-east-2.amazonaws.com/bucket/key?list-type=2&prefix=a%2Fb&delimiter=%2F&acl", {}, b"", "token"),
]


def main():
    vectors = []
    for service, method, url, headers, body, token in REQUESTS:
        for presigned in (False, True):
            if presigned and service != "s3" and body:
                continue
            credentials = Credentials("AKIDEXAMPLE", SECRET, token)
            request = AWSRequest(method, url, headers=headers, data=None if presigned else body)
            s3 = service == "s3"
            if presigned:
                signer = (S3SigV4QueryAuth if s3 else SigV4QueryAuth)(credentials, service, "us-east-2", expires=60)
            else:
                signer = (S3SigV4Auth if s3 else SigV4Auth)(credentials, service, "us-east-2")
            with unittest.mock.patch("botocore.auth.get_current_datetime", return_value=NOW):
                signer.add_auth(request)
            prepared = request.prepare()
            vectors.append({
                "service": service, "method": method, "url": prepared.url, "body": "" if presigned else body.decode(),
                "headers": {k.lower(): v if isinstance(v, str) else v.decode() for k, v in prepared.headers.items()},
            })
    path = pathlib.Path(__file__).with_name("sigv4_vectors.json")
    path.write_text(json.dumps({"secret": SECRET, "vectors": vectors}, indent=1) + "\n")


if __name__ == "__main__":
    main()
