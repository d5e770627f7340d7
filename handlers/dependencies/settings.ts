import { UNANSWERED_MINUTES_MIN } from '../../domain/rollout/timing.ts';

/** The checked environment variables of the functions. */
export type Settings = {
  readonly OTA_STAGE: string;
  readonly OTA_ACCOUNT_ID: string;
  readonly AWS_REGION: string;
  readonly OTA_ALLOWED_ACCOUNTS: readonly string[];
  readonly OTA_LEDGER_TABLE: string;
  readonly OTA_LOCK_TABLE: string;
  readonly OTA_BUS_NAME: string;
  readonly OTA_FOLLOW_UPS_QUEUE_URL: string;
  readonly OTA_REJECTED_QUEUE_URL: string;
  readonly OTA_DOCUMENTS_BUCKET: string;
  readonly OTA_CREATES_PER_SECOND: number;
  /** Only the function `releases` has this variable. */
  readonly OTA_STEERING_CREATES_PER_SECOND: number;
  /** Of the whole stage in `sweep`, and of one execution environment in `follow-ups`. `releases` does not have it. */
  readonly OTA_LOOKS_PER_SECOND: number;
  readonly OTA_UNANSWERED_MI_MINUTES: number;
  readonly OTA_TIME_FACTOR: number;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the environment. Throws one error that names every missing or wrong variable. It checks by hand, to keep a
 * schema library out of the cold start.
 */
export function settingsOf(variables: Environment): Settings {
  const wrong: string[] = [];
  const text = (name: keyof Settings): string => {
    const value = variables[name];
    if (value === undefined) wrong.push(`${name} is not set`);
    return value ?? '';
  };
  const number = (name: keyof Settings, rule: string, isRight: (value: number) => boolean, otherwise?: number): number => {
    const value = variables[name] === undefined ? (otherwise ?? Number.NaN) : Number(variables[name]);
    if (!Number.isFinite(value) || !isRight(value)) wrong.push(`${name} must be ${rule}, got ${variables[name]}`);
    return value;
  };
  const settings: Settings = {
    OTA_STAGE: text('OTA_STAGE'),
    OTA_ACCOUNT_ID: text('OTA_ACCOUNT_ID'),
    AWS_REGION: text('AWS_REGION'),
    OTA_ALLOWED_ACCOUNTS: text('OTA_ALLOWED_ACCOUNTS')
      .split(',')
      .map((account) => account.trim()),
    OTA_LEDGER_TABLE: text('OTA_LEDGER_TABLE'),
    OTA_LOCK_TABLE: text('OTA_LOCK_TABLE'),
    OTA_BUS_NAME: text('OTA_BUS_NAME'),
    OTA_FOLLOW_UPS_QUEUE_URL: text('OTA_FOLLOW_UPS_QUEUE_URL'),
    OTA_REJECTED_QUEUE_URL: text('OTA_REJECTED_QUEUE_URL'),
    OTA_DOCUMENTS_BUCKET: text('OTA_DOCUMENTS_BUCKET'),
    OTA_CREATES_PER_SECOND: number('OTA_CREATES_PER_SECOND', 'greater than 0', (value) => value > 0),
    OTA_STEERING_CREATES_PER_SECOND: number('OTA_STEERING_CREATES_PER_SECOND', 'greater than 0', (value) => value > 0, 0.05),
    OTA_LOOKS_PER_SECOND: number('OTA_LOOKS_PER_SECOND', 'greater than 0', (value) => value > 0, 8),
    OTA_UNANSWERED_MI_MINUTES: number(
      'OTA_UNANSWERED_MI_MINUTES',
      `at least ${UNANSWERED_MINUTES_MIN}`,
      (value) => value >= UNANSWERED_MINUTES_MIN,
      UNANSWERED_MINUTES_MIN,
    ),
    OTA_TIME_FACTOR: number('OTA_TIME_FACTOR', 'at least 1', (value) => value >= 1, 1),
  };
  if (wrong.length > 0) throw new Error(`the environment variables are wrong: ${wrong.join('; ')}`);
  return settings;
}
