"""What the process counts, as Prometheus reads it."""

import re
import urllib.error
import urllib.request

import botocore.exceptions
import pytest


def counted(dev):
    """Each counter, by its name and its labels."""
    with urllib.request.urlopen(f"{dev.health}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    found = {}
    for line in lines:
        if match := re.fullmatch(r"(rolecall_\w+_total)(?:\{(.*)\})? (\d+)", line):
            labels = frozenset(re.findall(r'(\w+)="([^"]*)"', match[2] or ""))
            found[match[1], labels] = int(match[3])
    return found


def grown(dev, before, name, **labels):
    key = f"rolecall_{name}_total", frozenset(labels.items())
    return counted(dev).get(key, 0) - before.get(key, 0)


def test_the_gateway_counts_requests_decisions_and_faults(fresh_dev):
    dev = fresh_dev
    s3, iam = dev.client("s3"), dev.client("iam")
    iam.create_user(UserName="reader")
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    reader = dev.client("s3", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    before = counted(dev)
    s3.create_bucket(Bucket="counted", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    for number in range(3):
        s3.put_object(Bucket="counted", Key=f"k{number}", Body=b"x")
    for _ in range(2):
        with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
            reader.get_object(Bucket="counted", Key="k0")
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="counted", Key="none")
    assert grown(dev, before, "gateway_requests", operation="PutObject") == 3
    assert grown(dev, before, "gateway_requests", operation="GetObject") == 3
    assert grown(dev, before, "gateway_decisions", outcome="denied") == 2
    # The bucket, its three objects, the one that is not there, and that the caller may be told so.
    assert grown(dev, before, "gateway_decisions", outcome="allowed") == 6
    assert grown(dev, before, "gateway_faults", code="AccessDenied") == 2
    assert grown(dev, before, "requests", service="s3", operation="", status="4xx") == 3


def test_calls_are_counted_by_operation_and_status_and_by_nothing_that_a_client_chooses(fresh_dev):
    dev = fresh_dev
    before = counted(dev)
    dev.client("sts").get_caller_identity()
    with pytest.raises(botocore.exceptions.ClientError, match="NoSuchEntity"):
        dev.client("iam").get_role(RoleName="none")
    assert grown(dev, before, "requests", service="query", operation="GetCallerIdentity", status="2xx") == 1
    assert grown(dev, before, "requests", service="query", operation="GetRole", status="4xx") == 1
    series = len(counted(dev))
    for number in range(5):
        form = f"Action=Made{number}&Version=2011-06-15".encode()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(dev.endpoint, data=form, timeout=5)
    # All of them in one.
    assert len(counted(dev)) - series <= 1


def test_health_tells_the_truth(fresh_dev):
    for path in ["healthz", "readyz"]:
        with urllib.request.urlopen(f"{fresh_dev.health}/{path}", timeout=5) as answer:
            assert answer.status == 200
