import type { Segment } from './path.ts';

/**
 * One thing that is wrong, and where: `path` leads from the judged value to the member, `[]` to the value itself.
 * `message` names the rule and never quotes a value. `kind` says so where a member is missing or unknown.
 */
export type Problem = { readonly path: readonly Segment[]; readonly message: string; readonly kind?: 'missing' | 'unknown' };
