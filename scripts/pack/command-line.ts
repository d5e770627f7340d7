import { join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { onlyInOtaDispatch } from '../../cli/commands.ts';
import { root } from '../installation.ts';
import { inFiles } from './build-options.ts';

/** The file of each command is loaded when it is typed, so a chunk for each: see cli/files.ts. */
const options = { ...inFiles, chunkNames: '[name]-[hash]' } as const satisfies BuildOptions;

/** A package has the page of the console as files. Only a clone bundles it, for which it has esbuild. */
const withoutPageBundler: Plugin = {
  name: 'without-page-bundler',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\/bundle-page\.ts$/ }, () => ({ path: 'bundle-page', namespace: 'left-out' }));
    onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'export {};' }));
  },
};

/**
 * Bundles the command line into `out`/ota/main.js. dynalite loads its actions by computed names, so it stays a dependency. A function of
 * the local service runs in a process of its own, for which lambda-runtime.js is an entry.
 */
export async function packCommandLine(out: string): Promise<Metafile[]> {
  const { metafile } = await build({
    ...options,
    entryPoints: { main: 'cli/main.js', 'lambda-runtime': 'packages/embedded-aws/src/lambda/lambda-runtime.ts' },
    outdir: join(out, 'ota'),
    external: ['dynalite', 'dynalite/*'],
    define: { OTA_PACKED: 'true' },
    plugins: [withoutPageBundler],
  });
  return [metafile];
}

/** Leaves out the commands of ota-dispatch alone. */
const smaller: Plugin = {
  name: 'smaller',
  setup({ onResolve }) {
    const files = onlyInOtaDispatch.map((name) => `./${name}.ts`);
    onResolve({ filter: /^\.\/\w+\.ts$/ }, ({ path, importer }) =>
      files.includes(path) && importer === join(root, 'cli', 'files.ts')
        ? { path: join(root, 'cli', 'not-in-this-package.ts') }
        : undefined,
    );
  },
};

/** Bundles the command line of ota-dispatch-cli into `out`/ota/main.js. It needs no other package. */
export async function packSmallCommandLine(out: string): Promise<Metafile[]> {
  const { metafile } = await build({
    ...options,
    entryPoints: { main: 'cli/main.js' },
    outdir: join(out, 'ota'),
    define: { OTA_PACKED: 'true', OTA_SMALL: 'true' },
    plugins: [withoutPageBundler, smaller],
  });
  return [metafile];
}
