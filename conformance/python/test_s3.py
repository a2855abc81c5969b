"""Objects through the gateway, as each client sends them, over http and over https."""

import base64
import hashlib
import io
import json
import subprocess
import urllib.request

import botocore.exceptions
import pytest
from awscrt import checksums
from conftest import HERE, JAVASCRIPT, execute
from test_refusals import refusal

MIB = 1024 * 1024


@pytest.fixture(params=[False, True], ids=["http", "https"])
def s3(dev, request):
    return dev.client("s3", tls=request.param)


@pytest.fixture
def bucket(s3, request):
    name = "b-" + hashlib.sha1(request.node.nodeid.encode()).hexdigest()[:20]
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    return name


@pytest.mark.parametrize("algorithm", [None, "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
def test_put_and_get_with_every_checksum(s3, bucket, algorithm):
    options = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    s3.put_object(Bucket=bucket, Key="k", Body=b"body", Metadata={"a": "b"}, ContentType="text/plain", **options)
    answer = s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
    assert answer["Body"].read() == b"body"
    assert answer["Metadata"] == {"a": "b"} and answer["ContentType"] == "text/plain"
    assert answer["ETag"] == '"' + hashlib.md5(b"body").hexdigest() + '"'
    assert s3.head_object(Bucket=bucket, Key="k")["ContentLength"] == 4


def checksum_of(algorithm, body):
    if algorithm.startswith("SHA"):
        raw = hashlib.new(algorithm, body).digest()
    else:
        # The other implementation of them that is at hand: awscrt's, which botocore uses too.
        function = {"CRC32": checksums.crc32, "CRC32C": checksums.crc32c, "CRC64NVME": checksums.crc64nvme}[algorithm]
        raw = function(body).to_bytes(8 if algorithm == "CRC64NVME" else 4)
    return base64.b64encode(raw).decode()


ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]


def sent_trailers(s3):
    """The names of the checksums that the client sends in trailers from now on."""
    trailers = []
    s3.meta.events.register("before-send.s3", lambda request, **_: trailers.append(request.headers.get("X-Amz-Trailer")))
    return trailers


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_checksum_is_kept_whether_it_came_in_a_header_or_a_trailer(s3, bucket, algorithm):
    # Over https the client sends a stream's checksum in a trailer, over http in a header.
    trailers = sent_trailers(s3)
    field, value = f"Checksum{algorithm}", checksum_of(algorithm, b"body" * 1000)
    put = s3.put_object(Bucket=bucket, Key="k", Body=io.BytesIO(b"body" * 1000), ChecksumAlgorithm=algorithm, ContentEncoding="x-test")
    expected = f"x-amz-checksum-{algorithm.lower()}".encode() if s3.meta.endpoint_url.startswith("https") else None
    assert [t.encode() if isinstance(t, str) else t for t in trailers] == [expected]
    assert put[field] == value
    for read in (s3.get_object, s3.head_object):
        answer = read(Bucket=bucket, Key="k", ChecksumMode="ENABLED")
        assert (answer[field], answer["ChecksumType"]) == (value, "FULL_OBJECT")
        assert answer["ContentEncoding"] == "x-test"
    # The client asks for it by itself where it reads the body.
    assert field not in s3.head_object(Bucket=bucket, Key="k")
    assert s3.get_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["Body"].read() == b"body" * 1000
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["Checksum", "ObjectSize"])
    assert attributes["Checksum"] == {field: value, "ChecksumType": "FULL_OBJECT"} and attributes["ObjectSize"] == 4000
    s3.put_object(Bucket=bucket, Key="empty", Body=io.BytesIO(b""), ChecksumAlgorithm=algorithm)
    assert s3.head_object(Bucket=bucket, Key="empty", ChecksumMode="ENABLED")[field] == checksum_of(algorithm, b"")


