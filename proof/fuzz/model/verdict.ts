import type { RejectionCode } from '../../../domain/release/rejection.ts';

/**
 * The codes under which a message may be refused, phase by phase as they are documented: the first phase that has any
 * decides, and within it any of them may be the one that is told. No phase has any where the message is good.
 */
export type Codes = readonly RejectionCode[];

/** The first of several phases that has a code; empty where none has. */
export function firstPhase(...phases: readonly (() => Codes)[]): Codes {
  for (const phase of phases) {
    const codes = phase();
    if (codes.length > 0) return codes;
  }
  return [];
}
