import type { Template } from '../../../scripts/compiled-template.ts';
import { type Assertion, equal, failing, get, of, queueArn, queueUrl, resource, setting, unless } from './assertion.ts';

const functions = (t: Template) => of(t, 'AWS::Lambda::Function');
const mappings = (t: Template) => of(t, 'AWS::Lambda::EventSourceMapping');
const variables = (value: unknown) => (get(value, 'Properties.Environment.Variables') ?? {}) as Record<string, string>;
const calledBy = (t: Template, mapping: unknown) =>
  functions(t).find(([, f]) => String(get(mapping, 'Properties.FunctionName')).endsWith(`:${f.Properties['FunctionName']}`))?.[1];
const FUNCTION = 'ReleasesLambdaFunction.Properties';
const MAPPING = 'ReleasesEventSourceMappingSQSReleasesQueue.Properties';
const mostOf = (mapping: unknown) => Number(get(mapping, 'Properties.ScalingConfig.MaximumConcurrency'));
/** The variable with the limit of creates for what a mapping reads. */
const limitOf = (mapping: unknown) =>
  get(mapping, 'Properties.EventSourceArn') === queueArn('steering') ? 'OTA_STEERING_CREATES_PER_SECOND' : 'OTA_CREATES_PER_SECOND';
/** params.createsPerSecond. */
const QUOTA = 10;
/** params.looksPerSecond. */
const LOOKS = 8;
const looksOf = (value: unknown) => Number(variables(value)['OTA_LOOKS_PER_SECOND'] ?? 0);

/** What the handlers read. Every name is documented, and so is every value that is not the name of a resource. */
const ENVIRONMENT: Record<string, string> = {
  OTA_STAGE: 'local',
  OTA_ACCOUNT_ID: '111122223333',
  OTA_ALLOWED_ACCOUNTS: '111122223333',
  OTA_LEDGER_TABLE: 'ota-dispatch-local-ledger',
  OTA_LOCK_TABLE: 'ota-dispatch-local-lock',
  OTA_BUS_NAME: 'firmware-local',
  OTA_FOLLOW_UPS_QUEUE_URL: queueUrl('follow-ups'),
  OTA_REJECTED_QUEUE_URL: queueUrl('rejected'),
  OTA_DOCUMENTS_BUCKET: 'ota-dispatch-local-documents-111122223333-eu-central-1',
  OTA_UNANSWERED_MI_MINUTES: '20',
  OTA_TIME_FACTOR: '1',
  LOG_LEVEL: 'INFO',
  POWERTOOLS_SERVICE_NAME: 'ota-dispatch',
  POWERTOOLS_METRICS_NAMESPACE: 'OtaDispatch',
};

