import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeFiles } from '../../../cli/init/empty-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-empty-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('The files of a new project', () => {
  /** The third one cannot be written, because the first one is no folder. */
  const impossible = new Map([
    ['channels.yml', 'x'],
    ['examples/artifacts/firmware.bin', 'x'],
    ['channels.yml/more', 'x'],
  ]);

  it('are all gone if one cannot be written, with the folders made for them', () => {
    const place = join(folder, 'new');
    expect(() => writeFiles(place, 'new', impossible)).toThrow(/^cannot write to new: E[A-Z]+$/);
    expect(existsSync(place)).toBe(false);
  });

  it.runIf(existsSync('/proc/self'))('are refused where the system makes no folders', () => {
    expect(() => writeFiles('/proc/new', '/proc/new', impossible)).toThrow(/^cannot write to \/proc\/new: E[A-Z]+$/);
  });

  it('leave a folder that was there, and what else it has', () => {
    const place = join(folder, 'cloned');
    mkdirSync(join(place, '.git'), { recursive: true });
    expect(() => writeFiles(place, 'cloned', impossible)).toThrow(/^cannot write to cloned: /);
    expect(readdirSync(place)).toEqual(['.git']);
  });

  it('never take the place of others', () => {
    const place = join(folder, 'others');
    writeFiles(place, 'others', new Map([['b', 'old']]));
    const files = new Map([
      ['a', 'new'],
      ['b', 'new'],
    ]);
    expect(() => writeFiles(place, 'others', files)).toThrow('cannot write to others: EEXIST');
    expect(readdirSync(place)).toEqual(['b']);
    expect(readFileSync(join(place, 'b'), 'utf8')).toBe('old');
  });
});
