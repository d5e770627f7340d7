import { documentsBucketName as nameOfDocumentsBucket } from '../domain/channels/variables.ts';
import { UNANSWERED_MINUTES_MIN } from '../domain/rollout/timing.ts';
import { infrastructure } from '../scripts/installation.ts';
import * as approvals from './approvals.ts';
import * as channels from './channels.ts';
import { variable } from './cloudformation.ts';
import * as encryption from './encryption.ts';
import * as events from './job-events.ts';
import { CHECKED_PARAMETERS, type CheckedParameter, itemsOf, parameterFaults, stageFaults, stageNameFaults } from './parameters.ts';
import * as quota from './quota.ts';

/** What osls passes to a function that computes a value. `resolveVariable('param:bus')` is what `${param:bus}` is in service.yml. */
export type Context = { readonly resolveVariable: (variable: string) => Promise<unknown> };

/*
 * Every value that infrastructure/*.yml and the parameters of serverless.yml compute, by the name that they use:
 * `${file(infrastructure/computed.js):NAME}`. These functions only look up parameters. The files that they call decide.
 */

/**
 * The stage of the command, or `local`. osls asks for it before it replaces any other variable. So a stage that cannot be a name
 * is refused once, and not at every place that uses it. @throws if the stage has other characters than such a name
 */
export function stage({ options }: { readonly options: { readonly stage?: string } }): string {
  const given = options.stage ?? 'local';
  const [fault] = stageNameFaults(given);
  if (fault !== undefined) throw withoutStack(fault);
  return given;
}

/** Answers `checked`. @throws with one line for each parameter that is wrong, and one if the stage is wrong */
export async function parameters({ resolveVariable }: Context): Promise<'checked'> {
  const values = {} as Record<CheckedParameter, unknown>;
  for (const name of CHECKED_PARAMETERS) values[name] = await resolveVariable(`param:${name}`);
  const region = await regionOf(resolveVariable);
  const stage = await textOf('sls:stage', resolveVariable);
  const channelsFile = await textOf('param:channels', resolveVariable);
  const { approvedProducts: products } = channels.readChannelsInCloud(channelsFile, stage, region);
  const ofApprovals = { principals: itemsOf(values.approvalPrincipals), products, channelsFile, stage };
  const faults = [...stageFaults(stage, region), ...parameterFaults(values, region), ...approvals.approvalFaults(ofApprovals)];
  if (faults.length > 0) throw withoutStack(faults.join('\n'));
  return 'checked';
}

export const unansweredMiMinutesMin = (): number => UNANSWERED_MINUTES_MIN;

export async function documentsBucketName({ resolveVariable }: Context) {
  const stage = await textOf('sls:stage', resolveVariable);
  return { 'Fn::Sub': nameOfDocumentsBucket({ stage, accountId: variable('AWS::AccountId'), region: variable('AWS::Region') }) };
}

export const releasesConcurrency = async (context: Context) => (await quotaOf(context)).releases.concurrency;
/** What the function reserves, because it reads the steering queue, too. */
export const releasesReserved = async (context: Context) => quota.reservedOf(await quotaOf(context)).releases;
export const steeringConcurrency = async (context: Context) => (await quotaOf(context)).steering.concurrency;
export const steeringCreatesPerSecond = async (context: Context) => (await quotaOf(context)).steering.createsPerSecond;
export const releasesCreatesPerSecond = async (context: Context) => (await quotaOf(context)).releases.createsPerSecond;
export const followUpsConcurrency = async (context: Context) => (await quotaOf(context)).followUps.concurrency;
export const followUpsCreatesPerSecond = async (context: Context) => (await quotaOf(context)).followUps.createsPerSecond;

export const followUpsLooksPerSecond = async (context: Context) =>
  quota.looksOfOneEnvironment(numberOr0(await context.resolveVariable('param:looksPerSecond')), await quotaOf(context));

export const wakesOfASweep = async ({ resolveVariable }: Context) =>
  quota.wakesOfASweep(numberOr0(await resolveVariable('param:looksPerSecond')));

