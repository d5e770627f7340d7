import { parseArgs } from 'node:util';
import { command, whole } from '../../scripts/command.ts';
import { progressBar } from '../../scripts/progress.ts';
import { GOAL_GROWTH_BYTES, GOAL_SHARE, linesOf, runSoak, type SoakReport, worstGrowth } from './soak.ts';

/** A shorter backlog does not show a rate, as cold starts and lost replies take most of its time. */
const LONG_ENOUGH_SECONDS = 60;

/** Follow-ups come after three seconds, sweeps every minute. */
const TIME_FACTOR = 5;

const usage = `Usage: npm run soak -- [--releases N] [--poison N] [--quota N] [--outage SECONDS] [--seed S] [--json]

Runs the packaged service in real processes on the embedded AWS. It publishes poisoned messages (default 2000) and then a
backlog of releases (5000), one in five of them twice. Two of a hundred requests fail, and AWS accepts a limited number of
creates a second (20). While the backlog drains, each dependency is away for some seconds (10), one after the other: AWS IoT,
EventBridge, DynamoDB, managed integrations, S3 and SQS. The rate is judged if the backlog takes at least ${LONG_ENOUGH_SECONDS} seconds. AWS takes
nothing while AWS IoT is away. Without DynamoDB, S3 or SQS there is no create either, so these seconds do not count.
Status 0: nothing is lost, doubled or wrong, the backlog drained at ${GOAL_SHARE * 100} % of what AWS accepts, and no heap grew by
more than ${GOAL_GROWTH_BYTES / 2 ** 20} MiB. 1: one of these failed. 2: the arguments are not understood.`;

function read() {
  return parseArgs({
    options: {
      releases: { type: 'string', default: '5000' },
      poison: { type: 'string', default: '2000' },
      quota: { type: 'string', default: '10' },
      outage: { type: 'string', default: '10' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run(values: ReturnType<typeof read>): Promise<number> {
  const [releases, poison] = [whole('releases', values.releases, 1), whole('poison', values.poison, 1)];
  const [quota, seed] = [whole('quota', values.quota, 1), whole('seed', values.seed)];
  const secondsOfOutage = whole('outage', values.outage, 1);
  const { progress, end } = progressBar('soak');
  const report = await runSoak({ releases, poison, quota, seed, timeFactor: TIME_FACTOR, losesReplies: true, secondsOfOutage, progress });
  end();
  const goals = goalsOf(report);
  console.log(values.json ? JSON.stringify({ ...report, goals }) : [...linesOf(report), ...goals.map(lineOf)].join('\n'));
  return report.broken.length === 0 && goals.every(({ isMet }) => isMet !== false) ? 0 : 1;
}

/** A goal besides that nothing is lost. `isMet` is absent if the run was too small to judge it. */
type Goal = { readonly what: string; readonly measured: string; readonly bar: string; readonly isMet?: boolean };

function goalsOf({ rate, releases, quota, memory }: SoakReport): Goal[] {
  const worst = worstGrowth(memory);
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return [
    {
      what: 'creates, as a share of what AWS takes',
      measured: rate.share.toFixed(3),
      bar: `at least ${GOAL_SHARE}`,
      ...(releases / quota >= LONG_ENOUGH_SECONDS && { isMet: rate.share >= GOAL_SHARE }),
    },
    worst === undefined
      ? { what: 'growth of a heap', measured: 'no process lived long enough', bar: `at most ${mebibytes(GOAL_GROWTH_BYTES)}` }
      : {
          what: 'growth of a heap',
          measured: mebibytes(worst.late - worst.early),
          bar: `at most ${mebibytes(GOAL_GROWTH_BYTES)}`,
          isMet: worst.late - worst.early <= GOAL_GROWTH_BYTES,
        },
  ];
}

function lineOf({ what, measured, bar, isMet }: Goal): string {
  const verdict = isMet === undefined ? 'not judged: the run is too small' : isMet ? 'met' : 'NOT MET';
  return `${what}: ${measured}, ${bar}: ${verdict}`;
}

await command('soak', usage, async () => {
  const values = read();
  if (!values.help) return run(values);
  console.log(usage);
  return 0;
});
