import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Licences that require no more than a notice. Software of any licence may bundle packages with these. */
const ALLOWED = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];

/** A package that production depends on. */
export type Licensed = { name: string; version: string; licence: string };

/**
 * Every package of the lockfile that production depends on, with the licence from its own package.json. Optional packages are
 * left out, because npm may not have installed them here. Throws if a required package is not installed.
 */
export function productionPackages(root: string): Licensed[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
  };
  const paths = Object.entries(packages).filter(([path, entry]) => path && !entry.dev && !entry.devOptional && !entry.optional);
  return paths.map(([path]) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')) as Record<string, unknown>;
    return { name: String(name), version: String(version), licence: String(license ?? 'no licence') };
  });
}

/** The packages whose licence is not in `ALLOWED`. `A OR B` is allowed if one of the two is. */
export function notAllowed(packages: Licensed[]): Licensed[] {
  const alternatives = (licence: string) => licence.replace(/[()]/g, '').split(' OR ');
  return packages.filter(({ licence }) => !alternatives(licence).some((one) => ALLOWED.includes(one)));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const packages = productionPackages(process.cwd());
  const counts = Map.groupBy(packages, ({ licence }) => licence);
  for (const [licence, those] of [...counts].sort()) console.log(`${licence}: ${those.length}`);
  const refused = notAllowed(packages);
  for (const { name, version, licence } of refused) console.error(`not allowed: ${name} ${version}, ${licence}`);
  process.exitCode = refused.length > 0 ? 1 : 0;
}
