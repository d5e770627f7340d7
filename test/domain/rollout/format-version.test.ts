import { describe, expect, it } from 'vitest';
import { FORMAT_VERSION, refuseNewerFormat } from '../../../domain/rollout/format-version.ts';

describe('the format of what is stored', () => {
  it.each([0, FORMAT_VERSION])('is read up to the own one: %j', (format) => {
    expect(refuseNewerFormat(format, 'the row')).toBeUndefined();
  });

  it('is refused if it is newer, because an older version of the service would misread it', () => {
    expect(() => refuseNewerFormat(FORMAT_VERSION + 1, 'the row')).toThrow(
      'the row has the format 2, and this version of the service reads formats up to 1: deploy the newer version again',
    );
  });

  it('is refused if it has no number, which no version wrote', () => {
    expect(() => refuseNewerFormat(Number.NaN, 'the row')).toThrow(
      'the row has no number for its formatVersion: no version of the service wrote it',
    );
  });
});
