import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { eventDeclarations } from '../event-declarations.ts';
import { forNode } from './build-options.ts';

/** A file of the service does nothing on import. So esbuild may leave out each that the events do not use. */
const withoutSideEffects: Plugin = {
  name: 'without-side-effects',
  setup({ onResolve }) {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), sideEffects: false }));
  },
};

/**
 * Builds `ota-dispatch/events` into `out`/events: index.js, a module without dependencies, and index.d.ts. Answers the metafiles of
 * esbuild. Throws if the room does not compile.
 */
export async function packEvents(out: string): Promise<Metafile[]> {
  const folder = join(out, 'events');
  const { metafile } = await build({
    ...forNode,
    entryPoints: { index: 'events/index.ts' },
    outdir: folder,
    plugins: [withoutSideEffects],
  });
  writeFileSync(join(folder, 'index.d.ts'), eventDeclarations());
  return [metafile];
}
