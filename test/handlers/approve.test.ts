import { describe, expect, it } from 'vitest';
import type { Channels } from '../../domain/channels/schema.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { aRollout, minutes, now } from '../../proof/support/a-rollout.ts';
import { channelsOf, otaUpdateChannel, source } from '../../proof/support/fixtures.ts';
import { anApproval, aPublication, approver, aWithdrawal } from '../../proof/support/messages.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';

const other = 'com.acme.fleet-health';
const digest = aRollout().releaseDigest;
const gate = { approval: { required: 1, skip: ['soakMinutes'] } } as const;

/** `stable` asks for an approval, `hubs` for two, and `beta` for none. */
function channels(changes: object = {}): Channels {
  const { artifactBuckets, products } = channelsOf({
    beta: otaUpdateChannel({}, { unsigned: 'allow' }),
    stable: otaUpdateChannel({}, { unsigned: 'allow', ...gate }),
    hubs: otaUpdateChannel({}, { unsigned: 'allow', approval: { required: 2 } }),
  });
  return { artifactBuckets, products: { thermostat: { ...products['thermostat'], approvers: [approver, other], ...changes } } } as Channels;
}

const aWorld = (changes: object = {}) => servicesInMemory({ channels: channels(changes) });
const take = (world: InMemory, body: string, messageId = 'm-1') =>
  receive(readMessage(messageId, body, world.services.allowedAccounts), anInvocation(), world.services);
const waiting = (changes: Partial<Rollout> = {}) =>
  aRollout({
    channel: 'stable',
    state: 'WAITING',
    gate,
    waits: { since: { APPROVAL: now }, told: ['APPROVAL'], upstreams: {} },
    ...changes,
  });
const answers = (world: InMemory) => world.published.findLast(({ detailType }) => detailType === 'OTA Release Approved')?.detail;
/** `code path` of each rejection. */
const refusals = (world: InMemory) =>
  world.published.flatMap(({ detailType, detail }) => (detailType === 'OTA Release Rejected' ? [`${detail.code} ${detail.path}`] : []));
const recorded = (world: InMemory) => world.services.ledger.approvals('thermostat', '2.0.0').then(({ list }) => list);

