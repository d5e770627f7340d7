import { parseArgs } from 'node:util';
import { releaseDigest } from '../domain/release/digest.ts';
import { releasePublished, releaseWithdrawn } from '../domain/release/intake.ts';
import type { Rejection } from '../domain/release/rejection.ts';
import { parseRelease } from '../domain/release/release.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { resultOf } from '../domain/rollout/outcome.ts';
import { exit, readGivenBytes, readGivenJson, UsageError } from './command.ts';
import { type Ending, follow, refusalOf } from './follow.ts';
import { type FollowOptions, followWithdrawal } from './follow-withdrawal.ts';
import { isWithdrawal } from './is-withdrawal.ts';
import { clearProgress, progress } from './progress.ts';
import { firstSource, type OutgoingEvent, put } from './put.ts';
import { countsLine, type RolloutView } from './read-model.ts';
import { busHelp, busOption, openStage, type Stage, stageHelp, stageOptions, unreachable } from './stage.ts';
import { upload } from './upload.ts';

const help = `Usage: npm run ota -- publish FILE [OPTIONS]

Puts a release on the bus and follows it to its end. FILE is a detail or a whole event; a bare detail gets the
first source that channels.yml allows for its product. Of a dry run only a refusal can be told here, the plan comes as
the event OTA Release Planned. The exit code is 1 where a channel did not end well: refused, failed or
aborted, superseded, withdrawn, or completed without a device that succeeded.

  --upload F     put this file into S3 first, where the event's only artifact says it lies, and fill in the version,
                 sha256 and sizeBytes that it then has; each time a new version, and so another content
  --no-wait      do not follow
  --channels F   the channels.yml that names the source (default: the one that the stage is deployed with)
${busHelp}
${stageHelp}`;

/** What stands in for the version of an object that nobody has uploaded yet. */
const NOT_UPLOADED = 'set-at-upload';

/** The service has judged a message within seconds, and a dry run leaves nothing in the ledger that would tell when. */
const DRY_RUN_PATIENCE_MILLISECONDS = 10_000;

/**
 * `ota publish`: 0 when every rollout or withdrawal ended well or a dry run was not refused, 1 when it was refused, in whole
 * or on one channel, or a rollout ended otherwise. Throws UsageError for a release that does not name what would be followed.
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
  if (file === undefined || more.length > 0) throw new UsageError('publish takes one file: a detail or a whole event');
  const stage = openStage(values);
  const read = await eventOf(readGivenJson(file), values.channels, stage);
  if (values.upload === undefined) requireVersions(read);
  try {
    const detail = values.upload === undefined ? read.detail : await upload(stage, read.detail, readGivenBytes(values.upload));
    return await putAndFollow(stage, { ...read, detail }, { wait: !values['no-wait'], json: values.json });
  } catch (error) {
    throw unreachable(error, stage.endpoint);
  }
}

/**
 * Puts one event on the stage's bus and follows it. Throws when the bus refuses it, and where nobody has
 * taken it up in `patience` milliseconds; a dry run that was not refused by then has gone well.
 */
export async function putAndFollow(stage: Stage, event: OutgoingEvent, options: FollowOptions): Promise<number> {
  if (event.detailType === releaseWithdrawn) return putAndFollowWithdrawal(stage, event, options);
  const { product, version, revision = 1, channels } = event.detail;
  const isNamed = typeof product === 'string' && typeof version === 'string' && typeof revision === 'number' && Array.isArray(channels);
  const parsed = parseRelease(event.detail);
  // The service would refuse it, and nobody here would hear of it.
  if (!isNamed && !parsed.ok) throw broken(parsed.rejection);
  const eventId = await put(stage, event);
  const say = (line: string): void => {
    clearProgress();
    if (!options.json) console.log(line);
  };
  say(`published ${event.detailType} as event ${eventId}`);
  // A dry run that breaks a rule is refused like any other release.
  const isDryRun = parsed.ok && parsed.value.dryRun;
  let ending: Ending | undefined;
  if (options.wait && isNamed) {
    const digest = parsed.ok && { releaseDigest: releaseDigest(parsed.value) };
    const followed = { product, version, revision, channels: channels.map(String), eventId, ...digest };
    ending = isDryRun
      ? await refusalOf(stage, eventId, progress, options.patience ?? DRY_RUN_PATIENCE_MILLISECONDS)
      : await follow(stage, followed, say, progress, options.patience);
  }
  clearProgress();
  if (options.json) console.log(JSON.stringify({ eventId, ...ending }));
  else if (ending) say(verdict(ending));
  else if (isDryRun) say('a dry run: the answer is the event OTA Release Planned on the bus');
  return ending && !endedWell(ending) ? exit.refused : exit.ok;
}

