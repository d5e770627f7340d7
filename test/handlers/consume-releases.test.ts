import type { SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consumeReleases } from '../../handlers/consume-releases.ts';
import { releasesOf } from '../../handlers/dependencies/functions.ts';
import type { Services } from '../../handlers/services.ts';
import { aPublication, aWithdrawal } from '../../proof/support/messages.ts';
import { servicesInMemory } from '../../proof/support/services-in-memory.ts';
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
  await handler({ Records: [{ messageId: 'm-1', body, eventSource: 'aws:sqs' }] } as unknown as SQSEvent, aContext());
  return [...records, ...world.reported];
}

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
