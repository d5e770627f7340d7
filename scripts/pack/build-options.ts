import type { BuildOptions } from 'esbuild';
import { root } from '../installation.ts';

/** How every module of a package is bundled: for the oldest Node that runs it, with paths from the root of the repository. */
export const forNode = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** As {@link forNode}, in several files. A package of CommonJS asks for the modules of Node with `require`, which a module does not have. */
export const inFiles = {
  ...forNode,
  splitting: true,
  banner: { js: "import{createRequire as otaRequire}from'node:module';const require=otaRequire(import.meta.url);" },
} as const satisfies BuildOptions;
