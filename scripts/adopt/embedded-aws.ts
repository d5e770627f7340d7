import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateOTAUpdateCommand, DescribeJobCommand, GetOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { root } from '../installation.ts';
import { type Adoption, type Started, succeeded } from './adoption.ts';
import { STRICTEST } from './strictest.ts';

const WORKSPACE = 'packages/embedded-aws';

/** Uses embedded-aws as a stranger comes to use it: from the shell, from a test, and with the compiler looking on. */
export async function adoptEmbeddedAws(adoption: Adoption): Promise<void> {
  for (const [title, work] of stepsOf(adoption)) await adoption.step(title, work);
}

function stepsOf(adoption: Adoption): (readonly [title: string, work: () => Promise<string>])[] {
  const shell = adoption.emptyFolder();
  const project = adoption.emptyFolder();
  let tarball = '';
  let port = 0;
  let served: Started | undefined;
  const npx = (...args: readonly string[]) => ['--yes', '--package', `./${basename(tarball)}`, 'embedded-aws', ...args];
  const bringTarball = (folder: string) => writeFileSync(join(folder, basename(tarball)), readFileSync(tarball));

  return [
    [
      'embedded-aws is packed',
      async () => {
        tarball = await adoption.pack(WORKSPACE);
        bringTarball(shell);
        bringTarball(project);
        return basename(tarball);
      },
    ],
    [
      'npx starts it in an empty folder',
      async () => {
        port = await adoption.freePort();
        served = await adoption.start(/listens on http/, shell, 'npx', ...npx('--port', String(port)));
        assert.match(
          served.output(),
          new RegExp(`export AWS_ENDPOINT_URL=http://127\\.0\\.0\\.1:${port}\\b`),
          'it does not print how to use it',
        );
        return `http://127.0.0.1:${port}`;
      },
    ],
    ['the AWS SDK works against it', () => callEverything(`http://127.0.0.1:${port}`)],
    [
      'it names what is wrong with its arguments and with a taken port',
      async () => {
        const wrong: readonly (readonly [args: readonly string[], status: number, line: RegExp])[] = [
          [['--prot', '1'], 2, /^embedded-aws: Unknown option '--prot'/],
          [['--port', 'high'], 2, /^embedded-aws: --port is a number/],
          [['--port', String(port)], 1, new RegExp(`^embedded-aws: port ${port} is taken`)],
        ];
        const check = async ([args, status, line]: (typeof wrong)[number]) => {
          const ended = await adoption.run(shell, 'npx', ...npx(...args));
          assert.equal(ended.status, status, `${args.join(' ')} ends with status ${ended.status}: ${ended.stderr}`);
          const own = ended.stderr.split('\n').filter((text) => text !== '' && !text.startsWith('npm '));
          assert.equal(own.length, 1, `${args.join(' ')} prints ${ended.stderr}`);
          assert.match(own[0] ?? '', line);
          return `status ${status}`;
        };
        return (await Promise.all(wrong.map(check))).join(', ');
      },
    ],
    [
      'it ends with npx, and its port is free',
      async () => {
        await served?.stop();
        await adoption.untilFree(port);
        return `port ${port} is free`;
      },
    ],
    [
      'it is installed in a project',
      async () => {
        writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
        const versions = ['@aws-sdk/client-iot', '@types/node'].map((name) => `${name}@${versionOf(name)}`);
        succeeded(await adoption.run(project, 'npm', 'install', '--no-audit', '--no-fund', `./${basename(tarball)}`, ...versions));
        return versions.join(', ');
      },
    ],
    [
      'SIGTERM stops the installed command',
      async () => {
        const installed = await adoption.start(
          /listens on http/,
          project,
          join('node_modules', '.bin', 'embedded-aws'),
          '--port',
          String(port),
        );
        const status = await installed.stop();
        assert.equal(status, 0, installed.output());
        await adoption.untilFree(port);
        return 'exit status 0';
      },
    ],
    [
      'the test of its README starts it in one call',
      async () => {
        writeFileSync(join(project, 'update.test.js'), exampleOfReadme());
        const { stdout } = succeeded(await adoption.run(project, 'node', '--test', 'update.test.js'));
        assert.match(stdout, /pass [1-9]/);
        return 'it passes';
      },
    ],
    [
      'TypeScript at its strictest accepts its declarations',
      async () => {
        writeFileSync(join(project, 'update.ts'), exampleOfReadme());
        writeFileSync(join(project, 'consumer.ts'), CONSUMER);
        writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICTEST, files: ['update.ts', 'consumer.ts'] }));
        succeeded(await adoption.run(project, join(root, 'node_modules', '.bin', 'tsc'), '--project', project));
        return 'declarations of its dependencies included';
      },
    ],
  ];
}

