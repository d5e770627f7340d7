import { itemsOf } from '../../infrastructure/parameters.ts';
import { type Answer, absent, found, mapFound, unread } from './answer.ts';
import type { Examined } from './before.ts';
import { type Check, type CheckId, warning } from './check.ts';
import type { DeployedFunction } from './gather/deployed.ts';

/** The parameters that a deployed stage uses. Without them, nothing on its bus can be checked. */
export type InUse = { readonly busName: Answer<string>; readonly allowedAccounts: Answer<readonly string[]> };

/** What serverless.yml names. What it computes instead is what the function `releases` has in its environment. */
export function inUse({ deployment, caller }: Pick<Examined, 'deployment' | 'caller'>, functions: readonly DeployedFunction[]): InUse {
  const releases = functions.find(({ name }) => name === `ota-dispatch-${deployment.stage}-releases`);
  const variable = (name: string): Answer<string> => {
    if (releases?.configuration.kind !== 'found') return releases?.configuration ?? absent;
    const value = releases.configuration.value.environment[name];
    return value === undefined ? absent : found(value);
  };
  // The variable also has the account of the stage, which is always accepted.
  const others = (accounts: string): readonly string[] => itemsOf(accounts).filter((account) => account !== caller.account);
  const { busName, allowedAccounts } = deployment;
  return {
    busName: busName === undefined ? variable('OTA_BUS_NAME') : found(busName),
    allowedAccounts: allowedAccounts === undefined ? mapFound(variable('OTA_ALLOWED_ACCOUNTS'), others) : found(allowedAccounts),
  };
}

/** The warning for a check that needs a parameter which serverless.yml computes, and which the function `releases` does not tell. */
export function unknownParameter(id: CheckId, parameter: keyof InUse, answer: Answer<unknown>): Check {
  return answer.kind === 'unread'
    ? unread(id, `${parameter}, which serverless.yml computes,`, answer)
    : warning(id, `serverless.yml computes ${parameter}, and the function releases does not have it`, 'deploy the stage again');
}
