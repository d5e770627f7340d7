/*
 * The AWS request inside a channel. Members, types and limits are checked against the service models where the
 * requests are made (domain/request/template-limits.ts); these types name what the service itself reads.
 */

/** The template of a CreateOTAUpdate request: AWS's members under AWS's names, less what is ours to set. */
export type OtaUpdateTemplate = {
  readonly targets?: readonly string[];
  readonly roleArn: string;
  readonly description?: string;
  readonly protocols?: readonly string[];
  readonly targetSelection?: 'SNAPSHOT' | 'CONTINUOUS';
  readonly awsJobExecutionsRolloutConfig?: object;
  readonly awsJobPresignedUrlConfig?: object;
  readonly awsJobAbortConfig?: object;
  readonly awsJobTimeoutConfig?: object;
  readonly files?: readonly FileTemplate[];
  readonly additionalParameters?: Readonly<Record<string, string>>;
  readonly tags?: readonly { readonly Key: string; readonly Value?: string }[];
};

/** One `files` entry of a template: for the artifact of that `fileName`, without one for every artifact. */
export type FileTemplate = {
  readonly fileName?: string;
  readonly fileType?: number;
  readonly fileVersion?: string;
  readonly codeSigning?: object;
  readonly attributes?: Readonly<Record<string, string>>;
};

/** The template of a CreateOtaTask request. */
export type OtaTaskTemplate = {
  readonly OtaType: 'ONE_TIME' | 'CONTINUOUS';
  readonly Target?: readonly string[];
  readonly OtaTargetQueryString?: string;
  readonly Description?: string;
  readonly OtaMechanism?: string;
  readonly Protocol?: string;
  readonly TaskConfigurationId?: string;
  readonly OtaSchedulingConfig?: object;
  readonly OtaTaskExecutionRetryConfig?: object;
  readonly Tags?: Readonly<Record<string, string>>;
};
