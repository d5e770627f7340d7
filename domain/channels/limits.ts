import {
  documentedOTAUpdateInput,
  documentedOtaTaskInput,
  formatMember,
  formatPath,
  isRecord,
  JOB_DOCUMENT_CHARACTERS_MAX,
  type Shape,
  tighten,
  type Violation,
  violations,
} from 'aws-ota-models';
import { canonicalJson } from '../json/canonical.ts';
import { findStrange } from '../json/problem.ts';
import { isOurs, ownDocumentMembers, USER_TAGS_MAX } from './reserved.ts';
import type { Channel } from './schema.ts';

type Structure = Extract<Shape, { type: 'structure' }>;
type JsonObject = Readonly<Record<string, unknown>>;

const ours = 'ours to set: leave it out';

/** Without any of these a way of signing signs nothing, or what no device can verify: AWS takes it, and every device then fails. */
const signingMembers = [
  'awsSignerJobId',
  'startSigningJobParameter.signingProfileName',
  'customCodeSigning.signature.inlineDocument',
  'customCodeSigning.hashAlgorithm',
  'customCodeSigning.signatureAlgorithm',
];

const fileEntry = entryShape(documentedOTAUpdateInput);
const otaUpdateTemplate: Structure = {
  ...tighten(documentedOTAUpdateInput, { 'files[]': fileEntry }),
  required: ['roleArn'],
};
const otaTaskTemplate: Structure = {
  ...tighten(documentedOtaTaskInput, { Tags: { ...shapeOf(documentedOtaTaskInput, 'Tags', 'map'), max: USER_TAGS_MAX } }),
  required: ['OtaType'],
};

/**
 * Every limit that the template members of a channel break by themselves, whatever is released: what makes a
 * channel one that can never work. Paths are relative to the channel
 * (`createOTAUpdate.awsJobTimeoutConfig.inProgressTimeoutInMinutes`). Never throws, also on a channel that no
 * schema has seen.
 */
export function templateViolations(channel: Channel): Violation[] {
  const strange = findStrange(channel);
  if (strange) return [{ path: formatPath(strange.path), rule: strange.message }];
  if (channel.createOTAUpdate !== undefined) {
    return [...otaUpdateViolations(channel.createOTAUpdate), ...noTargets('createOTAUpdate.targets', channel)];
  }
  return [...otaTaskViolations(channel), ...documentViolations(channel)];
}

function otaUpdateViolations(given: unknown): Violation[] {
  const path = 'createOTAUpdate';
  const template = objectOf(given);
  const { otaUpdateId, ...others } = template;
  const files = listOf(template.files);
  return [
    ...(otaUpdateId === undefined ? [] : [{ path: `${path}.otaUpdateId`, rule: ours }]),
    ...violations(otaUpdateTemplate, isRecord(given) ? others : given, path),
    ...Object.keys(objectOf(template.additionalParameters))
      .filter(isOurs)
      .map((key) => ({ path: formatMember(`${path}.additionalParameters`, key), rule: ours })),
    ...listOf(template.tags).flatMap((tag, index, tags) => {
      const key = objectOf(tag).Key;
      if (typeof key !== 'string') return [];
      if (isOurs(key)) return [{ path: `${path}.tags[${index}].Key`, rule: ours }];
      const first = tags.findIndex((other) => objectOf(other).Key === key);
      return first < index ? [{ path: `${path}.tags[${index}].Key`, rule: `each key once, tags[${first}] has it too` }] : [];
    }),
    ...repeated(listOf(template.protocols), `${path}.protocols`),
    ...files.flatMap((entry, index) => fileViolations(objectOf(entry), files, index, `${path}.files[${index}]`)),
  ];
}

function repeated(items: readonly unknown[], path: string): Violation[] {
  return items.flatMap((item, index) => (items.indexOf(item) < index ? [{ path: `${path}[${index}]`, rule: 'each once' }] : []));
}

