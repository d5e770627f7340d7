import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../installation.ts';

/** The texts of licences that some packages only name. */
const TEXTS: Readonly<Record<string, { readonly file: string; readonly isWithCopyright?: true }>> = {
  'Apache-2.0': { file: 'LICENSE' },
  MIT: { file: 'scripts/pack/MIT.txt', isWithCopyright: true },
  'MIT-0': { file: 'scripts/pack/MIT-0.txt' },
};

/** A package of which code is in a bundle. `folder` is relative to the root of the repository. */
export type Bundled = { readonly folder: string; readonly name: string; readonly version: string; readonly licence: string };

/** The packages of others of which an output has at least one byte, by name and version. */
export function bundledPackages(metafiles: readonly Metafile[]): Bundled[] {
  const folders = new Set<string>();
  for (const { outputs } of metafiles)
    for (const { inputs } of Object.values(outputs))
      for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = path.match(/^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0];
        if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
      }
  const packages = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Record<string, unknown>;
    return { folder, name: String(name), version: String(version), licence: String(license ?? 'no licence') };
  });
  const byName = new Map(packages.map((each) => [`${each.name} ${each.version}`, each]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

/**
 * What THIRD-PARTY-NOTICES.txt says: each package of others in the bundles with its version, its licence and the text of the licence.
 * Packages with the same text share it. Throws if a package has no text.
 */
export function notices(packageName: string, metafiles: readonly Metafile[]): string {
  const byText = new Map<string, Bundled[]>();
  for (const each of bundledPackages(metafiles)) {
    const text = licenceText(each);
    byText.set(text, [...(byText.get(text) ?? []), each]);
  }
  const sections = [...byText].map(
    ([text, packages]) => `${packages.map(({ name, version, licence }) => `${name} ${version}, ${licence}`).join('\n')}\n\n${text}`,
  );
  return [`${packageName} has code of these packages in lib/. Each is followed by its licence.`, ...sections]
    .join(`\n\n${'-'.repeat(80)}\n\n`)
    .concat('\n');
}

function licenceText({ folder, name, licence }: Bundled): string {
  const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file));
  if (files.length > 0) return files.map((file) => textOf(join(folder, file))).join('\n\n');
  const known = TEXTS[licence];
  if (known === undefined) throw new Error(`${name} has no file with its licence in ${folder}: add the text of ${licence} to notices.ts`);
  const owner = known.isWithCopyright ? copyright(folder) : '';
  if (owner === undefined) throw new Error(`${name} names no copyright in ${folder}/README.md, and ${licence} asks to repeat it`);
  return `${owner}${textOf(known.file)}`;
}

/** The copyright that a package without a file for its licence names on its first page. */
function copyright(folder: string): string | undefined {
  const line = textOf(join(folder, 'README.md')).match(/Copyright \(c\).*/)?.[0];
  return line === undefined ? undefined : `${line.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')}\n\n`;
}

const textOf = (file: string): string => readFileSync(join(root, file), 'utf8').replace(/\r\n/g, '\n').trim();
