import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { schemaViolations } from '../support/cloudformation-schema.ts';
import { readTemplate } from '../support/cloudformation-yaml.ts';
import { set } from './assertions/assertion.ts';

const channels = readFileSync('test/infrastructure/channels.yml', 'utf8');
const compiled = await compiledTemplate({ channels });
const otherwise = await compiledTemplate({
  channels,
  stage: 'prod',
  params: { kmsKey: 'create', bus: 'existing', busName: 'company-events', alarmTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call' },
});
const broken = (path: string, to: unknown) => {
  const template = structuredClone(compiled);
  set(template.Resources, path, to);
  return schemaViolations(template);
};

describe("CloudFormation's resource schemas", () => {
  it('accept the compiled template', () => {
    expect(schemaViolations(compiled)).toEqual([]);
  });

  it('accept a stage with its own key, and with a bus and an alarm topic that exist', () => {
    expect(schemaViolations(otherwise)).toEqual([]);
  });

  it('accept the template of the OTA service role', () => {
    expect(schemaViolations(readTemplate('infrastructure/ota-service-role.yml'))).toEqual([]);
  });

  it.each([
    ['an unknown type', 'LockTable.Type', 'AWS::DynamoDB::Tables', 'LockTable: unknown type AWS::DynamoDB::Tables'],
    ['an unknown property', 'LockTable.Properties.Billing', 'x', 'LockTable.Properties.Billing'],
    [
      'a value of the wrong type',
      'ReleasesQueue.Properties.VisibilityTimeout',
      'six minutes',
      'ReleasesQueue.VisibilityTimeout: not an integer',
    ],
    ['a missing property', 'ReleasesRule.Properties.Targets.0.Id', undefined, 'ReleasesRule.Targets.0.Id: missing'],
    ['a reference to nothing', 'LockTable.Properties.TableName', { Ref: 'Nothing' }, 'LockTable.TableName: there is no Nothing'],
    [
      'an attribute that does not exist',
      'LockTable.Properties.TableName',
      { 'Fn::GetAtt': ['LedgerTable', 'Name'] },
      'LockTable.TableName: AWS::DynamoDB::Table has no attribute Name',
    ],
    ['a dependency on nothing', 'ReleasesRule.DependsOn', ['Bus'], 'ReleasesRule: depends on Bus, which does not exist'],
    [
      'a circular dependency',
      'ReleasesQueue.DependsOn',
      ['ReleasesRule'],
      'ReleasesQueue > ReleasesRule > ReleasesQueue: a circular dependency',
    ],
    ['a condition that does not exist', 'FirmwareBus.Condition', 'Never', 'FirmwareBus: condition Never does not exist'],
  ])('notice %s', (_what, path, to, violation) => {
    expect(broken(path, to).map((text) => text.replace('.Properties', ''))).toContainEqual(
      expect.stringContaining(violation.replace('.Properties', '')),
    );
  });
});
