import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledPackages } from './pack/notices.ts';
import { buildPackage } from './pack/package.ts';

/** Licences that require no more than a notice. Software of any licence may bundle packages with these. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];

/** Those also require a summary of one's changes. Nobody changes a package that npm installs as it is. */
const ALLOWED_UNCHANGED = [...ALLOWED, 'PSF-2.0', 'Python-2.0'];

/** A package that somebody gets with one of this project. */
export type Licensed = { name: string; version: string; licence: string; isUnchanged?: boolean };

type Entry = { link?: boolean; resolved?: string; optional?: boolean; dependencies?: Record<string, string> };

/**
 * Every package that the dependencies of the package need, or those of a workspace (`packages/embedded-aws`), with
 * the licence from its own package.json. Optional packages are left out, because npm may not have installed them here. Throws
 * if a required package is not installed.
 */
export function productionPackages(root: string, workspace = ''): Licensed[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> };
  const reached = new Set<string>();
  const follow = (from: string) => {
    for (const name of Object.keys(packages[from]?.dependencies ?? {})) {
      const path = installedPath(packages, from, name);
      if (reached.has(path) || packages[path]?.optional) continue;
      reached.add(path);
      follow(path);
    }
  };
  follow(workspace);
  return [...reached].map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as Record<string, unknown>;
    return { name: String(name), version: String(version), licence: licenceOf(license), isUnchanged: true };
  });
}

/** Where the lockfile puts the package `name` that the one at `from` depends on: below it, or below a folder around it. */
function installedPath(packages: Readonly<Record<string, Entry>>, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const entry = packages[path];
    if (entry !== undefined) return entry.link ? (entry.resolved ?? path) : path;
    if (folder === '') throw new Error(`package-lock.json has no ${name}, which ${from} depends on`);
  }
}

/** The licence as text. Packages older than SPDX expressions have it in an object. */
function licenceOf(license: unknown): string {
  if (typeof license === 'object' && license !== null && 'type' in license) return String(license.type);
  return String(license ?? 'no licence');
}

/**
 * Every package whose code somebody gets who installs ota-dispatch or embedded-aws: those that are bundled, and those
 * that npm installs with it. Builds the package in a temporary folder. Sorted by name and version.
 */
export async function shippedPackages(root: string): Promise<Licensed[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ota-licences-'));
  try {
    const all = [
      ...productionPackages(root),
      ...productionPackages(root, 'packages/embedded-aws'),
      ...bundledPackages(await buildPackage(folder)),
    ];
    const byName = new Map(all.map((each) => [`${each.name} ${each.version}`, each]));
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The packages whose licence is not allowed. `A OR B` is allowed if one of the two is. */
export function notAllowed(packages: Licensed[]): Licensed[] {
  const alternatives = (licence: string) => licence.replace(/[()]/g, '').split(' OR ');
  return packages.filter(({ licence, isUnchanged }) => {
    const allowed = isUnchanged ? ALLOWED_UNCHANGED : ALLOWED;
    return !alternatives(licence).some((one) => allowed.includes(one));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const packages = await shippedPackages(process.cwd());
  const counts = Map.groupBy(packages, ({ licence }) => licence);
  for (const [licence, those] of [...counts].sort()) console.log(`${licence}: ${those.length}`);
  const refused = notAllowed(packages);
  for (const { name, version, licence } of refused) console.error(`not allowed: ${name} ${version}, ${licence}`);
  process.exitCode = refused.length > 0 ? 1 : 0;
}
