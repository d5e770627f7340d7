import { TAGS_MAX } from 'aws-ota-models';

/** The keys of our markers in `additionalParameters` (IoT Core) and `Tags` (managed integrations). */
export const markerKeys = {
  rolloutId: 'ota-dispatch.rolloutId',
  releaseDigest: 'ota-dispatch.releaseDigest',
  requestDigest: 'ota-dispatch.requestDigest',
} as const;

/** Tags that release and channel may set together: 50 less our three markers. */
export const USER_TAGS_MAX = TAGS_MAX - Object.keys(markerKeys).length;

/** Members of the rendered job document that are ours: a channel's static members may add to them, not replace them. */
export const reservedDocumentMembers = ['operation', 'rolloutId', 'product', 'version', 'files'] as const;

/** Names under which only the service writes tags and additional parameters. */
export function isReserved(key: string): boolean {
  return key.startsWith('ota-dispatch.');
}
