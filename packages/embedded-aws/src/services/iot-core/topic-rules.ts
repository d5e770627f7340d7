import { randomUUID } from 'node:crypto';
import { badToken, takePage } from '../rest-json/page.ts';
import { type Failure, type Handlers, nothing } from '../rest-json/rest-json.ts';
import type { Clock } from '../service.ts';
import type { QueueDelivery } from '../sqs/sqs.ts';
import type { Arns } from './arns.ts';
import type { IotCoreAssumptions } from './assumptions.ts';
import { alreadyExists, invalid } from './failures.ts';
import type { PublishedMessage } from './job-events.ts';
import { compileRuleSql, type RuleQuery, RuleSqlError } from './rule-sql.ts';
import { matchesTopicFilter } from './topic-filter.ts';

type SqsAction = { readonly roleArn: string; readonly queueUrl: string; readonly useBase64?: boolean };
type Action = { readonly sqs?: SqsAction };

/** The members of a rule, as CreateTopicRule takes them. */
type TopicRulePayload = {
  readonly sql: string;
  readonly description?: string;
  readonly actions: readonly Action[];
  readonly ruleDisabled?: boolean;
  readonly awsIotSqlVersion?: string;
  readonly errorAction?: Action;
};

type TopicRule = {
  readonly sequence: number;
  readonly name: string;
  readonly createdAt: number;
  readonly payload: TopicRulePayload;
  readonly query: RuleQuery;
  disabled: boolean;
};

/** The topic rules of an account, and what becomes of a message. */
export type TopicRules = {
  readonly handlers: Handlers;
  /** Gives a message to every rule that is not disabled. */
  publish(message: PublishedMessage): void;
};

export type TopicRulesWorld = {
  readonly arns: Arns;
  readonly clock: Clock;
  /** Where the action `sqs` sends. Without it, no queue exists. */
  readonly queues: QueueDelivery | undefined;
  readonly body: IotCoreAssumptions['topicRuleBody'];
};

/** The version of SQL for a rule without one (API model 2015-05-28). */
const OLDEST_SQL_VERSION = '2015-10-08';
const SQL_VERSIONS = [OLDEST_SQL_VERSION, '2016-03-23', 'beta'];
const DEFAULT_PAGE = 100;

/**
 * Topic rules with the action `sqs`: CreateTopicRule, ReplaceTopicRule, GetTopicRule, ListTopicRules, EnableTopicRule,
 * DisableTopicRule and DeleteTopicRule. An action is tried once. If its queue is not there, `errorAction` gets the message.
 */
