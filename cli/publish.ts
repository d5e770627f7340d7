import { parseArgs } from 'node:util';
import { releasePublished, releaseWithdrawn } from '../domain/release/intake.ts';
import { parseRelease } from '../domain/release/release.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { readGivenBytes, readGivenJson } from '../scripts/given-file.ts';
import { isWithdrawal } from './is-withdrawal.ts';
import { publishAndFollow } from './publish-and-follow.ts';
import type { OutgoingEvent } from './publish-event.ts';
import { sourceOfProduct } from './source-of-product.ts';
import { busHelp, busOption, channelsHelp, openStage, type Stage, stageHelp, stageOptions, unreachable } from './stage.ts';
import { upload } from './upload.ts';

const help = `Usage: npm run ota -- publish FILE [OPTIONS]

Puts a release or a withdrawal on the bus and follows it until every channel has ended. FILE is a whole event, or
only the detail of a release. A detail gets the first source that channels.yml allows for its product.
The result of a dry run is the event OTA Release Planned on the bus. Only its rejection is shown here.

  --upload F     upload this file to S3 first, and fill in version, sha256 and sizeBytes of the event's only artifact.
                 Each upload gets a new S3 version. So the same command again has different content, and is rejected.
  --no-wait      do not follow
${channelsHelp}
${busHelp}
${stageHelp}

Exit status: 0 all channels succeeded, 1 at least one did not (rejected, failed, aborted, superseded, withdrawn, or
no device succeeded), 2 wrong usage.`;

/** Stands in the examples for the version of an object that nobody has uploaded yet. */
const NOT_UPLOADED = 'set-at-upload';

/**
 * `ota publish`. Answers the exit status of {@link publishAndFollow}. Throws UsageError if the file or the options are wrong,
 * or if the release names a version that was never uploaded.
 */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      ...stageOptions,
      ...busOption,
      channels: { type: 'string' },
      upload: { type: 'string' },
      'no-wait': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return exit.ok;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) throw new UsageError('exactly one file is required: a whole event or the detail of a release');
  const stage = openStage(values);
  const event = await readEvent(readGivenJson(file), values.channels, stage);
  if (values.upload === undefined) requireVersions(event);
  try {
    const detail = values.upload === undefined ? event.detail : await upload(stage, event.detail, readGivenBytes(values.upload));
    return await publishAndFollow(stage, { ...event, detail }, { wait: !values['no-wait'], json: values.json });
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/** The event in a file, which may hold only the detail of a release. Throws UsageError if it holds neither. */
async function readEvent(value: unknown, channelsFile: string | undefined, stage: Stage): Promise<OutgoingEvent> {
  if (typeof value !== 'object' || value === null)
    throw new UsageError('the file must hold a JSON object: a whole event or the detail of a release');
  const { detail, source, 'detail-type': detailType } = value as Record<string, unknown>;
  if (typeof detail === 'object' && detail !== null && typeof source === 'string' && typeof detailType === 'string') {
    if (detailType !== releasePublished && detailType !== releaseWithdrawn)
      throw new UsageError(`detail-type: must be ${releasePublished} or ${releaseWithdrawn}, not ${JSON.stringify(detailType)}`);
    return { source, detailType, detail: detail as OutgoingEvent['detail'] };
  }
  const bare = value as OutgoingEvent['detail'];
  if (isWithdrawal(bare))
    throw new UsageError('the file holds the detail of a withdrawal: use npm run ota -- withdraw, or publish a whole event');
  const parsed = parseRelease(bare);
  if (!parsed.ok && typeof bare['product'] !== 'string') throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  return { source: await sourceOfProduct(String(bare['product']), channelsFile, stage), detailType: releasePublished, detail: bare };
}

/** An example names its object before S3 has given it a version. The service would look for a version of that name. */
function requireVersions({ detailType, detail }: OutgoingEvent): void {
  if (detailType !== releasePublished || !Array.isArray(detail['artifacts'])) return;
  const index = detail['artifacts'].findIndex((artifact) => artifact?.fileLocation?.s3Location?.version === NOT_UPLOADED);
  if (index === -1) return;
  throw new UsageError(`artifacts[${index}].fileLocation.s3Location.version: still "${NOT_UPLOADED}": pass --upload FILE`);
}
