import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './installation.ts';

/**
 * Who makes sure that a block of code on a page is right. `check`: Node runs it, in `npm test` or `npm run test:long`. `foreign`: it needs
 * another program, such as the AWS CLI, Python or a deployed stage. `parsed`: only its syntax and the commands in it are judged. `output`:
 * a program prints it, or it is a drawing, so nobody types it.
 */
export const runners = ['check', 'foreign', 'parsed', 'output'] as const;

/** A fenced block of a page. `language` and `runner` are the two words behind its fence. */
export type Snippet = {
  readonly page: string;
  /** Of the fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly runner: string;
  readonly text: string;
};

/** The pages whose blocks name a runner. */
export const pages: readonly string[] = globSync(['docs/**/*.md', 'README.md', 'CONTRIBUTING.md'], { cwd: root }).sort();

/** The blocks of a page, in its order. */
export function snippetsOf(page: string, text: string = readFileSync(join(root, page), 'utf8')): Snippet[] {
  return [...text.matchAll(/^( *)```(.*)\n([\s\S]*?)^ *```$/gm)].map(({ index, 1: indent = '', 2: info = '', 3: body = '' }) => {
    const [language = '', runner = ''] = info.trim().split(/\s+/);
    const lines = body.split('\n').map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    return { page, line: text.slice(0, index).split('\n').length, language, runner, text: lines.join('\n') };
  });
}

/** The blocks of all pages. */
export const allSnippets = (): Snippet[] => pages.flatMap((page) => snippetsOf(page));

/** Where a block is, for the messages of tests. */
export const placeOf = ({ page, line }: Snippet): string => `${page}:${line}`;
