import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, FUNCTIONS, type Sizes, withPlainMembers } from '../../scripts/bundle.ts';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';

const root = join(import.meta.dirname, '../..');
/** The agreed size of each bundle: bytes that load at a cold start, and bytes that load when they are first needed. */
const budgets = JSON.parse(readFileSync(join(root, 'bench/budgets.json'), 'utf8')) as { bundleBytes: Record<string, Sizes> };
const TOLERANCE = 0.05;

describe('the bundles', () => {
  let folder: string;
  let sizes: Readonly<Record<string, Sizes>>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ota-dispatch-size-'));
    for (const name of ['handlers', 'adapters', 'domain', 'scripts', 'node_modules', 'examples']) {
      symlinkSync(join(root, name), join(folder, name));
    }
    sizes = await bundle({ root: folder, channels: EXAMPLE_CHANNELS, say: () => undefined });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(FUNCTIONS)('have at most 5 % more bytes for %s than bench/budgets.json', (name) => {
    for (const part of ['atStart', 'later'] as const) {
      const agreed = budgets.bundleBytes[name]?.[part] ?? 0;
      const ratio = (sizes[name]?.[part] ?? 0) / agreed;
      const advice = `${name}, ${part}: ${sizes[name]?.[part]} bytes instead of ${agreed}. If the change is worth it, write the new size to bench/budgets.json`;
      expect(ratio, advice).toBeLessThanOrEqual(1 + TOLERANCE);
    }
  });

  it('import modules of Node without all their members, and require nothing at run time', () => {
    for (const name of FUNCTIONS) {
      const code = readFileSync(join(folder, 'dist', name, 'index.mjs'), 'utf8');
      expect(code).not.toMatch(/from ?["']node:|Dynamic require of/);
    }
  });

  it.each(FUNCTIONS)('leave out of %s the files with profiles, JMESPath, streams of events and what no command reads', (name) => {
    const bundled = join(folder, 'dist', name);
    const code = readdirSync(bundled).map((file) => readFileSync(join(bundled, file), 'utf8'));
    expect(code.join('')).not.toMatch(/AWS_SHARED_CREDENTIALS_FILE|JMESPath|EventStreamCodec|mnemonist\/lru-cache/);
  });

  it('load each adapter of releases only with the first record that needs it', () => {
    const { outputs } = JSON.parse(readFileSync(join(folder, 'dist/meta/releases.json'), 'utf8')) as Pick<Metafile, 'outputs'>;
    const loadedWith = (path: string): string[] => {
      const { inputs = {}, imports = [] } = outputs[path] ?? {};
      return [...Object.keys(inputs), ...imports.flatMap((one) => (one.kind === 'import-statement' ? loadedWith(one.path) : []))];
    };
    const partOf = (adapter: string) => Object.keys(outputs).find((path) => outputs[path]?.entryPoint === adapter) ?? '';
    const adapters = /^adapters\/(?:artifacts|bus|documents|iot-core|iot-jobs|jobs|lock|queues|managed-integrations\/.*)\.ts$/;
    const adaptersOf = (path: string) => [...new Set(loadedWith(path).filter((input) => adapters.test(input)))].sort();
    expect(adaptersOf('dist/releases/index.mjs')).toEqual([]);
    expect(adaptersOf(partOf('handlers/dependencies/parts-of-new-release.ts'))).toEqual([
      'adapters/artifacts.ts',
      'adapters/documents.ts',
      'adapters/lock.ts',
    ]);
    expect(adaptersOf(partOf('adapters/iot-core.ts'))).toEqual(['adapters/iot-core.ts', 'adapters/jobs.ts']);
    expect(adaptersOf(partOf('adapters/queues.ts'))).toEqual(['adapters/queues.ts']);
  });
});

describe('a schema module of the SDK for the bundler', () => {
  it('gets the values of its constants as names of its computed members', () => {
    const module = 'const _h = "http";\nconst _e = "x-id";\nexport var A = [9, { [_h]: ["POST", "/", 200], [_e]: 1 }];\n';
    expect(withPlainMembers(module)).toBe(
      'const _h = "http";\nconst _e = "x-id";\nexport var A = [9, { "http": ["POST", "/", 200], "x-id": 1 }];\n',
    );
  });

  it('keeps unknown names, indexes and lists', () => {
    const module = 'const _h = "http";\nexport var A = { [other]: 1, b: list[_h] };\nexport var B = [_h];\n';
    expect(withPlainMembers(module)).toBe(module);
  });
});
