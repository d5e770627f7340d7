import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledTemplate, type Template } from '../../scripts/compiled-template.ts';
import { readTemplate } from '../support/cloudformation-yaml.ts';
import { resolveTemplate } from '../support/resolved-template.ts';

const KEY_PARAMETERS = { kmsKey: 'create', artifactKeys: 'arn:aws:kms:eu-west-1:111122223333:key/a' };

/** The values that appear in a template after this pattern. */
const inside = (template: Template, pattern: RegExp): string[] =>
  [...new Set([...JSON.stringify(template.Resources).matchAll(pattern)].map(([, found = '']) => found))].sort();
const partitionsIn = (template: Template) => inside(template, /\barn:([^:"]*):/g);
const principalsIn = (template: Template) => inside(template, /"Service":"([^"]+)"/g);
const callersOfKms = (template: Template) => inside(template, /"((?:sqs|dynamodb|s3)\.[a-z0-9-]+\.amazonaws\.[a-z.]+)"/g);

describe.each([
  ['eu-west-1', 'aws', 'amazonaws.com'],
  ['us-gov-west-1', 'aws-us-gov', 'amazonaws.com'],
  ['cn-north-1', 'aws-cn', 'amazonaws.com.cn'],
])('The template of a stage in %s', (region, partition, suffix) => {
  let template: Template;
  beforeAll(async () => {
    const artifactKeys = KEY_PARAMETERS.artifactKeys.replace('arn:aws:kms:eu-west-1:', `arn:${partition}:kms:${region}:`);
    const params = { ...KEY_PARAMETERS, artifactKeys, region, approvalPrincipals: `arn:${partition}:iam::111122223333:role/release-board` };
    template = resolveTemplate(await compiledTemplate({ stage: 'prod', params }), {}, region);
  }, 180_000);

  it(`has only ARNs of the partition ${partition}`, () => {
    expect(partitionsIn(template)).toEqual([partition]);
  });

  it('names services by principals that are the same in every partition', () => {
    expect(principalsIn(template)).toEqual([
      'cloudwatch.amazonaws.com',
      'events.amazonaws.com',
      'iot.amazonaws.com',
      'lambda.amazonaws.com',
    ]);
  });

  it(`lets KMS be called through services whose names end in ${suffix}`, () => {
    expect(callersOfKms(template)).toEqual(['dynamodb', 's3', 'sqs'].map((service) => `${service}.${region}.${suffix}`));
  });

  it('names no bucket, queue or role that is too long for its service', () => {
    for (const { Properties } of Object.values(template.Resources)) {
      expect(String(Properties['BucketName'] ?? '').length).toBeLessThanOrEqual(63);
      expect(String(Properties['QueueName'] ?? '').length).toBeLessThanOrEqual(80);
      expect(String(Properties['RoleName'] ?? '').length).toBeLessThanOrEqual(64);
    }
  });

  it('needs an OTA service role whose template has only ARNs of that partition, too', () => {
    const role = resolveTemplate(
      readTemplate('infrastructure/ota-service-role.yml'),
      {
        Stage: 'prod',
        Name: '',
        ArtifactBucket: 'acme-firmware',
        ArtifactPrefix: '',
        ThingGroups: 'thermostat-*',
        Things: 'lab-*',
        SignedPrefix: 'signed/',
        SigningProfile: 'acme_t6',
        ArtifactKey: `arn:${partition}:kms:${region}:111122223333:key/a`,
      },
      region,
    );
    expect(partitionsIn(role)).toEqual([partition]);
    expect(principalsIn(role)).toEqual(['iot.amazonaws.com']);
    expect(callersOfKms(role)).toEqual([`s3.${region}.${suffix}`]);
  });
});

describe('The search for partitions', () => {
  it('finds an ARN that is written out', () => {
    const template = {
      Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Arns: ['arn:aws-cn:s3:::b', 'x arn:aws:s3:::a'] } } },
      Outputs: {},
    };
    expect(partitionsIn(template)).toEqual(['aws', 'aws-cn']);
  });
});

describe('The region of a stage', () => {
  it('is eu-west-1 unless it is given, and us-east-1 for the local stage', async () => {
    const regionsIn = async (stage: string) =>
      inside(await compiledTemplate({ stage }), /"RoleName":"ota-dispatch-[a-z]+-([a-z0-9-]+)-sweep"/g);
    expect(await regionsIn('prod')).toEqual(['eu-west-1']);
    expect(await regionsIn('local')).toEqual(['us-east-1']);
  }, 180_000);

  it('appears in no file of the infrastructure, so that every resource is where the stage is', () => {
    for (const file of ['bus', 'own-bus', 'releases', 'follow-ups', 'sweep', 'rejected', 'ledger', 'documents', 'roles', 'dashboard'])
      expect(readFileSync(`infrastructure/${file}.yml`, 'utf8')).not.toMatch(/\b(?:us|eu|ap|cn)-[a-z]+-\d\b/);
  });
});
