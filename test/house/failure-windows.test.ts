import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const journeys = join(root, 'test/journey');
const page = readFileSync(join(root, 'docs/explanation/failure-windows.md'), 'utf8');

/** For each window, the test files that its row names, without `.test.ts`. */
const listed = new Map(
  [...page.matchAll(/^\| (W\d+) .*\| ([\w, -]+) \|$/gm)].map(([, window = '', files = '']) => [window, files.split(', ')] as const),
);

/** For each test file, without `.test.ts`, the windows in the titles of its tests. */
const tested = new Map(
  readdirSync(journeys)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => {
      const names = readFileSync(join(journeys, name), 'utf8').matchAll(/\bit(?:\.each\([^)]*\))?\('(W\d+): /g);
      return [name.replace('.test.ts', ''), new Set([...names].map(([, window = '']) => window))] as const;
    }),
);

describe('the page of failure windows', () => {
  it('lists all 74 windows once', () => {
    expect([...listed.keys()]).toEqual(Array.from({ length: 74 }, (_, index) => `W${index + 1}`));
    expect(page.match(/^\| W\d+ /gm)).toHaveLength(74);
  });

  it.each([...listed])('names the right test files for %s', (window, files) => {
    for (const file of files) expect([...(tested.get(file) ?? [])], `tests in ${file}.test.ts`).toContain(window);
  });

  it('lists every window in the title of a test', () => {
    for (const [file, windows] of tested) {
      for (const window of windows) expect(listed.get(window), `${window} in ${file}.test.ts`).toContain(file);
    }
  });
});
