import type { Counts } from '../domain/rollout/outcome-schema.ts';
import type { ChannelNow, ProductNow, Summary } from '../operator/reads/overview.ts';
import type { Depth } from '../operator/reads/queue-depths.ts';
import type { HoldView, WithdrawalView } from '../operator/reads/read-model.ts';
import type { Story } from '../operator/reads/release-story.ts';
import type { Happening } from '../operator/reads/timeline.ts';

/** What the console's server answers its page. Times are RFC 3339 in UTC. The page and the server share these types and no code. */

/** `GET /api/session`: what the page needs before everything else. */
export type Session = {
  readonly version: string;
  readonly stage: string;
  readonly isLocal: boolean;
  /** The page shows no actions, and the server refuses them. */
  readonly isReadOnly: boolean;
  readonly account?: string;
  readonly region?: string;
  /** The ARN of the caller, on a deployed stage. */
  readonly caller?: string;
  /** The file with the channels, for messages. */
  readonly channelsFile: string;
  /** What a person types before the name of a command, such as `npm run ota --`. */
  readonly ota: string;
  /** How often the page reads again what may have changed. */
  readonly refreshMilliseconds: number;
  /** Goes into the header {@link csrfHeader} of every POST. */
  readonly csrf: string;
  /** Where the embedded AWS listens, on a local stage. */
  readonly endpoint?: string;
};

export const csrfHeader = 'x-ota-csrf';

/** Every answer that is not 2xx. `code` is stable, `message` is for people and names what to do. */
export type Failure = {
  readonly error: { readonly code: FailureCode; readonly message: string; readonly retryAfterMilliseconds?: number };
};

export type FailureCode =
  | 'UNAUTHORIZED' // no session: the address with the token must be opened
  | 'FORBIDDEN' // a wrong Host, Origin or CSRF header, or a console that is read-only
  | 'NOT_FOUND'
  | 'INVALID' // what was sent cannot be carried out as it is
  | 'TOO_LARGE'
  | 'THROTTLED' // AWS throttles: the page waits longer before it reads again
  | 'UNREACHABLE' // AWS, or the local service, did not answer
  | 'FAILED';

/** A rollout in lists: as `ota status --json` shows it, without its history. */
export type RolloutSummary = Summary;

/** `GET /api/overview`: every product of channels.yml, and what runs on its channels. */
export type Overview = {
  readonly at: string;
  readonly products: readonly ProductOverview[];
  /** What waits or starts on channels that channels.yml does not have any more. */
  readonly elsewhere: readonly RolloutSummary[];
  /** Why the answer is not whole, for people. */
  readonly remarks: readonly string[];
};

export type ProductOverview = ProductNow;

export type ChannelOverview = ChannelNow;

/**
 * `GET /api/history?product=P`: every rollout, the newest release first. It reads the whole ledger, so the page asks only when a person
 * does.
 */
export type History = {
  readonly at: string;
  readonly rollouts: readonly RolloutSummary[];
  readonly withdrawals: readonly WithdrawalView[];
};

/** `GET /api/releases/PRODUCT/VERSION`: a release on its way through its channels. */
export type ReleaseStory = {
  readonly at: string;
  readonly product: string;
  readonly version: string;
  readonly revisions: readonly AcceptedRevision[];
  /** By revision, the highest first, and then in the order of channels.yml. */
  readonly rollouts: readonly RolloutStory[];
  readonly holds: readonly HoldView[];
  readonly withdrawals: readonly WithdrawalView[];
};

export type AcceptedRevision = {
  readonly revision: number;
  readonly releaseDigest: string;
  /** The accepted detail of the event. */
  readonly detail: unknown;
};

/** One rollout from its event to its end. */
export type RolloutStory = Story;

export type TimelineEntry = Happening;

/** `GET /api/queues` */
export type Queues = {
  readonly at: string;
  readonly queues: readonly QueueDepth[];
  /** Why there are no ages, for people. */
  readonly remarks: readonly string[];
};

export type QueueDepth = Depth;

/** `GET /api/devices?product=P&version=V&channel=C&revision=N&state=S&after=CURSOR`: one page of the devices of a rollout. */
export type DevicePage = {
  readonly at: string;
  /** What AWS calls the rollout, such as `job fw-…`. Absent if nothing of it is at AWS. */
  readonly name?: string;
  readonly counts?: Counts;
  readonly devices: readonly Device[];
  /** The cursor of the next page. Absent on the last one. */
  readonly next?: string;
  /** Why there are no devices or reasons, if there is a reason. */
  readonly remarks: readonly string[];
};

export type Device = { readonly device: string; readonly state: string; readonly since?: string; readonly reason?: string };

/** `POST /api/rejected`: the messages of the queue rejected. To read them hides them from other readers for a moment. */
export type Rejected = { readonly at: string; readonly rejected: readonly RejectedMessage[] };

export type RejectedMessage = {
  readonly messageId: string;
  readonly code: string;
  readonly path: string;
  readonly message: string;
  readonly product?: string;
  readonly version?: string;
  readonly channels?: readonly string[];
  readonly source?: string;
  readonly account?: string;
  readonly eventId?: string;
  readonly releaseDigest?: string;
  readonly at: string;
};

