import { formatPath, type Segment } from 'aws-ota-models';
import type { Channel, Channels, FileTemplate } from '../channels/schema.ts';
import { canonicalJson } from '../json/canonical.ts';
import { withoutEmpty } from '../json/without-empty.ts';
import type { Artifact, Release } from '../release/release.ts';
import { readableDescription } from './description.ts';
import { entriesFor, type FileMember, fileMembers, giverOf } from './file-entries.ts';

/** A value of a release that a channel does not send. `path` is relative to `detail`, such as `artifacts[0].fileVersion`. */
export type Loss = { readonly path: string; readonly message: string; readonly channel: string };

type Found = { readonly path: readonly Segment[]; readonly message: string };

/**
 * What a release loses on each of its channels, in the order of the release: values in whose place the channel sends its own.
 * An equal value loses nothing. It also names an entry of `files` that is for none of the artifacts. Channels and products that
 * do not exist lose nothing. Never throws on a release and channels that were accepted.
 */
export function findLosses(release: Release, { products }: Channels): readonly Loss[] {
  const channels = Object.hasOwn(products, release.product) ? (products[release.product]?.channels ?? {}) : {};
  return release.channels.flatMap((name) => {
    const channel = Object.hasOwn(channels, name) ? channels[name] : undefined;
    const found = channel === undefined ? [] : lossesOn(channel, release);
    return found.map(({ path, message }) => ({ path: formatPath(path), message, channel: name }));
  });
}

function lossesOn({ createOTAUpdate, createOtaTask, createJob }: Channel, release: Release): Found[] {
  if (createOtaTask) {
    return [...descriptionLossOfTask(release, createOtaTask.Description), ...tagLosses(release, createOtaTask.Tags ?? {})];
  }
  const { description, tags = [] } = createOTAUpdate ?? createJob;
  const common = [
    ...descriptionLoss(release.description, description),
    ...tagLosses(release, Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]))),
  ];
  if (createOTAUpdate === undefined) return common;
  // Empty structures are not sent. An entry without anything else stays, because a message names entries by their index.
  const files = (createOTAUpdate.files ?? []).map(withoutEmpty);
  return [
    ...common,
    ...release.artifacts.flatMap((artifact, index) => fileLosses(artifact, ['artifacts', index], files)),
    ...idleEntries(release, files),
  ];
}

function descriptionLoss(ofRelease: string | undefined, ofChannel: string | undefined): Found[] {
  if (ofRelease === undefined || ofChannel === undefined || ofRelease === ofChannel) return [];
  return [{ path: ['description'], message: 'is not sent, because the channel has a description of its own' }];
}

/** Managed integrations takes few characters, so a description may not be sent even where the channel has none. */
function descriptionLossOfTask({ description }: Release, ofChannel: string | undefined): Found[] {
  if (description === undefined) return [];
  const readable = readableDescription(description);
  if (readable !== undefined || ofChannel !== undefined) return descriptionLoss(readable ?? description, ofChannel);
  return [{ path: ['description'], message: 'is not sent, because managed integrations takes too few of its characters' }];
}

function tagLosses({ tags = {} }: Release, ofChannel: Readonly<Record<string, string>>): Found[] {
  return Object.entries(tags).flatMap(([key, value]) =>
    Object.hasOwn(ofChannel, key) && ofChannel[key] !== value
      ? [{ path: ['tags', key], message: 'is not sent, because the channel has a tag with this key' }]
      : [],
  );
}

function fileLosses(artifact: Artifact, path: readonly Segment[], files: readonly FileTemplate[]): Found[] {
  const entries = entriesFor(files, artifact.fileName);
  const members = fileMembers.flatMap((member) => {
    const entry = giverOf(entries, member);
    if (entry === undefined || isAbsent(artifact[member]) || canonicalJson(artifact[member]) === canonicalJson(entry[member])) return [];
    return [{ path: [...path, member], message: `is not sent, because files[${files.indexOf(entry)}] of the channel has ${member}` }];
  });
  const attributes = Object.entries(artifact.attributes ?? {}).flatMap(([key, value]) => {
    const entry = entries.findLast((one) => Object.hasOwn(one.attributes ?? {}, key));
    if (entry === undefined || entry.attributes?.[key] === value) return [];
    const message = `is not sent, because files[${files.indexOf(entry)}] of the channel has this attribute`;
    return [{ path: [...path, 'attributes', key], message }];
  });
  return [...members, ...attributes];
}

/** An empty structure gives nothing, so nothing is lost. */
function isAbsent(value: Artifact[FileMember]): boolean {
  return value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

function idleEntries({ artifacts }: Release, files: readonly FileTemplate[]): Found[] {
  return files.flatMap(({ fileName }, index) => {
    if (fileName === undefined || artifacts.some((artifact) => artifact.fileName === fileName)) return [];
    return [{ path: ['artifacts'], message: `none has the fileName of files[${index}] of the channel, so that entry has no effect` }];
  });
}
