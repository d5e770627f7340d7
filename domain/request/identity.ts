import { sha256Hex } from '../json/canonical.ts';
import { controlPlanes, type Operation } from './control-planes.ts';

/** What identifies a rollout. */
export type Identity = {
  readonly product: string;
  readonly version: string;
  readonly revision: number;
  readonly channel: string;
};

/** Characters for people in a rolloutId. 3 (`fw-`) + 18 + 1 + 32 = 54, so that `-1` … `-9` fits into 56. */
const READABLE_MAX = 18;
const VERSION_MAX = 9;

/**
 * The id of a rollout in a stage, which never changes: `fw-<readable>-<32 hex digits>`, at most 54 characters of `[a-z0-9_-]`.
 * The digits are 128 bits of SHA-256 over the whole identity and the stage, so the readable part may be cut. AWS has one set of
 * ids for an account and region. So two stages there that release the same version need different ids.
 */
export function rolloutIdOf({ product, version, revision, channel }: Identity, stage: string): string {
  const digest = sha256Hex(JSON.stringify([stage, product, version, revision, channel])).slice(0, 32);
  return `fw-${readable(product, version)}-${digest}`;
}

/**
 * The id of one attempt: `otaUpdateId` at IoT Core, `ClientToken` at managed integrations. It has at most 56 characters,
 * because the job of an OTA update is `AFR_OTA-<otaUpdateId>`, and a job id has at most 64 (AWS IoT `CreateJob`).
 */
export function attemptId(rolloutId: string, attempt: number): string {
  return `${rolloutId}-${attempt}`;
}

/** The request as it is sent at `attempt`. Only the id differs between attempts. */
export function requestForAttempt(
  operation: Operation,
  input: Readonly<Record<string, unknown>>,
  rolloutId: string,
  attempt: number,
): Readonly<Record<string, unknown>> {
  return { ...input, [controlPlanes[operation].idMember]: attemptId(rolloutId, attempt) };
}

function readable(product: string, version: string): string {
  const tail = slug(version, VERSION_MAX);
  const head = slug(product, READABLE_MAX - 1 - tail.length);
  return [head, tail].filter((part) => part !== '').join('-');
}

function slug(value: string, max: number): string {
  const mapped = value.toLowerCase().replace(/[^a-z0-9_]+/g, '-');
  return mapped.slice(0, max).replace(/^-+|-+$/g, '');
}
