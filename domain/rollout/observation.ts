import type { AwsIds, Counts, Rollout } from './rollout.ts';

/** How AWS answered a create. `unknown` is never a no: the request may still take effect. */
export type Reply =
  | { readonly kind: 'accepted'; readonly aws: AwsIds }
  | { readonly kind: 'created'; readonly aws: AwsIds }
  | { readonly kind: 'alreadyExists' }
  | { readonly kind: 'refused'; readonly retryable: boolean; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** The job of an OTA update, or the task itself: `ending` is still able to reach a device, `gone` was deleted. */
export type JobState = 'live' | 'ending' | 'completed' | 'canceled' | 'gone';

/** What a look at AWS saw. */
export type Sighting =
  | { readonly kind: 'notFound' }
  /** Something else under our id: our markers are missing or differ. */
  | { readonly kind: 'foreign' }
  /** The update exists, its job does not exist yet. */
  | { readonly kind: 'pending' }
  | {
      readonly kind: 'createFailed';
      readonly errorInfo: { readonly code?: string; readonly message?: string };
      readonly job: 'none' | JobState;
    }
  | {
      readonly kind: 'exists';
      readonly job: JobState;
      readonly aws: AwsIds;
      /** Absent where only the creation was looked at. */
      readonly counts?: Counts;
      /** Of a job that is canceled: whether by force. Absent where there is no such thing. */
      readonly forced?: boolean;
      readonly reasonCode?: string;
      readonly comment?: string;
    };

/**
 * How far to look. `creation`: is it there and ours (IoT Core: GetOTAUpdate, and the job only after
 * CREATE_FAILED; managed integrations: the task by id, else by list and tags). `job`: how far are the devices
 * (DescribeJob; GetOtaTask). `both`: the update, then its job.
 */
export type LookAt = 'creation' | 'job' | 'both';

/** What a control plane must know of a rollout to look at it or stop it. */
export type Subject = Pick<Rollout, 'rolloutId' | 'attempt' | 'requestDigest' | 'aws' | 'unansweredCreates'>;

/** How to stop: `force` reaches devices that have already started (IoT Core only). */
export type StopOrder = { readonly force: boolean; readonly reasonCode: string; readonly comment: string };
