import { documentedJobInput, documentedOTAUpdateInput, documentedOtaTaskInput, formatPath, isRecord, kindOf } from 'aws-ota-models';
import { VERSION_IN_PACKAGE } from '../../domain/channels/job-facts.ts';
import { isReserved } from '../../domain/channels/reserved.ts';
import type { TemplateName } from '../../domain/channels/template-name.ts';
import { type JsonObject, objectOf, omit } from '../../domain/channels/template-shape.ts';
import { UsageError } from '../../scripts/command.ts';
import { placeOfFirstTarget, stageVariables } from './stage-variables.ts';
import { withoutEmptyTexts } from './without-empty-texts.ts';

/** A member of the file that the channel does not take as it is, and what becomes of its value. */
export type Moved = { readonly member: string; readonly where: string };

/** What a file for `--cli-input-json` of the AWS CLI says of a channel. */
export type FromCli = {
  readonly controlPlane: TemplateName;
  /** The request without the members that the service or a release gives. */
  readonly request: JsonObject;
  /** Members that belong beside the request, because the file could not be released otherwise. */
  readonly besides: JsonObject;
  readonly moved: readonly Moved[];
  /** The buckets of the files, if it names some. */
  readonly buckets: readonly string[];
  /** The Region of its first target. */
  readonly region?: string;
  /** The form of its job document. */
  readonly format?: string;
};

type Command = { readonly command: string; readonly members: JsonObject; readonly take: (request: JsonObject) => Taken };
type Taken = Omit<FromCli, 'controlPlane' | 'region'>;

const commands: Readonly<Record<TemplateName, Command>> = {
  createOTAUpdate: { command: 'iot create-ota-update', members: documentedOTAUpdateInput.members, take: takeOtaUpdate },
  createJob: { command: 'iot create-job', members: documentedJobInput.members, take: takeJob },
  createOtaTask: {
    command: 'iot-managed-integrations create-ota-task',
    members: documentedOtaTaskInput.members,
    take: takeOtaTask,
  },
};

/**
 * The channel in a file for `--cli-input-json` of the AWS CLI. Its members show which command it is for. The channel gets every member that
 * a channel can have, and `moved` names every other one. What no channel can have stays in the request, so that `ota check` refuses it in its
 * own words. Throws UsageError if the file is for no command that starts an update, or has a value of a wrong kind. `name` is its name for
 * messages.
 */
export function channelFromCli(name: string, given: unknown): FromCli {
  if (!isRecord(given)) throw new UsageError(`${name} must be one JSON object, as --cli-input-json takes it`);
  const controlPlane = controlPlaneOf(name, given);
  const { value, empty } = withoutEmptyTexts(given);
  const { moved, ...others } = taken(name, () => commands[controlPlane].take(objectOf(value)));
  const region = placeOfFirstTarget(others.request)?.region;
  return {
    controlPlane,
    ...others,
    moved: [...empty.map((path) => ({ member: formatPath(path), where: 'is empty, as in a skeleton of the AWS CLI: left out' })), ...moved],
    ...(region !== undefined && { region }),
  };
}

/**
 * The same channel with the variables of channels.yml in the ARNs of its first target's account, if they are of this Region. So it works on
 * every stage, and on the local one.
 */
export function onEveryStage(file: FromCli, region: string): FromCli {
  const { request, changed, account } = stageVariables(file.request, region);
  const member = changed === 1 ? '1 ARN' : `${changed} ARNs`;
  const moved = { member, where: `of account ${account} in ${region}: now with variables, for every stage` };
  return { ...file, request, moved: changed === 0 ? file.moved : [...file.moved, moved] };
}