/** `POST /api/rejected/body {"messageId"}` */
export type RejectedBody = { readonly messageId: string; readonly body: string };

/**
 * What a person can do, each by `POST /api/preview/NAME` and then `POST /api/actions/NAME`. Both take the same {@link ActionInput}. The
 * second also takes what {@link Preview} says in `bind`.
 */
export type ActionName = 'publish' | 'approve' | 'deny' | 'hold' | 'resume' | 'withdraw' | 'redrive';

export type ActionInput = {
  /** The text of the file: a whole event, or the detail of a release. */
  readonly publish: { readonly text: string };
  readonly approve: OnChannel & { readonly comment?: string; readonly skip?: readonly string[]; readonly releaseDigest?: string };
  readonly deny: OnChannel & { readonly comment?: string };
  /** `until` is an RFC 3339 instant, or a span from now on such as 30m, 6h or 2d. */
  readonly hold: {
    readonly product: string;
    readonly channels?: readonly string[];
    readonly reason: string;
    readonly until?: string;
    readonly holdId?: string;
    readonly source?: string;
  };
  /** `holdIds` are the holds that the person saw. A hold that somebody sets meanwhile stays. */
  readonly resume: { readonly product: string; readonly holdIds: readonly string[]; readonly comment?: string; readonly source?: string };
  /** `confirm` is what the person typed. The action is refused unless it is the version. */
  readonly withdraw: {
    readonly product: string;
    readonly version: string;
    readonly revision?: number;
    readonly channels?: readonly string[];
    readonly reasonCode?: string;
    readonly comment?: string;
    readonly confirm?: string;
  };
  /** Without `messageId`: every message of the queue. */
  readonly redrive: { readonly queue: string; readonly messageId?: string };
};

export type OnChannel = {
  readonly product: string;
  readonly version: string;
  readonly revision?: number;
  readonly channel: string;
  /** The event source. Without it: the first approver of the product, or else its first source. */
  readonly source?: string;
};

/** What an action will do, for the person to judge before they confirm it. Nothing has happened yet. */
export type Preview = {
  /** One sentence such as `Hold thermostat on stable`. */
  readonly title: string;
  /** What will happen, in sentences. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  /** Why the action cannot be carried out, such as the rejections of a plan. Not empty: there is nothing to confirm. */
  readonly refusals: readonly string[];
  /** The text that must be typed to confirm it. Absent: a click is enough. */
  readonly mustType?: string;
  /** Members that the page adds to the input when the person confirms it, so that exactly what was shown is done. */
  readonly bind?: { readonly revision?: number; readonly releaseDigest?: string; readonly holdId?: string; readonly until?: string };
  /** What will be sent or is frozen, to look at: the event, the request, the evidence, the plan. */
  readonly documents: readonly { readonly label: string; readonly value: unknown }[];
  /** For `publish`: how many devices each rollout would reach. */
  readonly reach?: readonly Reach[];
};

/** How many devices a rollout would reach now. A group counts its members, those of its child groups included. */
export type Reach = {
  readonly channel: string;
  /** Absent if AWS cannot count them. Then `remark` says why. */
  readonly devices?: number;
  /** True if AWS counted at least this many, and there are more. */
  readonly isAtLeast?: true;
  readonly remark?: string;
};

/** What became of an action. `isDone` is false if the service refused it, did not answer in time, or if it does not count. */
export type ActionResult = {
  readonly isDone: boolean;
  /** One sentence for the person. */
  readonly message: string;
  readonly lines: readonly string[];
  /** The service rejected the event. */
  readonly rejected?: { readonly code: string; readonly path: string; readonly reason: string };
  /** The event is published, and the service had not answered when the time was over. */
  readonly isPending?: true;
  readonly eventId?: string;
  /** Where the result shows, as a path of the page. */
  readonly href?: string;
};

/**
 * `GET /api/local/examples`, only on a local stage. `POST /api/local/examples/NAME {}` uploads the artifacts of one, publishes it, and
 * answers an {@link ActionResult}: an example can be any event, also one that the service rejects.
 */
export type Examples = { readonly examples: readonly Example[] };

/** `about` is what the example shows. `text` is the event, before its artifacts are uploaded. */
export type Example = { readonly name: string; readonly detailType: string; readonly about: string; readonly text: string };

/**
 * `GET /api/local/faults`; `POST` arms one, `DELETE /api/local/faults` removes all, and both answer the faults. The members of one to arm
 * are those of the embedded AWS.
 */
export type Faults = { readonly faults: readonly FaultView[] };

export type FaultView = {
  readonly id: string;
  readonly kind: string;
  readonly service: string;
  readonly operation?: string;
  readonly struck: number;
  readonly isArmed: boolean;
  /** For people: `throttle of iot CreateJob, 3 times`. */
  readonly words: string;
};

/** `GET /api/local/fleet`; `POST` changes the settings that it names: those of the simulated fleet, see the README of embedded-aws. */
export type Fleet = { readonly settings: Readonly<Record<string, unknown>> };
