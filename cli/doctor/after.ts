import { jobEventsRuleName } from '../../infrastructure/job-events.ts';
import { absent, ifFound, mapFound, unread } from './answer.ts';
import type { Examined } from './before.ts';
import type { Check, CheckId } from './check.ts';
import { checkApprovals, checkBusPolicy } from './checks/bus-policy.ts';
import { checkBus, checkFunction, checkKey, checkMappings, checkQueue, checkRule, checkTopic, QUEUES } from './checks/deployed.ts';
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
import { type InUse, unknownParameter } from './in-use.ts';
import type { Wanted } from './wanted.ts';

/** The functions that create updates, and so pass roles, with the logical ids of their own roles. */
const CREATING = ['ReleasesRole', 'FollowUpsRole'] as const;
/** The functions, with the queues that each of them reads. Both are the ends of names. */
const FUNCTIONS = [
  { name: 'releases', reads: ['releases', 'steering'] },
  { name: 'follow-ups', reads: ['follow-ups'] },
  { name: 'sweep', reads: [] },
] as const;
/** The rules on the bus, by the end of their names. */
const RULES = ['releases', 'steering'] as const;

/** The functions of a stage as they are deployed. */
export function gatherFunctions({ clients, deployment: { stage } }: Examined): Promise<DeployedFunction[]> {
  return Promise.all(FUNCTIONS.map(({ name }) => gatherFunction(clients, `ota-dispatch-${stage}-${name}`)));
}

/** What the checks of a deployment know besides the account. `parameters` are those that the stage uses. */
export type DeployedStage = {
  readonly stack: Stack;
  readonly functions: readonly DeployedFunction[];
  readonly parameters: InUse;
  readonly ledger: Ledger;
  readonly documents: Documents;
};

/** The checks of the resources of a stack. */
export async function examineStack(examined: Examined, state: DeployedStage): Promise<Check[]> {
  const { clients, deployment } = examined;
  const { stage, hasJobEvents } = deployment;
  const { functions, ledger, documents } = state;
  const jobEvents = jobEventsRuleName(stage);
  const [schedule, jobEventsAnswer, bus, topic, key, queues] = await Promise.all([
    gatherRule(clients, `ota-dispatch-${stage}-sweep`),
    hasJobEvents ? gatherTopicRule(clients, jobEvents) : undefined,
    examineBus(examined, state),
    examineTopic(examined, state),
    examineKey(examined, state),
    Promise.all(QUEUES.map(({ suffix }) => gatherQueue(clients, stage, suffix, new Date()))),
  ]);
  return [
    ...functions.map(checkFunction),
    ...examineMappings(functions, stage),
    checkRule('schedule-enabled', `ota-dispatch-${stage}-sweep`, schedule),
    ...(jobEventsAnswer === undefined ? [] : [checkJobEventsRule(jobEvents, jobEventsAnswer)]),
    ...bus,
    ...queues.map((queue) => checkQueue(queue, stage)),
    checkLedger(ledger),
    checkDocuments(documents),
    ...topic,
    ...key,
  ];
}

function examineMappings(functions: readonly DeployedFunction[], stage: string): Check[] {
  return FUNCTIONS.flatMap(({ reads }, at) => {
    const fn = functions[at];
    return fn === undefined || reads.length === 0
      ? []
      : checkMappings(
          fn,
          reads.map((queue) => `ota-dispatch-${stage}-${queue}`),
        );
  });
}

async function examineBus({ clients, deployment, caller }: Examined, { stack, parameters: { busName } }: DeployedStage): Promise<Check[]> {
  const { approvalPrincipals } = deployment;
  const isOwn = deployment.bus === 'own';
  if (busName.kind !== 'found')
    return (['bus', ...(isOwn ? [] : ['bus-policy' as const]), 'bus-approvals'] as const).map((id) =>
      unknownParameter(id, 'busName', busName),
    );
  const answer = await gatherBus(clients, busName.value);
  const bus = checkBus(busName.value, answer, isOwn);
  if (answer.kind !== 'found') return [bus];
  const approvers = mapFound(stack.resources, (resources) => [
    ...(approvalPrincipals ?? []),
    ...rolesIn(resources, ['ApproverRole']).map((role) => roleArnOf(caller, role)),
  ]);
  const creating = mapFound(stack.resources, (resources) => rolesIn(resources, CREATING).map((role) => roleArnOf(caller, role)));
  return [
    bus,
    ...(isOwn ? [] : checkBusPolicy(answer.value, creating)),
    checkApprovals(answer.value, approvers, { isOwn, areComputed: approvalPrincipals === undefined }),
  ];
}

