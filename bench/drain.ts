import { limiter } from '../adapters/limiter.ts';
import { readMessage } from '../handlers/incoming.ts';
import { receive } from '../handlers/receive.ts';
import type { Services } from '../handlers/services.ts';
import { anInvocation, type InMemory, servicesInMemory } from '../proof/support/services-in-memory.ts';
import { bodyOf, channelsOf } from './in-process.ts';
import type { Benchmark, Result, Size } from './report.ts';
import { virtualTime } from './virtual-time.ts';

const RELEASES = { whole: 10_000, smallest: 2_500 } as const;
const BATCH = 5;
/** What `createsPerSecond: 10` becomes in serverless.yml: four sandboxes of 2.4 a second for this function. */
const QUOTA = 10;
const SANDBOXES = 4;
const CREATES_PER_SECOND_AND_SANDBOX = 2.4;
const GOAL = 0.95;
/** The assumed milliseconds of a call, of a create, and of a batch's way from the queue. */
const CALL = 15;
const CREATE = 150;
const POLL = 50;

export const drain: Benchmark = {
  name: 'drain',
  answers: 'whether a backlog drains as fast as the quota of creates allows, and whether memory stays flat meanwhile.',
  read: `${RELEASES.whole.toLocaleString('en')} new releases in virtual time, through the real handler of a record and the real limiter, in ${SANDBOXES} execution environments. The floor is the stage's whole quota of ${QUOTA} creates a second, of which 4 % are for follow-ups and steering events. Every call takes ${CALL} ms, a create ${CREATE} ms, a batch's way from the queue ${POLL} ms.`,
  cannot: 'what happens when AWS throttles below its quota, or answers more slowly: then the time of a call is the limit.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const releases = RELEASES[size];
  const memory = servicesInMemory({ channels: channelsOf(1) });
  const time = virtualTime(memory.clock);
  memory.hooks.before = (line) => time.sleep(line.startsWith('create') ? CREATE : CALL);
  const facts = async () => ({ found: true as const, sizeBytes: 4, sha256: 'ab'.repeat(32) });
  const began = memory.clock.now;
  const heap: number[] = [];
  let next = 0;
  let created = 0;
  const sandbox = async (): Promise<void> => {
    const turns = limiter({ perSecond: CREATES_PER_SECOND_AND_SANDBOX, now: () => memory.clock.now, sleep: time.sleep });
    const services: Services = {
      ...memory.services,
      artifacts: { ...memory.services.artifacts, facts },
      limiter: turns,
      pause: time.sleep,
    };
    while (next < releases) {
      const numbers = Array.from({ length: BATCH }, (_, index) => next + index);
      next += BATCH;
      await time.sleep(POLL);
      await Promise.all(
        numbers.map((number) => receive(readMessage(`m-${number}`, bodyOf(number), services.allowedAccounts), anInvocation(), services)),
      );
      created += forget(memory, next - 4 * BATCH);
      if (created % 1_000 < BATCH) heap.push(heapMebibytes());
    }
  };
  await time.until(Promise.all(Array.from({ length: SANDBOXES }, sandbox)));
  // A few give way to a newer version that another sandbox was faster with.
  if (created < releases * 0.99) throw new Error(`${created} creates for ${releases} releases`);
  const rate = created / ((memory.clock.now - began) / 1000);
  const [first = 0, last = 0] = [heap[1], heap.at(-1)];
  const growth = last - first;
  return {
    figures: [
      {
        what: 'creates per second',
        value: rate.toFixed(3),
        floor: QUOTA.toFixed(3),
        ratio: rate / QUOTA,
        goal: `≥ ${GOAL}`,
        met: rate / QUOTA >= GOAL,
      },
      {
        what: 'heap after the last thousand',
        value: `${last.toFixed(1)} MiB`,
        floor: `${first.toFixed(1)} MiB`,
        ratio: last / first,
        goal: '≤ 1.1',
        met: growth <= first * 0.1,
      },
    ],
  };
}

/** Empties the stand-ins, so that only the service's own memory can grow. Returns the number of creates. */
function forget(memory: InMemory, before: number): number {
  const creates = memory.calls().filter((line) => line.startsWith('create')).length;
  memory.planes.CreateOTAUpdate.sent.splice(0);
  memory.published.splice(0);
  memory.followUps.splice(0);
  memory.locks.clear();
  for (const key of memory.items.keys()) {
    const number = Number(/#1\.0\.(\d+)\|/.exec(key)?.[1] ?? -1);
    if (number < before) memory.items.delete(key);
  }
  return creates;
}

function heapMebibytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
