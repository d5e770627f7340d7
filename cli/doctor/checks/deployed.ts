import { ota, page } from '../../../scripts/installation.ts';
import { type Answer, ifFound, unread } from '../answer.ts';
import { type Check, failure, ok, warning } from '../check.ts';
import type { Bus, DeployedFunction, Rule, Topic } from '../gather/deployed.ts';
import type { Queue } from '../gather/queues.ts';

/** Whether a function can run. Lambda's own mail about recursion advises to set its concurrency to 0, which stops it. */
export function checkFunction({ name, configuration, reserved }: DeployedFunction): Check {
  const id = 'functions';
  if (configuration.kind === 'unread') return unread(id, `function ${name}`, configuration);
  if (configuration.kind === 'absent') return failure(id, `function ${name} does not exist`, 'deploy the stage again');
  if (reserved.kind === 'unread') return unread(id, `the reserved concurrency of ${name}`, reserved);
  const { state, lastUpdate } = configuration.value;
  if (reserved.kind === 'found' && reserved.value === 0)
    return failure(
      id,
      `function ${name} has a reserved concurrency of 0, so it never runs`,
      'deploy the stage again, or set the concurrency back',
    );
  // An idle function is Inactive, and the next invocation wakes it.
  if (state === 'Failed' || lastUpdate === 'Failed')
    return failure(
      id,
      `function ${name} is ${state}, its last update is ${lastUpdate}`,
      'see the reason in the Lambda console, then deploy the stage again',
    );
  return ok(id, `function ${name} is ${state}`);
}

/** Whether Lambda reads all of `queues`, and every other queue that is mapped to a function. */
export function checkMappings({ name, mappings }: DeployedFunction, queues: readonly string[]): Check[] {
  const id = 'event-source-mapping';
  if (mappings.kind === 'unread') return [unread(id, `the event source mappings of ${name}`, mappings)];
  const all = ifFound(mappings) ?? [];
  const missing = queues.filter((expected) => !all.some(({ queue }) => queue === expected));
  return [
    ...all.map(({ queue, state }) =>
      /^(?:Enabled|Enabling|Creating|Updating)$/.test(state)
        ? ok(id, `${name} reads ${queue}`)
        : failure(
            id,
            `${name} does not read ${queue}: its mapping is ${state}`,
            `run aws lambda list-event-source-mappings --function-name ${name} for its UUID, then aws lambda update-event-source-mapping --enabled --uuid UUID`,
          ),
    ),
    ...missing.map((queue) => failure(id, `${name} does not read ${queue}: there is no event source mapping`, 'deploy the stage again')),
  ];
}

/** Whether a rule or a schedule is enabled. */
export function checkRule(id: 'rule-enabled' | 'schedule-enabled', name: string, rule: Answer<Rule>): Check {
  if (rule.kind === 'unread') return unread(id, `rule ${name}`, rule);
  if (rule.kind === 'absent') return failure(id, `rule ${name} does not exist`, 'deploy the stage again');
  if (rule.value.state === 'DISABLED')
    return failure(
      id,
      `rule ${name} is disabled`,
      `run aws events enable-rule --name ${name}, with --event-bus-name for a rule of the bus`,
    );
  return ok(id, `rule ${name} is enabled`);
}

/** Whether the bus exists. */
export function checkBus(name: string, bus: Answer<Bus>, isOwn: boolean): Check {
  if (bus.kind === 'unread') return unread('bus', `bus ${name}`, bus);
  if (bus.kind === 'found') return ok('bus', `bus ${name}`);
  return failure('bus', `bus ${name} does not exist`, isOwn ? 'deploy the stage again' : 'create it, or correct busName in serverless.yml');
}

