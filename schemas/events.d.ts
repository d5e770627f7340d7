// Made by `npm run schemas` from the code of the service. Do not edit it.

export interface StreamLocation {
  streamId: string;
  fileId?: number;
}

export interface S3Location {
  bucket: string;
  /** 1 to 1024 bytes. */
  key: string;
  /** The S3 version ID. It makes sure that nobody can replace a released object. */
  version: string;
}

/** Exactly one of the two. Leave fileLocation out if only the signing job knows the location. */
export interface FileLocation {
  stream?: StreamLocation;
  s3Location?: S3Location;
}

/** A signature that you made. */
export interface CustomCodeSigning {
  signature: {
    /** The bytes of the signature in base64, encoded once, as `openssl dgst -sha256 -sign KEY FILE | openssl base64 -A` prints them. The device decodes them once. */
    inlineDocument: string;
  };
  certificateChain?: {
    /** The name of the certificate on the device. */
    certificateName?: string;
    /** The certificate chain in PEM. */
    inlineDocument?: string;
  };
  /** SHA1 or SHA256 in upper or lower case. Any other name needs a channel with algorithms: any. */
  hashAlgorithm: string;
  /** ECDSA or RSA in upper or lower case. Any other name needs a channel with algorithms: any. */
  signatureAlgorithm: string;
}

/** At most one of the two. Only channels.yml may set startSigningJobParameter. */
export interface CodeSigning {
  /** The ID of a finished AWS Signer job. */
  awsSignerJobId?: string;
  /** A signature that you made. */
  customCodeSigning?: CustomCodeSigning;
}

export interface Artifact {
  /** The name on the device. */
  fileName?: string;
  /** Only the device interprets it. 0 to 255 on IoT Core. */
  fileType?: number;
  fileVersion?: string;
  /** Exactly one of the two. Leave fileLocation out if only the signing job knows the location. */
  fileLocation?: FileLocation;
  /** The SHA-256 of the file. Required with s3Location. */
  sha256?: string;
  sizeBytes?: number;
  /** At most one of the two. Only channels.yml may set startSigningJobParameter. */
  codeSigning?: CodeSigning;
  /** AWS keeps them with the update. IoT Core does not send them to devices. MI and IoT Jobs do, in the job document. */
  attributes?: { [name: string]: string };
  /** MI only: true if this file is the job document. At most one artifact may be. */
  jobDocument?: boolean;
}

/** The detail of `Firmware Release Published`. */
export interface ReleaseEvent {
  /** The version of this schema. Another major version is rejected. */
  schemaVersion?: string;
  /** A product of channels.yml. */
  product: string;
  /** SemVer 2.0, at most 64 characters. Prerelease and build metadata are allowed. */
  version: string;
  /** Raise it to release the same version again on purpose. */
  revision?: number;
  /** Different channels of the product. */
  channels: string[];
  /** The members of AWS's OTAUpdateFile, and sha256, sizeBytes and jobDocument. */
  artifacts: Artifact[];
  /** The hardware revisions that this firmware is made for. Required if the product lists hardware. */
  hardware?: string[];
  /** The channel's own description wins. IoT Core and IoT Jobs accept no control characters. For MI, the service replaces other characters. */
  description?: string;
  /** Tags of the AWS update, task or job. The channel's tags win. */
  tags?: { [name: string]: string };
  /** ARNs in place of the channel's targets. The channel must permit them with targetsFromRelease. */
  targets?: string[];
  /** MI and IoT Jobs: the start, at a whole minute. The channel must permit it with scheduleFromRelease: allow. */
  startAt?: string;
  /** MI and IoT Jobs: the end, at a whole minute after startAt. The channel must permit it with scheduleFromRelease: allow. */
  endAt?: string;
  /** The service creates nothing after this instant. */
  notAfter?: string;
  /** true: plan and report, but change nothing. */
  dryRun?: boolean;
  /** Copied into every outcome event and log line. */
  correlationId?: string;
}

