import { compact } from '../domain/json/compact.ts';
import { releaseDigest } from '../domain/release/digest.ts';
import type { Release } from '../domain/release/release.ts';
import { type OutgoingEvent, publishEvent } from '../operator/events/publish-event.ts';
import { viewOf } from '../operator/reads/read-model.ts';
import { type Stage, unreachable } from '../operator/stage/stage.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { exit } from '../scripts/command.ts';
import { print as printLine } from '../scripts/layout.ts';
import { clearProgress, progress } from '../scripts/progress.ts';
import { type Ending, endedWell, endingLine, type PublishResult, resultOfEnding } from './ending.ts';
import { NotedError } from './explain.ts';
import { follow, rejectionOf } from './follow.ts';
import type { FollowOptions } from './follow-options.ts';
import { devicesCommand, noteOn, orStopped, statusCommand } from './goes-on.ts';
import { printJson } from './json-output.ts';

/**
 * How long to wait for the rejection of a dry run. The service needs only seconds, and a dry run that it accepts leaves
 * nothing in the ledger that would end the wait.
 */
const DRY_RUN_PATIENCE_MILLISECONDS = 10_000;

/**
 * Publishes a release and follows it. Answers the exit status: 0 if it ended well, or if a dry run was not rejected in time.
 * `also` goes into the output for a program. Throws Error if the bus does not accept the event. Throws NotedError, which has how to
 * look again, if the event is published and cannot be followed to its end.
 */
export async function publishAndFollow(
  stage: Stage,
  event: OutgoingEvent,
  release: Release,
  { wait, json, limits }: FollowOptions,
  also: Readonly<Record<string, unknown>> = {},
): Promise<number> {
  const eventId = await publishEvent(stage, event);
  const print = (line: string): void => {
    clearProgress();
    if (!json) printLine(line);
  };
  const published = `published ${releaseName(release)} to ${release.channels.join(', ')}${release.dryRun ? ' as a dry run' : ''} (event ${eventId})`;
  const ids = compact({ correlationId: release.correlationId });
  const goesOn = `the rollout goes on; look again with ${statusCommand(stage, release)}`;
  const followed = { ...release, eventId, releaseDigest: releaseDigest(release) };
  const { patience, timeout = Number.POSITIVE_INFINITY } = limits;
  const watch = (): Promise<Ending | undefined> =>
    release.dryRun
      ? rejectionOf(stage, eventId, progress, Math.min(patience, timeout, DRY_RUN_PATIENCE_MILLISECONDS))
      : follow(stage, followed, print, progress, limits);
  // A person may stop the command as soon as the line is there.
  const ending = await orStopped(goesOn, async () => {
    print(published);
    return wait ? watch() : undefined;
  }).catch((error: unknown) => {
    clearProgress();
    const shown = unreachable(error, stage.endpoint);
    const noted = new NotedError(shown, noteOn(shown, goesOn, statusCommand(stage, release)));
    if (json) printJson({ result: 'error' satisfies PublishResult, eventId, ...ids, ...also, error: noted.message });
    throw noted;
  });
  clearProgress();
  const result: PublishResult = ending === undefined ? 'published' : resultOfEnding(ending, limits.until);
  if (json) printJson({ result, eventId, ...ids, ...also, ...(ending && endingView(ending)) });
  else if (ending) printEnding(ending, limits.timeout, goesOn, devicesCommand(stage, release));
  else if (release.dryRun) print('dry run: the result is the event OTA Release Planned on the bus');
  else print(`look at it with ${statusCommand(stage, release)}`);
  return ending && !endedWell(ending, limits.until) ? exit.failed : exit.ok;
}

/** How a release ended, for a program. */
function endingView({ rollouts, waiting, ...ending }: Ending) {
  const view = (row: Ending['rollouts'][number]) => {
    const { waitingFor, reasons } = waiting?.find(({ channel }) => channel === row.channel) ?? {};
    return compact({ ...viewOf(row), waitingFor, reasons });
  };
  return { ...ending, rollouts: rollouts.map(view), ...(waiting && { waiting: waiting.map(({ words: _words, ...one }) => one) }) };
}

function printEnding(ending: Ending, timeout: number | undefined, goesOn: string, showDevices: string): void {
  if (ending.rollouts.some(hasFailedDevices)) printLine(`which devices failed, and why: ${showDevices}`);
  printLine(endingLine(ending));
  if (ending.timedOut) printLine(`not ended within ${(timeout ?? 0) / 60_000} min; ${goesOn}`);
  else if (ending.waiting !== undefined || ending.rollouts.some(waitsForDevices)) printLine(goesOn);
}

function hasFailedDevices({ counts }: Ending['rollouts'][number]): boolean {
  return counts !== undefined && counts.failed + counts.rejected + counts.timedOut > 0;
}

function waitsForDevices({ state, counts }: Ending['rollouts'][number]): boolean {
  return state === 'CREATED' && (counts === undefined || counts.queued + counts.inProgress > 0);
}
