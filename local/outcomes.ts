import { setTimeout as sleep } from 'node:timers/promises';
import { type EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/** An outcome event as it is on the bus. */
export type Outcome = { readonly 'detail-type': string; readonly detail: Readonly<Record<string, unknown>> };

/** The outcomes that arrived since the last call, at most ten. Waits up to a second for the first. */
export type ReceiveOutcomes = () => Promise<Outcome[]>;

/** Subscribes to the outcomes on a bus with a rule and a queue, as any consumer would. */
export async function subscribeToOutcomes(
  { eventbridge, sqs }: { eventbridge: EventBridgeClient; sqs: SQSClient },
  bus: string,
): Promise<ReceiveOutcomes> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'examples-outcomes' }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const Rule = 'examples-outcomes';
  await eventbridge.send(new PutRuleCommand({ EventBusName: bus, Name: Rule, EventPattern: JSON.stringify({ source: ['ota-dispatch'] }) }));
  await eventbridge.send(new PutTargetsCommand({ EventBusName: bus, Rule, Targets: [{ Id: 'queue', Arn: Attributes?.['QueueArn'] }] }));
  return async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return Messages.map(({ Body }) => JSON.parse(Body ?? '{}') as Outcome);
  };
}

const POLL_MILLISECONDS = 50;

/**
 * Waits until a queue holds no message, neither visible nor in flight, or until `isOver` answers true. An outcome arrives
 * before the function has finished with its message, and what the function logs after it must not be lost.
 */
export async function waitUntilEmpty(sqs: SQSClient, QueueName: string, isOver: () => boolean): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  while (!isOver()) {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }));
    if (AttributeNames.every((name) => Attributes[name] === '0')) return;
    await sleep(POLL_MILLISECONDS);
  }
}
