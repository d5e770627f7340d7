import type { Problem } from 'aws-ota-models';
import { findForbidden } from '../json/problem.ts';
import { createJobRules } from './create-job.ts';
import { createOtaTaskRules } from './create-ota-task.ts';
import { createOTAUpdateRules } from './create-ota-update.ts';
import type { Channel } from './schema.ts';
import { type TargetArns, targetArns } from './target-arns.ts';
import { findTemplateName, noTemplate, type TemplateName, templateNameOf } from './template-name.ts';
import type { TemplateRules } from './template-rules.ts';
import { listOf, objectOf } from './template-shape.ts';

/** The rules that depend on the template of a channel. Each control plane adds one entry. */
export const templateRules: Readonly<Record<TemplateName, TemplateRules>> = {
  createOTAUpdate: createOTAUpdateRules,
  createOtaTask: createOtaTaskRules,
  createJob: createJobRules,
};

/**
 * Every limit of the AWS request that the template of a channel breaks, whatever is released. With one of these the channel
 * can never work. Paths are relative to the channel. Never throws, even if no schema has checked the channel.
 */
export function findLimitProblems(channel: Channel): Problem[] {
  const forbidden = findForbidden(channel);
  if (forbidden) return [forbidden];
  const name = findTemplateName(channel);
  if (name === undefined) return [{ path: [], message: noTemplate }];
  const rules = templateRules[name];
  return [...rules.limits(channel), ...missingTargets(channel, rules), ...rules.documentLimits(channel)];
}

/**
 * The problems of a channel beyond the limits of the AWS request. Examples are a `whenSuperseded` that its AWS service does
 * not have, a missing guard rail, and a glob that can match no target.
 *
 * Paths are relative to the channel. It reads the template by its types, so call it only if {@link findLimitProblems} finds
 * nothing.
 */
export function findChannelProblems(channel: Channel): Problem[] {
  const name = templateNameOf(channel);
  return [...templateRules[name].problems(channel), ...globProblems(channel, targetArns[name])];
}

/** A channel can never work if it has no targets and a release may not bring any. */
function missingTargets(channel: Channel, { takesTargets, targetsMember }: TemplateRules): Problem[] {
  const name = templateNameOf(channel);
  if (!takesTargets(channel) || objectOf(channel[name])[targetsMember] !== undefined || listOf(channel.targetsFromRelease).length > 0)
    return [];
  return [{ path: [name, targetsMember], message: 'required, unless targetsFromRelease permits targets from a release' }];
}

function globProblems(channel: Channel, { service, kinds }: TargetArns): Problem[] {
  return (channel.targetsFromRelease ?? []).flatMap((glob, index) => {
    const path = ['targetsFromRelease', index];
    if (/[?[\]{}\\\s]/.test(glob)) return [{ path, message: 'the only wildcard is *' }];
    const fixed = glob.slice(0, glob.indexOf('*') === -1 ? undefined : glob.indexOf('*')).split(':');
    // The part before the first wildcard must fit the ARN of a target, or the glob can never match one.
    const [arn = '', , ofService, , , resource] = fixed;
    const lastIsOpen = glob.includes('*');
    const isPrefix = (part: string | undefined, whole: string, last: boolean) =>
      part === undefined || (last && lastIsOpen ? whole.startsWith(part) : part === whole);
    const isKind = (kind: string) =>
      resource?.includes('/') === true
        ? resource.startsWith(`${kind}/`) && (lastIsOpen || resource !== `${kind}/`)
        : lastIsOpen && isPrefix(resource, kind, true);
    const isEmpty = fixed.some((part, at) => at < 5 && part === '' && !(lastIsOpen && at === fixed.length - 1));
    const canMatch =
      !isEmpty && isPrefix(arn, 'arn', fixed.length === 1) && isPrefix(ofService, service, fixed.length === 3) && kinds.some(isKind);
    return canMatch ? [] : [{ path, message: `cannot match the ARN of any target of ${service}` }];
  });
}
