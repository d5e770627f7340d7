import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { parse } from 'yaml';

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

/**
 * Bundles handlers/ to dist/NAME/index.mjs with the checked channels file beside it (dist/NAME/channels.json), and keeps
 * esbuild's account of what went in (dist/meta/NAME.json). The same sources give the same bytes.
 * Throws on a wrong channels file, an unknown import or a syntax error.
 */
export async function bundle({ root, channels = 'channels.yml', say }: BundleOptions): Promise<void> {
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const channelsJson = `${JSON.stringify(parse(readFileSync(join(root, channels), 'utf8')))}\n`;
  say(`${channels}: ok`);
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
