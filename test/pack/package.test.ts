import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandNames, onlyInOtaDispatch } from '../../cli/commands.ts';
import { files } from '../../cli/files.ts';
import { root } from '../../scripts/installation.ts';
import { bundledPackages } from '../../scripts/pack/notices.ts';
import { asksFor, type Built, built, loadedWith, ota, packedFiles } from './built.ts';

/** Makes a process say that it is a Node of this version. */
const nodeOf = (version: string): string =>
  `--import=data:text/javascript,${encodeURIComponent(`Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`)}`;

const read = ({ folder }: Built, file: string): string => readFileSync(join(folder, file), 'utf8');
const manifest = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
const { version } = manifest(root);

it('loads a file for each command of the help', () => {
  expect([...files.keys()].sort()).toEqual([...commandNames].sort());
});

let whole: Built;
let small: Built;
beforeAll(async () => {
  whole = await built('ota-dispatch');
  small = await built('ota-dispatch-cli');
});
afterAll(() => {
  for (const each of [whole, small]) if (each) rmSync(each.project, { recursive: true });
});

describe('the package ota-dispatch', () => {
  it('exports the events, the schemas and its package.json, and nothing else', () => {
    const { resolve } = createRequire(join(whole.project, 'index.js'));
    for (const path of ['events', 'schemas/firmware-release-published.schema.json', 'schemas/channels.schema.json', 'package.json'])
      expect(statSync(resolve(`ota-dispatch/${path}`)).isFile(), path).toBe(true);
    for (const path of ['', '/lib/ota/main.js', '/lib/infrastructure/plugin.js', '/scripts/bundle.ts'])
      expect(() => resolve(`ota-dispatch${path}`), path).toThrow(expect.objectContaining({ code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' }));
  });

  it('declares the types of the events', () => {
    const { exports } = manifest(whole.folder) as { exports: { './events': { types: string } } };
    expect(read(whole, exports['./events'].types)).toContain('ReleaseEvent');
  });

  it('runs the command line, with the words that a person types in a project', () => {
    expect(ota(whole, ['--version'])).toEqual({ status: 0, stdout: `ota-dispatch ${version}\n`, stderr: '' });
    expect(ota(whole, ['publish', '--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^Usage: npm exec --no -- ota publish FILE/),
      stderr: '',
    });
  });

  it('says to begin with a project where there is none, and with ota start in one', () => {
    const begins = () => ota(whole, ['--help']).stdout.match(/^Begin here: .*$/m)?.[0];
    expect(begins()).toBe('Begin here: npm exec --no -- ota init my-fleet makes a project of your own.');
    writeFileSync(join(whole.project, 'serverless.yml'), '');
    try {
      expect(begins()).toMatch(/^Begin here: npm exec --no -- ota start in one terminal/);
    } finally {
      rmSync(join(whole.project, 'serverless.yml'));
    }
  });

  it('prints the help of every command', () => {
    for (const name of commandNames) expect(ota(whole, [name, '--help']), name).toMatchObject({ status: 0, stderr: '' });
  });

  it('says in one line that a Node older than 20.19 is too old', () => {
    for (const old of ['18.20.8', '20.18.3'])
      expect(ota(whole, ['status'], [nodeOf(old)])).toEqual({
        status: 2,
        stdout: '',
        stderr: `ota: Node 20.19 or newer is required, but this is ${old}: install a newer Node\n`,
      });
    expect(ota(whole, ['--version'], [nodeOf('20.19.0')]).status).toBe(0);
  });

  it('loads neither the embedded AWS nor the console, the local service, hono, esbuild or the serverless CLI to publish', () => {
    const loaded = loadedWith(whole, 'cli/publish.ts');
    expect(loaded).toContain('cli/publish.ts');
    expect(
      loaded.filter((path) => /^(?:packages\/embedded-aws|console|local)\/|node_modules\/(?:@?hono|esbuild|osls|dynalite)/.test(path)),
    ).toEqual([]);
    expect(loadedWith(whole, 'cli/start.ts')).toContain('packages/embedded-aws/src/cloud.ts');
  });

  it('asks only for Node and for its dependencies', () => {
    const { dependencies } = manifest(whole.folder) as { dependencies: Record<string, string> };
    const known = ['dynalite', 'serverless'];
    expect(Object.keys(dependencies)).toEqual(known);
    expect(asksFor(whole).filter((path) => !isOfNode(path) && !known.includes(path.split('/')[0] ?? ''))).toEqual([]);
  });

  it('has the files that a user needs, and no source, test or file of the machine', () => {
    expect(manifest(root)['files']).toEqual(['lib', 'schemas', 'CHANGELOG.md', 'THIRD-PARTY-NOTICES.txt']);
    const packed = packedFiles(whole);
    const unexpected = packed.filter(
      (path) =>
        !/^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE|THIRD-PARTY-NOTICES\.txt)$/.test(path) &&
        !/^schemas\/[\w-]+\.(?:(?:schema|example)\.json|d\.ts)$/.test(path) &&
        !/^lib\/ota\/[\w-]+\.js$/.test(path) &&
        !/^lib\/handlers\/(?:releases|follow-ups|sweep)\/(?:index|part-\w{8})\.mjs$/.test(path) &&
        !/^lib\/page\/(?:index\.html|icon\.svg|assets\/main\.(?:js|css))$/.test(path) &&
        !/^lib\/infrastructure\/(?:[\w-]+\.(?:yml|js)|deployer-policy\.json)$/.test(path) &&
        !/^lib\/template\/[\w-]+(?:\.(?:yml|md))?$/.test(path) &&
        !/^lib\/docs\/(?:[\w-]+\/)*[\w-]+\.(?:md|png|svg)$/.test(path) &&
        !/^lib\/events\/index\.(?:js|d\.ts)$/.test(path),
    );
    expect(unexpected).toEqual([]);
    expect(packed).toEqual(
      expect.arrayContaining(['lib/ota/main.js', 'lib/ota/lambda-runtime.js', 'lib/handlers/sweep/index.mjs', 'THIRD-PARTY-NOTICES.txt']),
    );
  });
});

describe('the package ota-dispatch-cli', () => {
  it('has the version of ota-dispatch, and no dependencies', () => {
    expect(manifest(small.folder)).toMatchObject({ version, bin: { ota: 'lib/ota/main.js' }, engines: manifest(root)['engines'] });
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies'])
      expect(manifest(small.folder)).not.toHaveProperty(kind);
    expect(asksFor(small).filter((path) => !isOfNode(path))).toEqual([]);
  });

  it('runs every command but start, init and diff, and says where those are', () => {
    expect(ota(small, ['--version'])).toEqual({ status: 0, stdout: `ota-dispatch ${version}\n`, stderr: '' });
    for (const name of ['publish', 'plan', 'console', 'doctor'])
      expect(ota(small, [name, '--help']), name).toMatchObject({ status: 0, stderr: '' });
    for (const name of onlyInOtaDispatch.filter((each) => commandNames.includes(each)))
      expect(ota(small, [name, '--help'])).toEqual({
        status: 2,
        stdout: '',
        stderr: `ota ${name}: ota-dispatch-cli does not have this command: install the package ota-dispatch, which has it\n`,
      });
  });

  it('lists in its help only what it can do', () => {
    const { stdout } = ota(small, ['--help']);
    expect(stdout).toContain('  publish ');
    expect(stdout).not.toMatch(/^ {2}(?:start|init|diff) /m);
  });

  it('has the command line, the page of the console and its notices', () => {
    expect(manifest(small.folder)['files']).toEqual(['lib', 'THIRD-PARTY-NOTICES.txt']);
    const unexpected = packedFiles(small).filter(
      (path) => !/^(?:package\.json|README\.md|LICENSE|THIRD-PARTY-NOTICES\.txt|lib\/(?:ota|page)\/.+\.(?:js|html|svg|css))$/.test(path),
    );
    expect(unexpected).toEqual([]);
  });
});

describe.each([
  ['ota-dispatch', () => whole, ['@aws-sdk/client-iot', '@middy/core', 'hono', 'preact', 'zod']],
  ['ota-dispatch-cli', () => small, ['@aws-sdk/client-iot', 'hono', 'preact', 'zod']],
])('what %s has of others', (_, of, names) => {
  it('is named in THIRD-PARTY-NOTICES.txt, with version, licence and the text of the licence', () => {
    const sections = read(of(), 'THIRD-PARTY-NOTICES.txt').split(`\n${'-'.repeat(80)}\n`);
    const packages = bundledPackages(of().metafiles);
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    for (const { name, version: of, licence } of packages) {
      const [section = '', ...others] = sections.filter((text) => text.split('\n').includes(`${name} ${of}, ${licence}`));
      expect(others, name).toEqual([]);
      expect(section, name).toMatch(/Apache License|Permission (?:is hereby granted|to use, copy)|Redistribution and use/);
    }
  });

  it('has no path of the machine that built it', () => {
    const { folder } = of();
    const texts = readdirSync(join(folder, 'lib'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of texts) expect(readFileSync(join(parentPath, name), 'utf8').includes(root), name).toBe(false);
  });
});

function isOfNode(path: string): boolean {
  return path.startsWith('node:') || builtinModules.includes(path);
}
