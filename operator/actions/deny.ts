import { compact } from '../../domain/json/compact.ts';
import { parseWithdrawal, type Withdrawal } from '../../domain/release/withdrawal.ts';
import type { OutgoingEvent } from '../events/publish-event.ts';
import type { Configuration } from '../stage/configuration.ts';
import { sourceOf } from '../stage/source-of-product.ts';
import type { Stage } from '../stage/stage.ts';
import { type OnChannel, type Subject, subjectOf } from './subject.ts';
import { valid } from './valid.ts';
import { withdrawalEvent } from './withdraw.ts';

/** What a person wants to deny, and why. */
export type AskedDenial = OnChannel & { readonly comment?: string | undefined };

/** A denial that was judged and not sent: the withdrawal of one revision from one channel. */
export type PreparedDenial = { readonly subject: Subject; readonly withdrawal: Withdrawal; readonly event: OutgoingEvent };

/** Throws UsageError for a denial that the service would reject, whatever the release is. */
export function checkDenial(asked: AskedDenial): void {
  withdrawalOf(asked);
}

/** Reads what a denial is about. `given` is the source that a person gave. Throws UsageError for names that do not exist. */
export async function prepareDenial(
  stage: Stage,
  configuration: Configuration | undefined,
  asked: AskedDenial,
  given: string | undefined,
): Promise<PreparedDenial> {
  checkDenial(asked);
  const source = sourceOf(asked.product, given, configuration);
  const subject = await subjectOf(stage, asked, configuration);
  const withdrawal = withdrawalOf({ ...asked, revision: subject.revision });
  return { subject, withdrawal, event: withdrawalEvent(withdrawal, source) };
}

function withdrawalOf({ product, version, revision, channel, comment }: AskedDenial): Withdrawal {
  return valid(parseWithdrawal(compact({ product, version, revision, channels: [channel], reasonCode: 'DENIED', comment })));
}
