import type { Rollout, State } from '../../domain/rollout/rollout.ts';
import type { Job } from './aws/fleet.ts';
import type { Sandbox } from './lambda.ts';

/** Everything that was observed of one rollout from outside: in the ledger, at AWS and on the bus. */
export type Known = {
  row: Rollout;
  readonly first: Rollout;
  /** Its frozen request, as text. */
  readonly request: string;
  /** The sandbox in which it was planned and frozen. */
  readonly planner: Sandbox | undefined;
  /** True time of the put. */
  readonly claimedAt: number;
  seq: number | undefined;
  wasCreated: boolean;
  /** Since when it does not count in its channel's order. */
  outSince: number | undefined;
  intents: number;
  /** The number of the awaited follow-up, since when. */
  readonly numbers: { readonly at: number; readonly no: number }[];
  readonly states: Set<State>;
  readonly sends: { readonly id: string; readonly at: number; readonly caller: Sandbox; answer: 'none' | 'no' | 'other'; error?: string }[];
  /** The invocation that wrote the last intent, the revision with it, and whether that invocation must know that it is written. */
  intent:
    | {
        readonly caller: Sandbox | undefined;
        readonly began: number | undefined;
        readonly revision: number;
        readonly at: number;
        isTold: boolean;
      }
    | undefined;
  /** The last refusal could not be recorded, because DynamoDB failed until the invocation ended. */
  isRefusalLost: boolean;
  /** The sandbox that got a definite no which its next write has to note. */
  owes: { readonly caller: Sandbox; readonly began: number } | undefined;
  readonly jobs: Job[];
};
