import { formatPath, isRecord, type Segment } from 'aws-ota-models';
import type { Problem } from '../json/problem.ts';
import { parseMinute } from '../release/instant.ts';
import type { Channel, Channels, OtaTaskTemplate, OtaUpdateTemplate } from './schema.ts';

/** Which resources of a service can be targets. */
export const targetKinds = { iot: ['thing', 'thinggroup'], iotmanagedintegrations: ['managed-thing'] } as const;

const placeholders = new Set(['{bucket}', '{key}', '{version}', '{region}']);

/**
 * What makes a channel one that can never work or that nobody meant, beyond the limits of the AWS requests: an
 * answer to an older rollout that the service behind it does not have, a missing guard rail, a glob that matches
 * nothing. The templates hold the types that they declare. Paths are relative to the channel.
 */
export function findChannelProblems(channel: Channel): Problem[] {
  const found = channel.createOTAUpdate ? iotProblems(channel, channel.createOTAUpdate) : miProblems(channel, channel.createOtaTask);
  return [...found, ...globProblems(channel)];
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
    Object.entries(ofProduct).flatMap(([name, channel]) => {
      const idle = channel.createOTAUpdate ? (['scheduleFromRelease'] as const) : (['unsigned', 'unverified'] as const);
      return idle
        .filter((option) => channel[option] !== undefined)
        .map((option) => ({
          path: ['products', product, 'channels', name, option],
          message: 'does nothing on the service behind this channel',
        }));
    }),
  );
}

function iotProblems(channel: Channel, template: OtaUpdateTemplate): Problem[] {
  const found: Problem[] = [];
  if (channel.whenSuperseded === 'delete') {
    found.push({ path: ['whenSuperseded'], message: 'delete is for createOtaTask only; an IoT Core job is canceled' });
  }
  // serverless.yml turns the role into an iam:PassRole statement, where these would name more than one role.
  if (/[*?]/.test(template.roleArn)) {
    found.push({ path: ['createOTAUpdate', 'roleArn'], message: 'one role, no wildcard' });
  }
  return found;
}

function miProblems(channel: Channel & { readonly artifactUrl?: string }, template: OtaTaskTemplate): Problem[] {
  const found: Problem[] = [];
  if (channel.whenSuperseded === 'cancel') {
    found.push({ path: ['whenSuperseded'], message: 'cancel is for createOTAUpdate only; managed integrations can only delete a task' });
  }
  if (template.TaskConfigurationId === undefined && !channel.unguarded) {
    found.push({
      path: ['createOtaTask', 'TaskConfigurationId'],
      message: 'required: abort criteria and timeout are kept there; unguarded: allow goes without',
    });
  }
  if (channel.artifactUrl !== undefined) found.push(...urlProblems(channel.artifactUrl));
  return [...found, ...scheduleProblems(template.OtaSchedulingConfig)];
}

function urlProblems(pattern: string): Problem[] {
  const unknown = [...pattern.matchAll(/\{[^}]*\}?|\}/g)].some(([placeholder]) => !placeholders.has(placeholder));
  if (unknown) return [{ path: ['artifactUrl'], message: 'the placeholders are {bucket}, {key}, {version} and {region}' }];
  return /^[a-z][a-z0-9+.-]*:\/\/[!-~]+$/.test(pattern)
    ? []
    : [{ path: ['artifactUrl'], message: 'a URL such as https://cdn.example.com/{key}' }];
}

function scheduleProblems(config: object | undefined): Problem[] {
  if (!isRecord(config)) return [];
  const found: Problem[] = [];
  for (const member of ['StartTime', 'EndTime']) {
    const path = ['createOtaTask', 'OtaSchedulingConfig', member];
    const given = config[member];
    if (given !== undefined && parseMinute(`${given}:00Z`) === undefined) {
      found.push({ path, message: 'UTC in the form YYYY-MM-DDTHH:mm' });
    }
  }
  const { StartTime: start, EndTime: end } = config;
  if (found.length === 0 && typeof start === 'string' && typeof end === 'string' && end <= start) {
    found.push({ path: ['createOtaTask', 'OtaSchedulingConfig', 'EndTime'], message: 'must be after StartTime' });
  }
  return found;
}

function globProblems(channel: Channel): Problem[] {
  const service = channel.createOTAUpdate ? 'iot' : 'iotmanagedintegrations';
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
    const canMatch =
      isPrefix(arn, 'arn', fixed.length === 1) && isPrefix(ofService, service, fixed.length === 3) && targetKinds[service].some(isKind);
    return canMatch ? [] : [{ path, message: `matches no ARN of a target of ${service}` }];
  });
}

function targetsOf(channel: Channel): [target: string, at: Segment[]][] {
  if (channel.createOTAUpdate) {
    return (channel.createOTAUpdate.targets ?? []).map((target, index) => [target, ['createOTAUpdate', 'targets', index]]);
  }
  const { Target = [], OtaTargetQueryString: query } = channel.createOtaTask;
  const targets = Target.map((target, index): [string, Segment[]] => [target, ['createOtaTask', 'Target', index]]);
  return query === undefined ? targets : [...targets, [`query ${query}`, ['createOtaTask', 'OtaTargetQueryString']]];
}