describe('an approval', () => {
  it('is recorded before the rollouts are looked at, and answered after', async () => {
    const world = aWorld();
    world.put(waiting());
    await expect(take(world, anApproval())).resolves.toBe('dispatched');
    expect(world.calls()).toEqual([
      'lookUp',
      'approvals',
      'approval',
      'lookUp',
      'load stable',
      'write stable CLAIMED',
      'head stable',
      'write stable CREATING',
      'holds',
      'create 1',
      'publish Rollout Promoted',
      'write stable CREATING',
      'follow-up numbered',
      'publish Release Approved',
    ]);
    expect(answers(world)).toMatchObject({
      product: 'thermostat',
      version: '2.0.0',
      channel: 'stable',
      rollouts: [
        {
          channel: 'stable',
          revision: 1,
          rolloutId: waiting().rolloutId,
          state: 'CREATING',
          counted: true,
          why: 'the gate has opened with an approval of this source',
        },
      ],
    });
    const evidence = { by: { account: '000000000000', source: approver }, eventId: 'a-1', releaseDigest: digest };
    expect(world.rowAt(waiting())?.opened?.approvals).toMatchObject([evidence]);
  });

  it('that comes again is a duplicate with the same answer, and records nothing', async () => {
    const world = aWorld();
    world.put(waiting());
    await take(world, anApproval());
    const first = answers(world);
    const list = await recorded(world);
    world.clock.now += minutes(1);
    await expect(take(world, anApproval())).resolves.toBe('duplicate');
    expect(answers(world)).toEqual({ ...first, at: expect.any(String) });
    expect(await recorded(world)).toEqual(list);
  });

  it('that comes again after its rollout has ended still counts, because it is in the evidence', async () => {
    const world = aWorld();
    world.put(waiting());
    await take(world, anApproval());
    await take(world, aWithdrawal(), 'm-2');
    await take(world, anApproval());
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'WITHDRAWING' }] });
    await take(world, anApproval({}, { id: 'a-2' }), 'm-3');
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: false, state: 'WITHDRAWING', why: 'the rollout is WITHDRAWING' }] });
  });

  it('before its release is kept, and opens the gate when the release with that content comes', async () => {
    const world = aWorld();
    await take(world, aPublication({ channels: ['beta'] }));
    const accepted = world.rowAt(aRollout())?.releaseDigest;
    await expect(take(world, anApproval({ releaseDigest: accepted }), 'm-2')).resolves.toBe('dispatched');
    expect(answers(world)).toMatchObject({ rollouts: [{ channel: 'stable', revision: 1, counted: true }] });
    await take(world, aPublication({ channels: ['stable'] }), 'm-3');
    expect(world.rowAt(waiting())).toMatchObject({ state: 'CREATING', opened: { approvals: [{ eventId: 'a-1' }] } });
  });

  it.each([
    ['other content of its release has come', anApproval({ releaseDigest: 'f'.repeat(64) }), {}],
    [
      'channels.yml has changed, and the gate permits to skip less',
      anApproval({ skip: ['soakMinutes'], comment: 'c', releaseDigest: digest }),
      { approval: { required: 1, skip: [] } },
    ],
  ])('that comes again after %s is a duplicate, and is not rejected', async (_what, body, changed) => {
    const world = aWorld();
    await take(world, body);
    const list = await recorded(world);
    world.put(waiting({ gate: { ...gate, ...changed } }));
    await expect(take(world, body)).resolves.toBe('duplicate');
    expect(answers(world)).toMatchObject({ rollouts: [{ channel: 'stable', rolloutId: waiting().rolloutId }] });
    expect([refusals(world), await recorded(world)]).toEqual([[], list]);
    await expect(take(world, body.replace('a-1', 'a-2'), 'm-2')).resolves.toBe('rejected');
  });

  it('without a digest is bound to the content of its rollout', async () => {
    const world = aWorld();
    world.put(waiting());
    await take(world, anApproval());
    expect(await recorded(world)).toMatchObject([{ releaseDigest: digest }]);
  });

  it('looks at a rollout that was claimed while the approval was recorded', async () => {
    const world = aWorld();
    world.hooks.after = (line) => {
      if (line === 'approval') world.put(waiting());
    };
    await take(world, anApproval({ releaseDigest: digest }));
    expect(world.rowAt(waiting())?.state).toBe('CREATING');
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'CREATING' }] });
  });

  it('of two that are asked for counts, and the gate stays shut until another approver has approved', async () => {
    const world = aWorld();
    const row = waiting({ channel: 'hubs', gate: { approval: { required: 2, skip: [] } } });
    world.put(row);
    const onHubs = (id: string, from: string) => anApproval({ channels: ['hubs'] }, { id, source: from });
    await take(world, onHubs('a-1', approver));
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'WAITING', why: '1 of 2 approvals' }] });
    await take(world, onHubs('a-2', approver), 'm-2');
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'WAITING', why: '1 of 2 approvals' }] });
    await take(world, onHubs('a-3', other), 'm-3');
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'CREATING' }] });
  });

  it('is kept, but changes nothing, where the gate had opened before with the approval of another source', async () => {
    const world = aWorld();
    world.put(waiting());
    await take(world, anApproval());
    await take(world, anApproval({}, { id: 'a-2', source: other }), 'm-2');
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, why: 'it is kept, but the gate had opened before' }] });
  });

  it('while the rollout is held counts, and the rollout goes on waiting', async () => {
    const world = aWorld();
    world.put(waiting());
    const hold = { holdId: 'h', reason: 'r', by: { account: '000000000000', source }, at: 1 };
    await world.services.ledger.writeHolds('thermostat', { itemRevision: 0, holds: { held: [hold], ended: [] } });
    await take(world, anApproval());
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'WAITING', why: '1 of 1 approvals' }] });
  });

  it('skips what the gate of the rollout permits, whatever channels.yml says now', async () => {
    const world = servicesInMemory({
      channels: channels({ channels: { ...channels().products['thermostat']?.channels, stable: otaUpdateChannel() } }),
    });
    world.put(waiting());
    await expect(take(world, anApproval({ skip: ['soakMinutes'], comment: 'urgent' }))).resolves.toBe('dispatched');
    expect(world.rowAt(waiting())?.opened).toMatchObject({ skipped: ['soakMinutes'] });
  });

  it('of another version of the same numbers does not count', async () => {
    const world = aWorld();
    world.put(waiting({ version: '2.0.0+b1' }));
    await take(world, anApproval({ version: '2.0.0+b2' }));
    expect(refusals(world)).toEqual(['UNKNOWN_RELEASE releaseDigest']);
  });

  it.each<[string, Partial<Rollout>, string]>([
    [
      'superseded',
      { state: 'SUPERSEDED', supersededBy: { rolloutId: 'r', version: '2.1.0', revision: 1 } },
      'the rollout is SUPERSEDED by 2.1.0',
    ],
    ['withdrawn', { state: 'WITHDRAWN' }, 'the rollout is WITHDRAWN'],
    ['failed', { state: 'FAILED', code: 'GATE_SHUT' }, 'the rollout is FAILED (GATE_SHUT)'],
    ['completed', { state: 'COMPLETED' }, 'the rollout is COMPLETED'],
  ])('of a rollout that was %s does not count', async (_, changes, why) => {
    const world = aWorld();
    world.put(waiting(changes));
    await expect(take(world, anApproval())).resolves.toBe('dispatched');
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: false, state: changes.state, why }] });
  });

  it('does not count where no approval is asked for, with and without a rollout', async () => {
    const world = aWorld();
    world.put(aRollout({ state: 'CREATED' }));
    await take(world, anApproval({ channels: ['beta'] }));
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: false, state: 'CREATED', why: 'beta asks for no approval' }] });
    await take(world, anApproval({ channels: ['beta'], version: '3.0.0', releaseDigest: digest }), 'm-2');
    expect(answers(world)).toMatchObject({ rollouts: [{ channel: 'beta', counted: false, why: 'beta asks for no approval' }] });
  });

  it('takes its turn among the messages of its version, so that a batch does not race itself', async () => {
    const world = aWorld();
    world.put(waiting());
    const invocation = anInvocation();
    const both = [anApproval(), anApproval({}, { id: 'a-2', source: other })].map((body, index) =>
      receive(readMessage(`m-${index}`, body, world.services.allowedAccounts), invocation, world.services),
    );
    await expect(Promise.all(both)).resolves.toEqual(['dispatched', 'dispatched']);
    expect((await recorded(world)).map(({ eventId }) => eventId).sort()).toEqual(['a-1', 'a-2']);
    expect(world.calls().filter((line) => line === 'approvals')).toHaveLength(3);
  });
});

