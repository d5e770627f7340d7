import { describe, expect, it } from 'vitest';
import { readTemplate } from '../support/cloudformation-yaml.ts';
import { simulate } from '../support/iam-simulation.ts';
import { ACCOUNT, REGION, resolveTemplate } from '../support/resolved-template.ts';
import { get, list } from './assertions/assertion.ts';

const here = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
const ID = 'fw-thermostat-2-4-1-0123456789abcdef0123456789abcdef-1';
const SERVICE_ROLE = `arn:aws:iam::${ACCOUNT}:role/ota-service-local`;

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
  };
  const { Resources } = resolveTemplate(readTemplate('infrastructure/ota-service-role.yml'), parameters);
  const documents = [...list(get(Resources, 'OtaServiceRole.Properties.Policies')), get(Resources, 'Signing.Properties')];
  const policies = documents.map((policy) => ({
    name: String(get(policy, 'PolicyName')),
    policy: get(policy, 'PolicyDocument'),
  }));
  const ask = (action: string, on: string) => simulate(policies, SERVICE_ROLE, { action, on });

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
});
