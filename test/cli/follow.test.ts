import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endedWell, endingLine } from '../../cli/ending.ts';
import { follow, type Limits } from '../../cli/follow.ts';
import type { Approval } from '../../domain/gate/approvals.ts';
import type { Hold } from '../../domain/gate/holds.ts';
import { emptyHead, type Rollout } from '../../domain/rollout/rollout.ts';
import { NotProcessed } from '../../operator/actions/answer.ts';
import { viewOf } from '../../operator/reads/read-model.ts';
import { openStage } from '../../operator/stage/stage.ts';
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

type Asked = { eventId: string; releaseDigest?: string; channels?: string[]; limits?: Partial<Limits>; steering?: Partial<Steering> };
type Steering = { readonly approvals: Approval[]; readonly holds: Hold[]; readonly upstreams: Record<string, Rollout> };

/** Follows a release of thermostat 2.0.0, on beta by default. The ledger has the rows of each look in turn. */
async function followedWhile(looks: Rollout[][], { eventId, releaseDigest, channels = ['beta'], limits, steering = {} }: Asked) {
  const stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  const rows = () => (looks.length > 1 ? looks.shift() : looks[0]) ?? [];
  const { approvals = [], holds = [], upstreams = {} } = steering;
  const ledger = {
    ...stage.ledger,
    releaseOf: async () => ({ accepted: [], rows: rows(), withdrawals: [] }),
    approvals: async () => ({ itemRevision: 0, list: approvals }),
    holds: async () => ({ itemRevision: 0, holds: { held: holds, ended: [] } }),
    upstreams: async () => Object.fromEntries(Object.entries(upstreams).map(([name, row]) => [name, { row, head: emptyHead, newer: [] }])),
  };
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

describe('following a release with a gate or under a hold', () => {
  const waiting = aRollout({
    channel: 'stable',
    state: 'WAITING',
    eventId: 'first',
    gate: { approval: { required: 1, skip: [] } },
    history: [{ at: 1, to: 'WAITING', why: 'accepted', who: 'w' }],
  });
  const { version, revision, releaseDigest } = waiting;
  const by = { account: '000000000000', source: 'com.acme.release-board' };
  const approval = { version, revision, channels: ['stable'], releaseDigest, by, at: 1 };
  const hold = { holdId: 'radio', reason: 'Loses its network', by, at: 1 };
  const both = ['beta', 'stable'];

  it('ends well when every other channel has, and names what is missing', async () => {
    const created = aRollout({ state: 'CREATED', attempt: 1, eventId: 'first', counts: someCounts({ queued: 1 }) });
    const { ending, printed } = await followedWhile(
      [
        [created, waiting],
        [completed, waiting],
      ],
      { eventId: 'first', channels: both },
    );
    expect(printed).toEqual([
      'beta: accepted',
      'stable: accepted, and waits for its gate',
      'stable: waits and is no longer followed: 0 of 1 approvals',
    ]);
    expect(ending.waiting).toEqual([
      {
        channel: 'stable',
        rolloutId: waiting.rolloutId,
        waitingFor: ['APPROVAL'],
        reasons: [{ reason: 'APPROVAL', message: '0 of 1 approvals' }],
        words: '0 of 1 approvals',
      },
    ]);
    expect(endedWell(ending)).toBe(true);
    expect(endingLine(ending)).toBe('beta COMPLETED, stable WAITING: 0 of 1 approvals');
  });

  it('ends badly if another channel does', async () => {
    const { ending } = await followed([{ ...completed, state: 'FAILED' }, waiting], { eventId: 'first', channels: both });
    expect(endedWell(ending)).toBe(false);
  });

  it('ends badly if the channel itself has failed meanwhile', async () => {
    const created = aRollout({ state: 'CREATED', attempt: 1, eventId: 'first', counts: someCounts({ queued: 1 }) });
    const shut = { ...waiting, state: 'FAILED', code: 'GATE_SHUT' } as const;
    const looks = [
      [created, waiting],
      [completed, shut],
    ];
    const { ending } = await followedWhile(looks, { eventId: 'first', channels: both });
    expect(endedWell(ending)).toBe(false);
    expect(endingLine(ending)).toBe('beta COMPLETED, stable FAILED (GATE_SHUT)');
  });

  it('ends well if the channel goes on meanwhile', async () => {
    const created = aRollout({ state: 'CREATED', attempt: 1, eventId: 'first', counts: someCounts({ queued: 1 }) });
    const opened = { ...waiting, state: 'CREATED' } as const;
    const looks = [
      [created, waiting],
      [completed, opened],
    ];
    const { ending } = await followedWhile(looks, { eventId: 'first', channels: both });
    expect(endedWell(ending)).toBe(true);
    expect(ending.waiting).toMatchObject([{ channel: 'stable', waitingFor: [], words: '' }]);
  });

  it('does not judge a gate before each channel has a rollout, because the one before may be yet to come', async () => {
    const after = [{ channel: 'beta', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 }];
    const behind = { ...waiting, gate: { after, approval: { required: 1, skip: [] } } };
    const { printed } = await followedWhile([[behind], [completed, behind]], {
      eventId: 'first',
      channels: both,
      steering: { upstreams: { beta: { ...completed, counts: someCounts({ succeeded: 1 }) } } },
    });
    expect(printed.at(-1)).toBe('stable: waits and is no longer followed: 0 of 1 approvals');
  });

  it('follows a channel that has nothing missing to its end', async () => {
    const done = { ...waiting, state: 'COMPLETED' } as const;
    const { ending, printed } = await followedWhile([[waiting], [done]], {
      eventId: 'first',
      channels: ['stable'],
      steering: { approvals: [approval] },
    });
    expect(ending).toEqual({ rollouts: [done], duplicate: false });
    expect(printed).toEqual(['stable: accepted, and waits for its gate']);
  });

  it('follows a channel whose gate only needs a look of the service at the channel before', async () => {
    const after = [{ channel: 'beta', minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 }];
    const behind = { ...waiting, gate: { after } };
    const done = { ...behind, state: 'COMPLETED' } as const;
    const beta = aRollout({ state: 'CREATED', attempt: 1, counts: someCounts({ succeeded: 1 }) });
    const { ending, printed } = await followedWhile([[behind], [behind], [done]], {
      eventId: 'first',
      channels: ['stable'],
      steering: { upstreams: { beta } },
    });
    expect(printed).toEqual(['stable: accepted, and waits for its gate']);
    expect(ending).toEqual({ rollouts: [done], duplicate: false });
  });

  it('no longer follows a channel without a gate that a hold keeps', async () => {
    const claimed = aRollout({ eventId: 'first' });
    const { ending, printed } = await followed([claimed], { eventId: 'first', steering: { holds: [hold] } });
    expect(printed).toEqual(['beta: accepted', 'beta: waits and is no longer followed: held by radio (Loses its network)']);
    expect(endedWell(ending)).toBe(true);
  });

  it('follows every channel to its end with --wait-for-gates, and prints each change of what is missing once', async () => {
    const done = { ...waiting, state: 'COMPLETED' } as const;
    const { ending, printed } = await followedWhile([[waiting], [waiting], [done]], {
      eventId: 'first',
      channels: ['stable'],
      limits: { waitForGates: true },
    });
    expect(ending).toEqual({ rollouts: [done], duplicate: false });
    expect(printed).toEqual(['stable: accepted, and waits for its gate', 'stable: waits: 0 of 1 approvals']);
  });

  it('ends badly with --wait-for-gates if the time is over', async () => {
    const { ending } = await followed([waiting], { eventId: 'first', channels: ['stable'], limits: { waitForGates: true, timeout: 1 } });
    expect(ending).toEqual({ rollouts: [waiting], duplicate: false, timedOut: true });
  });
});
