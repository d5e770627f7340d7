import { formatPath } from 'aws-ota-models';
import { readChannelsFile } from '../../domain/channels/lines.ts';
import { documentsBucketName } from '../../domain/channels/variables.ts';
import { ota } from '../../scripts/installation.ts';
import { examineDrift, examineStack, gatherFunctions } from './after.ts';
import { ifFound } from './answer.ts';
import { type Examined, examineAccount, examineChannels, switchOnJobEvents } from './before.ts';
import { CHECKS, type Check, type CheckId, failure, ok } from './check.ts';
import { checkCredentials, checkRegion } from './checks/account.ts';
import { checkStack, checkSurvivors, isDeployed } from './checks/stack.ts';
import type { Deployment } from './deployment.ts';
import { gatherCaller } from './gather/account.ts';
import type { Clients } from './gather/clients.ts';
import { gatherDocuments, gatherLedger, gatherStack } from './gather/stack.ts';
import { inUse } from './in-use.ts';
import { intendedOf, reservedBy } from './intended.ts';
import { wantedOf } from './wanted.ts';

/** What doctor looks at. `channels` is the channels file of the stage. */
export type Subject = {
  readonly clients: Clients;
  readonly region: string;
  readonly deployment: Deployment;
  readonly channels: { readonly name: string; readonly text: string };
  /** Where the local service listens. Undefined on AWS. */
  readonly endpoint: string | undefined;
  /** Whether it is the stage of `npm start`, whose AWS simulates devices. */
  readonly isLocal: boolean;
  /** Whether to switch on job events in the account first. */
  readonly enableJobEvents?: boolean;
};

/**
 * Makes every check and answers the results in the order of `CHECKS`. Changes nothing, unless `enableJobEvents` is set. Without
 * credentials it makes only that check. With a wrong channels file it leaves out what depends on the channels, and before a deployment what
 * depends on the stack.
 */
export async function examine({
  clients,
  region,
  deployment,
  channels,
  endpoint,
  isLocal,
  enableJobEvents = false,
}: Subject): Promise<Check[]> {
  const callerAnswer = await gatherCaller(clients);
  const credentials = checkCredentials(callerAnswer);
  if (callerAnswer.kind !== 'found') return [credentials];
  const caller = callerAnswer.value;
  const examined: Examined = { clients, caller, region, deployment, isLocal };
  const { stage } = deployment;
  const switched = enableJobEvents ? await switchOnJobEvents(examined) : undefined;
  const place = { accountId: caller.account, region, stage };
  // Foreign ARNs have a check of their own, so that they do not keep the rest from being checked.
  const read = readChannelsFile(channels.text, place, 'warn');
  const wanted = read.ok ? wantedOf(read.channels) : undefined;
  const stackName = `ota-dispatch-${stage}`;

  const [stack, functions, ledger, documents, ofChannels] = await Promise.all([
    gatherStack(clients, stackName),
    gatherFunctions(examined),
    gatherLedger(clients, `${stackName}-ledger`),
    gatherDocuments(clients, documentsBucketName(place)),
    wanted === undefined ? [] : examineChannels(examined, wanted),
  ]);
  const held = functions.reduce((sum, { reserved }) => sum + (ifFound(reserved) ?? 0), 0);
  const ofAccount = await examineAccount(examined, { needed: reservedBy(deployment), held });
  const deployed = isDeployed(stack) ? ifFound(stack) : undefined;
  const parameters = inUse(examined, functions);
  const state = deployed && { stack: deployed, functions, parameters, ledger, documents };
  const [ofStack, ofDrift] = await Promise.all([
    state === undefined ? [] : examineStack(examined, state),
    state === undefined || wanted === undefined
      ? []
      : examineDrift(
          examined,
          state,
          wanted,
          intendedOf(channels.text, deployment, { ...caller, region }, ifFound(parameters.allowedAccounts)),
        ),
  ]);
  return inOrder([
    credentials,
    endpoint === undefined ? checkRegion(region, deployment) : ok('region', `${region}, the region of every stage at ${endpoint}`),
    checkChannelsFile(channels.name, read),
    checkStack(stackName, stack, stage),
    ...checkSurvivors(stage, stack, ledger, documents),
    ...ofAccount,
    ...(switched === undefined ? ofChannels : [switched, ...ofChannels.filter(({ id }) => id !== switched.id)]),
    ...ofStack,
    ...ofDrift,
  ]);
}

function checkChannelsFile(name: string, read: ReturnType<typeof readChannelsFile>): Check {
  const id = 'channels-file';
  if (read.ok) return ok(id, `${name} is valid`);
  const [first] = read.errors;
  const seen = first === undefined ? `${name} is invalid` : `${name}:${first.line}: ${formatPath(first.path)}: ${first.message}`;
  return failure(id, `${seen}. Nothing that the channels name was checked`, `run ${ota} check to see every error, and correct the file`);
}

const ORDER = Object.keys(CHECKS) as CheckId[];

function inOrder(checks: readonly Check[]): Check[] {
  return checks.toSorted((a, b) => ORDER.indexOf(a.id) - ORDER.indexOf(b.id));
}
