import { parseArgs } from 'node:util';
import { linesOf, runKills } from '../test/journey/kill-run.ts';
import { progressBar } from './progress.ts';

const help = `Usage: node scripts/kill.ts [--kills N] [--seed S]

Runs the packaged functions in real processes over the embedded AWS and kills them (SIGKILL; some are stopped with
SIGSTOP past their visibility timeout and woken) before, after and between their calls, while releases are published.
Then compares what AWS has with the ledger and with what was told. Status 0 when nothing is lost, doubled or wrong.`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
} else {
  const { progress, end } = progressBar('kill');
  const report = await runKills({ kills: Number(values.kills), seed: Number(values.seed), progress });
  end();
  console.log(linesOf(report).join('\n'));
  process.exitCode = report.broken.length === 0 ? 0 : 1;
}