async function examineTopic({ clients, deployment: { alarmTopicArn } }: Examined, { stack }: DeployedStage): Promise<Check[]> {
  const arn = alarmTopicArn === '' ? ifFound(stack.resources)?.['AlarmTopic'] : alarmTopicArn;
  return arn === undefined ? withoutResources(stack, 'alarm-topic') : [checkTopic(await gatherTopic(clients, arn))];
}

async function examineKey({ clients, deployment: { kmsKey } }: Examined, { stack }: DeployedStage): Promise<Check[]> {
  if (kmsKey === 'aws') return [];
  const key = kmsKey === 'create' ? ifFound(stack.resources)?.['EncryptionKey'] : kmsKey;
  return key === undefined ? withoutResources(stack, 'encryption-key') : [checkKey(key, await gatherKey(clients, key))];
}

/** The checks that compare the deployment with the local files. */
export async function examineDrift(examined: Examined, state: DeployedStage, wanted: Wanted, intended: Intended): Promise<Check[]> {
  const { stage } = examined.deployment;
  const [rules, permissions, passable] = await Promise.all([
    examineRules(examined, state, intended),
    examinePermissions(examined, state, intended),
    examinePassable(examined, state, wanted),
  ]);
  return [
    ...rules,
    ...permissions,
    ...passable,
    checkDigest(state.stack.outputs, intended, stage),
    checkParameters(state.functions, intended, stage),
  ];
}

async function examineRules(
  { clients, deployment: { stage } }: Examined,
  { parameters: { busName, allowedAccounts } }: DeployedStage,
  intended: Intended,
): Promise<Check[]> {
  if (busName.kind !== 'found')
    return (['rule-enabled', 'drift-event-pattern'] as const).map((id) => unknownParameter(id, 'busName', busName));
  const rules = await Promise.all(
    RULES.map(async (suffix) => {
      const name = `ota-dispatch-${stage}-${suffix}`;
      return { name, answer: await gatherRule(clients, name, busName.value) };
    }),
  );
  return [
    ...rules.map(({ name, answer }) => checkRule('rule-enabled', name, answer)),
    ...(allowedAccounts.kind === 'found'
      ? rules.map(({ name, answer }) => checkPattern(name, answer, intended, stage))
      : [unknownParameter('drift-event-pattern', 'allowedAccounts', allowedAccounts)]),
  ];
}

async function examinePermissions(
  { clients, deployment: { stage } }: Examined,
  { stack }: DeployedStage,
  intended: Intended,
): Promise<Check[]> {
  if (stack.resources.kind === 'unread') return withoutResources(stack, 'drift-pass-role', 'drift-job-targets', 'drift-artifact-buckets');
  const role = ifFound(stack.resources)?.['ReleasesRole'];
  const statements = role === undefined ? absent : await gatherStatements(clients, role);
  return [
    checkPassRole(statements, intended, stage),
    checkJobTargets(statements, intended, stage),
    checkArtifactBuckets(statements, intended, stage),
  ];
}

async function examinePassable({ clients, caller }: Examined, { stack }: DeployedStage, { roles }: Wanted): Promise<Check[]> {
  if (stack.resources.kind === 'unread') return roles.length === 0 ? [] : withoutResources(stack, 'ota-role-passable');
  const asked = rolesIn(ifFound(stack.resources) ?? {}, CREATING);
  return Promise.all(
    roles.map(async ({ arn }) => {
      const question = { actions: ['iam:PassRole'], resource: arn, context: { 'iam:PassedToService': 'iot.amazonaws.com' } };
      const decisions = await Promise.all(
        asked.map(async (role) => (await simulate(clients, roleArnOf(caller, role), [question])).map((decision) => ({ role, decision }))),
      );
      return checkPassable(arn, decisions.flat());
    }),
  );
}

/** The warnings for checks that need the resources of the stack, if these could not be read. */
function withoutResources({ resources }: Stack, ...ids: readonly CheckId[]): Check[] {
  return resources.kind === 'unread' ? ids.map((id) => unread(id, 'the resources of the stack', resources)) : [];
}

/** The names of those roles that the stack has, by their logical ids. */
function rolesIn(resources: Readonly<Record<string, string>>, ids: readonly string[]): string[] {
  return ids.flatMap((id) => resources[id] ?? []);
}

function roleArnOf({ partition, account }: Examined['caller'], name: string): string {
  return `arn:${partition}:iam::${account}:role/${name}`;
}
