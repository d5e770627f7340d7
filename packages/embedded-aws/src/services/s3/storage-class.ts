import { AwsError } from '../aws-error.ts';
import type { Version } from './store.ts';

/** Objects of these classes must be restored before they can be read. */
const ARCHIVED = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** The storage class of a version. */
export function storageClassOf({ headers }: Pick<Version, 'headers'>): string {
  return headers['x-amz-storage-class'] ?? 'STANDARD';
}

/** Throws InvalidObjectState 403 for the bytes of an archived object. Its headers can be read. */
export function checkReadable(version: Pick<Version, 'headers'>): void {
  const StorageClass = storageClassOf(version);
  if (!ARCHIVED.has(StorageClass)) return;
  throw new AwsError('InvalidObjectState', "The operation is not valid for the object's storage class", {
    status: 403,
    fields: { StorageClass },
  });
}

/** Throws ObjectNotInActiveTierError 403 if an archived object is the source of a copy. */
export function checkCopyable(version: Pick<Version, 'headers'>): void {
  if (!ARCHIVED.has(storageClassOf(version))) return;
  throw new AwsError('ObjectNotInActiveTierError', 'The source object of the COPY operation is not in the active tier.', { status: 403 });
}
