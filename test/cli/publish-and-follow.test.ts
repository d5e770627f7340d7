import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { publishAndFollow } from '../../cli/publish-and-follow.ts';
import { openStage, type Stage } from '../../cli/stage.ts';
import { parseRelease, type Release } from '../../domain/release/release.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';

let aws: TestAws;
let stage: Stage;
let rejected = '';
beforeAll(async () => {
  aws = await startTestAws();
  stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  await createTable(aws.dynamodb, ledgerTable('ota-dispatch-local-ledger'));
  await aws.events.send(new CreateEventBusCommand({ Name: stage.bus }));
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }));
  rejected = QueueUrl;
});
afterAll(() => aws.stop());

const printed: string[] = [];
beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation((line) => printed.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  printed.length = 0;
});

const s3Location = { bucket: 'acme-firmware', key: 'app.bin', version: 'v' };
const parsed = parseRelease({
  product: 'thermostat',
  version: '2.0.0',
  channels: ['beta'],
  artifacts: [{ fileName: '/app.bin', fileLocation: { s3Location }, sha256: 'aa'.repeat(32) }],
  dryRun: true,
});
const release = (parsed.ok && parsed.value) as Release;
const event = { source: 'com.acme.firmware-ci', detailType: 'Firmware Release Published', detail: JSON.stringify(release) };
const limits = { patience: 50, quiet: 50 };

describe('publishing a dry run', () => {
  it('answers 0 if the service does not reject it in time', async () => {
    expect(await publishAndFollow(stage, event, release, { wait: true, json: false, limits })).toBe(0);
    expect(printed).toHaveLength(2);
  });

  it('prints only the event id for a program', async () => {
    expect(await publishAndFollow(stage, event, release, { wait: true, json: true, limits })).toBe(0);
    expect(printed.map((line) => Object.keys(JSON.parse(line)))).toEqual([['eventId']]);
  });

  it('ignores the rejection of another event', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { code: text('TOO_LARGE'), path: text('$'), reason: text('the reason') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody: '{"id":"of-another"}', MessageAttributes }));
    expect(await publishAndFollow(stage, event, release, { wait: true, json: false, limits })).toBe(0);
  });
});
