import { parseArgs } from 'node:util';
import { GOAL_GROWTH_BYTES, GOAL_SHARE, linesOf, runSoak, worstGrowth } from '../test/soak/soak.ts';
import { progressBar } from './progress.ts';

const help = `Usage: npm run soak -- [--releases N] [--poison N] [--quota N] [--seed S] [--json]

Runs the packaged service in real processes over the embedded AWS: N poisoned messages (default 2000), behind them a backlog
of N releases (5000), one in five of them twice, with two of a hundred requests failing and AWS taking N creates a second
(20). Status 0 when nothing is lost, doubled or wrong, the backlog drained at ${GOAL_SHARE * 100} % of what AWS takes, and no heap grew by
more than ${GOAL_GROWTH_BYTES / 2 ** 20} MiB; 1 otherwise; 2: not understood.`;

/** Follow-ups come after three seconds, sweeps every minute. */
const TIME_FACTOR = 5;

function read() {
  return parseArgs({
    options: {
      releases: { type: 'string', default: '5000' },
      poison: { type: 'string', default: '2000' },
      quota: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
}

async function run(values: ReturnType<typeof read>): Promise<number> {
  const { progress, end } = progressBar('soak');
  const [releases, poison, quota, seed] = [whole(values.releases), whole(values.poison), whole(values.quota), whole(values.seed)];
  const report = await runSoak({ releases, poison, quota, seed, timeFactor: TIME_FACTOR, losesReplies: true, progress });
  end();
  const worst = worstGrowth(report.memory);
  const isFlat = worst === undefined || worst.late - worst.early <= GOAL_GROWTH_BYTES;
  const isFast = report.createsPerSecond >= GOAL_SHARE * quota;
  console.log(values.json ? JSON.stringify({ ...report, isFast, isFlat }) : linesOf(report).join('\n'));
  return report.broken.length === 0 && isFast && isFlat ? 0 : 1;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`a whole number of at least 1 is needed, not ${text}`);
  return value;
}

try {
  const values = read();
  if (values.help) console.log(help);
  else process.exitCode = await run(values);
} catch (error) {
  if (!(error instanceof RangeError) && !(error instanceof TypeError && 'code' in error)) throw error;
  console.error(`soak: ${error.message}\n${help}`);
  process.exitCode = 2;
}
