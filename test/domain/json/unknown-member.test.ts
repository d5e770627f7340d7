import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { membersAt, unknownMember } from '../../../domain/json/unknown-member.ts';
import { releaseSchema } from '../../../domain/release/release.ts';

describe('an unknown member', () => {
  it.each([
    ['two characters that are swapped', 'sha265', 'sha256'],
    ['another case', 'S3Location', 's3Location'],
    ['a character too few', 'targetSelecton', 'targetSelection'],
    ['another case in the middle', 'CreateOTAUpdate', 'createOTAUpdate'],
    ['the singular', 'channel', 'channels'],
    ['the name of another tool', 'file_name', 'fileName'],
  ])('is compared with those that exist: %s', (_what, given, meant) => {
    const known = ['sha256', 's3Location', 'targetSelection', 'createOTAUpdate', 'channels', 'fileName'];
    expect(unknownMember(given, known)).toContain(`did you mean ${meant}?`);
  });

  it('that is near none gets no name', () => {
    expect(unknownMember('firmware', ['sha256', 'channels'])).not.toContain('did you mean');
    expect(unknownMember('firmware', [])).not.toContain('did you mean');
  });

  it('of any other characters, or of many, is neither compared nor quoted', () => {
    for (const given of ['sha256\u001b[31m', 'sha256\n', '<sha256>', 'shä256', 'x'.repeat(65)])
      expect(unknownMember(given, ['sha256', 'x'.repeat(65)])).toBe(unknownMember('firmware', []));
  });
});

describe('the members of a schema', () => {
  it('are found at any depth, behind lists, optional members and defaults', () => {
    expect(membersAt(releaseSchema, ['artifacts', 3, 'fileLocation', 's3Location'])).toEqual(['bucket', 'key', 'version']);
    expect(membersAt(releaseSchema, [])).toContain('channels');
    const schema = z.record(z.string(), z._default(z.strictObject({ a: z.string() }), { a: '' }));
    expect(membersAt(schema, ['any'])).toEqual(['a']);
  });

  it('are not found where it has no object with fixed members', () => {
    for (const path of [['product'], ['product', 'x'], ['constructor'], ['tags'], ['channels', 0]])
      expect(membersAt(releaseSchema, path)).toEqual([]);
  });
});

describe('the members at a path of a schema', () => {
  const [a, b] = [z.strictObject({ a: z.string() }), z.strictObject({ b: z.string() })];

  it('are those of each kind that a value may have there', () => {
    expect(membersAt(z.union([z.string(), a, b]), [])).toEqual(['a', 'b']);
  });

  it('are none of a list itself, but those of its items', () => {
    expect([membersAt(z.array(a), []), membersAt(z.array(a), [0])]).toEqual([[], ['a']]);
  });
});
