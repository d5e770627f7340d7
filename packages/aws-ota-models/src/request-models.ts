/**
 * The inputs of both operations exactly as in the published API models: `CreateOTAUpdate` of AWS IoT 2015-05-28 and
 * `CreateOtaTask` of IoT managed integrations 2025-03-03. What only the documentation limits is in `documented-limits.ts`.
 */
import type { Shape } from './shape.ts';

const text = { type: 'string' } as const satisfies Shape;
const tagValue = { type: 'string', min: 0, max: 256 } as const satisfies Shape;

/** Values of `attributes` and `additionalParameters`. */
const parameterValue = { type: 'string', min: 0, max: 4096, pattern: /[\s\S]*/ } as const satisfies Shape;
const bucketName = { type: 'string', min: 1 } as const satisfies Shape;

const rolloutConfig = {
  type: 'structure',
  members: {
    maximumPerMinute: { type: 'integer', min: 1, max: 1000 },
    exponentialRate: {
      type: 'structure',
      required: ['baseRatePerMinute', 'incrementFactor', 'rateIncreaseCriteria'],
      members: {
        baseRatePerMinute: { type: 'integer', min: 1, max: 1000 },
        incrementFactor: { type: 'double' },
        rateIncreaseCriteria: {
          type: 'structure',
          members: {
            numberOfNotifiedThings: { type: 'integer', min: 1 },
            numberOfSucceededThings: { type: 'integer', min: 1 },
          },
        },
      },
    },
  },
} as const satisfies Shape;

const abortConfig = {
  type: 'structure',
  required: ['abortCriteriaList'],
  members: {
    abortCriteriaList: {
      type: 'list',
      min: 1,
      of: {
        type: 'structure',
        required: ['failureType', 'action', 'thresholdPercentage', 'minNumberOfExecutedThings'],
        members: {
          failureType: { type: 'enum', values: ['FAILED', 'REJECTED', 'TIMED_OUT', 'ALL'] },
          action: { type: 'enum', values: ['CANCEL'] },
          thresholdPercentage: { type: 'double', max: 100 },
          minNumberOfExecutedThings: { type: 'integer', min: 1 },
        },
      },
    },
  },
} as const satisfies Shape;

const codeSigning = {
  type: 'structure',
  members: {
    awsSignerJobId: text,
    startSigningJobParameter: {
      type: 'structure',
      members: {
        signingProfileParameter: {
          type: 'structure',
          members: { certificateArn: text, platform: text, certificatePathOnDevice: text },
        },
        signingProfileName: text,
        destination: {
          type: 'structure',
          members: { s3Destination: { type: 'structure', members: { bucket: bucketName, prefix: text } } },
        },
      },
    },
    customCodeSigning: {
      type: 'structure',
      members: {
        signature: { type: 'structure', members: { inlineDocument: { type: 'blob' } } },
        certificateChain: { type: 'structure', members: { certificateName: text, inlineDocument: text } },
        hashAlgorithm: text,
        signatureAlgorithm: text,
      },
    },
  },
} as const satisfies Shape;

const otaUpdateFile = {
  type: 'structure',
  members: {
    fileName: text,
    fileType: { type: 'integer', min: 0, max: 255 },
    fileVersion: text,
    fileLocation: {
      type: 'structure',
      members: {
        stream: {
          type: 'structure',
          members: {
            streamId: { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9_-]+/ },
            fileId: { type: 'integer', min: 0, max: 255 },
          },
        },
        s3Location: { type: 'structure', members: { bucket: bucketName, key: { type: 'string', min: 1 }, version: text } },
      },
    },
    codeSigning,
    attributes: { type: 'map', key: text, value: parameterValue },
  },
} as const satisfies Shape;

/** `CreateOTAUpdate` of AWS IoT Core by the model, which sets no upper bound for targets and files. */
export const createOTAUpdateInput = {
  type: 'structure',
  required: ['otaUpdateId', 'targets', 'files', 'roleArn'],
  members: {
    otaUpdateId: { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9_-]+/ },
    description: { type: 'string', max: 2028, pattern: /[^\p{C}]+/u, says: 'text without control characters, and not empty' },
    targets: { type: 'list', min: 1, of: text },
    protocols: { type: 'list', min: 1, max: 2, of: { type: 'enum', values: ['MQTT', 'HTTP'] } },
    targetSelection: { type: 'enum', values: ['CONTINUOUS', 'SNAPSHOT'] },
    awsJobExecutionsRolloutConfig: rolloutConfig,
    awsJobPresignedUrlConfig: { type: 'structure', members: { expiresInSec: { type: 'integer' } } },
    awsJobAbortConfig: abortConfig,
    awsJobTimeoutConfig: { type: 'structure', members: { inProgressTimeoutInMinutes: { type: 'integer' } } },
    files: { type: 'list', min: 1, of: otaUpdateFile },
    roleArn: { type: 'string', min: 20, max: 2048 },
    additionalParameters: { type: 'map', key: text, value: parameterValue },
    tags: {
      type: 'list',
      of: {
        type: 'structure',
        required: ['Key'],
        members: { Key: { type: 'string', min: 1, max: 128, pattern: /([\p{L}\p{Z}\p{N}_.:/=+\-@]*)/u }, Value: tagValue },
      },
    },
  },
} as const satisfies Shape;

const schedulingConfig = {
  type: 'structure',
  members: {
    EndBehavior: { type: 'enum', values: ['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'] },
    EndTime: text,
    MaintenanceWindows: {
      type: 'list',
      of: { type: 'structure', members: { DurationInMinutes: { type: 'integer', min: 1, max: 1430 }, StartTime: text } },
    },
    StartTime: text,
  },
} as const satisfies Shape;

const retryConfig = {
  type: 'structure',
  members: {
    RetryConfigCriteria: {
      type: 'list',
      of: {
        type: 'structure',
        members: {
          FailureType: { type: 'enum', values: ['FAILED', 'TIMED_OUT', 'ALL'] },
          MinNumberOfRetries: { type: 'integer', min: 0, max: 10 },
        },
      },
    },
  },
} as const satisfies Shape;

/** `CreateOtaTask` of IoT managed integrations by the model, in which `Target` and `OtaTargetQueryString` do not exclude each other. */
export const createOtaTaskInput = {
  type: 'structure',
  required: ['S3Url', 'OtaType'],
  members: {
    Description: { type: 'string', min: 1, max: 256, pattern: /[0-9A-Za-z_\- ]+/, says: 'text of letters, digits, blanks, - and _' },
    S3Url: { type: 'string', min: 1, max: 1000 },
    Protocol: { type: 'enum', values: ['HTTP'] },
    Target: { type: 'list', of: text },
    TaskConfigurationId: { type: 'string', min: 1, max: 64, pattern: /[a-zA-Z0-9]*/ },
    OtaMechanism: { type: 'enum', values: ['PUSH'] },
    OtaType: { type: 'enum', values: ['ONE_TIME', 'CONTINUOUS'] },
    OtaTargetQueryString: text,
    ClientToken: { type: 'string', min: 1, max: 64, pattern: /[a-zA-Z0-9=_-]+/ },
    OtaSchedulingConfig: schedulingConfig,
    OtaTaskExecutionRetryConfig: retryConfig,
    Tags: { type: 'map', min: 1, max: 50, key: { type: 'string', min: 1, max: 128 }, value: tagValue },
  },
} as const satisfies Shape;
