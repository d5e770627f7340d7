import type { Problem, Segment } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { wordsForMisplaced } from '../../../domain/channels/gate-members.ts';
import { documentsBucketName, replaceVariables } from '../../../domain/channels/variables.ts';
import { place } from '../../../proof/support/fixtures.ts';

describe('a member of a gate in the wrong place', () => {
  const isExplained = (path: readonly Segment[], kind: Problem['kind'] | undefined = 'unknown') => {
    const problem: Problem = { path, message: 'unknown member', ...(kind && { kind }) };
    const { message, ...others } = wordsForMisplaced(problem);
    expect(others).toEqual({ path, ...(kind && { kind }) });
    return message !== problem.message;
  };

  it.each<[string, readonly Segment[], boolean]>([
    ['of a channel', ['products', 'hub', 'channels', 'stable', 'soakMinutes'], true],
    ['of a channel that no gate has', ['products', 'hub', 'channels', 'stable', 'soakHours'], false],
    ['of a product, which is a hold', ['products', 'hub', 'hold'], true],
    ['of a product, which is no hold', ['products', 'hub', 'soakMinutes'], false],
    ['of a member of a product', ['products', 'hub', 'channel', 'stable', 'soakMinutes'], false],
    ['of another list than that of the products', ['product', 'hub', 'channels', 'stable', 'soakMinutes'], false],
    ['of a template', ['products', 'hub', 'channels', 'stable', 'createJob', 'soakMinutes'], false],
    ['of a product with a hold inside', ['products', 'hub', 'channels', 'hold'], false],
  ])('%s: whether the message says what to do', (_what, path, expected) => {
    expect(isExplained(path)).toBe(expected);
  });

  it('keeps the message of a problem of another kind', () => {
    expect(isExplained(['products', 'hub', 'channels', 'stable', 'soakMinutes'], 'missing')).toBe(false);
  });
});

describe('a variable of AWS IoT', () => {
  const text = ['$', '{aws:iot:s3-presigned-url:x}'].join('');
  const problems = (path: readonly string[]) => {
    const value = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), text);
    return replaceVariables(value, place).problems.map((problem) => problem.path);
  };

  it.each<[readonly string[], boolean]>([
    [['products', 'hub', 'channels', 'stable', 'jobDocument', 'url'], true],
    [['products', 'hub', 'channels', 'stable', 'createJob', 'document'], true],
    [['products', 'hub', 'channels', 'stable', 'createJob', 'description'], false],
    [['products', 'hub', 'channels', 'stable', 'createOTAUpdate', 'document'], false],
    [['products', 'hub', 'others', 'stable', 'jobDocument', 'url'], false],
    [['others', 'hub', 'channels', 'stable', 'jobDocument', 'url'], false],
  ])('stays in %j: %s', (path, stays) => {
    expect(problems(path)).toEqual(stays ? [] : [path]);
  });
});

describe('the bucket of the job documents', () => {
  it('has stage, account and region in its name, because names of buckets are global', () => {
    expect(documentsBucketName({ stage: 'prod', accountId: '123456789012', region: 'eu-west-1' })).toBe(
      'ota-dispatch-prod-documents-123456789012-eu-west-1',
    );
  });
});