function fileViolations(entry: JsonObject, files: readonly unknown[], index: number, path: string): Violation[] {
  const found: Violation[] = [];
  const first = files.findIndex((other) => objectOf(other).fileName === entry.fileName);
  if (first < index) {
    const which = entry.fileName === undefined ? 'one entry without fileName' : 'one entry for a fileName';
    found.push({ path: entry.fileName === undefined ? path : `${path}.fileName`, rule: `${which}, files[${first}] is it` });
  }
  const signing = objectOf(entry.codeSigning);
  const ways = ['awsSignerJobId', 'startSigningJobParameter', 'customCodeSigning'].filter((name) => signing[name] !== undefined);
  if (entry.codeSigning !== undefined && ways.length !== 1) {
    found.push({ path: `${path}.codeSigning`, rule: `one way of signing, got ${ways.length}` });
  }
  for (const member of signingMembers) {
    const [way = '', ...inner] = member.split('.');
    const given = inner.reduce<unknown>((value, name) => objectOf(value)[name], signing[way]);
    if (signing[way] !== undefined && (given === undefined || given === '')) {
      found.push({ path: `${path}.codeSigning.${member}`, rule: 'required' });
    }
  }
  return found;
}

function otaTaskViolations(channel: Channel & { readonly createOTAUpdate?: undefined }): Violation[] {
  const path = 'createOtaTask';
  const template = objectOf(channel.createOtaTask);
  const { ClientToken, S3Url, ...others } = template;
  const found: Violation[] = [];
  if (ClientToken !== undefined) found.push({ path: `${path}.ClientToken`, rule: ours });
  if (S3Url !== undefined) found.push({ path: `${path}.S3Url`, rule: ours });
  found.push(...violations(otaTaskTemplate, isRecord(channel.createOtaTask) ? others : channel.createOtaTask, path));
  for (const key of Object.keys(objectOf(template.Tags)).filter(isOurs)) {
    found.push({ path: formatMember(`${path}.Tags`, key), rule: ours });
  }
  if (template.OtaType === 'ONE_TIME') {
    if (template.OtaTargetQueryString !== undefined) {
      found.push({ path: `${path}.OtaTargetQueryString`, rule: 'for OtaType CONTINUOUS only, ONE_TIME takes Target' });
    }
    found.push(...noTargets(`${path}.Target`, channel));
  }
  if (template.OtaType === 'CONTINUOUS') {
    if (template.Target !== undefined) {
      found.push({ path: `${path}.Target`, rule: 'for OtaType ONE_TIME only, CONTINUOUS takes OtaTargetQueryString' });
    }
    if (template.OtaTargetQueryString === undefined)
      found.push({ path: `${path}.OtaTargetQueryString`, rule: 'required by OtaType CONTINUOUS' });
    if (channel.targetsFromRelease !== undefined) {
      found.push({ path: 'targetsFromRelease', rule: 'not with OtaType CONTINUOUS, which takes a query and no targets' });
    }
  }
  return found;
}

/** A channel without targets that takes none from a release either can never work. */
function noTargets(path: string, channel: Channel): Violation[] {
  const targets = channel.createOTAUpdate ? channel.createOTAUpdate.targets : channel.createOtaTask?.Target;
  const fromRelease = listOf(channel.targetsFromRelease).length > 0;
  return targets === undefined && !fromRelease ? [{ path, rule: 'required where targetsFromRelease permits none' }] : [];
}

function documentViolations(channel: Channel & { readonly createOTAUpdate?: undefined }): Violation[] {
  const names = Object.keys(objectOf(channel.jobDocument));
  const found = ownDocumentMembers
    .filter((name) => names.includes(name))
    .map((name) => ({ path: `jobDocument.${name}`, rule: 'a member of the default document: add to it, do not replace it' }));
  const characters = [...canonicalJson(channel.jobDocument ?? {})].length;
  if (characters > JOB_DOCUMENT_CHARACTERS_MAX) {
    found.push({
      path: 'jobDocument',
      rule: `at most ${JOB_DOCUMENT_CHARACTERS_MAX} characters with all that is added, these alone are ${characters}`,
    });
  }
  const pattern: unknown = channel.artifactUrl;
  if (typeof pattern === 'string' && !/\{(?:key|version)\}/.test(pattern)) {
    found.push({ path: 'artifactUrl', rule: 'needs {key} or {version}, or every artifact has one URL' });
  }
  return found;
}

function entryShape(input: Structure): Structure {
  const files = shapeOf(input, 'files', 'list');
  if (files.of.type !== 'structure') throw new Error('files is a list of structures');
  const { fileLocation: _given, ...members } = files.of.members;
  return { ...files.of, members };
}

function shapeOf<T extends Shape['type']>(input: Structure, name: string, type: T): Extract<Shape, { type: T }> {
  const shape = input.members[name];
  if (shape?.type !== type) throw new Error(`${name} is a ${type}`);
  return shape as Extract<Shape, { type: T }>;
}

function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
