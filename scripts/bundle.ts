import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { readChannelsFile } from '../domain/request/channels-file.ts';

/** The three functions, by the names of their bundles. */
export const FUNCTIONS = ['releases', 'follow-ups', 'sweep'] as const;

/** What a bundling needs to know. `say` is given one line per step. */
export interface BundleOptions {
  root: string;
  channels?: string | undefined;
  say: (line: string) => void;
}

/** CommonJS inside an ES module bundle calls `require`; Lambda gives an ES module none. */
const REQUIRE_BANNER = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** Leaves out what would be loaded at every cold start and never used on Lambda; the sizes are of the minified releases bundle. */
const slim: Plugin = {
  name: 'slim',
  setup({ onResolve, onLoad }) {
    // 105 KiB: profiles, SSO, containers, instances.
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: join(import.meta.dirname, 'lambda-credentials.ts') }));
    // 255 KiB: zod's messages in fifty languages; English is imported by itself.
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      importer.includes('/zod/') ? { path: 'no-locales', namespace: 'empty', sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {};' }));
  },
};

/**
 * Bundles handlers/ to dist/NAME/index.mjs with the checked channels file beside it (dist/NAME/channels.json), and keeps
 * esbuild's account of what went in (dist/meta/NAME.json). The same sources give the same bytes.
 * Throws on a wrong channels file, an unknown import or a syntax error.
 */
export async function bundle({ root, channels = 'channels.yml', say }: BundleOptions): Promise<void> {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const channelsJson = `${JSON.stringify(checkChannels(resolve(root, channels), channels, say))}\n`;
  mkdirSync(join(dist, 'meta'), { recursive: true });
  for (const name of FUNCTIONS) {
    const { metafile, outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: [`handlers/${name}.ts`],
      outfile: `dist/${name}/index.mjs`,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      mainFields: ['module', 'main'],
      minify: true,
      legalComments: 'none',
      banner: { js: REQUIRE_BANNER },
      plugins: [slim],
      metafile: true,
      write: false,
      logLevel: 'silent',
    });
    const code = outputFiles[0]?.contents;
    if (!code) throw new Error(`esbuild made nothing of handlers/${name}.ts`);
    mkdirSync(join(dist, name), { recursive: true });
    writeFileSync(join(dist, name, 'index.mjs'), code);
    writeFileSync(join(dist, name, 'channels.json'), channelsJson);
    writeFileSync(join(dist, 'meta', `${name}.json`), `${JSON.stringify(metafile, null, 2)}\n`);
    say(`dist/${name}/index.mjs: ${Math.round(code.length / 1024)} KiB`);
  }
}

/** The content of a channels file, its variables not yet replaced. Throws with a line for each error. */
function checkChannels(file: string, name: string, say: BundleOptions['say']): unknown {
  const read = readChannelsFile(readFileSync(file, 'utf8'));
  const line = (fault: { line: number; path: string; message: string }) => `${name}:${fault.line}: ${fault.path}: ${fault.message}`;
  if (!read.ok) throw new Error(read.errors.map(line).join('\n'));
  for (const warning of read.warnings) say(`warning: ${line(warning)}`);
  say(`${name}: ok`);
  return read.value;
}
