/**
 * The limits that AWS documents beyond its API models. CreateOTAUpdate accepts most violations, and the update then ends as
 * CREATE_FAILED. So they are checked before AWS is called.
 */
import { JOB_DOCUMENT_CHARACTERS_MAX, TAGS_MAX, TARGETS_MAX } from './quotas.ts';
import { createJobInput, createOTAUpdateInput, createOtaTaskInput } from './request-models.ts';
import type { Shape } from './shape.ts';

type Structure = Extract<Shape, { type: 'structure' }>;

/**
 * The algorithms that devices with FreeRTOS know. AWS accepts any text, and the job document names the signature after both in
 * lower case (`sig-sha256-ecdsa`). `SHA-256` gives `sig-sha-256-ecdsa`, which FreeRTOS does not know.
 */
export const hashAlgorithms = ['SHA1', 'SHA256'] as const;
export const signatureAlgorithms = ['ECDSA', 'RSA'] as const;

const thingOrGroupArn: Shape = {
  type: 'string',
  // Names of things and of groups have at most 128 characters (AWS IoT `ThingName`, `ThingGroupName`).
  pattern: /arn:aws[a-z-]*:iot:[a-z0-9-]+:\d{12}:(thing|thinggroup)\/[a-zA-Z0-9:_-]{1,128}/,
  says: 'the ARN of a thing or a thing group',
};
const managedThingArn: Shape = {
  type: 'string',
  max: 1011,
  pattern: /arn:aws[a-z-]*:iotmanagedintegrations:[a-z0-9-]+:\d{12}:managed-thing\/[0-9a-zA-Z:_-]+/,
  says: 'the ARN of a managed thing',
};
const tagKeyOfUsers: Shape = {
  type: 'string',
  min: 1,
  max: 128,
  pattern: /(?![aA][wW][sS]:)([\p{L}\p{Z}\p{N}_.:/=+\-@]*)/u,
  says: 'text of letters, digits, blanks and _.:/=+-@ that does not begin with aws:',
};

/** The model of managed integrations allows any key, but keys that start with `aws:` are reserved (AWS General Reference). */
const tagKeyOfTask: Shape = {
  type: 'string',
  min: 1,
  max: 128,
  pattern: /(?![aA][wW][sS]:)[\s\S]*/u,
  says: 'text that does not begin with aws:',
};

const targetsOfIot: Shape = { type: 'list', min: 1, max: TARGETS_MAX, of: thingOrGroupArn, advice: 'use a thing group' };
const incrementFactor: Shape = { type: 'double', min: 1.1, max: 5, decimals: 1 };
const thresholdPercentage: Shape = { type: 'double', min: 0, max: 100, decimals: 2 };
const inProgressTimeoutInMinutes: Shape = { type: 'integer', min: 1, max: 10_080 };
const ofRole: Shape = {
  type: 'string',
  min: 20,
  max: 2048,
  pattern: /arn:aws[a-z-]*:iam::\d{12}:role\/[!-~]+/,
  says: 'the ARN of an IAM role',
};
const tagsOfUsers: Shape = {
  type: 'list',
  max: TAGS_MAX,
  of: { type: 'structure', required: ['Key'], members: { Key: tagKeyOfUsers, Value: { type: 'string', min: 0, max: 256 } } },
};

/** The input of CreateOTAUpdate by the model and the documentation. */
export const documentedOTAUpdateInput: Structure = tighten(createOTAUpdateInput, {
  otaUpdateId: { type: 'string', min: 1, max: 56, pattern: /[a-zA-Z0-9_-]+/ },
  targets: targetsOfIot,
  'awsJobExecutionsRolloutConfig.exponentialRate.incrementFactor': incrementFactor,
  'awsJobPresignedUrlConfig.expiresInSec': { type: 'integer', min: 60, max: 3600 },
  'awsJobAbortConfig.abortCriteriaList[].thresholdPercentage': thresholdPercentage,
  'awsJobTimeoutConfig.inProgressTimeoutInMinutes': inProgressTimeoutInMinutes,
  'files[].codeSigning.startSigningJobParameter.signingProfileName': {
    type: 'string',
    min: 2,
    max: 64,
    pattern: /[a-zA-Z0-9_]+/,
    says: 'text of letters, digits and _ (the rule of AWS Signer)',
  },
  roleArn: ofRole,
  tags: tagsOfUsers,
});

const packageVersionArn: Shape = {
  type: 'string',
  max: 1600,
  pattern: /arn:aws[a-z-]*:iot:[a-z0-9-]+:\d{12}:package\/[a-zA-Z0-9_.-]{1,128}\/version\/[a-zA-Z0-9_.-]{1,64}/,
  says: 'the ARN of a package version, such as arn:aws:iot:REGION:ACCOUNT:package/NAME/version/1.0.0',
};

/**
 * The input of CreateJob by the model and the documentation (developer guide, "Configuring job rollout, scheduling, and abort"; General
 * Reference, Device Management quotas). A rate has at most 1000 devices a minute.
 */
export const documentedJobInput: Structure = tighten(createJobInput, {
  targets: targetsOfIot,
  document: { type: 'string', min: 1, max: JOB_DOCUMENT_CHARACTERS_MAX },
  'presignedUrlConfig.roleArn': ofRole,
  'jobExecutionsRolloutConfig.maximumPerMinute': { type: 'integer', min: 1, max: 1000 },
  'jobExecutionsRolloutConfig.exponentialRate.incrementFactor': incrementFactor,
  'abortConfig.criteriaList[].thresholdPercentage': thresholdPercentage,
  'timeoutConfig.inProgressTimeoutInMinutes': inProgressTimeoutInMinutes,
  namespaceId: { type: 'string', min: 1, pattern: /[a-zA-Z0-9_-]+/ },
  tags: tagsOfUsers,
  destinationPackageVersions: { type: 'list', min: 1, max: 25, of: packageVersionArn },
});

/** The input of CreateOtaTask by the model and the documentation. */
export const documentedOtaTaskInput: Structure = tighten(createOtaTaskInput, {
  Target: { type: 'list', min: 1, max: TARGETS_MAX, of: managedThingArn, advice: 'use OtaType CONTINUOUS with a query' },
  OtaTargetQueryString: { type: 'string', min: 1 },
  Tags: { type: 'map', min: 1, max: TAGS_MAX, key: tagKeyOfTask, value: { type: 'string', min: 0, max: 256 } },
  S3Url: { type: 'string', min: 1, max: 1000, pattern: /s3:\/\/[^/]+\/.+/, says: 's3://BUCKET/KEY' },
  'OtaSchedulingConfig.StartTime': { type: 'string', min: 1 },
  'OtaSchedulingConfig.EndTime': { type: 'string', min: 1 },
});

/** `shape` with another shape for the member at each path (`files[].fileType`). Throws if there is no member at a path. */
export function tighten(shape: Structure, changes: Readonly<Record<string, Shape>>): Structure {
  let tightened: Shape = shape;
  for (const [path, change] of Object.entries(changes)) {
    tightened = replace(tightened, path.replaceAll('[]', '.[]').split('.'), change, path);
  }
  return tightened as Structure;
}

function replace(shape: Shape, [step, ...rest]: string[], change: Shape, path: string): Shape {
  if (step === undefined) return change;
  if (shape.type === 'list' && step === '[]') return { ...shape, of: replace(shape.of, rest, change, path) };
  const inner = shape.type === 'structure' ? shape.members[step] : undefined;
  if (shape.type !== 'structure' || inner === undefined) throw new Error(`the service model has no member ${path}`);
  return { ...shape, members: { ...shape.members, [step]: replace(inner, rest, change, path) } };
}
