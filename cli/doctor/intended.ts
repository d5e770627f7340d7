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
import { divideQuota, looksOfOneEnvironment, reservedOf } from '../../infrastructure/quota.ts';
import type { Intended } from './checks/drift.ts';
import type { Deployment } from './deployment.ts';

/** Where the stage is, for the pseudo parameters of CloudFormation. */
type Place = { readonly partition: string; readonly region: string; readonly account: string };
type StagePlace = Place & { readonly stage: string };

/**
 * What the stack would be, if the channels file `text` and serverless.yml were deployed now. It comes from the functions that
 * packaging uses, so doctor and packaging cannot differ.
 */
export function intendedOf(text: string, deployment: Deployment, where: Place): Intended {
  const { stage, allowedAccounts, createsPerSecond, followUpsShare, looksPerSecond, busName, unansweredMiMinutes } = deployment;
  const place = { ...where, stage };
  const channels = channelsInCloud(text, stage, place.region);
  const accounts = acceptedAccounts(allowedAccounts).map((account) => filledIn(account, place));
  const patternOf = (sources: readonly unknown[], types: readonly string[]) =>
    eventPatternOf(
      accounts,
      sources.map((source) => filledIn(source, place)),
      types,
    ) as Intended['patterns'][string];
  const shares = divideQuota(createsPerSecond, followUpsShare);
  const shared = {
    OTA_ALLOWED_ACCOUNTS: accounts.join(','),
    OTA_BUS_NAME: busName,
    ...(unansweredMiMinutes === undefined ? {} : { OTA_UNANSWERED_MI_MINUTES: String(unansweredMiMinutes) }),
  };
  return {
    patterns: {
      [`ota-dispatch-${stage}-releases`]: patternOf(producerSources(channels), publishing),
      [`ota-dispatch-${stage}-steering`]: patternOf(steeringSources(channels), steering),
    },
    roles: passableRoles(channels).map((role) => filledIn(role, place)),
    jobResources: jobResources(channels).map((resource) => filledIn(resource, place)),
    objects: artifactObjects(channels).map((object) => filledIn(object, place)),
    digest: channelsDigest(text, stage, place.region),
    environments: {
      [`ota-dispatch-${stage}-releases`]: {
        ...shared,
        OTA_CREATES_PER_SECOND: String(shares.releases.createsPerSecond),
        OTA_STEERING_CREATES_PER_SECOND: String(shares.steering.createsPerSecond),
      },
      [`ota-dispatch-${stage}-follow-ups`]: {
        ...shared,
        OTA_CREATES_PER_SECOND: String(shares.followUps.createsPerSecond),
        OTA_LOOKS_PER_SECOND: String(looksOfOneEnvironment(looksPerSecond, shares)),
      },
      [`ota-dispatch-${stage}-sweep`]: { OTA_LOOKS_PER_SECOND: String(looksPerSecond) },
    },
  };
}

/** How many executions the functions of a stage reserve. */
export function reservedBy({ createsPerSecond, followUpsShare }: Deployment): number {
  const { releases, followUps, sweep } = reservedOf(divideQuota(createsPerSecond, followUpsShare));
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
