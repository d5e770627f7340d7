import { describe, expect, it } from 'vitest';
import { commandNames } from '../../cli/commands.ts';
import { page } from '../../scripts/installation.ts';
import { otaInProcess } from '../cli/in-process.ts';

/** A help as a project prints it: the words for ota and for a page of the docs are longer there. */
async function helpInProject(command: string): Promise<string> {
  const { stdout } = await otaInProcess(command, '--help');
  const packedPage = (name: string) => page(name).replace('docs/', 'node_modules/ota-dispatch/lib/docs/');
  return stdout.replaceAll('npm run ota --', 'npm exec --no -- ota').replaceAll(/docs\/([\w/-]+\.md)/g, (_, name) => packedPage(name));
}

describe('A help in a project', () => {
  it.each(commandNames)('fits 80 columns: %s', async (command) => {
    const help = await helpInProject(command);
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
