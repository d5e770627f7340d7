import type { ApprovalSpec, HoldSpec, ReleaseSpec, WithdrawalSpec } from './releases.ts';

/** What somebody sent to the service. A message that is sent again has a new id and the same meaning. */
export type Meaning =
  | { readonly kind: 'release'; readonly release: ReleaseSpec }
  | { readonly kind: 'withdrawal'; readonly withdrawal: WithdrawalSpec }
  | { readonly kind: 'approval'; readonly approval: ApprovalSpec; readonly source: string }
  | { readonly kind: 'hold'; readonly hold: HoldSpec }
  | { readonly kind: 'resume'; readonly holdId: string }
  | { readonly kind: 'nonsense' };
