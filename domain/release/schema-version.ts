import { isRecord } from 'aws-ota-models';
import { reject } from './rejection.ts';

/**
 * Rejects a detail that is written in another major schema version than 1, as UNSUPPORTED_SCHEMA_VERSION. `undefined` if
 * the version is missing, has major 1, or does not look like a version. Call it before any other check of the detail,
 * because members may mean something else in another major version. Never throws.
 */
export function rejectOtherMajor(detail: unknown): ReturnType<typeof reject> | undefined {
  const version = isRecord(detail) && Object.hasOwn(detail, 'schemaVersion') ? detail['schemaVersion'] : undefined;
  const other =
    typeof version === 'number' ? version !== 1 : typeof version === 'string' && /^(?!1(?:\.|$))\d{1,9}(?:\.\d{1,9}){0,2}$/.test(version);
  if (!other) return undefined;
  return reject('UNSUPPORTED_SCHEMA_VERSION', 'schemaVersion', 'must have major version 1, which is the only one that this service reads');
}
