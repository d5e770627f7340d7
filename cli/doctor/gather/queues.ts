import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import type { Answer } from '../answer.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** A queue of the stage. `age` is how long its oldest message has waited, in seconds. Undefined if CloudWatch has no figure. */
export type Queue = { readonly suffix: string; readonly depth: Answer<number>; readonly age: Answer<number | undefined> };

const NO_QUEUE = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];
/** SQS sends its metrics every minute. A quarter of an hour surely has the last one. In milliseconds. */
const LOOK_BACK = 900_000;
/** The period of the metric in seconds. */
const PERIOD = 60;

/** Asks for the number of messages. Receiving them would count as a receive, so doctor does not look into them. */
export async function gatherQueue(
  { sqs, cloudwatch }: Pick<Clients, 'sqs' | 'cloudwatch'>,
  stage: string,
  suffix: string,
  now: Date,
): Promise<Queue> {
  const QueueName = `ota-dispatch-${stage}-${suffix}`;
  const [depth, age] = await Promise.all([
    ask('sqs:GetQueueAttributes', NO_QUEUE, async () => {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0) + Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0);
    }),
    ask('cloudwatch:GetMetricData', [], async () => {
      const Metric = {
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value: QueueName }],
      };
      const { MetricDataResults = [] } = await cloudwatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(now.getTime() - LOOK_BACK),
          EndTime: now,
          ScanBy: 'TimestampDescending',
          MetricDataQueries: [{ Id: 'age', MetricStat: { Metric, Period: PERIOD, Stat: 'Maximum' } }],
        }),
      );
      return MetricDataResults[0]?.Values?.[0];
    }),
  ]);
  return { suffix, depth, age };
}
