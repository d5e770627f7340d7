import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isOurs } from '../release/fields.ts';
import { parseInstant } from '../release/instant.ts';
import type { Artifact, Release } from '../release/release.ts';

/** The keys of our markers in `additionalParameters` (IoT Core) and `Tags` (managed integrations). */
export const markerKeys = {
  rolloutId: 'ota-dispatch.rolloutId',
  releaseDigest: 'ota-dispatch.releaseDigest',
  requestDigest: 'ota-dispatch.requestDigest',
} as const;

/**
 * Canonical JSON of RFC 8785. Throws for what JSON cannot say: lone surrogates, NaN, cycles,
 * `undefined` at the top. `findStrange` finds those beforehand.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** SHA-256 of the UTF-8 bytes of `text`, 64 lower-case hex digits. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

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

/**
 * SHA-256 of what a request asks for, without what we add to recognise it (our markers, `otaUpdateId`,
 * `ClientToken`): the same before and after the markers are put in, and at every attempt.
 */
export function requestDigest(input: Readonly<Record<string, unknown>>): string {
  const { otaUpdateId: _otaUpdateId, ClientToken: _clientToken, additionalParameters, Tags, tags, ...asked } = input;
  const ofOthers = Array.isArray(tags) ? tags.filter((tag) => !isOurs(String(tag?.Key))) : tags;
  return sha256Hex(
    canonicalJson({
      ...asked,
      additionalParameters: withoutOurs(additionalParameters),
      Tags: withoutOurs(Tags),
      tags: Array.isArray(ofOthers) && ofOthers.length === 0 ? undefined : ofOthers,
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

function withoutOurs(map: unknown): unknown {
  if (typeof map !== 'object' || map === null) return map;
  const others = Object.entries(map).filter(([key]) => !isOurs(key));
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}
