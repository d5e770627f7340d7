import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundleFunction, FUNCTIONS } from '../bundle.ts';
import { root } from '../installation.ts';

/**
 * Bundles each function of the service in `from` into `out`/handlers/NAME, with the bytes that packaging there writes to dist/NAME.
 * Answers esbuild's metafiles. @throws on an unknown import or a syntax error
 */
export async function packHandlers(out: string, from = root): Promise<readonly Metafile[]> {
  const metafiles: Metafile[] = [];
  for (const name of FUNCTIONS) metafiles.push(await bundleFunction(from, name, join(out, 'handlers')));
  return metafiles;
}