export const acceptedAccounts = async (context: Context) => channels.acceptedAccounts(await allowedAccountsOf(context));
/** The same as comma-separated text, for the environment of the functions. */
export const acceptedAccountsText = async (context: Context) => ({ 'Fn::Join': [',', await acceptedAccounts(context)] });
export const producerSources = async (context: Context) => channels.producerSources(await channelsOf(context));
export const steeringSources = async (context: Context) => channels.steeringSources(await channelsOf(context));
export const busSources = async (context: Context) => channels.busSources(await channelsOf(context));
export const channelsDigest = async ({ resolveVariable }: Context) =>
  channels.readChannelsDigest(
    await textOf('param:channels', resolveVariable),
    await textOf('sls:stage', resolveVariable),
    await regionOf(resolveVariable),
  );
export const detailTypes = (): readonly string[] => channels.detailTypes;
export const approving = (): readonly string[] => channels.approving;
/** The detail-types that the role of operators may put: all but approvals and resumes. */
export const operating = (): readonly string[] => channels.detailTypes.filter((type) => !channels.approving.includes(type));
export const exemptFromDenial = async (context: Context) => approvals.exemptFromDenial(await approvalPrincipalsOf(context));
export const approverTrust = async (context: Context) => approvals.approverTrust(await approvalPrincipalsOf(context));
export const passableRoles = async (context: Context) => channels.passableRoles(await channelsOf(context));
export const jobResources = async (context: Context) => channels.jobResources(await channelsOf(context));
export const artifactBuckets = async (context: Context) => channels.artifactBuckets(await channelsOf(context));
export const artifactObjects = async (context: Context) => channels.artifactObjects(await channelsOf(context));

export const releasesEventPattern = async (context: Context) =>
  channels.releasesEventPattern(await channelsOf(context), await allowedAccountsOf(context));

/** @throws naming the channels file if the pattern is too long for EventBridge */
export async function steeringEventPattern(context: Context) {
  const { resolveVariable } = context;
  const [inCloud, accounts, region] = [await channelsOf(context), await allowedAccountsOf(context), await regionOf(resolveVariable)];
  try {
    return channels.steeringEventPattern(inCloud, accounts, region);
  } catch (error) {
    throw withoutStack(`${await textOf('param:channels', resolveVariable)}: ${(error as Error).message}`);
  }
}

/*
 * What a stage has only with some parameters. It is decided here and not by a condition of CloudFormation: a template in which
 * conditions compare constants is full of resources, names and branches that can never be used.
 */
export const jobEvents = async (context: Context) => ((await hasJobEvents(context)) ? contentOf('job-events.yml') : {});
export const ownBus = async (context: Context) => ((await hasOwnBus(context)) ? contentOf('own-bus.yml') : {});
export const alarmTopic = async (context: Context) => ((await hasOwnTopic(context)) ? contentOf('alarm-topic.yml') : {});
export const alarmEmail = async (context: Context) =>
  (await hasOwnTopic(context)) && (await textOf('param:alarmEmail', context.resolveVariable)) !== '' ? contentOf('alarm-email.yml') : {};

export const jobEventsRuleName = async ({ resolveVariable }: Context) =>
  events.jobEventsRuleName(await textOf('sls:stage', resolveVariable));
export const jobEventsRuleArn = async ({ resolveVariable }: Context) => events.jobEventsRuleArn(await textOf('sls:stage', resolveVariable));
export const followUpSenders = async (context: Context) => events.followUpSenders(await hasJobEvents(context));

/**
 * The ARN of the rule of releases, written out. A reference to the rule would be circular: the rule needs the bus, the policy of the bus names
 * the roles, and these roles may read the rule.
 */
export const releasesRuleArn = async ({ resolveVariable }: Context) => {
  const [busName, stage] = [await textOf('param:busName', resolveVariable), await textOf('sls:stage', resolveVariable)];
  const path = busName === 'default' ? '' : `${busName}/`;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of CloudFormation
  const rules = 'arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule';
  return { 'Fn::Sub': `${rules}/${path}ota-dispatch-${stage}-releases` };
};

/** The bus of the rule. `Ref` makes CloudFormation create the bus first. */
export const ruleBus = async (context: Context) =>
  (await hasOwnBus(context)) ? { Ref: 'FirmwareBus' } : textOf('param:busName', context.resolveVariable);
