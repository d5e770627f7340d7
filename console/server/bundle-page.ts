import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { root } from '../../scripts/installation.ts';

const page = join(root, 'console', 'page');

/** The texts of the page's files by their paths, such as `/assets/main.js`, and what esbuild says of them. */
type BundledPage = { readonly files: ReadonlyMap<string, string>; readonly metafile: Metafile };

/**
 * Bundles the page of the console, in a clone. The same sources give the same texts. Throws the error of esbuild, such as that a library of
 * the page is not installed.
 */
export async function bundlePage(): Promise<BundledPage> {
  const [{ outputFiles, metafile }, html, icon] = await Promise.all([
    build({
      absWorkingDir: root,
      entryPoints: [join(page, 'main.tsx')],
      bundle: true,
      write: false,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      outdir: '/assets',
      legalComments: 'none',
      metafile: true,
      logLevel: 'silent',
    }),
    readFile(join(page, 'index.html'), 'utf8'),
    readFile(join(page, 'icon.svg'), 'utf8'),
  ]);
  const bundled = outputFiles.map(({ path, text }): [string, string] => [path, text]);
  return { files: new Map([['/index.html', html], ['/icon.svg', icon], ...bundled]), metafile };
}
