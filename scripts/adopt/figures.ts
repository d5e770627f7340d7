import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../installation.ts';

/** The limits of the packed package, as bench/budgets.json has them. Bytes, milliseconds and numbers of packages. */
export type PackageBudgets = {
  readonly tarballBytes: number;
  readonly tarballForCiBytes: number;
  readonly installedPackages: number;
  readonly installMilliseconds: number;
  readonly publishHelpMilliseconds: number;
};

/** Reads the limits. */
export function packageBudgets(): PackageBudgets {
  return (JSON.parse(readFileSync(join(root, 'bench', 'budgets.json'), 'utf8')) as { package: PackageBudgets }).package;
}

/** Answers a figure with its limit, for people. Throws if it is above the limit. */
export function within(what: string, figure: number, limit: number, unit: (value: number) => string): string {
  const text = `${what} ${unit(figure)} of at most ${unit(limit)}`;
  if (figure > limit) throw new Error(`${text}. If the change is worth it, write the new limit to bench/budgets.json`);
  return text;
}

/** A number of bytes, for people. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;

/** A time in milliseconds, for people. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(2)} s`;

/** A number without a unit, for people. */
export const count = (value: number): string => String(value);

/** The bytes of all files in a folder. Links are not followed. Files that are hard links of one another count once. */
export function sizeOf(folder: string): number {
  const counted = new Set<number>();
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { ino, nlink, size } = statSync(join(entry.parentPath, entry.name));
    if (nlink > 1 && counted.has(ino)) continue;
    counted.add(ino);
    bytes += size;
  }
  return bytes;
}

/** The number of packages in the package-lock.json of a project. Those for other systems, which npm leaves out, do not count. */
export function packagesIn(project: string): number {
  const { packages } = JSON.parse(readFileSync(join(project, 'node_modules', '.package-lock.json'), 'utf8')) as { packages: object };
  return Object.keys(packages).length;
}
