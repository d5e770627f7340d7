import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Template } from '../../cli/import-files/template.ts';
import { startServices } from '../../packages/embedded-aws/src/cloud.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { compiledTemplate } from '../../scripts/compiled-template.ts';
import { startStacksAndKeys } from '../support/stacks-and-keys.ts';
import { otaInProcess } from './in-process.ts';

const ledger = 'ota-dispatch-prod-ledger';
const bucket = 'ota-dispatch-prod-documents-000000000000-us-east-1';
const folder = mkdtempSync(join(tmpdir(), 'ota-import-files-'));
const keyArn = (id: string) => `arn:aws:kms:us-east-1:000000000000:key/${id}`;

let aws: TestAws;
let others: Awaited<ReturnType<typeof startStacksAndKeys>>;
beforeAll(async () => {
  [aws, others] = [await startTestAws(), await startStacksAndKeys()];
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await Promise.all([aws.stop(), others.stop()]);
});
beforeEach(async () => {
  for (const service of ['CLOUDFORMATION', 'KMS']) vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, others.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  for (const [name, value] of Object.entries(aws.access.credentials)) vi.stubEnv(`AWS_${constantCase(name)}`, value);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  await packageWith({});
});
afterEach(async () => {
  vi.unstubAllEnvs();
  others.stacks.clear();
  others.keys.clear();
  await aws.dynamodb.send(new DeleteTableCommand({ TableName: ledger })).catch(() => undefined);
  await aws.s3.send(new DeleteBucketCommand({ Bucket: bucket })).catch(() => undefined);
});

const constantCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

/** Writes the package of stage prod. */
async function packageWith(params: Record<string, string>): Promise<void> {
  const template = await compiledTemplate({ stage: 'prod', params });
  writeFileSync(join(folder, 'cloudformation-template-update-stack.json'), JSON.stringify(template));
}

const survives = {
  ledger: (keyId?: string) =>
    createTable(aws.dynamodb, {
      ...ledgerTable(ledger),
      ...(keyId !== undefined && { SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: keyArn(keyId) } }),
    }),
  bucket: () => aws.s3.send(new CreateBucketCommand({ Bucket: bucket })),
};

const importFiles = (stage = 'prod') => otaInProcess('import-files', '--stage', stage, '--package', folder);
const written = (name: 'template' | 'resources') => JSON.parse(readFileSync(join(folder, `import-${name}.json`), 'utf8'));
const logicalIds = () => Object.keys((written('template') as Template).Resources);

