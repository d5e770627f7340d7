import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from 'esbuild';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { root } from '../../scripts/installation.ts';
import { allSnippets, placeOf, runners, type Snippet, snippetsOf } from '../../scripts/snippets.ts';
import { otaInProcess } from '../cli/in-process.ts';
import { shellCommands } from '../support/shell-commands.ts';

/** The languages of the blocks, each with what is judged of one. Each answers what is wrong. */
const judges: Readonly<Record<string, (text: string) => Promise<string[]> | string[]>> = {
  sh: judgeShell,
  json: judgeJson,
  jsonc: (text) => judgeJsonc(text),
  yaml: judgeYaml,
  ts: judgeTypeScript,
  // `npm run foreign` runs it.
  python: () => [],
  text: () => [],
};

/** The tests that run the blocks marked `check`, by page. */
const runBy: Readonly<Record<string, string>> = {
  'README.md': 'test/house/snippets-run.test.ts',
  'docs/tutorial/first-rollout.md': 'test/house/snippets-run.test.ts',
  'docs/how-to/produce-events.md': 'test/house/snippets-run.test.ts',
  'docs/how-to/consume-outcomes.md': 'test/house/event-snippets.test.ts',
  'docs/reference/events.md': 'test/house/event-snippets.test.ts',
  'docs/how-to/from-aws-cli.md': 'test/domain/channels/from-aws-cli.test.ts',
  'docs/reference/doctor.md': 'test/cli/doctor/reference.test.ts',
  'docs/reference/parameters.md': 'test/domain/request/docs.test.ts',
};

const snippets = allSnippets();

describe('Every block of code in the docs', () => {
  it('names its language and its runner', () => {
    expect(snippets.length).toBeGreaterThan(60);
    expect(snippets.flatMap(unnamed)).toEqual([]);
  });

  it('has the syntax of its language, and only commands, scripts and options that exist', async () => {
    const faults: string[] = [];
    for (const snippet of snippets) faults.push(...(await faultsOf(snippet)).map((fault) => `${placeOf(snippet)}: ${fault}`));
    expect(faults).toEqual([]);
  });

  it('is run by a test of its page, if it is marked check', () => {
    const pages = new Set(snippets.filter(({ runner }) => runner === 'check').map(({ page }) => page));
    const read = (file: string | undefined) => (file === undefined ? '' : readFileSync(join(root, file), 'utf8'));
    expect([...pages].filter((page) => !read(runBy[page]).includes(page))).toEqual([]);
  });

  it('is a text if it is marked output, so that no command hides there', () => {
    const wrong = snippets.filter(({ runner, language }) =>
      runner === 'output' ? language !== 'text' : language === 'text' && runner !== 'foreign',
    );
    expect(wrong.map(placeOf)).toEqual([]);
  });
});

describe('This test refuses', () => {
  const refused = async (info: string, text: string) => {
    const [snippet] = snippetsOf('a.md', `\`\`\`${info}\n${text}\n\`\`\`\n`);
    if (snippet === undefined) throw new Error('no block');
    return [...unnamed(snippet), ...(await faultsOf(snippet))];
  };

  it.each([
    ['', 'npm test', 'a.md:1: names no language'],
    ['sh', 'npm test', 'a.md:1: names no runner'],
    ['sh nobody', 'npm test', 'a.md:1: names no runner'],
    ['ruby check', 'puts 1', 'a.md:1: names no language'],
    ['sh parsed', 'npm run nothing', 'package.json has no script nothing'],
    ['sh parsed', 'npm run ota -- pubish x.json', 'there is no command ota pubish'],
    ['sh parsed', 'npm run ota -- publish x.json --uplod y', 'ota publish has no option --uplod'],
    ['sh parsed', 'npm run ota -- hold x --reason "y', 'a quote does not end: "y'],
    ['sh parsed', 'node nothing.js', 'there is no file nothing.js'],
    ['sh parsed', 'npx ota init my-fleet', 'npx could run what a stranger has published'],
    ['sh parsed', 'npx --package ota-dispatch ota init', 'npx could run what a stranger has published'],
    ['sh parsed', 'npx --package ./ota-dispatch-0.1.0.tgz ota pubish x.json', 'there is no command ota pubish'],
    ['sh parsed', 'npm exec -- serverless deploy', 'npm exec without --no could run what a stranger has published'],
    ['sh parsed', 'npm exec --no -- nothing', 'there is no program nothing in node_modules'],
    ['sh parsed', 'npm exec --no -- ota publish x.json --uplod y', 'ota publish has no option --uplod'],
    ['sh parsed', 'rm -rf /', 'nobody knows the program rm'],
    ['json parsed', '{ "a": 1, }', 'not JSON'],
    ['yaml parsed', 'a: [1', 'not YAML'],
    ['yaml parsed', 'script:\n  - npm run nothing', 'package.json has no script nothing'],
    ['ts check', 'const a: = 1;', 'not TypeScript'],
  ])('a block %j with %j', async (info, text, fault) => {
    expect((await refused(info, text)).join('\n')).toContain(fault);
  });
});

function unnamed(snippet: Snippet): string[] {
  const { language, runner } = snippet;
  if (!(language in judges)) return [`${placeOf(snippet)}: names no language of ${Object.keys(judges).join(', ')}`];
  return (runners as readonly string[]).includes(runner) ? [] : [`${placeOf(snippet)}: names no runner of ${runners.join(', ')}`];
}

