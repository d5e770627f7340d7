import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as events from '../../events/index.ts';
import { root } from '../../scripts/installation.ts';
import { installEvents } from '../support/installed-events.ts';

/** A Lambda that consumes outcomes loads it at every cold start. In bytes. */
const LARGEST = 90_000;

const project = mkdtempSync(join(tmpdir(), 'event-package-'));
let installed: Awaited<ReturnType<typeof installEvents>>;
beforeAll(async () => {
  installed = await installEvents(project);
});
afterAll(() => rmSync(project, { recursive: true }));

/** Runs a program of Node in the project. Answers what it printed, or what it reported when it failed. */
function node(...args: readonly string[]): string {
  try {
    return execFileSync(process.execPath, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return `${Object(error).stdout}${Object(error).stderr}`;
  }
}

/** What the compiler says of a program with every rule that makes it stricter, without the settings and packages of this repository. */
function compile(name: string, program: string, ...options: readonly string[]): string {
  writeFileSync(join(project, name), program);
  const strictest =
    '--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --noPropertyAccessFromIndexSignature --noImplicitOverride --noImplicitReturns --noUnusedLocals --noUnusedParameters --noFallthroughCasesInSwitch --verbatimModuleSyntax --isolatedModules --skipLibCheck false --target es2022';
  return node(join(root, 'node_modules/typescript/bin/tsc'), ...strictest.split(' '), '--types', '', ...options, name);
}

const program = `
import { checkRelease, isOutcomeEvent, type Checked, type EventProblem, type OutcomeEvent, type ReleaseEvent } from 'ota-dispatch/events';
const checked: Checked<ReleaseEvent> = checkRelease({});
export const first: EventProblem | undefined = checked.ok ? undefined : checked.problems[0];
export const channels: string[] = checked.ok ? checked.event.channels : [];
export function words(value: unknown): string {
  if (isOutcomeEvent(value, 'OTA Rollout Failed')) return value.detail.code;
  if (!isOutcomeEvent(value)) return 'not an outcome';
  const event: OutcomeEvent = value;
  switch (event['detail-type']) {
    case 'OTA Rollout Completed':
      return event.detail.result;
    case 'OTA Release Rejected':
      return event.detail.path;
    default:
      return event.detail.outcomeId;
  }
}
// @ts-expect-error: the event is there only if the check succeeded
export const unchecked = checked.event;
// @ts-expect-error: no event has this detail-type
export const misspelled = isOutcomeEvent({}, 'OTA Rollout Ended');
`;

describe('ota-dispatch/events in a project', () => {
  it.each([
    ['nodenext', 'program.mts', ['--module', 'nodenext', '--moduleResolution', 'nodenext']],
    ['bundler', 'program.ts', ['--module', 'preserve', '--moduleResolution', 'bundler']],
  ])('has declarations that the strictest compiler accepts with the resolution %s', (_resolution, name, options) => {
    expect(compile(name, program, ...options)).toBe('');
  });

  it('declares the types also for a program of CommonJS', () => {
    const types = "import type { ReleaseEvent } from 'ota-dispatch/events';\nexport type Name = ReleaseEvent['product'];\n";
    expect(compile('types.cts', types, '--module', 'nodenext')).toBe('');
  });

  it('makes the compiler refuse a wrong release', () => {
    const wrong = "import type { ReleaseEvent } from 'ota-dispatch/events';\nexport const release: ReleaseEvent = {};\n";
    expect(compile('wrong.mts', wrong, '--module', 'nodenext')).toContain('TS2739');
  });

  it('declares exactly the functions that it exports', async () => {
    const declarations = readFileSync(join(installed.folder, 'lib/events/index.d.ts'), 'utf8');
    const declared = [...declarations.matchAll(/^export declare (?:function|const) (\w+)/gm)].map(([, name]) => name);
    const exported = node('--input-type=module', '-e', "console.log(Object.keys(await import('ota-dispatch/events')).join())").trim();
    expect(declared.sort()).toEqual(Object.keys(events).sort());
    expect(exported.split(',').sort()).toEqual(Object.keys(events).sort());
  });

  it('imports nothing, neither in the code nor in the declarations', () => {
    expect(readFileSync(join(installed.folder, 'lib/events/index.d.ts'), 'utf8')).not.toMatch(/^(?:import|export) .*\bfrom\b|\bimport\(/m);
    expect(installed.imports).toEqual([]);
  });

  it(`has at most ${LARGEST} bytes of code`, () => {
    expect(statSync(join(installed.folder, 'lib/events/index.js')).size).toBeLessThan(LARGEST);
  });

  it('judges an event', () => {
    const judge = "import { checkHold } from 'ota-dispatch/events'; console.log(checkHold({}).problems[0].path);";
    expect(node('--input-type=module', '-e', judge)).toBe('product\n');
    expect(node('--input-type=commonjs', '-e', "console.log(require('ota-dispatch/events').checkHold({}).ok)")).toBe('false\n');
  });
});

describe('ota-dispatch/schemas in a project', () => {
  const schema = 'ota-dispatch/schemas/firmware-release-published.schema.json';

  it('is found by an import, by require, and by its path', () => {
    const byImport = `import schema from '${schema}' with { type: 'json' }; console.log(schema.$id);`;
    expect(node('--input-type=module', '-e', byImport)).toBe('urn:ota-dispatch:schema:firmware-release-published\n');
    expect(node('--input-type=commonjs', '-e', `console.log(require('${schema}').title)`)).toBe('Firmware Release Published\n');
    expect(node('--input-type=commonjs', '-e', `console.log(require.resolve('${schema}'))`)).toContain(
      'node_modules/ota-dispatch/schemas/',
    );
  });

  it('has an id of its own in each schema', () => {
    const list = "require('fs').readdirSync('node_modules/ota-dispatch/schemas').filter((name) => name.endsWith('.schema.json'))";
    const ids = node(
      '--input-type=commonjs',
      '-e',
      `for (const name of ${list}) console.log(name, require('ota-dispatch/schemas/' + name).$id)`,
    );
    const wrong = ids
      .trim()
      .split('\n')
      .filter((line) => !/^(.+)\.schema\.json urn:ota-dispatch:schema:\1$/.test(line));
    expect(wrong).toEqual([]);
  });
});

describe('The exports of package.json', () => {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { exports: Readonly<Record<string, unknown>> };
  const resolve = (name: string) => node('--input-type=commonjs', '-e', `console.log(require.resolve(${JSON.stringify(name)}))`);

  it('name only what programs are meant to use: the events, the schemas and package.json', () => {
    expect(Object.keys(exports).sort()).toEqual(['./events', './package.json', './schemas/*']);
  });

  it('name the types before the code, because the first condition that fits wins', () => {
    expect(Object.keys(Object(exports['./events']))).toEqual(['types', 'default']);
  });

  it.each(['events', 'schemas/channels.schema.json', 'schemas/ota-rollout-failed.example.json', 'schemas/events.d.ts', 'package.json'])(
    'lead to a file: ota-dispatch/%s',
    (name) => {
      expect(existsSync(resolve(`ota-dispatch/${name}`).trim())).toBe(true);
    },
  );

  it.each(['ota-dispatch', 'ota-dispatch/lib/events/index.js', 'ota-dispatch/lib/ota/main.js', 'ota-dispatch/events/incoming'])(
    'do not lead to what may change without notice: %s',
    (name) => {
      expect(resolve(name)).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
    },
  );
});
