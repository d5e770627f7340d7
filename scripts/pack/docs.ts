import { cpSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Metafile } from 'esbuild';
import { root } from '../installation.ts';

/** What a clone types, and what a project types instead. */
const COMMANDS: readonly (readonly [ofClone: RegExp, ofProject: string])[] = [
  [/\bnpm run (?:-s )?ota --/g, 'npm exec --no -- ota'],
  [/\bnpm run ota\b/g, 'npm exec --no -- ota'],
  [/\bnpm start --/g, 'npm exec --no -- ota start'],
  [/\bnpm start\b/g, 'npm exec --no -- ota start'],
];

/** The pages that need a clone: their commands are those of a clone in a package, too. */
const OF_CLONE = /^(?:decisions|tutorial)\/|^explanation\/architecture\.md$/;

/** What a package has beside its pages, see `files` in package.json. */
const IN_PACKAGE = /^(?:schemas\/|CHANGELOG\.md|LICENSE|README\.md)/;

/**
 * The text of a page as a project reads it: with the commands of a project. `page` is its path in docs/, such as `how-to/adopt.md`. A line
 * that names both ways stays as it is. A link to a file that a package lacks becomes its label, with the path of the file.
 */
export function pageOfProject(text: string, page: string): string {
  const lines = text.split('\n').map((line) => {
    if (OF_CLONE.test(page) || line.includes('npm exec --no -- ota')) return line;
    return COMMANDS.reduce((changed, [ofClone, ofProject]) => changed.replace(ofClone, ofProject), line);
  });
  return lines.join('\n').replace(/\[([^\]]*)\]\(([\w./-]+)(#[^)\s]*)?\)/g, (link, label: string, target: string, anchor = '') => {
    const file = posix.join('docs', posix.dirname(page), target);
    if (file === 'docs' || file.startsWith('docs/')) return link;
    // docs/ is one folder deeper in a package.
    if (IN_PACKAGE.test(file)) return `[${label}](../${target}${anchor})`;
    return label.replaceAll('`', '').includes(file.replace(/\/$/, '')) ? label : `${label} (\`${file}\` in the repository)`;
  });
}

/** Copies docs/ into `out`/docs, with the pages as a project reads them. Bundles nothing, so it answers no metafile. */
export async function packDocs(out: string): Promise<Metafile[]> {
  const [from, to] = [join(root, 'docs'), join(out, 'docs')];
  cpSync(from, to, { recursive: true });
  for (const page of globSync('**/*.md', { cwd: from })) {
    const text = readFileSync(join(from, page), 'utf8');
    writeFileSync(join(to, page), pageOfProject(text, page.replaceAll('\\', '/')));
  }
  return [];
}
