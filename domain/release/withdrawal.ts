import * as z from 'zod/mini';
import { described, flag, line, name, prose, revision, schemaVersion, semVer, whenAsked } from './fields.ts';
import { parseDetail, repeatedItem } from './parse-detail.ts';
import type { Result } from './rejection.ts';

/** The detail of `Firmware Release Withdrawn`. {@link parseWithdrawal} also rejects a repeated channel. */
export const withdrawalSchema = whenAsked(() =>
  z.strictObject(
    {
      schemaVersion: schemaVersion(),
      product: described(name(), 'A product of channels.yml.'),
      version: semVer(),
      revision: described(z.exactOptional(revision()), 'If it is missing, every revision is withdrawn.'),
      channels: described(
        z.exactOptional(z.array(name(), 'a list of channel names').check(z.minLength(1, 'a list of at least 1 channel'))),
        'If they are missing, the release is withdrawn from every channel.',
      ),
      reasonCode: described(z.exactOptional(line(128)), 'The reason, for programs.'),
      comment: described(z.exactOptional(prose(2000)), 'The reason, for people.'),
      force: described(z._default(flag(), false), 'true: also stop devices that are in progress.'),
      correlationId: described(z.exactOptional(line(256)), 'Copied into every outcome event and log line.'),
    },
    'an object',
  ),
);

/** A withdrawal as a producer writes it, with optional members left out. */
export type WithdrawalEvent = z.input<ReturnType<typeof withdrawalSchema>>;

type Parsed = z.output<ReturnType<typeof withdrawalSchema>>;

/** A withdrawal as the service reads it, with defaults filled in: `schemaVersion` 1, `force` false. */
export type Withdrawal = Readonly<Omit<Parsed, 'channels'>> & { readonly channels?: readonly string[] };

/**
 * The withdrawal in `detail`, or the first rule that it breaks, in the order of {@link parseRelease}. The code is
 * UNSUPPORTED_SCHEMA_VERSION or INVALID_WITHDRAWAL. Never throws on a parsed JSON value.
 */
export function parseWithdrawal(detail: unknown): Result<Withdrawal> {
  return parseDetail(detail, withdrawalSchema(), 'INVALID_WITHDRAWAL', ({ channels = [] }) => repeatedItem(channels, ['channels']));
}
