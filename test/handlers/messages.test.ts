/** The sentences that the handlers log, throw or give as a reason, each pinned once. Other tests pin codes, counts and ids. */
import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Product } from '../../domain/channels/schema.ts';
import type { Holds } from '../../domain/gate/holds.ts';
import { acceptedRelease } from '../../domain/rollout/claim.ts';
import { createdOutcome } from '../../domain/rollout/outcome.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { advance } from '../../handlers/advance.ts';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import { followUpsOf, releasesOf } from '../../handlers/dependencies/functions.ts';
import { dispatch } from '../../handlers/dispatch.ts';
import { parseFollowUp } from '../../handlers/follow-up.ts';
import { readMessage } from '../../handlers/incoming.ts';
import { receive } from '../../handlers/receive.ts';
import { verifyArtifacts } from '../../handlers/verify.ts';
import { aRollout, minutes, now, seconds, sentAgo } from '../../proof/support/a-rollout.ts';
import { otaTaskChannel, otaUpdateChannel, planOn, release, source } from '../../proof/support/fixtures.ts';
import { aHold, anApproval, aPublication, approver, aResume, aWithdrawal } from '../../proof/support/messages.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { aContext, settingsWith } from './function-environment.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

const take = (world: InMemory, body: string, invocation = anInvocation(), messageId = 'm-1') =>
  receive(readMessage(messageId, body, world.services.allowedAccounts), invocation, world.services);
const beta = { product: 'thermostat', version: '2.0.0', revision: 1, channel: 'beta' };
const both = aPublication({ channels: ['beta', 'stable'] });
const { rolloutId, publishedBy } = aRollout();
const origin = { messageId: 'm', bodySha256: '', publishedBy, who: '' };

/** A world in which each call whose line begins like this fails. */
function failing(...lines: readonly string[]): InMemory {
  const world = servicesInMemory();
  world.hooks.before = (line) => {
    if (lines.some((start) => line.startsWith(start))) throw new Error('away');
  };
  return world;
}

/** A world in which the product has an approver. */
function withApprover(): InMemory {
  const { channels } = servicesInMemory().services;
  const thermostat = { ...(channels.products['thermostat'] as Product), approvers: [approver] };
  return servicesInMemory({ channels: { ...channels, products: { thermostat } } });
}

