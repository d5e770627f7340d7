import { CALL, JOB_EVENT, LOOK, POLL } from './assumed-times.ts';
import { DESCRIBE_JOB_QUOTA } from './jobs-under-quota.ts';
import { liveRollouts, type Tally } from './live-rollouts.ts';
import { PRICES } from './prices.ts';
import type { Benchmark, Figure, Result, Size } from './report.ts';
import { quantile } from './statistics.ts';

const ROLLOUTS = { whole: 100_000, smallest: 1_000 } as const;
const ENDS_PER_SECOND = 2;
/** The default of `looksPerSecond`. */
const LOOKS_PER_SECOND = 8;
const BURST = { whole: 1_000, smallest: 20 } as const;
const GOAL_P99_SECONDS = 5;
const SEED = 1;

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const MEASURED = { whole: HOUR, smallest: 2 * MINUTE } as const;
/** By then the first sweeps have run, so that the wakes are as they are for ever. */
const WARM_UP = 10 * MINUTE;

export const watch: Benchmark = {
  name: 'watch',
  answers: 'how soon the end of a job is told when very many rollouts are live, with job events and without, and what watching costs.',
  read: `${ROLLOUTS.whole.toLocaleString('en')} live rollouts of IoT Jobs in virtual time, through the real handlers, adapters and limiters. ${ENDS_PER_SECOND} jobs end a second, at random (Poisson), and a new one takes the place of each. AWS answers ${DESCRIBE_JOB_QUOTA} DescribeJob calls a second and throttles beyond. The stage may make ${LOOKS_PER_SECOND} (\`looksPerSecond\`). Every call takes ${CALL} ms, a DescribeJob ${LOOK} ms, a batch's way from the queue ${POLL} ms, a job event's way into it ${JOB_EVENT} ms. The first time is from the end of the job to PutEvents with OTA Rollout Completed.`,
  cannot: 'how soon AWS IoT publishes a job event, how SQS divides messages among its pollers, and what your region charges.',
  run: measure,
};

async function measure(size: Size): Promise<Result> {
  const rollouts = ROLLOUTS[size];
  const given = { rollouts, endsPerSecond: ENDS_PER_SECOND, looksPerSecond: LOOKS_PER_SECOND, seed: SEED };
  /** No rollout waits longer than three rounds of looks, or the benchmark fails. */
  const most = Math.max(4 * HOUR, (3 * rollouts * SECOND) / LOOKS_PER_SECOND);

  const told = liveRollouts({ ...given, jobEvents: true });
  await told.run(WARM_UP);
  told.forgetFigures();
  await told.run(MEASURED[size]);
  const tally = { ...told.tally };
  await told.untilTold(most);
  const withEvents = told.waits.splice(0);
  told.burst(BURST[size]);
  const burst = await told.untilTold(most);
  told.stop();

  const silent = liveRollouts({ ...given, jobEvents: false });
  await silent.run(WARM_UP);
  silent.forgetFigures();
  await silent.run(MEASURED[size]);
  const silentTally = { ...silent.tally };
  await silent.untilTold(most);
  const withoutEvents = silent.waits.splice(0);
  silent.stop();

  const days = MEASURED[size] / (24 * HOUR);
  const round = rollouts / LOOKS_PER_SECOND / 3_600;
  const p99 = quantile(withEvents, 0.99) / SECOND;
  const figures: Figure[] = [
    { what: 'with job events: end of a job to its outcome, p50', value: `${(quantile(withEvents, 0.5) / SECOND).toFixed(2)} s` },
    { what: 'with job events, p99', value: `${p99.toFixed(2)} s`, goal: `≤ ${GOAL_P99_SECONDS} s`, met: p99 <= GOAL_P99_SECONDS },
    { what: 'with job events, the longest', value: `${(Math.max(...withEvents) / SECOND).toFixed(2)} s` },
    {
      what: `${BURST[size].toLocaleString('en')} jobs end at once: until the last outcome`,
      value: `${(burst / SECOND).toFixed(0)} s`,
      floor: `${BURST[size] / LOOKS_PER_SECOND} s`,
      ratio: burst / SECOND / (BURST[size] / LOOKS_PER_SECOND),
    },
    ...[0.5, 0.99, 1].map((share) =>
      hours(`without job events, ${share === 1 ? 'the longest' : `p${share * 100}`}`, withoutEvents, share, round),
    ),
    ...looksOf('with job events', tally, days),
    ...looksOf('without', silentTally, days),
    ...costOf('with job events', tally, days),
    ...costOf('without', silentTally, days),
  ];
  return { figures };
}

/** A time in hours. The floor is one round: every rollout is looked at once, at the full rate. */
function hours(what: string, waits: readonly number[], share: number, round: number): Figure {
  const value = (share === 1 ? Math.max(...waits) : quantile(waits, share)) / HOUR;
  const floor = round * share;
  return { what, value: `${value.toFixed(2)} h`, floor: `${floor.toFixed(2)} h`, ratio: value / floor };
}

function looksOf(which: string, tally: Tally, days: number): Figure[] {
  const perSecond = tally.looks / days / 86_400;
  return [
    {
      what: `${which}: DescribeJob calls a second`,
      value: perSecond.toFixed(2),
      floor: LOOKS_PER_SECOND.toFixed(2),
      ratio: perSecond / LOOKS_PER_SECOND,
      goal: `≤ ${LOOKS_PER_SECOND}`,
      met: perSecond <= LOOKS_PER_SECOND,
    },
    { what: `${which}: the most in one second`, value: String(tally.busiestSecond) },
    { what: `${which}: DescribeJob calls that AWS throttles`, value: String(tally.throttled), goal: '0', met: tally.throttled === 0 },
    { what: `${which}: looks without a turn, of all wakes and events`, value: percent(tally.withoutTurn, tally.withoutTurn + tally.looks) },
  ];
}

const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

/** A rule of AWS IoT that matches, and its action. Also from memory. */
const RULE_AND_ACTION = 0.3;

/** Calls and dollars a day. A look is a DescribeJob, for which AWS charges nothing. */
function costOf(which: string, tally: Tally, days: number): Figure[] {
  const lines: readonly (readonly [what: string, count: number, dollars: number])[] = [
    ['DescribeJob calls', tally.looks, 0],
    ['units of DynamoDB writes', tally.writeUnits, tally.writeUnits * PRICES.write * 1e-6],
    ['units of DynamoDB reads', tally.readUnits, tally.readUnits * PRICES.read * 1e-6],
    ['SQS requests', tally.queueRequests, tally.queueRequests * PRICES.queue * 1e-6],
    ['events on the bus', tally.events, tally.events * PRICES.event * 1e-6],
    ['job events by the IoT rule', tally.jobEvents, tally.jobEvents * RULE_AND_ACTION * 1e-6],
    [
      'Lambda invocations',
      tally.invocations,
      tally.invocations * PRICES.invocation * 1e-6 + (tally.milliseconds / SECOND) * PRICES.gigabyteSecond,
    ],
  ];
  const shown = lines.filter(([, count]) => count > 0);
  const sum = lines.reduce((total, [, , dollars]) => total + dollars, 0) / days;
  return [
    ...shown.map(
      ([what, count, dollars]): Figure => ({
        what: `${which}, a day: ${what}`,
        value: Math.round(count / days).toLocaleString('en'),
        floor: `$${(dollars / days).toFixed(2)}`,
      }),
    ),
    { what: `${which}, a day: cost`, value: `$${sum.toFixed(2)}` },
  ];
}
