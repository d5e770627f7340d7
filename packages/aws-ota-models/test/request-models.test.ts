import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documentedJobInput, documentedOTAUpdateInput, documentedOtaTaskInput, tighten } from '../src/documented-limits.ts';
import { formatPath } from '../src/path.ts';
import { createJobInput, createOTAUpdateInput, createOtaTaskInput } from '../src/request-models.ts';
import { problemsIn, type Shape } from '../src/shape.ts';

type ModelShape = {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
};
type Model = { readonly shapes: Readonly<Record<string, ModelShape>> };

const models = new URL('../../../../shared/aws-models/', import.meta.url);
const operations = [
  ['CreateOTAUpdateRequest', 'iot-2015-05-28.ota.json', createOTAUpdateInput],
  ['CreateJobRequest', 'iot-2015-05-28.ota.json', createJobInput],
  ['CreateOtaTaskRequest', 'iot-managed-integrations-2025-03-03.ota.json', createOtaTaskInput],
] as const;

if (existsSync(models)) {
  describe('the request models, compared with the API models of AWS', () => {
    it.each(operations)('%s has every member with its type and limits, and no other', (root, file, restated) => {
      const model: Model = JSON.parse(readFileSync(new URL(file, models), 'utf8'));
      expect(outline(restated)).toEqual(outlineOfModel(model, root));
    });
  });
} else {
  describe('the request models (not compared with the API models of AWS, which are not in this repository)', () => {
    it.each(operations)('%s has required members and others', (_root, _file, restated) => {
      expect(Object.keys(restated.members)).toEqual(expect.arrayContaining([...(restated.required ?? [])]));
    });
  });
}

describe('the documented limits', () => {
  it.each([
    ['CreateOTAUpdate', createOTAUpdateInput, documentedOTAUpdateInput],
    ['CreateJob', createJobInput, documentedJobInput],
    ['CreateOtaTask', createOtaTaskInput, documentedOtaTaskInput],
  ] as const)('%s: have the members of the model and no others', (_name, model, documented) => {
    expect(memberPaths(documented)).toEqual(memberPaths(model));
    expect(documented.required).toEqual(model.required);
  });

  it('cannot tighten a member that the model does not have', () => {
    expect(() => tighten(createOtaTaskInput, { S3URL: { type: 'boolean' } })).toThrow('S3URL');
    expect(() => tighten(createOTAUpdateInput, { 'files[].name': { type: 'boolean' } })).toThrow('files[].name');
    expect(() => tighten(createOTAUpdateInput, { 'files.fileName': { type: 'boolean' } })).toThrow('files.fileName');
  });

  it('count characters, not the units of UTF-16', () => {
    expect(problemsIn(createOTAUpdateInput, { ...least, description: '😀'.repeat(2028) })).toEqual([]);
    expect(problemsIn(createOTAUpdateInput, { ...least, description: '😀'.repeat(2029) })).toEqual([
      { path: ['description'], message: 'must be text of at most 2028 characters, got 2029' },
    ]);
  });

  it('are stricter than the models, which are all that AWS checks at once', () => {
    const loose = {
      ...least,
      otaUpdateId: 'a'.repeat(57),
      targets: ['anything'],
      tags: [{ Key: 'aws:a' }],
      roleArn: 'twenty characters ...',
    };
    expect(problemsIn(createOTAUpdateInput, loose)).toEqual([]);
    expect(problemsIn(documentedOTAUpdateInput, loose).map(({ path }) => formatPath(path))).toEqual([
      'otaUpdateId',
      'targets[0]',
      'roleArn',
      'tags[0].Key',
    ]);
    const job = {
      jobId: 'a',
      targets: ['anything'],
      document: '',
      presignedUrlConfig: { roleArn: 'twenty characters ...' },
      jobExecutionsRolloutConfig: { maximumPerMinute: 1001 },
      abortConfig: {
        criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: -1, minNumberOfExecutedThings: 1 }],
      },
      timeoutConfig: { inProgressTimeoutInMinutes: 0 },
      tags: [{ Key: 'aws:a' }],
      destinationPackageVersions: ['arn:aws:iot:us-east-1:000000000000:package/a/version/$default'],
    };
    expect(problemsIn(createJobInput, job)).toEqual([]);
    expect(problemsIn(documentedJobInput, job).map(({ path }) => formatPath(path))).toEqual([
      'targets[0]',
      'document',
      'presignedUrlConfig.roleArn',
      'jobExecutionsRolloutConfig.maximumPerMinute',
      'abortConfig.criteriaList[0].thresholdPercentage',
      'timeoutConfig.inProgressTimeoutInMinutes',
      'tags[0].Key',
      'destinationPackageVersions[0]',
    ]);
    const task = {
      OtaType: 'ONE_TIME',
      S3Url: 'https://a/b',
      Target: [],
      OtaTargetQueryString: '',
      OtaSchedulingConfig: { StartTime: '', EndTime: '' },
    };
    expect(problemsIn(createOtaTaskInput, task)).toEqual([]);
    expect(problemsIn(documentedOtaTaskInput, task).map(({ path }) => formatPath(path))).toEqual([
      'S3Url',
      'Target',
      'OtaTargetQueryString',
      'OtaSchedulingConfig.StartTime',
      'OtaSchedulingConfig.EndTime',
    ]);
  });

  it.each([
    ['a thing group', 'arn:aws:iot:eu-west-1:123456789012:thinggroup/a', true],
    ['a thing in China', 'arn:aws-cn:iot:cn-north-1:123456789012:thing/a:b_c-d', true],
    ['a policy', 'arn:aws:iot:eu-west-1:123456789012:policy/a', false],
    ['an account of 11 digits', 'arn:aws:iot:eu-west-1:12345678901:thing/a', false],
    ['no name', 'arn:aws:iot:eu-west-1:123456789012:thing/', false],
    ['more than a name', 'arn:aws:iot:eu-west-1:123456789012:thing/a\n', false],
  ])('of a target, given %s: %s is valid: %s', (_what, target, taken) => {
    expect(problemsIn(documentedOTAUpdateInput, { ...least, targets: [target] })).toEqual(
      taken ? [] : [{ path: ['targets', 0], message: 'must be the ARN of a thing or a thing group' }],
    );
  });
});

