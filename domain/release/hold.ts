import * as z from 'zod/mini';
import { described, holdId, instant, line, name, prose, schemaVersion, whenAsked } from './fields.ts';
import { parseInstant } from './instant.ts';
import { parseDetail, repeatedItem } from './parse-detail.ts';
import type { Result } from './rejection.ts';

/** The detail of `Firmware Channel Held`. {@link parseHold} also rejects a repeated channel, and an `until` that is not after `from`. */
export const holdSchema = whenAsked(() =>
  z.strictObject(
    {
      schemaVersion: schemaVersion(),
      product: described(name(), 'A product of channels.yml.'),
      channels: described(
        z.exactOptional(z.array(name(), 'a list of channel names').check(z.minLength(1, 'a list of at least 1 channel'))),
        'If they are missing, every channel of the product is held.',
      ),
      holdId: described(holdId(), 'The name of the hold, unique in the product. Firmware Channel Resumed ends the hold by it.'),
      reason: described(prose(2000, 1), 'The reason, for people.'),
      from: described(z.exactOptional(instant()), 'RFC 3339. The hold begins at this instant. If it is missing, it begins at once.'),
      until: described(
        z.exactOptional(instant()),
        'RFC 3339. The hold ends on its own at this instant. If it is missing, only Firmware Channel Resumed ends it.',
      ),
      correlationId: described(z.exactOptional(line(256)), 'Copied into the answer and into log lines.'),
    },
    'an object',
  ),
);

/** The detail of `Firmware Channel Resumed`. */
export const resumeSchema = whenAsked(() =>
  z.strictObject(
    {
      schemaVersion: schemaVersion(),
      product: described(name(), 'A product of channels.yml.'),
      holdId: described(holdId(), 'The hold that ends, even if it has not arrived yet.'),
      comment: described(z.exactOptional(prose(2000, 1)), 'The reason, for people.'),
      correlationId: described(z.exactOptional(line(256)), 'Copied into the answer and into log lines.'),
    },
    'an object',
  ),
);

/** A hold as a producer writes it, with optional members left out. */
export type HoldEvent = z.input<ReturnType<typeof holdSchema>>;

/** The end of a hold as a producer writes it, with optional members left out. */
export type ResumeEvent = z.input<ReturnType<typeof resumeSchema>>;

type ParsedHold = z.output<ReturnType<typeof holdSchema>>;

/** A hold as the service reads it. `schemaVersion` 1 is filled in. */
export type ChannelHold = Readonly<Omit<ParsedHold, 'channels'>> & { readonly channels?: readonly string[] };

/** The end of a hold as the service reads it. `schemaVersion` 1 is filled in. */
export type ChannelResume = Readonly<z.output<ReturnType<typeof resumeSchema>>>;

/**
 * The hold in `detail`, or the first rule that it breaks. The code is UNSUPPORTED_SCHEMA_VERSION or INVALID_HOLD. Never throws on a parsed
 * JSON value.
 */
export function parseHold(detail: unknown): Result<ChannelHold> {
  return parseDetail(detail, holdSchema(), 'INVALID_HOLD', ({ channels = [], from, until }) => {
    const [start, end] = [from, until].map((text) => (text === undefined ? undefined : parseInstant(text)));
    return (
      repeatedItem(channels, ['channels']) ??
      (start !== undefined && end !== undefined && end <= start ? { path: ['until'], message: 'must be after from' } : undefined)
    );
  });
}

/** The end of a hold in `detail`, or the first rule that it breaks, as {@link parseHold} does. */
export function parseResume(detail: unknown): Result<ChannelResume> {
  return parseDetail(detail, resumeSchema(), 'INVALID_HOLD', () => undefined);
}
