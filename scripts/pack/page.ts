import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Metafile } from 'esbuild';
import { bundlePage } from '../../console/server/bundle-page.ts';

/**
 * Writes the page of the console into `out`/page: the bytes that the console of a clone serves. Answers esbuild's metafile, because the
 * page has code of others. Throws if the page cannot be bundled.
 */
export async function packPage(out: string): Promise<readonly Metafile[]> {
  const { files, metafile } = await bundlePage();
  for (const [path, text] of files) {
    const file = join(out, 'page', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return [metafile];
}
