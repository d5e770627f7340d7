import { CALL, POLL } from './assumed-times.ts';
import { CREATE, type Drained, drainStage } from './draining-stage.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';

const RELEASES = { whole: 10_000, smallest: 2_500 } as const;
/** The defaults of `createsPerSecond` and `followUpsShare`. */
const QUOTA = 10;
const FOLLOW_UPS_SHARE = 0.03;
const GOAL = 0.96;
/** Seconds after the first release is there. */
const AWAY = { from: 60, to: 120 };
const SECOND = 1_000;

export const drain: Benchmark = {
  name: 'drain',
  answers:
    'whether a backlog drains as fast as the quota of creates allows, also through an outage, and whether memory stays flat meanwhile.',
  read: `${RELEASES.whole.toLocaleString('en')} new releases in virtual time, through the real handlers and limiters of \`releases\` and \`follow-ups\`, until AWS IoT has all creates. The floor is the stage's whole quota of ${QUOTA} creates a second, of which ${FOLLOW_UPS_SHARE * 100} % are for follow-ups and steering events. AWS IoT throttles beyond it. In the second run it answers nothing from ${AWAY.from} s to ${AWAY.to} s, and could take nothing then, so these ${AWAY.to - AWAY.from} s do not count. Every call takes ${CALL} ms, a create and a look ${CREATE} ms, a batch's way from the queue ${POLL} ms.`,
  cannot: 'what happens when AWS throttles below its quota, or answers more slowly: then the time of a call is the limit.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const releases = RELEASES[size];
  const given = { releases, quota: QUOTA, followUpsShare: FOLLOW_UPS_SHARE };
  const calm = await drainStage(given);
  const through = await drainStage({ ...given, away: AWAY });
  const away = AWAY.to - AWAY.from;
  // The first thousand creates warm the process up.
  const [first = 0, last = 0] = [calm.heap[1], calm.heap.at(-1)];
  return {
    figures: [
      perSecond('creates per second', calm, 0),
      perSecond(`through ${away} s without AWS IoT: creates per second`, through, away),
      { what: 'through the outage: creates that AWS IoT did not answer', value: String(through.unanswered) },
      { what: 'creates that AWS IoT throttled, in both runs', value: String(calm.throttled + through.throttled) },
      {
        what: 'heap after the last thousand',
        value: `${last.toFixed(1)} MiB`,
        floor: `${first.toFixed(1)} MiB`,
        ratio: last / first,
        goal: '≤ 1.1',
        met: last <= first * 1.1,
      },
    ],
  };
}

/** Creates a second from the first release to the last create, without the seconds in which AWS was away. */
function perSecond(what: string, { createdAt, began }: Drained, away: number): Figure {
  const seconds = ((createdAt.at(-1) ?? Number.NaN) - began) / SECOND - away;
  const rate = createdAt.length / seconds;
  return { what, value: rate.toFixed(3), floor: QUOTA.toFixed(3), ratio: rate / QUOTA, goal: `≥ ${GOAL}`, met: rate / QUOTA >= GOAL };
}
