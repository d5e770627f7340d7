import type { RejectedView } from './rejected.ts';

/** The service rejected a published event. */
export class RejectedEvent extends Error {
  readonly rejected: RejectedView;

  constructor(rejected: RejectedView) {
    super(`rejected: ${rejected.code} ${rejected.path}: ${rejected.reason}`);
    this.rejected = rejected;
  }
}
