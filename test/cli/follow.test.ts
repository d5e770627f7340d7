import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow, type Limits, NotProcessed } from '../../cli/follow.ts';
import { viewOf } from '../../cli/read-model.ts';
import { openStage } from '../../cli/stage.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { aRollout, someCounts } from '../../proof/support/a-rollout.ts';

let aws: TestAws;
let rejected = '';
beforeAll(async () => {
  aws = await startTestAws();
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }));
  rejected = QueueUrl;
});
afterAll(() => aws.stop());

const completed = aRollout({ state: 'COMPLETED', attempt: 1, eventId: 'first' });

type Asked = { eventId: string; releaseDigest?: string; channels?: string[]; limits?: Partial<Limits> };

/** Follows a release of thermostat 2.0.0, on beta by default. The ledger has the rows of each look in turn. */
async function followedWhile(looks: Rollout[][], { eventId, releaseDigest, channels = ['beta'], limits }: Asked) {
  const stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  const rows = () => (looks.length > 1 ? looks.shift() : looks[0]) ?? [];
  const ledger = { ...stage.ledger, releaseOf: async () => ({ accepted: [], rows: rows(), withdrawals: [] }) };
  const printed: string[] = [];
  const release = {
    product: 'thermostat',
    version: '2.0.0',
    revision: 1,
    channels,
    eventId,
    releaseDigest: releaseDigest ?? completed.releaseDigest,
  };
  const ending = await follow(
    { ...stage, ledger },
    release,
    (line) => printed.push(line),
    () => undefined,
    { patience: 50, quiet: 60_000, ...limits },
  );
  return { ending, printed };
}
const followed = (rows: Rollout[], asked: Asked) => followedWhile([rows], asked);

describe('following a release', () => {
  it('ends with the rollouts that its own event started', async () => {
    const { ending, printed } = await followed([completed], { eventId: 'first' });
    expect(ending).toEqual({ rollouts: [completed], duplicate: false });
    expect(printed).toEqual(['beta: accepted']);
  });

  it('is a duplicate if another event had the same content', async () => {
    const { ending } = await followed([completed], { eventId: 'second' });
    expect(ending.duplicate).toBe(true);
  });

  it('prints the state of a duplicate once, and then only what changes', async () => {
    const before = aRollout({ state: 'CREATED', eventId: 'first' });
    const history = [...before.history, { at: 1, from: 'CREATED', to: 'COMPLETED', why: 'the reason', who: 'w' } as const];
    const { printed } = await followedWhile([[before], [{ ...before, state: 'COMPLETED', history }]], { eventId: 'second' });
    expect(printed).toEqual(['beta: already CREATED', 'beta: completed: the reason']);
  });

  it('prints which channel had the release before', async () => {
    const others = aRollout({ channel: 'stable', state: 'COMPLETED', eventId: 'other' });
    const { printed } = await followed([completed, others], { eventId: 'first', channels: ['beta', 'stable'] });
    expect(printed).toEqual(['beta: accepted', 'stable: already COMPLETED']);
  });

  it('is no duplicate if the release was already on another channel', async () => {
    const others = aRollout({ channel: 'stable', state: 'COMPLETED', eventId: 'other' });
    const { ending } = await followed([completed, others], { eventId: 'first', channels: ['beta', 'stable'] });
    expect(ending).toEqual({ rollouts: [completed, others], duplicate: false });
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

  it.each<[string, Rollout[], string[]]>([
    ['no channel has a rollout', [], ['beta']],
    ['only a channel has one that had it before', [completed], ['beta', 'stable']],
  ])('throws if the service does not process the event in time: %s', async (_what, rows, channels) => {
    await expect(followed(rows, { eventId: 'fourth', channels })).rejects.toThrow(NotProcessed);
  });

  const created = (counts: Parameters<typeof someCounts>[0], continuous = false) =>
    aRollout({ state: 'CREATED', attempt: 1, eventId: 'first', continuous, counts: someCounts(counts) });

  it('ends with the states of that moment if the time is over', async () => {
    const { ending } = await followed([created({ queued: 10 })], { eventId: 'first', limits: { timeout: 1 } });
    expect(ending).toEqual({ rollouts: [created({ queued: 10 })], duplicate: false, timedOut: true });
  });

  it('ends when enough devices have succeeded', async () => {
    const looks = [[created({ queued: 10 })], [created({ queued: 2, succeeded: 8 })]];
    const { ending } = await followedWhile(looks, { eventId: 'first', limits: { until: 80 } });
    expect(ending.rollouts).toEqual([created({ queued: 2, succeeded: 8 })]);
  });

  it('ends for a continuous rollout when each of its devices has ended', async () => {
    const looks = [[created({ inProgress: 10 }, true)], [created({ failed: 10 }, true)]];
    const { ending } = await followedWhile(looks, { eventId: 'first' });
    expect(ending.rollouts).toEqual([created({ failed: 10 }, true)]);
  });

  it('ends for a continuous rollout when nothing has changed for so long', async () => {
    const looks = [[created({ queued: 10 }, true)], [created({ queued: 9, succeeded: 1 }, true)]];
    const { ending } = await followedWhile(looks, { eventId: 'first', limits: { quiet: 1 } });
    expect(ending.rollouts).toEqual([created({ queued: 9, succeeded: 1 }, true)]);
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
      'operation',
      'releaseDigest',
      'state',
      'attempt',
      'aws',
      'at',
      'since',
      'publishedBy',
      'history',
    ];
    const view = viewOf(completed);
    expect(Object.keys(view)).toEqual(members);
    expect(Object.keys(view.history[0] ?? {})).toEqual(['at', 'from', 'to', 'why']);
  });
});
