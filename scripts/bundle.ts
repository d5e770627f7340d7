import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, join } from 'node:path';
import { build, type Metafile, type Plugin } from 'esbuild';
import { type ChannelsOptions, checkedChannels, writeChannels } from './checked-channels.ts';

/** The names of the three functions and of their bundles. */
export const FUNCTIONS = ['releases', 'follow-ups', 'sweep'] as const;

const BUILTIN = new RegExp(`^(?:node:)?(?:${builtinModules.filter((name) => !name.startsWith('node:')).join('|')})$`);

/**
 * Leaves out code that every cold start would load and that Lambda never uses. Each comment gives what that saves in the minified
 * releases bundle.
 */
const slim: Plugin = {
  name: 'slim',
  setup({ onResolve, onLoad }) {
    // 105 KiB: credentials from profiles, SSO, containers and instances.
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({ path: join(import.meta.dirname, 'lambda-credentials.ts') }));
    // 255 KiB: zod's messages in fifty languages. zod imports English separately.
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      importer.includes('/zod/') ? { path: 'no-locales', namespace: 'empty', sideEffects: false } : undefined,
    );
    // 21 KiB of what a new release loads: a query language, of which the lock needs only the name of a member.
    onResolve({ filter: /^@aws-lambda-powertools\/jmespath(?:\/functions)?$/ }, () => ({
      path: join(import.meta.dirname, 'no-jmespath.ts'),
    }));
    // 14 KiB of what S3 loads: streams of events, which no operation of the service has.
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, () => ({
      path: 'no-event-streams',
      namespace: 'no-event-streams',
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: 'no-event-streams' }, () => ({
      contents:
        'export const resolveEventStreamSerdeConfig = (config) => config, eventStreamSerdeProvider = undefined, EventStreamSerde = undefined;',
    }));
    // Lambda has no files with profiles, and each client would look for them for each of its settings.
    onResolve({ filter: /\/configLoader$/ }, () => ({ path: join(import.meta.dirname, 'lambda-config.ts') }));
    // 11 KiB: each client of the SDK has its package.json whole, and reads only the version.
    onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify({ version: (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version }),
      loader: 'json',
    }));
    // 33 KiB: recognises browsers.
    onResolve({ filter: /^bowser$/ }, () => ({ path: 'no-browsers', namespace: 'empty', sideEffects: false }));
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'export {};' }));
    // 40 ms at the first request: an `import` of a Node module reads all its members, and those of node:http load a WebSocket.
    onResolve({ filter: BUILTIN }, ({ path, kind }) => ({
      path,
      namespace: kind === 'import-statement' ? 'builtin' : 'required builtin',
      sideEffects: false,
    }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({ contents: importedMembersOf(path) }));
    onLoad({ filter: /.*/, namespace: 'required builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
    // To read ReadStream loads more of node:fs, so this reads it when it meets a body that may be one.
    onLoad({ filter: /\/calculateBodyLength\.js$/ }, ({ path }) => ({
      contents: edited(
        path,
        [/import \{[^}]+\} from "node:fs"/, 'import fs from "node:fs"'],
        [/\b(?:ReadStream|lstatSync|fstatSync)\b/g, 'fs.$&'],
      ),
    }));
    // Four files: the SDK imports these when it needs them, and each import would be a file of the bundle.
    onLoad({ filter: /\/(?:node-http-handler|getInstanceMetadataRegion|invoke-store)\.js$/ }, ({ path }) => ({
      contents: edited(path, [/await import\((["']node:\w+["'])\)/g, 'process.getBuiltinModule($1)']),
    }));
    onLoad({ filter: /\/HttpProtocol\.js$/ }, ({ path }) => ({
      contents: edited(path, [/await import\("@smithy\/core\/event-streams"\)/, '{}']),
    }));
    // 8 KiB at start, and 3 KiB of what S3 loads: hashes for a Node without node:crypto and node:zlib. They compute tables when they load.
    onLoad({ filter: /\/(?:Crc32|Md5|Sha1|Sha256)Js\.js$/ }, ({ path }) => ({ contents: `export class ${basename(path, '.js')} {}` }));
    // node:zlib takes a millisecond. Only job documents need its CRC.
    onLoad({ filter: /\/Crc32Node\.js$/ }, ({ path }) => ({
      contents: edited(
        path,
        [/import \* as zlib from "node:zlib";/, ''],
        [/typeof zlib\.crc32 [^;]+;/, '(data, value) => process.getBuiltinModule("node:zlib").crc32(data, value);'],
      ),
    }));
    // 8 KiB at start: a cache of endpoints, which no command of DynamoDB reads.
    onResolve({ filter: /^@aws-sdk\/endpoint-cache$/ }, () => ({ path: 'none', namespace: 'no-endpoint-cache', sideEffects: false }));
    onLoad({ filter: /.*/, namespace: 'no-endpoint-cache' }, () => ({ contents: 'export class EndpointCache {}' }));
    // Only the entries do anything on import. So esbuild may leave out every other file of the service that a function does not use.
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => ({ path: join(resolveDir, path), sideEffects: false }));
    // 140 KiB: the shapes of operations that the service never calls.
    onLoad({ filter: /\/@aws-sdk\/client-[^/]+\/dist-es\/schemas\/\w+\.js$/ }, ({ path }) => ({
      contents: withPlainMembers(readFileSync(path, 'utf8')),
    }));
  },
};

/** The text of a module, with each of these edits. @throws if one of them finds nothing, as after an update of the module */
function edited(path: string, ...edits: readonly (readonly [pattern: RegExp, replacement: string])[]): string {
  return edits.reduce(
    (text, [pattern, replacement]) => {
      if (text.search(pattern) === -1) throw new Error(`${path} has no ${pattern}`);
      return text.replace(pattern, replacement);
    },
    readFileSync(path, 'utf8'),
  );
}

/**
 * An ES module with the members of a module of Node. The bundler leaves out each that nothing imports. From a CommonJS module, every file
 * that imports it would copy all its members when it is loaded, and node:crypto has seventy.
 */
function importedMembersOf(path: string): string {
  const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^\w+$/.test(name) && name !== 'default');
  return [
    `const whole = /* @__PURE__ */ process.getBuiltinModule(${JSON.stringify(path)});`,
    'export default whole;',
    ...names.map((name, index) => `const m${index} = /* @__PURE__ */ (() => whole.${name})();`),
    `export { ${names.map((name, index) => `m${index} as ${name}`).join(', ')} };`,
  ].join('\n');
}

/**
 * Rewrites a schema module of the SDK: `{ [_h]: … }` becomes `{ "http": … }`, as its own `const _h = "http"` defines. esbuild
 * keeps every shape with a computed member, because to compute a name may have side effects.
 */
export function withPlainMembers(module: string): string {
  const texts = new Map([...module.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name = '', text = '']) => [name, text]));
  return module.replace(/([{,]\s*)\[(\w+)\]:/g, (whole, before: string, name: string) => {
    const text = texts.get(name);
    return text === undefined ? whole : `${before}${text}:`;
  });
}

/**
 * Bundles each function into dist/NAME/index.mjs and writes esbuild's metafile to dist/meta/NAME.json. The releases function
 * also gets the checked channels file, as dist/releases/channels.json, and its mark beside it. The same sources give the same bytes. Answers the sizes.
 * @throws on a wrong channels file, an unknown import or a syntax error
 */
export async function bundle(options: ChannelsOptions): Promise<Record<string, Sizes>> {
  const { root, say } = options;
  const dist = join(root, 'dist');
  rmSync(dist, { recursive: true, force: true });
  const channels = checkedChannels(options);
  mkdirSync(join(dist, 'meta'), { recursive: true });
  const sizes: Record<string, Sizes> = {};
  for (const name of FUNCTIONS) {
    const metafile = await bundleFunction(root, name, dist);
    if (name === 'releases') writeChannels(root, channels);
    writeFileSync(join(dist, 'meta', `${name}.json`), `${JSON.stringify(metafile, null, 2)}\n`);
    const { atStart, later } = sizesOf(metafile, `dist/${name}/index.mjs`);
    sizes[name] = { atStart, later };
    say(`dist/${name}/index.mjs: ${kibibytes(atStart)}${later > 0 ? `, and ${kibibytes(later)} when first needed` : ''}`);
  }
  return sizes;
}

/**
 * Bundles the function `name` of the service in `root` into the folder `out`/NAME. The bytes do not depend on `out`. Answers
 * esbuild's metafile, in which every path is relative to `root` and the bundle is in dist/. @throws on an unknown import or a syntax error
 */
export async function bundleFunction(root: string, name: (typeof FUNCTIONS)[number], out: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`handlers/${name}.ts`],
    entryNames: 'index',
    chunkNames: 'part-[hash]',
    outdir: `dist/${name}`,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    plugins: [slim],
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  mkdirSync(join(out, name), { recursive: true });
  for (const { path, contents } of outputFiles) writeFileSync(join(out, name, basename(path)), contents);
  return metafile;
}

const kibibytes = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;

/** The bytes that load with the entry of a bundle, and the bytes that load when they are first needed. */
export type Sizes = { readonly atStart: number; readonly later: number };

function sizesOf({ outputs }: Metafile, entry: string): Sizes {
  const atStart = new Set<string>();
  const visit = (path: string): void => {
    if (atStart.has(path)) return;
    atStart.add(path);
    for (const { path: imported, kind } of outputs[path]?.imports ?? [])
      if (kind === 'import-statement' && outputs[imported]) visit(imported);
  };
  visit(entry);
  const bytesOf = (paths: Iterable<string>): number => [...paths].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);
  const all = bytesOf(Object.keys(outputs));
  return { atStart: bytesOf(atStart), later: all - bytesOf(atStart) };
}
