import {
  documentedOtaTaskInput,
  isRecord,
  JOB_DOCUMENT_CHARACTERS_MAX,
  managedIntegrationsRegions,
  type Problem,
  tighten,
} from 'aws-ota-models';
import { canonicalJson } from '../json/canonical.ts';
import { parseMinute } from '../release/instant.ts';
import { artifactUrlProblems, sameUrlProblems } from './artifact-url.ts';
import { isReserved, reservedDocumentMembers, USER_TAGS_MAX } from './reserved.ts';
import type { Channel, DocumentTemplate } from './schema.ts';
import type { OtaTaskTemplate } from './template.ts';
import type { TemplateRules } from './template-rules.ts';
import { descriptionForAll, objectOf, type Structure, setByTheService, shapeOf, templateProblems } from './template-shape.ts';
import type { ChannelVariables } from './variables.ts';

const otaTaskTemplate: Structure = {
  ...tighten(documentedOtaTaskInput, { Tags: { ...shapeOf(documentedOtaTaskInput, 'Tags', 'map'), min: 0, max: USER_TAGS_MAX } }),
  required: ['OtaType'],
};

/** The rules of a channel with a `createOtaTask` template. */
export const createOtaTaskRules: TemplateRules = {
  optionsWithoutEffect: ['unsigned', 'unverified'],
  limits: limitsOf,
  documentLimits: documentProblems,
  problems: (channel) => (channel.createOtaTask ? problemsOf(channel, channel.createOtaTask) : []),
  warnings: warningsOf,
  targetsMember: 'Target',
  takesTargets: ({ createOtaTask }) => objectOf(createOtaTask)['OtaType'] === 'ONE_TIME',
  query: ({ createOtaTask }) => createOtaTask?.OtaTargetQueryString,
};

function limitsOf(channel: Channel): Problem[] {
  const path = ['createOtaTask'];
  const template = objectOf(channel.createOtaTask);
  const { ClientToken, S3Url, ...others } = template;
  const found: Problem[] = [];
  if (ClientToken !== undefined) found.push({ path: [...path, 'ClientToken'], message: setByTheService });
  if (S3Url !== undefined) found.push({ path: [...path, 'S3Url'], message: setByTheService });
  found.push(...templateProblems(otaTaskTemplate, isRecord(channel.createOtaTask) ? others : channel.createOtaTask, 'createOtaTask'));
  for (const key of Object.keys(objectOf(template.Tags)).filter(isReserved)) {
    found.push({ path: [...path, 'Tags', key], message: setByTheService });
  }
  if (template.OtaType === 'ONE_TIME') {
    if (template.OtaTargetQueryString !== undefined) {
      found.push({ path: [...path, 'OtaTargetQueryString'], message: 'only OtaType CONTINUOUS has a query: use Target with ONE_TIME' });
    }
  }
  if (template.OtaType === 'CONTINUOUS') {
    if (template.Target !== undefined) {
      found.push({ path: [...path, 'Target'], message: 'only OtaType ONE_TIME has targets: use OtaTargetQueryString with CONTINUOUS' });
    }
    if (template.OtaTargetQueryString === undefined)
      found.push({ path: [...path, 'OtaTargetQueryString'], message: 'required with OtaType CONTINUOUS' });
    if (channel.targetsFromRelease !== undefined) {
      found.push({ path: ['targetsFromRelease'], message: 'OtaType CONTINUOUS has a query instead of targets: remove this member' });
    }
  }
  return found;
}

function documentProblems(channel: Channel & DocumentTemplate): Problem[] {
  const names = Object.keys(objectOf(channel.jobDocument));
  const found = reservedDocumentMembers
    .filter((name) => names.includes(name))
    .map((name) => ({ path: ['jobDocument', name], message: 'the service sets this member of the job document: use a different name' }));
  const characters = [...canonicalJson(channel.jobDocument ?? {})].length;
  if (characters > JOB_DOCUMENT_CHARACTERS_MAX) {
    found.push({
      path: ['jobDocument'],
      message: `the whole job document may have ${JOB_DOCUMENT_CHARACTERS_MAX} characters, but these members alone have ${characters}`,
    });
  }
  return [...found, ...sameUrlProblems(channel.artifactUrl)];
}

function problemsOf(channel: Channel & { readonly artifactUrl?: string }, template: OtaTaskTemplate): Problem[] {
  const found: Problem[] = [];
  if (channel.whenSuperseded === 'cancel') {
    found.push({ path: ['whenSuperseded'], message: 'managed integrations cannot cancel a task: use keep or delete' });
  }
  if (template.TaskConfigurationId === undefined && !channel.unguarded) {
    found.push({
      path: ['createOtaTask', 'TaskConfigurationId'],
      message: 'required, because MI keeps abort criteria and timeout there: set it, or set unguarded: allow',
    });
  }
  if (channel.artifactUrl !== undefined) found.push(...artifactUrlProblems(channel.artifactUrl));
  return [...found, ...scheduleProblems(template.OtaSchedulingConfig)];
}

/** AWS adds regions, so a region that is not listed is no error. The local service has every AWS service in its region. */
function warningsOf(channel: Channel & DocumentTemplate, { region, stage }: ChannelVariables): Problem[] {
  const found: Problem[] = [];
  if (stage !== 'local' && !managedIntegrationsRegions.includes(region)) {
    const regions = managedIntegrationsRegions.join(', ');
    found.push({
      path: ['createOtaTask'],
      message: `AWS documents managed integrations for ${regions}, and not for ${region}: deploy the stage in one of these regions`,
    });
  }
  if (channel.createOtaTask?.Description !== undefined) {
    found.push({ path: ['createOtaTask', 'Description'], message: descriptionForAll });
  }
  if (channel.artifactUrl === undefined) {
    found.push({
      path: ['artifactUrl'],
      message: 'without it, devices get an unsigned S3 URL, which a private bucket answers with 403: set a URL that devices can read',
    });
  }
  return found;
}

function scheduleProblems(config: object | undefined): Problem[] {
  if (!isRecord(config)) return [];
  const found: Problem[] = [];
  for (const member of ['StartTime', 'EndTime']) {
    const path = ['createOtaTask', 'OtaSchedulingConfig', member];
    const given = config[member];
    if (given !== undefined && parseMinute(`${given}:00Z`) === undefined) {
      found.push({ path, message: 'must be UTC in the form YYYY-MM-DDTHH:mm' });
    }
  }
  const { StartTime: start, EndTime: end } = config;
  if (found.length === 0 && typeof start === 'string' && typeof end === 'string' && end <= start) {
    found.push({ path: ['createOtaTask', 'OtaSchedulingConfig', 'EndTime'], message: 'must be after StartTime' });
  }
  return found;
}
