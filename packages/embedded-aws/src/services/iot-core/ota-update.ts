import type { ErrorInfo } from './failures.ts';

/** The input of CreateOTAUpdate in wire form, already validated by the model. */
export type CreateOtaUpdate = {
  readonly otaUpdateId: string;
  readonly description?: string;
  readonly targets: readonly string[];
  readonly protocols?: readonly ('MQTT' | 'HTTP')[];
  readonly targetSelection?: 'CONTINUOUS' | 'SNAPSHOT';
  readonly awsJobExecutionsRolloutConfig?: RolloutConfig;
  readonly awsJobPresignedUrlConfig?: { readonly expiresInSec?: number };
  readonly awsJobAbortConfig?: { readonly abortCriteriaList: readonly AbortCriteria[] };
  readonly awsJobTimeoutConfig?: { readonly inProgressTimeoutInMinutes?: number };
  readonly files: readonly OtaFile[];
  readonly roleArn: string;
  readonly additionalParameters?: Readonly<Record<string, string>>;
  readonly tags?: readonly Tag[];
};

export type Tag = { readonly Key: string; readonly Value?: string };

export type RolloutConfig = {
  readonly maximumPerMinute?: number;
  readonly exponentialRate?: {
    readonly baseRatePerMinute: number;
    readonly incrementFactor: number;
    readonly rateIncreaseCriteria: { readonly numberOfNotifiedThings?: number; readonly numberOfSucceededThings?: number };
  };
};

export type AbortCriteria = {
  readonly failureType: 'FAILED' | 'REJECTED' | 'TIMED_OUT' | 'ALL';
  readonly action: 'CANCEL';
  readonly thresholdPercentage: number;
  readonly minNumberOfExecutedThings: number;
};

export type S3Location = { readonly bucket?: string; readonly key?: string; readonly version?: string };

export type OtaFile = {
  readonly fileName?: string;
  readonly fileType?: number;
  readonly fileVersion?: string;
  readonly fileLocation?: { readonly stream?: { readonly streamId?: string; readonly fileId?: number }; readonly s3Location?: S3Location };
  readonly codeSigning?: {
    readonly awsSignerJobId?: string;
    readonly startSigningJobParameter?: {
      readonly signingProfileParameter?: {
        readonly certificateArn?: string;
        readonly platform?: string;
        readonly certificatePathOnDevice?: string;
      };
      readonly signingProfileName?: string;
      readonly destination?: { readonly s3Destination?: { readonly bucket?: string; readonly prefix?: string } };
    };
    readonly customCodeSigning?: {
      readonly signature?: { readonly inlineDocument?: string };
      readonly certificateChain?: { readonly certificateName?: string; readonly inlineDocument?: string };
      readonly hashAlgorithm?: string;
      readonly signatureAlgorithm?: string;
    };
  };
  readonly attributes?: Readonly<Record<string, string>>;
};

export type OtaUpdateStatus =
  | 'CREATE_PENDING'
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_COMPLETE'
  | 'CREATE_FAILED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED';

/** One OTA update as it is stored. */
export type OtaUpdate = {
  readonly request: CreateOtaUpdate;
  readonly sequence: number;
  readonly createdAt: number;
  status: OtaUpdateStatus;
  lastModifiedAt: number;
  jobId: string | undefined;
  errorInfo: ErrorInfo | undefined;
  /** The failure that a `createFailed` fault has injected. */
  readonly injected: ErrorInfo | undefined;
  /** The stream that the OTA process made for it. */
  ownStreamId: string | undefined;
  /** The signing job of each file that was signed on request, by the index of the file. */
  readonly signerJobIds: Map<number, string>;
};

/** The id of the job behind an OTA update. */
export function jobIdOf(otaUpdateId: string): string {
  return `AFR_OTA-${otaUpdateId}`;
}

/**
 * What GetOTAUpdate returns: the request without role, tags, abort and timeout settings. It is normalised as by AWS: empty
 * structures stay, an unset rate is 0, the default of 1800 seconds for presigned URLs is filled in, and the ids of signing
 * jobs are added. Dates are epoch seconds.
 */
export function describeOtaUpdate(update: OtaUpdate, arn: string, jobArn: (id: string) => string): Record<string, unknown> {
  const { request, jobId } = update;
  return {
    otaUpdateId: request.otaUpdateId,
    otaUpdateArn: arn,
    creationDate: update.createdAt / 1000,
    lastModifiedDate: update.lastModifiedAt / 1000,
    description: request.description,
    targets: request.targets,
    protocols: request.protocols,
    awsJobExecutionsRolloutConfig: describeRollout(request.awsJobExecutionsRolloutConfig),
    awsJobPresignedUrlConfig: { expiresInSec: request.awsJobPresignedUrlConfig?.expiresInSec ?? 1800 },
    targetSelection: request.targetSelection,
    otaUpdateFiles: request.files.map((file, at) => describeFile(file, update.signerJobIds.get(at))),
    otaUpdateStatus: update.status,
    awsIotJobId: jobId,
    awsIotJobArn: jobId === undefined ? undefined : jobArn(jobId),
    errorInfo: update.errorInfo,
    additionalParameters: request.additionalParameters,
  };
}

function describeRollout(config: RolloutConfig | undefined): RolloutConfig {
  if (config === undefined || Object.keys(config).length === 0) return {};
  return { ...config, maximumPerMinute: config.maximumPerMinute ?? 0 };
}

function describeFile(file: OtaFile, signerJobId: string | undefined): OtaFile {
  if (file.codeSigning === undefined) return file;
  const signing = file.codeSigning;
  const jobId = signing.awsSignerJobId ?? signerJobId;
  return {
    ...file,
    codeSigning: {
      ...(jobId === undefined ? {} : { awsSignerJobId: jobId }),
      startSigningJobParameter: { signingProfileParameter: {}, ...signing.startSigningJobParameter },
      customCodeSigning: signing.customCodeSigning ?? {},
    },
  };
}
