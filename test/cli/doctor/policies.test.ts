import { describe, expect, it } from 'vitest';
import { absent, found } from '../../../cli/doctor/answer.ts';
import { checkApprovals, checkBusPolicy } from '../../../cli/doctor/checks/bus-policy.ts';
import { matchesArnPattern, matchesPattern } from '../../../cli/doctor/checks/iam-pattern.ts';
import { checkTrust } from '../../../cli/doctor/checks/roles.ts';
import type { Statement } from '../../../cli/doctor/gather/roles.ts';

const HOME = '111122223333';
const ROLES = ['releases', 'follow-ups'].map((name) => `arn:aws:iam::${HOME}:role/ota-dispatch-prod-eu-west-1-${name}`);
const [RELEASES = '', FOLLOW_UPS = ''] = ROLES;
type Condition = NonNullable<Statement['Condition']>;

describe('a pattern of IAM', () => {
  it.each([
    ['abc', 'abc', true],
    ['a.c', 'abc', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a*', 'abc:d/e', true],
    ['*b', 'abc', false],
  ])('%s for the text %s: %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  it.each([
    [`arn:aws:iam::${HOME}:role/ota-*`, true],
    ['arn:*:iam::*:role/*', true],
    ['arn:aws:iam:*', false],
    ['*', false],
    ['arn:aws:iam::999999999999:role/*', false],
  ])('%s for the ARN of a role: %s', (pattern, matches) => {
    expect(matchesArnPattern(pattern, RELEASES)).toBe(matches);
  });

  it('covers colons in the last part of an ARN', () => {
    expect(matchesArnPattern('arn:aws:s:r:1:*', 'arn:aws:s:r:1:a:b')).toBe(true);
  });
});

describe('the policy of an existing bus protects the outcomes', () => {
  const denying = (exempt: Condition, of: Partial<Statement> = {}): Statement => ({
    Effect: 'Deny',
    Principal: '*',
    Condition: { 'ForAnyValue:StringEquals': { 'events:source': ['ota-dispatch'] }, ...exempt },
    ...of,
  });
  const exempting = (operator: string, ...arns: readonly string[]) => denying({ [operator]: { 'aws:PrincipalArn': arns } });
  const statusOf = (...statements: readonly Statement[]) =>
    checkBusPolicy({ name: 'b', statements }, found(ROLES)).map(({ status }) => status);

  it.each([
    ['ArnNotEquals', ROLES],
    ['ArnNotLike', ROLES],
    ['StringNotEquals', ROLES],
    ['StringNotLike', ROLES],
    ['ArnNotLike', [`arn:aws:iam::${HOME}:role/ota-dispatch-prod-*`]],
    ['ArnNotEquals', [`arn:aws:iam::${HOME}:role/ota-dispatch-prod-*`]],
    ['StringNotLike', [`*:role/ota-dispatch-prod-*`]],
  ])('if %s exempts %s', (operator, arns) => {
    expect(statusOf(exempting(operator, ...arns))).toEqual(['ok']);
  });

  it('if two conditions of one statement exempt one role each', () => {
    const each = { ArnNotLike: { 'aws:PrincipalArn': RELEASES }, StringNotEquals: { 'AWS:principalarn': FOLLOW_UPS } };
    expect(statusOf(denying(each))).toEqual(['ok']);
  });

  it.each([
    ['StringNotEquals', [`arn:aws:iam::${HOME}:role/*`]],
    ['ArnEquals', ROLES],
    ['arnnotlike', ROLES],
    ['ArnNotLike', [RELEASES]],
  ])('but not if %s exempts %s', (operator, arns) => {
    expect(statusOf(exempting(operator, ...arns))).toEqual(['failure']);
  });

  it('but not if a second statement exempts other roles', () => {
    expect(statusOf(exempting('ArnNotLike', ...ROLES), exempting('ArnNotLike', RELEASES))).toEqual(['failure']);
    expect(statusOf(exempting('ArnNotLike', RELEASES), exempting('ArnNotLike', FOLLOW_UPS))).toEqual(['failure']);
  });

  it.each(['StringEquals', 'ForAllValues:StringEquals', 'StringNotEquals', 'ForAnyValue:StringNotEquals'])(
    'but not if the Deny has %s, which another entry of the call evades',
    (operator) => {
      const Condition = { [operator]: { 'events:source': 'ota-dispatch' }, ArnNotLike: { 'aws:PrincipalArn': ROLES } };
      expect(statusOf(denying({}, { Condition }))).toEqual(['failure']);
    },
  );

  it('but not if the Deny is for some principals only', () => {
    const exempt = { ArnNotLike: { 'aws:PrincipalArn': ROLES } };
    expect(statusOf(denying(exempt, { Principal: { AWS: 'arn:aws:iam::999999999999:root' } }))).toEqual(['failure']);
    expect(statusOf(denying(exempt, { Principal: { AWS: '*' } }))).toEqual(['ok']);
  });

  it('but does not let the roles of another bus approve: only a negated operator exempts', () => {
    const types = { 'events:detail-type': ['Firmware Release Approved', 'Firmware Channel Resumed'] };
    const approving = (operator: string): Statement => ({
      Effect: 'Deny',
      Principal: '*',
      Condition: { 'ForAnyValue:StringEquals': types, [operator]: { 'aws:PrincipalArn': RELEASES } },
    });
    const check = (operator: string) =>
      checkApprovals({ name: 'b', statements: [approving(operator)] }, found([RELEASES]), { isOwn: false }).status;
    expect([check('ArnNotLike'), check('ArnLike')]).toEqual(['ok', 'failure']);
  });
});

