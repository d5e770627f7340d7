import { IoTClient } from '@aws-sdk/client-iot';
import { IoTManagedIntegrationsClient } from '../../adapters/managed-integrations/client.ts';
import type { Operation } from '../../domain/request/control-planes.ts';
import { attemptId } from '../../domain/request/identity.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { nameRequests } from '../stage/name-requests.ts';
import { patience } from '../stage/patience.ts';
import type { Stage } from '../stage/stage.ts';
import type { Execution, ExecutionPage, Wanted, WantedPage } from './execution.ts';
import { jobExecutionPage, jobExecutions } from './job-executions.ts';
import { taskExecutionPage, taskExecutions } from './task-executions.ts';

/** The clients that can list devices. */
type Clients = ReturnType<typeof clientsOf>;

/** How one control plane lists the devices of a rollout. */
type Lister = {
  /** What AWS calls the rollout, for a person. Undefined as long as nobody knows. */
  readonly nameOf: (row: Rollout) => string | undefined;
  readonly list: (clients: Clients, row: Rollout, wanted: Wanted) => AsyncGenerator<Execution>;
  readonly page: (clients: Clients, row: Rollout, wanted: WantedPage) => Promise<ExecutionPage>;
  /** Whether AWS has what a device reported. */
  readonly givesReasons: boolean;
};

const listers: Readonly<Record<Operation, Lister>> = {
  CreateOTAUpdate: jobLister(({ rolloutId, attempt }) => `AFR_OTA-${attemptId(rolloutId, attempt)}`),
  CreateJob: jobLister(({ rolloutId, attempt }) => attemptId(rolloutId, attempt)),
  CreateOtaTask: {
    nameOf: ({ aws }) => (aws.taskId === undefined ? undefined : `task ${aws.taskId}`),
    list: ({ managedIntegrations }, { aws }, wanted) => taskExecutions(managedIntegrations, aws.taskId ?? '', wanted),
    page: ({ managedIntegrations }, { aws }, wanted) => taskExecutionPage(managedIntegrations, aws.taskId ?? '', wanted),
    givesReasons: false,
  },
};

/** AWS IoT names a job by its request, so its id is known before AWS has answered. */
function jobLister(derivedId: (row: Rollout) => string): Lister {
  const jobIdOf = (row: Rollout): string => row.aws.jobId ?? derivedId(row);
  return {
    nameOf: (row) => `job ${jobIdOf(row)}`,
    list: ({ iot }, row, wanted) => jobExecutions(iot, jobIdOf(row), wanted),
    page: ({ iot }, row, wanted) => jobExecutionPage(iot, jobIdOf(row), wanted),
    givesReasons: true,
  };
}

/**
 * AWS IoT lists 10 pages in a second, for all callers together, and a list is as long as the fleet. The SDK doubles its waits from half a
 * second on, so with this many attempts it gives up after about a minute of throttling.
 */
const ATTEMPTS = 8;

/** Clients for the devices of a stage. */
export function clientsOf({ config }: Pick<Stage, 'config'>, maxAttempts = ATTEMPTS) {
  const options = { ...patience.short, ...config, maxAttempts };
  return {
    iot: nameRequests(new IoTClient(options), 'IoT'),
    managedIntegrations: nameRequests(new IoTManagedIntegrationsClient(options), 'IoT managed integrations'),
  };
}

/** The devices of a rollout, and what is known if there are none. */
export type Devices = {
  /** Ends without a device if AWS does not know the rollout. Throws as an SDK client does, and Error if it is deleted meanwhile. */
  readonly executions: AsyncGenerator<Execution>;
  /** What AWS calls the rollout, such as `job fw-…`. Undefined if nothing of it is at AWS, or if nobody knows its name. */
  readonly name: string | undefined;
  /** Whether AWS no longer has what it created, because somebody deleted it. It is only known after `executions` has ended. */
  isLost(): boolean;
  readonly givesReasons: boolean;
};

/** Lists the devices of a rollout at AWS. The requests are sent as `executions` is read. */
export function devicesOf(clients: Clients, row: Rollout, wanted: Wanted): Devices {
  const { nameOf, list, givesReasons } = listers[row.operation];
  const name = row.attempt > 0 ? nameOf(row) : undefined;
  let isLost = false;
  async function* executions(): AsyncGenerator<Execution> {
    if (name === undefined) return;
    let listed = 0;
    try {
      for await (const execution of list(clients, row, wanted)) {
        yield execution;
        listed += 1;
      }
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
      if (listed > 0) throw new Error(`${name} was deleted at AWS while its devices were listed, so the list ends after ${listed}`);
      // Until AWS has answered the create, it need not have anything.
      isLost = row.state !== 'CREATING';
    }
  }
  return { executions: executions(), name, isLost: () => isLost, givesReasons };
}

/** One page of the devices of a rollout, and what is known if there are none. */
export type DevicesPage = Omit<Devices, 'executions' | 'isLost'> & ExecutionPage & { readonly isLost: boolean };

/** Lists one page of the devices of a rollout at AWS. Throws as an SDK client does, such as for a token that AWS does not know. */
export async function devicePageOf(clients: Clients, row: Rollout, wanted: WantedPage): Promise<DevicesPage> {
  const { nameOf, page, givesReasons } = listers[row.operation];
  const name = row.attempt > 0 ? nameOf(row) : undefined;
  const nothing = { executions: [], name, givesReasons };
  if (name === undefined) return { ...nothing, isLost: false };
  try {
    return { ...(await page(clients, row, wanted)), name, givesReasons, isLost: false };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
    return { ...nothing, isLost: row.state !== 'CREATING' };
  }
}