/** What `take` answers. A UsageError gets the name of the file. */
function taken(name: string, take: () => Taken): Taken {
  try {
    return take();
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${name} cannot become a channel: ${error.message}`) : error;
  }
}

/** The request whose own members the file has. Throws UsageError if it has members of none, or of several. */
function controlPlaneOf(name: string, given: JsonObject): TemplateName {
  const names = Object.keys(commands) as TemplateName[];
  const isOnlyOf = (member: string, own: TemplateName) =>
    names.every((other) => Object.hasOwn(commands[other].members, member) === (other === own));
  const found = names.filter((own) => Object.keys(given).some((member) => isOnlyOf(member, own)));
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  const known = names.map((each) => `aws ${commands[each].command}`).join(', ');
  const why = only === undefined ? 'has no member of a request that starts an update' : `has members of ${found.join(' and ')}`;
  throw new UsageError(`${name} ${why}: name a file for --cli-input-json of ${known}`);
}

const MADE = 'the service makes it from product, version, revision and channel';
const DESCRIPTION = 'into the release, as description';
const RESERVED = 'left out: only the service sets keys that begin with ota-dispatch.';

function takeOtaUpdate(request: JsonObject): Taken {
  const files = listIn(request, 'files').map((_, index, all) => objectIn(all, index, `files[${index}]`));
  const ofFiles = files.map(takeFile);
  const isUnsigned = files.some(({ codeSigning }) => Object.keys(objectOf(codeSigning)).length === 0);
  const streams = ofFiles.some(({ isStream }) => isStream);
  const jobs = ofFiles.some(({ isOnlySigned }) => isOnlySigned);
  const parameters = objectIn(request, 'additionalParameters');
  const tags = ownTags(request);
  const entries = entriesOf(ofFiles.map(({ entry }) => entry));
  const kept = {
    ...omit(request, ['otaUpdateId', 'description', 'files', 'additionalParameters', 'tags']),
    ...someOf('files', entries),
    ...someOf('additionalParameters', omit(parameters, Object.keys(parameters).filter(isReserved))),
    ...tags.kept,
  };
  return {
    request: kept,
    besides: {
      ...(isUnsigned && { unsigned: 'allow' }),
      ...((streams || jobs) && { unverified: [...(streams ? ['stream'] : []), ...(jobs ? ['signerJob'] : [])] }),
    },
    buckets: unique(ofFiles.flatMap(({ bucket }) => bucket)),
    moved: [
      ...movedIf(request, 'otaUpdateId', `left out: ${MADE}`),
      ...movedIf(request, 'description', DESCRIPTION),
      ...ofFiles.flatMap(({ moved }, index) => moved.map(({ member, where }) => ({ member: `files[${index}].${member}`, where }))),
      ...(isUnsigned ? [{ member: 'files', where: 'at least one has no codeSigning: so the channel has unsigned: allow' }] : []),
      ...(streams ? [{ member: 'files', where: 'a stream cannot be verified: so the channel has unverified: [stream]' }] : []),
      ...(jobs ? [{ member: 'files', where: 'a file has no location: so the channel has unverified: [signerJob]' }] : []),
      ...Object.keys(parameters)
        .filter(isReserved)
        .map((key) => ({ member: formatPath(['additionalParameters', key]), where: RESERVED })),
      ...tags.moved,
    ],
  };
}

type File = {
  readonly entry: JsonObject;
  readonly moved: readonly Moved[];
  readonly bucket: readonly string[];
  readonly isStream: boolean;
  readonly isOnlySigned: boolean;
};

/** An entry of `files`: what each release gives, and what stays in the channel. */
function takeFile(file: JsonObject, index: number): File {
  const signing = objectIn(file, 'codeSigning', `files[${index}].codeSigning`);
  const location = objectIn(file, 'fileLocation', `files[${index}].fileLocation`);
  const { bucket } = objectOf(location['s3Location']);
  const remaining = omit(signing, ['customCodeSigning', 'awsSignerJobId']);
  const artifact = `into the release, as artifacts[${index}]`;
  return {
    entry: { ...omit(file, ['fileVersion', 'fileLocation', 'codeSigning']), ...someOf('codeSigning', remaining) },
    moved: [
      ...movedIf(file, 'fileName', `${artifact}.fileName`),
      ...movedIf(file, 'fileVersion', `${artifact}.fileVersion`),
      ...movedIf(file, 'fileLocation', `${artifact}.fileLocation`),
      ...['customCodeSigning', 'awsSignerJobId']
        .filter((kind) => signing[kind] !== undefined)
        .map((kind) => ({ member: `codeSigning.${kind}`, where: `${artifact}.codeSigning.${kind}: it belongs to one binary` })),
    ],
    bucket: typeof bucket === 'string' ? [bucket] : [],
    isStream: location['stream'] !== undefined,
    isOnlySigned: file['fileLocation'] === undefined && signing['awsSignerJobId'] !== undefined,
  };
}

/** The entries of a channel. Files with the same settings need one entry, without a name. An entry that only has a name says nothing. */
function entriesOf(files: readonly JsonObject[]): readonly JsonObject[] {
  const settings = files.map((file) => omit(file, ['fileName']));
  const [first = {}] = settings;
  if (settings.every((each) => JSON.stringify(each) === JSON.stringify(first))) return Object.keys(first).length === 0 ? [] : [first];
  return files.filter((_, index) => Object.keys(settings[index] ?? {}).length > 0);
}

function takeJob(request: JsonObject): Taken {
  const schedule = objectIn(request, 'schedulingConfig');
  const times = timesOf(schedule, { startTime: 'startAt', endTime: 'endAt' }, 'schedulingConfig');
  const tags = ownTags(request);
  const packages = packagesOf(request);
  const document = [request['document'], request['documentSource']].filter((each) => typeof each === 'string').join('\n');
  return {
    request: {
      ...omit(request, ['jobId', 'document', 'documentSource', 'documentParameters', 'description', 'schedulingConfig', 'tags']),
      ...packages.kept,
      ...someOf('schedulingConfig', times.kept),
      ...tags.kept,
    },
    besides: times.besides,
    format: formatOf(request['document']),
    buckets: bucketsIn(document),
    moved: [
      ...movedIf(request, 'jobId', `left out: ${MADE}`),
      ...movedIf(request, 'document', 'left out: the service writes it. Members of your own go into jobDocument, beside createJob'),
      ...movedIf(request, 'documentSource', 'left out: the service writes the document. Members of your own go into jobDocument'),
      ...movedIf(request, 'documentParameters', 'left out: the service writes the document'),
      ...movedIf(request, 'description', DESCRIPTION),
      ...packages.moved,
      ...times.moved,
      ...tags.moved,
    ],
  };
}

/** A version of a package belongs to one release. `$default` stays, so that `ota check` refuses it. */
function packagesOf(request: JsonObject): { readonly kept: JsonObject; readonly moved: readonly Moved[] } {
  const moved: Moved[] = [];
  const given = listIn(request, 'destinationPackageVersions');
  const kept = given.map((arn, index) => {
    const [, beginning, version] = (typeof arn === 'string' && /^(arn:.*\/version\/)([^/{$]+)$/.exec(arn)) || [];
    if (beginning === undefined) return arn;
    const where = `version ${version} belongs to one release: now ${VERSION_IN_PACKAGE}, the version of each release`;
    moved.push({ member: `destinationPackageVersions[${index}]`, where });
    return `${beginning}${VERSION_IN_PACKAGE}`;
  });
  return { kept: someOf('destinationPackageVersions', kept), moved };
}

function takeOtaTask(request: JsonObject): Taken {
  const times = timesOf(objectIn(request, 'OtaSchedulingConfig'), { StartTime: 'startAt', EndTime: 'endAt' }, 'OtaSchedulingConfig');
  const tags = objectIn(request, 'Tags');
  const url = request['S3Url'];
  return {
    request: {
      ...omit(request, ['S3Url', 'ClientToken', 'Description', 'OtaSchedulingConfig', 'Tags']),
      ...someOf('OtaSchedulingConfig', times.kept),
      ...someOf('Tags', omit(tags, Object.keys(tags).filter(isReserved))),
    },
    besides: { ...times.besides, ...(request['TaskConfigurationId'] === undefined && { unguarded: 'allow' }) },
    buckets: typeof url === 'string' ? bucketsIn(url) : [],
    moved: [
      ...movedIf(request, 'S3Url', 'left out: the service writes the job document to S3. Members of your own go into jobDocument'),
      ...movedIf(request, 'ClientToken', `left out: ${MADE}`),
      ...movedIf(request, 'Description', DESCRIPTION),
      ...(request['TaskConfigurationId'] === undefined
        ? [{ member: 'TaskConfigurationId', where: 'is missing, so there are no abort criteria: the channel has unguarded: allow' }]
        : []),
      ...times.moved,
      ...Object.keys(tags)
        .filter(isReserved)
        .map((key) => ({ member: formatPath(['Tags', key]), where: RESERVED })),
    ],
  };
}

/** A start or an end belongs to one release. */
function timesOf(schedule: JsonObject, ofRelease: Readonly<Record<string, string>>, member: string) {
  const names = Object.keys(ofRelease).filter((name) => schedule[name] !== undefined);
  return {
    kept: omit(schedule, names),
    besides: names.length > 0 ? { scheduleFromRelease: 'allow' } : {},
    moved: names.map((name) => ({
      member: `${member}.${name}`,
      where: `into the release, as ${ofRelease[name]}: so the channel has scheduleFromRelease: allow`,
    })),
  };
}

function ownTags(request: JsonObject): { readonly kept: JsonObject; readonly moved: readonly Moved[] } {
  const tags = listIn(request, 'tags');
  const isOurs = (tag: unknown) => {
    const { Key: key } = objectOf(tag);
    return typeof key === 'string' && isReserved(key);
  };
  return {
    kept: someOf(
      'tags',
      tags.filter((tag) => !isOurs(tag)),
    ),
    moved: tags.flatMap((tag, index) => (isOurs(tag) ? [{ member: `tags[${index}]`, where: RESERVED }] : [])),
  };
}

/** The form of the document: the AWS IoT Device Client has steps. */
function formatOf(document: unknown): string {
  try {
    return typeof document === 'string' && objectOf(JSON.parse(document))['steps'] !== undefined ? 'device-client' : 'plain';
  } catch {
    return 'plain';
  }
}

/** The buckets in URLs of S3, in the forms https://BUCKET.s3…, https://s3….amazonaws.com/BUCKET/ and s3://BUCKET/. */
function bucketsIn(text: string): string[] {
  const found = text.matchAll(
    /https:\/\/([a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com|https:\/\/s3[a-z0-9.-]*\.amazonaws\.com[a-z.]*\/([a-z0-9.-]+)\/|s3:\/\/([a-z0-9.-]+)\//g,
  );
  return unique([...found].flatMap(([, host, path, s3]) => host ?? path ?? s3 ?? []));
}

function movedIf(holder: JsonObject, member: string, where: string): Moved[] {
  return holder[member] === undefined ? [] : [{ member, where }];
}

/** A member that is taken apart. Empty if it is missing. Throws UsageError if it is not an object. */
function objectIn(holder: JsonObject | readonly unknown[], member: string | number, path = String(member)): JsonObject {
  const value: unknown = Reflect.get(holder, member);
  if (value === undefined) return {};
  if (!isRecord(value)) throw new UsageError(`${path}: must be an object, got ${kindOf(value)}`);
  return value;
}

/** As {@link objectIn}, for a list. */
function listIn(holder: JsonObject, member: string): readonly unknown[] {
  const value = holder[member];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new UsageError(`${member}: must be a list, got ${kindOf(value)}`);
  return value;
}

/** The member, unless its value has nothing in it. */
function someOf(member: string, value: JsonObject | readonly unknown[]): JsonObject {
  return Object.keys(value).length === 0 ? {} : { [member]: value };
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
