import * as z from 'zod/mini';
import { skippableParts } from '../gate/gate.ts';
import { described, line, name, prose, revision, schemaVersion, semVer, sha256, whenAsked } from './fields.ts';
import { parseDetail, repeatedItem } from './parse-detail.ts';
import type { Result } from './rejection.ts';

const partRule = `one of ${skippableParts.join(', ')}`;

/** The detail of `Firmware Release Approved`. {@link parseApproval} also rejects repeated items, and `skip` without a comment. */
export const approvalSchema = whenAsked(() =>
  z.strictObject(
    {
      schemaVersion: schemaVersion(),
      product: described(name(), 'A product of channels.yml.'),
      version: semVer(),
      revision: described(z._default(revision(), 1), 'The revision that is approved. An approval never counts for another one.'),
      channels: described(
        z.array(name(), 'a list of channel names').check(z.minLength(1, 'a list of at least 1 channel')),
        'The channels for which the release is approved. An approval never means every channel.',
      ),
      releaseDigest: described(
        z.exactOptional(sha256()),
        'The digest of the content that is approved. Required if a channel has no rollout of the release yet.',
      ),
      skip: described(
        z.exactOptional(
          z.array(z.enum(skippableParts, partRule), 'a list of parts of a gate').check(z.minLength(1, 'a list of at least 1 part')),
        ),
        'The parts of the gate that this approval leaves out, if the channel permits it. It needs a comment.',
      ),
      approvedBy: described(z.exactOptional(line(256)), 'Who approves. The service shows it and does not check it.'),
      comment: described(z.exactOptional(prose(2000, 1)), 'The reason, for people.'),
      correlationId: described(z.exactOptional(line(256)), 'Copied into the answer and into log lines.'),
    },
    'an object',
  ),
);

/** An approval as a producer writes it, with optional members left out. */
export type ApprovalEvent = z.input<ReturnType<typeof approvalSchema>>;

type Parsed = z.output<ReturnType<typeof approvalSchema>>;

/** An approval as the service reads it, with defaults filled in: `schemaVersion` 1, `revision` 1. */
export type ReleaseApproval = Readonly<Omit<Parsed, 'channels' | 'skip'>> & {
  readonly channels: readonly string[];
  readonly skip?: readonly (typeof skippableParts)[number][];
};

/**
 * The approval in `detail`, or the first rule that it breaks. The code is UNSUPPORTED_SCHEMA_VERSION or INVALID_APPROVAL. Never throws on a
 * parsed JSON value.
 */
export function parseApproval(detail: unknown): Result<ReleaseApproval> {
  return parseDetail(
    detail,
    approvalSchema(),
    'INVALID_APPROVAL',
    ({ channels, skip = [], comment }) =>
      repeatedItem(channels, ['channels']) ??
      repeatedItem(skip, ['skip'], 'part') ??
      (skip.length > 0 && comment === undefined
        ? { path: ['comment'], message: 'required with skip: say why a part of the gate is left out' }
        : undefined),
  );
}
