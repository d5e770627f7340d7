import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutants } from '../../proof/simulate/mutants.ts';
import { serverlessWithTestParameters } from '../../scripts/service-copy.ts';

const root = resolve(import.meta.dirname, '../..');
const pages = globSync(['*.md', '{docs,examples,test,proof,bench}/**/*.md', 'packages/*/*.md'], { cwd: root });
/** The text of a file. The user's parameters in serverless.yml do not count. */
const textOf = (file: string): string =>
  file === 'serverless.yml' ? serverlessWithTestParameters() : readFileSync(join(root, file), 'utf8');

describe('the documentation', () => {
  it.each(pages)('has no broken link on %s', (page) => {
    const broken = [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !leads(page, target));
    expect(broken).toEqual([]);
  });

  it('has every page that the code names', () => {
    const files = globSync(
      [
        '*.ts',
        'serverless.yml',
        '{domain,events,handlers,adapters,operator,console,cli,local,infrastructure,scripts,test,proof,bench,examples}/**/*.{ts,tsx,js,yml}',
      ],
      {
        cwd: root,
      },
    );
    const named = files.flatMap((file) => pagesIn(textOf(file)).map((page) => [file, page] as const));
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(([, page]) => !existsSync(join(root, page)))).toEqual([]);
  });

  it('lists each mutant in proof/simulate/mutants.md', () => {
    const table = textOf('proof/simulate/mutants.md');
    const isThere = (name: string) => [`\n| ${name} |`, `\n- ${name}`].some((text) => table.includes(text));
    expect(mutants.map(({ name }) => name).filter((name) => !isThere(name))).toEqual([]);
  });
});

/** The pages that a program names: by their path, or as `page` of scripts/installation.ts takes them. */
function pagesIn(text: string): string[] {
  const byPath = text.match(/\bdocs\/[\w/-]+\.md\b/g) ?? [];
  return [...byPath, ...[...text.matchAll(/\bpage\('([\w/-]+\.md)[#'\w-]/g)].map(([, name]) => `docs/${name}`)];
}

function leads(page: string, target: string): boolean {
  if (/^(https?|mailto):/.test(target)) return true;
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || !file.endsWith('.md') || anchorsOf(readFileSync(file, 'utf8')).has(anchor);
}

/** The anchors that GitHub makes of the headings. */
function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...withoutCode(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
  return new Set(headings.map(slug));
}

const withoutCode = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');
