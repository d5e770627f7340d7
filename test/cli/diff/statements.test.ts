import { describe, expect, it } from 'vitest';
import { changedStatements, statementOf } from '../../../cli/diff/statements.ts';

const read = { Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: 'arn:aws:s3:::a' };
const write = { Sid: 'Write', Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::a' };
const changes = (before: unknown[], after: unknown[]) => changedStatements(before.map(statementOf), after.map(statementOf));
/** The Sids, or else the actions, of each change, before and after. */
const names = (before: unknown[], after: unknown[]) =>
  changes(before, after).map(({ before: old, after: next }) =>
    [old, next].map((side) => side && (side.sid ?? side.lists['Action']?.join())),
  );

describe('Two policies are the same', () => {
  it.each<[what: string, before: unknown[], after: unknown[]]>([
    ['if their statements have another order', [read, write], [write, read]],
    ['if a list has another order', [read], [{ ...read, Action: ['s3:ListBucket', 's3:GetObject'] }]],
    ['if a text became a list of one', [write], [{ ...write, Action: ['s3:PutObject'], Resource: ['arn:aws:s3:::a'] }]],
    ['if a list names something twice', [write], [{ ...write, Action: ['s3:PutObject', 's3:PutObject'] }]],
    [
      'if a condition has false as a text',
      [{ ...read, Condition: { Bool: { 'aws:SecureTransport': false } } }],
      [{ ...read, Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }],
    ],
    [
      'if a principal became a list of one',
      [{ ...read, Principal: { Service: 'lambda.amazonaws.com' } }],
      [{ ...read, Principal: { Service: ['lambda.amazonaws.com'] } }],
    ],
  ])('%s', (_what, before, after) => {
    expect(changes(before, after)).toEqual([]);
  });
});

describe('A statement that changed is found', () => {
  it('by its Sid, even if everything else differs', () => {
    expect(names([read, write], [{ ...write, Sid: 'Read' }, write])).toEqual([['Read', 'Read']]);
  });

  it('by its actions, if it has no Sid', () => {
    const { Sid: _sid, ...nameless } = write;
    expect(names([nameless], [{ ...nameless, Resource: '*' }])).toEqual([['s3:PutObject', 's3:PutObject']]);
  });

  it('by its resources, if it has no Sid', () => {
    const { Sid: _sid, ...nameless } = write;
    expect(names([nameless], [{ ...nameless, Action: 's3:*' }])).toEqual([['s3:PutObject', 's3:*']]);
  });

  it('as gone and new, if only its effect is the same, or if it has another name', () => {
    const { Sid: _sid, ...nameless } = write;
    expect(names([nameless], [{ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }])).toEqual([
      ['s3:PutObject', undefined],
      [undefined, 'sqs:*'],
    ]);
    expect(names([write], [{ ...write, Sid: 'Other' }])).toEqual([
      ['Write', undefined],
      [undefined, 'Other'],
    ]);
  });

  it('once for each of two equal statements, of which one is gone', () => {
    expect(names([write, write], [write])).toEqual([['Write', undefined]]);
  });
});

describe('Nothing of a statement is lost', () => {
  it.each([
    ['a member that IAM does not define', { ...read, Comment: 'x' }],
    ['another principal', { ...read, Principal: { AWS: '*' } }],
    ['NotAction', { ...read, NotAction: 'a:*' }],
    ['a condition that is no object', { ...read, Condition: 'x' }],
    ['an operator that is no object', { ...read, Condition: { Bool: 'x' } }],
    ['a statement that is a text', 'Fn::If'],
    ['a statement that is null', null],
    ['a number as an action', { ...read, Action: 5 }],
  ])('%s makes a difference', (_what, other) => {
    expect(changes([read], [other])).not.toEqual([]);
  });
});
