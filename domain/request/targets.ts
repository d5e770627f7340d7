import { partitionOf, TARGETS_MAX } from 'aws-ota-models';
import { matchesGlob } from '../channels/glob.ts';
import { type TargetArns, targetArns } from '../channels/target-arns.ts';
import type { Place } from '../channels/variables.ts';
import { grouped } from '../json/grouped.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import { controlPlanes, type Operation } from './control-planes.ts';
import type { ReleaseOnChannel } from './release-on-channel.ts';

/**
 * The targets of one rollout: those of the release if it has any, otherwise those of the channel. Targets of a release
 * are sorted, each once. No target from either is INVALID_RELEASE. More than 100 are TOO_MANY_TARGETS. Each must be of this
 * service, partition, account and region and match one of the globs, or it is TARGET_NOT_ALLOWED. There is one rejection for
 * each reason, with the path of the first target that it is about.
 */
export function chooseTargets(
  { release, channelName, place }: Pick<ReleaseOnChannel, 'release' | 'channelName' | 'place'>,
  operation: Operation,
  ofChannel: readonly string[] | undefined,
  globs: readonly string[],
): { readonly targets: readonly string[]; readonly rejections: readonly Rejection[] } {
  const targets = release.targets === undefined ? (ofChannel ?? []) : [...new Set(release.targets)].sort();
  const rejections: Rejection[] = [];
  if (targets.length === 0) {
    rejections.push(reject('INVALID_RELEASE', 'targets', 'neither the channel nor the release has a target', channelName).rejection);
  }
  if (targets.length > TARGETS_MAX) {
    const advice = controlPlanes[operation].adviceOnTooManyTargets;
    rejections.push(
      reject(
        'TOO_MANY_TARGETS',
        'targets',
        `there are ${targets.length} targets, and AWS takes at most ${TARGETS_MAX}: ${advice}`,
        channelName,
      ).rejection,
    );
  }
  // Duplicates count too, so that each index in a rejection matches the release.
  const refused = grouped((release.targets ?? []).entries(), ([, target]) =>
    whyNot(target, globs, targetArns[controlPlanes[operation].template], place),
  );
  for (const [why, [first, ...others]] of refused) {
    if (why === undefined || first === undefined) continue;
    const message = others.length === 0 ? why : `${why} (the first of ${others.length + 1} such targets)`;
    rejections.push(reject('TARGET_NOT_ALLOWED', `targets[${first[0]}]`, message, channelName).rejection);
  }
  return { targets, rejections };
}

function whyNot(target: string, globs: readonly string[], possible: TargetArns, place: Place): string | undefined {
  if (globs.length === 0) return 'the channel does not take targets from a release: it has no targetsFromRelease';
  const [arn, partition, ofService, region, accountId, ...resource] = target.split(':');
  const [kind, name] = splitOnce(resource.join(':'), '/');
  if (arn !== 'arn' || !partition?.startsWith('aws') || ofService !== possible.service || !possible.kinds.includes(kind) || name === '') {
    return `this is not the ARN of a ${possible.kinds.join(' or ')}`;
  }
  const partitionHere = partitionOf(place.region).name;
  const isHere = partition === partitionHere && accountId === place.accountId && region === place.region;
  if (!isHere) {
    const beginning = `arn:${partitionHere}:${possible.service}:${place.region}:${place.accountId}:`;
    return `the target is of another partition, account or region: the ARNs of this stage begin with ${beginning}`;
  }
  return globs.some((glob) => matchesGlob(glob, target)) ? undefined : 'the target matches no glob of targetsFromRelease';
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
