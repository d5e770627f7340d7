import type { Item } from '../../simulate/aws/expressions.ts';

export type Input = Readonly<Record<string, unknown>>;

/** An event that the bus accepted. */
export type PublishedEvent = { readonly detailType: string; readonly detail: Readonly<Record<string, unknown>> };

/** A message that the queue of refused messages accepted. */
export type Kept = { readonly body: string; readonly attributes: Readonly<Record<string, string>> };

/** A job document as it was written. */
export type Written = { readonly bucket: string; readonly key: string; readonly body: Uint8Array };

/** Everything that left the function for one message, in the order in which it left. */
export type Effects = {
  readonly published: PublishedEvent[];
  readonly kept: Kept[];
  readonly created: { readonly operation: 'CreateOTAUpdate' | 'CreateJob' | 'CreateOtaTask'; readonly input: Input }[];
  readonly documents: Written[];
  /** Items of the ledger that were put. */
  readonly rows: Item[];
  /** Keys of the items of the ledger that were put and not there before. */
  readonly added: string[];
  /** Locks that were taken. */
  readonly locks: string[];
  /** The operations of all calls. */
  readonly calls: string[];
};

export const noEffects = (): Effects => ({
  published: [],
  kept: [],
  created: [],
  documents: [],
  rows: [],
  added: [],
  locks: [],
  calls: [],
});

/** Whether SQS accepts a text: it allows the characters of XML 1.0. */
export function isLegalInSqs(text: string): boolean {
  return !/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u.test(text);
}
