import { compileSchema } from './json-schema.ts';
import { blob, decimal, integer, list, map, object, oneOf, text } from './shapes.ts';

/*
 * The requests as JSON Schemas, written from AWS's published models (AWS IoT 2015-05-28, IoT managed integrations
 * 2025-03-03) and the limits that only its documentation has. They share no line with `aws-ota-models`, from which the
 * service judges requests: a mistake there is found here.
 */

const parameter = text({ max: 4096 });
const streamId = text({ min: 1, max: 128, like: /[a-zA-Z0-9_-]+/ });
const tagValue = text({ max: 256 });

const signing = object({
  awsSignerJobId: text(),
  startSigningJobParameter: object({
    signingProfileParameter: object({ certificateArn: text(), platform: text(), certificatePathOnDevice: text() }),
    signingProfileName: text({ min: 2, max: 64, like: /[a-zA-Z0-9_]+/ }),
    destination: object({ s3Destination: object({ bucket: text({ min: 1 }), prefix: text() }) }),
  }),
  customCodeSigning: object({
    signature: object({ inlineDocument: blob }),
    certificateChain: object({ certificateName: text(), inlineDocument: text() }),
    hashAlgorithm: text(),
    signatureAlgorithm: text(),
  }),
});

const file = object({
  fileName: text(),
  fileType: integer({ min: 0, max: 255 }),
  fileVersion: text(),
  fileLocation: object({
    stream: object({ streamId, fileId: integer({ min: 0, max: 255 }) }),
    s3Location: object({ bucket: text({ min: 1 }), key: text({ min: 1 }), version: text() }),
  }),
  codeSigning: signing,
  attributes: map(text(), parameter),
});

const atLeastOne = integer({ min: 1 });
const perMinute = integer({ min: 1, max: 1000 });

const description = text({ max: 2028, like: /[^\p{C}]+/u });
const targets = list(text({ like: /arn:aws[a-z-]*:iot:[a-z0-9-]+:\d{12}:(?:thing|thinggroup)\/[a-zA-Z0-9:_-]{1,128}/ }), {
  min: 1,
  max: 100,
});
const rolloutConfig = object({
  maximumPerMinute: perMinute,
  exponentialRate: object({
    'baseRatePerMinute!': perMinute,
    'incrementFactor!': decimal({ min: 1.1, max: 5 }, 1),
    'rateIncreaseCriteria!': object({ numberOfNotifiedThings: atLeastOne, numberOfSucceededThings: atLeastOne }),
  }),
});
const abortCriteria = list(
  object({
    'failureType!': oneOf('FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'),
    'action!': oneOf('CANCEL'),
    'thresholdPercentage!': decimal({ min: 0, max: 100 }, 2),
    'minNumberOfExecutedThings!': atLeastOne,
  }),
  { min: 1 },
);
const role = text({ min: 20, max: 2048, like: /arn:aws[a-z-]*:iam::\d{12}:role\/.+/ });
const tagList = list(
  object({ 'Key!': text({ min: 1, max: 128, like: /(?![aA][wW][sS]:)[\p{L}\p{Z}\p{N}_.:/=+\-@]*/u }), Value: tagValue }),
  {
    max: 50,
  },
);

/** The input of CreateOTAUpdate as JSON. */
const createOtaUpdate = object({
  'otaUpdateId!': text({ min: 1, max: 56, like: /[a-zA-Z0-9_-]+/ }),
  description,
  'targets!': targets,
  protocols: list(oneOf('MQTT', 'HTTP'), { min: 1, max: 2 }),
  targetSelection: oneOf('CONTINUOUS', 'SNAPSHOT'),
  awsJobExecutionsRolloutConfig: rolloutConfig,
  awsJobPresignedUrlConfig: object({ expiresInSec: integer({ min: 60, max: 3600 }) }),
  awsJobAbortConfig: object({
    'abortCriteriaList!': abortCriteria,
  }),
  awsJobTimeoutConfig: object({ inProgressTimeoutInMinutes: integer({ min: 1, max: 10_080 }) }),
  'files!': list(file, { min: 1 }),
  'roleArn!': role,
  additionalParameters: map(text(), parameter),
  tags: tagList,
});

const failureRetried = oneOf('FAILED', 'TIMED_OUT', 'ALL');

