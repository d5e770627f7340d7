import assert from 'node:assert/strict';
import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../installation.ts';

/** Throws if a file of the project is a link into the repository, or if its text names the repository. */
export function nothingOfTheRepository(project: string): void {
  for (const entry of readdirSync(project, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (lstatSync(path).isSymbolicLink()) assert.ok(!realpathSync(path).startsWith(root), `${path} is a link to ${realpathSync(path)}`);
    const isOwn = !path.includes('node_modules') || path.includes(join('node_modules', 'ota-dispatch'));
    if (entry.isFile() && isOwn) assert.ok(!readFileSync(path).includes(root), `${path} names the repository`);
  }
}