async function faultsOf({ language, text }: Snippet): Promise<string[]> {
  return (await judges[language]?.(text)) ?? [];
}

function judgeJson(text: string): string[] {
  try {
    // A part of an object stands on its own on a page.
    JSON.parse(/^\s*\{[\s\S]*\},?\s*$/.test(text) || text.trimStart().startsWith('[') ? text : `{${text}}`);
    return [];
  } catch (error) {
    return [`not JSON: ${error}`];
  }
}

function judgeJsonc(text: string): string[] {
  const errors: ParseError[] = [];
  parse(text, errors);
  return errors.map(({ error }) => `not JSON with comments: ${printParseErrorCode(error)}`);
}

/** YAML, and the shell in `run` and `script` of pipelines. */
async function judgeYaml(text: string): Promise<string[]> {
  const documents = parseAllDocuments(text);
  const errors = documents.flatMap((document) => document.errors.map(({ message }) => `not YAML: ${message}`));
  if (errors.length > 0) return errors;
  return judgeShell(documents.flatMap((document) => shellIn(document.toJS())).join('\n'));
}

function shellIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === 'run' && typeof member === 'string') return [member];
    if (name === 'script' && Array.isArray(member)) return member.map(String);
    return shellIn(member);
  });
}

async function judgeTypeScript(text: string): Promise<string[]> {
  return transform(text, { loader: 'ts', logLevel: 'silent' }).then(
    () => [],
    (error: Error) => [`not TypeScript: ${error.message}`],
  );
}

async function judgeShell(text: string): Promise<string[]> {
  try {
    const faults: string[] = [];
    // One after the other, because the help of a command is read from the console of this process.
    for (const command of shellCommands(text)) faults.push(...(await judgeCommand(command)));
    return faults;
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Programs of other people. Another test reads the commands of the AWS CLI. */
const KNOWN = [
  'aws',
  'cd',
  'cut',
  'curl',
  'eval',
  'echo',
  'eval',
  'export',
  'git',
  'jq',
  'openssl',
  'pip',
  'python',
  'python3',
  'set',
  'sha256sum',
  'ssh',
  'test',
  'tr',
  'watch',
  'xargs',
];

async function judgeCommand([program = '', ...words]: readonly string[]): Promise<string[]> {
  if (program === 'npm') return judgeNpm(words);
  if (program === 'npx') return judgeNpx(words);
  if (program === 'node') return judgeNode(words);
  if (program.includes('/') && program.startsWith('.local/')) return [];
  return KNOWN.includes(program) ? [] : [`nobody knows the program ${program}`];
}

function judgeNode(words: readonly string[]): string[] {
  const file = words.find((word) => !word.startsWith('-'));
  return file === undefined || existsSync(join(root, file)) ? [] : [`there is no file ${file}`];
}

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Readonly<Record<string, string>> };

async function judgeNpx(typed: readonly string[]): Promise<string[]> {
  const [option, tarball = '', ...words] = typed[0] === '--yes' ? typed.slice(1) : typed;
  const isFile = option === '--package' && /^(?:\.\/[\w.-]+\.tgz|"\$PWD\/[\w.-]+\.tgz"|\$PWD\/[\w.-]+\.tgz)$/.test(tarball);
  return isFile ? judgeInstalled(words) : ['npx could run what a stranger has published: write npm exec --no --'];
}

/** A program of the project, which npm starts without looking for it elsewhere. */
async function judgeInstalled([program = '', ...words]: readonly string[]): Promise<string[]> {
  if (program === 'ota') return judgeOta(words);
  return existsSync(join(root, 'node_modules/.bin', program)) ? [] : [`there is no program ${program} in node_modules`];
}

async function judgeNpm(words: readonly string[]): Promise<string[]> {
  const own = words.slice(0, words.includes('--') ? words.indexOf('--') : undefined);
  const [command, script = ''] = own.filter(
    (word, index) => !word.startsWith('-') && own[index - 1] !== '--prefix' && own[index - 1] !== '-w',
  );
  if (command === 'exec')
    return own.includes('--no')
      ? judgeInstalled(words.slice(words.indexOf('--') + 1))
      : ['npm exec without --no could run what a stranger has published'];
  if (command !== 'run')
    return ['ci', 'install', 'pack', 'start', 'test'].includes(command ?? '') ? [] : [`nobody uses npm ${command} here`];
  if (!(script in scripts)) return [`package.json has no script ${script}`];
  return script === 'ota' ? judgeOta(words.slice(words.indexOf('--') + 1)) : [];
}

const helps = new Map<string, string>();

async function judgeOta([command = '', ...words]: readonly string[]): Promise<string[]> {
  if (command.startsWith('-')) return [];
  if (!existsSync(join(root, 'cli', `${command}.ts`))) return [`there is no command ota ${command}`];
  const help = helps.get(command) ?? (await otaInProcess(command, '--help')).stdout;
  helps.set(command, help);
  const known = [...help.matchAll(/--[a-z][a-z-]*/g)].map(([option]) => option);
  const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? word);
  return options.filter((option) => !known.includes(option)).map((option) => `ota ${command} has no option ${option}`);
}