/** The input of CreateJob as JSON, without the members that the service never sends. */
const createJob = object({
  'jobId!': text({ min: 1, max: 64, like: /[a-zA-Z0-9_-]+/ }),
  'targets!': targets,
  'document!': text({ min: 1, max: 32_768 }),
  description,
  'presignedUrlConfig!': object({ 'roleArn!': role, expiresInSec: integer({ min: 60, max: 3600 }) }),
  targetSelection: oneOf('CONTINUOUS', 'SNAPSHOT'),
  jobExecutionsRolloutConfig: rolloutConfig,
  abortConfig: object({ 'criteriaList!': abortCriteria }),
  timeoutConfig: object({ inProgressTimeoutInMinutes: integer({ min: 1, max: 10_080 }) }),
  'tags!': tagList,
  namespaceId: text({ min: 1, like: /[a-zA-Z0-9_-]+/ }),
  jobExecutionsRetryConfig: object({
    'criteriaList!': list(object({ 'failureType!': failureRetried, 'numberOfRetries!': integer({ min: 0, max: 10 }) }), { min: 1, max: 2 }),
  }),
  schedulingConfig: object({
    startTime: text({ min: 1, max: 64, like: /\d{4}-\d\d-\d\dT\d\d:\d\d/ }),
    endTime: text({ min: 1, max: 64, like: /\d{4}-\d\d-\d\dT\d\d:\d\d/ }),
    endBehavior: oneOf('STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'),
    maintenanceWindows: list(object({ 'startTime!': text({ min: 1, max: 256 }), 'durationInMinutes!': integer({ min: 1, max: 1430 }) })),
  }),
  destinationPackageVersions: list(
    text({ max: 1600, like: /arn:aws[a-z-]*:iot:[a-z0-9-]+:\d{12}:package\/[a-zA-Z0-9_.-]{1,128}\/version\/[a-zA-Z0-9_.-]{1,64}/ }),
    { min: 1, max: 25 },
  ),
});

const minute = text({ like: /\d{4}-\d\d-\d\dT\d\d:\d\d/ });

/** The input of CreateOtaTask as JSON. */
const createOtaTask = object({
  Description: text({ min: 1, max: 256, like: /[0-9A-Za-z_\- ]+/ }),
  'S3Url!': text({ min: 1, max: 1000, like: /s3:\/\/[^/]+\/.+/ }),
  Protocol: oneOf('HTTP'),
  Target: list(text({ max: 1011, like: /arn:aws[a-z-]*:iotmanagedintegrations:[a-z0-9-]+:\d{12}:managed-thing\/[0-9a-zA-Z:_-]+/ }), {
    min: 1,
    max: 100,
  }),
  TaskConfigurationId: text({ min: 1, max: 64, like: /[a-zA-Z0-9]*/ }),
  OtaMechanism: oneOf('PUSH'),
  'OtaType!': oneOf('ONE_TIME', 'CONTINUOUS'),
  OtaTargetQueryString: text({ min: 1 }),
  // If it is missing, the SDK makes one up, and then each send of a rollout has a different one.
  'ClientToken!': text({ min: 1, max: 64, like: /[a-zA-Z0-9=_-]+/ }),
  OtaSchedulingConfig: object({
    EndBehavior: oneOf('STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'),
    StartTime: minute,
    EndTime: minute,
    MaintenanceWindows: list(object({ DurationInMinutes: integer({ min: 1, max: 1430 }), StartTime: text() })),
  }),
  OtaTaskExecutionRetryConfig: object({
    RetryConfigCriteria: list(
      object({ FailureType: oneOf('FAILED', 'TIMED_OUT', 'ALL'), MinNumberOfRetries: integer({ min: 0, max: 10 }) }),
    ),
  }),
  Tags: map(text({ min: 1, max: 128, like: /(?![aA][wW][sS]:)[\s\S]*/u }), tagValue, { min: 1, max: 50 }),
});

const flawsOf = {
  CreateOTAUpdate: compileSchema(createOtaUpdate),
  CreateJob: compileSchema(createJob),
  CreateOtaTask: compileSchema(createOtaTask),
} as const;

/** The first thing that AWS would object to in a request in wire form; `undefined` for a request that AWS takes. */
export function flawOfRequest(operation: keyof typeof flawsOf, input: unknown): string | undefined {
  const [flaw] = flawsOf[operation](input);
  return flaw && `${operation}.${flaw.path.join('.')}: ${flaw.keyword}`;
}

/** A request of the SDK with its bytes as base64, as they go over the wire. */
export function wireForm(input: unknown): unknown {
  if (input instanceof Uint8Array) return Buffer.from(input).toString('base64');
  if (Array.isArray(input)) return input.map(wireForm);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, wireForm(value)]));
}