/** A withdrawal that breaks a rule is not sent: it would be refused, and what it was to stop would live on. */
async function putAndFollowWithdrawal(stage: Stage, event: OutgoingEvent, options: FollowOptions): Promise<number> {
  const parsed = parseWithdrawal(event.detail);
  if (!parsed.ok) throw broken(parsed.rejection);
  const eventId = await put(stage, event);
  if (!options.json) console.log(`published ${event.detailType} as event ${eventId}`);
  await followWithdrawal(stage, parsed.value, eventId, options);
  return exit.ok;
}

/** Whether a release ended well on every channel that it names: completed with a device that succeeded, or created where it stays so. */
export function endedWell({ rejected, rejections = [], rollouts }: Ending): boolean {
  return rejected === undefined && rejections.length === 0 && rollouts.every(isGoodEnd);
}

function isGoodEnd({ state, counts }: RolloutView): boolean {
  return state === 'CREATED' || (state === 'COMPLETED' && (counts === undefined || resultOf(counts) !== 'failed'));
}

async function eventOf(value: unknown, channelsFile: string | undefined, stage: Stage): Promise<OutgoingEvent> {
  if (typeof value !== 'object' || value === null) throw new UsageError('the file holds no event');
  const { detail, source, 'detail-type': detailType } = value as Record<string, unknown>;
  if (typeof detail === 'object' && detail !== null && typeof source === 'string' && typeof detailType === 'string') {
    if (detailType !== releasePublished && detailType !== releaseWithdrawn)
      throw new UsageError(`detail-type: ${releasePublished} or ${releaseWithdrawn}, not ${JSON.stringify(detailType)}`);
    return { source, detailType, detail: detail as OutgoingEvent['detail'] };
  }
  const bare = value as OutgoingEvent['detail'];
  if (isWithdrawal(bare))
    throw new UsageError(
      'this detail reads as a withdrawal: npm run ota -- withdraw takes it in words, or give a whole event with its detail-type',
    );
  const parsed = parseRelease(bare);
  if (!parsed.ok && typeof bare['product'] !== 'string') throw broken(parsed.rejection);
  return { source: await firstSource(String(bare['product']), channelsFile, stage), detailType: releasePublished, detail: bare };
}

/** An example says where it will lie before S3 has given it a version; the service would look for a version of that name. */
function requireVersions({ detailType, detail }: OutgoingEvent): void {
  if (detailType !== releasePublished || !Array.isArray(detail['artifacts'])) return;
  const index = detail['artifacts'].findIndex((artifact) => artifact?.fileLocation?.s3Location?.version === NOT_UPLOADED);
  if (index === -1) return;
  throw new UsageError(`artifacts[${index}].fileLocation.s3Location.version is still "${NOT_UPLOADED}": add --upload FILE`);
}

function broken({ path, message }: Rejection): UsageError {
  return new UsageError(`${path}: ${message}`);
}

function endOf({ channel, state, code, counts }: RolloutView): string {
  const details = [code, countsLine(counts)].filter(Boolean).join(': ');
  return `${channel} ${state}${details === '' ? '' : ` (${details})`}`;
}

/** What became of a release, in one line. */
export function verdict(ending: Ending): string {
  if (ending.rejected) return `rejected: ${ending.rejected.code} ${ending.rejected.path}: ${ending.rejected.reason}`;
  const states = [
    ...ending.rollouts.map(endOf),
    ...(ending.rejections ?? []).map(({ channel, code, path, message }) => `${channel} rejected: ${code} ${path}: ${message}`),
  ].join(', ');
  return ending.duplicate ? `a duplicate, nothing was doubled: ${states}` : states;
}
