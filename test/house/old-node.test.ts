import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** Makes a process say that it is Node 20.19. */
const OLD = `--import=data:text/javascript,${encodeURIComponent("Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.0' } })")}`;

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
const entryOf = (name: string): string => scripts[name]?.replace(/^node /, '') ?? '';

describe.each([
  ['ota', ['status'], 2],
  ['start', ['--exit'], 1],
])('npm run %s, on a Node that is too old for TypeScript', (name, args, status) => {
  it('ends with one line', () => {
    const ended = spawnSync(process.execPath, [OLD, entryOf(name), ...args], { cwd: root, encoding: 'utf8' });
    expect(ended).toMatchObject({
      status,
      stdout: '',
      stderr: expect.stringMatching(/^(?:ota|npm start): Node 24 \S[^\n]*20\.19\.0[^\n]*\n$/),
    });
  });

  it('loads only JavaScript before it knows the version', () => {
    const read = (file: string): string[] => {
      const imports = [...readFileSync(file, 'utf8').matchAll(/^import .* from '(\.[^']+)'/gm)].map(([, path = '']) =>
        resolve(file, '..', path),
      );
      return [file, ...imports.flatMap(read)];
    };
    expect(read(join(root, entryOf(name))).filter((file) => !file.endsWith('.js'))).toEqual([]);
  });
});
