import { canonicalJson, sha256Hex } from '../json/canonical.ts';
import { parseInstant } from './instant.ts';
import type { Release } from './release.ts';

/**
 * The SHA-256 of the content of a release, as 64 hex digits. Two releases with the same digest ask for the same update.
 *
 * - `channels`, `correlationId`, `dryRun` and `schemaVersion` do not belong to the content.
 * - `parseRelease` has filled in the defaults, and left out optional members that are empty.
 * - `hardware` and `targets` are sets: order and repetition do not matter.
 * - `artifacts` is a list, because its order is the order of the files in the AWS request.
 * - `startAt`, `endAt` and `notAfter` are compared in milliseconds, whatever offset they are written with.
 *
 * Throws if `release` has text or numbers that `canonicalJson` does not accept. `parseRelease` rejects those.
 */
export function releaseDigest(release: Release): string {
  const content = contentOf(release);
  return sha256Hex(
    canonicalJson({
      ...content,
      hardware: set(content.hardware),
      targets: set(content.targets),
      startAt: instant(content.startAt),
      endAt: instant(content.endAt),
      notAfter: instant(content.notAfter),
    }),
  );
}

/** What a release asks for, on whatever channel: the release without the members that do not belong to its content. */
export function contentOf(release: Release): ReleaseContent {
  const { channels: _channels, correlationId: _correlationId, dryRun: _dryRun, schemaVersion: _schemaVersion, ...content } = release;
  return content;
}

/** The content of a release: what its digest is made from. */
export type ReleaseContent = Omit<Release, 'channels' | 'correlationId' | 'dryRun' | 'schemaVersion'>;

function set(values: readonly string[] | undefined): readonly string[] | undefined {
  return values && [...new Set(values)].sort();
}

function instant(text: string | undefined): number | string | undefined {
  return text === undefined ? undefined : (parseInstant(text) ?? text);
}
