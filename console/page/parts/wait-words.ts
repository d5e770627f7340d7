import type { RolloutSummary } from '../../api.ts';

type WaitReason = NonNullable<RolloutSummary['reasons']>[number];

/** What a rollout waits for on one line: until when (RFC 3339), and for what. */
export type WaitHeadline = { readonly until?: string; readonly for: readonly string[] };

/** What to wait for if nobody knows until when. */
function nounOf({ reason, channel }: WaitReason): string {
  switch (reason) {
    case 'APPROVAL':
      return 'an approval';
    case 'HELD':
      return 'the end of a hold';
    case 'CLOSED':
      return 'an allowed time';
    default:
      return channel ?? 'the channel before';
  }
}

/** Puts the reasons of a rollout on one line. The latest of the times counts, because all reasons must have gone. */
export function waitHeadline(reasons: readonly WaitReason[]): WaitHeadline {
  const untils = reasons.flatMap(({ until }) => until ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  const until = untils.at(-1);
  const nouns = reasons.filter((reason) => reason.until === undefined).map(nounOf);
  return { ...(until !== undefined && { until }), for: [...new Set(nouns)] };
}

/** The reasons in words, each once. What {@link waitHeadline} says already is left out. */
export function waitDetails(reasons: readonly WaitReason[]): readonly string[] {
  return [...new Set(reasons.filter(({ reason }) => reason !== 'HELD' && reason !== 'CLOSED').map(({ message }) => message))];
}
