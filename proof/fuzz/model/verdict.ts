import type { RejectionCode } from '../../../domain/release/rejection.ts';

/**
 * The codes with which a message may be refused. Checks run in documented phases: the first phase that finds a code
 * decides, and any code of that phase may be published. Empty if the message is valid.
 */
export type Codes = readonly RejectionCode[];

/** The codes of the first phase that has any, or no codes. */
export function firstPhase(...phases: readonly (() => Codes)[]): Codes {
  for (const phase of phases) {
    const codes = phase();
    if (codes.length > 0) return codes;
  }
  return [];
}