describe('an approval is rejected, and nothing is written,', () => {
  it.each<[code: string, when: string, body: string, rows: readonly Rollout[]]>([
    ['UNKNOWN_PRODUCT product', 'of an unknown product', anApproval({ product: 'toaster' }), []],
    ['SELF_APPROVAL source', 'from a source that publishes', anApproval({}, { source }), []],
    [
      'SELF_APPROVAL source',
      'from an approver that has published it',
      anApproval(),
      [waiting({ publishedBy: { account: '1', source: approver } })],
    ],
    [
      'SELF_APPROVAL source',
      'from a source that has published it, and that channels.yml no longer lists',
      anApproval({}, { source: 'com.former' }),
      [waiting({ publishedBy: { account: '1', source: 'com.former' } })],
    ],
    ['SOURCE_NOT_ALLOWED source', 'from a stranger', anApproval({}, { source: 'com.stranger' }), [waiting()]],
    ['UNKNOWN_CHANNEL channels[1]', 'for an unknown channel', anApproval({ channels: ['stable', 'satble'] }), [waiting()]],
    [
      'SKIP_NOT_ALLOWED skip[1]',
      'if the gate does not let it skip that',
      anApproval({ skip: ['soakMinutes', 'after'], comment: 'c' }),
      [waiting()],
    ],
    [
      'SKIP_NOT_ALLOWED skip[0]',
      'if channels.yml does not let it skip that',
      anApproval({ channels: ['hubs'], skip: ['soakMinutes'], comment: 'c', releaseDigest: digest }),
      [],
    ],
    ['UNKNOWN_RELEASE releaseDigest', 'without a rollout and a digest', anApproval(), []],
    ['UNKNOWN_RELEASE releaseDigest', 'without a rollout on one channel', anApproval({ channels: ['stable', 'hubs'] }), [waiting()]],
    ['UNKNOWN_RELEASE releaseDigest', 'of another revision', anApproval({ revision: 2 }), [waiting()]],
    ['APPROVAL_MISMATCH releaseDigest', 'of other content', anApproval({ releaseDigest: 'f'.repeat(64) }), [waiting()]],
    [
      'APPROVAL_MISMATCH releaseDigest',
      'of other content than another channel has',
      anApproval({ releaseDigest: 'f'.repeat(64) }),
      [aRollout()],
    ],
    // The order of judgement.
    ['SOURCE_NOT_ALLOWED source', 'first for its source', anApproval({ channels: ['satble'] }, { source: 'com.stranger' }), []],
    ['UNKNOWN_CHANNEL channels[0]', 'then for its channels', anApproval({ channels: ['satble'], skip: ['after'], comment: 'c' }), []],
    ['SKIP_NOT_ALLOWED skip[0]', 'then for what it skips', anApproval({ skip: ['after'], comment: 'c' }), []],
  ])('as %s %s', async (code, _when, body, rows) => {
    const world = aWorld();
    for (const row of rows) world.put(row);
    const before = new Map(world.items);
    await expect(take(world, body)).resolves.toBe('rejected');
    expect(refusals(world)).toEqual([code]);
    expect(new Map(world.items)).toEqual(before);
  });

  it('as INVALID_APPROVAL channels if the version has fifty', async () => {
    const world = aWorld();
    world.put(waiting());
    const [one] = await take(world, anApproval()).then(() => recorded(world));
    const list = Array.from({ length: 50 }, (_, index) => ({ ...one, eventId: `e-${index}` }));
    await world.services.ledger.writeApprovals('thermostat', '2.0.0', { itemRevision: 1, list } as never);
    await expect(take(world, anApproval({}, { id: 'a-51' }), 'm-2')).resolves.toBe('rejected');
    expect(refusals(world)).toEqual(['INVALID_APPROVAL channels']);
    await expect(take(world, anApproval({}, { id: 'e-49' }), 'm-3')).resolves.toBe('duplicate');
  });
});

describe('an approval is retried', () => {
  it.each(['lookUp', 'approvals', 'approval', 'load stable', 'publish Release Approved'])('if %s fails, and works then', async (call) => {
    const world = aWorld();
    world.put(waiting());
    world.hooks.before = (line) => {
      if (line === call) throw new Error('away');
    };
    await expect(take(world, anApproval())).rejects.toThrow('away');
    delete world.hooks.before;
    await take(world, anApproval());
    expect(answers(world)).toMatchObject({ rollouts: [{ counted: true, state: 'CREATING' }] });
    expect(await recorded(world)).toHaveLength(1);
    expect(world.planes.CreateOTAUpdate.sent).toHaveLength(1);
  });

  it('if others kept writing first', async () => {
    const world = aWorld();
    world.put(waiting());
    const ledger = { ...world.services.ledger, writeApprovals: async () => false };
    const services = { ...world.services, ledger };
    await expect(receive(readMessage('m-1', anApproval(), services.allowedAccounts), anInvocation(), services)).rejects.toThrow(
      'lost the race',
    );
  });
});