export const functionAssertions: Assertion[] = [
  {
    name: 'there are three functions, named after the stage and their task',
    check: (t) =>
      unless(
        equal(
          functions(t)
            .map(([, f]) => f.Properties['FunctionName'])
            .sort(),
          ['follow-ups', 'releases', 'sweep'].map((n) => `ota-dispatch-local-${n}`),
        ),
        'functions',
      ),
    mutate: setting(`${FUNCTION}.FunctionName`, 'releases'),
  },
  {
    name: 'every function runs its own bundle',
    check: (t) =>
      failing(
        functions(t),
        ({ Properties }) =>
          Properties['Handler'] !== `dist/${String(Properties['FunctionName']).replace('ota-dispatch-local-', '')}/index.handler`,
      ),
    mutate: setting(`${FUNCTION}.Handler`, 'dist/sweep/index.handler'),
  },
  {
    name: 'every function runs on Node 24',
    check: (t) => failing(functions(t), ({ Properties }) => Properties['Runtime'] !== 'nodejs24.x'),
    mutate: setting(`${FUNCTION}.Runtime`, 'nodejs20.x'),
  },
  {
    name: 'every function runs on arm64',
    check: (t) => failing(functions(t), ({ Properties }) => !equal(Properties['Architectures'], ['arm64'])),
    mutate: setting(`${FUNCTION}.Architectures`, ['x86_64']),
  },
  {
    name: 'no function runs longer than 60 s',
    check: (t) => failing(functions(t), ({ Properties }) => !(Number(Properties['Timeout']) <= 60)),
    mutate: setting(`${FUNCTION}.Timeout`, 61),
  },
  {
    name: 'every function has its concurrency reserved',
    check: (t) => failing(functions(t), ({ Properties }) => !(Number(Properties['ReservedConcurrentExecutions']) >= 1)),
    mutate: setting(`${FUNCTION}.ReservedConcurrentExecutions`, undefined),
  },
  {
    name: 'every function is traced',
    check: (t) => failing(functions(t), (f) => get(f, 'Properties.TracingConfig.Mode') !== 'Active'),
    mutate: setting(`${FUNCTION}.TracingConfig.Mode`, 'PassThrough'),
  },
  {
    name: 'every function has a role of its own',
    check: (t) => unless(new Set(functions(t).map(([, f]) => f.Properties['Role'])).size === 3, 'roles'),
    mutate: (t) => setting(`${FUNCTION}.Role`, resource(t, 'SweepLambdaFunction').Properties['Role'])(t),
  },
  {
    name: 'the environment of every function holds the documented variables and no others',
    check: (t) =>
      failing(functions(t), (f) => {
        const {
          OTA_CREATES_PER_SECOND: limit,
          OTA_STEERING_CREATES_PER_SECOND: _steering,
          OTA_LOOKS_PER_SECOND: _looks,
          ...names
        } = variables(f);
        return !(Number(limit) > 0) || !equal(Object.entries(names).sort(), Object.entries(ENVIRONMENT).sort());
      }),
    mutate: setting(`${FUNCTION}.Environment.Variables.OTA_LOCK_TABLE`, undefined),
  },
  {
    name: 'the sweep knows how many rollouts a second it may wake',
    check: (t) => unless(looksOf(resource(t, 'SweepLambdaFunction')) === LOOKS, 'SweepLambdaFunction'),
    mutate: setting('SweepLambdaFunction.Properties.Environment.Variables.OTA_LOOKS_PER_SECOND', undefined),
  },
  {
    name: 'all execution environments of follow-ups together look at as many rollouts a second as the stage may',
    check: (t) => {
      const all = mappings(t).reduce((sum, [, m]) => sum + mostOf(m) * looksOf(calledBy(t, m)), 0);
      return unless(all === LOOKS, `${all} looks per second`);
    },
    mutate: setting('FollowDashupsLambdaFunction.Properties.Environment.Variables.OTA_LOOKS_PER_SECOND', '8'),
  },
  {
    name: 'the function releases has no share of the looks, because it looks only at what a message of its own needs',
    check: (t) => unless(looksOf(resource(t, 'ReleasesLambdaFunction')) === 0, 'ReleasesLambdaFunction'),
    mutate: setting(`${FUNCTION}.Environment.Variables.OTA_LOOKS_PER_SECOND`, '8'),
  },
  {
    name: 'the function releases, and no other function, has a share of the quota for steering events',
    check: (t) =>
      failing(functions(t), (f, id) => Number(variables(f)['OTA_STEERING_CREATES_PER_SECOND']) > 0 !== (id === 'ReleasesLambdaFunction')),
    mutate: setting(`${FUNCTION}.Environment.Variables.OTA_STEERING_CREATES_PER_SECOND`, undefined),
  },
  {
    name: 'no function allows itself to be called in a loop without end, because the chain of follow-ups ends on its own',
    check: (t) => failing(functions(t), ({ Properties }) => Properties['RecursiveLoop'] !== undefined),
    mutate: setting('FollowDashupsLambdaFunction.Properties.RecursiveLoop', 'Allow'),
  },
  {
    name: 'no variable looks like a secret',
    check: (t) =>
      functions(t).flatMap(([, f]) =>
        Object.entries(variables(f))
          .filter(([name, value]) => /secret|password|token|private|api_?key/i.test(name) || /AKIA|BEGIN .*KEY/.test(value))
          .map(([name]) => name),
      ),
    mutate: setting(`${FUNCTION}.Environment.Variables.SIGNING_TOKEN`, 'x'),
  },
  {
    name: 'no function has idempotency switched off',
    check: (t) => failing(functions(t), (f) => 'POWERTOOLS_IDEMPOTENCY_DISABLED' in variables(f)),
    mutate: setting(`${FUNCTION}.Environment.Variables.POWERTOOLS_IDEMPOTENCY_DISABLED`, 'true'),
  },
  {
    name: 'no function logs whole events',
    check: (t) => failing(functions(t), (f) => 'POWERTOOLS_LOGGER_LOG_EVENT' in variables(f)),
    mutate: setting(`${FUNCTION}.Environment.Variables.POWERTOOLS_LOGGER_LOG_EVENT`, 'true'),
  },
  {
    name: 'every function runs in real time',
    check: (t) => failing(functions(t), (f) => variables(f)['OTA_TIME_FACTOR'] !== '1'),
    mutate: setting('FollowDashupsLambdaFunction.Properties.Environment.Variables.OTA_TIME_FACTOR', '60'),
  },
  {
    name: 'all execution environments together stay within the quota of creates',
    check: (t) => {
      const all = mappings(t).reduce(
        (sum, [, m]) => sum + Number(get(m, 'Properties.ScalingConfig.MaximumConcurrency')) * Number(variables(calledBy(t, m))[limitOf(m)]),
        0,
      );
      return unless(all <= QUOTA, `${all} creates per second`);
    },
    mutate: setting('ReleasesEventSourceMappingSQSSteeringQueue.Properties.ScalingConfig.MaximumConcurrency', 3),
  },
  {
    name: 'every mapping reports failures for each record',
    check: (t) => failing(mappings(t), ({ Properties }) => !equal(Properties['FunctionResponseTypes'], ['ReportBatchItemFailures'])),
    mutate: setting(`${MAPPING}.FunctionResponseTypes`, undefined),
  },
  {
    name: 'every mapping has a maximum concurrency',
    check: (t) => failing(mappings(t), (m) => !(mostOf(m) >= 2)),
    mutate: setting(`${MAPPING}.ScalingConfig`, undefined),
  },
  {
    name: 'every function reserves the concurrency of its mappings together, so that no queue takes that of another',
    check: (t) =>
      failing(
        functions(t).filter(([, f]) => f.Properties['FunctionName'] !== 'ota-dispatch-local-sweep'),
        (f) => {
          const own = mappings(t).filter(([, m]) => calledBy(t, m) === f);
          return f.Properties['ReservedConcurrentExecutions'] !== own.reduce((sum, [, m]) => sum + mostOf(m), 0);
        },
      ),
    mutate: setting(`${FUNCTION}.ReservedConcurrentExecutions`, 4),
  },
  {
    name: 'no mapping filters, because SQS would delete messages that do not match',
    check: (t) => failing(mappings(t), ({ Properties }) => Properties['FilterCriteria'] !== undefined),
    mutate: setting(`${MAPPING}.FilterCriteria`, { Filters: [{ Pattern: '{"body":{"source":["com.acme"]}}' }] }),
  },
  {
    name: 'no batch is larger than ten',
    check: (t) => failing(mappings(t), ({ Properties }) => !(Number(Properties['BatchSize']) <= 10)),
    mutate: setting(`${MAPPING}.BatchSize`, 100),
  },
  {
    name: 'every mapping is enabled',
    check: (t) => failing(mappings(t), ({ Properties }) => Properties['Enabled'] === false),
    mutate: setting(`${MAPPING}.Enabled`, false),
  },
  {
    name: 'each queue that a function empties has a mapping, and the function releases reads two of them',
    check: (t) =>
      unless(
        equal(
          mappings(t)
            .map(([, m]) => `${calledBy(t, m)?.Properties['FunctionName']} ${m.Properties['EventSourceArn']}`)
            .sort(),
          [
            `ota-dispatch-local-follow-ups ${queueArn('follow-ups')}`,
            `ota-dispatch-local-releases ${queueArn('releases')}`,
            `ota-dispatch-local-releases ${queueArn('steering')}`,
          ],
        ),
        'mappings',
      ),
    mutate: (t) => {
      delete t.Resources['ReleasesEventSourceMappingSQSSteeringQueue'];
    },
  },
  {
    name: 'no log is kept forever',
    check: (t) => failing(of(t, 'AWS::Logs::LogGroup'), ({ Properties }) => !(Number(Properties['RetentionInDays']) > 0)),
    mutate: setting('SweepLogGroup.Properties.RetentionInDays', undefined),
  },
  {
    name: 'the stack contains the log group of every function, so that its retention applies',
    check: (t) =>
      failing(
        functions(t),
        ({ Properties }) =>
          !of(t, 'AWS::Logs::LogGroup').some(([, g]) => g.Properties['LogGroupName'] === `/aws/lambda/${Properties['FunctionName']}`),
      ),
    mutate: setting('SweepLogGroup.Properties.LogGroupName', '/aws/lambda/another'),
  },
];