/** The detail of `Firmware Release Withdrawn`. */
export interface WithdrawalEvent {
  /** The version of this schema. Another major version is rejected. */
  schemaVersion?: string;
  /** A product of channels.yml. */
  product: string;
  /** SemVer 2.0, at most 64 characters. Prerelease and build metadata are allowed. */
  version: string;
  /** If it is missing, every revision is withdrawn. */
  revision?: number;
  /** If they are missing, the release is withdrawn from every channel. */
  channels?: string[];
  /** The reason, for programs. */
  reasonCode?: string;
  /** The reason, for people. */
  comment?: string;
  /** true: also stop devices that are in progress. */
  force?: boolean;
  /** Copied into every outcome event and log line. */
  correlationId?: string;
}

/** The detail of `Firmware Release Approved`. */
export interface ApprovalEvent {
  /** The version of this schema. Another major version is rejected. */
  schemaVersion?: string;
  /** A product of channels.yml. */
  product: string;
  /** SemVer 2.0, at most 64 characters. Prerelease and build metadata are allowed. */
  version: string;
  /** The revision that is approved. An approval never counts for another one. */
  revision?: number;
  /** The channels for which the release is approved. An approval never means every channel. */
  channels: string[];
  /** The digest of the content that is approved. Required if a channel has no rollout of the release yet. */
  releaseDigest?: string;
  /** The parts of the gate that this approval leaves out, if the channel permits it. It needs a comment. */
  skip?: ('after' | 'soakMinutes' | 'allowedTimes')[];
  /** Who approves. The service shows it and does not check it. */
  approvedBy?: string;
  /** The reason, for people. */
  comment?: string;
  /** Copied into the answer and into log lines. */
  correlationId?: string;
}

/** The detail of `Firmware Channel Held`. */
export interface HoldEvent {
  /** The version of this schema. Another major version is rejected. */
  schemaVersion?: string;
  /** A product of channels.yml. */
  product: string;
  /** If they are missing, every channel of the product is held. */
  channels?: string[];
  /** The name of the hold, unique in the product. Firmware Channel Resumed ends the hold by it. */
  holdId: string;
  /** The reason, for people. */
  reason: string;
  /** RFC 3339. The hold begins at this instant. If it is missing, it begins at once. */
  from?: string;
  /** RFC 3339. The hold ends on its own at this instant. If it is missing, only Firmware Channel Resumed ends it. */
  until?: string;
  /** Copied into the answer and into log lines. */
  correlationId?: string;
}

/** The detail of `Firmware Channel Resumed`. */
export interface ResumeEvent {
  /** The version of this schema. Another major version is rejected. */
  schemaVersion?: string;
  /** A product of channels.yml. */
  product: string;
  /** The hold that ends, even if it has not arrived yet. */
  holdId: string;
  /** The reason, for people. */
  comment?: string;
  /** Copied into the answer and into log lines. */
  correlationId?: string;
}

/** The ids and ARNs of AWS for what is behind the rollout. */
export interface AwsIds {
  otaUpdateId?: string;
  otaUpdateArn?: string;
  jobId?: string;
  jobArn?: string;
  taskId?: string;
  taskArn?: string;
}

/** AWS confirmed the creation. outcomeId: rolloutId, attempt. */
export interface OTARolloutCreated {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  service: 'iot' | 'iotmanagedintegrations';
  operation: 'CreateOTAUpdate' | 'CreateOtaTask' | 'CreateJob';
  /** The ids and ARNs of AWS for what is behind the rollout. */
  aws: AwsIds;
  /** AWS already had it, because an earlier answer was lost. */
  adopted: boolean;
}

/** Devices by the state of their job execution. */
export interface DeviceCounts {
  queued: number;
  inProgress: number;
  succeeded: number;
  failed: number;
  rejected: number;
  timedOut: number;
  removed: number;
  canceled: number;
}

/** The counts of devices changed. outcomeId: rolloutId, attempt, counts, revision of the row. */
export interface OTARolloutProgressed {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  /** Devices by the state of their job execution. */
  counts: DeviceCounts;
}

/** Every device of a SNAPSHOT or ONE_TIME rollout has ended. outcomeId: rolloutId, attempt. */
export interface OTARolloutCompleted {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  result: 'succeeded' | 'partial' | 'failed';
  /** Devices by the state of their job execution. */
  counts: DeviceCounts;
}

export interface AwsErrorInfo {
  code?: string;
  message?: string;
}

