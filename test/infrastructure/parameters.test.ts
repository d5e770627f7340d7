import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { stage as stageOf } from '../../infrastructure/computed.ts';
import { itemsOf, nameFaults, PARAMETERS, parameterFaults, stageFaults } from '../../infrastructure/parameters.ts';
import { TEST_PARAMETERS } from '../../scripts/service-copy.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/a';
const OTHER_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/b';
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:on-call';
const right = {
  bus: 'own',
  busName: 'firmware-prod',
  allowedAccounts: [],
  approvalPrincipals: [],
  createsPerSecond: 10,
  followUpsShare: 0.03,
  looksPerSecond: 8,
  describeJobPerSecond: 10,
  jobEvents: 'on',
  unansweredMiMinutes: 20,
  kmsKey: 'aws',
  formerKmsKeys: [],
  artifactKeys: [],
  alarmEmail: '',
  alarmTopicArn: '',
  architecture: 'arm64',
  logRetentionDays: 90,
  logLevel: 'INFO',
};

describe('A parameter', () => {
  it.each<[Record<string, unknown>]>([
    [{}],
    [{ bus: 'existing' }],
    [{ allowedAccounts: '444455556666,777788889999' }],
    [{ allowedAccounts: ['444455556666'] }],
    [{ approvalPrincipals: 'arn:aws:iam::111122223333:role/release-board,arn:aws:iam::444455556666:user/kim' }],
    [{ approvalPrincipals: ['arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_ReleaseBoard_*'] }],
    [{ createsPerSecond: '0.5', followUpsShare: '0.5', unansweredMiMinutes: '30' }],
    [{ looksPerSecond: '10' }],
    [{ jobEvents: 'off' }],
    [{ looksPerSecond: 40, describeJobPerSecond: '50' }],
    [{ kmsKey: 'create', artifactKeys: KEY }],
    [{ kmsKey: KEY, artifactKeys: [KEY, OTHER_KEY] }],
    [{ formerKmsKeys: `${KEY},${OTHER_KEY}` }],
    [{ architecture: 'x86_64' }],
    [{ logLevel: 'TRACE' }],
    [{ logLevel: 'SILENT' }],
    [{ bus: 'existing', busName: 'default' }],
    [{ bus: 'existing', busName: 'aws.partner/acme.example/a' }],
    [{ alarmEmail: 'on-call+firmware@acme.example' }],
    [{ alarmTopicArn: TOPIC }],
    [{ alarmTopicArn: `${TOPIC}.fifo` }],
    [{ logRetentionDays: '3653' }],
  ])('may be %j', (values) => {
    expect(parameterFaults({ ...right, ...values }, 'eu-central-1')).toEqual([]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ bus: 'exsting' }, 'params.bus must be own or existing, not "exsting"'],
    [{ allowedAccounts: '444455556666,1111' }, 'params.allowedAccounts must be account ids of 12 digits, not "1111"'],
    [{ allowedAccounts: [12345678901] }, 'params.allowedAccounts must be account ids of 12 digits, not "12345678901"'],
    ...[
      'release-board',
      'arn:aws:sts::111122223333:assumed-role/release-board/kim',
      'arn:aws:iam::*:role/release-board',
      'arn:aws:iam::111122223333:root',
    ].map((approvalPrincipals): [Record<string, unknown>, string] => [
      { approvalPrincipals },
      `params.approvalPrincipals must be ARNs of IAM roles or users with an account, such as arn:aws:iam::111122223333:role/release-board (* and ? may stand in the name; of a session, name the role), not "${approvalPrincipals}"`,
    ]),
    [
      { approvalPrincipals: 'arn:aws-cn:iam::111122223333:role/release-board' },
      'params.approvalPrincipals must name principals whose ARNs begin with arn:aws:, as in eu-central-1, not "arn:aws-cn:iam::111122223333:role/release-board"',
    ],
    [{ createsPerSecond: 0 }, 'params.createsPerSecond must be a number above 0, not "0"'],
    [{ createsPerSecond: 'ten' }, 'params.createsPerSecond must be a number above 0, not "ten"'],
    [{ createsPerSecond: 'Infinity' }, 'params.createsPerSecond must be a number above 0, not "Infinity"'],
    [{ followUpsShare: 0 }, 'params.followUpsShare must be a number between 0 and 1, not "0"'],
    [{ followUpsShare: 1 }, 'params.followUpsShare must be a number between 0 and 1, not "1"'],
    [{ unansweredMiMinutes: 5 }, 'params.unansweredMiMinutes must be a number of at least 20, not "5"'],
    [{ looksPerSecond: 0 }, 'params.looksPerSecond must be a number above 0, not "0"'],
    [{ describeJobPerSecond: 'ten' }, 'params.describeJobPerSecond must be a number above 0, not "ten"'],
    [{ looksPerSecond: '12' }, 'params.looksPerSecond must be at most describeJobPerSecond, which is 10, not "12"'],
    [{ jobEvents: 'yes' }, 'params.jobEvents must be on or off, not "yes"'],
    [{ jobEvents: true }, 'params.jobEvents must be on or off, not "true"'],
    [{ kmsKey: 'mine' }, 'params.kmsKey must be aws, create or the ARN of a KMS key, not "mine"'],
    [{ artifactKeys: ['alias/mine'] }, 'params.artifactKeys must be ARNs of KMS keys, not "alias/mine"'],
    [{ formerKmsKeys: 'create' }, 'params.formerKmsKeys must be ARNs of KMS keys, not "create"'],
    ...['default', 'team/firmware'].map((busName): [Record<string, unknown>, string] => [
      { busName },
      `params.busName must be another name than default and have no / if bus is own, not "${busName}": EventBridge creates no such bus`,
    ]),
    [{ busName: 'my bus' }, 'params.busName must be the name of an event bus: up to 256 letters, digits and . _ - /, not "my bus"'],
    [{ busName: '' }, 'params.busName must be the name of an event bus: up to 256 letters, digits and . _ - /, not ""'],
    [{ alarmEmail: 'on-call' }, 'params.alarmEmail must be an email address, or empty, not "on-call"'],
    [
      { alarmEmail: 'a@acme.example, b@acme.example' },
      'params.alarmEmail must be an email address, or empty, not "a@acme.example, b@acme.example"',
    ],
    [{ alarmTopicArn: 'garbage' }, 'params.alarmTopicArn must be the ARN of an SNS topic, or empty, not "garbage"'],
    [
      { alarmTopicArn: TOPIC.replace('sns', 'sqs') },
      `params.alarmTopicArn must be the ARN of an SNS topic, or empty, not "${TOPIC.replace('sns', 'sqs')}"`,
    ],
    [
      { alarmTopicArn: `${TOPIC}:a-subscription` },
      `params.alarmTopicArn must be the ARN of an SNS topic, or empty, not "${TOPIC}:a-subscription"`,
    ],
    [
      { alarmEmail: 'on-call@acme.example', alarmTopicArn: TOPIC },
      "params.alarmEmail must be empty beside alarmTopicArn, because the alarms go only to that topic: remove one of the two, or set it to ''",
    ],
    [
      { logRetentionDays: 10 },
      'params.logRetentionDays must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, not "10"',
    ],
    [{ architecture: 'amd64' }, 'params.architecture must be arm64 or x86_64, not "amd64"'],
    [{ logLevel: 'debug' }, 'params.logLevel must be TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL or SILENT, not "debug"'],
  ])('may not be %j', (values, fault) => {
    expect(parameterFaults({ ...right, ...values }, 'eu-central-1')).toEqual([fault]);
  });

  it.each<[Record<string, unknown>, string, string, string]>([
    [{ kmsKey: KEY }, 'kmsKey', 'eu-west-1', KEY],
    [{ formerKmsKeys: [KEY.replace('eu-central-1', 'eu-west-1'), KEY] }, 'formerKmsKeys', 'eu-west-1', KEY],
    [{ artifactKeys: KEY.replace('eu-central-1', 'cn-north-1') }, 'artifactKeys', 'cn-north-1', KEY.replace('eu-central-1', 'cn-north-1')],
  ])('may not be %j, a key of another region or partition', (values, name, region, key) => {
    const beginning = `arn:${region === 'cn-north-1' ? 'aws-cn' : 'aws'}:kms:${region}:`;
    expect(parameterFaults({ ...right, ...values }, region)).toEqual([
      `params.${name} must name keys of ${region}, whose ARNs begin with ${beginning}, not "${key}"`,
    ]);
  });

  it.each([
    ['another region', TOPIC, 'eu-west-1', 'arn:aws:sns:eu-west-1:'],
    ['another partition', TOPIC.replace('eu-central-1', 'cn-north-1'), 'cn-north-1', 'arn:aws-cn:sns:cn-north-1:'],
  ])('may not be a topic of %s', (_what, alarmTopicArn, region, beginning) => {
    expect(parameterFaults({ ...right, alarmTopicArn }, region)).toEqual([
      `params.alarmTopicArn must name a topic of ${region}, whose ARN begins with ${beginning}, not "${alarmTopicArn}"`,
    ]);
  });

  it('that is a list may be a list, or comma-separated text', () => {
    expect(itemsOf(['444455556666'])).toEqual(['444455556666']);
    expect(itemsOf([444455556666])).toEqual(['444455556666']);
    expect(itemsOf(' 444455556666,')).toEqual(['444455556666']);
    expect(itemsOf('')).toEqual([]);
  });
});

