import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { dependencyOf, installedFrom } from '../../../cli/init/dependency.ts';
import { UsageError } from '../../../scripts/command.ts';
import { packageTarball } from './package-tarball.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-dependency-'));
const project = join(folder, 'project');
const installed = join(project, 'node_modules', 'ota-dispatch');
const bytes = packageTarball({ name: 'ota-dispatch', version: '1.2.3' });
const vendored = {
  spec: 'file:vendor/ota-dispatch-1.2.3.tgz',
  version: '1.2.3',
  tarball: { path: 'vendor/ota-dispatch-1.2.3.tgz', bytes },
};

beforeEach(() => {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(folder, 'any-name.tgz'), bytes);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes what npm 10.9 and 11.19 were seen to write for `npx --package` and for `npm install`. */
function record(spec: string, resolved: string | undefined, lockfile = 'node_modules/.package-lock.json'): void {
  const entry = { version: '1.2.3', ...(resolved !== undefined && { resolved }), integrity: 'sha512-x', bin: { ota: 'lib/ota/main.js' } };
  const file = join(project, lockfile);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ lockfileVersion: 3, requires: true, packages: { 'node_modules/ota-dispatch': entry } }));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ dependencies: { 'ota-dispatch': spec } }));
}

describe('The dependency of a new project is', () => {
  it.each(['node_modules/.package-lock.json', 'package-lock.json'])('a copy of the file that npm installed, by %s', (lockfile) => {
    record('file:../any-name.tgz', 'file:../any-name.tgz', lockfile);
    expect(installedFrom(installed)).toEqual(vendored);
  });

  it('the version that npm installed from a registry', () => {
    record('^1.0.0', 'https://registry.example/ota-dispatch/-/ota-dispatch-1.2.3.tgz');
    expect(installedFrom(installed)).toEqual({ spec: '1.2.3', version: '1.2.3' });
  });

  it('the URL from which npm installed', () => {
    record('https://acme.example/ota-dispatch.tgz', 'https://acme.example/ota-dispatch.tgz');
    expect(installedFrom(installed)).toEqual({ spec: 'https://acme.example/ota-dispatch.tgz' });
  });

  it.each(['any-name.tgz', 'file:any-name.tgz'])('a copy of the file that a person named: %s', (name) => {
    expect(dependencyOf(name.replace('any', join(folder, 'any')))).toEqual(vendored);
  });

  it.each([
    ['1.2.3', { spec: '1.2.3', version: '1.2.3' }],
    ['https://acme.example/a.tgz', { spec: 'https://acme.example/a.tgz' }],
    ['git+ssh://git@acme.example/a.git#v1', { spec: 'git+ssh://git@acme.example/a.git#v1' }],
  ])('the version or the URL that a person named: %s', (given, dependency) => {
    expect(dependencyOf(given)).toEqual(dependency);
  });
});

describe('A new project has no dependency, and nothing is written,', () => {
  it('in a clone without --package', () => {
    expect(() => dependencyOf(undefined)).toThrow(
      new UsageError('a clone is not a package: run npm pack, and name the file that it prints with --package'),
    );
  });

  it('if npm recorded nothing, as for a global installation', () => {
    expect(() => installedFrom(installed)).toThrow(
      new UsageError('npm has not recorded where this package comes from: name the package with --package, as a file, a URL or a version'),
    );
  });

  it('if the package is a link', () => {
    record('file:../clone', undefined);
    expect(() => installedFrom(installed)).toThrow(/^npm has not recorded where/);
  });

  it('if the file is gone', () => {
    record('file:../gone.tgz', 'file:../gone.tgz');
    expect(() => installedFrom(installed)).toThrow(
      /gone\.tgz, from which this package was installed, is gone: name the package with --package/,
    );
  });

  it.each([
    [
      'another package',
      packageTarball({ name: 'embedded-aws', version: '1.0.0' }),
      'is the package embedded-aws: name a file such as ota-dispatch-1.0.0.tgz',
    ],
    [
      'a package without a version',
      packageTarball({ name: 'ota-dispatch' }),
      'is not a package that npm pack made: name a file such as ota-dispatch-1.0.0.tgz',
    ],
    ['a version that leads out of vendor/', packageTarball({ name: 'ota-dispatch', version: '/../../1' }), /is not a package/],
    [
      'an archive without package.json',
      packageTarball({ name: 'ota-dispatch', version: '1.0.0' }, 'other/package.json'),
      /is not a package/,
    ],
    ['a file that is compressed and not an archive', gzipSync('text'), /is not a package/],
    ['another file', Buffer.from('text'), /is not a package/],
    ['an empty file', Buffer.alloc(0), /is not a package/],
    ['a cut file', bytes.subarray(0, 60), /is not a package/],
  ])('from %s', (_what, content, line) => {
    const file = join(folder, 'other.tgz');
    writeFileSync(file, content);
    expect(() => dependencyOf(file)).toThrow(typeof line === 'string' ? new UsageError(`${file} ${line}`) : line);
  });

  it.each([
    ['', '--package takes a file, a URL or a version, not nothing'],
    ['/nowhere.tgz', 'cannot read /nowhere.tgz: no such file'],
    ['latest', 'cannot read latest: no such file'],
    ['^1.0.0', 'cannot read ^1.0.0: no such file'],
  ])('from --package %s', (given, message) => {
    expect(() => dependencyOf(given)).toThrow(new UsageError(message));
  });
});

it('A long package is read as well', () => {
  const file = join(folder, 'long.tgz');
  writeFileSync(file, packageTarball({ name: 'ota-dispatch', version: '2.0.0-rc.1', description: 'x'.repeat(100_000) }));
  expect(dependencyOf(file).tarball?.bytes).toEqual(readFileSync(file));
});
