import { partitionOf } from 'aws-ota-models';
import { documentsBucketName } from '../domain/channels/variables.ts';
import { nearest } from '../domain/json/nearest.ts';
import { UNANSWERED_MINUTES_MIN } from '../domain/rollout/timing.ts';
import { PRINCIPAL_ARN } from './approvals.ts';

/** A choice. ota-service-role.yml has the same limit. A bucket name has room for 16 if the region's name has up to 10 characters. */
const STAGE_LENGTH_MAX = 16;
const STAGE = /^[a-z0-9-]+$/;
/** S3 refuses longer bucket names. The documents bucket has the longest name. */
const BUCKET_NAME_LENGTH_MAX = 63;
/** Stands in where only the length of an account id matters. */
const ANY_ACCOUNT = '000000000000';

/** A rule for one parameter: `rule` completes "must be …". */
type Rule = { readonly rule: string; readonly isRight: (value: unknown) => boolean };
type ParameterRule = Rule & {
  /** Whether the parameter is a list. `isRight` then gets one item at a time, as text. */
  readonly isList?: true;
};

const alternatives = new Intl.ListFormat('en-GB', { type: 'disjunction' });
const oneOf = (...values: readonly string[]): Rule => ({
  rule: alternatives.format(values),
  isRight: (value) => values.some((one) => one === value),
});
const number = (rule: string, isRight: (value: number) => boolean): Rule => ({
  rule,
  isRight: (value) => Number.isFinite(Number(value)) && isRight(Number(value)),
});
const matching = (rule: string, pattern: RegExp): Rule => ({ rule, isRight: (value) => pattern.test(String(value)) });
const KEY_ARN = /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/;
const TOPIC_ARN = /^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]{1,256}(?:\.fifo)?$/;
const isKeyArn = (value: unknown): boolean => KEY_ARN.test(String(value));
/** The days that CloudWatch Logs accepts. */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** The parameters whose values are checked. The others are a file, which packaging reads, and the region, which osls checks. */
const RULES = {
  bus: oneOf('own', 'existing'),
  busName: matching('the name of an event bus: up to 256 letters, digits and . _ - /', /^[\w./-]{1,256}$/),
  allowedAccounts: { isList: true, rule: 'account ids of 12 digits', isRight: (value) => /^\d{12}$/.test(String(value)) },
  approvalPrincipals: {
    isList: true,
    rule: 'ARNs of IAM roles or users with an account, such as arn:aws:iam::111122223333:role/release-board (* and ? may stand in the name; of a session, name the role)',
    isRight: (value) => PRINCIPAL_ARN.test(String(value)),
  },
  createsPerSecond: number('a number above 0', (value) => value > 0),
  followUpsShare: number('a number between 0 and 1', (value) => value > 0 && value < 1),
  looksPerSecond: number('a number above 0', (value) => value > 0),
  describeJobPerSecond: number('a number above 0', (value) => value > 0),
  jobEvents: oneOf('on', 'off'),
  unansweredMiMinutes: number(`a number of at least ${UNANSWERED_MINUTES_MIN}`, (value) => value >= UNANSWERED_MINUTES_MIN),
  kmsKey: {
    rule: 'aws, create or the ARN of a KMS key',
    isRight: (value) => value === 'aws' || value === 'create' || isKeyArn(value),
  },
  formerKmsKeys: { isList: true, rule: 'ARNs of KMS keys', isRight: isKeyArn },
  artifactKeys: { isList: true, rule: 'ARNs of KMS keys', isRight: isKeyArn },
  alarmEmail: matching('an email address, or empty', /^$|^[^\s@]+@[^\s@]+$/),
  alarmTopicArn: matching('the ARN of an SNS topic, or empty', new RegExp(`^$|${TOPIC_ARN.source}`)),
  architecture: oneOf('arm64', 'x86_64'),
  logRetentionDays: number(`one of ${RETENTION_DAYS.join(', ')}`, (value) => RETENTION_DAYS.includes(value)),
  logLevel: oneOf('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'),
} as const satisfies Record<string, ParameterRule>;

export type CheckedParameter = keyof typeof RULES;

/** The parameters that are ARNs of the stage's region, with the service and the plural in a message. */
const IN_REGION = [
  { name: 'kmsKey', pattern: KEY_ARN, service: 'kms', what: 'keys' },
  { name: 'formerKmsKeys', pattern: KEY_ARN, service: 'kms', what: 'keys' },
  { name: 'artifactKeys', pattern: KEY_ARN, service: 'kms', what: 'keys' },
  { name: 'alarmTopicArn', pattern: TOPIC_ARN, service: 'sns', what: 'a topic' },
] as const;

/** The names of the parameters that `parameterFaults` checks. */
export const CHECKED_PARAMETERS = Object.keys(RULES) as readonly CheckedParameter[];

