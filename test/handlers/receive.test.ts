import { describe, expect, it } from 'vitest';
import { gateOfChannel } from '../../domain/channels/gate.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { aRecordedWithdrawal, aRollout, now } from '../../proof/support/a-rollout.ts';
import { channelsOf, otaUpdateChannel, place } from '../../proof/support/fixtures.ts';
import { aPublication, aWithdrawal } from '../../proof/support/messages.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const take = (world: InMemory, body: string, invocation = anInvocation(), messageId = 'm-1') =>
  receive(readMessage(messageId, body, world.services.allowedAccounts), invocation, world.services);
const beta = { product: 'thermostat', version: '2.0.0', revision: 1, channel: 'beta' };

describe('a new release', () => {
  it('at IoT Core is claimed, loaded with its withdrawals, entered in the head, marked as creating, then created unless a hold came', async () => {
    const world = servicesInMemory();
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.calls()).toEqual([
      'lookUp',
      'artifact',
      'lock',
      'accept beta',
      'load beta',
      'head beta',
      'write beta CREATING',
      'holds',
      'create 1',
      'follow-up numbered',
      'lock completed',
    ]);
    expect(world.followUps[0]).toMatchObject({ delaySeconds: expect.any(Number) });
    expect(world.published).toEqual([]);
  });

  it('waits for a control plane that does not answer before it takes the lock, so that nothing is claimed or intended meanwhile', async () => {
    const world = servicesInMemory();
    const { calls, journal } = world;
    const untilAnswering: typeof world.services.untilAnswering = async ({ operation, request }, { millisecondsLeft }) => {
      journal.push(`wait for ${operation} ${String(request['otaUpdateId'] !== undefined)} ${millisecondsLeft()}`);
    };
    const services = { ...world.services, untilAnswering };
    await expect(receive(readMessage('m-1', aPublication(), [place.accountId]), anInvocation(), services)).resolves.toBe('dispatched');
    expect(calls().slice(0, 5)).toEqual(['lookUp', 'artifact', 'wait for CreateOTAUpdate true 60000', 'lock', 'accept beta']);
  });

  it('waits for DynamoDB and S3 at the reads before its claim, and at nothing else', async () => {
    const world = servicesInMemory();
    const waited: string[] = [];
    const untilRead: typeof world.services.untilRead = async (read) => {
      const before = world.journal.length;
      const value = await read();
      waited.push(...world.journal.slice(before));
      return value;
    };
    const services = { ...world.services, untilRead };
    await expect(receive(readMessage('m-1', aPublication(), [place.accountId]), anInvocation(), services)).resolves.toBe('dispatched');
    expect(waited).toEqual(['lookUp', 'artifact']);
  });

  it('at managed integrations has its job document written first, and is created at once', async () => {
    const world = servicesInMemory();
    await expect(take(world, aPublication({ channels: ['hubs'] }))).resolves.toBe('dispatched');
    expect(world.calls()).toEqual([
      'lookUp',
      'artifact',
      'document',
      'lock',
      'accept hubs',
      'load hubs',
      'head hubs',
      'write hubs CREATING',
      'holds',
      'create 1',
      'write hubs CREATED',
      'publish Rollout Created',
      'write hubs CREATED',
      'lock completed',
    ]);
    expect(world.rowAt({ ...beta, channel: 'hubs' })).toMatchObject({
      aws: { taskId: 't-1' },
      unansweredCreates: { count: 0 },
      outbox: [],
    });
  });

  it('on several channels is claimed in the first row, and each further channel costs five more calls', async () => {
    const world = servicesInMemory();
    await take(world, aPublication({ channels: ['beta', 'stable'] }));
    const calls = world.calls();
    expect(calls.slice(3)).toEqual([
      'accept beta',
      'load beta',
      'claim stable',
      'head beta',
      'write beta CREATING',
      'holds',
      'create 1',
      'follow-up numbered',
      'load stable',
      'head stable',
      'write stable CREATING',
      'holds',
      'create 1',
      'follow-up numbered',
      'lock completed',
    ]);
  });

  it('that is withdrawn between planning and claim creates nothing', async () => {
    const world = servicesInMemory();
    world.hooks.before = async (line) => {
      if (line !== 'accept beta') return;
      delete world.hooks.before;
      await world.services.ledger.writeWithdrawals('thermostat', '2.0.0', {
        itemRevision: 0,
        list: [aRecordedWithdrawal({ at: now })],
      });
    };
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    expect(world.rowAt(beta)?.state).toBe('WITHDRAWN');
    expect(world.published.map((event) => event.detailType)).toEqual(['OTA Rollout Withdrawn']);
  });

  it('that is older than the channel’s newest is superseded at once, without a create', async () => {
    const world = servicesInMemory();
    world.put(aRollout({ version: '3.0.0', state: 'CREATED', attempt: 1 }), { sequence: 1, version: '3.0.0', revision: 1, created: true });
    await expect(take(world, aPublication())).resolves.toBe('dispatched');
    expect(world.planes.CreateOTAUpdate.sent).toEqual([]);
    expect(world.rowAt(beta)).toMatchObject({ state: 'SUPERSEDED', supersededBy: { version: '3.0.0' } });
  });

  it('that is a dry run is planned, and nothing is written', async () => {
    const world = servicesInMemory();
    await expect(take(world, aPublication({ dryRun: true }))).resolves.toBe('dispatched');
    // The ledger says what the gate of each channel would wait for now.
    expect(world.calls()).toEqual(['lookUp', 'artifact', 'approvals', 'holds', 'publish Release Planned']);
    expect(world.items.size).toBe(0);
  });
});

