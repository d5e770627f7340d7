import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../../cli/doctor/deployment.ts';
import { COMPUTED } from './a-ready-account.ts';

/** A variable of serverless.yml. */
const variable = (name: string) => `\${${name}}`;

describe('the parameters of a stage', () => {
  const file = `
params:
  default:
    region: eu-west-1
    busName: firmware-${variable('sls:stage')}
    createsPerSecond: 10
    unansweredMiMinutes: ${variable('file(computed.js):minimum')}
    allowedAccounts: []
  prod:
    createsPerSecond: 20
    allowedAccounts: ['111122223333']
    artifactKeys: arn:a, arn:b
  local:
provider:
  region: !Ref AWS::Region
`;

  it('are those of default, and over them those of the stage', () => {
    expect(deploymentOf('prod', file)).toMatchObject({
      stage: 'prod',
      region: 'eu-west-1',
      busName: 'firmware-prod',
      createsPerSecond: 20,
      allowedAccounts: ['111122223333'],
      artifactKeys: ['arn:a', 'arn:b'],
    });
    expect(deploymentOf('local', file)).toMatchObject({ busName: 'firmware-local', createsPerSecond: 10, allowedAccounts: [] });
  });

  it('are not known where serverless.yml computes them', () => {
    expect(deploymentOf('prod', file).unansweredMiMinutes).toBeUndefined();
    expect(deploymentOf('prod', `params: { default: { region: "${variable('env:REGION')}" } }`).region).toBeUndefined();
  });

  it('are not known if serverless.yml computes those of the stage, whatever default has', () => {
    const computed = Object.keys(COMPUTED).map((name) => `${name}: "${variable('env:X')}"`);
    const given = 'createsPerSecond: 5, busName: named, allowedAccounts: ["444455556666"]';
    expect(deploymentOf('prod', `params: { default: { ${given} }, prod: { ${computed.join(', ')} } }`)).toMatchObject(COMPUTED);
  });

  it('are not known if one item of a list is computed', () => {
    const list = `["111122223333", "${variable('ssm:/x')}"]`;
    expect(deploymentOf('prod', `params: { default: { allowedAccounts: ${list} } }`).allowedAccounts).toBeUndefined();
  });

  it.each([
    ['a block', `params: { default: { region: eu-west-1 }, prod: "${variable('file(prod.yml)')}" }`],
    ['the whole', `params: "${variable('file(params.yml)')}"`],
  ])('are not known if %s comes from another file', (_what, text) => {
    expect(deploymentOf('prod', text)).toMatchObject({ ...COMPUTED, region: undefined });
  });

  it('have the stage in a list, too', () => {
    const list = `["arn:aws:iam::111122223333:role/board-${variable('sls:stage')}"]`;
    expect(deploymentOf('prod', `params: { default: { approvalPrincipals: ${list} } }`).approvalPrincipals).toEqual([
      'arn:aws:iam::111122223333:role/board-prod',
    ]);
  });

  it('are the defaults if serverless.yml does not name them', () => {
    for (const text of ['', 'params:', 'service: other'])
      expect(deploymentOf('constructor', text)).toMatchObject({
        bus: 'own',
        busName: 'firmware-constructor',
        createsPerSecond: 10,
        followUpsShare: 0.03,
        looksPerSecond: 8,
        describeJobPerSecond: 10,
        hasJobEvents: true,
        kmsKey: 'aws',
        artifactKeys: [],
        alarmTopicArn: '',
      });
  });
});
