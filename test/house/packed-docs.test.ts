import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';
import { packDocs, pageOfProject } from '../../scripts/pack/docs.ts';

const folder = mkdtempSync(join(tmpdir(), 'packed-docs-'));
beforeAll(() => packDocs(join(folder, 'lib')));
afterAll(() => rmSync(folder, { recursive: true }));

describe('A page of the docs in a project', () => {
  it.each([
    ['npm run ota -- status --stage prod', 'npm exec --no -- ota status --stage prod'],
    ['npm run -s ota -- plan x.json', 'npm exec --no -- ota plan x.json'],
    ['`npm run ota` and `npm start`', '`npm exec --no -- ota` and `npm exec --no -- ota start`'],
    ['npm start -- --exit', 'npm exec --no -- ota start --exit'],
    ['| `npm start` | `npm exec --no -- ota start` |', '| `npm start` | `npm exec --no -- ota start` |'],
    ['[s](../../schemas/) [p](../reference/events.md)', '[s](../../../schemas/) [p](../reference/events.md)'],
    ['[the rules](../../CONTRIBUTING.md#tests)', 'the rules (`CONTRIBUTING.md` in the repository)'],
    ['[`cli/ota.ts`](../../cli/ota.ts)', '`cli/ota.ts`'],
  ])('has the command or the link that works there: %s', (ofClone, ofProject) => {
    expect(pageOfProject(ofClone, 'how-to/x.md')).toBe(ofProject);
  });

  it('keeps the commands of a clone if it needs one', () => {
    expect(pageOfProject('npm start', 'tutorial/first-rollout.md')).toBe('npm start');
  });

  it('is there, with its pictures, and each link leads to a file of the package', () => {
    const pages = globSync('**/*.md', { cwd: join(folder, 'lib/docs') });
    expect(pages.sort()).toEqual(globSync('**/*.md', { cwd: join(root, 'docs') }).sort());
    const broken = pages.flatMap((page) => {
      const path = join(folder, 'lib/docs', page);
      const targets = [...readFileSync(path, 'utf8').matchAll(/\]\(([\w./-]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
      return targets.filter((target) => !existsSync(fileOf(path, target))).map((target) => `${page}: ${target}`);
    });
    expect(broken).toEqual([]);
  });
});

/** The file of a link. A package has files of the repository's root as they are, if `files` of package.json or npm takes them. */
function fileOf(page: string, target: string): string {
  const file = join(dirname(page), target);
  const ofRoot = [...packageFiles, 'README.md', 'LICENSE'].find(
    (each) => file === join(folder, each) || file.startsWith(join(folder, each, '/')),
  );
  return ofRoot === undefined || ofRoot === 'lib' ? file : file.replace(folder, root);
}

const packageFiles: readonly string[] = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).files;
