import type { Shape } from 'aws-ota-models';
import type { Model } from '../../rest-json/rest-json.ts';
import { description, flag, pagingQuery, text } from './scalars.ts';

const ruleName: Shape = { type: 'string', min: 1, max: 128, pattern: /^[a-zA-Z0-9_]+$/ };
const named: Extract<Shape, { type: 'structure' }> = { type: 'structure', required: ['ruleName'], members: { ruleName } };

/** Of the actions that the model has, those that the embedded AWS can carry out. */
const action: Shape = {
  type: 'structure',
  members: {
    sqs: { type: 'structure', required: ['roleArn', 'queueUrl'], members: { roleArn: text, queueUrl: text, useBase64: flag } },
  },
};

const topicRulePayload: Shape = {
  type: 'structure',
  required: ['sql', 'actions'],
  members: {
    sql: text,
    description,
    actions: { type: 'list', min: 0, max: 10, of: action },
    ruleDisabled: flag,
    awsIotSqlVersion: text,
    errorAction: action,
  },
};

const written: Extract<Shape, { type: 'structure' }> = {
  type: 'structure',
  required: ['ruleName', 'topicRulePayload'],
  members: { ruleName, topicRulePayload },
};

/** Topic rules of AWS IoT (API model 2015-05-28), with the action `sqs`. */
export const topicRulesModel: Model = {
  CreateTopicRule: { method: 'POST', path: '/rules/{ruleName}', payload: 'topicRulePayload', input: written },
  ReplaceTopicRule: { method: 'PATCH', path: '/rules/{ruleName}', payload: 'topicRulePayload', input: written },
  GetTopicRule: { method: 'GET', path: '/rules/{ruleName}', input: named },
  DeleteTopicRule: { method: 'DELETE', path: '/rules/{ruleName}', input: named },
  EnableTopicRule: { method: 'POST', path: '/rules/{ruleName}/enable', input: named },
  DisableTopicRule: { method: 'POST', path: '/rules/{ruleName}/disable', input: named },
  ListTopicRules: {
    method: 'GET',
    path: '/rules',
    query: { ...pagingQuery, topic: 'topic', ruleDisabled: 'ruleDisabled' },
    input: {
      type: 'structure',
      members: { maxResults: { type: 'integer', min: 1, max: 10_000 }, nextToken: text, topic: text, ruleDisabled: flag },
    },
  },
};
