/*
 * The AWS request inside a channel. These types name only the members that the service itself reads. create-ota-update.ts,
 * create-ota-task.ts and create-job.ts check all members, types and limits against the service models of AWS.
 */

/** The template of a CreateOTAUpdate request: AWS's members under AWS's names, without those that only the service sets. */
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

/** An entry of `files` in a template. It applies to the artifact with its `fileName`, or to every artifact if it has no `fileName`. */
export type FileTemplate = {
  readonly fileName?: string;
  readonly fileType?: number;
  readonly fileVersion?: string;
  readonly codeSigning?: object;
  readonly attributes?: Readonly<Record<string, string>>;
};

/** The template of a CreateOtaTask request: AWS's members under AWS's names, without those that only the service sets. */
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

/** The template of a CreateJob request: AWS's members under AWS's names, without those that only the service sets. */
export type JobTemplate = {
  readonly targets?: readonly string[];
  readonly description?: string;
  readonly targetSelection?: 'SNAPSHOT' | 'CONTINUOUS';
  readonly presignedUrlConfig: { readonly roleArn: string; readonly expiresInSec?: number };
  readonly jobExecutionsRolloutConfig?: object;
  readonly abortConfig?: object;
  readonly timeoutConfig?: { readonly inProgressTimeoutInMinutes?: number };
  readonly jobExecutionsRetryConfig?: {
    readonly criteriaList: readonly { readonly failureType: string; readonly numberOfRetries: number }[];
  };
  readonly schedulingConfig?: {
    readonly startTime?: string;
    readonly endTime?: string;
    readonly endBehavior?: 'STOP_ROLLOUT' | 'CANCEL' | 'FORCE_CANCEL';
    readonly maintenanceWindows?: readonly { readonly startTime: string; readonly durationInMinutes: number }[];
  };
  readonly namespaceId?: string;
  readonly destinationPackageVersions?: readonly string[];
  readonly tags?: readonly { readonly Key: string; readonly Value?: string }[];
};
