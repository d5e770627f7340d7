import { parseArgs } from 'node:util';
import { command, whole } from '../../scripts/command.ts';
import { progressBar } from '../../scripts/progress.ts';
import { linesOf, runKills } from './kill-run.ts';

const usage = `Usage: npm run kill -- [--kills N] [--seed S] [--json]

Publishes releases and kills the packaged functions N times (default 400), in real processes on the embedded AWS: before,
after and between their calls. Most get SIGKILL. Some are stopped with SIGSTOP beyond their visibility timeout and continue.
Then AWS is compared with the ledger and with the published events. The seed (default 1) draws releases and kills. What the
kills hit depends on timing. Kills already in flight when N is reached are counted.
Status 0: nothing is lost, doubled or wrong. 1: something is. 2: the arguments are not understood.`;

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
