import {
  CancelJobCommand,
  CreateJobCommand,
  CreateThingCommand,
  CreateTopicRuleCommand,
  GetTopicRuleCommand,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { CreateQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { jobEventsRuleName } from '../../infrastructure/job-events.ts';
import type { Account, Stage } from './account.ts';
import type { Checks } from './checks.ts';
import { ACCOUNT, REGION } from './engine.ts';

const JOBS = ['fw-camera-5-2-0-0123456789abcdef0123456789abcdef-1', 'AFR_OTA-fw-thermostat-2-4-1-0123456789abcdef0123456789abcdef-1'];

/**
 * Lets the engine judge the rule of job events: it cancels jobs, and reads what comes of their events. A second rule has the SQL of the
 * deployed one and another queue, because a function empties the queue of follow-ups. The engine does not know startswith(), so the second
 * rule has no WHERE.
 */
export async function forwardJobEvents(account: Account, stage: Stage, checks: Checks): Promise<void> {
  const { foreignIot: iot, sqs } = account;
  const deployed = await iot.send(new GetTopicRuleCommand({ ruleName: jobEventsRuleName(stage.name) }));
  const [action] = deployed.rule?.actions ?? [];
  checks.equal(
    'the IoT rule is enabled, and sends plain JSON to the queue of follow-ups',
    [deployed.rule?.ruleDisabled, pathOf(action?.sqs?.queueUrl), action?.sqs?.useBase64],
    [false, pathOf(await stage.urlOf('follow-ups')), false],
  );

  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `job-events-of-${stage.name}` }));
  const [sql] = deployed.rule?.sql?.split(' WHERE ') ?? [];
  const roleArn = action?.sqs?.roleArn;
  await iot.send(
    new CreateTopicRuleCommand({
      ruleName: `${jobEventsRuleName(stage.name)}_again`,
      topicRulePayload: {
        sql,
        awsIotSqlVersion: deployed.rule?.awsIotSqlVersion,
        actions: [{ sqs: { queueUrl: QueueUrl, roleArn, useBase64: false } }],
      },
    }),
  );
  await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } }));
  const thingName = `camera-of-${stage.name}`;
  await iot.send(new CreateThingCommand({ thingName }));
  for (const jobId of JOBS) {
    const targets = [`arn:aws:iot:${REGION}:${ACCOUNT}:thing/${thingName}`];
    await iot.send(new CreateJobCommand({ jobId, targets, document: '{}' }));
    await iot.send(new CancelJobCommand({ jobId }));
  }

  const bodies = new Set<string>();
  const receive = async () => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 600 }));
    for (const { Body = '' } of Messages) bodies.add(JSON.stringify(JSON.parse(Body)));
    return [...bodies].sort();
  };
  // A cancel has two events, and both reach the service. The second of its looks then finds nothing new.
  const right = JOBS.flatMap((jobId) => ['canceled', 'cancellation_in_progress'].map((operation) => JSON.stringify({ jobId, operation })));
  await checks.comes('the engine sends the id and the kind of each event of a job, and nothing else of it', right.sort(), receive);
}

/** A queue in a URL of the engine, which has several names of its host. */
const pathOf = (url = ''): string => new URL(url).pathname;
