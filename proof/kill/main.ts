import { parseArgs } from 'node:util';
import { command, whole } from '../../scripts/command.ts';
import { progressBar } from '../../scripts/progress.ts';
import { linesOf, runKills } from './kill-run.ts';

const usage = `Usage: npm run kill -- [--kills N] [--seed S] [--json]

Runs the packaged functions in real processes over the embedded AWS and kills them N times (default 400; SIGKILL, some are
stopped with SIGSTOP past their visibility timeout and woken) before, after and between their calls, while releases are
published. Then compares what AWS has with the ledger and with what was published. The seed (1) draws releases and blows; what
they meet hangs on real time. A blow that is on its way when enough have been struck counts too.
Status 0 when nothing is lost, doubled or wrong, 1 otherwise, 2: not understood.`;

await command('kill', usage, async () => {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '400' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [kills, seed] = [whole('kills', values.kills, 1), whole('seed', values.seed)];
  const { progress, end } = progressBar('kill');
  const report = await runKills({ kills, seed, progress });
  end();
  console.log(values.json ? JSON.stringify(report) : linesOf(report).join('\n'));
  return report.broken.length === 0 ? 0 : 1;
});
