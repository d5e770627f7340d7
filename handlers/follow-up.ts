import type { Identity } from '../domain/rollout/rollout.ts';

/** The message "look at this rollout again, if its row still waits for this number". With `*`, a wake, always look. */
export type FollowUp = Identity & { readonly followUpNumber: number | '*' };

/** The body of a follow-up, as JSON. */
export function followUpBody({ product, version, revision, channel }: Identity, followUpNumber: FollowUp['followUpNumber']): string {
  return JSON.stringify({ product, version, revision, channel, followUpNumber } satisfies FollowUp);
}

/** The follow-up that a body contains. Throws if it is not one, which only a defect could cause: the service writes that queue. */
export function parseFollowUp(body: string): FollowUp {
  const value: unknown = JSON.parse(body);
  if (!isFollowUp(value)) throw new Error('the body is not a follow-up');
  return value;
}

/** Checked by hand. A schema library would be most of the code that the function `follow-ups` loads. */
function isFollowUp(value: unknown): value is FollowUp {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 5) return false;
  const { product, version, revision, channel, followUpNumber } = value as Partial<Record<keyof FollowUp, unknown>>;
  return (
    [product, version, channel].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(revision) &&
    (followUpNumber === '*' || Number.isSafeInteger(followUpNumber))
  );
}
