import { stageFaults } from '../../infrastructure/parameters.ts';
import { parseServerless } from '../../operator/stage/channels-of-stage.ts';

/** The parameters of a stage in serverless.yml that doctor compares with the account. */
export type Deployment = {
  readonly stage: string;
  /** Undefined if serverless.yml computes it. */
  readonly region: string | undefined;
  readonly bus: string;
  readonly busName: string;
  readonly allowedAccounts: readonly string[];
  readonly approvalPrincipals: readonly string[];
  readonly createsPerSecond: number;
  readonly followUpsShare: number;
  readonly looksPerSecond: number;
  readonly describeJobPerSecond: number;
  /** Whether the stack has the rule of job events. */
  readonly hasJobEvents: boolean;
  /** Undefined if serverless.yml computes it. */
  readonly unansweredMiMinutes: number | undefined;
  readonly kmsKey: string;
  readonly artifactKeys: readonly string[];
  /** Empty if the stage has a topic of its own. */
  readonly alarmTopicArn: string;
};

type Parameters = Readonly<Record<string, unknown>>;

/** What a parameter is if serverless.yml does not name it. */
const DEFAULTS: Parameters = {
  bus: 'own',
  createsPerSecond: 10,
  followUpsShare: 0.03,
  looksPerSecond: 8,
  describeJobPerSecond: 10,
  jobEvents: 'on',
  kmsKey: 'aws',
};

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const STAGE = '${sls:stage}';

/**
 * The parameters of a stage in the text of a serverless.yml. A value that contains a variable other than the stage counts as
 * not given, because only a deployment knows it. A value of `--param` is not known here either.
 */
export function deploymentOf(stage: string, serverless: string): Deployment {
  const { params } = (parseServerless(serverless) ?? {}) as { params?: Readonly<Record<string, Parameters | null>> | null };
  const own = params != null && Object.hasOwn(params, stage) ? (params[stage] ?? {}) : {};
  const given: Parameters = { ...DEFAULTS, ...known(params?.['default'] ?? {}, stage), ...known(own, stage) };
  const text = (name: string): string | undefined => (given[name] === undefined ? undefined : String(given[name]));
  const number = (name: string): number => Number(given[name]);
  return {
    stage,
    region: text('region'),
    bus: text('bus') ?? 'own',
    busName: text('busName') ?? `firmware-${stage}`,
    allowedAccounts: listOf(given['allowedAccounts']),
    approvalPrincipals: listOf(given['approvalPrincipals']),
    createsPerSecond: number('createsPerSecond'),
    followUpsShare: number('followUpsShare'),
    looksPerSecond: number('looksPerSecond'),
    describeJobPerSecond: number('describeJobPerSecond'),
    hasJobEvents: text('jobEvents') !== 'off',
    unansweredMiMinutes: text('unansweredMiMinutes') === undefined ? undefined : number('unansweredMiMinutes'),
    kmsKey: text('kmsKey') ?? 'aws',
    artifactKeys: listOf(given['artifactKeys']),
    alarmTopicArn: text('alarmTopicArn') ?? '',
  };
}

/** Why packaging refuses a stage of this name in this region. Undefined if it accepts it. */
export const faultOfStage = (stage: string, region: string): string | undefined => stageFaults(stage, region)[0];

function known(parameters: Parameters, stage: string): Parameters {
  const resolved = Object.entries(parameters).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll(STAGE, stage) : value,
  ]);
  return Object.fromEntries(resolved.filter(([, value]) => !String(value).includes('${')));
}

function listOf(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : String(value ?? '').split(',');
  return items.map((item) => String(item).trim()).filter((item) => item !== '');
}