describe('ota import-files', () => {
  it('writes the files for the ledger and the bucket that survived, and prints the commands', async () => {
    await survives.ledger();
    await survives.bucket();
    const { status, stdout } = await importFiles();
    expect(status).toBe(0);
    expect(logicalIds()).toEqual(['LedgerTable', 'DocumentsBucket']);
    expect(written('resources')).toHaveLength(2);
    const commands = stdout
      .split('\n')
      .flatMap((line) => /^(?:aws cloudformation|npm exec --no -- serverless) \S+(?: \S+-\S+-complete)?/.exec(line) ?? []);
    expect(commands).toEqual([
      'aws cloudformation create-change-set',
      'aws cloudformation wait change-set-create-complete',
      'aws cloudformation execute-change-set',
      'aws cloudformation wait stack-import-complete',
      'npm exec --no -- serverless deploy',
    ]);
    expect(stdout).toContain(`--template-body file://${join(folder, 'import-template.json')}`);
  });

  it('writes only what survived', async () => {
    await survives.bucket();
    expect((await importFiles()).status).toBe(0);
    expect(logicalIds()).toEqual(['DocumentsBucket']);
  });

  it('finds the key of the stack by the ledger, which it encrypts', async () => {
    await packageWith({ kmsKey: 'create' });
    others.keys.set('key-1', {}).set('key-2', {});
    await survives.ledger('key-2');
    expect((await importFiles()).status).toBe(0);
    expect(written('resources')).toContainEqual(expect.objectContaining({ ResourceIdentifier: { KeyId: 'key-2' } }));
  });

  it('finds the key by its tags, if the ledger did not survive', async () => {
    await packageWith({ kmsKey: 'create' });
    const tags = { service: 'ota-dispatch' };
    others.keys
      .set('hidden', { hidden: true })
      .set('of-dev', { tags: { ...tags, stage: 'dev' } })
      .set('of-a-failed-deployment', { tags: { ...tags, stage: 'prod' }, state: 'PendingDeletion' })
      .set('of-prod', { tags: { ...tags, stage: 'prod' } });
    expect((await importFiles()).status).toBe(0);
    expect(written('resources')).toEqual([expect.objectContaining({ ResourceIdentifier: { KeyId: 'of-prod' } })]);
  });

  it('takes the key that AWS manages for no key of the stack', async () => {
    await packageWith({ kmsKey: 'create' });
    others.keys.set('of-aws', { manager: 'AWS' });
    await survives.ledger('of-aws');
    expect((await importFiles()).status).toBe(2);
  });

  it('keeps the deployment bucket that a failed deployment left in the stack', async () => {
    await survives.ledger();
    const template = { Resources: { ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' } } };
    others.stacks.set('ota-dispatch-prod', { status: 'UPDATE_ROLLBACK_COMPLETE', template });
    expect((await importFiles()).status).toBe(0);
    expect(logicalIds()).toEqual(['ServerlessDeploymentBucket', 'LedgerTable']);
  });

  it('imports only what the stack does not own', async () => {
    await survives.ledger();
    await survives.bucket();
    others.stacks.set('ota-dispatch-prod', { status: 'UPDATE_COMPLETE', template: { Resources: { LedgerTable: {} } } });
    expect((await importFiles()).status).toBe(0);
    expect(written('resources')).toEqual([expect.objectContaining({ LogicalResourceId: 'DocumentsBucket' })]);
  });

  it('imports what a deleted stack gave up', async () => {
    await survives.ledger();
    others.stacks.set('deleted', { status: 'DELETE_COMPLETE', owns: [ledger], resourceStatus: 'DELETE_SKIPPED' });
    expect((await importFiles()).status).toBe(0);
  });

  it('takes a stack that was never made for none', async () => {
    await survives.ledger();
    others.stacks.set('ota-dispatch-prod', {
      status: 'REVIEW_IN_PROGRESS',
      template: { Resources: { Other: { Type: 'AWS::S3::Bucket' } } },
    });
    expect((await importFiles()).status).toBe(0);
    expect(logicalIds()).toEqual(['LedgerTable']);
  });

  it('asks the local AWS at --endpoint, which needs neither region nor credentials', async () => {
    for (const name of ['URL', 'URL_KMS', 'URL_CLOUDFORMATION']) vi.stubEnv(`AWS_ENDPOINT_${name}`, undefined);
    for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, join(folder, 'none'));
    const args = ['import-files', '--stage', 'prod', '--package', folder, '--endpoint', aws.endpoint];
    expect(await otaInProcess(...args)).toEqual({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining('nothing of stage prod survived'),
    });
    await survives.bucket();
    // The embedded AWS has no CloudFormation. So the command has found the bucket there, and fails at the stack.
    expect(await otaInProcess(...args)).toMatchObject({
      stdout: '',
      stderr: expect.not.stringContaining('nothing of stage prod survived'),
    });
  });

  it('needs the account of the credentials for the name of the bucket', async () => {
    const elsewhere = await startServices({ port: 0, accountId: '111122223333' });
    vi.stubEnv('AWS_ENDPOINT_URL_STS', elsewhere.endpoint);
    await survives.bucket();
    expect((await importFiles()).status).toBe(2);
    await elsewhere.stop();
  });
});

/** Why nothing is imported: each ends with 2, prints one line, and writes nothing. */
const refused: readonly (readonly [what: string, prepare: () => Promise<unknown>, line: RegExp | string])[] = [
  [
    'nothing survived',
    async () => undefined,
    'nothing of stage prod survived in this account and region: run npm exec --no -- serverless deploy --stage prod',
  ],
  [
    'the stack owns it',
    async () => {
      await survives.ledger();
      others.stacks.set('ota-dispatch-prod', { status: 'UPDATE_COMPLETE', template: { Resources: { LedgerTable: {} } } });
    },
    `the stack ota-dispatch-prod already owns ${ledger}: there is nothing to import`,
  ],
  [
    'another stack owns it',
    async () => {
      await survives.ledger();
      others.stacks.set('somebody-else', { status: 'UPDATE_COMPLETE', owns: [ledger] });
    },
    `the stack somebody-else owns ${ledger}: give it DeletionPolicy Retain there, and remove it from that stack first`,
  ],
  [
    'the creation of the stack failed',
    async () => {
      await survives.ledger();
      others.stacks.set('ota-dispatch-prod', { status: 'ROLLBACK_COMPLETE' });
    },
    'the stack ota-dispatch-prod is in ROLLBACK_COMPLETE: its creation failed, so delete it with aws cloudformation delete-stack',
  ],
  [
    'the stack is being changed',
    async () => {
      await survives.ledger();
      others.stacks.set('ota-dispatch-prod', { status: 'UPDATE_IN_PROGRESS' });
    },
    'the stack ota-dispatch-prod is in UPDATE_IN_PROGRESS: wait until aws cloudformation describe-stacks --stack-name ota-dispatch-prod shows a state that ends with COMPLETE',
  ],
  [
    'the key is to be deleted',
    async () => {
      await packageWith({ kmsKey: 'create' });
      others.keys.set('key-1', { state: 'PendingDeletion' });
      await survives.ledger('key-1');
    },
    'the key key-1 is scheduled for deletion: run aws kms cancel-key-deletion and aws kms enable-key first',
  ],
  [
    'two keys have the tags of the stage',
    async () => {
      await packageWith({ kmsKey: 'create' });
      const tags = { service: 'ota-dispatch', stage: 'prod' };
      others.keys.set('key-1', { tags }).set('key-2', { tags });
    },
    'the keys key-1 and key-2 have the tags of stage prod: remove the tag stage from the one that is not used',
  ],
];

describe('ota import-files refuses', () => {
  it.each(refused)('if %s', async (_what, prepare, line) => {
    await prepare();
    expect(await importFiles()).toEqual({ status: 2, stdout: '', stderr: `ota import-files: ${line}\n` });
  });

  it.each(['{}', 'null', '[]'])('a file that is not a template: %s', async (text) => {
    writeFileSync(join(folder, 'cloudformation-template-update-stack.json'), text);
    expect(await importFiles()).toMatchObject({ status: 2, stderr: expect.stringContaining(' is not the package of stage prod: run ') });
  });

  it('the package of another stage', async () => {
    const { status, stderr } = await importFiles('dev');
    expect([status, stderr]).toEqual([
      2,
      `ota import-files: ${join(folder, 'cloudformation-template-update-stack.json')} is not the package of stage dev: run npm exec --no -- serverless package --stage dev with the parameters of the stage\n`,
    ]);
  });
});
