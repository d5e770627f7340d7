/**
 * Decision 1 lists what another control plane needs: each file or folder of the product that names a control plane. This
 * test compares that list with the product. A comment in TypeScript does not count, nor do tests, proofs, docs and examples. It
 * does not read the two files that the user edits.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { controlPlanes } from '../../domain/request/control-planes.ts';

const root = resolve(import.meta.dirname, '../..');
const NAME = /OtaTask|managed-?integrations|CreateOTAUpdate|CreateJob\b/i;

const product = globSync(
  '{domain,events,handlers,adapters,operator,cli,local,infrastructure,scripts,schemas,packages/*/src}/**/*.{ts,js,yml,json}',
  {
    cwd: root,
    exclude: (name) => /(?:^|\/)node_modules$/.test(String(name)),
  },
).map((file) => file.replaceAll('\\', '/'));

const withoutComments = (file: string, text: string): string =>
  /\.[jt]s$/.test(file) ? text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '') : text;

const naming = product.filter((file) => NAME.test(file) || NAME.test(withoutComments(file, readFileSync(join(root, file), 'utf8'))));

/** The first column of the table in decision 1. A folder ends with a slash. */
const listed = [...readFileSync(join(root, 'docs/decisions/0001-functional-core.md'), 'utf8').matchAll(/^\| `([^`]+)` \|/gm)].map(
  ([, entry = '']) => entry,
);
const USERS = ['channels.yml', 'serverless.yml'];

/** The most specific entry that contains a file. */
const entryOf = (file: string): string | undefined =>
  listed.filter((entry) => file === entry || (entry.endsWith('/') && file.startsWith(entry))).sort((a, b) => b.length - a.length)[0];

describe('the list in decision 1 of what names a control plane', () => {
  it('can be compared, because this test finds the name of each control plane', () => {
    for (const [operation, { template }] of Object.entries(controlPlanes)) {
      expect(operation).toMatch(NAME);
      expect(template).toMatch(NAME);
    }
    expect(naming.length).toBeGreaterThan(30);
    expect(listed.length).toBeGreaterThan(9);
    expect(listed.length).toBeLessThan(19);
  });

  it('has every file of the product that names one', () => {
    expect(naming.filter((file) => entryOf(file) === undefined)).toEqual([]);
  });

  it('has no entry without a file that names one', () => {
    const needed = new Set(naming.map(entryOf));
    expect(listed.filter((entry) => !needed.has(entry) && !USERS.includes(entry))).toEqual([]);
  });
});