describe('an error that is thrown says', () => {
  it.each<[message: string, work: () => Promise<unknown>]>([
    [
      'not enough time left for this record; it will be redelivered',
      () =>
        take(
          servicesInMemory(),
          aPublication(),
          anInvocation(() => seconds(24)),
        ),
    ],
    [
      'not enough time left to verify artifacts[0]; the record will be redelivered',
      () => {
        const { rollouts } = planOn(otaUpdateChannel({}, { unsigned: 'allow' }));
        return verifyArtifacts(
          release,
          rollouts,
          anInvocation(() => seconds(14)),
          servicesInMemory().services,
        );
      },
    ],
    [
      'not enough time left to read 536870912 bytes of artifacts; the record will be redelivered',
      () => {
        const { services } = servicesInMemory();
        const artifacts = { ...services.artifacts, facts: async () => ({ found: true as const, sizeBytes: 512 * 1024 * 1024 }) };
        const invocation = anInvocation(() => seconds(30));
        return verifyArtifacts(release, planOn(otaTaskChannel({}, { unguarded: 'allow' })).rollouts, invocation, {
          ...services,
          artifacts,
        });
      },
    ],
    [
      'another invocation is claiming this release; retrying later',
      async () => {
        const [world, other] = [servicesInMemory(), servicesInMemory()];
        await take(other, aPublication());
        for (const key of other.locks.keys()) world.locks.add(key);
        return take(world, aPublication(), anInvocation(), 'm-2');
      },
    ],
    [
      `${rolloutId} has not claimed the other channels of its message yet; retrying later`,
      async () => {
        const world = failing('load beta');
        await take(world, both).catch(() => undefined);
        delete world.hooks.before;
        let left = minutes(1);
        world.hooks.after = (line) => {
          if (line === 'lookUp') left = seconds(7);
        };
        return take(
          world,
          both,
          anInvocation(() => left),
        );
      },
    ],
    [
      'these channels have no row yet: stable',
      async () => {
        const [world, other] = [servicesInMemory(), servicesInMemory()];
        await take(other, aPublication());
        const releaseDigest = other.rowAt(beta)?.releaseDigest ?? '';
        world.hooks.before = (line) => {
          if (line === 'accept beta') world.put(aRollout({ releaseDigest, messageId: 'm-0' }));
        };
        return take(world, both);
      },
    ],
    [
      'dispatch needs at least one planned rollout',
      () => dispatch(acceptedRelease(release), [], origin, anInvocation(), servicesInMemory().services),
    ],
    [
      `${rolloutId} is not marked as withdrawn yet; retrying later`,
      () => {
        const world = servicesInMemory();
        world.put(aRollout({ state: 'COMPLETED' }));
        let left = minutes(1);
        world.hooks.after = (line) => {
          if (line === 'rows') left = seconds(7);
        };
        return take(
          world,
          aWithdrawal(),
          anInvocation(() => left),
        );
      },
    ],
    [
      'lost the race against other withdrawals of this version',
      () => {
        const { services } = servicesInMemory();
        const ledger = { ...services.ledger, writeWithdrawals: async () => false };
        return receive(readMessage('w-1', aWithdrawal(), services.allowedAccounts), anInvocation(), { ...services, ledger });
      },
    ],
    [
      'lost the race against other approvals of this version',
      () => {
        const { services } = withApprover();
        const ledger = { ...services.ledger, writeApprovals: async () => false };
        const body = anApproval({ releaseDigest: 'd'.repeat(64) });
        return receive(readMessage('w-1', body, services.allowedAccounts), anInvocation(), { ...services, ledger });
      },
    ],
    [
      'lost the race against other holds of this product',
      () => {
        const { services } = withApprover();
        const ledger = { ...services.ledger, writeHolds: async () => false };
        return receive(readMessage('w-1', aHold(), services.allowedAccounts), anInvocation(), { ...services, ledger });
      },
    ],
    ['the body is not a follow-up', async () => parseFollowUp('{}')],
    [
      'the environment variables are wrong: OTA_CREATES_PER_SECOND must be greater than 0, got 0; OTA_TIME_FACTOR must be at least 1, got x',
      async () => settingsWith({ OTA_CREATES_PER_SECOND: '0', OTA_TIME_FACTOR: 'x' }),
    ],
  ])('%s', async (message, work) => {
    await expect((async () => work())()).rejects.toMatchObject({ message });
  });
});

describe('a log line says', () => {
  const creating = (changes: Partial<Rollout> = {}) => aRollout({ state: 'CREATING', attempt: 1, ...changes });
  const advanced = async (world: InMemory, row: Rollout): Promise<InMemory> => {
    world.put(row, { sequence: 1, version: row.version, revision: row.revision });
    await advance(row, anInvocation(), world.services);
    return world;
  };

  it.each<[message: string, work: () => Promise<InMemory>]>([
    [
      'lost the race for this rollout 6 times; the next follow-up continues',
      () => {
        const world = servicesInMemory();
        world.hooks.before = (line) => {
          const row = world.rowAt(beta);
          if (line.startsWith('write') && row) world.put({ ...row, itemRevision: row.itemRevision + 1 });
        };
        return advanced(world, creating());
      },
    ],
    [
      'AWS did not accept a create',
      () => {
        const world = servicesInMemory();
        world.planes.CreateOTAUpdate.reply = { kind: 'unknown', message: 'timeout' };
        return advanced(world, creating());
      },
    ],
    [
      'could not read the update or task from AWS; the next follow-up tries again',
      () => advanced(failing('look'), creating(sentAgo(seconds(20)))),
    ],
    [
      'could not stop the update or task at AWS; the next follow-up tries again',
      () => {
        const world = failing('stop');
        world.planes.CreateOTAUpdate.sighting = { kind: 'exists', job: 'live', aws: {} };
        return advanced(world, creating({ state: 'WITHDRAWING' }));
      },
    ],
    [
      'could not publish outcome events; they stay in the outbox until the next follow-up',
      () => advanced(failing('publish'), creating({ state: 'COMPLETED', outbox: [createdOutcome(creating(), false, now)] })),
    ],
    [
      'could not send a follow-up; the sweep wakes the rollout when it is due',
      () => advanced(failing('follow-up'), creating(sentAgo(seconds(20)))),
    ],
    [
      'could not advance a claimed rollout; a follow-up continues',
      async () => {
        const world = failing('load beta');
        await take(world, aPublication());
        return world;
      },
    ],
    [
      'the record failed; SQS delivers it again',
      async () => {
        const world = failing('lookUp');
        const { services } = world;
        const time = { now: services.now, sleep: services.pause };
        const handler = consumeReleases({ ...releasesOf(settingsWith(), services.channels, time, services, () => undefined), services });
        await handler(batchOf(aPublication()), aContext());
        return world;
      },
    ],
    [
      'the follow-up failed; SQS delivers it again',
      async () => {
        const world = servicesInMemory();
        const { services } = world;
        const handler = consumeFollowUps({
          ...followUpsOf(settingsWith(), { now: services.now, sleep: services.pause }, services),
          services,
        });
        await handler(batchOf('{}'), aContext());
        return world;
      },
    ],
  ])('%s', async (message, work) => {
    expect((await work()).problems).toEqual([message]);
  });
});

