import { isRecord } from 'aws-ota-models';
import { canonicalJson } from '../json/canonical.ts';

/** A job as AWS describes it. Its members have the names of the request. */
type DescribedMembers = object;
type Request = Readonly<Record<string, unknown>>;

/** What UpdateJob can change, and AssociateTargetsWithJob: it adds targets to a continuous job. */
const changeable = [
  'targets',
  'description',
  'presignedUrlConfig',
  'jobExecutionsRolloutConfig',
  'abortConfig',
  'timeoutConfig',
  'jobExecutionsRetryConfig',
] as const;

/** Those of them that AWS describes although the request did not have them, with defaults. */
const withDefaults: readonly string[] = ['presignedUrlConfig', 'jobExecutionsRolloutConfig'];

/**
 * Whether a job has what a request asked for, as far as UpdateJob cannot change it: document, targets, selection and package versions.
 * The order of targets does not count. `described` has ARNs and document as they were written, before any substitution.
 */
export function isSameJob(request: Request, described: DescribedMembers & { readonly document: string }): boolean {
  const job = described as Request;
  return (
    job['document'] === request['document'] &&
    setOf(job['targets']) === setOf(request['targets']) &&
    (job['targetSelection'] ?? 'SNAPSHOT') === (request['targetSelection'] ?? 'SNAPSHOT') &&
    setOf(job['destinationPackageVersions']) === setOf(request['destinationPackageVersions'])
  );
}

/**
 * Whether a job that has the id of a request is another one: somebody deleted the first and made this one. Nobody can take a target from a
 * job, so one with targets, none of which was asked for, is another. One that is more alike is seen by what differs.
 */
export function isAnotherJob(request: Request, described: DescribedMembers): boolean {
  const [asked, found] = [request['targets'], (described as Request)['targets']];
  if (!Array.isArray(asked) || !Array.isArray(found)) return false;
  return found.length > 0 && !found.some((target) => asked.includes(target));
}

/**
 * The members of a request that somebody has changed at AWS since. AWS adds defaults. So a member differs only if the job
 * lacks something of the request, or has a member that is not one of those defaults.
 */
export function driftOf(request: Request, described: DescribedMembers): string[] {
  const job = described as Request;
  return changeable.filter((member) => {
    const [asked, found] = [request[member], job[member]];
    if (member === 'targets') return setOf(asked) !== setOf(found);
    if (asked === undefined) return !withDefaults.includes(member) && !isEmpty(found);
    return !contains(found, asked);
  });
}

function setOf(list: unknown): string {
  return JSON.stringify([...new Set(Array.isArray(list) ? list.map(String) : [])].sort());
}

/** Whether `whole` has everything that `part` has. Lists must be equal. */
function contains(whole: unknown, part: unknown): boolean {
  if (isRecord(part)) return isRecord(whole) && Object.entries(part).every(([name, value]) => contains(whole[name], value));
  if (Array.isArray(part)) {
    return Array.isArray(whole) && whole.length === part.length && part.every((item, index) => contains(whole[index], item));
  }
  return canonicalJson(whole ?? null) === canonicalJson(part ?? null);
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (isRecord(value) && Object.values(value).every(isEmpty));
}
