import { describe, expect, it } from 'vitest';
import { deploymentOf } from '../../../cli/doctor/deployment.ts';

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
