import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Account, Stage } from './account.ts';
import { TIME_FACTOR } from './engine.ts';

const FUNCTIONS = ['releases', 'follow-ups', 'sweep'] as const;

/**
 * Changes variables of the environment of deployed functions, as a person could. Each deployment puts the template's values
 * back. Without `only`, of all three functions.
 */
export async function setEnvironment(
  { lambda }: Account,
  stage: string,
  changes: Readonly<Record<string, string>>,
  only: (typeof FUNCTIONS)[number] | undefined = undefined,
): Promise<void> {
  for (const name of only === undefined ? FUNCTIONS : [only]) {
    const FunctionName = `ota-dispatch-${stage}-${name}`;
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const Variables = { ...Environment?.Variables, ...changes };
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }));
  }
}

/** The template has OTA_TIME_FACTOR 1, with which a run would take hours. */
export const quicken = (account: Account, stage: string): Promise<void> =>
  setEnvironment(account, stage, { OTA_TIME_FACTOR: String(TIME_FACTOR) });

/** The template's visibility timeout is six minutes, so that long a message rests after its function was killed. */
export async function setVisibilityTimeout({ sqs }: Account, stage: Stage, seconds: number): Promise<void> {
  for (const suffix of ['releases', 'steering', 'follow-ups']) {
    const QueueUrl = await stage.urlOf(suffix);
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }));
  }
}

export const VISIBILITY_SECONDS = 360;
