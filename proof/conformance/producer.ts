import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEventBusCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { startEmbeddedAws } from 'embedded-aws/src/index.ts';
import { root } from '../../scripts/installation.ts';
import { snippetsOf } from '../../scripts/snippets.ts';

const PAGE = 'docs/how-to/produce-events.md';
const BUCKET = 'acme-firmware';

/**
 * Runs the producer in Python of the docs against an embedded AWS. Its detail must satisfy the JSON Schema of the package, and the bus must
 * take its event. The schema must refuse a wrong version. Answers what went wrong, or undefined. Throws if the page has no such producer.
 */
export async function producerProblem(python: string): Promise<string | undefined> {
  const producer = snippetsOf(PAGE).find(({ language, runner }) => language === 'python' && runner === 'foreign');
  if (producer === undefined) throw new Error(`${PAGE} has no producer in Python`);
  const folder = mkdtempSync(join(tmpdir(), 'ota-producer-'));
  const aws = await startEmbeddedAws();
  try {
    const config = { endpoint: aws.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: 'Enabled' } }));
    await new EventBridgeClient(config).send(new CreateEventBusCommand({ Name: 'firmware-local' }));
    writeFileSync(join(folder, 'producer.py'), producer.text);
    writeFileSync(join(folder, 'camera.bin'), 'a camera');
    cpSync(join(root, 'schemas'), join(folder, 'node_modules/ota-dispatch/schemas'), { recursive: true });
    const env = {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_DEFAULT_REGION: config.region,
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
      BUS: 'firmware-local',
    };
    const publish = (version: string) =>
      new Promise<string>((resolve) => {
        const args = ['producer.py', version, 'camera.bin'];
        execFile(python, args, { cwd: folder, env }, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`.trim()));
      });
    const [published, refused] = [await publish('2.4.1'), await publish('2.4')];
    if (!/^[\w-]{36}$/.test(published)) return `it printed no event id: ${published}`;
    return refused.startsWith('$.version: ') ? undefined : `the schema did not refuse the version 2.4: ${refused}`;
  } finally {
    await aws.stop();
    rmSync(folder, { recursive: true });
  }
}
