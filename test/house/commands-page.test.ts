import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groups } from '../../cli/commands.ts';
import { exitStatuses } from '../../cli/exit-statuses.ts';
import { root } from '../../scripts/installation.ts';

const page = readFileSync(join(root, 'docs/reference/commands.md'), 'utf8');

/** The rows below the heading of a table, each with its first two cells. */
function rowsBelow(heading: string): string[][] {
  const [, table = ''] = page.split(heading);
  const [rows = ''] = table.split('\n\n', 1);
  return [...rows.matchAll(/^\| (.+?) \| (.+?) \|/gm)].map(([, first = '', second = '']) => [first, second]);
}

it('The page of the commands lists every command with the words of the help, in its order', () => {
  const listed = groups.flatMap(({ commands }) => commands.map(({ name, summary }) => [`\`${name}\``, summary]));
  expect(rowsBelow('| command | what it does | more |\n|---|---|---|\n')).toEqual(listed);
});

it('The page of the commands lists every exit status with the words of the help', () => {
  expect(rowsBelow('| exit status | meaning |\n|---|---|\n')).toEqual(exitStatuses.map(({ status, meaning }) => [String(status), meaning]));
});
