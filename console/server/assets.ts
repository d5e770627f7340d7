import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../scripts/command.ts';

/** A file of the page. */
export type Asset = { readonly body: string; readonly type: string };

/**
 * The files of the page by their paths. Every other path is one of the page's own, such as that of a release, and gets the HTML. Not so
 * below `/assets`, and not what looks like a file of the root.
 */
export type Assets = { get(path: string): Asset | undefined };

const page = join(import.meta.dirname, '../page');

/**
 * Bundles the page, in memory. esbuild and the libraries of the page are development dependencies, so they are loaded only here.
 * Throws UsageError if one of them is not installed.
 */
export async function bundlePage(): Promise<Assets> {
  const [outputs, html, icon] = await Promise.all([
    build().catch((error: unknown) => {
      throw isNotInstalled(error) ? new UsageError(INSTALL, { cause: error }) : error;
    }),
    readFile(join(page, 'index.html'), 'utf8'),
    readFile(join(page, 'icon.svg'), 'utf8'),
  ]);
  const index: Asset = { body: html, type: 'text/html; charset=utf-8' };
  const files = new Map<string, Asset>([
    ['/icon.svg', { body: icon, type: 'image/svg+xml' }],
    ...outputs.map(({ path, text }): [string, Asset] => [
      path,
      { body: text, type: path.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8' },
    ]),
  ]);
  return { get: (path) => files.get(path) ?? (/^\/(?:assets\/|[^/]*\.)/.test(path) ? undefined : index) };
}

const INSTALL =
  'the console needs the development dependencies to bundle its page: type npm install, without --omit=dev and --ignore-scripts';

async function build() {
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
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
    logLevel: 'silent',
  });
  return outputFiles;
}

/** Whether Node did not find esbuild, esbuild its own program, or esbuild a library of the page. */
export function isNotInstalled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return true;
  return /Could not resolve "(?:preact|preact-iso)\b|The package "@esbuild\/|esbuild.*ENOENT/.test(error.message);
}