/** Makes real calls of each service, whose effects another call shows. Throws at the first that is not as on AWS. */
async function callEverything(endpoint: string): Promise<string> {
  const access = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const [sqs, s3, dynamodb, events, iot] = [
    new SQSClient(access),
    new S3Client(access),
    new DynamoDBClient(access),
    new EventBridgeClient(access),
    new IoTClient(access),
  ];
  const receive = async (QueueUrl: string | undefined) => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
    return Messages.map(({ Body }) => Body);
  };
  try {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    assert.deepEqual(await receive(QueueUrl), ['hello'], 'SQS');

    await s3.send(new CreateBucketCommand({ Bucket: 'firmware' }));
    await s3.send(new PutObjectCommand({ Bucket: 'firmware', Key: 'app.bin', Body: 'the image' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'firmware', Key: 'app.bin' }));
    assert.equal(await Body?.transformToString(), 'the image', 'S3');

    const attribute = { AttributeName: 'id', AttributeType: 'S' } as const;
    const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' } as const];
    const TableName = 'things';
    await dynamodb.send(
      new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions: [attribute], BillingMode: 'PAY_PER_REQUEST' }),
    );
    await waitUntilTableExists({ client: dynamodb, maxWaitTime: 30, minDelay: 0.1 }, { TableName });
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: 'a' }, size: { N: '7' } } }));
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } }));
    assert.deepEqual(Item, { id: { S: 'a' }, size: { N: '7' } }, 'DynamoDB');

    const { QueueUrl: eventsUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'events' }));
    await events.send(new PutRuleCommand({ Name: 'all', EventPattern: JSON.stringify({ source: ['acme'] }) }));
    const target = { Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:000000000000:events', InputPath: '$.detail' };
    await events.send(new PutTargetsCommand({ Rule: 'all', Targets: [target] }));
    await events.send(new PutEventsCommand({ Entries: [{ Source: 'acme', DetailType: 'Built', Detail: '{"build":1}' }] }));
    assert.deepEqual(await receive(eventsUrl), ['{"build":1}'], 'EventBridge');

    const faster = await fetch(`${endpoint}/_ota/clock`, { method: 'POST', body: JSON.stringify({ factor: 60 }) });
    assert.equal(faster.status, 200, 'the clock cannot be made faster');
    const otaUpdateId = 'release-1';
    await iot.send(
      new CreateOTAUpdateCommand({
        otaUpdateId,
        targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/beta'],
        roleArn: 'arn:aws:iam::000000000000:role/ota',
        files: [{ fileName: 'app.bin', fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin' } } }],
      }),
    );
    const status = await untilEnded(iot, otaUpdateId);
    assert.equal(status, 'COMPLETED', 'the job of the OTA update');
    return 'SQS, S3, DynamoDB, EventBridge to a queue, an OTA update to its end';
  } finally {
    for (const client of [sqs, s3, dynamodb, events, iot]) client.destroy();
  }
}

/** Waits until the job of an OTA update has ended, and answers its status; throws after ten seconds. */
async function untilEnded(iot: IoTClient, otaUpdateId: string): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { otaUpdateInfo } = await iot.send(new GetOTAUpdateCommand({ otaUpdateId }));
    if (otaUpdateInfo?.otaUpdateStatus === 'CREATE_FAILED') throw new Error(JSON.stringify(otaUpdateInfo.errorInfo));
    const jobId = otaUpdateInfo?.awsIotJobId;
    const status = jobId === undefined ? undefined : (await iot.send(new DescribeJobCommand({ jobId }))).job?.status;
    if (status !== undefined && status !== 'IN_PROGRESS') return status;
    await sleep(100);
  }
  throw new Error(`the job of ${otaUpdateId} has not ended after ten seconds`);
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
  return version;
}

/** The test in the README of the package, so that what is written there is what works. */
function exampleOfReadme(): string {
  const readme = readFileSync(join(root, WORKSPACE, 'README.md'), 'utf8');
  const example = [...readme.matchAll(/^```js\n([\s\S]*?)^```$/gm)]
    .map(([, code = '']) => code)
    .find((code) => code.includes("'node:test'"));
  if (example === undefined) throw new Error(`${WORKSPACE}/README.md has no example that imports node:test`);
  return example;
}

/** Uses everything that the package exports. */
const CONSUMER = `
import {
  type Clock,
  createManualClock,
  createRealClock,
  type EmbeddedAws,
  type EmbeddedAwsOptions,
  type Fault,
  type FaultReport,
  type Faults,
  type Fleet,
  type FleetSettings,
  type Invocation,
  type IotCoreAssumptions,
  type LogLine,
  type ManagedIntegrationsAssumptions,
  type ManualClock,
  type ObjectStore,
  type Outcome,
  type PublishedMessage,
  type RealClock,
  type Stack,
  type StackOptions,
  startEmbeddedAws,
} from 'embedded-aws';

const devices: FleetSettings['devices'] = { 'lobby-1': 'REJECTED' satisfies Outcome };
const iotCore: Partial<IotCoreAssumptions> = { roles: new Set(['arn:aws:iam::000000000000:role/ota']) };
const managedIntegrations: Partial<ManagedIntegrationsAssumptions> = { queryMatches: 3 };
const stack: StackOptions = { templateFile: 'stack.json', codeDirectory: '.', onLog: (line: LogLine) => void line.line };
const options: EmbeddedAwsOptions<ManualClock> = {
  port: 0, accountId: '111111111111', region: 'eu-west-1', clock: createManualClock(), fleet: { devices }, iotCore, managedIntegrations, stack,
};
const manual: EmbeddedAws<ManualClock> = await startEmbeddedAws(options);
manual.clock.advance(1000);
const real: EmbeddedAws = await startEmbeddedAws();
real.clock.setFactor(60);
const clock: RealClock = createRealClock({ factor: 2 });
const named: { readonly endpoint: string; readonly clock: Clock } = await startEmbeddedAws({ clock });
const fault: Fault = { service: 'iot', kind: 'throttle', times: 1 };
const faults: Faults = real.faults;
faults.add(fault);
const reports: FaultReport[] = faults.list();
const fleet: Fleet = real.fleet;
fleet.change({ seed: 'other' });
const objects: ObjectStore = real.objects;
const body: Buffer | undefined = objects.get('firmware', 'app.bin');
const events: readonly PublishedMessage[] = real.jobEvents();
real.matchManagedThing('attributes.model=x1', 'lamp-7');
const running: Stack | undefined = manual.stack;
const invocation: Invocation | undefined = await running?.invoke('app', {});
export { body, events, invocation, named, reports };
// @ts-expect-error A clock on real time has no advance.
real.clock.advance(1000);
// @ts-expect-error There is no such option.
await startEmbeddedAws({ prot: 1 });
`;
