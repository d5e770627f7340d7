import { readFileSync, statSync } from 'node:fs';
import { partitionOf } from 'aws-ota-models';
import { eventPatternOf, judgeEventPattern, publishing, steering } from '../domain/channels/event-pattern.ts';
import { VERSION_IN_PACKAGE } from '../domain/channels/job-facts.ts';
import { readChannelsFile } from '../domain/channels/lines.ts';
import type { Channel } from '../domain/channels/schema.ts';
import type { ForeignPlaces } from '../domain/channels/validate.ts';
import { canonicalJson, sha256Hex } from '../domain/json/canonical.ts';
import { arn, type Ref, type Sub, variable } from './cloudformation.ts';

export { approving, detailTypes } from '../domain/channels/event-pattern.ts';

/** The source of this service's own events, the outcomes. */
const OUTCOME_SOURCE = 'ota-dispatch';

/** Stands in where the account is not known and only the length of its id matters. */
const ANY_ACCOUNT = '000000000000';

/** What channels.yml names that the stack must allow. Each list is sorted and without duplicates. */
export type ChannelsInCloud = {
  /** The event sources of the producers, in the syntax of CloudFormation. */
  readonly sources: readonly string[];
  /** The event sources of the approvers, in the syntax of CloudFormation. */
  readonly approvers: readonly string[];
  /** The names of the products that have approvers. */
  readonly approvedProducts: readonly string[];
  /** The ARNs of the roles that channels pass to AWS IoT, in the syntax of CloudFormation. */
  readonly roles: readonly string[];
  /** The ARNs of what jobs are created on besides the job itself, in the syntax of CloudFormation and with wildcards of IAM. */
  readonly jobResources: readonly string[];
  /** The names of the artifact buckets, in the syntax of CloudFormation. */
  readonly buckets: readonly string[];
};

/**
 * What the channels file `file` names, its variables replaced by those of CloudFormation and the stage by its name. Nothing
 * if the file is missing, is a folder or is wrong in `region`: bundling the handlers reports that with a line for each error.
 */
export function readChannelsInCloud(file: string, stage: string, region: string): ChannelsInCloud {
  return channelsInCloud(textOf(file), stage, region);
}

/** The digest of the channels file `file`, for the output of the stack. `ota doctor` compares it with the local file. */
export const readChannelsDigest = (file: string, stage: string, region: string): string => channelsDigest(textOf(file), stage, region);

/**
 * The SHA-256 of what the text of a channels file means, as hex digits. Comments and layout do not count. With `warn`, ARNs of another
 * region do not make the file wrong.
 */
export function channelsDigest(text: string, stage: string, region: string, foreignPlaces?: ForeignPlaces): string {
  const read = readChannelsFile(text, { accountId: ANY_ACCOUNT, region, stage }, foreignPlaces);
  return sha256Hex(canonicalJson(read.ok ? read.value : null));
}

function textOf(file: string): string {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === false ? readFileSync(file, 'utf8') : '';
}

/** The same as {@link readChannelsInCloud} for the text of a channels file. With `warn`, ARNs of another region do not make it wrong. */
export function channelsInCloud(text: string, stage: string, region: string, foreignPlaces?: ForeignPlaces): ChannelsInCloud {
  const read = readChannelsFile(text, { accountId: ANY_ACCOUNT, region, stage }, foreignPlaces);
  if (!read.ok) return { sources: [], approvers: [], approvedProducts: [], roles: [], jobResources: [], buckets: [] };
  // `value` has the shape of `channels`, with the variables as they were written.
  const { artifactBuckets, products } = read.value as typeof read.channels;
  const channels = Object.values(products).flatMap((product) => Object.values(product.channels));
  const inCloudFormation = (texts: readonly unknown[]): string[] => {
    const translated = texts.map((text) =>
      String(text)
        .replaceAll(variable('aws:accountId'), variable('AWS::AccountId'))
        .replaceAll(variable('aws:region'), variable('AWS::Region'))
        .replaceAll(variable('aws:partition'), variable('AWS::Partition'))
        .replaceAll(variable('sls:stage'), stage),
    );
    return [...new Set(translated)].sort();
  };
  return {
    sources: inCloudFormation(Object.values(products).flatMap(({ sources }) => sources)),
    approvers: inCloudFormation(Object.values(products).flatMap(({ approvers = [] }) => approvers)),
    approvedProducts: Object.entries(products).flatMap(([name, { approvers = [] }]) => (approvers.length > 0 ? [name] : [])),
    roles: inCloudFormation(
      channels.flatMap(({ createOTAUpdate, createJob }) => [
        ...(createOTAUpdate ? [createOTAUpdate.roleArn] : []),
        ...(createJob ? [createJob.presignedUrlConfig.roleArn] : []),
      ]),
    ),
    jobResources: inCloudFormation(channels.flatMap(resourcesOfJob)),
    buckets: inCloudFormation(artifactBuckets),
  };
}

