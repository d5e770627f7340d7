import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { UsageError } from '../../scripts/command.ts';
import { isPacked, root } from '../../scripts/installation.ts';

/** A file of the page. */
export type Asset = { readonly body: string; readonly type: string };

/**
 * The files of the page by their paths. Every other path is one of the page's own, such as that of a release, and gets the HTML. Not so
 * below `/assets`, and not what looks like a file of the root.
 */
export type Assets = { get(path: string): Asset | undefined };

/**
 * The page of the console. A package has its files. A clone bundles them, in memory, with esbuild and the libraries of the page. Those are
 * development dependencies, so they are loaded only here. Throws UsageError if one of them is not installed.
 */
export async function pageAssets(): Promise<Assets> {
  return assetsOf(isPacked ? await filesIn(join(root, 'lib', 'page')) : await bundled());
}

const INSTALL =
  'the console needs the development dependencies to bundle its page: type npm install, without --omit=dev and --ignore-scripts';

async function bundled(): Promise<ReadonlyMap<string, string>> {
  try {
    const { bundlePage } = await import('./bundle-page.ts');
    return (await bundlePage()).files;
  } catch (error) {
    throw isNotInstalled(error) ? new UsageError(INSTALL, { cause: error }) : error;
  }
}

/** The texts of all files in a folder, by their paths below it, such as `/assets/main.js`. Throws if the folder cannot be read. */
export async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const texts = entries.map(async (entry): Promise<[string, string]> => {
    const file = join(entry.parentPath, entry.name);
    return [`/${relative(folder, file).split(sep).join('/')}`, await readFile(file, 'utf8')];
  });
  return new Map(await Promise.all(texts));
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const INDEX = '/index.html';

/** The files of the page as they are served, from their texts by their paths. */
export function assetsOf(texts: ReadonlyMap<string, string>): Assets {
  const typed = [...texts].map(([path, body]): [string, Asset] => [path, { body, type: TYPES[extname(path)] ?? 'text/plain' }]);
  const files = new Map(typed.filter(([path]) => path !== INDEX));
  const index = new Map(typed).get(INDEX);
  return { get: (path) => files.get(path) ?? (/^\/(?:assets\/|[^/]*\.)/.test(path) ? undefined : index) };
}

/** Whether Node did not find esbuild, esbuild its own program, or esbuild a library of the page. */
export function isNotInstalled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return true;
  return /Could not resolve "(?:preact|preact-iso)\b|The package "@esbuild\/|esbuild.*ENOENT/.test(error.message);
}
