import type { Rejection } from '../schemas/events.d.ts';

/** One thing that is wrong with an event. `message` is for people and quotes no value that could do harm in a log. */
export interface EventProblem {
  /** The code of `OTA Release Rejected`. INVALID_OUTCOME is the detail of an event that goes out. */
  readonly code: Rejection['code'] | 'INVALID_OUTCOME';
  /** `$` for all of it. A member of `detail` is written like `artifacts[0].sha256`. A member of the envelope has its own name. */
  readonly path: string;
  readonly message: string;
}

/** What a check answers: the event, or at least one problem. */
export type Checked<Event> =
  | { readonly ok: true; readonly event: Event }
  | { readonly ok: false; readonly problems: readonly [EventProblem, ...EventProblem[]] };