/** Whether somebody receives the alarms. */
export function checkTopic({ arn, subscriptions }: Topic): Check {
  const id = 'alarm-topic';
  if (subscriptions.kind === 'unread') return unread(id, arn, subscriptions);
  if (subscriptions.kind === 'absent')
    return failure(id, `topic ${arn} does not exist`, 'deploy the stage again, or correct alarmTopicArn in serverless.yml');
  const { confirmed, pending } = subscriptions.value;
  if (confirmed > 0) return ok(id, `${arn} has ${confirmed} confirmed ${confirmed === 1 ? 'subscription' : 'subscriptions'}`);
  if (pending > 0)
    return failure(
      id,
      `${arn} has only unconfirmed subscriptions, so nobody gets the alarms`,
      'confirm the subscription in the mail that SNS sent',
    );
  return warning(id, `${arn} has no subscriptions, so nobody gets the alarms`, 'set alarmEmail or alarmTopicArn in serverless.yml');
}

/** Whether the key of the stage is enabled. */
export function checkKey(key: string, state: Answer<string>): Check {
  const id = 'encryption-key';
  if (state.kind === 'unread') return unread(id, key, state);
  if (state.kind === 'absent') return failure(id, `key ${key} does not exist`, 'correct kmsKey in serverless.yml');
  if (state.value === 'Enabled') return ok(id, `key ${key} is enabled`);
  return failure(
    id,
    `key ${key} is ${state.value}, so nothing can be read or written`,
    `run aws kms enable-key --key-id ${key}, or first aws kms cancel-key-deletion`,
  );
}

/** The queues of a stage, by the end of their names. `redrive` is the name of a dead-letter queue for `ota redrive`. */
export const QUEUES: readonly { readonly suffix: string; readonly redrive?: string }[] = [
  { suffix: 'releases' },
  { suffix: 'steering' },
  { suffix: 'follow-ups' },
  { suffix: 'rejected' },
  { suffix: 'releases-dlq', redrive: 'releases' },
  { suffix: 'steering-dlq', redrive: 'steering' },
  { suffix: 'follow-ups-dlq', redrive: 'follow-ups' },
  { suffix: 'rule-dlq', redrive: 'rule' },
];

/** In seconds. The alarm releases-age has the same threshold, and follow-ups-age a higher one. */
const AGE_MAX = 900;
/** In seconds, as in the alarm steering-age: a hold must work at once. */
const STEERING_AGE_MAX = 300;

/** How many messages a queue has, and how long the oldest has waited. */
export function checkQueue({ suffix, depth, age }: Queue, stage: string): Check {
  const name = `ota-dispatch-${stage}-${suffix}`;
  const redrive = QUEUES.find((queue) => queue.suffix === suffix)?.redrive;
  const id = redrive !== undefined ? 'dead-letters' : suffix === 'rejected' ? 'rejected-messages' : 'queue-age';
  if (depth.kind === 'unread') return unread(id, name, depth);
  if (depth.kind === 'absent') return failure(id, `queue ${name} does not exist`, 'deploy the stage again');
  const oldest = age.kind === 'found' && age.value !== undefined ? age.value : undefined;
  const count = depth.value === 0 ? 'no messages' : depth.value === 1 ? '1 message' : `${depth.value} messages`;
  const seen = `${name} has ${count}${oldest === undefined || depth.value === 0 ? '' : `, the oldest of ${inMinutes(oldest)}`}`;
  if (redrive !== undefined)
    return depth.value === 0
      ? ok(id, seen)
      : failure(id, seen, `fix the cause, then run ${ota} redrive --queue ${redrive} --stage ${stage}`);
  if (suffix === 'rejected') return depth.value === 0 ? ok(id, seen) : warning(id, seen, `run ${ota} rejected --stage ${stage} to see why`);
  if (age.kind === 'unread') return unread(id, `the age of the oldest message in ${name}`, age);
  if (oldest === undefined || oldest <= (suffix === 'steering' ? STEERING_AGE_MAX : AGE_MAX)) return ok(id, seen);
  return warning(id, seen, `see the section ${suffix}-age of ${page('how-to/runbook.md')}`);
}

function inMinutes(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
