import { documentedOTAUpdateInput, isRecord, type Problem, type Segment, tighten } from 'aws-ota-models';
import { missingRateCriterion, tagListProblems } from './members-of-iot.ts';
import { isReserved } from './reserved.ts';
import type { Channel } from './schema.ts';
import type { OtaUpdateTemplate } from './template.ts';
import type { TemplateRules } from './template-rules.ts';
import {
  descriptionForAll,
  givenByTheRelease,
  type JsonObject,
  listOf,
  objectOf,
  omit,
  type Structure,
  setByTheService,
  shapeOf,
  templateProblems,
} from './template-shape.ts';

/** Members of an artifact that a channel never gives. All but `fileLocation` are members of a release alone. */
const membersOfTheRelease = ['fileLocation', 'sha256', 'sizeBytes', 'jobDocument'];

/** The kinds of signing that belong to one binary. In a channel, every later release would have the old signature. */
const signingsOfTheRelease = ['awsSignerJobId', 'customCodeSigning'];

/** A CreateOTAUpdate request as a channel may have it, beside `otaUpdateId`: without what only a release gives. */
export const otaUpdateTemplate: Structure = {
  ...tighten(documentedOTAUpdateInput, { 'files[]': fileEntry(documentedOTAUpdateInput) }),
  required: ['roleArn'],
};

/** The rules of a channel with a `createOTAUpdate` template. */
export const createOTAUpdateRules: TemplateRules = {
  optionsWithoutEffect: ['scheduleFromRelease'],
  limits: ({ createOTAUpdate }) => limitsOf(createOTAUpdate),
  documentLimits: () => [],
  problems: (channel) => (channel.createOTAUpdate ? problemsOf(channel, channel.createOTAUpdate) : []),
  warnings: ({ createOTAUpdate }) => (createOTAUpdate ? warningsOf(createOTAUpdate) : []),
  targetsMember: 'targets',
  takesTargets: () => true,
  query: () => undefined,
};

function limitsOf(given: unknown): Problem[] {
  const template = objectOf(given);
  const { otaUpdateId, ...others } = template;
  const files = listOf(template.files);
  return [
    ...(otaUpdateId === undefined ? [] : [{ path: ['createOTAUpdate', 'otaUpdateId'], message: setByTheService }]),
    ...templateProblems(otaUpdateTemplate, isRecord(given) ? others : given, 'createOTAUpdate').map(explainMember),
    ...Object.keys(objectOf(template.additionalParameters))
      .filter(isReserved)
      .map((key) => ({ path: ['createOTAUpdate', 'additionalParameters', key], message: setByTheService })),
    ...tagListProblems(template.tags, ['createOTAUpdate', 'tags']),
    ...missingRateCriterion(template.awsJobExecutionsRolloutConfig, ['createOTAUpdate', 'awsJobExecutionsRolloutConfig']),
    ...repeated(listOf(template.protocols), ['createOTAUpdate', 'protocols']),
    ...files.flatMap((entry, index) => fileProblems(objectOf(entry), files, index, ['createOTAUpdate', 'files', index])),
  ];
}

/** The problem of a member that is unknown here only because the release gives it, with the words for that. */
function explainMember(problem: Problem): Problem {
  const [, files, , member, kind, ...deeper] = problem.path;
  if (files !== 'files' || member === undefined || deeper.length > 0) return problem;
  if (kind === undefined && membersOfTheRelease.includes(String(member))) return { ...problem, message: givenByTheRelease };
  return member === 'codeSigning' && signingsOfTheRelease.includes(String(kind))
    ? { ...problem, message: 'it belongs to one binary, so the release gives it: leave it out, and write it into the artifact' }
    : problem;
}

function repeated(items: readonly unknown[], path: readonly Segment[]): Problem[] {
  return items.flatMap((item, index) =>
    items.indexOf(item) < index ? [{ path: [...path, index], message: 'is listed twice: remove one of the two' }] : [],
  );
}

function fileProblems(entry: JsonObject, files: readonly unknown[], index: number, path: readonly Segment[]): Problem[] {
  const found: Problem[] = [];
  const first = files.findIndex((other) => objectOf(other).fileName === entry.fileName);
  if (first < index) {
    const rule = entry.fileName === undefined ? 'also has no fileName' : 'has the same fileName';
    found.push({
      path: entry.fileName === undefined ? path : [...path, 'fileName'],
      message: `files[${first}] ${rule}: remove one of the two`,
    });
  }
  return [...found, ...signingProblems(entry.codeSigning, [...path, 'codeSigning'])];
}

/** AWS accepts an update that signs nothing or names no profile, but then every device fails. */
function signingProblems(codeSigning: unknown, path: readonly Segment[]): Problem[] {
  const { startSigningJobParameter } = objectOf(codeSigning);
  if (startSigningJobParameter === undefined) return [];
  const { signingProfileName } = objectOf(startSigningJobParameter);
  return signingProfileName === undefined
    ? [{ path: [...path, 'startSigningJobParameter', 'signingProfileName'], message: 'required' }]
    : [];
}

function problemsOf(channel: Channel, template: OtaUpdateTemplate): Problem[] {
  const found: Problem[] = [];
  if (channel.whenSuperseded === 'delete') {
    found.push({ path: ['whenSuperseded'], message: 'IoT Core jobs are canceled, not deleted: use keep or cancel' });
  }
  // The deployment derives an iam:PassRole statement from the role. There a wildcard would permit more than one role.
  if (/[*?]/.test(template.roleArn)) {
    found.push({ path: ['createOTAUpdate', 'roleArn'], message: 'must name exactly one role, without wildcards' });
  }
  return found;
}

/** What every release loses to this channel. `fileType` belongs to a kind of file and not to one release. */
function warningsOf({ description, files }: OtaUpdateTemplate): Problem[] {
  const path = ['createOTAUpdate'];
  return [
    ...(description === undefined ? [] : [{ path: [...path, 'description'], message: descriptionForAll }]),
    ...(files ?? []).flatMap(({ fileVersion }, index) =>
      fileVersion === undefined
        ? []
        : [
            {
              path: [...path, 'files', index, 'fileVersion'],
              message: 'every release gets this fileVersion in place of its own: leave it out',
            },
          ],
    ),
  ];
}

function fileEntry(input: Structure): Structure {
  const files = shapeOf(input, 'files', 'list');
  if (files.of.type !== 'structure') throw new Error('files is a list of structures');
  const codeSigning = shapeOf(files.of, 'codeSigning', 'structure');
  const { members } = files.of;
  return {
    ...files.of,
    members: {
      ...omit(members, membersOfTheRelease),
      codeSigning: { ...codeSigning, members: omit(codeSigning.members, signingsOfTheRelease) },
    },
  };
}
