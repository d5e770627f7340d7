import { DescribeJobCommand, GetOTAUpdateCommand, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { GetOtaTaskCommand, ListOtaTasksCommand } from '../../adapters/managed-integrations-client.ts';
import type { Clients } from '../../handlers/dependencies.ts';

/** An OTA update with its job, or an OTA task, as anybody can see it. */
export type Made = {
  readonly id: string;
  readonly rolloutId: string | undefined;
  readonly requestDigest: string | undefined;
  readonly targets: unknown;
  /** Epoch ms of the control plane's clock; absent for a task. */
  readonly createdAt?: number;
  /** It can still start on a device. */
  readonly live: boolean;
};

const living = ['SCHEDULED', 'IN_PROGRESS'];

/** Everything that was ever created and not deleted, asked over the API. */
export async function whatAwsHas(observer: Pick<Clients, 'iot' | 'managedIntegrations'>): Promise<Made[]> {
  const made: Made[] = [];
  for await (const page of otaUpdateIds(observer)) made.push(...(await Promise.all(page.map((id) => otaUpdate(observer, id)))));
  const { Tasks = [] } = await observer.managedIntegrations.send(new ListOtaTasksCommand({ MaxResults: 250 }));
  for (const { TaskId = '' } of Tasks) {
    const task = await observer.managedIntegrations.send(new GetOtaTaskCommand({ Identifier: TaskId }));
    made.push({
      id: TaskId,
      rolloutId: task.Tags?.['ota-dispatch.rolloutId'],
      requestDigest: task.Tags?.['ota-dispatch.requestDigest'],
      targets: task.OtaTargetQueryString ?? task.Target,
      live: living.includes(task.Status ?? ''),
    });
  }
  return made;
}

async function* otaUpdateIds({ iot }: Pick<Clients, 'iot'>): AsyncGenerator<string[]> {
  let nextToken: string | undefined;
  do {
    const page = await iot.send(new ListOTAUpdatesCommand({ maxResults: 50, ...(nextToken !== undefined && { nextToken }) }));
    yield (page.otaUpdates ?? []).map(({ otaUpdateId = '' }) => otaUpdateId);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

async function otaUpdate({ iot }: Pick<Clients, 'iot'>, otaUpdateId: string): Promise<Made> {
  const { otaUpdateInfo: update } = await iot.send(new GetOTAUpdateCommand({ otaUpdateId }));
  const jobId = update?.awsIotJobId;
  const job = jobId === undefined ? undefined : (await iot.send(new DescribeJobCommand({ jobId }))).job;
  return {
    id: otaUpdateId,
    rolloutId: update?.additionalParameters?.['ota-dispatch.rolloutId'],
    requestDigest: update?.additionalParameters?.['ota-dispatch.requestDigest'],
    targets: update?.targets,
    createdAt: Number(update?.creationDate),
    live: living.includes(job?.status ?? ''),
  };
}
