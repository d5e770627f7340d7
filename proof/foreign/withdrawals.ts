import { DescribeJobCommand } from '@aws-sdk/client-iot';
import { ListOtaTasksCommand } from '../../adapters/managed-integrations/client.ts';
import { ota, type Scene } from './dispatch.ts';
import { BUCKET, PUBLISHED, releaseOf, SOURCE } from './releases.ts';

/** Withdraws a continuous rollout on each control plane while devices could still start it. */
export async function withdrawWhatIsLive({ account, stage, checks, env }: Scene): Promise<void> {
  for (const product of ['thermostat', 'hub']) {
    const artifact = await account.upload(BUCKET, `${product}/5.0.0/app.bin`);
    await stage.put(PUBLISHED, [JSON.stringify(releaseOf(product, '5.0.0', ['stable'], artifact))], SOURCE);
  }
  for (const product of ['thermostat', 'hub']) {
    await checks.comes(`${product} 5.0.0 is live`, ['stable CREATED'], () => stage.states(product, '5.0.0'));
    const ended = await ota(env, 'withdraw', product, '5.0.0', '--yes', '--stage', stage.name);
    checks.equal(`ota withdraw ${product} 5.0.0 ends with status 0`, ended.status, 0);
    await checks.comes(`${product} 5.0.0 is withdrawn`, ['stable WITHDRAWN'], () => stage.states(product, '5.0.0'));
  }
  const rows = (await stage.rows()).filter(({ version }) => version === '5.0.0');
  const { jobId, taskId } = Object.assign({}, ...rows.map(({ aws }) => aws)) as { jobId?: string; taskId?: string };
  const { job } = await account.iot.send(new DescribeJobCommand({ jobId }));
  checks.equal('the job of thermostat 5.0.0 is canceled at AWS', job?.status, 'CANCELED');
  const { Tasks = [] } = await account.managedIntegrations.send(new ListOtaTasksCommand({ MaxResults: 100 }));
  checks.equal(
    'the task of hub 5.0.0 is gone at AWS',
    [taskId !== undefined, Tasks.some(({ TaskId }) => TaskId === taskId)],
    [true, false],
  );
  const again = await ota(env, 'withdraw', 'hub', '5.0.0', '--yes', '--stage', stage.name);
  checks.equal('to withdraw it again ends with status 0', again.status, 0);
}
