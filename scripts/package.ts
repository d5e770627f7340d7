import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { command } from './command.ts';

const usage = `Usage: npm run package -- [--stage STAGE] [--channels FILE] [--out FOLDER]

What \`serverless package\` does (it bundles through infrastructure/bundle-plugin.ts), offline, one line per step: for the
stage \`local\` unless another is named, with channels.yml, into .serverless/ or, the bundles too, into
FOLDER. Status: that of serverless; 2: not understood.`;

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
  const { status, error } = spawnSync('serverless', options, { stdio: 'inherit' });
  if (error) throw error;
  return status ?? 1;
});