/** The rollout ended without success. outcomeId: rolloutId, attempt, code. */
export interface OTARolloutFailed {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  code: 'AWS_REFUSED' | 'NOT_ADOPTABLE' | 'CREATE_FAILED' | 'ABORTED' | 'CANCELED_OUTSIDE' | 'GONE' | 'EXPIRED' | 'UNCERTAIN' | 'GATE_SHUT';
  message: string;
  errorInfo?: AwsErrorInfo;
  /** Devices by the state of their job execution. */
  counts?: DeviceCounts;
  /** GATE_SHUT only: the rollout on the channel before this one. */
  upstream?: {
    rolloutId: string;
    channel: string;
    state: string;
    /** Devices by the state of their job execution. */
    counts: DeviceCounts;
  };
}

export interface SupersedingRelease {
  rolloutId: string;
  version: string;
  revision: number;
}

/** Another release holds the channel: a newer one took its place, or one that is not older was accepted first. outcomeId: rolloutId, attempt, by. */
export interface OTARolloutSuperseded {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  by: SupersedingRelease;
  /** Devices by the state of their job execution. */
  counts?: DeviceCounts;
  /** Devices that had started and were not stopped. They finish. */
  stillInProgress: number;
}

/** The rollout was stopped because its release was withdrawn. outcomeId: rolloutId, attempt. */
export interface OTARolloutWithdrawn {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  reasonCode?: string;
  comment?: string;
  /** Devices by the state of their job execution. */
  counts?: DeviceCounts;
  /** Devices that had started and were not stopped. They finish. */
  stillInProgress: number;
}

export interface Reason {
  reason: 'UPSTREAM_MISSING' | 'UPSTREAM_PENDING' | 'THRESHOLD' | 'SOAKING' | 'APPROVAL' | 'HELD' | 'CLOSED';
  message: string;
  /** RFC 3339, UTC */
  until?: string;
  channel?: string;
}

/** The rollout is not created yet, and the reasons have changed. outcomeId: rolloutId, attempt, revision of the row. */
export interface OTARolloutWaiting {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  /** Every reason, sorted. */
  waitingFor: ('UPSTREAM_MISSING' | 'UPSTREAM_PENDING' | 'THRESHOLD' | 'SOAKING' | 'APPROVAL' | 'HELD' | 'CLOSED')[];
  /** One entry for each reason, and for UPSTREAM_MISSING to SOAKING one for each channel. */
  reasons: Reason[];
  /** Present if exactly one reason is left. */
  onlyWaitingFor?: 'UPSTREAM_MISSING' | 'UPSTREAM_PENDING' | 'THRESHOLD' | 'SOAKING' | 'APPROVAL' | 'HELD' | 'CLOSED';
  /** What an approval is bound to. */
  releaseDigest: string;
}

/** As EventBridge states them. */
export interface Sender {
  account: string;
  source: string;
}

export interface Approval {
  /** As EventBridge states them. */
  by: Sender;
  eventId?: string;
  /** RFC 3339, UTC */
  at: string;
  /** What the sender says. The service does not check it. */
  approvedBy?: string;
  comment?: string;
  skip?: ('after' | 'soakMinutes' | 'allowedTimes')[];
}

/** The gate has opened: why. outcomeId: rolloutId, attempt. */
export interface OTARolloutPromoted {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  product: string;
  version: string;
  revision: number;
  channel: string;
  rolloutId: string;
  /** 0 before the first create. */
  attempt: number;
  /** RFC 3339, UTC */
  openedAt: string;
  releaseDigest: string;
  after: ({
    channel: string;
    rolloutId: string;
    /** Devices by the state of their job execution. */
    counts: DeviceCounts;
    /** RFC 3339, UTC */
    metAt: string;
    /** RFC 3339, UTC */
    soakedAt: string;
  })[];
  approvals: Approval[];
  skipped: ('after' | 'soakMinutes' | 'allowedTimes')[];
}

