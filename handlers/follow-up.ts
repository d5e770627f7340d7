import type { Identity } from '../domain/rollout/rollout.ts';

/** A follow-up: look at this rollout again, if its row still waits for this number; `*`, a wake, always. */
export type FollowUp = Identity & { readonly followUpNumber: number | '*' };

export function followUpBody({ product, version, revision, channel }: Identity, followUpNumber: FollowUp['followUpNumber']): string {
  return JSON.stringify({ product, version, revision, channel, followUpNumber } satisfies FollowUp);
}

/** Throws on anything but a follow-up: only the service itself writes to that queue. */
export function parseFollowUp(body: string): FollowUp {
  const value: unknown = JSON.parse(body);
  if (!isFollowUp(value)) throw new Error('this is no follow-up');
  return value;
}

/** Judged by hand: a schema library for five members would be most of what this function loads. */
function isFollowUp(value: unknown): value is FollowUp {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 5) return false;
  const { product, version, revision, channel, followUpNumber } = value as Partial<Record<keyof FollowUp, unknown>>;
  return (
    [product, version, channel].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(revision) &&
    (followUpNumber === '*' || Number.isSafeInteger(followUpNumber))
  );
}
