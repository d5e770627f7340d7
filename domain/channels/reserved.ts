import { TAGS_MAX } from 'aws-ota-models';

/** The keys of the markers that the service writes into `additionalParameters` (IoT Core) and the tags (managed integrations, IoT Jobs). */
export const markerKeys = {
  rolloutId: 'ota-dispatch.rolloutId',
  releaseDigest: 'ota-dispatch.releaseDigest',
  requestDigest: 'ota-dispatch.requestDigest',
} as const;

/** How many tags release and channel may set together: the 50 that AWS allows, less the three markers. */
export const USER_TAGS_MAX = TAGS_MAX - Object.keys(markerKeys).length;

/** Members of the rendered job document of a task that only the service may set. A channel's `jobDocument` may add other members. */
export const reservedDocumentMembers = ['operation', 'rolloutId', 'product', 'version', 'files'] as const;

/**
 * Members of the document of a job that only the service may set, by the form of the document. `version` is reserved in both: the AWS IoT Device Client takes it for the version of
 * its own schema.
 */
export const reservedJobDocumentMembers = {
  plain: ['operation', 'rolloutId', 'product', 'firmwareVersion', 'files', 'version'],
  'device-client': ['version', 'steps', 'otaDispatch'],
} as const;

/** Whether only this service may set a tag or an additional parameter with this key. */
export function isReserved(key: string): boolean {
  return key.startsWith('ota-dispatch.');
}
