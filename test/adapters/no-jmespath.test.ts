import { search as searchOfPowertools } from '@aws-lambda-powertools/jmespath';
import { describe, expect, it } from 'vitest';
import { search } from '../../scripts/no-jmespath.ts';

describe('What stands for JMESPath in the bundles', () => {
  it.each([{ key: 'fw-1.abc', work: 1 }, { other: 1 }, {}])('finds the member of %o that JMESPath finds', (payload) => {
    expect(search('key', payload)).toEqual(searchOfPowertools('key', payload as never));
  });

  it('refuses every other expression', () => {
    expect(() => search('key[0]', { key: ['a'] })).toThrow('only the name of a member is supported, got key[0]');
  });
});
