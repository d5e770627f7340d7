import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readableDescription } from '../../../domain/request/description.ts';

fc.configureGlobal({ seed: 1 });

describe('any description for managed integrations', () => {
  it('is left out or becomes one that the service accepts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        expect(readableDescription(text) ?? 'none').toMatch(/^[0-9A-Za-z_\- ]{1,256}$/);
      }),
    );
  });

  it('stays the same if the service accepts it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z_-]+( [0-9A-Za-z_-]+){0,9}$/), (text) => {
        fc.pre(text.length <= 256);
        expect(readableDescription(text)).toBe(text);
      }),
    );
  });
});
