import { documentedOTAUpdateInput, isRecord, type Problem, problemsIn, type Segment, tighten } from 'aws-ota-models';
import { isReserved } from './reserved.ts';
import type { Channel } from './schema.ts';
import type { OtaUpdateTemplate } from './template.ts';
import type { TemplateRules } from './template-rules.ts';
import { type JsonObject, listOf, objectOf, type Structure, setByTheService, shapeOf } from './template-shape.ts';

/** Each kind of signing needs its members from this list. AWS accepts an update without them, but then every device fails. */
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

/** The rules of a channel with a `createOTAUpdate` template. */
export const createOTAUpdateRules: TemplateRules = {
  targetArns: { service: 'iot', kinds: ['thing', 'thinggroup'] },
  optionsWithoutEffect: ['scheduleFromRelease'],
  limits: ({ createOTAUpdate }) => limitsOf(createOTAUpdate),
  documentLimits: () => [],
  problems: (channel) => (channel.createOTAUpdate ? problemsOf(channel, channel.createOTAUpdate) : []),
  warnings: () => [],
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
    ...problemsIn(otaUpdateTemplate, isRecord(given) ? others : given, ['createOTAUpdate']),
    ...Object.keys(objectOf(template.additionalParameters))
      .filter(isReserved)
      .map((key) => ({ path: ['createOTAUpdate', 'additionalParameters', key], message: setByTheService })),
    ...listOf(template.tags).flatMap((tag, index, tags) => {
      const key = objectOf(tag).Key;
      if (typeof key !== 'string') return [];
      const path = ['createOTAUpdate', 'tags', index, 'Key'];
      if (isReserved(key)) return [{ path, message: setByTheService }];
      const first = tags.findIndex((other) => objectOf(other).Key === key);
      return first < index ? [{ path, message: `tags[${first}] has the same key: remove one of the two` }] : [];
    }),
    ...rateProblems(template.awsJobExecutionsRolloutConfig),
    ...repeated(listOf(template.protocols), ['createOTAUpdate', 'protocols']),
    ...files.flatMap((entry, index) => fileProblems(objectOf(entry), files, index, ['createOTAUpdate', 'files', index])),
  ];
}

/** Without a criterion the rate would never increase. The documentation asks for one of the two. */
function rateProblems(config: unknown): Problem[] {
  const path = ['awsJobExecutionsRolloutConfig', 'exponentialRate', 'rateIncreaseCriteria'];
  const criteria = objectOf(objectOf(config).exponentialRate).rateIncreaseCriteria;
  if (!isRecord(criteria) || Object.keys(criteria).length > 0) return [];
  return [{ path: ['createOTAUpdate', ...path], message: 'needs numberOfNotifiedThings or numberOfSucceededThings' }];
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
  const signing = objectOf(entry.codeSigning);
  const ways = ['awsSignerJobId', 'startSigningJobParameter', 'customCodeSigning'].filter((name) => signing[name] !== undefined);
  if (Object.keys(signing).length > 0 && ways.length !== 1) {
    found.push({ path: [...path, 'codeSigning'], message: `must have exactly one kind of signing, got ${ways.length}` });
  }
  for (const member of signingMembers) {
    const [way = '', ...inner] = member.split('.');
    const given = inner.reduce<unknown>((value, name) => objectOf(value)[name], signing[way]);
    if (signing[way] !== undefined && (given === undefined || given === '')) {
      found.push({ path: [...path, 'codeSigning', ...member.split('.')], message: 'required' });
    }
  }
  return found;
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

function entryShape(input: Structure): Structure {
  const files = shapeOf(input, 'files', 'list');
  if (files.of.type !== 'structure') throw new Error('files is a list of structures');
  const { fileLocation: _given, ...members } = files.of.members;
  return { ...files.of, members };
}
