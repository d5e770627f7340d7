import { jobEventsRuleName } from '../../infrastructure/job-events.ts';
import { ifFound } from './answer.ts';
import type { Examined } from './before.ts';
import type { Check } from './check.ts';
import {
  checkApprovals,
  checkBus,
  checkBusPolicy,
  checkFunction,
  checkKey,
  checkMappings,
  checkQueue,
  checkRule,
  checkTopic,
  QUEUES,
} from './checks/deployed.ts';
import {
  checkArtifactBuckets,
  checkDigest,
  checkJobTargets,
  checkParameters,
  checkPassRole,
  checkPattern,
  type Intended,
} from './checks/drift.ts';
import { checkJobEventsRule } from './checks/job-events.ts';
import { checkPassable } from './checks/roles.ts';
import { checkDocuments, checkLedger } from './checks/stack.ts';
import {
  type DeployedFunction,
  gatherBus,
  gatherFunction,
  gatherKey,
  gatherRule,
  gatherStatements,
  gatherTopic,
} from './gather/deployed.ts';
import { gatherTopicRule } from './gather/job-events.ts';
import { gatherQueue } from './gather/queues.ts';
import { simulate } from './gather/roles.ts';
import type { Documents, Ledger, Stack } from './gather/stack.ts';
import type { Wanted } from './wanted.ts';

/** The functions that create updates, and so pass roles, with the logical ids of their own roles. */
const CREATING = ['ReleasesRole', 'FollowUpsRole'] as const;
const FUNCTIONS = ['releases', 'follow-ups', 'sweep'] as const;
/** The rules on the bus, by the end of their names. */
const RULES = ['releases', 'steering'] as const;

/** The functions of a stage as they are deployed. */
export function gatherFunctions({ clients, deployment: { stage } }: Examined): Promise<DeployedFunction[]> {
  return Promise.all(FUNCTIONS.map((name) => gatherFunction(clients, `ota-dispatch-${stage}-${name}`)));
}

/** What the checks of a deployment know besides the account. */
export type DeployedStage = {
  readonly stack: Stack;
  readonly functions: readonly DeployedFunction[];
  readonly ledger: Ledger;
  readonly documents: Documents;
};

/** The checks of the resources of a stack. */
export async function examineStack(examined: Examined, { stack, functions, ledger, documents }: DeployedStage): Promise<Check[]> {
  const { clients, deployment, caller } = examined;
  const { stage, bus, busName, kmsKey, alarmTopicArn, hasJobEvents } = deployment;
  const jobEvents = jobEventsRuleName(stage);
  const resources = ifFound(stack.resources) ?? {};
  const topic = alarmTopicArn === '' ? resources['AlarmTopic'] : alarmTopicArn;
  const key = kmsKey === 'create' ? resources['EncryptionKey'] : kmsKey === 'aws' ? undefined : kmsKey;
  const [schedule, jobEventsAnswer, busAnswer, topicAnswer, keyAnswer, queues] = await Promise.all([
    gatherRule(clients, `ota-dispatch-${stage}-sweep`),
    hasJobEvents ? gatherTopicRule(clients, jobEvents) : undefined,
    gatherBus(clients, busName),
    topic === undefined ? undefined : gatherTopic(clients, topic),
    key === undefined ? undefined : gatherKey(clients, key),
    Promise.all(QUEUES.map(({ suffix }) => gatherQueue(clients, stage, suffix, new Date()))),
  ]);
  const roles = CREATING.flatMap((id) => (resources[id] === undefined ? [] : [roleArnOf(caller, resources[id])]));
  const approvers = [
    ...deployment.approvalPrincipals,
    ...(resources['ApproverRole'] === undefined ? [] : [roleArnOf(caller, resources['ApproverRole'])]),
  ];
  return [
    ...functions.map(checkFunction),
    ...functions.filter(({ name }) => !name.endsWith('-sweep')).flatMap(checkMappings),
    checkRule('schedule-enabled', `ota-dispatch-${stage}-sweep`, schedule),
    ...(jobEventsAnswer === undefined ? [] : [checkJobEventsRule(jobEvents, jobEventsAnswer)]),
    checkBus(busName, busAnswer, bus === 'own'),
    ...(bus === 'existing' && busAnswer.kind === 'found' ? checkBusPolicy(busAnswer.value, roles) : []),
    ...(busAnswer.kind === 'found' ? [checkApprovals(busAnswer.value, approvers, bus === 'own')] : []),
    ...queues.map((queue) => checkQueue(queue, stage)),
    checkLedger(ledger),
    checkDocuments(documents),
    ...(topicAnswer === undefined ? [] : [checkTopic(topicAnswer)]),
    ...(key === undefined || keyAnswer === undefined ? [] : [checkKey(key, keyAnswer)]),
  ];
}

/** The checks that compare the deployment with the local files. */
export async function examineDrift(
  { clients, deployment: { stage, busName }, caller }: Examined,
  { stack, functions }: DeployedStage,
  wanted: Wanted,
  intended: Intended,
): Promise<Check[]> {
  const resources = ifFound(stack.resources) ?? {};
  const [rules, statements, passable] = await Promise.all([
    Promise.all(
      RULES.map(async (suffix) => {
        const name = `ota-dispatch-${stage}-${suffix}`;
        return { name, answer: await gatherRule(clients, name, busName) };
      }),
    ),
    resources['ReleasesRole'] === undefined ? undefined : gatherStatements(clients, resources['ReleasesRole']),
    Promise.all(
      wanted.roles.map(async ({ arn }) => {
        const asked = CREATING.flatMap((id) =>
          resources[id] === undefined ? [] : [{ role: resources[id], arn: roleArnOf(caller, resources[id]) }],
        );
        const question = { actions: ['iam:PassRole'], resource: arn, context: { 'iam:PassedToService': 'iot.amazonaws.com' } };
        const decisions = await Promise.all(
          asked.map(async ({ role, arn: source }) => (await simulate(clients, source, [question])).map((decision) => ({ role, decision }))),
        );
        return checkPassable(arn, decisions.flat());
      }),
    ),
  ]);
  return [
    ...rules.flatMap(({ name, answer }) => [checkRule('rule-enabled', name, answer), checkPattern(name, answer, intended, stage)]),
    ...(statements === undefined
      ? []
      : [
          checkPassRole(statements, intended, stage),
          checkJobTargets(statements, intended, stage),
          checkArtifactBuckets(statements, intended, stage),
        ]),
    ...passable,
    checkDigest(stack.outputs, intended, stage),
    checkParameters(functions, intended, stage),
  ];
}

function roleArnOf({ partition, account }: Examined['caller'], name: string): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}
