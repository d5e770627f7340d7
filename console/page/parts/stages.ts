import type { AcceptedRevision, ReleaseStory, RolloutStory } from '../../api.ts';

/** One revision of a release with its rollouts, in the order of channels.yml. `accepted` is absent if the ledger does not have it. */
type RevisionStages = {
  readonly revision: number;
  readonly accepted?: AcceptedRevision;
  readonly rollouts: readonly RolloutStory[];
};

/** The revisions of a release, the highest first. */
export function stagesOf({ revisions, rollouts }: Pick<ReleaseStory, 'revisions' | 'rollouts'>): readonly RevisionStages[] {
  const numbers = new Set([...revisions, ...rollouts].map(({ revision }) => revision));
  return [...numbers]
    .sort((a, b) => b - a)
    .map((number) => {
      const accepted = revisions.find(({ revision }) => revision === number);
      return { revision: number, ...(accepted && { accepted }), rollouts: rollouts.filter(({ revision }) => revision === number) };
    });
}

/**
 * That a gate has its approvals: `2 of 2 approvals`. Undefined if it asks for none, if it still waits for one, which is then a reason, or
 * if nobody knows.
 */
export function approvalsWords({ gate, opened, reasons }: Pick<RolloutStory, 'gate' | 'opened' | 'reasons'>): string | undefined {
  const required = gate?.approval?.required;
  if (required === undefined) return undefined;
  const isKnown = opened !== undefined || (reasons !== undefined && !reasons.some(({ reason }) => reason === 'APPROVAL'));
  const given = Math.max(required, opened?.approvals.length ?? 0);
  return isKnown ? `${given} of ${required} approvals` : undefined;
}
