import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isRecord } from 'aws-ota-models';
import { isVersion } from '../../domain/release/version.ts';
import { UsageError } from '../../scripts/command.ts';
import { readGivenBytes } from '../../scripts/given-file.ts';
import { isPacked, root } from '../../scripts/installation.ts';
import { manifestOf } from './tarball.ts';

/** The only dependency of a project. */
export const PACKAGE = 'ota-dispatch';

/** What package.json of a project depends on, and the file to put into the project for it. */
export type Dependency = {
  readonly spec: string;
  /** Undefined for a URL. */
  readonly version?: string;
  readonly tarball?: { readonly path: string; readonly bytes: Buffer };
};

/**
 * The dependency of a project on this package: what a person named with --package, or else what npm has installed. A tarball is put into
 * the project. Throws UsageError for a file that is not a package of this name, and if nobody knows where this package comes from.
 */
export function dependencyOf(given: string | undefined): Dependency {
  if (given !== undefined) return ofSpec(given);
  if (!isPacked) throw new UsageError('a clone is not a package: run npm pack, and name the file that it prints with --package');
  return installedFrom(root);
}

/**
 * The dependency that npm recorded when it installed the package in a folder. npm 10 and 11 record it in the same way, for a project and
 * for npx. They record nothing for a global installation. Throws UsageError if there is no record, or if the file is gone.
 */
export function installedFrom(folder: string): Dependency {
  const project = resolve(folder, '../..');
  const recorded = [join(dirname(folder), '.package-lock.json'), join(project, 'package-lock.json')].map(
    (file) => entryOf(jsonIn(file)['packages'], `node_modules/${basename(folder)}`), //
  );
  const { resolved, version } = recorded.find((entry) => typeof entry['resolved'] === 'string') ?? {};
  if (typeof resolved !== 'string') throw new UsageError(`npm has not recorded where this package comes from: ${NAME_IT}`);
  if (resolved.startsWith('file:')) {
    const file = resolve(project, resolved.slice('file:'.length));
    if (!existsSync(file)) throw new UsageError(`${file}, from which this package was installed, is gone: ${NAME_IT}`);
    return vendored(file, readFileSync(file));
  }
  const asked = entryOf(jsonIn(join(project, 'package.json')), 'dependencies')[PACKAGE];
  if (typeof asked === 'string' && isAddress(asked)) return { spec: asked };
  if (typeof version === 'string' && /^https?:/.test(resolved)) return { spec: version, version };
  throw new UsageError(`npm has installed this package from ${resolved}: ${NAME_IT}`);
}

const NAME_IT = 'name the package with --package, as a file, a URL or a version';

function ofSpec(given: string): Dependency {
  if (isAddress(given)) return { spec: given };
  if (isVersion(given)) return { spec: given, version: given };
  if (given === '') throw new UsageError('--package takes a file, a URL or a version, not nothing');
  const path = given.replace(/^file:/, '');
  return vendored(path, readGivenBytes(path));
}

const isAddress = (spec: string): boolean => /^(?:https?|git\+\w+|git|ssh):/.test(spec);

function vendored(file: string, bytes: Buffer): Dependency {
  const { name, version } = manifestOf(bytes) ?? {};
  if (name !== PACKAGE || version === undefined) {
    const found = name === undefined ? 'is not a package that npm pack made' : `is the package ${name}`;
    throw new UsageError(`${file} ${found}: name a file such as ${PACKAGE}-1.0.0.tgz`);
  }
  const path = `vendor/${PACKAGE}-${version}.tgz`;
  return { spec: `file:${path}`, version, tarball: { path, bytes } };
}

/** The object in a JSON file. Empty if it is not there, or not JSON. */
function jsonIn(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function entryOf(holder: unknown, name: string): Readonly<Record<string, unknown>> {
  const entry = isRecord(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
  return isRecord(entry) ? entry : {};
}
