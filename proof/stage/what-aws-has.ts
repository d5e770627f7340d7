import {
  DescribeJobCommand,
  GetOTAUpdateCommand,
  ListJobsCommand,
  ListOTAUpdatesCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-iot';
import { GetOtaTaskCommand, ListOtaTasksCommand } from '../../adapters/managed-integrations/client.ts';
import type { Clients } from './compose.ts';

/** An OTA update with its job, a job of its own, or an OTA task, as the API shows it. */
export type Made = {
  readonly id: string;
  readonly rolloutId: string | undefined;
  readonly requestDigest: string | undefined;
  readonly targets: unknown;
  /** Epoch ms of the control plane's clock. */
  readonly createdAt?: number;
  /** Whether it can still start on a device. */
  readonly live: boolean;
};

const living = ['SCHEDULED', 'IN_PROGRESS'];

/** Everything that the API lists. What is deleted between the list and the look is left out. */
export async function whatAwsHas(observer: Pick<Clients, 'iot' | 'managedIntegrations'>): Promise<Made[]> {
  const made: Made[] = [];
  for await (const page of otaUpdateIds(observer)) made.push(...(await all(page, (id) => otaUpdate(observer, id))));
  for await (const page of jobIds(observer)) made.push(...(await all(page, (id) => job(observer, id))));
  for await (const page of otaTaskIds(observer)) made.push(...(await all(page, (id) => otaTask(observer, id))));
  return made;
}

async function all(ids: readonly string[], look: (id: string) => Promise<Made>): Promise<Made[]> {
  const looked = await Promise.all(
    ids.map((id) =>
      look(id).catch((error: unknown) => {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw error;
      }),
    ),
  );
  return looked.filter((one) => one !== undefined);
}

async function* otaTaskIds({ managedIntegrations }: Pick<Clients, 'managedIntegrations'>): AsyncGenerator<string[]> {
  let nextToken: string | undefined;
  do {
    const page = await managedIntegrations.send(
      new ListOtaTasksCommand({ MaxResults: 50, ...(nextToken !== undefined && { NextToken: nextToken }) }),
    );
    yield (page.Tasks ?? []).map(({ TaskId = '' }) => TaskId);
    nextToken = page.NextToken;
  } while (nextToken !== undefined);
}

async function otaTask({ managedIntegrations }: Pick<Clients, 'managedIntegrations'>, taskId: string): Promise<Made> {
  const task = await managedIntegrations.send(new GetOtaTaskCommand({ Identifier: taskId }));
  return {
    id: taskId,
    rolloutId: task.Tags?.['ota-dispatch.rolloutId'],
    requestDigest: task.Tags?.['ota-dispatch.requestDigest'],
    targets: task.OtaTargetQueryString ?? task.Target,
    createdAt: Number(task.CreatedAt),
    live: living.includes(task.Status ?? ''),
  };
}

/** The jobs that no OTA update made. */
async function* jobIds({ iot }: Pick<Clients, 'iot'>): AsyncGenerator<string[]> {
  let nextToken: string | undefined;
  do {
    const page = await iot.send(new ListJobsCommand({ maxResults: 50, ...(nextToken !== undefined && { nextToken }) }));
    yield (page.jobs ?? []).map(({ jobId = '' }) => jobId).filter((jobId) => !jobId.startsWith('AFR_OTA-'));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

async function job({ iot }: Pick<Clients, 'iot'>, jobId: string): Promise<Made> {
  const { job: described } = await iot.send(new DescribeJobCommand({ jobId }));
  const { tags = [] } = await iot.send(new ListTagsForResourceCommand({ resourceArn: described?.jobArn ?? '' }));
  const tag = (name: string) => tags.find(({ Key }) => Key === name)?.Value;
  return {
    id: jobId,
    rolloutId: tag('ota-dispatch.rolloutId'),
    requestDigest: tag('ota-dispatch.requestDigest'),
    targets: described?.targets,
    createdAt: Number(described?.createdAt),
    live: living.includes(described?.status ?? ''),
  };
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
