import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../installation.ts';

/** Copies the files from which `ota init` makes a project into `out`/template. It bundles nothing, so there are no metafiles. */
export async function packTemplate(out: string): Promise<readonly Metafile[]> {
  cpSync(join(root, 'cli', 'init', 'template'), join(out, 'template'), { recursive: true });
  return [];
}
