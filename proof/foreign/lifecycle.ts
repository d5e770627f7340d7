import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeStackResourcesCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge';
import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { EXAMPLE_CHANNELS } from '../../scripts/service-copy.ts';
import type { Account } from './account.ts';
import type { Checks } from './checks.ts';
import type { Clone } from './clone.ts';
import { type Ended, run, tailOf } from './commands.ts';
import { ota, type Scene } from './dispatch.ts';
import { ACCOUNT, REGION } from './engine.ts';
import { quicken } from './functions.ts';
import { PUBLISHED, releaseOf, SOURCE } from './releases.ts';
import { sweeping } from './sweeps.ts';
import type { Tools } from './tools.ts';

const FURTHER_SOURCE = 'com.acme.further-ci';
const FURTHER_BUCKET = 'acme-further';

/** Whether a command ended well, and else its last lines: both sides of a check. */
const endOf = (ended: Ended): string => (ended.status === 0 ? 'status 0' : `status ${ended.status}: ${tailOf(ended)}`);

/** Deploys a stage for the first time, and looks at what came of it. Answers whether it was deployed. */
export async function deployFirst(clone: Clone, account: Account, checks: Checks): Promise<boolean> {
  const isDeployed = checks.equal('serverless deploy of an empty account', endOf(await clone.serverless('deploy')), 'status 0');
  if (!isDeployed) return false;
  checks.equal('the stack has every resource of the template', await resourcesOf(clone, account), templateResources(clone));
  await quicken(account, clone.stage);
  return true;
}

/** Deploys again without a change, then with one source and one bucket more. What is in flight goes on. */
export async function update({ account, stage, listener: _, checks }: Scene, clone: Clone): Promise<void> {
  const before = await patternOf(clone, account);
  const skipped = await clone.serverless('deploy');
  checks.equal('a deployment without a change is skipped', /No changes to deploy/.test(`${skipped.stdout}${skipped.stderr}`), true);
  clone.edit(EXAMPLE_CHANNELS, 'artifactBuckets: [acme-firmware]', `artifactBuckets: [acme-firmware, ${FURTHER_BUCKET}]`);
  clone.edit(EXAMPLE_CHANNELS, 'sources: [com.acme.firmware-ci]', `sources: [com.acme.firmware-ci, ${FURTHER_SOURCE}]`);
  checks.equal('serverless deploy of a changed channels file', endOf(await clone.serverless('deploy')), 'status 0');
  checks.equal(
    'the rule follows',
    [before.includes(FURTHER_SOURCE), (await patternOf(clone, account)).includes(FURTHER_SOURCE)],
    [false, true],
  );
  await quicken(account, clone.stage);
  await account.makeBucket(FURTHER_BUCKET);
  const artifact = await account.upload(FURTHER_BUCKET, 'thermostat/7.0.0/app.bin');
  await stage.put(PUBLISHED, [JSON.stringify(releaseOf('thermostat', '7.0.0', ['beta'], artifact))], FURTHER_SOURCE);
  await checks.comes('a release from the new source and bucket comes to its end', ['beta COMPLETED'], () =>
    stage.states('thermostat', '7.0.0'),
  );
}

/** Rolls back to the first deployment while a rollout is in flight. */
export async function rollBack({ account, stage, checks }: Scene, clone: Clone): Promise<void> {
  const artifact = await account.upload('acme-firmware', 'thermostat/7.1.0/app.bin');
  await stage.put(PUBLISHED, [JSON.stringify(releaseOf('thermostat', '7.1.0', ['beta'], artifact))], SOURCE);
  const listed = await clone.serverless('deploy', 'list');
  const [first] = `${listed.stdout}${listed.stderr}`.match(/(?<=Timestamp: )\d+/g) ?? [];
  checks.equal('serverless deploy list names the first deployment', first !== undefined, true);
  checks.equal('serverless rollback', endOf(await clone.serverless('rollback', '--timestamp', String(first))), 'status 0');
  checks.equal('the rule is that of the first deployment', (await patternOf(clone, account)).includes(FURTHER_SOURCE), false);
  await quicken(account, clone.stage);
  await checks.comes('a rollout in flight goes on to its end', ['beta COMPLETED'], () => stage.states('thermostat', '7.1.0'));
}

/** Removes the stage. Answers the number of rows that the ledger keeps. */
export async function remove({ account, stage, checks }: Scene, clone: Clone): Promise<number> {
  const rows = await stage.rows();
  checks.equal('serverless remove', endOf(await clone.serverless('remove')), 'status 0');
  checks.equal('the stack is gone', await statusOf(clone, account), 'none');
  checks.equal('the ledger keeps every row', (await stage.rows()).length, rows.length);
  checks.equal('the bucket of the documents is kept', await hasBucket(account, documentsBucket(clone)), true);
  return rows.length;
}

/** How a removed stage is deployed again: what survived of it, how many rows the ledger has, and the version to release then. */
export type Adoption = {
  readonly tools: Tools;
  readonly kept: readonly string[];
  readonly rows: number;
  readonly afterRefusal: boolean;
  readonly version: string;
};

