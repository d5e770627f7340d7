import { compact } from '../domain/json/compact.ts';
import { type Scope, untilStopped } from '../operator/actions/until-stopped.ts';
import { viewOf } from '../operator/reads/read-model.ts';
import type { Stage } from '../operator/stage/stage.ts';
import { releaseName } from '../operator/words/release-words.ts';
import { withdrawalLines } from '../operator/words/withdrawal-words.ts';
import { exit } from '../scripts/command.ts';
import { print } from '../scripts/layout.ts';
import type { PublishResult } from './ending.ts';
import type { FollowOptions } from './follow-options.ts';
import { followSteering } from './follow-steering.ts';
import { statusCommand } from './goes-on.ts';
import { printJson } from './json-output.ts';

/**
 * Reports a published withdrawal, with its `source` if that may surprise. Follows it if `wait` is set, and prints how it ended. Answers
 * the exit status: 1 if the time was over before every rollout had stopped, or else 0. Throws as {@link followSteering} does.
 */
export async function followWithdrawal(
  stage: Stage,
  withdrawal: Scope,
  eventId: string,
  { wait, json, limits }: FollowOptions,
  source?: string,
): Promise<number> {
  const command = statusCommand(stage, withdrawal);
  const goesOn = `the withdrawal goes on; look again with ${command}`;
  const { rows, timedOut } = await followSteering(stage, { eventId, goesOn, command, json, hasResult: true }, async ({ progress }) => {
    const from = withdrawal.channels === undefined ? '' : ` from ${withdrawal.channels.join(', ')}`;
    const as = source === undefined ? '' : ` as ${source}`;
    if (!json) print(`published the withdrawal of ${releaseName(withdrawal)}${from}${as} (event ${eventId})`);
    return wait ? untilStopped(stage, withdrawal, eventId, { ...limits, ...compact({ progress }) }) : { rows: [], timedOut: undefined };
  });
  const result: PublishResult = timedOut ? 'timeout' : wait ? 'succeeded' : 'published';
  if (json) printJson(compact({ result, eventId, rollouts: rows.map(viewOf), timedOut }));
  else for (const line of wait ? withdrawalLines(rows) : [`look at it with ${command}`]) print(line);
  if (!timedOut) return exit.ok;
  if (!json) print(`not stopped within ${(limits.timeout ?? 0) / 60_000} min; ${goesOn}`);
  return exit.failed;
}
