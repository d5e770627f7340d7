import { formatPath, type Problem, type Segment } from 'aws-ota-models';
import { findForbidden } from '../json/problem.ts';
import { createOtaTaskRules } from './create-ota-task.ts';
import { createOTAUpdateRules } from './create-ota-update.ts';
import type { Channel, Channels, TemplateName } from './schema.ts';
import { templateNameOf } from './schema.ts';
import type { TemplateRules } from './template-rules.ts';
import { listOf, objectOf } from './template-shape.ts';

export const templateRules: Readonly<Record<TemplateName, TemplateRules>> = {
  createOTAUpdate: createOTAUpdateRules,
  createOtaTask: createOtaTaskRules,
};

/**
 * Every limit that the template of a channel breaks, whatever is released: what makes a channel one that can never work.
 * Paths are relative to the channel. Never throws, even on a channel that no schema has checked.
 */
export function findLimitProblems(channel: Channel): Problem[] {
  const forbidden = findForbidden(channel);
  if (forbidden) return [forbidden];
  const rules = templateRules[templateNameOf(channel)];
  return [...rules.limits(channel), ...noTargets(channel, rules)];
}

/**
 * What makes a channel one that can never work or that nobody meant, beyond the limits of the AWS requests: an
 * answer to an older rollout that the service behind it does not have, a missing guard rail, a glob that matches
 * nothing. The templates hold the types that they declare. Paths are relative to the channel.
 */
export function findChannelProblems(channel: Channel): Problem[] {
  const rules = templateRules[templateNameOf(channel)];
  return [...rules.problems(channel), ...globProblems(channel, rules)];
}

/**
 * What a person should know about a file that is valid: channels that share a target, where each rollout of one
 * meets those of the other on the same devices, and options that do nothing on the service behind the channel.
 */
export function findWarnings(channels: Channels): Problem[] {
  return [...sharedTargets(channels), ...idleOptions(channels)];
}

function sharedTargets(channels: Channels): Problem[] {
  const firstWith = new Map<string, readonly Segment[]>();
  const warnings: Problem[] = [];
  for (const [product, { channels: ofProduct }] of Object.entries(channels.products)) {
    for (const [name, channel] of Object.entries(ofProduct)) {
      const path = ['products', product, 'channels', name];
      for (const [target, at] of targetsOf(channel)) {
        const first = firstWith.get(target);
        if (!first) firstWith.set(target, path);
        else if (first !== path) warnings.push({ path: [...path, ...at], message: `shares this target with ${formatPath(first)}` });
      }
    }
  }
  return warnings;
}

function idleOptions(channels: Channels): Problem[] {
  return Object.entries(channels.products).flatMap(([product, { channels: ofProduct }]) =>
    Object.entries(ofProduct).flatMap(([name, channel]) =>
      templateRules[templateNameOf(channel)].idleOptions
        .filter((option) => channel[option] !== undefined)
        .map((option) => ({
          path: ['products', product, 'channels', name, option],
          message: 'does nothing on the service behind this channel',
        })),
    ),
  );
}

/** A channel without targets that takes none from a release can never work. */
function noTargets(channel: Channel, { takesTargets, targetsMember }: TemplateRules): Problem[] {
  const name = templateNameOf(channel);
  if (!takesTargets(channel) || objectOf(channel[name])[targetsMember] !== undefined || listOf(channel.targetsFromRelease).length > 0)
    return [];
  return [{ path: [name, targetsMember], message: 'required where targetsFromRelease permits none' }];
}

function globProblems(channel: Channel, { targetArns: { service, kinds } }: TemplateRules): Problem[] {
  return (channel.targetsFromRelease ?? []).flatMap((glob, index) => {
    const path = ['targetsFromRelease', index];
    if (/[?[\]{}\\\s]/.test(glob)) return [{ path, message: '* is the only wildcard' }];
    const fixed = glob.slice(0, glob.indexOf('*') === -1 ? undefined : glob.indexOf('*')).split(':');
    // Up to the first wildcard the glob must agree with the ARN of a target, or no target ever matches.
    const [arn = '', , ofService, , , resource] = fixed;
    const lastIsOpen = glob.includes('*');
    const isPrefix = (part: string | undefined, whole: string, last: boolean) =>
      part === undefined || (last && lastIsOpen ? whole.startsWith(part) : part === whole);
    const isKind = (kind: string) =>
      resource?.includes('/') === true ? resource.startsWith(`${kind}/`) : lastIsOpen && isPrefix(resource, kind, true);
    const canMatch = isPrefix(arn, 'arn', fixed.length === 1) && isPrefix(ofService, service, fixed.length === 3) && kinds.some(isKind);
    return canMatch ? [] : [{ path, message: `matches no ARN of a target of ${service}` }];
  });
}

/** Each target of a channel, or its query, with its path relative to the channel. */
function targetsOf(channel: Channel): [target: string, at: Segment[]][] {
  const name = templateNameOf(channel);
  const { targetsMember, query } = templateRules[name];
  const targets = listOf(objectOf(channel[name])[targetsMember]).map((target, index): [string, Segment[]] => [
    String(target),
    [name, targetsMember, index],
  ]);
  const asked = query(channel);
  return asked === undefined ? targets : [...targets, [`query ${asked}`, [name, 'OtaTargetQueryString']]];
}