/** The dimensions of a rule's metrics. EventBridge reports a rule of the default bus under its name alone. */
export const releasesRuleDimensions = (context: Context) => ruleDimensions(context, 'releases');
export const steeringRuleDimensions = (context: Context) => ruleDimensions(context, 'steering');

async function ruleDimensions({ resolveVariable }: Context, name: string) {
  const busName = await textOf('param:busName', resolveVariable);
  const rule = { Name: 'RuleName', Value: `ota-dispatch-${await textOf('sls:stage', resolveVariable)}-${name}` };
  return busName === 'default' ? [rule] : [{ Name: 'EventBusName', Value: busName }, rule];
}
/** What packaging prints for a bus that exists already. Empty for a bus of the stack, which has the statement. */
export async function busStatement(context: Context): Promise<string> {
  if (await hasOwnBus(context)) return '';
  const { resolveVariable } = context;
  const [busName, stage] = [await textOf('param:busName', resolveVariable), await textOf('sls:stage', resolveVariable)];
  const place = { busName, stage, region: await regionOf(resolveVariable) };
  return approvals.statementForOwner(place, await approvalPrincipalsOf(context));
}

/** The topic that every alarm notifies, as a list. */
export const alarmActions = async (context: Context) => [
  (await hasOwnTopic(context)) ? { Ref: 'AlarmTopic' } : await textOf('param:alarmTopicArn', context.resolveVariable),
];

/** The key of queues and alarm topic, or null if AWS manages it. */
export const customerKey = async (context: Context) => encryption.customerKey(await kmsKeyOf(context)) ?? null;
/** Whether SQS encrypts with its own key: true, or null if there is a customer key. */
export const sqsManagedKey = async (context: Context) => ((await customerKey(context)) === null ? true : null);
export const tableEncryption = async (context: Context) => encryption.tableEncryption(await kmsKeyOf(context));
export async function encryptionResources(context: Context) {
  const keysOf = async (parameter: string) => itemsOf(await context.resolveVariable(`param:${parameter}`));
  const [artifactKeys, formerKeys] = [await keysOf('artifactKeys'), await keysOf('formerKmsKeys')];
  const hasEvents = await hasJobEvents(context);
  return { Resources: encryption.encryptionResources(await kmsKeyOf(context), artifactKeys, formerKeys, hasEvents) };
}

async function textOf(name: string, resolveVariable: Context['resolveVariable']): Promise<string> {
  return String(await resolveVariable(name));
}

const hasOwnBus = async ({ resolveVariable }: Context) => (await textOf('param:bus', resolveVariable)) === 'own';
const hasJobEvents = async ({ resolveVariable }: Context) => (await textOf('param:jobEvents', resolveVariable)) === 'on';
const hasOwnTopic = async ({ resolveVariable }: Context) => (await textOf('param:alarmTopicArn', resolveVariable)) === '';
/** osls replaces this text by the content of the file, and then the variables in it. */
const contentOf = (file: string): string => variable(`file(${infrastructure}/${file})`);
const regionOf = (resolveVariable: Context['resolveVariable']) => textOf('self:provider.region', resolveVariable);
const kmsKeyOf = ({ resolveVariable }: Context) => textOf('param:kmsKey', resolveVariable);
const approvalPrincipalsOf = async ({ resolveVariable }: Context) => itemsOf(await resolveVariable('param:approvalPrincipals'));
const allowedAccountsOf = async ({ resolveVariable }: Context) => itemsOf(await resolveVariable('param:allowedAccounts'));

const channelsOf = async ({ resolveVariable }: Context) =>
  channels.readChannelsInCloud(
    await textOf('param:channels', resolveVariable),
    await textOf('sls:stage', resolveVariable),
    await regionOf(resolveVariable),
  );

async function quotaOf({ resolveVariable }: Context) {
  return quota.divideQuota(
    numberOr0(await resolveVariable('param:createsPerSecond')),
    numberOr0(await resolveVariable('param:followUpsShare')),
  );
}

/** `parameters` reports a text that is not a number. A NaN would make osls report each place that uses it, too. */
const numberOr0 = (value: unknown): number => (Number.isFinite(Number(value)) ? Number(value) : 0);

/** An error that osls prints as its message alone. It would print the stack of any other error. */
const withoutStack = (message: string): Error => Object.assign(new Error(message), { stack: message });