describe('the reason of a rejection is', () => {
  const reasonsOf = (world: InMemory) => world.published.map(({ detail }) => ('message' in detail ? detail.message : undefined));

  it.each([
    ['every revision of this version was withdrawn: publish a new version', {}],
    ['this revision was withdrawn: publish a new revision or a new version', { revision: 1 }],
  ])('%s', async (message, scope) => {
    const world = servicesInMemory();
    await take(world, aWithdrawal(scope));
    await take(world, aPublication());
    expect(reasonsOf(world)).toEqual([undefined, message]);
  });

  it('this version has too many withdrawals; withdraw it without channels', async () => {
    const world = servicesInMemory();
    for (const prefix of ['a', 'b']) {
      const channels = Array.from({ length: 3_900 }, (_, index) => `${prefix}-${String(index).padStart(60, '0')}`);
      await take(world, aWithdrawal({ channels }));
    }
    expect(reasonsOf(world)).toEqual([undefined, 'this version has too many withdrawals; withdraw it without channels']);
  });

  it('a hold with this id was set and ended before: hold with another id', async () => {
    const world = servicesInMemory();
    for (const body of [aHold({}, { source }), aResume({}, { source }), aHold({}, { source, id: 'h-2' })]) await take(world, body);
    expect(reasonsOf(world).at(-1)).toBe('a hold with this id was set and ended before: hold with another id');
  });

  it.each<[message: string, holds: Holds, body: string]>([
    [
      'the product has 50 active holds, or as many with those for later, and this one is for later: end one of them first',
      { held: Array.from({ length: 50 }, (_, index) => ({ holdId: `h-${index}`, reason: 'r', by: publishedBy, at: 1 })), ended: [] },
      aHold({}, { source }),
    ],
    [
      'the holds of this product take too many bytes: leave out channels to hold all of them',
      {
        held: [{ holdId: 'h', channels: Array.from({ length: 6_330 }, () => 'c'.repeat(60)), reason: 'r', by: publishedBy, at: 1 }],
        ended: [],
      },
      aHold({ reason: 'r'.repeat(2000), channels: ['beta', 'stable'] }, { source }),
    ],
  ])('%s', async (message, holds, body) => {
    const world = servicesInMemory();
    await world.services.ledger.writeHolds('thermostat', { itemRevision: 0, holds });
    await take(world, body);
    expect(reasonsOf(world)).toEqual([message]);
  });

  it.each<[message: string, count: number, comment: string]>([
    ['this version has 50 approvals, which is the most that it may have: publish a new version', 50, 'short'],
    ['the approvals of this version take too many bytes: write a shorter comment', 48, '🔥'.repeat(2000)],
  ])('%s', async (message, count, comment) => {
    const world = withApprover();
    const { version, revision, releaseDigest } = aRollout();
    const one = { version, revision, channels: ['stable'], releaseDigest, by: publishedBy, comment, at: 1 };
    const list = Array.from({ length: count }, (_, index) => ({ ...one, eventId: `e-${index}` }));
    await world.services.ledger.writeApprovals('thermostat', version, { itemRevision: 0, list });
    await take(world, anApproval({ releaseDigest, comment }));
    expect(reasonsOf(world)).toEqual([message]);
  });
});

function batchOf(body: string): SQSEvent {
  return { Records: [{ messageId: 'm-1', body, attributes: {}, eventSource: 'aws:sqs' }] } as unknown as SQSEvent;
}
