import { describe, expect, it } from 'vitest';
import { readTemplate } from '../support/cloudformation-yaml.ts';
import { simulate } from '../support/iam-simulation.ts';
import { ACCOUNT, REGION, resolveTemplate } from '../support/resolved-template.ts';
import { get, list } from './assertions/assertion.ts';

const here = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const ID = 'fw-thermostat-2-4-1-0123456789abcdef0123456789abcdef-1';
const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/ota-service-local`;

const KEY = here('kms', 'key/a');
/** The statement of a key policy that lets IAM of the account decide. Without it, IAM policies do not count for the key. */
const IAM_DECIDES = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' };
const THROUGH_S3 = { 'kms:ViaService': `s3.${REGION}.amazonaws.com` };

/** The answers of IAM to requests of the role, deployed with these parameters. */
function roleWith(parameters: Record<string, string>) {
  const { Resources } = resolveTemplate(readTemplate('infrastructure/ota-service-role.yml'), parameters);
  const policies = list(get(Resources, 'OtaServiceRole.Properties.Policies')).map((policy) => ({
    name: String(get(policy, 'PolicyName')),
    policy: get(policy, 'PolicyDocument'),
  }));
  return (action: string, on: string, context?: Record<string, string>) =>
    simulate(policies, SERVICE_ROLE, {
      action,
      on,
      ...(context && { with: context }),
      ...(action.startsWith('kms:') && { resourcePolicy: { Version: '2012-10-17', Statement: [IAM_DECIDES] } }),
    });
}

describe('The OTA service role that AWS IoT assumes', () => {
  const parameters = {
    Stage: 'local',
    Name: '',
    ArtifactBucket: 'acme-firmware',
    ArtifactPrefix: 'thermostat/',
    ThingGroups: 'thermostat-*',
    Things: 'lab-*',
    SignedPrefix: 'signed/',
    SigningProfile: 'acme_t6',
    ArtifactKey: '',
  };
  const ask = roleWith(parameters);

  it.each([
    ['iot:CreateJob', here('iot', `job/AFR_OTA-${ID}`)],
    ['iot:CreateJob', here('iot', 'thinggroup/thermostat-beta')],
    ['iot:CreateStream', here('iot', 'stream/AFR_OTA-0f2a')],
    ['s3:GetObjectVersion', 'arn:aws:s3:::acme-firmware/thermostat/app.bin'],
    ['s3:PutObject', 'arn:aws:s3:::acme-firmware/signed/app.bin'],
    ['s3:GetObject', 'arn:aws:s3:::acme-firmware/signed/app.bin'],
    ['s3:GetObjectVersion', 'arn:aws:s3:::acme-firmware/signed/app.bin'],
    ['signer:StartSigningJob', here('signer', '/signing-profiles/acme_t6')],
    ['iam:PassRole', SERVICE_ROLE],
  ])('may %s on %s', async (action, on) => {
    expect(await ask(action, on)).toBe('Allowed');
  });

  it.each([
    ['iot:CreateJob', here('iot', 'thinggroup/boilers')],
    ['iot:CreateJob', here('iot', 'job/another')],
    ['iot:DeleteJob', here('iot', `job/AFR_OTA-${ID}`)],
    ['s3:PutObject', 'arn:aws:s3:::acme-firmware/thermostat/app.bin'],
    ['s3:GetObject', 'arn:aws:s3:::another/app.bin'],
    ['s3:GetObject', 'arn:aws:s3:::acme-firmware/gateway/app.bin'],
    ['signer:StartSigningJob', here('signer', '/signing-profiles/another')],
    ['iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/admin`],
  ])('may not %s on %s', async (action, on) => {
    expect(await ask(action, on)).toBe('ImplicitlyDenied');
  });

  it('may carry out updates of single things if no thing group is named, and of nothing else', async () => {
    const forThings = roleWith({ ...parameters, ThingGroups: '' });
    for (const [action, on] of [
      ['iot:CreateJob', here('iot', `job/AFR_OTA-${ID}`)],
      ['iot:CreateJob', here('iot', 'thing/lab-1')],
      ['iot:CreateStream', here('iot', 'stream/AFR_OTA-0f2a')],
      ['iam:PassRole', SERVICE_ROLE],
    ] as const)
      expect(await forThings(action, on)).toBe('Allowed');
    for (const on of ['thinggroup/thermostat-beta', 'thing/other'])
      expect(await forThings('iot:CreateJob', here('iot', on))).toBe('ImplicitlyDenied');
  });

  it('may only read firmware, at its version too, if neither is named, as for createJob channels alone', async () => {
    const forJobs = roleWith({ ...parameters, ThingGroups: '', Things: '', SigningProfile: '' });
    for (const action of ['s3:GetObject', 's3:GetObjectVersion'])
      expect(await forJobs(action, 'arn:aws:s3:::acme-firmware/thermostat/app.bin')).toBe('Allowed');
    for (const [action, on] of [
      ['iot:CreateJob', here('iot', `job/AFR_OTA-${ID}`)],
      ['iot:CreateJob', here('iot', 'thinggroup/thermostat-beta')],
      ['iot:CreateJob', here('iot', 'thing/lab-1')],
      ['iot:CreateStream', here('iot', 'stream/AFR_OTA-0f2a')],
      ['iam:PassRole', SERVICE_ROLE],
    ] as const)
      expect(await forJobs(action, on)).toBe('ImplicitlyDenied');
  });

  it('may not use a key that it does not name', async () => {
    expect(await ask('kms:Decrypt', KEY, THROUGH_S3)).toBe('ImplicitlyDenied');
  });

  it('may decrypt artifacts with the key of their bucket, and encrypt what AWS Signer writes, through S3 only', async () => {
    const withKey = roleWith({ ...parameters, ArtifactKey: KEY });
    expect(await withKey('kms:Decrypt', KEY, THROUGH_S3)).toBe('Allowed');
    expect(await withKey('kms:GenerateDataKey', KEY, THROUGH_S3)).toBe('Allowed');
    expect(await withKey('kms:Decrypt', here('kms', 'key/b'), THROUGH_S3)).toBe('ImplicitlyDenied');
    expect(await withKey('kms:Decrypt', KEY, { 'kms:ViaService': `sqs.${REGION}.amazonaws.com` })).toBe('ImplicitlyDenied');
  });

  it('may only decrypt with that key if AWS Signer signs nothing', async () => {
    const withoutSigner = roleWith({ ...parameters, ArtifactKey: KEY, SigningProfile: '' });
    expect(await withoutSigner('kms:Decrypt', KEY, THROUGH_S3)).toBe('Allowed');
    expect(await withoutSigner('kms:GenerateDataKey', KEY, THROUGH_S3)).toBe('ImplicitlyDenied');
  });
});
