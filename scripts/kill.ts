import { parseArgs } from 'node:util';
import { runKills } from '../test/journey/kill-run.ts';

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
  const isTerminal = process.stderr.isTTY === true;
  const progress = (line: string): void => {
    if (isTerminal) process.stderr.write(`\r\u001b[2K${line}`);
  };
  const report = await runKills({ kills: Number(values.kills), seed: Number(values.seed), progress });
  if (isTerminal) process.stderr.write('\r\u001b[2K');
  const { kills, blows, releases, rollouts, places, states, broken, seconds } = report;
  console.log(`${kills} kills in ${seconds.toFixed(1)} s: ${releases} releases, ${rollouts} rollouts, seed ${values.seed}`);
  for (const [blow, count] of Object.entries(blows)) console.log(`  ${String(count).padStart(4)} ${blow}`);
  console.log(
    `  at ${places.size} kinds of calls: ${[...places]
      .map(([place, count]) => `${place} ${count}`)
      .sort()
      .join(', ')}`,
  );
  console.log(`  rollouts: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`);
  for (const sentence of broken) console.log(`  BROKEN ${sentence}`);
  console.log(broken.length === 0 ? 'nothing lost, nothing doubled, nothing wrong' : `${broken.length} promises broken`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