/**
 * Deploys a removed stage again: `ota import-files` writes the files for what survived, and the commands that it prints are run as
 * they are. With `afterRefusal`, a plain deployment is tried first. It is refused, but leaves a stack with the deployment bucket.
 */
export async function adopt(scene: Scene, clone: Clone, { tools, kept, rows, afterRefusal, version }: Adoption): Promise<void> {
  const { account, stage, checks, env } = scene;
  if (afterRefusal) checks.equal('a plain deployment is refused, because the ledger exists', (await clone.serverless('deploy')).status, 1);
  else checks.equal('serverless package', endOf(await clone.serverless('package')), 'status 0');
  const imported = await ota(env, 'import-files', '--stage', clone.stage, '--package', join(clone.folder, '.serverless'));
  if (!checks.equal('ota import-files', endOf(imported), 'status 0')) return;
  checks.equal(
    'it finds what survived',
    [...imported.stdout.matchAll(/^survived: (\S+)/gm)].map(([, name]) => name),
    kept,
  );
  const commands = imported.stdout.split('\n').filter((line) => line.startsWith('aws '));
  const path = { ...env, PATH: `${join(tools.aws, '..')}:${env['PATH']}` };
  for (const command of commands) {
    const ended = await run('sh', ['-c', command], { cwd: clone.folder, env: path });
    checks.equal(command.split(' --')[0] ?? command, endOf(ended), 'status 0');
  }
  checks.equal('the stack has imported them', await statusOf(clone, account), 'IMPORT_COMPLETE');
  checks.equal('serverless deploy after the import', endOf(await clone.serverless('deploy')), 'status 0');
  checks.equal('the stack has every resource of the template', await resourcesOf(clone, account), templateResources(clone));
  const shown = await ota(env, 'status', '--stage', clone.stage, '--json');
  const { rollouts = [] } = JSON.parse(shown.stdout || '{}') as { rollouts?: unknown[] };
  checks.equal('ota status shows the old rollouts', rollouts.length, rows);
  await quicken(account, clone.stage);
  const artifact = await account.upload('acme-firmware', `thermostat/${version}/app.bin`);
  await stage.put(PUBLISHED, [JSON.stringify(releaseOf('thermostat', version, ['beta'], artifact))], SOURCE);
  await sweeping(scene, async () => {
    await checks.comes('a new release comes to its end', ['beta COMPLETED'], () => stage.states('thermostat', version));
  });
  const again = await ota(env, 'import-files', '--stage', clone.stage, '--package', join(clone.folder, '.serverless'));
  checks.equal('ota import-files is refused, because the stack owns them', [again.status, /already owns/.test(again.stderr)], [2, true]);
}

/** The status of the stage's stack, or `none`. */
export async function statusOf({ stage }: Pick<Clone, 'stage'>, { cloudformation }: Account): Promise<string> {
  try {
    const { Stacks = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: `ota-dispatch-${stage}` }));
    return Stacks[0]?.StackStatus ?? 'none';
  } catch {
    return 'none';
  }
}

/** The logical ids of the resources in the stack. */
async function resourcesOf({ stage }: Clone, { cloudformation }: Account): Promise<string[]> {
  const { StackResources = [] } = await cloudformation.send(new DescribeStackResourcesCommand({ StackName: `ota-dispatch-${stage}` }));
  return StackResources.filter(({ ResourceStatus }) => !ResourceStatus?.startsWith('DELETE'))
    .map(({ LogicalResourceId = '' }) => LogicalResourceId)
    .sort();
}

/** The logical ids of the resources of the packaged template that a condition does not leave out. */
function templateResources({ folder }: Clone): string[] {
  const file = join(folder, '.serverless', 'cloudformation-template-update-stack.json');
  const { Resources, Conditions = {} } = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: Record<string, { Condition?: string }>;
    Conditions?: Record<string, unknown>;
  };
  const isLeftOut = (condition: unknown): boolean => {
    const { 'Fn::Equals': equals, 'Fn::Not': not } = (condition ?? {}) as { 'Fn::Equals'?: unknown[]; 'Fn::Not'?: unknown[] };
    if (not !== undefined) return !isLeftOut(not[0]);
    return equals !== undefined && equals[0] !== equals[1];
  };
  return Object.entries(Resources)
    .filter(([, { Condition }]) => Condition === undefined || !isLeftOut(Conditions[Condition]))
    .map(([name]) => name)
    .sort();
}

async function patternOf({ stage }: Clone, { eventbridge }: Account): Promise<string> {
  const names = { EventBusName: `firmware-${stage}`, Name: `ota-dispatch-${stage}-releases` };
  return (await eventbridge.send(new DescribeRuleCommand(names))).EventPattern ?? '';
}

export const documentsBucket = ({ stage }: Pick<Clone, 'stage'>): string => `ota-dispatch-${stage}-documents-${ACCOUNT}-${REGION}`;

export async function hasTable({ dynamodb }: Account, stage: string): Promise<boolean> {
  const { TableNames = [] } = await dynamodb.send(new ListTablesCommand({}));
  return TableNames.includes(`ota-dispatch-${stage}-ledger`);
}

export async function hasBucket({ s3 }: Account, Bucket: string): Promise<boolean> {
  return s3.send(new HeadBucketCommand({ Bucket })).then(
    () => true,
    () => false,
  );
}
