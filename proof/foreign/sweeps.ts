import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeRuleCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import type { Account } from './account.ts';
import type { Checks } from './checks.ts';
import type { Scene } from './dispatch.ts';

const BETWEEN_SWEEPS_MILLISECONDS = 5_000;
const FAILED_MAX = 3;

/** The template's schedule is five minutes. The engine's shortest is one, in which rollouts that are due are looked at. */
export async function sweepEachMinute({ eventbridge }: Account, stage: string, checks: Checks): Promise<void> {
  const Name = `ota-dispatch-${stage}-sweep`;
  const { ScheduleExpression, State, Description } = await eventbridge.send(new DescribeRuleCommand({ Name }));
  checks.equal('the sweep has the schedule of the template', `${ScheduleExpression} ${State}`, 'rate(5 minutes) ENABLED');
  await eventbridge.send(new PutRuleCommand({ Name, Description, ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' }));
}

/** Carries out steps while the sweep of the stage is invoked every five seconds, as a schedule in the functions' time would. */
export async function sweeping({ account, stage, checks }: Scene, steps: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const swept = checks.part('the sweep', () => sweep(account, stage.name, stop.signal));
  await steps().finally(() => stop.abort());
  await swept;
}

/** Ends when `stop` is aborted. The next sweep makes up for one whose process was killed. Throws if three in a row fail. */
async function sweep({ lambda }: Account, stage: string, stop: AbortSignal): Promise<void> {
  for (let failed = 0; !stop.aborted; ) {
    const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: `ota-dispatch-${stage}-sweep`, Payload: '{}' }));
    failed = FunctionError === undefined ? 0 : failed + 1;
    if (failed === FAILED_MAX) throw new Error(`the function sweep failed ${FAILED_MAX} times in a row: ${FunctionError}`);
    await sleep(BETWEEN_SWEEPS_MILLISECONDS, undefined, { signal: stop }).catch(() => undefined);
  }
}
