import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Channels } from '../../domain/channels/schema.ts';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import { releasesOf } from '../../handlers/dependencies/functions.ts';
import type { Services } from '../../handlers/services.ts';
import { aRollout, minutes } from '../../proof/support/a-rollout.ts';
import { channelsOf, otaUpdateChannel } from '../../proof/support/fixtures.ts';
import { aHold, anApproval, aPublication, approver, aResume, aWithdrawal } from '../../proof/support/messages.ts';
import { type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { aContext, settingsWith } from './function-environment.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** The queue into which the rules put an event. */
const queueOf = (body: string): string => (body.includes('"Firmware Release Published"') ? 'releases' : 'steering');

/** Passes one body of a queue to the function as the message `m-1`. Returns what it logged. */
async function consume(
  body: string,
  fail = false,
  changes: Partial<Services> = {},
  queue = queueOf(body),
): Promise<Record<string, unknown>[]> {
  const world = servicesInMemory();
  if (fail) {
    world.hooks.before = () => {
      throw new Error('everything is away');
    };
  }
  const records: Record<string, unknown>[] = [];
  const record = (word: string, fields: object) => {
    records.push({ word, ...fields });
  };
  const services: Services = { ...world.services, ...changes, telemetry: { ...world.services.telemetry, record } };
  const time = { now: services.now, sleep: services.pause };
  const handler = consumeReleases({ ...releasesOf(settingsWith(), services.channels, time, services, () => undefined), services });
  const attributes = { ApproximateFirstReceiveTimestamp: String(services.now() - minutes(12)) };
  const eventSourceARN = `arn:aws:sqs:us-east-1:123456789012:ota-dispatch-local-${queue}`;
  const Records = [{ messageId: 'm-1', body, attributes, eventSource: 'aws:sqs', eventSourceARN }];
  await handler({ Records } as unknown as SQSEvent, aContext());
  measured = world.measured;
  return [...records, ...world.reported];
}

let measured: InMemory['measured'] = [];
const valuesOf = (name: string) => measured.filter((one) => one[0] === name).map(([, value]) => value);

describe('a record that fails', () => {
  it('is measured by the time since SQS first delivered it', async () => {
    await consume(aPublication(), true);
    expect(valuesOf('RecordFailingSeconds')).toEqual([12 * 60]);
    expect(valuesOf('WithdrawalRetried')).toEqual([]);
  });

  it('is counted at once if it is a withdrawal', async () => {
    await consume(aWithdrawal(), true);
    expect(valuesOf('WithdrawalRetried')).toEqual([1]);
  });

  it.each([
    ['an approval', anApproval()],
    ['a hold', aHold()],
    ['the end of a hold', aResume()],
  ])('is counted at once if it is %s', async (_, body) => {
    await consume(body, true);
    expect([valuesOf('SteeringRetried'), valuesOf('WithdrawalRetried')]).toEqual([[1], []]);
  });

  it('is the only one that is measured', async () => {
    for (const body of [aWithdrawal(), aHold()]) {
      await consume(body);
      expect([...valuesOf('RecordFailingSeconds'), ...valuesOf('WithdrawalRetried'), ...valuesOf('SteeringRetried')]).toEqual([]);
    }
  });
});

describe('a record of the steering queue', () => {
  /** Passes bodies from this queue. Returns for how long (ms) the function waited for turns. */
  async function waitsIn(queue: string, bodies: readonly string[], world = servicesInMemory()): Promise<readonly number[]> {
    const waited: number[] = [];
    const time = { now: world.services.now, sleep: async (milliseconds: number) => void waited.push(milliseconds) };
    const settings = settingsWith({ OTA_CREATES_PER_SECOND: '2', OTA_STEERING_CREATES_PER_SECOND: '0.5' });
    const { services: composed, ...others } = releasesOf(settings, world.services.channels, time, world.services, () => undefined);
    const handler = consumeReleases({ ...others, services: { ...world.services, limiter: composed.limiter } });
    const attributes = { ApproximateFirstReceiveTimestamp: String(time.now()) };
    const eventSourceARN = `arn:aws:sqs:us-east-1:123456789012:ota-dispatch-local-${queue}`;
    const Records = bodies.map((body, index) => ({ messageId: `m-${index}`, body, attributes, eventSource: 'aws:sqs', eventSourceARN }));
    await handler({ Records } as unknown as SQSEvent, aContext());
    return waited;
  }

  it('has its own turns, of which it waits for none longer than a second', async () => {
    const versions = ['1.0.0', '1.0.1'];
    expect(
      await waitsIn(
        'releases',
        versions.map((version) => aPublication({ version })),
      ),
    ).toEqual([500]);

    const gate = { approval: { required: 1, skip: [] } } as const;
    const { artifactBuckets, products } = channelsOf({ stable: otaUpdateChannel({}, { unsigned: 'allow', ...gate }) });
    const channels = { artifactBuckets, products: { thermostat: { ...products['thermostat'], approvers: [approver] } } } as Channels;
    const world = servicesInMemory({ channels });
    const waits = { since: { APPROVAL: world.services.now() }, told: ['APPROVAL' as const], upstreams: {} };
    for (const version of versions)
      world.put(aRollout({ version, rolloutId: `fw-${version}`, channel: 'stable', state: 'WAITING', gate, waits }));
    expect(
      await waitsIn(
        'steering',
        versions.map((version) => anApproval({ version })),
        world,
      ),
    ).toEqual([]);
    expect(world.calls()).toContain('create 1');
  });
});

describe('a release', () => {
  it('does not count in the queue of steering events, where approvers may send, and is retried until an alarm rings', async () => {
    expect(await consume(aPublication(), false, {}, 'steering')).toEqual([
      { word: 'retried', messageId: 'm-1' },
      { what: expect.any(String), messageId: 'm-1' },
    ]);
    expect(valuesOf('RecordFailingSeconds')).toHaveLength(1);
  });

  it('is judged in the queue of releases', async () => {
    expect((await consume(aPublication(), false, {}, 'releases'))[0]).toMatchObject({ word: 'dispatched' });
  });
});

describe('an approval', () => {
  const approved = (): string => {
    const event = JSON.parse(aPublication()) as Record<string, unknown>;
    const detail = { product: 'thermostat', version: '2.0.0', channels: ['beta'], releaseDigest: 'a'.repeat(64) };
    return JSON.stringify({ ...event, 'detail-type': 'Firmware Release Approved', source: 'com.acme.release-board', detail });
  };

  it('does not count in the queue of releases, where operators may send, and is retried until an alarm rings', async () => {
    expect(await consume(approved(), false, {}, 'releases')).toEqual([
      { word: 'retried', messageId: 'm-1' },
      { what: expect.any(String), messageId: 'm-1' },
    ]);
    expect(valuesOf('RecordFailingSeconds')).toHaveLength(1);
    expect(valuesOf('SteeringRetried')).toEqual([1]);
  });

  it('is judged in the steering queue', async () => {
    expect((await consume(approved(), false, {}, 'steering'))[0]).toMatchObject({ word: expect.not.stringMatching('retried') });
  });
});

describe('the log line of a record', () => {
  const about = { messageId: 'm-1', correlationId: 'build-8812' };
  const correlationId = 'build-8812';

  it.each([
    ['a release', aPublication({ correlationId }), 'dispatched'],
    ['a withdrawal', aWithdrawal({ correlationId }), 'dispatched'],
    ['a rejected message', aPublication({ correlationId, artifacts: [] }), 'rejected'],
  ])('has the correlationId of %s', async (_what, body, word) => {
    expect((await consume(body))[0]).toEqual({ word, ...about });
  });

  it('has it if the record is retried, and so has the line of the problem', async () => {
    expect(await consume(aPublication({ correlationId }), true)).toEqual([
      { word: 'retried', ...about },
      { what: expect.any(String), ...about },
    ]);
  });

  it('is there even if reading the message throws', async () => {
    const unreadable = new Proxy<string[]>([], {
      get: () => {
        throw new Error('cannot be read');
      },
    });
    expect(await consume(aPublication({ correlationId }), false, { allowedAccounts: unreadable })).toEqual([
      { word: 'retried', messageId: 'm-1' },
      { what: expect.any(String), messageId: 'm-1' },
    ]);
  });

  it('has no correlationId if the message is unreadable', async () => {
    expect((await consume('{'))[0]).toEqual({ word: 'rejected', messageId: 'm-1' });
  });
});
