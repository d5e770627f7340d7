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

/** An outcome event as it lies on the bus. */
export type Outcome = { readonly 'detail-type': string; readonly detail: Readonly<Record<string, unknown>> };

/** The outcomes that came since it was asked last; waits a second for one. */
export type Outcomes = () => Promise<Outcome[]>;

/** A rule and a queue of its own on the bus, as any consumer of the outcomes has them. */
export async function listen({ eventbridge, sqs }: { eventbridge: EventBridgeClient; sqs: SQSClient }, bus: string): Promise<Outcomes> {
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

const BETWEEN_LOOKS_MILLISECONDS = 50;

/**
 * Waits until a queue has nothing waiting or in hand, or `isOver`. An outcome is heard before the message that brought it
 * is done with: what a function logs of it comes in between.
 */
export async function untilEmpty(sqs: SQSClient, QueueName: string, isOver: () => boolean): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
  const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  while (!isOver()) {
    const { Attributes = {} } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] }));
    if (AttributeNames.every((name) => Attributes[name] === '0')) return;
    await sleep(BETWEEN_LOOKS_MILLISECONDS);
  }
}
