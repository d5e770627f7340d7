import { itemsOf, stageFaults } from '../../infrastructure/parameters.ts';
import { parseServerless } from '../../operator/stage/channels-of-stage.ts';

/** The parameters of a stage in serverless.yml that doctor compares with the account. One that serverless.yml computes is undefined. */
export type Deployment = {
  readonly stage: string;
  readonly region: string | undefined;
  readonly bus: string;
  readonly busName: string | undefined;
  readonly allowedAccounts: readonly string[] | undefined;
  readonly approvalPrincipals: readonly string[] | undefined;
  readonly createsPerSecond: number | undefined;
  readonly followUpsShare: number | undefined;
  readonly looksPerSecond: number | undefined;
  readonly describeJobPerSecond: number | undefined;
  /** Whether the stack has the rule of job events. True if serverless.yml computes it. */
  readonly hasJobEvents: boolean;
  readonly unansweredMiMinutes: number | undefined;
  readonly kmsKey: string;
  readonly artifactKeys: readonly string[] | undefined;
  /** Empty if the stage has a topic of its own, or if serverless.yml computes it. */
  readonly alarmTopicArn: string;
};

type Parameters = Readonly<Record<string, unknown>>;

/** What a parameter is if serverless.yml does not name it. */
const defaultsOf = (stage: string): Parameters => ({
  region: undefined,
  bus: 'own',
  busName: `firmware-${stage}`,
  allowedAccounts: [],
  approvalPrincipals: [],
  createsPerSecond: 10,
  followUpsShare: 0.03,
  looksPerSecond: 8,
  describeJobPerSecond: 10,
  jobEvents: 'on',
  unansweredMiMinutes: undefined,
  kmsKey: 'aws',
  artifactKeys: [],
  alarmTopicArn: '',
});

// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
const STAGE = '${sls:stage}';

/**
 * The parameters of a stage in the text of a serverless.yml. A value that contains a variable other than the stage is not known, because
 * only a deployment computes it. A value of `--param` is not known here either.
 */
export function deploymentOf(stage: string, serverless: string): Deployment {
  const { params } = (parseServerless(serverless) ?? {}) as { params?: unknown };
  const blocks = (typeof params === 'string' ? { default: params } : (params ?? {})) as Parameters;
  const own = Object.hasOwn(blocks, stage) ? blocks[stage] : {};
  const given: Parameters = { ...defaultsOf(stage), ...known(blocks['default'], stage), ...known(own, stage) };
  const text = (name: string): string | undefined => (given[name] === undefined ? undefined : String(given[name]));
  const number = (name: string): number | undefined => (given[name] === undefined ? undefined : Number(given[name]));
  const list = (name: string): string[] | undefined => (given[name] === undefined ? undefined : itemsOf(given[name]));
  return {
    stage,
    region: text('region'),
    bus: text('bus') ?? 'own',
    busName: text('busName'),
    allowedAccounts: list('allowedAccounts'),
    approvalPrincipals: list('approvalPrincipals'),
    createsPerSecond: number('createsPerSecond'),
    followUpsShare: number('followUpsShare'),
    looksPerSecond: number('looksPerSecond'),
    describeJobPerSecond: number('describeJobPerSecond'),
    hasJobEvents: text('jobEvents') !== 'off',
    unansweredMiMinutes: number('unansweredMiMinutes'),
    kmsKey: text('kmsKey') ?? 'aws',
    artifactKeys: list('artifactKeys'),
    alarmTopicArn: text('alarmTopicArn') ?? '',
  };
}

/** Why packaging refuses a stage of this name in this region. Undefined if it accepts it. */
export const faultOfStage = (stage: string, region: string): string | undefined => stageFaults(stage, region)[0];

/** The parameters of one block. One that serverless.yml computes is undefined. A block that is text is a variable, so all of them are. */
function known(block: unknown, stage: string): Parameters {
  if (typeof block === 'string') return mapped(defaultsOf(stage), () => undefined);
  return mapped((block ?? {}) as Parameters, (value) => {
    const inStage = Array.isArray(value) ? value.map((item) => withStage(item, stage)) : withStage(value, stage);
    return String(inStage).includes('${') ? undefined : inStage;
  });
}

const mapped = (parameters: Parameters, of: (value: unknown) => unknown): Parameters =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, of(value)]));

const withStage = (value: unknown, stage: string): unknown => (typeof value === 'string' ? value.replaceAll(STAGE, stage) : value);
