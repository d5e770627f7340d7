import { partitionOf } from 'aws-ota-models';
import { documentsBucketName } from '../domain/channels/variables.ts';
import { UNANSWERED_MINUTES_MIN } from '../domain/rollout/timing.ts';

/** A choice. ota-service-role.yml has the same limit. A bucket name has room for 16 if the region's name has up to 10 characters. */
const STAGE_LENGTH_MAX = 16;
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
const isKeyArn = (value: unknown): boolean => /^arn:[^:]+:kms:[^:]+:\d{12}:key\/.+$/.test(String(value));

/** The parameters that are checked. CloudFormation finds a mistake in any other one, but only when it deploys. */
const RULES = {
  bus: oneOf('own', 'existing'),
  allowedAccounts: { isList: true, rule: 'account ids of 12 digits', isRight: (value) => /^\d{12}$/.test(String(value)) },
  createsPerSecond: number('a number above 0', (value) => value > 0),
  followUpsShare: number('a number between 0 and 1', (value) => value > 0 && value < 1),
  looksPerSecond: number('a number above 0', (value) => value > 0),
  describeJobPerSecond: number('a number above 0', (value) => value > 0),
  unansweredMiMinutes: number(`a number of at least ${UNANSWERED_MINUTES_MIN}`, (value) => value >= UNANSWERED_MINUTES_MIN),
  kmsKey: {
    rule: 'aws, create or the ARN of a KMS key',
    isRight: (value) => value === 'aws' || value === 'create' || isKeyArn(value),
  },
  formerKmsKeys: { isList: true, rule: 'ARNs of KMS keys', isRight: isKeyArn },
  artifactKeys: { isList: true, rule: 'ARNs of KMS keys', isRight: isKeyArn },
  architecture: oneOf('arm64', 'x86_64'),
  logLevel: oneOf('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL', 'SILENT'),
} as const satisfies Record<string, ParameterRule>;

export type CheckedParameter = keyof typeof RULES;

const KEY_PARAMETERS = ['kmsKey', 'formerKmsKeys', 'artifactKeys'] as const;

/** The names of the parameters that `parameterFaults` checks. */
export const CHECKED_PARAMETERS = Object.keys(RULES) as readonly CheckedParameter[];

/**
 * One line for each parameter whose value is wrong, naming the parameter, what it may be and what was given. And one line if the
 * stage looks at more rollouts a second than AWS answers: each look is a DescribeJob, whose quota the whole account shares. Queues,
 * tables and buckets can only use keys of their own region, so a key of another one is wrong, too.
 */
export function parameterFaults(values: Readonly<Record<CheckedParameter, unknown>>, region: string): string[] {
  const here = `arn:${partitionOf(region).name}:kms:${region}:`;
  const elsewhere = KEY_PARAMETERS.flatMap((name) => {
    const wrong = itemsOf(values[name]).find((item) => isKeyArn(item) && !item.startsWith(here));
    return wrong === undefined ? [] : [`params.${name} must name keys of ${region}, whose ARNs begin with ${here}, not "${wrong}"`];
  });
  const wrong = CHECKED_PARAMETERS.flatMap((name) => {
    const { isList, rule, isRight }: ParameterRule = RULES[name];
    const item = (isList ? itemsOf(values[name]) : [values[name]]).find((one) => !isRight(one));
    return item === undefined ? [] : [`params.${name} must be ${rule}, not "${item}"`];
  });
  const faults = [...wrong, ...elsewhere];
  const { looksPerSecond, describeJobPerSecond } = values;
  if (!(Number(looksPerSecond) > Number(describeJobPerSecond))) return faults;
  return [
    ...faults,
    `params.looksPerSecond must be at most describeJobPerSecond, which is ${describeJobPerSecond}, not "${looksPerSecond}"`,
  ];
}

/** One line if the stage cannot be part of the names of roles and buckets in this region. */
export function stageFaults(stage: string, region: string): string[] {
  const rest = documentsBucketName({ stage: '', accountId: ANY_ACCOUNT, region }).length;
  const longest = Math.min(STAGE_LENGTH_MAX, BUCKET_NAME_LENGTH_MAX - rest);
  const isRight = /^[a-z0-9-]+$/.test(stage) && stage.length <= longest;
  return isRight ? [] : [`the stage must be up to ${longest} lower-case letters, digits and hyphens in ${region}, not "${stage}"`];
}

/** The items of a list parameter. serverless.yml gives a list, and `--param` gives comma-separated text. */
export function itemsOf(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
  return items.map((item) => String(item).trim()).filter((item) => item !== '');
}
