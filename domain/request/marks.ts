/** What identifies the rollout whose request is written. */
export type Marks = { readonly rolloutId: string; readonly releaseDigest: string };
