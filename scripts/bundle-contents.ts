import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FUNCTIONS } from './bundle.ts';

/** How many bytes of a bundle come from one package. For code of this repository, `name` is the folder with a slash. */
export type Content = { name: string; bytes: number };

/** The contents of the bundle of a function, the largest first, from esbuild's metafile. Throws if nothing was bundled yet. */
export function bundleContents(root: string, name: string): Content[] {
  const { outputs } = JSON.parse(readFileSync(join(root, 'dist', 'meta', `${name}.json`), 'utf8')) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  const bytes = new Map<string, number>();
  for (const [file, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const owner = ownerOf(file);
    bytes.set(owner, (bytes.get(owner) ?? 0) + bytesInOutput);
  }
  return [...bytes].map(([owner, size]) => ({ name: owner, bytes: size })).sort((a, b) => b.bytes - a.bytes);
}

function ownerOf(file: string): string {
  const inPackage = file.split('node_modules/').at(-1);
  if (inPackage === undefined || inPackage === file) return `${file.split('/')[0]}/`;
  return inPackage
    .split('/')
    .slice(0, inPackage.startsWith('@') ? 2 : 1)
    .join('/');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of FUNCTIONS) {
    console.log(`dist/${name}/index.mjs`);
    for (const { name: owner, bytes } of bundleContents(process.cwd(), name))
      console.log(`${(bytes / 1024).toFixed(1).padStart(8)} KiB  ${owner}`);
  }
}
