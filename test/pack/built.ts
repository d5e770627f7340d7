import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../../scripts/installation.ts';
import { buildPackage, type PackageName } from '../../scripts/pack/package.ts';

/** A package as npm would install it: `folder` is node_modules/NAME of the project in `project`, without its dependencies. */
export type Built = { readonly project: string; readonly folder: string; readonly metafiles: readonly Metafile[] };

const OF_REPOSITORY = ['package.json', 'README.md', 'LICENSE', 'schemas'];

/** Builds a package in a temporary folder, which the caller removes. */
export async function built(name: PackageName): Promise<Built> {
  const project = mkdtempSync(join(tmpdir(), `${name}-`));
  const folder = join(project, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  const source = name === 'ota-dispatch' ? root : join(root, 'packages', name);
  for (const file of OF_REPOSITORY.filter((each) => name === 'ota-dispatch' || each !== 'schemas'))
    cpSync(join(source, file), join(folder, file), { recursive: true });
  return { project, folder, metafiles: await buildPackage(folder, name) };
}

/** What the command `ota` of the package answers in the project. */
export function ota({ project, folder }: Built, args: readonly string[], node: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, join(folder, 'lib/ota/main.js'), ...args], {
    cwd: project,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** The files that `npm pack` would put into the tarball, sorted. */
export function packedFiles({ folder }: Built): string[] {
  const { stdout, stderr } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: folder, encoding: 'utf8' });
  const answer: unknown = JSON.parse(stdout || stderr);
  const [packed] = (Array.isArray(answer) ? answer : Object.values(answer as object)) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map(({ path }) => path).sort();
}

/** The sources in all chunks that the chunk of `source` loads, at once or later, by the metafile of the command line. */
export function loadedWith({ metafiles }: Built, source: string): string[] {
  const { outputs } = metafiles.find((each) => Object.keys(each.outputs).some((path) => path.endsWith('lib/ota/main.js'))) as Metafile;
  const first = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === source);
  if (first === undefined) throw new Error(`no chunk has the entry ${source}`);
  const chunks = new Set<string>();
  const visit = (path: string): void => {
    if (chunks.has(path)) return;
    chunks.add(path);
    for (const { path: imported } of outputs[path]?.imports ?? []) if (outputs[imported]) visit(imported);
  };
  visit(first);
  return [...chunks].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {})).sort();
}

/** The packages and modules that a package asks for at run time. */
export function asksFor({ metafiles }: Built): string[] {
  const external = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ imports }) => imports.filter((each) => each.external).map(({ path }) => path)),
  );
  return [...new Set(external)].sort();
}
