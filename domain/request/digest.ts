import { isReserved } from '../channels/reserved.ts';
import { canonicalJson, sha256Hex } from '../json/canonical.ts';

/**
 * SHA-256 of what a request asks for. The markers of this service, `otaUpdateId`, `ClientToken` and `jobId` do not count. So it is the
 * same before and after the markers are added, and at every attempt.
 */
export function requestDigest(input: Readonly<Record<string, unknown>>): string {
  const { otaUpdateId: _otaUpdateId, ClientToken: _clientToken, jobId: _jobId, additionalParameters, Tags, tags, ...asked } = input;
  const ofOthers = Array.isArray(tags) ? tags.filter((tag) => !isReserved(String(tag?.Key))) : tags;
  return sha256Hex(
    canonicalJson({
      ...asked,
      additionalParameters: withoutOurs(additionalParameters),
      Tags: withoutOurs(Tags),
      tags: Array.isArray(ofOthers) && ofOthers.length === 0 ? undefined : ofOthers,
    }),
  );
}

function withoutOurs(map: unknown): unknown {
  if (typeof map !== 'object' || map === null) return map;
  const others = Object.entries(map).filter(([key]) => !isReserved(key));
  return others.length > 0 ? Object.fromEntries(others) : undefined;
}