/** A message was rejected. It is kept in the rejected queue. outcomeId: bodySha256, code, path, channel. */
export interface OTAReleaseRejected {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  code: 'TOO_LARGE' | 'TOO_DEEP' | 'MALFORMED_JSON' | 'NOT_AN_EVENT' | 'UNKNOWN_DETAIL_TYPE' | 'ACCOUNT_NOT_ALLOWED' | 'SOURCE_NOT_ALLOWED' | 'UNSUPPORTED_SCHEMA_VERSION' | 'INVALID_RELEASE' | 'INVALID_WITHDRAWAL' | 'UNKNOWN_PRODUCT' | 'UNKNOWN_CHANNEL' | 'HARDWARE_MISMATCH' | 'UNSIGNED_ARTIFACT' | 'INVALID_SIGNING' | 'BUCKET_NOT_ALLOWED' | 'ARTIFACT_NOT_VERIFIABLE' | 'ARTIFACT_NOT_FOUND' | 'ARTIFACT_MISMATCH' | 'ARTIFACT_TOO_LARGE' | 'TARGET_NOT_ALLOWED' | 'TOO_MANY_TARGETS' | 'SCHEDULE_NOT_ALLOWED' | 'UNSUPPORTED_BY_SERVICE' | 'INVALID_REQUEST' | 'RELEASE_CONFLICT' | 'VERSION_AMBIGUOUS' | 'RELEASE_WITHDRAWN' | 'EXPIRED' | 'INVALID_APPROVAL' | 'INVALID_HOLD' | 'SELF_APPROVAL' | 'APPROVAL_MISMATCH' | 'UNKNOWN_RELEASE' | 'SKIP_NOT_ALLOWED' | 'HOLD_ENDED';
  path: string;
  message: string;
}

/** The same release was accepted before. outcomeId: messageId, bodySha256. */
export interface OTAReleaseDuplicate {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  rollouts: ({
    rolloutId: string;
    channel: string;
    /** RFC 3339, UTC */
    firstSeenAt: string;
    firstMessageId: string;
  })[];
}

export interface Gate {
  after?: ({
    channel: string;
    minSucceededPercentage: number;
    maxFailedPercentage: number;
    minNumberOfExecutedThings: number;
    soakMinutes: number;
  })[];
  approval?: {
    required: number;
    skip: ('after' | 'soakMinutes' | 'allowedTimes')[];
  };
  allowedTimes?: ({
    cron: string;
    timeZone: string;
  })[];
}

export interface Rejection {
  code: 'TOO_LARGE' | 'TOO_DEEP' | 'MALFORMED_JSON' | 'NOT_AN_EVENT' | 'UNKNOWN_DETAIL_TYPE' | 'ACCOUNT_NOT_ALLOWED' | 'SOURCE_NOT_ALLOWED' | 'UNSUPPORTED_SCHEMA_VERSION' | 'INVALID_RELEASE' | 'INVALID_WITHDRAWAL' | 'UNKNOWN_PRODUCT' | 'UNKNOWN_CHANNEL' | 'HARDWARE_MISMATCH' | 'UNSIGNED_ARTIFACT' | 'INVALID_SIGNING' | 'BUCKET_NOT_ALLOWED' | 'ARTIFACT_NOT_VERIFIABLE' | 'ARTIFACT_NOT_FOUND' | 'ARTIFACT_MISMATCH' | 'ARTIFACT_TOO_LARGE' | 'TARGET_NOT_ALLOWED' | 'TOO_MANY_TARGETS' | 'SCHEDULE_NOT_ALLOWED' | 'UNSUPPORTED_BY_SERVICE' | 'INVALID_REQUEST' | 'RELEASE_CONFLICT' | 'VERSION_AMBIGUOUS' | 'RELEASE_WITHDRAWN' | 'EXPIRED' | 'INVALID_APPROVAL' | 'INVALID_HOLD' | 'SELF_APPROVAL' | 'APPROVAL_MISMATCH' | 'UNKNOWN_RELEASE' | 'SKIP_NOT_ALLOWED' | 'HOLD_ENDED';
  path: string;
  message: string;
  channel?: string;
}

/** The answer to a dry run: the exact requests or rejections. outcomeId: messageId, bodySha256. */
export interface OTAReleasePlanned {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  rollouts: ({
    rolloutId: string;
    channel: string;
    service: 'iot' | 'iotmanagedintegrations';
    operation: 'CreateOTAUpdate' | 'CreateOtaTask' | 'CreateJob';
    input: { [name: string]: unknown };
    releaseDigest: string;
    gate?: Gate;
    waitingFor?: ('UPSTREAM_MISSING' | 'UPSTREAM_PENDING' | 'THRESHOLD' | 'SOAKING' | 'APPROVAL' | 'HELD' | 'CLOSED')[];
    /** One entry for each reason, and for UPSTREAM_MISSING to SOAKING one for each channel. */
    reasons?: Reason[];
  })[];
  rejections: Rejection[];
}

