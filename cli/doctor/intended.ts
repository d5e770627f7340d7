import { eventPatternOf, publishing, steering } from '../../domain/channels/event-pattern.ts';
import { documentsBucketName } from '../../domain/channels/variables.ts';
import {
  acceptedAccounts,
  artifactObjects,
  channelsDigest,
  channelsInCloud,
  jobResources,
  passableRoles,
  producerSources,
  steeringSources,
} from '../../infrastructure/channels.ts';
import { divideQuota, looksOfOneEnvironment, reservedOf, type Shares } from '../../infrastructure/quota.ts';
import type { Intended } from './checks/drift.ts';
import type { Deployment } from './deployment.ts';

/** Where the stage is, for the pseudo parameters of CloudFormation. */
type Place = { readonly partition: string; readonly region: string; readonly account: string };
type StagePlace = Place & { readonly stage: string };

/** The parameters that `drift-parameters` compares. */
const COMPARED = ['allowedAccounts', 'busName', 'createsPerSecond', 'followUpsShare', 'looksPerSecond', 'unansweredMiMinutes'] as const;

/**
 * What the stack would be, if the channels file `text` and serverless.yml were deployed now. It comes from the functions that
 * packaging uses, so doctor and packaging cannot differ. `allowedAccounts` are those of the event patterns, for a serverless.yml that
 * computes them. An ARN of another account or region is taken as it is.
 */
export function intendedOf(
  text: string,
  deployment: Deployment,
  where: Place,
  allowedAccounts: readonly string[] = deployment.allowedAccounts ?? [],
): Intended {
  const { stage } = deployment;
  const place = { ...where, stage };
  const channels = channelsInCloud(text, stage, place.region, 'warn');
  const accounts = filledInAccounts(allowedAccounts, place);
  const patternOf = (sources: readonly unknown[], types: readonly string[]) =>
    eventPatternOf(
      accounts,
      sources.map((source) => filledIn(source, place)),
      types,
    ) as Intended['patterns'][string];
  return {
    patterns: {
      [`ota-dispatch-${stage}-releases`]: patternOf(producerSources(channels), publishing),
      [`ota-dispatch-${stage}-steering`]: patternOf(steeringSources(channels), steering),
    },
    roles: passableRoles(channels).map((role) => filledIn(role, place)),
    jobResources: jobResources(channels).map((resource) => filledIn(resource, place)),
    objects: artifactObjects(channels).map((object) => filledIn(object, place)),
    digest: channelsDigest(text, stage, place.region, 'warn'),
    environments: environmentsOf(deployment, place),
    computed: COMPARED.filter((parameter) => deployment[parameter] === undefined),
  };
}

/** The variables of each function that come from parameters. Without those that need a parameter that serverless.yml computes. */
function environmentsOf(deployment: Deployment, place: StagePlace): Intended['environments'] {
  const { stage, allowedAccounts, busName, looksPerSecond, unansweredMiMinutes } = deployment;
  const shares = sharesOf(deployment);
  const shared = {
    OTA_ALLOWED_ACCOUNTS: allowedAccounts && filledInAccounts(allowedAccounts, place).join(','),
    OTA_BUS_NAME: busName,
    OTA_UNANSWERED_MI_MINUTES: unansweredMiMinutes,
  };
  return {
    [`ota-dispatch-${stage}-releases`]: texts({
      ...shared,
      OTA_CREATES_PER_SECOND: shares?.releases.createsPerSecond,
      OTA_STEERING_CREATES_PER_SECOND: shares?.steering.createsPerSecond,
    }),
    [`ota-dispatch-${stage}-follow-ups`]: texts({
      ...shared,
      OTA_CREATES_PER_SECOND: shares?.followUps.createsPerSecond,
      OTA_LOOKS_PER_SECOND: looksPerSecond && shares && looksOfOneEnvironment(looksPerSecond, shares),
    }),
    [`ota-dispatch-${stage}-sweep`]: texts({ OTA_LOOKS_PER_SECOND: looksPerSecond }),
  };
}

function texts(variables: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])));
}

const filledInAccounts = (allowedAccounts: readonly string[], place: StagePlace): string[] =>
  acceptedAccounts(allowedAccounts).map((account) => filledIn(account, place));

/** Undefined if serverless.yml computes one of the two parameters. */
function sharesOf({ createsPerSecond, followUpsShare }: Deployment): Shares | undefined {
  return createsPerSecond === undefined || followUpsShare === undefined ? undefined : divideQuota(createsPerSecond, followUpsShare);
}

/** How many executions the functions of a stage reserve. Undefined if serverless.yml computes it. */
export function reservedBy(deployment: Deployment): number | undefined {
  const shares = sharesOf(deployment);
  if (shares === undefined) return undefined;
  const { releases, followUps, sweep } = reservedOf(shares);
  return releases + followUps + sweep;
}

/** A value of a template with the pseudo parameters of CloudFormation filled in, and with the ARN of the documents bucket. */
function filledIn(value: unknown, { partition, region, account, stage }: StagePlace): string {
  const pseudo = new Map([
    ['DocumentsBucket.Arn', `arn:${partition}:s3:::${documentsBucketName({ stage, accountId: account, region })}`],
    ['AWS::AccountId', account],
    ['AWS::Region', region],
    ['AWS::Partition', partition],
  ]);
  if (typeof value !== 'object' || value === null) return String(value);
  const [[, inner]] = Object.entries(value) as [[string, unknown]];
  const text = String(inner);
  return 'Ref' in value
    ? (pseudo.get(text) ?? text)
    : text.replaceAll(/\$\{([^{}]*)\}/g, (whole, name: string) => pseudo.get(name) ?? whole);
}
