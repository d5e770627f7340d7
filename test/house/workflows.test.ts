import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from '@actions/languageservice';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { root } from '../../scripts/installation.ts';
import { allSnippets, placeOf } from '../../scripts/snippets.ts';

/*
 * GitHub's own language service judges action.yml and every workflow: those of the repository, those that `ota init` writes, and those in
 * the docs. It knows the members, the contexts of expressions and their syntax.
 */

type Workflow = { readonly jobs?: Readonly<Record<string, { readonly steps?: readonly Step[] }>> };
type Step = { readonly uses?: string; readonly run?: string; readonly with?: Readonly<Record<string, unknown>> };
type Inputs = Readonly<Record<string, { readonly required?: boolean }>>;

const files = globSync(['.github/workflows/*.{yml,yaml}', 'cli/init/template/deploy.yml'], { cwd: root }).sort();
/** `ota init` fills in the Region and the folder. */
const inFiles = files.map((file) => ({
  place: file,
  text: readFileSync(join(root, file), 'utf8').replace('{{region}}', 'eu-west-1').replace('{{path}}', '.'),
}));
const inDocs = allSnippets()
  .filter(({ language, text }) => language === 'yaml' && /^on:/m.test(text) && /^jobs:/m.test(text))
  .map((snippet) => ({ place: placeOf(snippet), text: snippet.text }));
const workflows = [...inFiles, ...inDocs];
const action = readFileSync(join(root, 'action.yml'), 'utf8');

let judged = 0;

/**
 * What the language service says about a file, a line each. `name` tells it whether it is an action or a workflow. It keeps what it has
 * read by the path, so each text has a folder of its own.
 */
async function faultsOf(text: string, name: string): Promise<string[]> {
  judged += 1;
  const found = await validate(TextDocument.create(`file:///${judged}/${name}`, 'yaml', 1, text));
  return found.map(({ message, range }) => `${range.start.line + 1}: ${message}`);
}

const ofWorkflow = (text: string) => faultsOf(text, '.github/workflows/it.yml');

describe('action.yml', () => {
  it('is right', async () => {
    expect(await faultsOf(action, 'action.yml')).toEqual([]);
  });

  it.each([
    ['a step without a shell', /^ {6}shell: bash\n/m, '', 'Required property is missing: shell'],
    ['an unknown context', 'inputs.release', 'input.release', "Unrecognized named-value: 'input'"],
    ['an unknown member', 'using: composite', 'using: composite\n  post: x.js', "'post' is not valid for composite actions"],
  ])('would not be right with %s', async (_what, from, to, fault) => {
    expect((await faultsOf(action.replace(from, to), 'action.yml')).join()).toContain(fault);
  });
});

describe('every workflow', () => {
  it.each(workflows)('at $place is right', async ({ text }) => {
    expect(await ofWorkflow(text)).toEqual([]);
  });

  it.each(workflows)('at $place puts no expression into a script, which would run what the expression contains', ({ text }) => {
    const steps = Object.values((parse(text) as Workflow).jobs ?? {}).flatMap((job) => job.steps ?? []);
    for (const { run = '' } of steps) expect(run).not.toMatch(/\$\{\{(?! ?runner\.)/);
  });

  it.each(workflows)('at $place gives the action of this repository inputs that it has, and those that it needs', ({ text }) => {
    const { inputs } = parse(action) as { readonly inputs: Inputs };
    const steps = Object.values((parse(text) as Workflow).jobs ?? {}).flatMap((job) => job.steps ?? []);
    for (const { uses = '', with: given = {} } of steps) {
      if (!/^(?:\.\/|acme\/)ota-dispatch(?:@|$)/.test(uses)) continue;
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const needed = Object.entries(inputs).flatMap(([name, { required }]) => (required ? [name] : []));
      expect(Object.keys(given)).toEqual(expect.arrayContaining(needed));
    }
  });

  it('is found, and would not be right with an unknown member or event', async () => {
    expect(workflows.length).toBeGreaterThan(0);
    const [{ text } = { text: '' }] = inDocs;
    expect(await ofWorkflow(text.replace('runs-on:', 'run-on:'))).not.toEqual([]);
    expect(await ofWorkflow(text.replace(/^on:/m, 'on: pushed\nelse:'))).not.toEqual([]);
  });
});
