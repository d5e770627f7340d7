import type { Context, SQSEvent } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consumeFollowUps } from '../../handlers/consume-follow-ups.ts';
import { followUpsOf } from '../../handlers/dependencies/functions.ts';
import { followUpBody } from '../../handlers/follow-up.ts';
import { randomOf } from '../random.ts';
import { aStage } from '../stage/a-stage.ts';
import { aRollout } from '../support/a-rollout.ts';
import { servicesInMemory } from '../support/services-in-memory.ts';
import { rough } from './mutate/rough.ts';
import type { Json, Root } from './mutate/slots.ts';
import { textMutators } from './mutate/text.ts';

const INPUTS = 4_000;
const BATCH = 10;
/** DynamoDB refuses a longer key, and only the service writes follow-ups. So longer ones prove nothing. */
const LENGTH_MAX = 900;

const row = aRollout({ state: 'CREATED', attempt: 1, followUpNumber: 4 });
const jobEvent = (jobId: string) => JSON.stringify({ jobId, operation: 'completed' });
const bases = [
  followUpBody(row, 4, 1),
  followUpBody(row, '*', 2),
  followUpBody({ ...row, channel: 'none' }, '*', 1),
  jobEvent(`AFR_OTA-${row.rolloutId}-1`),
  jobEvent('fw-of-nobody-1'),
  jobEvent('a job of others'),
];

/** The message with this number: a good one, changed in its tree or its text. */
function inputOf(index: number): string {
  const random = randomOf(20, `follow-up ${index}`);
  const base = random.pick(bases);
  if (random.is(0.1)) return base;
  if (random.is(0.4)) return random.pick(Object.values(textMutators))(base, random).slice(0, LENGTH_MAX);
  const root: Root = { tree: JSON.parse(base) as Json };
  const other = () => JSON.parse(random.pick(bases)) as Json;
  do random.pick(Object.values(rough))(root, { random, other });
  while (random.is(0.4));
  return (JSON.stringify(root.tree) ?? 'null').slice(0, LENGTH_MAX);
}

type Kind = 'job event' | 'follow-up' | 'neither';
const types = new Map<string, readonly string[]>(
  Object.entries({
    formatVersion: ['number'],
    product: ['string'],
    version: ['string'],
    channel: ['string'],
    revision: ['number'],
    followUpNumber: ['number', 'string'],
    invocation: ['number'],
  }),
);

/** What a message is by the contract. Shares no code with the service. */
function kindOf(body: string): Kind {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return 'neither';
  }
  if (typeof value !== 'object' || value === null) return 'neither';
  if (Object.keys(value).includes('jobId')) return 'job event';
  const members = Object.entries(value);
  const isFollowUp =
    !Array.isArray(value) &&
    members.length === types.size &&
    members.every(
      ([name, member]) =>
        types.get(name)?.includes(typeof member) === true &&
        (typeof member !== 'number' || Number.isSafeInteger(member)) &&
        (name !== 'followUpNumber' || typeof member === 'number' || member === '*') &&
        (name !== 'formatVersion' || member === 1) &&
        (name !== 'invocation' || Number(member) >= 1),
    );
  return isFollowUp ? 'follow-up' : 'neither';
}

beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

describe('the function follow-ups', () => {
  it('works on follow-ups and job events, fails every other message, and creates and stops nothing because of one', async () => {
    const seen: Record<Kind, number> = { 'job event': 0, 'follow-up': 0, neither: 0 };
    for (let first = 0; first < INPUTS; first += BATCH) {
      const world = servicesInMemory();
      world.put(row, { sequence: 1, version: row.version, revision: row.revision });
      const { services } = world;
      const handler = consumeFollowUps({ ...followUpsOf(aStage(), { now: services.now, sleep: services.pause }, services), services });
      const bodies = Array.from({ length: BATCH }, (_, index) => inputOf(first + index));
      const attributes = { ApproximateFirstReceiveTimestamp: String(services.now()) };
      const Records = bodies.map((body, index) => ({ messageId: `${index}`, body, attributes, eventSource: 'aws:sqs' }));
      const context = { getRemainingTimeInMillis: () => 60_000, functionName: 'follow-ups' } as Context;
      const { batchItemFailures } = await handler({ Records } as unknown as SQSEvent, context);
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
      for (const [index, body] of bodies.entries()) {
        const kind = kindOf(body);
        seen[kind] += 1;
        expect({ body, failed: failed.has(`${index}`) }).toEqual({ body, failed: kind === 'neither' });
      }
      const { CreateOTAUpdate: plane } = world.planes;
      expect([plane.sent, plane.stopped, world.rejected]).toEqual([[], [], []]);
      expect(world.problems.every((problem) => problem.startsWith('the follow-up failed'))).toBe(true);
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(INPUTS / 20);
  });
});
