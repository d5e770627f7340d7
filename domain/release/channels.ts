/** Types agreed between the rooms; the schema they come from is being written. */

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

export type WhenSuperseded = 'keep' | 'cancel' | 'delete';

export type ChannelOptions = {
  readonly unguarded?: 'allow';
  readonly unsigned?: 'allow';
  readonly unverified?: readonly ('stream' | 'signerJob')[];
  readonly targetsFromRelease?: readonly string[];
  readonly scheduleFromRelease?: 'allow';
  readonly downgrade?: 'allow';
  readonly whenSuperseded?: WhenSuperseded;
};

/** A channel holds exactly one of the two templates. */
export type Channel = ChannelOptions &
  (
    | { readonly createOTAUpdate: OtaUpdateTemplate; readonly createOtaTask?: undefined }
    | {
        readonly createOtaTask: OtaTaskTemplate;
        readonly createOTAUpdate?: undefined;
        /** Static members merged into the rendered job document. */
        readonly jobDocument?: Readonly<Record<string, unknown>>;
        /** Pattern of `url` in the job document, with {bucket} {key} {version} {region}. */
        readonly artifactUrl?: string;
      }
  );

export type Product = {
  readonly sources: readonly string[];
  readonly hardware?: readonly string[];
  readonly channels: Readonly<Record<string, Channel>>;
};

/** A whole channels.yml, its variables replaced. */
export type Channels = {
  readonly artifactBuckets: readonly string[];
  readonly products: Readonly<Record<string, Product>>;
};