@pytest.mark.parametrize("algorithm,kind", [
    ("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("CRC32C", "COMPOSITE"), ("CRC32C", "FULL_OBJECT"),
    ("CRC64NVME", "FULL_OBJECT"), ("SHA1", "COMPOSITE"), ("SHA256", "COMPOSITE")])
def test_checksums_of_uploads_in_parts(s3, bucket, algorithm, kind):
    field = f"Checksum{algorithm}"
    bodies = [b"a" * (5 * MIB), b"tail"]
    values = [checksum_of(algorithm, body) for body in bodies]
    created = s3.create_multipart_upload(Bucket=bucket, Key="big", ChecksumAlgorithm=algorithm, ChecksumType=kind)
    assert (created["ChecksumAlgorithm"], created["ChecksumType"]) == (algorithm, kind)
    upload, parts = created["UploadId"], []
    for number, body in enumerate(bodies, 1):
        part = s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=number, Body=io.BytesIO(body), ChecksumAlgorithm=algorithm)
        parts.append({"PartNumber": number, "ETag": part["ETag"], field: part[field]})
    assert [part[field] for part in parts] == values
    listed = s3.list_parts(Bucket=bucket, Key="big", UploadId=upload)
    assert (listed["ChecksumAlgorithm"], listed["ChecksumType"]) == (algorithm, kind)
    assert [part[field] for part in listed["Parts"]] == values
    if kind == "COMPOSITE":
        whole = checksum_of(algorithm, b"".join(base64.b64decode(value) for value in values)) + "-2"
    else:
        whole = checksum_of(algorithm, b"".join(bodies))
    wrong = [dict(part, **{field: values[0]}) for part in parts]
    assert refusal(s3.complete_multipart_upload, Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={"Parts": wrong})[:2] == (400, "InvalidPart")
    done = s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
    assert (done[field], done["ChecksumType"]) == (whole, kind)
    head = s3.head_object(Bucket=bucket, Key="big", ChecksumMode="ENABLED")
    assert (head[field], head["ChecksumType"]) == (whole, kind)
    attributes = s3.get_object_attributes(Bucket=bucket, Key="big", ObjectAttributes=["Checksum", "ObjectParts"])
    # Here S3 leaves the number of parts away, which it says beside it.
    assert attributes["Checksum"]["ChecksumType"] == kind
    assert attributes["Checksum"][field].split("-")[0] == whole.split("-")[0]
    assert attributes["ObjectParts"]["TotalPartsCount"] == 2
    if kind == "COMPOSITE":
        assert [part[field] for part in attributes["ObjectParts"]["Parts"]] == values


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_cli_shows_the_checksum_that_it_sent(dev, tmp_path, scheme):
    (tmp_path / "file").write_bytes(b"123456789")
    there = {"AWS_ENDPOINT_URL": dev.endpoint.replace("http://", f"{scheme}://"), "AWS_CA_BUNDLE": str(dev.data / "ca.pem")}
    assert dev.aws("s3", "mb", f"s3://sums-{scheme}", **there).code == 0
    for algorithm in ALGORITHMS:
        target = ["--bucket", f"sums-{scheme}", "--key", algorithm]
        put = dev.aws("s3api", "put-object", *target, "--body", str(tmp_path / "file"), "--checksum-algorithm", algorithm, **there)
        assert put.code == 0, put.err
        head = dev.aws("s3api", "head-object", *target, "--checksum-mode", "ENABLED", **there)
        assert head.json()[f"Checksum{algorithm}"] == checksum_of(algorithm, b"123456789")
        got = dev.aws("s3api", "get-object-attributes", *target, "--object-attributes", "Checksum", **there)
        assert got.json()["Checksum"][f"Checksum{algorithm}"] == checksum_of(algorithm, b"123456789")


def test_keys_of_any_legal_form(s3, bucket):
    keys = ["a b", "a+b", "a%2Fb", "ü/ö", "日本", "..", "../../etc/passwd", "a//b", "/lead", "trail/", "x" * 1024, "q?m=1&n", "a'b\"c<>"]
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    for key in keys:
        assert s3.get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode(), key
    listed = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3}) for o in page["Contents"]]
    assert listed == sorted(keys, key=lambda k: k.encode())
    assert [o["Key"] for o in s3.list_objects(Bucket=bucket)["Contents"]] == listed
    assert refusal(s3.put_object, Bucket=bucket, Key="x" * 1025, Body=b"")[:2] == (400, "KeyTooLongError")


