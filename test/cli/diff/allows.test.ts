import { describe, expect, it } from 'vitest';
import { type Allows, allowsOf } from '../../../cli/diff/allows.ts';
import { statementOf } from '../../../cli/diff/statements.ts';

const allow = {
  Effect: 'Allow',
  Principal: { AWS: ['1'] },
  Action: ['s3:Get', 's3:Put'],
  Resource: ['a'],
  Condition: { StringEquals: { k: ['x', 'y'] } },
};
const deny = { ...allow, Effect: 'Deny' };
const condition = (operator: string, ...values: string[]) => ({ Condition: { [operator]: { k: values } } });
const judged = (before: object | undefined, after: object | undefined): Allows =>
  allowsOf({ ...(before && { before: statementOf(before) }), ...(after && { after: statementOf(after) }) });
const opposite = { more: 'less', less: 'more', unclear: 'unclear' } as const;

/** A change of a statement that allows, and what it means. The same change of a Deny, or the other way round, means the opposite. */
const changes: readonly (readonly [what: string, change: object, allows: Allows])[] = [
  ['one more action', { Action: ['s3:Get', 's3:Put', 's3:Delete'] }, 'more'],
  ['one action less', { Action: 's3:Get' }, 'less'],
  ['another action', { Action: ['s3:Get', 's3:Delete'] }, 'unclear'],
  ['one more resource', { Resource: ['a', 'b'] }, 'more'],
  ['one more principal', { Principal: { AWS: ['1', '2'] } }, 'more'],
  ['no condition any more', { Condition: {} }, 'more'],
  ['one more condition', { Condition: { ...allow.Condition, Bool: { s: 'true' } } }, 'less'],
  ['one more value of a condition', condition('StringEquals', 'x', 'y', 'z'), 'more'],
  ['another operator', condition('StringLike', 'x', 'y'), 'unclear'],
  ['more actions on fewer resources', { Action: ['s3:Get', 's3:Put', 's3:Delete'], Resource: [] }, 'unclear'],
  ['NotAction for Action', { Action: undefined, NotAction: ['s3:Get', 's3:Put'] }, 'unclear'],
  ['a member that IAM does not define', { Comment: 'x' }, 'unclear'],
];

describe('What a change of a statement means', () => {
  it.each(changes)('%s', (_what, change, allows) => {
    expect(judged(allow, { ...allow, ...change })).toBe(allows);
    expect(judged({ ...allow, ...change }, allow)).toBe(opposite[allows]);
    expect(judged(deny, { ...deny, ...change })).toBe(opposite[allows]);
  });

  it.each(['StringNotEquals', 'ArnNotLike', 'ForAnyValue:StringNotEquals', 'StringNotLikeIfExists'])(
    'one more value of %s allows less',
    (operator) => {
      expect(judged({ ...allow, ...condition(operator, 'x') }, { ...allow, ...condition(operator, 'x', 'y') })).toBe('less');
    },
  );

  it.each(['NumericLessThan', 'Bool', 'Null', 'DateGreaterThan'])('another value of %s needs a reader', (operator) => {
    expect(judged({ ...allow, ...condition(operator, 'x') }, { ...allow, ...condition(operator, 'x', 'y') })).toBe('unclear');
  });

  it('one more exception of NotResource allows less', () => {
    const { Resource: _resource, ...rest } = allow;
    expect(judged({ ...rest, NotResource: ['a'] }, { ...rest, NotResource: ['a', 'b'] })).toBe('less');
  });

  it('a new Allow and a Deny that is gone allow more', () => {
    expect([judged(undefined, allow), judged(deny, undefined)]).toEqual(['more', 'more']);
    expect([judged(allow, undefined), judged(undefined, deny)]).toEqual(['less', 'less']);
  });

  it('a Deny that becomes an Allow allows more, and every other effect needs a reader', () => {
    expect([judged(deny, allow), judged(allow, deny)]).toEqual(['more', 'less']);
    expect([judged(undefined, { ...allow, Effect: 'Perhaps' }), judged(allow, { Action: 'x' })]).toEqual(['unclear', 'unclear']);
  });
});
