import { describe, expect, it } from 'vitest';
import { type Answer, absent, found, type Unread } from '../../../cli/doctor/answer.ts';
import { type Deployment, deploymentOf } from '../../../cli/doctor/deployment.ts';
import type { DeployedFunction } from '../../../cli/doctor/gather/deployed.ts';
import { inUse } from '../../../cli/doctor/in-use.ts';
import { intendedOf, reservedBy } from '../../../cli/doctor/intended.ts';
import { CHANNELS } from './a-ready-account.ts';

const where = { partition: 'aws', region: 'eu-west-1', account: '111122223333' };
const denied: Unread = { kind: 'unread', action: 'lambda:GetFunctionConfiguration', reason: 'denied', why: 'not authorized' };
const given = { ...deploymentOf('prod', ''), unansweredMiMinutes: 60 };
const RELEASES = 'ota-dispatch-prod-releases';

describe('the parameters that a deployed stage uses', () => {
  const usedBy = (deployment: Partial<Deployment>, configuration: DeployedFunction['configuration']) =>
    inUse({ deployment: { ...given, ...deployment }, caller: { ...where, arn: 'arn:caller' } }, [
      { name: RELEASES, configuration, reserved: absent, mappings: absent },
    ]);
  const having = (environment: Record<string, string>) => found({ state: 'Active', lastUpdate: '', environment });
  const deployed = having({ OTA_BUS_NAME: 'deployed', OTA_ALLOWED_ACCOUNTS: '111122223333,444455556666' });
  const computed = { busName: undefined, allowedAccounts: undefined };

  it('are those of serverless.yml', () => {
    expect(usedBy({ allowedAccounts: ['777788889999'] }, deployed)).toEqual({
      busName: found('firmware-prod'),
      allowedAccounts: found(['777788889999']),
    });
  });

  it('are those of the function releases if serverless.yml computes them, without the account of the stage', () => {
    expect(usedBy(computed, deployed)).toEqual({ busName: found('deployed'), allowedAccounts: found(['444455556666']) });
  });

  it.each<[string, DeployedFunction['configuration'], Answer<never>]>([
    ['may not be read', denied, denied],
    ['does not exist', absent, absent],
    ['has no such variables', having({}), absent],
  ])('are not known if the function %s', (_what, configuration, answer) => {
    expect(usedBy(computed, configuration)).toEqual({ busName: answer, allowedAccounts: answer });
    expect(usedBy({}, configuration)).toEqual({ busName: found('firmware-prod'), allowedAccounts: found([]) });
  });
});

describe('what the stack would be if serverless.yml computes', () => {
  const variablesWithout = (parameter: keyof Deployment) => {
    const { environments, computed } = intendedOf(CHANNELS, { ...given, [parameter]: undefined }, where);
    const all = intendedOf(CHANNELS, given, where).environments;
    const names = (of: typeof all) =>
      Object.entries(of).flatMap(([name, variables]) => Object.keys(variables).map((one) => `${name} ${one}`));
    expect(computed).toEqual([parameter]);
    return names(all)
      .filter((name) => !names(environments).includes(name))
      .map((name) => name.replace('ota-dispatch-prod-', ''));
  };

  it.each([
    ['busName', ['releases OTA_BUS_NAME', 'follow-ups OTA_BUS_NAME']],
    ['allowedAccounts', ['releases OTA_ALLOWED_ACCOUNTS', 'follow-ups OTA_ALLOWED_ACCOUNTS']],
    ['unansweredMiMinutes', ['releases OTA_UNANSWERED_MI_MINUTES', 'follow-ups OTA_UNANSWERED_MI_MINUTES']],
    ['looksPerSecond', ['follow-ups OTA_LOOKS_PER_SECOND', 'sweep OTA_LOOKS_PER_SECOND']],
    ...(['createsPerSecond', 'followUpsShare'] as const).map(
      (rate) =>
        [
          rate,
          [
            'releases OTA_CREATES_PER_SECOND',
            'releases OTA_STEERING_CREATES_PER_SECOND',
            'follow-ups OTA_CREATES_PER_SECOND',
            'follow-ups OTA_LOOKS_PER_SECOND',
          ],
        ] as const,
    ),
  ] as const)('%s leaves out the variables that depend on it', (parameter, left) => {
    expect(variablesWithout(parameter)).toEqual(left);
  });

  it('nothing has all variables', () => {
    expect(intendedOf(CHANNELS, given, where).computed).toEqual([]);
  });

  it('allowedAccounts has those in use in the patterns of its rules', () => {
    const { patterns } = intendedOf(CHANNELS, { ...given, allowedAccounts: undefined }, where, ['444455556666']);
    expect(patterns[RELEASES]?.['account']).toEqual(['111122223333', '444455556666']);
  });

  it.each(['createsPerSecond', 'followUpsShare'] as const)('%s is an unknown number of reserved executions', (parameter) => {
    expect(reservedBy(given)).toBeGreaterThan(0);
    expect(reservedBy({ ...given, [parameter]: undefined })).toBeUndefined();
  });
});
