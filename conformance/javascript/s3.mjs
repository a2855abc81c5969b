// The AWS SDK for JavaScript v3 against the endpoint of its environment: uploads as it sends them, presigned URLs, refusals.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const require = createRequire(process.env.ROLECALL_TEST_JAVASCRIPT + '/package.json');
const { S3Client, CreateBucketCommand, PutObjectCommand, GetObjectCommand, CopyObjectCommand, DeleteObjectsCommand,
  ListObjectsV2Command, PutBucketPolicyCommand } = require('@aws-sdk/client-s3');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');
const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
const { IAMClient, CreateRoleCommand, GetRoleCommand, DeleteRoleCommand } = require('@aws-sdk/client-iam');

const bucket = `js-${process.argv[2]}`;
const s3 = new S3Client({ forcePathStyle: true });
assert.equal((await new STSClient().send(new GetCallerIdentityCommand())).Account, '123456789012');

await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: 'us-east-2' } }));
await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'buffer', Body: Buffer.from('buffer') }));
const text = 'streamed '.repeat(20000);
await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'stream', Body: Readable.from([text]), ContentLength: text.length }));
for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'SHA1', 'SHA256']) {
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: ChecksumAlgorithm, Body: 'body', ChecksumAlgorithm }));
  const back = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: ChecksumAlgorithm, ChecksumMode: 'ENABLED' }));
  assert.equal(await back.Body.transformToString(), 'body');
}
const back = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'stream' }));
assert.equal(await back.Body.transformToString(), text);
await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: 'copy', CopySource: `${bucket}/stream` }));
const listed = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
assert.deepEqual(listed.Contents.map((o) => o.Key), ['CRC32', 'CRC32C', 'SHA1', 'SHA256', 'buffer', 'copy', 'stream']);

const url = await getSignedUrl(s3, new GetObjectCommand({ Bucket: bucket, Key: 'buffer' }), { expiresIn: 60 });
assert.equal(await (await fetch(url)).text(), 'buffer');
assert.equal((await fetch(url.replace('buffer', 'stream'))).status, 403);

await assert.rejects(s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'missing' })), { name: 'NoSuchKey' });
await assert.rejects(s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: '{' })), { name: 'MalformedPolicy' });
const deleted = await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: listed.Contents.map(({ Key }) => ({ Key })) } }));
assert.equal(deleted.Deleted.length, 7);

const iam = new IAMClient();
const trust = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
await iam.send(new CreateRoleCommand({ RoleName: bucket, AssumeRolePolicyDocument: trust }));
const role = (await iam.send(new GetRoleCommand({ RoleName: bucket }))).Role;
assert.deepEqual(JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument)), JSON.parse(trust));
await iam.send(new DeleteRoleCommand({ RoleName: bucket }));
await assert.rejects(iam.send(new GetRoleCommand({ RoleName: bucket })), { name: 'NoSuchEntityException' });
console.log('done');
