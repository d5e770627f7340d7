import { compiledTemplate } from '../../scripts/compiled-template.ts';
import type { AwsInProcess } from './aws-in-process.ts';
import { ACCOUNT, REGION } from './stand-ins.ts';

/** What the template says of a queue. `name` is the end of the queue's name, after the stage. */
export type QueueOfTemplate = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly deadLetters?: { readonly name: string; readonly maxReceiveCount: number };
};

type Properties = {
  readonly RedrivePolicy?: {
    readonly deadLetterTargetArn: { readonly 'Fn::GetAtt': readonly [string, string] };
    readonly maxReceiveCount: number;
  };
};

/** The attributes that decide what a queue does with a message. */
const ATTRIBUTES = ['VisibilityTimeout', 'MessageRetentionPeriod', 'MaximumMessageSize'];

/** The queues of the template, each after its dead-letter queue. */
export async function queuesOfTemplate(): Promise<QueueOfTemplate[]> {
  const { Resources } = await compiledTemplate();
  const queues = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
  const nameOf = (logicalId: string) => String(Resources[logicalId]?.Properties['QueueName']).replace('ota-dispatch-local-', '');
  const read = queues.map(([logicalId, { Properties: properties }]): QueueOfTemplate => {
    const { RedrivePolicy } = properties as Properties;
    return {
      name: nameOf(logicalId),
      attributes: Object.fromEntries(
        ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => [name, String(properties[name])]),
      ),
      ...(RedrivePolicy && {
        deadLetters: { name: nameOf(RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]), maxReceiveCount: RedrivePolicy.maxReceiveCount },
      }),
    };
  });
  return read.sort((a, b) => Number(a.deadLetters !== undefined) - Number(b.deadLetters !== undefined));
}

/** Creates the queues of the template in the embedded AWS. `prefix` stands before their names there. */
export async function createQueues(aws: AwsInProcess, prefix: string, changes: { readonly maxReceiveCount?: number } = {}): Promise<void> {
  for (const { name, attributes, deadLetters } of await queuesOfTemplate()) {
    const redrive = deadLetters && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${prefix}${deadLetters.name}`,
        maxReceiveCount: changes.maxReceiveCount ?? deadLetters.maxReceiveCount,
      }),
    };
    await aws.ask('sqs', 'CreateQueue', { QueueName: `${prefix}${name}`, Attributes: { ...attributes, ...redrive } });
  }
}
