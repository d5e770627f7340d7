import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/**
 * `npm run package [-- --stage STAGE --channels FILE --out FOLDER]`: what `serverless package` does (it bundles through
 * infrastructure/bundle-plugin.js), offline, one line per step. Exits with the status of `serverless`.
 */
const { values } = parseArgs({
  options: { stage: { type: 'string', default: 'local' }, channels: { type: 'string' }, out: { type: 'string' } },
});
const options = ['package', '--stage', values.stage];
if (values.channels) options.push('--param', `channels=${values.channels}`);
if (values.out) options.push('--package', values.out);

const { status, error } = spawnSync('serverless', options, { stdio: 'inherit' });
if (error) throw error;
process.exitCode = status ?? 1;
