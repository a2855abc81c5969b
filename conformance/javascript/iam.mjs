// The AWS SDK for JavaScript v3 on IAM and STS, against the endpoint of its environment: pages, faults by their names, and
// every way to a session that it has.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';

const require = createRequire(process.env.ROLECALL_TEST_JAVASCRIPT + '/package.json');
const { IAMClient, CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, CreateVirtualMFADeviceCommand, EnableMFADeviceCommand,
  GetRoleCommand, ListUsersCommand, PutRolePolicyCommand, PutUserPolicyCommand, paginateListRoles } = require('@aws-sdk/client-iam');
const { STSClient, AssumeRoleCommand, DecodeAuthorizationMessageCommand, GetCallerIdentityCommand, GetFederationTokenCommand,
  GetSessionTokenCommand, GetWebIdentityTokenCommand } = require('@aws-sdk/client-sts');
const { S3Client, ListBucketsCommand } = require('@aws-sdk/client-s3');
const { fromTemporaryCredentials, fromTokenFile } = require('@aws-sdk/credential-providers');

const account = '123456789012';
const statement = (effect, ...actions) => ({ Effect: effect, Action: actions, Resource: '*' });
const policy = (...statements) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const as = ({ AccessKeyId, SecretAccessKey, SessionToken }) =>
  ({ credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } });
const who = async (options) => (await new STSClient(options).send(new GetCallerIdentityCommand())).Arn;

// Pages: each role once, whatever the size of a page.
const iam = new IAMClient();
const trust = policy({ Effect: 'Allow', Principal: { AWS: account }, Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: {
  StringLike: { 'sts:RoleSessionName': 'js-*' } } });
const names = Array.from({ length: 7 }, (_, n) => `js-iam-${n}`);
for (const RoleName of names) {
  await iam.send(new CreateRoleCommand({ RoleName, Path: '/js/', AssumeRolePolicyDocument: trust, Tags: [{ Key: 'team', Value: 'js' }] }));
}
const listed = [];
for await (const page of paginateListRoles({ client: iam, pageSize: 3 }, { PathPrefix: '/js/' })) {
  assert.ok(page.Roles.length <= 3);
  listed.push(...page.Roles.map((role) => role.RoleName));
}
assert.deepEqual(listed, names);

// Faults by the names that the SDK gives them.
await assert.rejects(iam.send(new GetRoleCommand({ RoleName: 'js-nobody' })), {
  name: 'NoSuchEntityException', message: 'The role with name js-nobody cannot be found.' });
await assert.rejects(iam.send(new CreateRoleCommand({ RoleName: names[0], AssumeRolePolicyDocument: trust })), { name: 'EntityAlreadyExistsException' });
await assert.rejects(iam.send(new PutRolePolicyCommand({ RoleName: names[0], PolicyName: 'p', PolicyDocument: '{' })), { name: 'MalformedPolicyDocumentException' });

// A user, whose key everything below begins with.
await iam.send(new CreateUserCommand({ UserName: 'js-user' }));
await iam.send(new PutUserPolicyCommand({ UserName: 'js-user', PolicyName: 'p', PolicyDocument: policy(
  statement('Allow', 'sts:*', 's3:ListAllMyBuckets', 'iam:ListUsers'), statement('Deny', 'iam:ListRoles')) }));
const user = as((await iam.send(new CreateAccessKeyCommand({ UserName: 'js-user' }))).AccessKey);
const sts = new STSClient(user);

// A role with tags and a session policy, which takes more than it gives.
const [name] = names;
const RoleArn = `arn:aws:iam::${account}:role/js/${name}`;
await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'p', PolicyDocument: policy(
  { ...statement('Allow', 's3:ListAllMyBuckets', 'iam:ListUsers'), Condition: { StringEquals: { 'aws:PrincipalTag/job': 'build' } } }) }));
