import { canonicalJson, sha256Hex } from '../json/canonical.ts';
import { parseInstant } from './instant.ts';
import type { Artifact, Release } from './release.ts';

/**
 * SHA-256 of what a release means: two releases with one digest ask for the same.
 *
 * - Without `channels`, `correlationId`, `dryRun` and `schemaVersion`, which say nothing about the firmware.
 * - Defaults are filled in (`parseRelease` does that); an empty `tags` or `attributes` is as good as none.
 * - `hardware` and `targets` are sets: order and repetition do not count. `artifacts` is a list: its order
 *   is the order of files at AWS.
 * - Instants are compared as instants, however their offset is written.
 *
 * Throws what `canonicalJson` throws.
 */
export function releaseDigest(release: Release): string {
  const { channels: _channels, correlationId: _correlationId, dryRun: _dryRun, schemaVersion: _schemaVersion, ...meant } = release;
  return sha256Hex(
    canonicalJson({
      ...meant,
      artifacts: meant.artifacts.map(meaningOfArtifact),
      hardware: set(meant.hardware),
      targets: set(meant.targets),
      tags: unlessEmpty(meant.tags),
      startAt: instant(meant.startAt),
      endAt: instant(meant.endAt),
      notAfter: instant(meant.notAfter),
    }),
  );
}

function meaningOfArtifact(artifact: Artifact): object {
  return { ...artifact, attributes: unlessEmpty(artifact.attributes) };
}

function set(values: readonly string[] | undefined): readonly string[] | undefined {
  return values && [...new Set(values)].sort();
}

function unlessEmpty(map: Readonly<Record<string, string>> | undefined): object | undefined {
  return map && Object.keys(map).length > 0 ? map : undefined;
}

function instant(text: string | undefined): number | string | undefined {
  return text === undefined ? undefined : (parseInstant(text) ?? text);
}
