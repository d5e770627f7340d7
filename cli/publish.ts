import { compact } from '../domain/json/compact.ts';
import { parseLeniently } from '../operator/events/given-event.ts';
import { warningLines } from '../operator/events/judge-event.ts';
import { type Judge, type Judged, judgeOf } from '../operator/events/judged-event.ts';
import { asIfUploaded, NOT_UPLOADED, notUploaded, notUploadedLine } from '../operator/events/not-uploaded.ts';
import { publishEvent } from '../operator/events/publish-event.ts';
import { steeringEvent } from '../operator/events/steering-event.ts';
import { type Uploaded, upload, uploadedVersion, uploadLine, uploadTarget, withUpload } from '../operator/events/upload.ts';
import { openStage, type Stage, unreachable } from '../operator/stage/stage.ts';
import { parseArgs } from '../scripts/arguments.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { isLongerThan, readGivenBytes, TEXT_BYTES_MAX } from '../scripts/given-file.ts';
import { ota } from '../scripts/installation.ts';
import { print, printError, printHelp } from '../scripts/layout.ts';
import { NotedError } from './explain.ts';
import { type FollowOptions, readFollowOptions, releaseFollowHelp, releaseFollowOptions } from './follow-options.ts';
import { followWithdrawal } from './follow-withdrawal.ts';
import { publishAndFollow } from './publish-and-follow.ts';
import { reject } from './reject.ts';
import { busHelp, busOption, channelsHelp, stageHelp, stageOptions } from './stage-options.ts';
import { askSource, publisherHelp } from './steering-options.ts';

const help = `Usage: ${ota} publish FILE [OPTIONS]

Puts a release or a withdrawal on the bus and follows it until every channel has
ended. FILE is a whole event, or only the detail of a release. The event is
judged first, as \`plan\` does. What the service would reject is neither uploaded
nor published. A channel that has the release already is not judged again, so
the same command can run twice. In a folder without channels.yml, only the
service judges the channels. The warnings of plan go to stderr. A warning names
a value of the release that a channel does not send. The result of a dry run is
the event OTA Release Planned on the bus. Only its rejection is shown here.

A channel that only a gate or a hold keeps is printed with its reasons, and is
no longer followed. A continuous channel never completes. It is followed until
each of its devices has ended, or until nothing has changed for 20 minutes
(locally 15 s).

The service has 10 minutes (locally 60 s) to process the event, or less with
--timeout. If AWS cannot be read, the command tries again for as long. Then it
prints how to look again, and the exit status is 1.

  --upload F     put this file into S3 first, and fill in version, sha256 and
                 sizeBytes of the event's only artifact. It has less than 2 GiB.
                 If a version of the key has the same bytes, that version is
                 used. So the command can be repeated.
${releaseFollowHelp}
${publisherHelp}
${channelsHelp}
${busHelp}
${stageHelp}

Exit status:
  0    every channel ended well, or only a gate or a hold keeps it. With
       --no-wait: the event is published
  1    a channel did not end well: rejected, failed, aborted, superseded,
       withdrawn, or no device succeeded. On a continuous channel a device
       failed. Or the time was over, or the service did not process the event
  2    wrong usage
  130  Ctrl-C`;

/**
 * `ota publish`. Answers the exit status of {@link publishAndFollow}, and 1 without publishing if the service would reject the
 * event. Throws UsageError if the file or the options are wrong, or if the release names a version that was never uploaded.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs(
    {
      args: [...args],
      allowPositionals: true,
      options: {
        ...stageOptions,
        ...busOption,
        ...releaseFollowOptions,
        channels: { type: 'string' },
        source: { type: 'string' },
        upload: { type: 'string' },
      },
    },
    { channel: 'name the channels in the member channels of the file' },
  );
  if (values.help) {
    printHelp(help);
    return exit.ok;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('exactly one file is required: a whole event or the detail of a release');
  const stage = openStage(values);
  const options = readFollowOptions(values, stage);
  const body = readGivenBytes(file, TEXT_BYTES_MAX);
  const steering = steeringEvent(parseLeniently(body));
  if (steering !== undefined && steering.command !== 'withdraw')
    throw new UsageError(`the file holds ${steering.noun}: use ${ota} ${steering.command}`);
  const firmware = values.upload === undefined ? undefined : readFirmware(values.upload);
  if (firmware?.length === 0) throw new UsageError(`${values.upload} is empty: --upload takes the firmware, which has at least 1 byte`);
  const judge = await judgeOf(stage, {
    channelsFile: values.channels,
    source: values.source,
    warn: console.error,
    askSource: () => askSource(stage),
  });
  try {
    if (firmware === undefined) return await publishUploaded(stage, judge, body, options);
    return await uploadAndPublish(stage, judge, body, firmware, options);
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** The bytes of `--upload`. Throws UsageError if the file cannot be read, or is longer than what one digest takes at once. */
function readFirmware(path: string): Buffer {
  if (isLongerThan(path, UPLOAD_BYTES_MAX))
    throw new UsageError(
      `${path} has 2 GiB or more, and --upload takes less: put it into S3 yourself, and give version, sha256 and sizeBytes in the release`,
    );
  return readGivenBytes(path);
}