/**
 * What IAM must allow so that a channel can create its jobs: its targets, and those that a release may name. The globs of
 * `targetsFromRelease` mean the same in a policy. For each package version it needs that package at the version of any release.
 * It then needs the reserved shadow of each thing, too (developer guide of AWS IoT, "Preparing security").
 */
function resourcesOfJob({ createJob, targetsFromRelease = [] }: Channel): readonly string[] {
  if (createJob === undefined) return [];
  const { targets = [], destinationPackageVersions: versions = [] } = createJob;
  const all = [...targets, ...targetsFromRelease];
  const shadows = versions.length === 0 ? [] : all.filter((target) => target.includes(':thing/')).map((thing) => `${thing}/$package`);
  return [...all, ...shadows, ...versions.map((version) => version.replaceAll(VERSION_IN_PACKAGE, '*'))];
}

/** The accounts whose events are accepted: this account and those of the parameter `allowedAccounts`. */
export const acceptedAccounts = (allowedAccounts: readonly string[]): readonly (Ref | string)[] => [
  { Ref: 'AWS::AccountId' },
  ...allowedAccounts,
];

/** The event sources that may announce releases. */
export const producerSources = ({ sources }: ChannelsInCloud): readonly (Sub | string)[] => sources.map(asValue);

/** The event sources that may steer releases: producers and approvers. The handlers decide which of them may do what. */
export const steeringSources = (channels: ChannelsInCloud): readonly (Sub | string)[] => steeringOf(channels).map(asValue);

/** Every event source that may use the bus: producers, approvers, and the service with its outcomes. */
export const busSources = (channels: ChannelsInCloud): readonly (Sub | string)[] => [...steeringSources(channels), OUTCOME_SOURCE];

const steeringOf = ({ sources, approvers }: ChannelsInCloud): readonly string[] => [...new Set([...sources, ...approvers])].sort();
const asValue = (source: string): Sub | string => (source.includes('${') ? { 'Fn::Sub': source } : source);

/** The event pattern of the rule for releases. It names account, source and detail-type. It is shorter than the one for steering events. */
export const releasesEventPattern = (channels: ChannelsInCloud, allowedAccounts: readonly string[]) =>
  eventPatternOf(acceptedAccounts(allowedAccounts), producerSources(channels), publishing);

/**
 * The same for the rule for steering events, which approvers may send, too.
 * @throws if EventBridge would refuse it as too long once CloudFormation has filled in account and region
 */
export function steeringEventPattern(channels: ChannelsInCloud, allowedAccounts: readonly string[], region: string) {
  const deployed = steeringOf(channels).map((source) =>
    source
      .replaceAll(variable('AWS::AccountId'), ANY_ACCOUNT)
      .replaceAll(variable('AWS::Region'), region)
      .replaceAll(variable('AWS::Partition'), partitionOf(region).name),
  );
  const fault = judgeEventPattern(eventPatternOf([ANY_ACCOUNT, ...allowedAccounts], deployed, steering));
  if (fault) throw new Error(fault);
  return eventPatternOf(acceptedAccounts(allowedAccounts), steeringSources(channels), steering);
}

/** The roles that may be passed to AWS IoT. If no channel names one, a role that nobody creates by accident. */
export const passableRoles = ({ roles }: ChannelsInCloud): readonly Sub[] =>
  roles.length > 0 ? roles.map((role) => ({ 'Fn::Sub': role })) : [arn(`iam::${variable('AWS::AccountId')}:role/ota-dispatch/none`)];

/** What IAM checks when a job is created: the job, the targets, and the versions of packages. */
export const jobResources = ({ jobResources: others }: ChannelsInCloud): readonly Sub[] => [
  arn(`iot:${variable('AWS::Region')}:${variable('AWS::AccountId')}:job/fw-*`),
  ...others.map((resource) => ({ 'Fn::Sub': resource })),
];

/** The ARNs of the artifact buckets. If there are none, the documents bucket, which the service may read anyway. */
export const artifactBuckets = (channels: ChannelsInCloud): readonly Sub[] => artifactArns(channels, '');

/** The ARNs of all objects in the artifact buckets. */
export const artifactObjects = (channels: ChannelsInCloud): readonly Sub[] => artifactArns(channels, '/*');

const artifactArns = ({ buckets }: ChannelsInCloud, suffix: string): readonly Sub[] =>
  buckets.length > 0
    ? buckets.map((bucket) => arn(`s3:::${bucket}${suffix}`))
    : [{ 'Fn::Sub': `${variable('DocumentsBucket.Arn')}${suffix}` }];
