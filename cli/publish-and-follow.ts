import { releaseDigest } from '../domain/release/digest.ts';
import { releaseWithdrawn } from '../domain/release/intake.ts';
import { parseRelease } from '../domain/release/release.ts';
import { parseWithdrawal } from '../domain/release/withdrawal.ts';
import { exit, UsageError } from '../scripts/command.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import { type Ending, endedWell, endingLine } from './ending.ts';
import { follow, rejectionOf } from './follow.ts';
import { type FollowOptions, followWithdrawal } from './follow-withdrawal.ts';
import { type OutgoingEvent, publishEvent } from './publish-event.ts';
import type { Stage } from './stage.ts';

/**
 * How long to wait for the rejection of a dry run. The service needs only seconds, and a dry run that it accepts leaves
 * nothing in the ledger that would end the wait.
 */
const DRY_RUN_PATIENCE_MILLISECONDS = 10_000;

/**
 * Publishes one event and follows it. Answers the exit status: 0 if the release or withdrawal ended well, or if a dry run was
 * not rejected within `patience` milliseconds. Throws Error if the bus does not accept the event. Throws NotProcessed if the
 * service does not process it within `patience` milliseconds. Throws UsageError if the event is invalid and its rejection
 * could not be followed.
 */
export async function publishAndFollow(stage: Stage, event: OutgoingEvent, options: FollowOptions): Promise<number> {
  if (event.detailType === releaseWithdrawn) return publishWithdrawal(stage, event, options);
  const { product, version, revision = 1, channels } = event.detail;
  const isNamed = typeof product === 'string' && typeof version === 'string' && typeof revision === 'number' && Array.isArray(channels);
  const parsed = parseRelease(event.detail);
  // The service would reject it, and without these members it could not be followed to its rejection.
  if (!isNamed && !parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  const eventId = await publishEvent(stage, event);
  const print = (line: string): void => {
    clearProgress();
    if (!options.json) console.log(line);
  };
  print(publishedLine(event, eventId));
  // An invalid dry run is followed like every other release, because its rejection must come.
  const isDryRun = parsed.ok && parsed.value.dryRun;
  let ending: Ending | undefined;
  if (options.wait && isNamed) {
    const digest = parsed.ok && { releaseDigest: releaseDigest(parsed.value) };
    const followed = { product, version, revision, channels: channels.map(String), eventId, ...digest };
    ending = isDryRun
      ? await rejectionOf(stage, eventId, progress, options.patience ?? DRY_RUN_PATIENCE_MILLISECONDS)
      : await follow(stage, followed, print, progress, options.patience);
  }
  clearProgress();
  if (options.json) console.log(JSON.stringify({ eventId, ...ending }));
  else if (ending) print(endingLine(ending));
  else if (isDryRun) print('dry run: the result is the event OTA Release Planned on the bus');
  return ending && !endedWell(ending) ? exit.failed : exit.ok;
}

/** An invalid withdrawal is not published. It would be rejected, and what it should stop would go on. */
async function publishWithdrawal(stage: Stage, event: OutgoingEvent, options: FollowOptions): Promise<number> {
  const parsed = parseWithdrawal(event.detail);
  if (!parsed.ok) throw new UsageError(`${parsed.rejection.path}: ${parsed.rejection.message}`);
  const eventId = await publishEvent(stage, event);
  if (!options.json) console.log(publishedLine(event, eventId));
  await followWithdrawal(stage, parsed.value, eventId, options);
  return exit.ok;
}

function publishedLine({ detailType }: OutgoingEvent, eventId: string): string {
  return `published ${detailType} as event ${eventId}`;
}
