import { DescribeEventConfigurationsCommand, paginateListTopicRules, UpdateEventConfigurationsCommand } from '@aws-sdk/client-iot';
import { type Answer, absent, found } from '../answer.ts';
import { allPages } from './all-pages.ts';
import { ask } from './ask.ts';
import type { Clients } from './clients.ts';

/** The event types that AWS IoT publishes in this account and region. `JOB` is the one of jobs. */
export type EventTypes = readonly string[];

/** The event types that are on, as AWS answers. */
export function gatherEventTypes({ iot }: Pick<Clients, 'iot'>): Promise<Answer<EventTypes>> {
  return ask('iot:DescribeEventConfigurations', [], async () => {
    const { eventConfigurations = {} } = await iot.send(new DescribeEventConfigurationsCommand({}));
    return Object.entries(eventConfigurations).flatMap(([type, configuration]) => (configuration?.Enabled === true ? [type] : []));
  });
}

/**
 * Switches on the events of jobs, and answers whether that was necessary. It sends the types that are on as well, and none that is off.
 * So it switches nothing off, whether AWS merges the map or replaces it.
 */
export async function enableJobEvents({ iot }: Pick<Clients, 'iot'>): Promise<Answer<'switched on' | 'was on'>> {
  const types = await gatherEventTypes({ iot });
  if (types.kind !== 'found') return types;
  if (types.value.includes('JOB')) return found('was on');
  return ask('iot:UpdateEventConfigurations', [], async () => {
    const eventConfigurations = Object.fromEntries([...types.value, 'JOB'].map((type) => [type, { Enabled: true }]));
    await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations }));
    return 'switched on' as const;
  });
}

/**
 * Whether the IoT rule of this name is enabled. It is looked for in the list: GetTopicRule answers for a rule that does not exist as for
 * one that the caller may not read.
 */
export async function gatherTopicRule({ iot }: Pick<Clients, 'iot'>, name: string): Promise<Answer<{ readonly isEnabled: boolean }>> {
  const rules = await ask('iot:ListTopicRules', [], async () => {
    const pages = await allPages(paginateListTopicRules({ client: iot }, {}));
    return pages.flatMap(({ rules: of = [] }) => of);
  });
  if (rules.kind !== 'found') return rules;
  const rule = rules.value.find(({ ruleName }) => ruleName === name);
  return rule === undefined ? absent : found({ isEnabled: rule.ruleDisabled !== true });
}
