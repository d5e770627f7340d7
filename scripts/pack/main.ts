import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command, UsageError } from '../command.ts';
import { root } from '../installation.ts';
import { buildPackage, isPackageName } from './package.ts';

const usage = `Usage: node scripts/pack/main.ts [ota-dispatch-cli]

Builds lib/ and THIRD-PARTY-NOTICES.txt of the package ota-dispatch, or of ota-dispatch-cli in its folder. npm pack runs it.`;

await command('pack', usage, async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [name = 'ota-dispatch'] = positionals;
  if (!isPackageName(name)) throw new UsageError(`there is no package ${JSON.stringify(name)}: use ota-dispatch or ota-dispatch-cli`);
  await buildPackage(name === 'ota-dispatch' ? root : join(root, 'packages', name), name);
  return 0;
});
