import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { command } from './command.ts';
import { serverlessProgram } from './serverless.ts';

const usage = `Usage: npm run package -- [--stage STAGE] [--channels FILE] [--out FOLDER]

Runs \`serverless package\`, which needs no network, and prints one line for each step. The stage is \`local\` unless you name
another. The channels file is channels.yml unless you name another. The result is in .serverless/ and dist/. With --out it is in
FOLDER, together with the bundles. Exit status: that of serverless, or 2 for wrong usage.`;

await command('package', usage, () => {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'local' },
      channels: { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const options = ['package', '--stage', values.stage];
  if (values.channels) options.push('--param', `channels=${values.channels}`);
  if (values.out) options.push('--package', values.out);
  const { status, error } = spawnSync(process.execPath, [serverlessProgram(), ...options], { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
});
