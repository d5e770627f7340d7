import { TARGETS_MAX } from 'aws-ota-models';
import { templateRules } from '../channels/rules.ts';
import type { TemplateRules } from '../channels/template-rules.ts';
import type { Place } from '../channels/variables.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import { controlPlanes, type Operation } from './control-planes.ts';
import type { ReleaseOnChannel } from './release-on-channel.ts';

/**
 * The targets of one rollout: the release's, where it gives any, else the channel's. Those of a release are a
 * set (sorted, each once); each must be of this service, account and region and match one of the channel's
 * globs, else TARGET_NOT_ALLOWED. More than 100 are TOO_MANY_TARGETS; none from anywhere is INVALID_RELEASE.
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
    rejections.push(reject('INVALID_RELEASE', 'targets', 'neither the channel nor the release names a target', channelName).rejection);
  }
  const isTooLong = targets.length > TARGETS_MAX;
  // A list that is too long is refused as such; judging its first hundred keeps the answer readable. Of any other each is judged:
  // a target that is named twice must not hide those behind it.
  for (const [index, target] of (release.targets ?? []).slice(0, isTooLong ? TARGETS_MAX : undefined).entries()) {
    const why = whyNot(target, globs, templateRules[controlPlanes[operation].template].targetArns, place);
    if (why !== undefined) rejections.push(reject('TARGET_NOT_ALLOWED', `targets[${index}]`, why, channelName).rejection);
  }
  if (isTooLong) {
    const advice = controlPlanes[operation].adviceOnTooManyTargets;
    rejections.push(
      reject('TOO_MANY_TARGETS', 'targets', `${targets.length} targets, AWS takes ${TARGETS_MAX}: ${advice}`, channelName).rejection,
    );
  }
  return { targets, rejections };
}

/** Whether `text` matches `glob` from its first to its last character: `*` stands for any characters, also none. No regular expression, so no pattern makes it slow. */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (glob[g] === '*') {
      star = g;
      resume = t;
      g += 1;
    } else if (g < glob.length && glob[g] === text[t]) {
      g += 1;
      t += 1;
    } else if (star >= 0) {
      resume += 1;
      t = resume;
      g = star + 1;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}

function whyNot(target: string, globs: readonly string[], targetArns: TemplateRules['targetArns'], place: Place): string | undefined {
  if (globs.length === 0) return 'the channel takes no targets from a release (targetsFromRelease)';
  const [arn, partition, ofService, region, accountId, ...resource] = target.split(':');
  const [kind, name] = splitOnce(resource.join(':'), '/');
  if (
    arn !== 'arn' ||
    !partition?.startsWith('aws') ||
    ofService !== targetArns.service ||
    !targetArns.kinds.includes(kind) ||
    name === ''
  ) {
    return `not the ARN of a ${targetArns.kinds.join(' or ')}`;
  }
  if (accountId !== place.accountId || region !== place.region) return 'a target of another account or region';
  return globs.some((glob) => matchesGlob(glob, target)) ? undefined : 'matches none of the targetsFromRelease of the channel';
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
