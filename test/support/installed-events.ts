import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/installation.ts';
import { packEvents } from '../../scripts/pack/events.ts';

/**
 * Installs what the package ota-dispatch has for programs into a project: `ota-dispatch/events`, the schemas, and the exports of
 * package.json. Answers the folder of the package, and what the code imports.
 */
export async function installEvents(project: string): Promise<{ folder: string; imports: readonly string[] }> {
  const { name, version, type, exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = join(project, 'node_modules', 'ota-dispatch');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, type, exports }));
  cpSync(join(root, 'schemas'), join(folder, 'schemas'), { recursive: true });
  const metafiles = await packEvents(join(folder, 'lib'));
  const outputs = metafiles.flatMap((metafile) => Object.values(metafile.outputs));
  return { folder, imports: outputs.flatMap((output) => output.imports.map(({ path }) => path)) };
}