def test_listing_with_prefix_and_delimiter(s3, bucket):
    for key in ("a/1", "a/2", "b/1", "c"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"")
    answer = s3.list_objects_v2(Bucket=bucket, Delimiter="/")
    assert [p["Prefix"] for p in answer["CommonPrefixes"]] == ["a/", "b/"]
    assert [o["Key"] for o in answer["Contents"]] == ["c"]
    assert s3.list_objects_v2(Bucket=bucket, Prefix="a/", MaxKeys=1)["IsTruncated"]


def test_ranges_and_conditions(s3, bucket):
    tag = s3.put_object(Bucket=bucket, Key="k", Body=b"0123456789")["ETag"]
    assert s3.get_object(Bucket=bucket, Key="k", Range="bytes=2-4")["Body"].read() == b"234"
    assert s3.get_object(Bucket=bucket, Key="k", Range="bytes=-3")["Body"].read() == b"789"
    assert refusal(s3.get_object, Bucket=bucket, Key="k", Range="bytes=20-")[:2] == (416, "InvalidRange")
    assert refusal(s3.get_object, Bucket=bucket, Key="k", IfNoneMatch=tag)[0] == 304
    assert refusal(s3.put_object, Bucket=bucket, Key="k", Body=b"", IfNoneMatch="*")[:2] == (412, "PreconditionFailed")


def test_multipart(s3, bucket):
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big")["UploadId"]
    parts = []
    for number, byte in ((1, b"a"), (2, b"b")):
        body = byte * (5 * MIB if number == 1 else 10)
        parts.append({"PartNumber": number, "ETag": s3.upload_part(Bucket=bucket, Key="big", UploadId=upload, PartNumber=number, Body=body)["ETag"]})
    assert len(s3.list_parts(Bucket=bucket, Key="big", UploadId=upload)["Parts"]) == 2
    assert [u["UploadId"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [upload]
    done = s3.complete_multipart_upload(Bucket=bucket, Key="big", UploadId=upload, MultipartUpload={"Parts": parts})
    assert done["ETag"].endswith('-2"')
    assert s3.get_object(Bucket=bucket, Key="big")["ContentLength"] == 5 * MIB + 10
    aborted = s3.create_multipart_upload(Bucket=bucket, Key="gone")["UploadId"]
    s3.abort_multipart_upload(Bucket=bucket, Key="gone", UploadId=aborted)
    assert refusal(s3.list_parts, Bucket=bucket, Key="gone", UploadId=aborted)[:2] == (404, "NoSuchUpload")


def test_copy_delete_many_and_tagging(s3, bucket):
    s3.put_object(Bucket=bucket, Key="from", Body=b"v", Tagging="team=a")
    s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from"})
    assert s3.get_object_tagging(Bucket=bucket, Key="to")["TagSet"] == [{"Key": "team", "Value": "a"}]
    s3.put_object_tagging(Bucket=bucket, Key="to", Tagging={"TagSet": [{"Key": "x", "Value": "y"}]})
    assert s3.get_object_tagging(Bucket=bucket, Key="to")["TagSet"] == [{"Key": "x", "Value": "y"}]
    s3.delete_object_tagging(Bucket=bucket, Key="to")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "from"}, {"Key": "to"}, {"Key": "never"}]})
    assert {d["Key"] for d in answer["Deleted"]} == {"from", "to", "never"}
    assert refusal(s3.get_object, Bucket=bucket, Key="from")[:2] == (404, "NoSuchKey")