const least = {
  otaUpdateId: 'a',
  targets: ['arn:aws:iot:us-east-1:000000000000:thing/a'],
  files: [{}],
  roleArn: 'arn:aws:iam::000000000000:role/a',
};

/** A shape as plain data, so that two shapes can be compared. */
function outline(shape: Shape): unknown {
  switch (shape.type) {
    case 'structure':
      return {
        type: 'structure',
        required: [...(shape.required ?? [])].sort(),
        members: Object.fromEntries(Object.entries(shape.members).map(([name, inner]) => [name, outline(inner)])),
      };
    case 'list':
      return { type: 'list', of: outline(shape.of), min: shape.min, max: shape.max };
    case 'map':
      return { type: 'map', key: outline(shape.key), value: outline(shape.value), min: shape.min, max: shape.max };
    case 'enum':
      return { type: 'enum', values: [...shape.values].sort() };
    case 'string':
      return { type: 'string', min: shape.min, max: shape.max, pattern: shape.pattern?.source };
    case 'integer':
    case 'double':
      return { type: shape.type, min: shape.min, max: shape.max };
    default:
      return { type: shape.type };
  }
}

function outlineOfModel(model: Model, name: string): unknown {
  const shape = model.shapes[name];
  if (!shape) throw new Error(`no shape ${name}`);
  const { min, max } = shape;
  const inner = (ref: { readonly shape: string } | undefined) => outlineOfModel(model, ref?.shape ?? '');
  switch (shape.type) {
    case 'structure':
      return {
        type: 'structure',
        required: [...(shape.required ?? [])].sort(),
        members: Object.fromEntries(Object.entries(shape.members ?? {}).map(([member, ref]) => [member, inner(ref)])),
      };
    case 'list':
      return { type: 'list', of: inner(shape.member), min, max };
    case 'map':
      return { type: 'map', key: inner(shape.key), value: inner(shape.value), min, max };
    case 'string':
      if (shape.enum) return { type: 'enum', values: [...shape.enum].sort() };
      // The one pattern that the model anchors itself; here every pattern matches the whole text.
      return { type: 'string', min, max, pattern: shape.pattern?.replace(/^\^|\$$/g, '') };
    case 'integer':
    case 'long':
      return { type: 'integer', min, max };
    default:
      return shape.type === 'double' ? { type: 'double', min, max } : { type: shape.type };
  }
}

function memberPaths(shape: Shape, path = ''): string[] {
  if (shape.type === 'list') return memberPaths(shape.of, `${path}[]`);
  if (shape.type !== 'structure') return [path];
  return Object.entries(shape.members).flatMap(([name, inner]) => memberPaths(inner, path === '' ? name : `${path}.${name}`));
}
