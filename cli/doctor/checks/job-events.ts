import { ota } from '../../../scripts/installation.ts';
import { type Answer, unread } from '../answer.ts';
import { type Check, failure, ok, warning } from '../check.ts';
import type { EventTypes } from '../gather/job-events.ts';

/** Where events are published: the switch is one for the whole account and region. */
type Place = { readonly account: string; readonly region: string; readonly stage: string };

/** Whether AWS IoT publishes the events of jobs. Without them a stage works, but it learns of changes only when the sweep looks. */
export function checkJobEvents(types: Answer<EventTypes>, { account, region, stage }: Place): Check {
  const id = 'job-events';
  if (types.kind === 'unread') return unread(id, 'the switch of job events', types);
  if (types.kind === 'found' && types.value.includes('JOB')) return ok(id, `AWS IoT publishes job events in account ${account}, ${region}`);
  return warning(
    id,
    `AWS IoT publishes no job events in account ${account}, ${region}, so only the sweep finds out what became of a rollout`,
    `run ${ota} doctor --enable-job-events --stage ${stage}. It switches them on for the whole account and region, and no other events off`,
  );
}

/** What came of the option --enable-job-events. */
export function checkEnabling(enabled: Answer<'switched on' | 'was on'>, { account, region }: Place): Check {
  const id = 'job-events';
  if (enabled.kind === 'found') return ok(id, `AWS IoT publishes job events in account ${account}, ${region}: ${wordsOf[enabled.value]}`);
  const [action, why] = enabled.kind === 'unread' ? [enabled.action, enabled.why] : ['iot:DescribeEventConfigurations', 'no answer'];
  return failure(
    id,
    `job events could not be switched on in account ${account}, ${region}, with ${action}: ${why}`,
    'allow iot:DescribeEventConfigurations and iot:UpdateEventConfigurations to the credentials of doctor, or switch on the events of jobs in the settings of the AWS IoT console',
  );
}

const wordsOf = { 'switched on': 'doctor switched them on now', 'was on': 'they were on already' } as const;

/** Whether the IoT rule sends job events to the queue of follow-ups. */
export function checkJobEventsRule(name: string, rule: Answer<{ readonly isEnabled: boolean }>): Check {
  const id = 'job-events-rule';
  if (rule.kind === 'unread') return unread(id, `IoT rule ${name}`, rule);
  if (rule.kind === 'absent')
    return warning(id, `IoT rule ${name} does not exist, so no job event wakes a rollout`, 'deploy the stage again');
  if (rule.value.isEnabled) return ok(id, `IoT rule ${name} is enabled`);
  return warning(id, `IoT rule ${name} is disabled, so no job event wakes a rollout`, `run aws iot enable-topic-rule --rule-name ${name}`);
}