describe('a dry run', () => {
  const gated = { after: 'beta', approval: { required: 1, skip: [] } } as const;
  const channels = channelsOf({
    beta: otaUpdateChannel({}, { unsigned: 'allow' }),
    stable: otaUpdateChannel({}, { unsigned: 'allow', ...gated }),
  });
  const both = { channels: ['beta', 'stable'] };
  const board = { account: place.accountId, source: 'com.acme.board' };

  /** The answer to a dry run, after which the ledger must be as before. */
  async function planned(world: InMemory, changes: object = both) {
    const before = new Map(world.items);
    await expect(take(world, aPublication({ ...changes, dryRun: true }), anInvocation(), 'm-dry')).resolves.toBe('dispatched');
    expect(new Map(world.items)).toEqual(before);
    const event = world.published.at(-1);
    if (event?.detailType !== 'OTA Release Planned') throw new Error(`published ${event?.detailType}`);
    return event.detail;
  }
  const short = ({ rejections }: Awaited<ReturnType<typeof planned>>) => rejections.map(({ code, channel }) => [code, channel]);

  it('of a new release says what each gate lacks, and reads the channels before those alone', async () => {
    const world = servicesInMemory({ channels });
    expect((await planned(world)).rollouts).toMatchObject([
      { channel: 'beta', releaseDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      { channel: 'stable', gate: gateOfChannel(gated), waitingFor: ['APPROVAL', 'UPSTREAM_MISSING'] },
    ]);
    expect(world.calls()).toEqual(['lookUp', 'artifact', 'approvals', 'holds', 'upstreams', 'publish Release Planned']);
  });

  it('of a further channel sees the channel before, its devices, and the approvals', async () => {
    const world = servicesInMemory({ channels });
    await take(world, aPublication());
    const row = world.rowAt(beta);
    expect(await planned(world, { channels: ['stable'] })).toMatchObject({
      rollouts: [{ channel: 'stable', waitingFor: ['APPROVAL', 'UPSTREAM_PENDING'] }],
    });
    const { version = '', revision = 1, releaseDigest = '' } = row ?? {};
    const approval = { version, revision, channels: ['stable'], releaseDigest, by: board, at: now };
    await world.services.ledger.writeApprovals('thermostat', version, { itemRevision: 0, list: [approval] });
    expect((await planned(world, { channels: ['stable'] })).rollouts).toMatchObject([{ waitingFor: ['UPSTREAM_PENDING'] }]);
  });

  it('sees the holds of the product, on a channel without a gate, too', async () => {
    const world = servicesInMemory({ channels });
    const hold = { holdId: 'fair', channels: ['beta'], reason: 'trade fair', by: board, at: now };
    await world.services.ledger.writeHolds('thermostat', { itemRevision: 0, holds: { held: [hold], ended: [] } });
    const { rollouts } = await planned(world);
    expect(rollouts).toMatchObject([{ channel: 'beta', waitingFor: ['HELD'] }, { channel: 'stable' }]);
    expect(rollouts[0]).not.toHaveProperty('gate');
    expect(rollouts[1]?.waitingFor).not.toContain('HELD');
  });

  it('of a release that was accepted before has the request and gate of its rows, whatever channels.yml says now', async () => {
    const before = servicesInMemory({ channels });
    await take(before, aPublication(both));
    const { services } = servicesInMemory({ channels: { artifactBuckets: [], products: {} } });
    const world = { ...before, services: { ...before.services, channels: services.channels } };
    const { rollouts, rejections } = await planned(world);
    expect(rejections).toEqual([]);
    expect(rollouts).toMatchObject([
      { channel: 'beta', input: before.rowAt(beta)?.request },
      { channel: 'stable', gate: gateOfChannel(gated), waitingFor: ['APPROVAL', 'UPSTREAM_PENDING'] },
    ]);
  });

  it.each<[string, object, string]>([
    ['with other content', { description: 'something else' }, 'RELEASE_CONFLICT'],
    ['whose version differs only in build metadata', { version: '2.0.0+b' }, 'VERSION_AMBIGUOUS'],
  ])('%s than what was accepted is rejected like the release itself', async (_what, changes, code) => {
    const world = servicesInMemory({ channels });
    await take(world, aPublication());
    world.calls();
    const detail = await planned(world, changes);
    expect([detail.rollouts, short(detail)]).toEqual([[], [[code, undefined]]]);
    expect(world.calls()).toEqual(['lookUp', 'publish Release Planned']);
  });

  it('of a withdrawn release is rejected, on each of its channels and even if it was accepted before', async () => {
    const world = servicesInMemory({ channels });
    await world.services.ledger.writeWithdrawals('thermostat', '2.0.0', {
      itemRevision: 0,
      list: [aRecordedWithdrawal({ channels: ['stable'] })],
    });
    expect(short(await planned(world))).toEqual([['RELEASE_WITHDRAWN', 'stable']]);
    await take(world, aPublication());
    await take(world, aWithdrawal());
    expect(short(await planned(world))).toEqual([
      ['RELEASE_WITHDRAWN', 'stable'],
      ['RELEASE_WITHDRAWN', 'beta'],
    ]);
    expect(short(await planned(world, { description: 'something else' }))).toEqual([['RELEASE_WITHDRAWN', 'beta']]);
  });
});

describe('a message that comes again', () => {
  it('costs one call to the ledger, and is reported as a duplicate', async () => {
    const world = servicesInMemory();
    await take(world, aPublication());
    world.calls();
    await expect(take(world, aPublication(), anInvocation(), 'm-2')).resolves.toBe('duplicate');
    expect(world.calls()).toEqual(['lookUp', 'publish Release Duplicate']);
    expect(world.published.at(-1)?.detail).toMatchObject({ messageId: 'm-2', rollouts: [{ channel: 'beta', firstMessageId: 'm-1' }] });
  });

  it('is a duplicate even if the configuration would reject it today', async () => {
    const before = servicesInMemory();
    await take(before, aPublication());
    const { services } = servicesInMemory({ channels: { artifactBuckets: [], products: {} } });
    const world = { ...before, services: { ...before.services, channels: services.channels } };
    await expect(take(world, aPublication(), anInvocation(), 'm-2')).resolves.toBe('duplicate');
  });

  it('with different content is rejected, and the first continues unchanged', async () => {
    const world = servicesInMemory();
    await take(world, aPublication());
    const row = world.rowAt(beta);
    world.calls();
    await expect(take(world, aPublication({ description: 'other' }), anInvocation(), 'm-2')).resolves.toBe('rejected');
    expect(world.calls()).toEqual(['lookUp', 'rejected RELEASE_CONFLICT', 'publish Release Rejected']);
    await expect(take(world, aPublication({ version: '2.0.0+b' }), anInvocation(), 'm-3')).resolves.toBe('rejected');
    expect(world.rejected.map(({ code }) => code)).toEqual(['RELEASE_CONFLICT', 'VERSION_AMBIGUOUS']);
    await expect(take(world, aPublication(), anInvocation(), 'm-4')).resolves.toBe('duplicate');
    expect(world.rowAt(beta)).toEqual(row);
  });

  it('with different content on another channel is rejected: one version has one content', async () => {
    const world = servicesInMemory();
    await take(world, aPublication({ channels: ['stable'] }));
    world.calls();
    const other = aPublication({ channels: ['beta'], description: 'other' });
    await expect(take(world, other, anInvocation(), 'm-2')).resolves.toBe('rejected');
    expect(world.calls()).toEqual(['lookUp', 'rejected RELEASE_CONFLICT', 'publish Release Rejected']);
    await expect(take(world, aPublication({ version: '2.0.0+b' }), anInvocation(), 'm-3')).resolves.toBe('rejected');
    expect(world.rejected.map(({ code }) => code)).toEqual(['RELEASE_CONFLICT', 'VERSION_AMBIGUOUS']);
    await expect(take(world, aPublication(), anInvocation(), 'm-4')).resolves.toBe('dispatched');
  });

  it('with different content after a withdrawal is rejected as withdrawn, because a new revision would be withdrawn as well', async () => {
    const world = servicesInMemory();
    await take(world, aPublication());
    await take(world, aWithdrawal());
    await expect(take(world, aPublication({ description: 'other' }), anInvocation(), 'm-3')).resolves.toBe('rejected');
    expect(world.rejected.at(-1)?.code).toBe('RELEASE_WITHDRAWN');
    await expect(take(world, aPublication(), anInvocation(), 'm-4')).resolves.toBe('duplicate');
  });

  it('with one more channel dispatches only that one', async () => {
    const world = servicesInMemory();
    await take(world, aPublication());
    await expect(take(world, aPublication({ channels: ['beta', 'stable'] }), anInvocation(), 'm-2')).resolves.toBe('dispatched');
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(2);
    expect(world.rowAt({ ...beta, channel: 'stable' })?.messageId).toBe('m-2');
  });

  it('within the same batch is dispatched once', async () => {
    const world = servicesInMemory();
    const invocation = anInvocation();
    const endings = await Promise.all([take(world, aPublication(), invocation, 'm-1'), take(world, aPublication(), invocation, 'm-2')]);
    expect(endings).toEqual(['dispatched', 'duplicate']);
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });
});

describe('two versions in one batch that differ only in build metadata', () => {
  it('take turns, and the second is rejected as a whole even if it has one more channel', async () => {
    const world = servicesInMemory();
    const invocation = anInvocation();
    const other = aPublication({ version: '2.0.0+b', channels: ['stable', 'beta'] });
    const endings = await Promise.all([take(world, aPublication(), invocation, 'm-1'), take(world, other, invocation, 'm-2')]);
    expect(endings).toEqual(['dispatched', 'rejected']);
    expect(world.rejected.map(({ code }) => code)).toEqual(['VERSION_AMBIGUOUS']);
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });
});

describe('a rejection', () => {
  it('keeps the body, publishes the reason, and writes neither row nor lock, so that the message can be accepted later', async () => {
    const world = servicesInMemory({ channels: { artifactBuckets: [], products: {} } });
    await expect(take(world, aPublication())).resolves.toBe('rejected');
    expect(world.calls()).toEqual(['lookUp', 'rejected UNKNOWN_PRODUCT', 'publish Release Rejected']);
    expect([world.items.size, world.locks.size]).toEqual([0, 0]);
    expect(world.rejected).toEqual([{ body: aPublication(), code: 'UNKNOWN_PRODUCT' }]);
    const changed = { ...world, services: { ...world.services, channels: servicesInMemory().services.channels } };
    await expect(take(changed, aPublication())).resolves.toBe('dispatched');
  });

  it('of one channel rejects the message before anything is claimed', async () => {
    const world = servicesInMemory();
    await expect(take(world, aPublication({ channels: ['beta', 'nowhere'] }))).resolves.toBe('rejected');
    expect(world.items.size).toBe(0);
    expect(world.published[0]?.detail).toMatchObject({ code: 'UNKNOWN_CHANNEL', channel: 'nowhere' });
  });

  it('of an unreadable message costs no call to the ledger', async () => {
    const world = servicesInMemory();
    await expect(take(world, '{')).resolves.toBe('rejected');
    expect(world.calls()).toEqual(['rejected MALFORMED_JSON', 'publish Release Rejected']);
  });

  it('that cannot be published is retried', async () => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line.startsWith('publish')) throw new Error('the bus is away');
    };
    await expect(take(world, '{')).rejects.toThrow('the bus is away');
  });

  it.each(['beta', 'stable'])('of a release whose version was accepted meanwhile on %s completes no lock', async (channel) => {
    const world = servicesInMemory();
    world.hooks.before = (line) => {
      if (line === 'accept beta') world.put(aRollout({ channel }));
    };
    await expect(take(world, aPublication())).resolves.toBe('rejected');
    expect([world.rejected[0]?.code, world.locks.size]).toEqual(['RELEASE_CONFLICT', 0]);
    expect(world.rowAt(beta)?.messageId).toBe(channel === 'beta' ? 'm-1' : undefined);
  });
});