const Tags = [{ Key: 'job', Value: 'build' }];
const assumed = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'js-1', Tags, Policy: policy(statement('Allow', 's3:ListAllMyBuckets')) }));
assert.equal(assumed.AssumedRoleUser.Arn, `arn:aws:sts::${account}:assumed-role/${name}/js-1`);
assert.ok(assumed.PackedPolicySize > 0 && assumed.Credentials.Expiration > new Date());
assert.ok((await new S3Client(as(assumed.Credentials)).send(new ListBucketsCommand())).Buckets);
await assert.rejects(new IAMClient(as(assumed.Credentials)).send(new ListUsersCommand()), { name: 'AccessDenied', message: /no session policy allows/ });
await assert.rejects(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'other' })), { name: 'AccessDenied' });
const large = Array.from({ length: 50 }, (_, n) => ({ Key: `key-${n}`, Value: 'v'.repeat(200) }));
await assert.rejects(sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'js-1', Tags: large })), { name: 'PackedPolicyTooLargeException' });
// The same through the SDK's own provider.
const provided = { credentials: fromTemporaryCredentials({ masterCredentials: user.credentials, params: { RoleArn, RoleSessionName: 'js-2', Tags } }) };
assert.equal(await who(provided), `arn:aws:sts::${account}:assumed-role/${name}/js-2`);
assert.ok((await new IAMClient(provided).send(new ListUsersCommand())).Users);

// A token file, as in a pod: role and file come from the environment.
assert.match(await who({ credentials: fromTokenFile() }), new RegExp(`:assumed-role/${process.env.AWS_ROLE_ARN.split('/').pop()}/`));

// A federated user, and what may not federate.
const federated = await sts.send(new GetFederationTokenCommand({ Name: 'js-bob', Policy: policy(statement('Allow', 's3:ListAllMyBuckets')) }));
assert.equal(await who(as(federated.Credentials)), `arn:aws:sts::${account}:federated-user/js-bob`);
await assert.rejects(new STSClient(as(assumed.Credentials)).send(new GetFederationTokenCommand({ Name: 'js-bob' })), { name: 'AccessDenied' });

// A refusal, decoded.
const refused = new IAMClient(user);
let sealed;
refused.middlewareStack.add((next) => async (args) => {
  const result = await next(args);
  sealed = result.response.headers['x-rolecall-authorization-message'];
  return result;
}, { step: 'deserialize', priority: 'low' });
await assert.rejects(async () => { for await (const _ of paginateListRoles({ client: refused }, {})); }, {
  name: 'AccessDenied', message: /with an explicit deny in an identity-based policy/ });
const decoded = JSON.parse((await sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: sealed }))).DecodedMessage);
assert.deepEqual([decoded.allowed, decoded.explicitDeny, decoded.context.action], [false, true, 'iam:ListRoles']);
await assert.rejects(sts.send(new DecodeAuthorizationMessageCommand({ EncodedMessage: 'no message' })), { name: 'InvalidAuthorizationMessageException' });

// A virtual MFA device, whose codes are made here (RFC 6238).
const device = (await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'js-phone' }))).VirtualMFADevice;
const base32 = [...Buffer.from(device.Base32StringSeed).toString()].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
const key = Buffer.from(base32.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
const started = Math.floor(Date.now() / 30000);
const code = (step) => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(started + step));
  const tag = createHmac('sha1', key).update(counter).digest();
  return String((tag.readUInt32BE(tag[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
};
const { SerialNumber } = device;
await iam.send(new EnableMFADeviceCommand({ UserName: 'js-user', SerialNumber, AuthenticationCode1: code(-3), AuthenticationCode2: code(-2) }));
await assert.rejects(sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode: code(500) })), { name: 'AccessDenied' });
const session = await sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode: code(0) }));
assert.equal(await who(as(session.Credentials)), `arn:aws:iam::${account}:user/js-user`);
await assert.rejects(sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode: code(0) })), { name: 'AccessDenied' });

// A token for others: not before somebody has turned it on.
await assert.rejects(sts.send(new GetWebIdentityTokenCommand({ Audience: ['a'], SigningAlgorithm: 'RS256' })), {
  name: 'OutboundWebIdentityFederationDisabledException' });
console.log('done');
