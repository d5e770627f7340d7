import type { ApprovalSpec, HoldSpec, ReleaseSpec, WithdrawalSpec } from './releases.ts';

/** What people and CI do, each at its time (ms since the beginning). */
export type Action = { readonly at: number } & (
  | { readonly do: 'publish'; readonly release: ReleaseSpec }
  | { readonly do: 'withdraw'; readonly withdrawal: WithdrawalSpec }
  | { readonly do: 'approve'; readonly approval: ApprovalSpec; readonly source: string; readonly event?: string }
  | { readonly do: 'hold'; readonly hold: HoldSpec; readonly source: string; readonly event?: string }
  | { readonly do: 'resume'; readonly holdId: string; readonly source: string }
  | { readonly do: 'nonsense'; readonly body: string }
  | { readonly do: 'deploy'; readonly configuration: number | 'usual' }
  | { readonly do: 'meddle'; readonly how: 'abort' | 'cancel' | 'delete' | 'change'; readonly which: number }
  | { readonly do: 'foreign'; readonly release: ReleaseSpec; readonly channel: string }
  /** Somebody publishes a job event that AWS did not. */
  | { readonly do: 'forge'; readonly which: number }
  | { readonly do: 'redrive' }
);
