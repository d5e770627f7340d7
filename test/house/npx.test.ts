import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/installation.ts';

/** What a user reads or types: every page, and the rooms with messages, helps and the files that `ota init` writes. The user edits channels.yml. */
const files = globSync(
  [
    '*.{md,yml,yaml}',
    'package.json',
    '.github/**/*.yml',
    '{docs,test,proof,bench,packages}/**/*.md',
    '{domain,events,handlers,adapters,operator,console,cli,local,infrastructure,examples,packages/*/src}/**/*.{ts,tsx,js,json,yml,yaml,md,html}',
    'scripts/installation.ts',
  ],
  { cwd: root, exclude: ['channels.yml', '**/node_modules'] },
);

/** The commands of a text that let npm fetch a program by its bare name. Of a page only the code counts, and of a program no comment. */
function unsafeIn(file: string, text: string): string[] {
  const typed = file.endsWith('.md')
    ? codeOf(text)
    : /\.[cm]?[jt]sx?$/.test(file)
      ? text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
      : text;
  const commands = typed.match(/\b(?:npx +[-@a-z.][^\n]*|npm (?:exec|x)\b[^\n]*)/g) ?? [];
  return commands.filter((command) => !isSafe(command));
}

/** npx runs a file that lies there, and npm exec only what is installed. */
const isSafe = (command: string): boolean =>
  /^npx (?:--yes )?--package (?:\.\/[^\s@]+\.tgz|"\$PWD\/[^\s@"]+\.tgz") /.test(command) || /^npm exec --no --/.test(command);

const codeOf = (page: string): string => (page.match(/^ *```[\s\S]*?^ *```|`[^`\n]+`/gm) ?? []).join('\n');

describe('A program that npm starts', () => {
  it('is never named so that npm would fetch it from a stranger', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.flatMap((file) => unsafeIn(file, readFileSync(join(root, file), 'utf8')).map((command) => `${file}: ${command}`))).toEqual(
      [],
    );
  });

  it.each([
    ['a.md', '```sh check\nnpx ota init my-fleet\n```'],
    ['a.md', 'Run `npx serverless deploy`.'],
    ['a.md', '`npm exec -- ota start`'],
    ['a.md', '`npx --package ota-dispatch ota init`'],
    ['a.md', '`npx --package ./ota-dispatch@latest ota init`'],
    ['cli/a.ts', "const next = 'run npx serverless deploy';"],
    ['cli/init/template/deploy.yml', '      - run: npx ota check # safe?'],
  ])('is refused in %s: %s', (file, text) => {
    expect(unsafeIn(file, text)).toHaveLength(1);
  });

  it.each([
    ['a.md', '`npx --package ./ota-dispatch-0.1.0.tgz ota init my-fleet`'],
    ['a.md', '`npx --package "$PWD/ota-dispatch-0.1.0.tgz" ota init my-fleet`'],
    ['a.md', '```sh check\nnpm exec --no -- ota start\n```'],
    ['a.md', 'A bare `npx NAME` would run what a stranger has published. So npx gets a file.'],
    ['cli/a.ts', '// Under npx it ends later.'],
  ])('may stand in %s: %s', (file, text) => {
    expect(unsafeIn(file, text)).toEqual([]);
  });
});
