import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../scripts/command.ts';
import { readGivenBytes, readGivenFile, readGivenJson } from '../../scripts/given-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'ota-given-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('A file that a person named', () => {
  it('is read whole, however long it is', () => {
    const path = join(folder, 'firmware.bin');
    const bytes = Buffer.alloc(17 * 1024 * 1024 + 3, 'firmware');
    writeFileSync(path, bytes);
    expect(readGivenBytes(path).equals(bytes)).toBe(true);
    expect(() => readGivenFile(path)).toThrow(`${path} is too long: at most 16 MiB are read`);
  });

  it('may be empty', () => {
    writeFileSync(join(folder, 'empty'), '');
    expect(readGivenFile(join(folder, 'empty'))).toBe('');
  });

  it.runIf(existsSync('/dev/zero'))('may have no end, and is not read to it', () => {
    expect(() => readGivenJson('/dev/zero')).toThrow('/dev/zero is too long: at most 16 MiB are read');
  });

  it('has to be there, and has to be a file', () => {
    for (const [path, why] of [
      [join(folder, 'missing'), 'no such file'],
      [folder, 'it is a folder'],
    ] as const)
      expect(() => readGivenBytes(path)).toThrow(new UsageError(`cannot read ${path}: ${why}`));
  });
});
