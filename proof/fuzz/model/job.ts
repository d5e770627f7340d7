import type { Channel } from '../../../domain/channels/schema.ts';
import type { RejectionCode } from '../../../domain/release/rejection.ts';
import { NOW, settings } from '../configuration.ts';
import { instantOf } from './instant.ts';
import { codesOfAlgorithms, defined, type Json, type OnChannel, type Tag, tagsOf, targetsOf } from './members.ts';
import type { Detail, File } from './release.ts';
import { flawOfRequest } from './requests.ts';
import type { Codes } from './verdict.ts';

/** A channel of IoT Jobs. */
type JobChannel = Extract<Channel, { readonly format: unknown }>;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Translates a release for a channel of IoT Jobs, by the contract alone. The document is judged with its length. */
export function onIotJobs(release: Detail, channel: JobChannel): OnChannel {
  const template = channel.createJob as unknown as Json & { readonly tags?: readonly Tag[] };
  const files = release['artifacts'] as readonly File[];
  const codes: RejectionCode[] = [];
  const { targets, codes: ofTargets } = targetsOf(release, template['targets'], channel, 'iot', ['thing', 'thinggroup']);
  codes.push(...ofTargets);
  for (const file of files) {
    const bucket = file.fileLocation?.s3Location?.bucket;
    if (file.jobDocument === true || bucket === undefined) codes.push('UNSUPPORTED_BY_SERVICE');
    // The Device Client takes a URL with the bucket in its path for a new one each time.
    if (bucket?.includes('.') && channel.format === 'device-client' && channel.artifactUrl === undefined)
      codes.push('UNSUPPORTED_BY_SERVICE');
    codes.push(...codesOfAlgorithms(file, channel));
  }
  const { schedule, codes: ofSchedule } = scheduleOf(release, template['schedulingConfig'] as Json | undefined, channel);
  codes.push(...ofSchedule);
  const { description, tags, schedulingConfig: _schedule, destinationPackageVersions, ...others } = template;
  const version = String(release['version']);
  const packages = (destinationPackageVersions as readonly string[] | undefined)?.map((arn) => arn.split('{version}').join(version));
  const input = {
    ...others,
    targets,
    ...defined('description', description ?? release['description']),
    ...defined('schedulingConfig', schedule),
    ...defined('destinationPackageVersions', packages),
    ...defined('tags', tagsOf(release['tags'] as Record<string, string> | undefined, tags)),
  };
  const marked = [...((input as { tags?: readonly Tag[] }).tags ?? []), ...['1', '2', '3'].map((Key) => ({ Key }))];
  const judged = { ...input, jobId: 'x', document: '{}', tags: marked, ...(ofTargets.length > 0 && { targets: [anyThing] }) };
  if (flawOfRequest('CreateJob', judged) !== undefined) codes.push('INVALID_REQUEST');
  return { operation: 'CreateJob', input, codes };
}

const anyThing = `arn:aws:iot:${settings.AWS_REGION}:${settings.OTA_ACCOUNT_ID}:thing/any`;

function scheduleOf(release: Detail, ofChannel: Json | undefined, channel: Channel): { schedule: Json | undefined; codes: Codes } {
  const given = [
    ['startTime', release['startAt']],
    ['endTime', release['endAt']],
  ].filter((entry): entry is [string, string] => entry[1] !== undefined);
  const isAllowed = channel.scheduleFromRelease === 'allow';
  const times = isAllowed ? given.map(([name, at]) => [name, new Date(instantOf(at) ?? 0).toISOString().slice(0, 16)]) : [];
  const schedule = ofChannel === undefined && times.length === 0 ? undefined : { ...ofChannel, ...Object.fromEntries(times) };
  const codes: Codes = given.length > 0 && !isAllowed ? ['SCHEDULE_NOT_ALLOWED'] : [];
  return { schedule, codes: isPossible(schedule) ? codes : [...codes, 'INVALID_REQUEST'] };
}

/** AWS takes a start in half an hour to a year, and an end half an hour after it and within two years. */
function isPossible(schedule: Json = {}): boolean {
  const at = (name: string): number | undefined => (schedule[name] === undefined ? undefined : Date.parse(`${String(schedule[name])}Z`));
  const [start, end] = [at('startTime'), at('endTime')];
  if (start !== undefined && (start < NOW + 30 * MINUTE || start > NOW + 365 * DAY)) return false;
  if (end === undefined) return schedule['endBehavior'] === undefined;
  return end >= (start ?? NOW) + 30 * MINUTE && end >= NOW + 30 * MINUTE && end <= NOW + 730 * DAY;
}
