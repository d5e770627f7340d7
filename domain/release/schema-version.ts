import { isRecord } from 'aws-ota-models';
import { reject } from './rejection.ts';

/**
 * The refusal of a detail that says it is written in another major schema version, `undefined` for all others.
 * It is asked before anything else of the detail: its members may mean something else there.
 */
export function rejectOtherMajor(detail: unknown): ReturnType<typeof reject> | undefined {
  const version = isRecord(detail) && Object.hasOwn(detail, 'schemaVersion') ? detail['schemaVersion'] : undefined;
  const other =
    typeof version === 'number' ? version !== 1 : typeof version === 'string' && /^(?!1(?:\.|$))\d{1,9}(?:\.\d{1,9}){0,2}$/.test(version);
  if (!other) return undefined;
  return reject('UNSUPPORTED_SCHEMA_VERSION', 'schemaVersion', 'this service reads version 1 only');
}
