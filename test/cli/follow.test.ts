import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, NotProcessed } from '../../cli/follow.ts';
import { viewOf } from '../../cli/read-model.ts';
import { openStage, type Stage } from '../../cli/stage.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';

let aws: TestAws;
let rejected = '';
beforeAll(async () => {
  aws = await startTestAws();
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }));
  rejected = QueueUrl;
});
afterAll(() => aws.stop());

const completed = aRollout({ state: 'COMPLETED', attempt: 1, eventId: 'first' });

/** Follows a release of thermostat 2.0.0, on beta by default, while the ledger has `rows`. */
async function followed(
  rows: readonly Rollout[],
  { eventId, releaseDigest, channels = ['beta'] }: { eventId: string; releaseDigest?: string; channels?: string[] },
) {
  const stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  const withRows = { ...stage, ledger: { ...stage.ledger, rowsOf: async () => rows } } as unknown as Stage;
  const printed: string[] = [];
  const about = { product: 'thermostat', version: '2.0.0', revision: 1, channels, eventId };
  const release = releaseDigest === undefined ? about : { ...about, releaseDigest };
  const ending = await follow(
    withRows,
    release,
    (line) => printed.push(line),
    () => undefined,
    50,
  );
  return { ending, printed };
}

describe('following a release', () => {
  it('ends with the rollouts that its own event started', async () => {
    const { ending, printed } = await followed([completed], { eventId: 'first', releaseDigest: completed.releaseDigest });
    expect(ending).toEqual({ rollouts: [viewOf(completed)], duplicate: false });
    expect(printed).toEqual([expect.stringMatching(/^beta: claimed: /)]);
  });

  it('is a duplicate if another event had the same content', async () => {
    const { ending } = await followed([completed], { eventId: 'second', releaseDigest: completed.releaseDigest });
    expect(ending.duplicate).toBe(true);
  });

  it('waits for the rejection if another event had different content', async () => {
    const MessageAttributes = {
      code: { DataType: 'String', StringValue: 'RELEASE_CONFLICT' },
      path: { DataType: 'String', StringValue: '$' },
      reason: { DataType: 'String', StringValue: 'the reason' },
    };
    const MessageBody = JSON.stringify({ id: 'third' });
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody, MessageAttributes }));
    const { ending, printed } = await followed([completed], { eventId: 'third', releaseDigest: 'ff'.repeat(32) });
    expect(ending).toMatchObject({ duplicate: false, rejected: { code: 'RELEASE_CONFLICT' } });
    expect(printed).toEqual([]);
  });

  it.each<[string, Partial<Rollout>]>([
    ['RELEASE_CONFLICT', { releaseDigest: 'ff'.repeat(32) }],
    ['VERSION_AMBIGUOUS', { version: '2.0.0+other' }],
  ])('ends without the channel on which another release was accepted meanwhile, and answers %s for it', async (code, changes) => {
    const others = aRollout({ channel: 'stable', state: 'COMPLETED', eventId: 'other', ...changes });
    const release = { eventId: 'first', releaseDigest: completed.releaseDigest, channels: ['beta', 'stable'] };
    const { ending, printed } = await followed([completed, others], release);
    expect(ending).toMatchObject({ rollouts: [viewOf(completed)], duplicate: false, rejections: [{ code, channel: 'stable' }] });
    expect(printed).toEqual([expect.stringMatching(/^beta: claimed: /)]);
  });

  it('throws if the service does not process the event in time', async () => {
    await expect(followed([], { eventId: 'fourth', releaseDigest: completed.releaseDigest })).rejects.toThrow(NotProcessed);
  });
});

describe('a rollout in ota status --json', () => {
  it('has the members that programs rely on, and no others', () => {
    const members = [
      'rolloutId',
      'product',
      'version',
      'revision',
      'channel',
      'service',
      'state',
      'attempt',
      'aws',
      'at',
      'since',
      'history',
    ];
    const view = viewOf(completed);
    expect(Object.keys(view)).toEqual(members);
    expect(Object.keys(view.history[0] ?? {})).toEqual(['at', 'from', 'to', 'why']);
  });
});
