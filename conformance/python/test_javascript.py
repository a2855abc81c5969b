"""The AWS SDK for JavaScript v3 on IAM and STS."""

from conftest import HERE, JAVASCRIPT, execute


def test_iam_and_sts(fresh_dev):
    for arguments in (
        ["utils", "associate-iam-oidc-provider", "--cluster", "dev", "--approve"],
        ["create", "iamserviceaccount", "--cluster", "dev", "--name", "js", "--role-name", "js-pod", "--attach-policy-arn",
         "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "--approve"],
    ):
        done = fresh_dev.rolecall(*arguments)
        assert done.code == 0, done.err
    token = fresh_dev.folder / "token"
    token.write_text(fresh_dev.token("default/js"))
    environment = {**fresh_dev.env, "ROLECALL_TEST_JAVASCRIPT": str(JAVASCRIPT), "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
                   "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/js-pod"}
    result = execute(["node", HERE.parent / "javascript" / "iam.mjs"], environment, fresh_dev.folder)
    assert (result.code, result.out.strip()) == (0, "done"), result.err
