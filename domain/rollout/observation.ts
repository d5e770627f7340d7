import type { AwsIds, Counts } from './outcome-schema.ts';
import type { Rollout } from './rollout.ts';

/** How AWS answered a create. After `unknown` the create may still take effect, so it never counts as refused. */
export type Reply =
  | { readonly kind: 'accepted'; readonly aws: AwsIds }
  | { readonly kind: 'created'; readonly aws: AwsIds }
  | { readonly kind: 'alreadyExists' }
  | { readonly kind: 'refused'; readonly retryable: boolean; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

/** The state of a job, be it of an OTA update or one of its own, or of a task. `ending` can still reach a device. `gone` was deleted. */
export type JobState = 'live' | 'ending' | 'completed' | 'canceled' | 'gone';

/** What a look at AWS found. */
export type Sighting =
  | { readonly kind: 'notFound' }
  /** Something else has the id of the rollout: the markers of this service are missing or differ. */
  | { readonly kind: 'foreign' }
  /** The update exists, but its job does not exist yet. */
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
      /** Absent if only the creation was looked at. */
      readonly counts?: Counts;
      /** Whether a canceled job was canceled by force. Absent at services that have no force. */
      readonly forced?: boolean;
      readonly reasonCode?: string;
      readonly comment?: string;
      /** Epoch ms: when a canceled job was canceled. Absent at services that do not say so. */
      readonly canceledAt?: number;
      /** The job is equal to the request, but AWS shows none of the tags of this service. AWS may show them later. */
      readonly untagged?: true;
      /** The members of the request that somebody has changed at AWS since. Absent if there are none. */
      readonly drift?: readonly string[];
    };

/**
 * How far to look.
 * `creation`: does it exist with the markers of this service? IoT Core: GetOTAUpdate, and the job only after
 * CREATE_FAILED. IoT Jobs: the job, its document and its tags. Managed integrations: the task by its id, or else by a search of the list
 * and its tags.
 * `job`: how far are the devices? IoT Core and IoT Jobs: DescribeJob. Managed integrations: GetOtaTask.
 * `both`: what `creation` looks at, and then what `job` does. IoT Jobs: the job and its document. What has the document of this rollout
 * must be stopped, even if somebody has changed its tags or its targets.
 */
export type LookAt = 'creation' | 'job' | 'both';

/** What a control plane needs to look at a rollout or to stop it. */
export type Subject = Pick<Rollout, 'rolloutId' | 'attempt' | 'request' | 'requestDigest' | 'aws' | 'unansweredCreates'>;

/** How to stop a rollout. `force` also stops devices that have started (IoT Core and IoT Jobs). */
export type StopOrder = { readonly force: boolean; readonly reasonCode: string; readonly comment: string };

/** A look at the devices of another channel. `unread`: AWS did not answer, so the next look at the rollout that waits asks again. */
export type UpstreamLook = Sighting | { readonly kind: 'unread' };