describe('The name of a parameter', () => {
  it.each([
    [
      '--param',
      { params: {}, options: ['looksPersecond=4'] },
      '--param looksPersecond: there is no such parameter. Did you mean looksPerSecond?',
    ],
    [
      'a stage',
      { params: { prod: { alarmMail: 'a@b' } }, options: [] },
      'params.prod.alarmMail: there is no such parameter. Did you mean alarmEmail?',
    ],
    [
      'the defaults',
      { params: { default: { kmskey: 'aws' } }, options: [] },
      'params.default.kmskey: there is no such parameter. Did you mean kmsKey?',
    ],
  ])('is refused if it is misspelt in %s, with the one that was meant', (_where, given, fault) => {
    expect(nameFaults(given)).toEqual([fault]);
  });

  it('is refused with all names if none is near', () => {
    expect(nameFaults({ params: null, options: ['colour=red'] })).toEqual([
      `--param colour: there is no such parameter; there are ${PARAMETERS.join(', ')}`,
    ]);
  });

  it.each([
    [
      'every parameter',
      { params: { prod: Object.fromEntries(PARAMETERS.map((name) => [name, ''])) }, options: PARAMETERS.map((name) => `${name}=a=b`) },
    ],
    ['no params at all', { params: undefined, options: [] }],
    ['a stage without any', { params: { prod: null }, options: [] }],
    ['a variable in the place of a stage', { params: { prod: `\${file(prod.yml)}` }, options: [] }],
  ])('is right in %s', (_what, given) => {
    expect(nameFaults(given)).toEqual([]);
  });

  it('is the same here and in the parameters of the tests', () => {
    const { params } = parse(readFileSync(TEST_PARAMETERS, 'utf8'), { logLevel: 'error' });
    expect([...PARAMETERS].sort()).toEqual(Object.keys(params.default).sort());
  });
});

