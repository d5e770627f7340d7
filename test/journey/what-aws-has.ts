import { DescribeJobCommand, GetOTAUpdateCommand, ListOTAUpdatesCommand } from '@aws-sdk/client-iot';
import { GetOtaTaskCommand, ListOtaTasksCommand } from '../../adapters/managed-integrations-client.ts';
import type { Clients } from '../../handlers/dependencies.ts';

/** An OTA update with its job, or an OTA task, as anybody can see it. */
export type Made = {
  readonly id: string;
  readonly rolloutId: string | undefined;
  readonly requestDigest: string | undefined;
  readonly targets: unknown;
  /** It can still start on a device. */
  readonly live: boolean;
};

const living = ['SCHEDULED', 'IN_PROGRESS'];

/** Everything that was ever created and not deleted, asked over the API. */
export async function whatAwsHas(observer: Pick<Clients, 'iot' | 'managedIntegrations'>): Promise<Made[]> {
  const made: Made[] = [];
  const { otaUpdates = [] } = await observer.iot.send(new ListOTAUpdatesCommand({ maxResults: 250 }));
  for (const { otaUpdateId } of otaUpdates) {
    const { otaUpdateInfo: update } = await observer.iot.send(new GetOTAUpdateCommand({ otaUpdateId }));
    const jobId = update?.awsIotJobId;
    const job = jobId === undefined ? undefined : (await observer.iot.send(new DescribeJobCommand({ jobId }))).job;
    made.push({
      id: otaUpdateId ?? '',
      rolloutId: update?.additionalParameters?.['ota-dispatch.rolloutId'],
      requestDigest: update?.additionalParameters?.['ota-dispatch.requestDigest'],
      targets: update?.targets,
      live: living.includes(job?.status ?? ''),
    });
  }
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
