import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { nameOfChannels, nameOfRegion } from '../../cli/channels-of-stage.ts';
import { type Ending, endingLine } from '../../cli/ending.ts';
import { untilStopped, withdrawalLines } from '../../cli/follow-withdrawal.ts';
import { publishAndFollow } from '../../cli/publish-and-follow.ts';
import { viewOf } from '../../cli/read-model.ts';
import { sourceOfProduct } from '../../cli/source-of-product.ts';
import { openStage, type Stage } from '../../cli/stage.ts';
import { upload } from '../../cli/upload.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { aRollout, someCounts } from '../../proof/support/a-rollout.ts';
import { nodeProblem } from '../../scripts/command.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import { ota } from '../journey/command-line.ts';
import { otaInProcess } from './in-process.ts';

/*
 * Every message of the command line stands here exactly once, with what triggers it. The other tests pin exit statuses,
 * rejection codes, paths and ids, so that a message can be reworded in two places: in the code, and here.
 */

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ota-messages-'));
const file = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
const channels = readFileSync(join(root, EXAMPLE_CHANNELS), 'utf8');

const artifact = (bucket: string, version = 'v1') => ({
  fileName: '/app.bin',
  fileLocation: { s3Location: { bucket, key: 'app.bin', version } },
  sha256: 'aa'.repeat(32),
});
const release = { product: 'thermostat', version: '2.0.0', channels: ['beta'], artifacts: [artifact('acme-firmware')] };
const published = { source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Published', detail: release };
const withdrawn = { ...published, 'detail-type': 'Firmware Release Withdrawn', detail: { product: 'hub', version: '1.0.0' } };

let aws: TestAws;
let stage: Stage;
const queues: Record<string, string> = {};
beforeAll(async () => {
  mkdirSync(join(folder, 'a-folder'));
  writeFileSync(join(folder, 'not-json.json'), '{');
  writeFileSync(join(folder, 'app.bin'), 'firmware');
  writeFileSync(join(folder, 'invalid.yml'), channels.replace('incrementFactor: 2', 'incrementFactor: 9'));
  writeFileSync(join(folder, 'shared.yml'), channels.replace('thinggroup/gateways', 'thinggroup/thermostat-beta'));
  file('text.json', 'text');
  file('release.json', release);
  file('event.json', published);
  file('withdrawal-event.json', withdrawn);
  file('withdrawal.json', withdrawn.detail);
  file('unknown-type.json', { ...published, 'detail-type': 'Firmware Release Publishd' });
  file('unknown-product.json', { ...release, product: 'toaster' });
  file('not-uploaded.json', { ...release, artifacts: [artifact('acme-firmware', 'set-at-upload')] });
  file('two-artifacts.json', { ...release, artifacts: [artifact('acme-firmware'), artifact('acme-firmware')] });
  file('no-bucket.json', { ...release, artifacts: [artifact('acme-other')] });
  file('no-versioning.json', { ...release, artifacts: [artifact('acme-unversioned')] });

  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await createTable(aws.dynamodb, ledgerTable('ota-dispatch-local-ledger'));
  await aws.events.send(new CreateEventBusCommand({ Name: stage.bus }));
  await aws.s3.send(new CreateBucketCommand({ Bucket: 'acme-unversioned' }));
  for (const suffix of ['rejected', 'releases', 'rule-dlq']) {
    const MaximumMessageSize = suffix === 'releases' ? '1024' : '2048';
    const QueueName = `ota-dispatch-local-${suffix}`;
    const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName, Attributes: { MaximumMessageSize } }));
    queues[suffix] = QueueUrl;
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await aws.stop();
});
beforeEach(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  vi.stubEnv('INIT_CWD', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

/** Types one line. ENDPOINT stands for the endpoint of the local AWS, and '' for an empty argument. */
const type = (line: string) =>
  otaInProcess(...line.split(' ').map((word) => (word === 'ENDPOINT' ? aws.endpoint : word === "''" ? '' : word)));

type Message = string | RegExp;
const line = (message: Message) => (typeof message === 'string' ? `${message}\n` : expect.stringMatching(message));

/** Wrong usage: exit status 2, nothing on stdout, one line on stderr. */
const wrongUsage: readonly (readonly [typed: string, message: Message])[] = [
  ['chekc', 'ota: there is no command "chekc": use check, plan, publish, withdraw, status, rejected, redrive, doctor, import-files, fault'],
  ['check --colour', "ota check: Unknown option '--colour'; see --help"],
  ['check channels.yml', "ota check: Unexpected argument 'channels.yml'; see --help"],
  ['check --json=yes', "ota check: Option '--json' does not take an argument; see --help"],
  ['check --channels', 'ota check: --channels needs a value; see --help'],
  ['check --channels none.yml', 'ota check: cannot read none.yml: no such file'],
  ['check --channels a-folder', 'ota check: cannot read a-folder: it is a folder'],
  ['check --account 12', 'ota check: --account takes 12 digits, not 12'],
  ['check --region Ireland', 'ota check: --region takes a region such as eu-west-1, not Ireland'],
  ["check --region ''", 'ota check: --region takes a region such as eu-west-1, not nothing'],

  ['plan', 'ota plan: exactly one file is required: a whole event or the detail of a release'],
  ['plan withdrawal.json', 'ota plan: the file holds a withdrawal, which creates nothing at AWS: only a release can be planned, and it has channels and artifacts'],

  ['publish', 'ota publish: exactly one file is required: a whole event or the detail of a release'],
  ['publish not-json.json', /^ota publish: not-json\.json is not JSON: .+\n$/],
  ['publish text.json', 'ota publish: the file must hold a JSON object: a whole event or the detail of a release'],
  [
    'publish unknown-type.json',
    'ota publish: detail-type: must be Firmware Release Published or Firmware Release Withdrawn, not "Firmware Release Publishd"',
  ],
  [
    'publish withdrawal.json',
    'ota publish: the file holds the detail of a withdrawal: use npm run ota -- withdraw, or publish a whole event',
  ],
  [
    'publish unknown-product.json',
    'ota publish: examples/channels.yml has no product "toaster": correct the product, or pass --channels FILE',
  ],
  ['publish release.json --channels invalid.yml', 'ota publish: invalid.yml is invalid: run npm run ota -- check to see why'],
  ['publish not-uploaded.json', 'ota publish: artifacts[0].fileLocation.s3Location.version: still "set-at-upload": pass --upload FILE'],
  [
    'publish release.json --bus firmware-prd',
    'ota publish: there is no bus firmware-prd: check --stage, --bus, and the account and region of your credentials',
  ],
  [
    'publish two-artifacts.json --upload app.bin',
    'ota publish: --upload needs an event with exactly one artifact, and its fileLocation.s3Location with bucket and key',
  ],
  [
    'publish no-bucket.json --upload app.bin',
    'ota publish: there is no bucket acme-other: add it to artifactBuckets in channels.yml and restart npm start',
  ],
  [
    'publish no-versioning.json --upload app.bin',
    'ota publish: bucket acme-unversioned is not versioned, so the released object could be replaced later: enable versioning',
  ],

  ['withdraw thermostat', 'ota withdraw: exactly a product and a version are required'],
  ['withdraw hub 1.0.0 --revision 0', 'ota withdraw: --revision takes a whole number of at least 1, not 0'],

  ['status a b c', 'ota status: give at most a product and a version'],
  [
    'status --stage prod --endpoint ENDPOINT',
    'ota status: stage prod has no ledger: check --stage, and the account and region of your credentials',
  ],
  [
    'rejected --stage prod --endpoint ENDPOINT',
    'ota rejected: stage prod has no queue ota-dispatch-prod-rejected: check --stage, and the account and region of your credentials',
  ],
  ['redrive --queue mine', 'ota redrive: there is no queue "mine": use rejected, releases, follow-ups, rule'],

  ['import-files', 'ota import-files: --stage is required, such as --stage prod'],
  [
    'import-files --stage prod --package nowhere',
    'ota import-files: cannot read nowhere/cloudformation-template-update-stack.json: no such file: run npx serverless package --stage prod with the parameters of the stage, or name its folder with --package',
  ],

  ['fault', 'ota fault: exactly one kind, or list, or clear is required; see --help'],
  ['fault throttle', 'ota fault: --service is required, such as --service iot; see --help'],
  ['fault throttle --service iot --times x', 'ota fault: --times takes a whole number such as 3, not x'],
  ["fault throttle --service iot --times ''", 'ota fault: --times takes a whole number such as 3, not nothing'],
  ['fault throttle --service iot --above 1e9', 'ota fault: --above takes a number such as 10, not 1e9'],
  ['fault throttle --service iot --probability 1.5', 'ota fault: --probability takes a number from 0 to 1, not 1.5'],
  ['fault list --endpoint localhost:4566', 'ota fault: the endpoint must be a URL such as http://127.0.0.1:4566, not localhost:4566'],
  [
    'fault list --endpoint http://127.0.0.1:1',
    'ota fault: nothing listens at http://127.0.0.1:1: start the local service with npm start, or pass --endpoint or --stage',
  ],
];

/** Commands that end without help from the service: their exit status, stdout and stderr. */
const results: readonly (readonly [typed: string, status: number, stdout: Message, stderr?: Message])[] = [
  ['check', 0, 'examples/channels.yml: ok, 3 products, 5 channels'],
  ['check --channels shared.yml', 0, /^shared\.yml: ok, /, /^shared\.yml:\d+: warning: products\.gateway\.\S+: .+\n$/],
  ['check --channels invalid.yml', 1, /^$/, /^invalid\.yml:\d+: products\.thermostat\.\S+\.incrementFactor: .+\ninvalid\.yml: 1 error\n$/],
  ['status', 0, 'no rollouts'],
  ['rejected', 0, 'nothing was rejected'],
  ['redrive', 0, 'the queue rejected is empty, nothing to redrive'],
  ['redrive --id none', 1, 'message none is not in rejected, nothing to redrive'],
  ['fault throttle --service iot', 0, /^fault \d+ is armed: throttle of iot, until npm run ota -- fault clear\n$/],
  [
    'fault error500 --service sqs --operation SendMessage --times 1 --after 2 --probability 0.5 --above 10 --for 60000',
    0,
    /^fault \d+ is armed: error500 of sqs SendMessage, after the first 2 requests, each with probability 0\.5, only above 10 a second, at most 1 time, for 60000 ms\n$/,
  ],
  [
    'fault createFailed --service iot --after 1 --times 0',
    0,
    /^fault \d+ is armed: createFailed of iot, after the first 1 creations, at most 0 times\n$/,
  ],
  [
    'fault list',
    0,
    /^fault \d+ \(armed, struck 0\): throttle of iot, until npm run ota -- fault clear\nfault \d+ \(armed, struck 0\): error500 .+\nfault \d+ \(used up, struck 0\): createFailed .+\n$/,
  ],
  ['fault clear', 0, 'all faults are cleared'],
  ['fault list', 0, 'no faults are armed'],
  ['publish release.json --no-wait', 0, /^published Firmware Release Published as event [0-9a-f-]{36}\n$/],
  ['publish withdrawal-event.json --no-wait', 0, /^published Firmware Release Withdrawn as event [0-9a-f-]{36}\n$/],
  ['withdraw hub 1.0.0 --no-wait', 0, /^published the withdrawal of hub 1\.0\.0 as event [0-9a-f-]{36}\n$/],
];

describe('a message of the command line', () => {
  it.each(wrongUsage)('explains wrong usage: ota %s', async (typed, message) => {
    expect(await type(typed)).toEqual({ status: 2, stdout: '', stderr: line(message) });
  });

  for (const [typed, status, stdout, stderr = /^$/] of results) {
    it(`reports the result: ota ${typed}`, async () => {
      expect(await type(typed)).toEqual({ status, stdout: line(stdout), stderr: line(stderr) });
    });
  }

  it('reports what was redriven, and what was not', async () => {
    const send = (MessageBody: string) => aws.sqs.send(new SendMessageCommand({ QueueUrl: queues['rule-dlq'], MessageBody }));
    await send('fits');
    const { MessageId } = await send('x'.repeat(1_025));
    expect(await type('redrive --queue rule')).toEqual({
      status: 1,
      stdout: '1 of 2 redriven to releases\n',
      stderr: expect.stringMatching(new RegExp(`^${MessageId} stays in rule-dlq: .+\n$`)),
    });
  });

  it('asks for a region if the environment does not name one', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, join(folder, 'none'));
    const stderr = 'ota rejected: no region: a deployed stage needs AWS_REGION, and AWS_PROFILE or other credentials\n';
    expect(await ota('', 'rejected', '--stage', 'prod')).toEqual({ status: 2, stdout: '', stderr });
  });

  it('explains what only a deployed stage can lack', async () => {
    for (const [name, value] of Object.entries({ AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'made', AWS_SECRET_ACCESS_KEY: 'up' }))
      vi.stubEnv(name, value);
    vi.stubEnv('AWS_ACCOUNT_ID', '');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of channels.yml
    writeFileSync(join(folder, 'account.yml'), channels.replaceAll('com.acme.firmware-ci', '"com.acme.${aws:accountId}"'));
    await expect(sourceOfProduct('hub', 'account.yml', openStage({ stage: 'prod' }))).rejects.toThrow(
      /^the source of hub in account\.yml contains the account id, and your credentials do not: publish a whole event with its source$/,
    );
    const onAws = { ...stage, isLocal: false };
    await expect(upload(onAws, { artifacts: [artifact('acme-other')] }, Buffer.from(''))).rejects.toThrow(
      /^there is no bucket acme-other: create it, with versioning enabled$/,
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    expect(() => nameOfChannels('prod', 'params: { default: { channels: "${env:CHANNELS}" } }')).toThrow(
      /^channels in serverless\.yml is \$\{env:CHANNELS\}, which is only known at deployment: pass --channels FILE$/,
    );
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
    expect(() => nameOfRegion('prod', 'params: { default: { region: "${env:AWS_REGION}" } }')).toThrow(
      /^region in serverless\.yml is \$\{env:AWS_REGION\}, which is only known at deployment: pass --region REGION$/,
    );
  });

  it('names the version of Node that is required', () => {
    expect(nodeProblem('22.18.0')).toBe(
      'Node 24 or newer is required, but this is 22.18.0: start it with npm run or npm start, after an npm install without --omit=dev and --ignore-scripts, because npm installs the right Node',
    );
    expect([nodeProblem('24.0.0'), nodeProblem()]).toEqual([undefined, undefined]);
  });
});

describe('a message about a published event', () => {
  const event = { source: published.source, detailType: published['detail-type'], detail: release };
  const withdrawal = { ...event, detailType: withdrawn['detail-type'], detail: withdrawn.detail };
  const options = { wait: true, json: false, patience: 50 };

  it('reports that the service does not process it', async () => {
    vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await expect(publishAndFollow(stage, event, options)).rejects.toThrow(
      /^the service did not process the event within 0\.05 s; check ota status later$/,
    );
    await expect(publishAndFollow(stage, withdrawal, options)).rejects.toThrow(
      /^the service did not process the withdrawal within 0\.05 s; check ota status later$/,
    );
  });

  it('reports that a withdrawal was rejected', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { code: text('UNKNOWN_PRODUCT'), path: text('product'), reason: text('the reason') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: queues['rejected'], MessageBody: '{"id":"e-2"}', MessageAttributes }));
    const scope = { product: 'toaster', version: '1.0.0', force: false };
    await expect(untilStopped(stage, scope, 'e-2', 50)).rejects.toThrow(/^rejected: UNKNOWN_PRODUCT product: the reason$/);
  });

  it('points to the result of a dry run', async () => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const dryRun = { ...event, detail: { ...release, dryRun: true } };
    expect(await publishAndFollow(stage, dryRun, options)).toBe(0);
    expect(print.mock.lastCall).toEqual(['dry run: the result is the event OTA Release Planned on the bus']);
  });

  const ended = (changes: Partial<Rollout> = {}) => viewOf(aRollout({ state: 'COMPLETED', ...changes }));
  const failed = ended({ channel: 'stable', state: 'FAILED', code: 'AWS_REFUSED' });
  const conflict = { code: 'RELEASE_CONFLICT', path: '$', message: 'the reason', channel: 'stable' } as const;
  const rejected = { messageId: 'm', at: '', code: 'TOO_LARGE', path: '$', reason: 'the reason' };

  it.each<[string, Partial<Ending>]>([
    ['beta COMPLETED (9 succeeded, 1 failed)', { rollouts: [ended({ counts: someCounts({ succeeded: 9, failed: 1 }) })] }],
    ['beta COMPLETED, stable FAILED (AWS_REFUSED)', { rollouts: [ended(), failed] }],
    ['already released; nothing was started again: beta WITHDRAWN', { rollouts: [ended({ state: 'WITHDRAWN' })], duplicate: true }],
    ['beta COMPLETED, stable rejected: RELEASE_CONFLICT $: the reason', { rollouts: [ended()], rejections: [conflict] }],
    ['rejected: TOO_LARGE $: the reason', { rejected }],
  ])('reports how a release ended: %s', (message, ending) => {
    expect(endingLine({ rollouts: [], duplicate: false, ...ending })).toBe(message);
  });

  it.each<[string, Partial<Rollout>[]]>([
    ['no rollout matched; future releases that match will be rejected', []],
    ['beta: WITHDRAWN', [{ counts: someCounts({ canceled: 10 }) }]],
    ['beta: FAILED (CREATE_FAILED)', [{ state: 'FAILED', code: 'CREATE_FAILED' }]],
    ['beta: WITHDRAWN; 1 device already has the update and keeps it', [{ counts: someCounts({ succeeded: 1, canceled: 9 }) }]],
    ['beta: WITHDRAWN; 10 devices already have the update and keep it', [{ counts: someCounts({ succeeded: 10 }) }]],
  ])('reports how a withdrawal ended: %s', (message, rows) => {
    expect(withdrawalLines(rows.map((changes) => aRollout({ state: 'WITHDRAWN', ...changes })))).toEqual([message]);
  });
});

describe('--help', () => {
  it.each([
    [[], 0],
    [['check'], 0],
    [['plan'], 0],
    [['publish'], 0],
    [['withdraw'], 0],
    [['status'], 0],
    [['rejected'], 0],
    [['redrive'], 0],
    [['fault'], 0],
  ])('of ota %j is at most 120 characters wide', async (command, status) => {
    const printed = await otaInProcess(...command, '--help');
    expect(printed).toMatchObject({ status, stderr: '', stdout: expect.stringMatching(/^Usage: npm run ota -- /) });
    for (const text of printed.stdout.split('\n')) expect(text.length, text).toBeLessThanOrEqual(120);
  });

  it('is printed if no command was typed, and the exit status is 2', async () => {
    expect(await otaInProcess()).toEqual({ ...(await otaInProcess('--help')), status: 2 });
  });
});
