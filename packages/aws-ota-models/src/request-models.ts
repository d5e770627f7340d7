/**
 * The inputs of the three operations exactly as in the published API models: `CreateOTAUpdate` and `CreateJob` of AWS IoT 2015-05-28, and
 * `CreateOtaTask` of IoT managed integrations 2025-03-03. What only the documentation limits is in `documented-limits.ts`.
 */
import type { Shape } from './shape.ts';

const text = { type: 'string' } as const satisfies Shape;
const tagValue = { type: 'string', min: 0, max: 256 } as const satisfies Shape;

/** Values of `attributes` and `additionalParameters`. */
const parameterValue = { type: 'string', min: 0, max: 4096, pattern: /[\s\S]*/ } as const satisfies Shape;
const bucketName = { type: 'string', min: 1 } as const satisfies Shape;

const exponentialRate = {
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
} as const satisfies Shape;

const rolloutConfig = {
  type: 'structure',
  members: { maximumPerMinute: { type: 'integer', min: 1, max: 1000 }, exponentialRate },
} as const satisfies Shape;

const abortCriteria = {
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
} as const satisfies Shape;

const tagsOfIot = {
  type: 'list',
  of: {
    type: 'structure',
    required: ['Key'],
    members: { Key: { type: 'string', min: 1, max: 128, pattern: /([\p{L}\p{Z}\p{N}_.:/=+\-@]*)/u }, Value: tagValue },
  },
} as const satisfies Shape;

const descriptionOfIot = {
  type: 'string',
  max: 2028,
  pattern: /[^\p{C}]+/u,
  says: 'text without control characters, and not empty',
} as const satisfies Shape;

const roleArn = { type: 'string', min: 20, max: 2048 } as const satisfies Shape;

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
    description: descriptionOfIot,
    targets: { type: 'list', min: 1, of: text },
    protocols: { type: 'list', min: 1, max: 2, of: { type: 'enum', values: ['MQTT', 'HTTP'] } },
    targetSelection: { type: 'enum', values: ['CONTINUOUS', 'SNAPSHOT'] },
    awsJobExecutionsRolloutConfig: rolloutConfig,
    awsJobPresignedUrlConfig: { type: 'structure', members: { expiresInSec: { type: 'integer' } } },
    awsJobAbortConfig: { type: 'structure', required: ['abortCriteriaList'], members: { abortCriteriaList: abortCriteria } },
    awsJobTimeoutConfig: { type: 'structure', members: { inProgressTimeoutInMinutes: { type: 'integer' } } },
    files: { type: 'list', min: 1, of: otaUpdateFile },
    roleArn,
    additionalParameters: { type: 'map', key: text, value: parameterValue },
    tags: tagsOfIot,
  },
} as const satisfies Shape;

/** `CreateJob` of AWS IoT by the model, which sets no upper bound for targets. */
export const createJobInput = {
  type: 'structure',
  required: ['jobId', 'targets'],
  members: {
    jobId: { type: 'string', min: 1, max: 64, pattern: /[a-zA-Z0-9_-]+/ },
    targets: { type: 'list', min: 1, of: { type: 'string', max: 2048 } },
    documentSource: { type: 'string', min: 1, max: 1350 },
    document: { type: 'string', max: 32_768 },
    description: descriptionOfIot,
    presignedUrlConfig: { type: 'structure', members: { roleArn, expiresInSec: { type: 'integer', min: 60, max: 3600 } } },
    targetSelection: { type: 'enum', values: ['CONTINUOUS', 'SNAPSHOT'] },
    jobExecutionsRolloutConfig: {
      type: 'structure',
      members: {
        maximumPerMinute: { type: 'integer', min: 1 },
        exponentialRate: {
          ...exponentialRate,
          members: { ...exponentialRate.members, incrementFactor: { type: 'double', min: 1.1, max: 5 } },
        },
      },
    },
    abortConfig: { type: 'structure', required: ['criteriaList'], members: { criteriaList: abortCriteria } },
    timeoutConfig: { type: 'structure', members: { inProgressTimeoutInMinutes: { type: 'integer' } } },
    tags: tagsOfIot,
    namespaceId: { type: 'string', pattern: /[a-zA-Z0-9_-]+/ },
    jobTemplateArn: { type: 'string', min: 1, max: 1600, pattern: /arn:[!-~]+/ },
    jobExecutionsRetryConfig: {
      type: 'structure',
      required: ['criteriaList'],
      members: {
        criteriaList: {
          type: 'list',
          min: 1,
          max: 2,
          of: {
            type: 'structure',
            required: ['failureType', 'numberOfRetries'],
            members: {
              failureType: { type: 'enum', values: ['FAILED', 'TIMED_OUT', 'ALL'] },
              numberOfRetries: { type: 'integer', min: 0, max: 10 },
            },
          },
        },
      },
    },
    documentParameters: {
      type: 'map',
      key: { type: 'string', min: 1, max: 128, pattern: /[a-zA-Z0-9_-]+/ },
      value: { type: 'string', min: 1, max: 30_720, pattern: /[^\p{C}]+/u },
    },
    schedulingConfig: {
      type: 'structure',
      members: {
        startTime: { type: 'string', min: 1, max: 64 },
        endTime: { type: 'string', min: 1, max: 64 },
        endBehavior: { type: 'enum', values: ['STOP_ROLLOUT', 'CANCEL', 'FORCE_CANCEL'] },
        maintenanceWindows: {
          type: 'list',
          of: {
            type: 'structure',
            required: ['startTime', 'durationInMinutes'],
            members: {
              startTime: { type: 'string', min: 1, max: 256 },
              durationInMinutes: { type: 'integer', min: 1, max: 1430 },
            },
          },
        },
      },
    },
    destinationPackageVersions: { type: 'list', of: { type: 'string', min: 1, max: 1600, pattern: /arn:[!-~]+/ } },
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