def test_buckets(s3, bucket):
    assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "us-east-2"
    s3.head_bucket(Bucket=bucket)
    assert refusal(s3.create_bucket, Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-east-2"})[:2] == (409, "BucketAlreadyOwnedByYou")
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    assert refusal(s3.delete_bucket, Bucket=bucket)[:2] == (409, "BucketNotEmpty")
    s3.delete_object(Bucket=bucket, Key="k")
    s3.delete_bucket(Bucket=bucket)
    assert refusal(s3.list_objects_v2, Bucket=bucket)[:2] == (404, "NoSuchBucket")


def test_bucket_policies_are_stored_and_enforced(s3, bucket):
    assert refusal(s3.get_bucket_policy, Bucket=bucket)[:2] == (404, "NoSuchBucketPolicy")
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/locked/*"}]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == policy
    s3.put_object(Bucket=bucket, Key="open", Body=b"")
    status, code, message = refusal(s3.put_object, Bucket=bucket, Key="locked/k", Body=b"")
    assert (status, code) == (403, "AccessDenied") and "with an explicit deny in a resource-based policy" in message
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="locked/k", Body=b"")
    assert refusal(s3.put_bucket_policy, Bucket=bucket, Policy="{")[:2] == (400, "MalformedPolicy")


def test_bodies_that_do_not_match_leave_nothing(dev, bucket):
    s3 = dev.client("s3")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "bad", "ContentMD5": "AAAAAAAAAAAAAAAAAAAAAA=="}, ExpiresIn=60)
    request = urllib.request.Request(url, data=b"body", method="PUT", headers={"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert caught.value.code == 400
    assert refusal(s3.get_object, Bucket=bucket, Key="bad")[:2] == (404, "NoSuchKey")


def test_the_cli_moves_large_files_in_parts(dev, tmp_path):
    big = tmp_path / "big"
    big.write_bytes(bytes(range(256)) * (24 * MIB // 256))
    assert dev.aws("s3", "mb", "s3://large").code == 0
    assert dev.aws("s3", "cp", str(big), "s3://large/big").code == 0
    assert dev.aws("s3", "cp", "s3://large/big", "s3://large/copy").code == 0
    assert dev.aws("s3", "cp", "s3://large/copy", str(tmp_path / "back")).code == 0
    assert (tmp_path / "back").read_bytes() == big.read_bytes()
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "sub" / "a").write_text("a")
    assert dev.aws("s3", "sync", str(tmp_path / "tree"), "s3://large/tree").code == 0
    assert "sub/a" in dev.aws("s3", "ls", "--recursive", "s3://large/tree/").out
    assert dev.aws("s3", "rm", "--recursive", "s3://large").code == 0
    assert dev.aws("s3", "rb", "s3://large").code == 0


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_javascript_client(dev, tmp_path, scheme):
    environment = {**dev.env, "NODE_EXTRA_CA_CERTS": str(dev.data / "ca.pem"), "AWS_ENDPOINT_URL": dev.endpoint.replace("http://", scheme + "://"),
                   "ROLECALL_TEST_JAVASCRIPT": str(JAVASCRIPT)}
    result = execute(["node", HERE.parent / "javascript" / "s3.mjs", scheme], environment, tmp_path)
    assert result.code == 0, result.err + result.out
    assert result.out.strip().endswith("done")


def test_acknowledged_writes_survive_sigkill(fresh_dev):
    s3, iam = fresh_dev.client("s3"), fresh_dev.client("iam")
    s3.create_bucket(Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
    temporary = fresh_dev.client("sts").get_session_token()["Credentials"]
    for round in range(3):
        for n in range(5):
            s3.put_object(Bucket="kept", Key=f"{round}/{n}", Body=b"v" * 1000)
            iam.create_role(RoleName=f"r-{round}-{n}", AssumeRolePolicyDocument=trust)
        fresh_dev.restart_killed()
        listed = {o["Key"] for o in s3.list_objects_v2(Bucket="kept")["Contents"]}
        roles = {r["RoleName"] for r in iam.list_roles()["Roles"]}
        for past in range(round + 1):
            for n in range(5):
                assert f"{past}/{n}" in listed and f"r-{past}-{n}" in roles
        assert s3.get_object(Bucket="kept", Key=f"{round}/4")["Body"].read() == b"v" * 1000
        assert fresh_dev.client("sts", **fresh_dev.as_credentials(temporary)).get_caller_identity()["Account"] == "123456789012"