describe('the trust policy of a role trusts AWS IoT', () => {
  const role = { arn: 'arn:r', channels: [], targets: [], profiles: [], signedTo: [], isForUpdates: true, readsArtifacts: true };
  const trusting = (Condition?: Condition, Action: Statement['Action'] = 'sts:AssumeRole'): Statement => ({
    Effect: 'Allow',
    Principal: { Service: 'iot.amazonaws.com' },
    Action,
    ...(Condition && { Condition }),
  });
  const judge = (...statements: readonly Statement[]) => checkTrust(role, found({ Statement: statements }), HOME).at(-1);
  const ofAccount = (account: string) => ({ 'aws:SourceAccount': account });
  const ofArn = (...accounts: readonly string[]) => ({ 'aws:SourceArn': accounts.map((account) => `arn:aws:iot:eu-west-1:${account}:*`) });
  const OTHER = '999999999999';

  it.each<[string, Condition]>([
    ['the account of aws:SourceArn', { ArnLike: ofArn(HOME) }],
    ['one of the accounts of aws:SourceArn', { StringLike: ofArn(OTHER, HOME) }],
    ['a part of the account with a wildcard', { ArnLike: ofArn('1111*') }],
    ['both keys', { StringEquals: ofAccount(HOME), ArnLike: ofArn(HOME) }],
    ['both keys under one operator', { StringLike: { ...ofAccount(HOME), ...ofArn(HOME) } }],
    ['its account beside an ARN of every account', { StringEquals: ofAccount(HOME), ArnLike: ofArn('*') }],
  ])('for this account by %s', (_by, condition) => {
    expect(judge(trusting(condition))).toMatchObject({ id: 'ota-role-trust', status: 'ok' });
  });

  it.each<[string, Condition | undefined]>([
    ['without a condition', undefined],
    ['with an ARN of every account', { ArnLike: ofArn('*') }],
    ['with an ARN that has only a wildcard', { StringLike: { 'aws:SourceArn': '*' } }],
    ['with a negated operator', { StringNotEquals: ofAccount(HOME) }],
    ['with a negated operator for the ARN', { ArnNotLike: ofArn(HOME) }],
    ['if the account only must be present', { Null: ofAccount('false') }],
    ['with another key', { StringEquals: { 'aws:PrincipalAccount': HOME } }],
  ])('for every account %s', (_with, condition) => {
    expect(judge(trusting(condition))).toMatchObject({ id: 'ota-role-trust', status: 'warning' });
  });

  it('for every account if one of its statements does', () => {
    expect(judge(trusting({ StringEquals: ofAccount(HOME) }), trusting())?.status).toBe('warning');
  });

  it.each<[string, Condition, string]>([
    ['aws:SourceArn', { ArnLike: ofArn(OTHER) }, `for account ${OTHER}, not`],
    ['one of two conditions', { StringEquals: ofAccount(HOME), ArnLike: ofArn(OTHER) }, `for account ${OTHER}, not`],
  ])('for another account by %s', (_by, condition, seen) => {
    expect(judge(trusting(condition))).toMatchObject({ status: 'failure', seen: expect.stringContaining(seen) });
  });

  it('for this account if one of two statements does', () => {
    expect(judge(trusting({ StringEquals: ofAccount(OTHER) }), trusting({ StringEquals: ofAccount(HOME) }))?.status).toBe('ok');
  });

  it.each([
    ['sts:AssumeRole', 'ok'],
    ['sts:assumerole', 'ok'],
    ['sts:*', 'ok'],
    ['*', 'ok'],
    ['sts:TagSession', 'failure'],
  ] as const)('with the action %s: %s', (action, status) => {
    expect(judge(trusting({ StringEquals: ofAccount(HOME) }, action))?.status).toBe(status);
    expect(judge(trusting({ StringEquals: ofAccount(HOME) }, ['sts:SetSourceIdentity', action]))?.status).toBe(status);
  });

  it('only if it exists', () => {
    expect(checkTrust(role, absent, HOME)).toMatchObject([{ id: 'ota-role-exists', status: 'failure' }]);
  });
});