/** The largest buffer of which Node computes a digest in one step, as the SDK does. */
const UPLOAD_BYTES_MAX = 2 ** 31 - 1;

/** Judges the release with a version that S3 could give, uploads, and judges it again with the version that S3 has given. */
async function uploadAndPublish(stage: Stage, judge: Judge, body: Buffer, firmware: Buffer, options: FollowOptions): Promise<number> {
  const judgedWith = async (version: string): Promise<Judged> => {
    const filled = judge.fill(body, (detail) => withUpload(detail, firmware, version));
    return filled.ok ? judge.judge(filled.value) : { ok: false, rejections: [filled.rejection] };
  };
  const failed = (error: unknown): never => {
    const shown = unreachable(error, stage.endpoint);
    throw shown instanceof UsageError ? shown : new NotedError(shown, 'nothing was published');
  };
  /** What was accepted before is not judged again. Its content names the version that an earlier run has uploaded. */
  const judgedAgain = async (rejected: Judged): Promise<Judged> => {
    if (rejected.given === undefined) return rejected;
    const version = await uploadedVersion(stage, uploadTarget(JSON.parse(rejected.given.detail)), firmware).catch(failed);
    return version === undefined ? rejected : judgedWith(version);
  };
  const first = await judgedWith(NOT_UPLOADED);
  const before = first.ok ? first : await judgedAgain(first);
  if (!before.ok) return reject(before, options);
  const uploaded = await upload(stage, uploadTarget(JSON.parse(before.event.detail)), firmware).catch(failed);
  if (!options.json) print(uploadLine(uploaded));
  return publish(stage, await judgedWith(uploaded.version), options, uploaded);
}

/** Publishes what was judged, or prints why it is rejected. */
async function publish(stage: Stage, judged: Judged, options: FollowOptions, file?: Uploaded): Promise<number> {
  const uploaded = file && [{ bucket: file.bucket, key: file.key, version: file.version, sha256: file.sha256, sizeBytes: file.sizeBytes }];
  const also = compact({ uploaded });
  if (!judged.ok) return reject(judged, options, also);
  const { given, event, warnings } = judged;
  for (const line of warningLines(warnings)) printError(line);
  if (given.kind === 'release') return publishAndFollow(stage, event, given.release, options, { ...also, warnings });
  const eventId = await publishEvent(stage, event);
  return followWithdrawal(stage, given.withdrawal, eventId, options);
}

/**
 * Publishes a release whose firmware is in S3. An example names its object before S3 has given it a version, and the service would
 * look for a version of that name. What else is wrong with the release is reported, too. Throws UsageError if nothing else is.
 */
async function publishUploaded(stage: Stage, judge: Judge, body: Buffer, options: FollowOptions): Promise<number> {
  let missing: number[] = [];
  const filled = judge.fill(body, (detail) => {
    missing = notUploaded(detail);
    return asIfUploaded(detail, missing);
  });
  if (missing.length === 0) return publish(stage, await judge.judge(body), options);
  const problem = `${notUploadedLine(missing[0])}: pass --upload FILE`;
  const judged = filled.ok ? await judge.judge(filled.value) : undefined;
  if (judged === undefined || judged.ok) throw new UsageError(problem);
  console.error(problem);
  return reject(judged, options);
}