/** The names of all parameters. */
export const PARAMETERS: readonly string[] = ['region', 'channels', ...CHECKED_PARAMETERS];

/**
 * One line for each parameter whose value is wrong, naming the parameter, what it may be and what was given. And one line if the
 * stage looks at more rollouts a second than AWS answers. Each look is a DescribeJob, whose quota the whole account shares.
 *
 * Queues, tables and buckets can only use keys of their own region, and an alarm only a topic of its own region. So an ARN of
 * another region is wrong. An address beside a topic that exists would get nothing, so that is wrong, too.
 */
export function parameterFaults(values: Readonly<Record<CheckedParameter, unknown>>, region: string): string[] {
  const elsewhere = IN_REGION.flatMap(({ name, pattern, service, what }) => {
    const here = `arn:${partitionOf(region).name}:${service}:${region}:`;
    const wrong = itemsOf(values[name]).find((item) => pattern.test(item) && !item.startsWith(here));
    const beginning = what === 'keys' ? 'whose ARNs begin' : 'whose ARN begins';
    return wrong === undefined ? [] : [`params.${name} must name ${what} of ${region}, ${beginning} with ${here}, not "${wrong}"`];
  });
  const wrong = CHECKED_PARAMETERS.flatMap((name) => {
    const { isList, rule, isRight }: ParameterRule = RULES[name];
    const item = (isList ? itemsOf(values[name]) : [values[name]]).find((one) => !isRight(one));
    return item === undefined ? [] : [`params.${name} must be ${rule}, not "${item}"`];
  });
  const { bus, busName, looksPerSecond, describeJobPerSecond, alarmEmail, alarmTopicArn, approvalPrincipals } = values;
  const together: string[] = [];
  if (bus === 'own' && (busName === 'default' || String(busName).includes('/')))
    together.push(
      `params.busName must be another name than default and have no / if bus is own, not "${busName}": EventBridge creates no such bus`,
    );
  const ofPartition = `arn:${partitionOf(region).name}:`;
  const foreign = itemsOf(approvalPrincipals).find((item) => PRINCIPAL_ARN.test(item) && !item.startsWith(ofPartition));
  if (foreign !== undefined)
    together.push(`params.approvalPrincipals must name principals whose ARNs begin with ${ofPartition}, as in ${region}, not "${foreign}"`);
  if (Number(looksPerSecond) > Number(describeJobPerSecond))
    together.push(`params.looksPerSecond must be at most describeJobPerSecond, which is ${describeJobPerSecond}, not "${looksPerSecond}"`);
  if (alarmEmail !== '' && alarmTopicArn !== '')
    together.push(
      `params.alarmEmail must be empty beside alarmTopicArn, because the alarms go only to that topic: remove one of the two, or set it to ''`,
    );
  return [...wrong, ...elsewhere, ...together];
}

/** What the user has typed: the block `params` of serverless.yml, and the values of the options `--param`. */
export type Given = { readonly params: unknown; readonly options: readonly string[] };

/** One line for each name that is not a parameter, in any stage of serverless.yml and in the options. It names the parameter that was probably meant. */
export function nameFaults({ params, options }: Given): string[] {
  const ofStages = membersOf(params).flatMap(([stage, given]) =>
    membersOf(given).map(([name]) => ({ name, place: `params.${stage}.${name}` })),
  );
  const ofOptions = options.map((option) => option.split('=', 1)[0] ?? '').map((name) => ({ name, place: `--param ${name}` }));
  return [...ofStages, ...ofOptions].flatMap(({ name, place }) => {
    if (PARAMETERS.includes(name)) return [];
    const meant = nearest(name, PARAMETERS);
    return [
      `${place}: there is no such parameter${meant === undefined ? `; there are ${PARAMETERS.join(', ')}` : `. Did you mean ${meant}?`}`,
    ];
  });
}

const membersOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** One line if the stage has a character that no stage may have. {@link stageFaults} also needs the region. */
export function stageNameFaults(stage: string): string[] {
  return STAGE.test(stage) ? [] : [`the stage must be up to ${STAGE_LENGTH_MAX} lower-case letters, digits and hyphens, not "${stage}"`];
}

/** One line if the stage cannot be part of the names of roles and buckets in this region. */
export function stageFaults(stage: string, region: string): string[] {
  const rest = documentsBucketName({ stage: '', accountId: ANY_ACCOUNT, region }).length;
  const longest = Math.min(STAGE_LENGTH_MAX, BUCKET_NAME_LENGTH_MAX - rest);
  const isRight = STAGE.test(stage) && stage.length <= longest;
  return isRight ? [] : [`the stage must be up to ${longest} lower-case letters, digits and hyphens in ${region}, not "${stage}"`];
}

/** The items of a list parameter. serverless.yml gives a list, and `--param` gives comma-separated text. */
export function itemsOf(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
  return items.map((item) => String(item).trim()).filter((item) => item !== '');
}