/** A withdrawal was processed. `rollouts` are those that it covers. The list may be empty. outcomeId: messageId, bodySha256. */
export interface OTAReleaseWithdrawn {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  revision?: number;
  channels?: string[];
  rollouts: ({
    rolloutId: string;
    channel: string;
    revision: number;
    state: string;
  })[];
}

/** An approval was accepted. outcomeId: messageId, bodySha256. */
export interface OTAReleaseApproved {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  rollouts: ({
    channel: string;
    revision: number;
    rolloutId?: string;
    state?: string;
    /** Whether the approval counts for this rollout. */
    counted: boolean;
    why: string;
  })[];
}

export interface Hold {
  holdId: string;
  channels?: string[];
  reason: string;
  /** RFC 3339, UTC */
  from?: string;
  /** RFC 3339, UTC */
  until?: string;
  /** As EventBridge states them. */
  by: Sender;
  /** RFC 3339, UTC */
  at: string;
}

/** A hold was accepted. It is active if `holds` has it. outcomeId: messageId, bodySha256. */
export interface OTAChannelHeld {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  holdId: string;
  /** The holds of the product that are active now. */
  holds: Hold[];
  /** Rollouts of the product that have not been created yet. */
  waiting: ({
    rolloutId: string;
    version: string;
    revision: number;
    channel: string;
    state: string;
  })[];
  /** Rollouts of the product that run all the same. A hold stops no update that exists. */
  live: ({
    rolloutId: string;
    version: string;
    revision: number;
    channel: string;
    state: string;
  })[];
}

/** A hold was ended, or an id that was never held. outcomeId: messageId, bodySha256. */
export interface OTAChannelResumed {
  schemaVersion: '1';
  /** A digest of what happened. A repeat of the same outcome has the same value. */
  outcomeId: string;
  /** RFC 3339, UTC */
  at: string;
  correlationId?: string;
  messageId: string;
  bodySha256: string;
  product?: string;
  version?: string;
  /** Present if the message names exactly one channel, or if one of several is at fault. */
  channel?: string;
  holdId: string;
  /** The holds of the product that are active now. */
  holds: Hold[];
  /** Rollouts of the product that have not been created yet. */
  waiting: ({
    rolloutId: string;
    version: string;
    revision: number;
    channel: string;
    state: string;
  })[];
  /** Rollouts of the product that run all the same. A hold stops no update that exists. */
  live: ({
    rolloutId: string;
    version: string;
    revision: number;
    channel: string;
    state: string;
  })[];
}

/** The details of the events that go out, by detail-type. */
export interface OutcomeDetails {
  'OTA Rollout Created': OTARolloutCreated;
  'OTA Rollout Progressed': OTARolloutProgressed;
  'OTA Rollout Completed': OTARolloutCompleted;
  'OTA Rollout Failed': OTARolloutFailed;
  'OTA Rollout Superseded': OTARolloutSuperseded;
  'OTA Rollout Withdrawn': OTARolloutWithdrawn;
  'OTA Rollout Waiting': OTARolloutWaiting;
  'OTA Rollout Promoted': OTARolloutPromoted;
  'OTA Release Rejected': OTAReleaseRejected;
  'OTA Release Duplicate': OTAReleaseDuplicate;
  'OTA Release Planned': OTAReleasePlanned;
  'OTA Release Withdrawn': OTAReleaseWithdrawn;
  'OTA Release Approved': OTAReleaseApproved;
  'OTA Channel Held': OTAChannelHeld;
  'OTA Channel Resumed': OTAChannelResumed;
}

export type OutcomeType = keyof OutcomeDetails;

/** An event that goes out, as EventBridge delivers it. `detail-type` decides the type of `detail`. */
export type OutcomeEvent<T extends OutcomeType = OutcomeType> = {
  [K in T]: {
    version: string;
    id: string;
    'detail-type': K;
    source: 'ota-dispatch';
    account: string;
    time: string;
    region: string;
    resources: string[];
    detail: OutcomeDetails[K];
  };
}[T];
