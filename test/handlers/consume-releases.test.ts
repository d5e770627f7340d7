import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import { releasesOf } from '../../handlers/dependencies/functions.ts';
import type { Services } from '../../handlers/services.ts';
import { minutes } from '../../proof/support/a-rollout.ts';
import { aPublication, aWithdrawal } from '../../proof/support/messages.ts';
import { type InMemory, servicesInMemory } from '../../proof/support/services-in-memory.ts';
import { aContext, settingsWith } from './function-environment.ts';

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** Passes one body to the function as the message `m-1`. Returns what it logged. */
async function consume(body: string, fail = false, changes: Partial<Services> = {}): Promise<Record<string, unknown>[]> {
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
  await handler({ Records: [{ messageId: 'm-1', body, attributes, eventSource: 'aws:sqs' }] } as unknown as SQSEvent, aContext());
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

  it('is the only one that is measured', async () => {
    await consume(aWithdrawal());
    expect([...valuesOf('RecordFailingSeconds'), ...valuesOf('WithdrawalRetried')]).toEqual([]);
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
