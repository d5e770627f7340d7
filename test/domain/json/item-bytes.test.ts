import { describe, expect, it } from 'vitest';
import { bytesInItem, bytesTooMany, fitsItem } from '../../../domain/json/item-bytes.ts';

describe('an item of the ledger', () => {
  const text = (bytes: number) => 'x'.repeat(bytes - '""'.length);

  it('keeps 390 KiB of JSON in UTF-8, and not one byte more', () => {
    const most = 390 * 1024;
    expect([most, most + 1].map((bytes) => fitsItem(text(bytes)))).toEqual([true, false]);
    expect([most, most + 1].map((bytes) => bytesTooMany(bytesInItem(text(bytes))))).toEqual([0, 1]);
  });
});
