import { describe, expect, it } from 'vitest';
import { importFilesOf, keptResources, type Survivor, type Template } from '../../cli/import-files/template.ts';
import { compiledTemplate } from '../../scripts/compiled-template.ts';

const packaged = async (params: Record<string, string> = {}) => (await compiledTemplate({ stage: 'prod', params })) as unknown as Template;

const ledger: Survivor = { logicalId: 'LedgerTable', type: 'AWS::DynamoDB::Table', id: 'ota-dispatch-prod-ledger' };
const bucket: Survivor = {
  logicalId: 'DocumentsBucket',
  type: 'AWS::S3::Bucket',
  id: 'ota-dispatch-prod-documents-111122223333-eu-west-1',
};
const key: Survivor = { logicalId: 'EncryptionKey', type: 'AWS::KMS::Key', id: '1111-2222' };

describe('the resources that survive a stage', () => {
  it('are the ledger and the documents bucket', async () => {
    expect([...keptResources(await packaged()).keys()].sort()).toEqual(['DocumentsBucket', 'LedgerTable']);
  });

  it('are also the key, if the stack creates one', async () => {
    expect([...keptResources(await packaged({ kmsKey: 'create' })).keys()].sort()).toEqual([
      'DocumentsBucket',
      'EncryptionKey',
      'LedgerTable',
    ]);
  });

  it('are refused if they are of a type that no import is known for', () => {
    expect(() => keptResources({ Resources: { Topic: { Type: 'AWS::SNS::Topic', DeletionPolicy: 'Retain' } } })).toThrow(/^Topic /);
  });
});

describe('the files of an import', () => {
  it('have only what survived, as the package has it, with its names', async () => {
    const template = await packaged();
    const files = importFilesOf(template, [ledger, bucket], undefined);
    const { LedgerTable, DocumentsBucket } = template.Resources;
    expect(JSON.parse(files.template)).toEqual({ AWSTemplateFormatVersion: '2010-09-09', Resources: { LedgerTable, DocumentsBucket } });
    expect(JSON.parse(files.resources)).toEqual([
      { ResourceType: ledger.type, LogicalResourceId: 'LedgerTable', ResourceIdentifier: { TableName: ledger.id } },
      { ResourceType: bucket.type, LogicalResourceId: 'DocumentsBucket', ResourceIdentifier: { BucketName: bucket.id } },
    ]);
  });

  it('have a key by its id', async () => {
    const files = importFilesOf(await packaged({ kmsKey: 'create' }), [ledger, key], undefined);
    expect(JSON.parse(files.resources)).toContainEqual(expect.objectContaining({ ResourceIdentifier: { KeyId: key.id } }));
  });

  it('keep everything else of the stack as it is, because an import may change nothing', async () => {
    const current = {
      Description: 'as it is',
      Resources: { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } },
      Outputs: { A: { Value: 1 } },
    };
    const { Resources, ...rest } = JSON.parse(importFilesOf(await packaged(), [ledger], current).template);
    expect(rest).toEqual({ AWSTemplateFormatVersion: '2010-09-09', Description: 'as it is', Outputs: { A: { Value: 1 } } });
    expect(Object.keys(Resources)).toEqual(['ServerlessDeploymentBucket', 'LedgerTable']);
  });

  it('give each resource a DeletionPolicy, which CloudFormation requires', async () => {
    const files = importFilesOf(await packaged({ kmsKey: 'create' }), [ledger, bucket, key], undefined);
    const resources: Template['Resources'] = JSON.parse(files.template).Resources;
    expect(Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy === undefined)).toEqual([]);
  });

  it('are refused if a survivor needs what did not survive', async () => {
    const template = await packaged({ kmsKey: 'create' });
    expect(() => importFilesOf(template, [ledger], undefined)).toThrow(/^LedgerTable needs EncryptionKey/);
  });

  it('are refused if CloudFormation would not take the template as a text', async () => {
    const template = await packaged();
    expect(() => importFilesOf(template, [ledger], { Resources: template.Resources })).toThrow(/has \d+ bytes/);
  });
});
