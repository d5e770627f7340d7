import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

const filesOf = (room: string): string[] =>
  readdirSync(join(root, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

/** The imports of a file: a file by its path from the root of the repository, a package by its specifier. */
const importsOf = (file: string): string[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const statements = text.matchAll(/^(?:import|export)\b[^;'"]*?\bfrom '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm);
  const specifiers = [...statements].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return specifiers.map((specifier) => (specifier.startsWith('.') ? relative(root, resolve(root, dirname(file), specifier)) : specifier));
};

const imports = (rooms: readonly string[]): [file: string, imported: string][] =>
  rooms.flatMap((room) => filesOf(room).flatMap((file) => importsOf(file).map((imported): [string, string] => [file, imported])));

const breaking = (rooms: readonly string[], isAllowed: (imported: string, file: string) => boolean): string[] =>
  imports(rooms)
    .filter(([file, imported]) => !isAllowed(imported, file))
    .map(([file, imported]) => `${file} imports ${imported}`);

const isIn = (room: string, path: string): boolean => path.startsWith(`${room}/`);
const codeOf = (file: string): string => readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

const packages = ['packages/aws-ota-models/src', 'packages/embedded-aws/src'];

/** The code that every typed command shares: arguments, exit statuses, usage errors, the files that people name, the serverless CLI, what they type, and the width of a line. */
const commandManners = ['arguments', 'command', 'given-file', 'installation', 'layout', 'progress', 'serverless'].map(
  (name) => `scripts/${name}.ts`,
);

describe('the house', () => {
  it('has files in every room that the rules name', () => {
    for (const room of [
      'domain/release',
      'domain/request',
      'domain/rollout',
      'events',
      'handlers',
      'adapters',
      'local',
      'operator',
      'console/server',
      'console/page',
      'cli',
      'proof',
      ...packages,
    ]) {
      expect(filesOf(room).length, room).toBeGreaterThan(3);
    }
  });

  it('lets the GitHub Action import only itself and Node, because the runner has nothing else', () => {
    const files = readdirSync(join(root, 'action')).filter((name) => name.endsWith('.js'));
    const imported = files.flatMap((name) => importsOf(join('action', name)));
    expect(imported.length).toBeGreaterThan(5);
    expect(imported.filter((one) => !isIn('action', one) && !one.startsWith('node:'))).toEqual([]);
  });

  it('lets the domain import only itself, its libraries for schemas, canonical JSON and YAML, and a hash', () => {
    const known = ['aws-ota-models', 'zod', 'zod/mini', 'canonicalize', 'yaml', 'node:crypto'];
    expect(breaking(['domain'], (imported) => isIn('domain', imported) || known.includes(imported))).toEqual([]);
  });

  it('lets the rooms of the domain import only in one direction: json, gate, release, channels, request, then rollout', () => {
    const order = ['domain/json', 'domain/gate', 'domain/release', 'domain/channels', 'domain/request', 'domain/rollout'];
    const floorOf = (path: string) => order.findIndex((room) => isIn(room, path));
    expect(filesOf('domain').filter((file) => floorOf(file) < 0)).toEqual([]);
    expect(breaking(['domain'], (imported, file) => floorOf(imported) <= floorOf(file))).toEqual([]);
  });

  it('has no clock, environment, randomness, logging or async in the domain', () => {
    const impure =
      /\b(?:process\.|Date\.now|new Date\(\)|Math\.random|randomUUID|console\.|setTimeout|setInterval|async\b|await\b|Promise\b|performance\.)/;
    const ports = 'domain/rollout/ports.ts';
    expect(filesOf('domain').filter((file) => file !== ports && impure.test(codeOf(file)))).toEqual([]);
    // The types of what adapters promise may name Promise, in a file that has only types.
    expect(codeOf(ports).match(/^(?!import type |export type | {2}|}|$).+/gm)).toBeNull();
  });

  it('lets adapters import the domain and AWS, but not each other', () => {
    // What is common to adapters, and is not one.
    const shared = ['adapters/aws-errors.ts', 'adapters/clients.ts', 'adapters/jobs.ts', 'adapters/time-left.ts'];
    // A folder is one adapter.
    const adapterOf = (path: string) => path.split('/').slice(0, 2).join('/');
    const isOther = (imported: string, file: string) =>
      isIn('adapters', imported) && !shared.includes(imported) && adapterOf(imported) !== adapterOf(file);
    expect(breaking(['adapters'], (imported, file) => !isOther(imported, file))).toEqual([]);
    expect(
      breaking(['adapters'], (imported) => !/^(?:handlers|local|operator|console|cli|test|bench|scripts|proof)\//.test(imported)),
    ).toEqual([]);
  });

  it('lets only the composition root import the adapters and the SDK', () => {
    const isRoot = (file: string) => isIn('handlers/dependencies', file);
    expect(breaking(['handlers'], (imported, file) => !isIn('adapters', imported) || isRoot(file))).toEqual([]);
    expect(breaking(['handlers'], (imported, file) => !imported.startsWith('@aws-sdk/') || isRoot(file))).toEqual([]);
  });

  it('lets only the entries and the composition root read the environment', () => {
    const readers = [...filesOf('handlers'), ...filesOf('adapters'), ...filesOf('domain')].filter((file) =>
      /process\.env/.test(codeOf(file)),
    );
    expect(readers.sort()).toEqual(['handlers/follow-ups.ts', 'handlers/releases.ts', 'handlers/sweep.ts']);
  });

  it('lets npm start import the embedded AWS, but not the service, which it packages: only what fits the channels is judged here', () => {
    const own = ['local', 'embedded-aws'];
    const known = (imported: string) =>
      own.some((room) => isIn(room, imported)) ||
      commandManners.includes(imported) ||
      ['assets', 'listen', 'serve'].some((name) => imported === `console/server/${name}.ts`) ||
      imported === 'operator/stage/stage.ts' ||
      // The console publishes the examples, too.
      isIn('operator/examples', imported);
    const judge = (imported: string, file: string) => isIn('domain', imported) && file === 'local/applicable-examples.ts';
    expect(breaking(['local'], (imported, file) => !imported.endsWith('.ts') || known(imported) || judge(imported, file))).toEqual([]);
  });

  it('lets the code that all commands share import nothing of the service', () => {
    const isManner = (file: string) => commandManners.includes(file);
    // The name that a person meant is found in one way, by a function of the domain that knows nothing of the service.
    const known = (imported: string) => isManner(imported) || imported === 'domain/json/nearest.ts';
    expect(breaking(['scripts'], (imported, file) => !isManner(file) || !imported.endsWith('.ts') || known(imported))).toEqual([]);
  });

  it('lets the packages import each other only by name, and nothing of the service', () => {
    const own = (file: string) => file.split('/').slice(0, 3).join('/');
    expect(breaking(packages, (imported, file) => !imported.endsWith('.ts') || isIn(own(file), imported))).toEqual([]);
    expect(breaking(['packages/aws-ota-models/src'], (imported) => imported.endsWith('.ts'))).toEqual([]);
  });

  it('lets the tests of the packages know packages/ only', () => {
    const tests = ['packages/aws-ota-models/test', 'packages/embedded-aws/test'];
    expect(breaking(tests, (imported) => !imported.endsWith('.ts') || isIn('packages', imported))).toEqual([]);
  });

  it('imports proof/, bench/ and test/ only from their own rooms', () => {
    const product = ['domain', 'events', 'adapters', 'handlers', 'local', 'operator', 'console', 'cli', 'scripts', ...packages];
    expect(breaking(product, (imported) => !/^(?:proof|bench|test)\//.test(imported))).toEqual([]);
    expect(breaking(['proof', 'bench'], (imported) => !isIn('test', imported))).toEqual([]);
  });

  it('lets the code of operators import the domain and, of the adapters, the ledger and the client of managed integrations', () => {
    const known = [...commandManners, 'adapters/ledger/ledger.ts'];
    // Only devices ask managed integrations, for which there is no other client. A stage has the name that packaging accepts.
    const isKnown = (imported: string, file: string) =>
      known.includes(imported) ||
      (file === 'operator/stage/stage.ts' && imported === 'infrastructure/parameters.ts') ||
      (isIn('operator/devices', file) && imported === 'adapters/managed-integrations/client.ts');
    const isForeign = (imported: string) => imported.endsWith('.ts') && !isIn('operator', imported) && !isIn('domain', imported);
    expect(breaking(['operator'], (imported, file) => !isForeign(imported) || isKnown(imported, file))).toEqual([]);
  });

  it('lets the events that programs use import only the domain, its schemas and the types of schemas/', () => {
    const known = ['aws-ota-models', 'zod/mini', 'schemas/events.d.ts'];
    expect(breaking(['events'], (imported) => isIn('events', imported) || isIn('domain', imported) || known.includes(imported))).toEqual(
      [],
    );
  });

  it('lets the command line import the domain, the code of operators and, of the adapters, only the ledger', () => {
    const isForeign = (imported: string) => /^(?:handlers|local|test|bench|scripts|infrastructure|adapters)\//.test(imported);
    const known = [...commandManners, 'adapters/ledger/ledger.ts'];
    // Doctor compares an account with what packaging would deploy, and asks managed integrations.
    const knownToDoctor = [
      ...['channels', 'job-events', 'parameters', 'quota'].map((name) => `infrastructure/${name}.ts`),
      'adapters/managed-integrations/client.ts',
    ];
    // Every command refuses the name of a stage that packaging refuses.
    const isKnown = (imported: string, file: string) =>
      known.includes(imported) ||
      (file === 'cli/start.ts' && imported === 'local/start.ts') ||
      (file === 'cli/offline-options.ts' && imported === 'infrastructure/parameters.ts') ||
      // A project made in a clone has the serverless.yml that packing makes.
      (file === 'cli/init/serverless-text.ts' && imported === 'scripts/pack/project-files.ts') ||
      (isIn('cli/doctor', file) && knownToDoctor.includes(imported)) ||
      // Diff compiles this project.
      (file === 'cli/diff/sides.ts' && imported === 'local/package-service.ts');
    expect(breaking(['cli'], (imported, file) => !isForeign(imported) || isKnown(imported, file))).toEqual([]);
  });

  it('lets the server of the console import the code of operators, the domain and the page of types, but nothing that prints', () => {
    const known = (imported: string) =>
      ['operator', 'domain', 'console/server'].some((room) => isIn(room, imported)) ||
      ['console/api.ts', ...['command', 'given-file', 'installation'].map((name) => `scripts/${name}.ts`)].includes(imported);
    expect(breaking(['console/server'], (imported) => !imported.endsWith('.ts') || known(imported))).toEqual([]);
  });

  it('lets the page of the console import only itself, the types of the API, and its libraries', () => {
    const known = (imported: string) =>
      isIn('console/page', imported) || imported === 'console/api.ts' || /^preact(?:$|\/|-iso$)/.test(imported);
    expect(breaking(['console/page'], known)).toEqual([]);
  });

  it('lets the checks of doctor only judge answers that were gathered before', () => {
    expect(breaking(['cli/doctor/checks'], (imported) => !imported.startsWith('@aws-sdk/') && !isIn('adapters', imported))).toEqual([]);
    expect(filesOf('cli/doctor/checks').filter((file) => /\basync\b|\bawait\b|process\.|console\.|new Date\(/.test(codeOf(file)))).toEqual(
      [],
    );
  });

  it('imports events/, handlers/, local/ and cli/ only from their own rooms', () => {
    const rooms = ['domain', 'events', 'adapters', 'handlers', 'local', 'operator', 'console', 'cli'];
    // `ota start` is `npm start` for a project. Diff compiles the template of this project. The small package leaves commands out.
    const known = [
      'cli/start.ts imports local/start.ts',
      'cli/diff/sides.ts imports local/package-service.ts',
      'scripts/pack/command-line.ts imports cli/commands.ts',
    ];
    for (const room of ['events', 'handlers', 'local', 'cli']) {
      const others = room === 'cli' ? [...rooms, 'scripts', 'infrastructure'] : rooms;
      expect(
        breaking(others, (imported, file) => !isIn(room, imported) || isIn(room, file) || known.includes(`${file} imports ${imported}`)),
      ).toEqual([]);
    }
  });

  it('imports only packages that package.json lists, and into what is deployed only those of AWS, Powertools, middy and the domain', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const forFunctions = /^(?:@(?:aws-sdk|smithy|aws-lambda-powertools|middy)\/.+|aws-ota-models|canonicalize|yaml|zod)$/;
    const listed = Object.keys(devDependencies).filter((name) => forFunctions.test(name));
    const deployed = breaking(
      ['domain', 'adapters', 'handlers'],
      (imported) =>
        imported.endsWith('.ts') || builtinModules.includes(imported.replace('node:', '')) || isListed(imported, [...listed, 'aws-lambda']),
    );
    expect(deployed).toEqual([]);
  });

  it('has no room with a name such as utils or common', () => {
    const names = readdirSync(root, { withFileTypes: true })
      // npm pack builds lib/.
      .filter((entry) => entry.isDirectory() && entry.name !== 'lib')
      .map((entry) => entry.name);
    expect(names.filter((name) => /^(?:utils?|helpers?|common|shared|src|types)$/.test(name))).toEqual([]);
  });
});

function isListed(specifier: string, packages: readonly string[]): boolean {
  return packages.some((name) => specifier === name || specifier.startsWith(`${name}/`));
}