export function createTopicRules({ arns, clock, queues, body: form }: TopicRulesWorld): TopicRules {
  const rules = new Map<string, TopicRule>();
  let sequence = 0;

  function send(action: Action | undefined, body: string): 'sent' | 'noSuchQueue' | 'tooLarge' | undefined {
    if (action?.sqs === undefined) return undefined;
    const queueArn = arns.queue(action.sqs.queueUrl);
    return queues?.deliver(queueArn, action.sqs.useBase64 ? Buffer.from(body).toString('base64') : body) ?? 'noSuchQueue';
  }

  function write(selected: Record<string, unknown>): string {
    return form === 'compact' ? JSON.stringify(selected) : JSON.stringify(Object.fromEntries(Object.entries(selected).reverse()), null, 2);
  }

  function run(rule: TopicRule, message: PublishedMessage): void {
    const selected = rule.query.select({ ...message, now: clock.now() });
    if (selected === undefined) return;
    for (const action of rule.payload.actions) {
      const outcome = send(action, write(selected));
      if (outcome === 'sent') continue;
      const failure = { failedAction: 'SqsAction', failedResource: action.sqs?.queueUrl, errorMessage: `Failed to send: ${outcome}` };
      const failed = {
        ruleName: rule.name,
        topic: message.topic,
        cloudwatchTraceId: randomUUID(),
        clientId: 'N/A',
        base64OriginalPayload: Buffer.from(JSON.stringify(message.payload)).toString('base64'),
        failures: [failure],
      };
      if (send(rule.payload.errorAction, JSON.stringify(failed)) === 'sent') continue;
      console.error(
        `embedded-aws: AWS IoT dropped a message of rule ${rule.name}, which could not be delivered to ${action.sqs?.queueUrl}`,
      );
    }
  }

  function compile(payload: TopicRulePayload): RuleQuery | Failure {
    const version = payload.awsIotSqlVersion ?? OLDEST_SQL_VERSION;
    if (!SQL_VERSIONS.includes(version)) return invalid(`awsIotSqlVersion is one of ${SQL_VERSIONS.join(', ')}, not ${version}`);
    for (const action of [...payload.actions, ...(payload.errorAction === undefined ? [] : [payload.errorAction])]) {
      if (action.sqs === undefined) return invalid('An action has sqs. The embedded AWS carries out no other action');
      if (action.sqs.queueUrl.endsWith('.fifo')) return invalid('The action sqs sends to standard queues only, not to FIFO queues');
    }
    try {
      return compileRuleSql(payload.sql);
    } catch (error) {
      if (error instanceof RuleSqlError) return { exception: 'SqlParseException', message: error.message };
      throw error;
    }
  }

  /** AWS has no ResourceNotFoundException for rules (API model 2015-05-28). A rule that does not exist is one without access. */
  const denied = (name: string): Failure => ({ exception: 'UnauthorizedException', message: `Access to topic rule '${name}' was denied` });

  const setDisabled =
    (disabled: boolean) =>
    ({ ruleName }: { ruleName: string }) => {
      const rule = rules.get(ruleName);
      if (rule === undefined) return denied(ruleName);
      rule.disabled = disabled;
      return nothing;
    };

  const put = (name: string, payload: TopicRulePayload, existing: TopicRule | undefined) => {
    const query = compile(payload);
    if ('exception' in query) return query;
    const place = existing ?? { sequence: sequence++, createdAt: clock.now() };
    rules.set(name, {
      sequence: place.sequence,
      createdAt: place.createdAt,
      name,
      payload,
      query,
      disabled: payload.ruleDisabled === true,
    });
    return nothing;
  };

  type Written = { ruleName: string; topicRulePayload: TopicRulePayload };
  return {
    publish(message) {
      for (const rule of rules.values()) if (!rule.disabled) run(rule, message);
    },
    handlers: {
      CreateTopicRule: ({ ruleName, topicRulePayload }: Written) =>
        rules.has(ruleName) ? alreadyExists('Rule', ruleName, arns.rule(ruleName)) : put(ruleName, topicRulePayload, undefined),
      ReplaceTopicRule({ ruleName, topicRulePayload }: Written) {
        const existing = rules.get(ruleName);
        return existing === undefined ? denied(ruleName) : put(ruleName, topicRulePayload, existing);
      },
      GetTopicRule({ ruleName }: { ruleName: string }) {
        const rule = rules.get(ruleName);
        if (rule === undefined) return denied(ruleName);
        const { payload, createdAt, disabled } = rule;
        const awsIotSqlVersion = payload.awsIotSqlVersion ?? OLDEST_SQL_VERSION;
        return {
          output: {
            ruleArn: arns.rule(ruleName),
            rule: { ...payload, ruleName, createdAt: createdAt / 1000, ruleDisabled: disabled, awsIotSqlVersion },
          },
        };
      },
      DeleteTopicRule({ ruleName }: { ruleName: string }) {
        return rules.delete(ruleName) ? nothing : denied(ruleName);
      },
      EnableTopicRule: setDisabled(false),
      DisableTopicRule: setDisabled(true),
      ListTopicRules(input: { maxResults?: number; nextToken?: string; topic?: string; ruleDisabled?: boolean }) {
        const { topic, ruleDisabled } = input;
        const wanted = [...rules.values()].filter(
          ({ query, disabled }) =>
            (topic === undefined || matchesTopicFilter(query.topicPattern, topic)) &&
            (ruleDisabled === undefined || disabled === ruleDisabled),
        );
        const page = takePage(wanted, (rule) => rule.sequence, input.maxResults ?? DEFAULT_PAGE, input.nextToken);
        if (page === undefined) return badToken('InvalidRequestException');
        const list = page.items.map(({ name, query, createdAt, disabled }) => ({
          ruleArn: arns.rule(name),
          ruleName: name,
          topicPattern: query.topicPattern,
          createdAt: createdAt / 1000,
          ruleDisabled: disabled,
        }));
        return { output: { rules: list, nextToken: page.nextToken } };
      },
    },
  };
}
