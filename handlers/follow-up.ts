import { z } from 'zod';
import type { Identity } from '../domain/rollout/rollout.ts';

/** A follow-up: look at this rollout again, if its row still waits for this number; `*`, a wake, always. */
export type FollowUp = Identity & { readonly no: number | '*' };

const schema = z.strictObject({
  product: z.string(),
  version: z.string(),
  revision: z.int(),
  channel: z.string(),
  no: z.union([z.int(), z.literal('*')]),
});

export function followUpBody({ product, version, revision, channel }: Identity, no: FollowUp['no']): string {
  return JSON.stringify({ product, version, revision, channel, no } satisfies FollowUp);
}

/** Throws on anything but a follow-up: only the service itself writes to that queue. */
export function parseFollowUp(body: string): FollowUp {
  return schema.parse(JSON.parse(body));
}
