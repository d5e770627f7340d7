import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { followWithdrawal } from '../../cli/follow-withdrawal.ts';
import { publishAndFollow } from '../../cli/publish-and-follow.ts';
import { parseRelease, type Release } from '../../domain/release/release.ts';
import { acceptedRelease } from '../../domain/rollout/claim.ts';
import { openStage, type Stage } from '../../operator/stage/stage.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, ledgerTable } from '../../proof/stage/tables.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';

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

  it('prints for a program that nobody knows more, and the event id', async () => {
    expect(await publishAndFollow(stage, event, release, { wait: true, json: true, limits })).toBe(0);
    expect(printed.map((line) => JSON.parse(line))).toEqual([{ result: 'published', eventId: expect.any(String) }]);
  });

  it('ignores the rejection of another event', async () => {
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const MessageAttributes = { code: text('TOO_LARGE'), path: text('$'), reason: text('the reason') };
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody: '{"id":"of-another"}', MessageAttributes }));
    expect(await publishAndFollow(stage, event, release, { wait: true, json: false, limits })).toBe(0);
  });
});

describe('a published event', () => {
  const options = { wait: true, json: true, limits };
  const withdrawal = { product: 'thermostat', version: '2.0.0', force: false };
  const followings: [string, () => Promise<number>][] = [
    ['a release', () => publishAndFollow(stage, event, { ...release, dryRun: false }, options, { warnings: [] })],
    ['a withdrawal', () => followWithdrawal(stage, withdrawal, 'e-1', options)],
  ];
  afterEach(() => aws.services.faults.clear());

  it.each(followings)('of %s has its id in the output for a program if nobody processes it', async (_what, following) => {
    await expect(following()).rejects.toThrow();
    expect(printed.map((line) => JSON.parse(line))).toMatchObject([{ eventId: expect.any(String), error: expect.any(String) }]);
  });

  it.each(followings)('of %s has its id in the output for a program if AWS cannot be read', async (_what, following) => {
    aws.services.faults.add({ kind: 'outage', service: 'dynamodb' });
    await expect(following()).rejects.toThrow();
    expect(printed.map((line) => JSON.parse(line))).toMatchObject([{ eventId: expect.any(String), error: expect.any(String) }]);
  });

  it('is followed to its end after an outage of DynamoDB or SQS', async () => {
    const parsedRelease = { ...release, dryRun: false };
    const accepted = acceptedRelease(parsedRelease);
    await stage.ledger.accept(aRollout({ state: 'COMPLETED', ...accepted }), accepted);
    for (const service of ['dynamodb', 'sqs'] as const) aws.services.faults.add({ kind: 'outage', service, times: 5 });
    const patient = { ...options, limits: { ...limits, patience: 60_000 } };
    expect(await publishAndFollow(stage, event, parsedRelease, patient)).toBe(0);
  });
});