describe('A stage', () => {
  it('is the one of the command, or else `local`', () => {
    expect([stageOf({ options: { stage: 'prod' } }), stageOf({ options: {} })]).toEqual(['prod', 'local']);
  });

  it.each(['Prod_1', 'Prod', 'p.1', 'ünit', ''])(
    'is refused before any other variable is replaced if it has other characters: "%s"',
    (stage) => {
      expect(() => stageOf({ options: { stage } })).toThrow(
        `the stage must be up to 16 lower-case letters, digits and hyphens, not "${stage}"`,
      );
    },
  );

  it.each([
    ['a-stage-of-16-ch', 'us-east-1'],
    ['twelve-chars', 'ap-southeast-1'],
  ])('may be %s in %s', (stage, region) => {
    expect(stageFaults(stage, region)).toEqual([]);
  });

  it.each([
    ['Prod', 'us-east-1', 'the stage must be up to 16 lower-case letters, digits and hyphens in us-east-1, not "Prod"'],
    [
      'a-stage-of-17-chs',
      'us-east-1',
      'the stage must be up to 16 lower-case letters, digits and hyphens in us-east-1, not "a-stage-of-17-chs"',
    ],
    [
      'thirteen-char',
      'ap-southeast-1',
      'the stage must be up to 12 lower-case letters, digits and hyphens in ap-southeast-1, not "thirteen-char"',
    ],
  ])('may not be %s in %s', (stage, region, fault) => {
    expect(stageFaults(stage, region)).toEqual([fault]);
  });
});
