import {
  DescribeJobExecutionCommand,
  type IoTClient,
  type JobExecutionSummaryForJob,
  ListJobExecutionsForJobCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { compact } from '../../domain/json/compact.ts';
import { type Execution, type ExecutionPage, failedStates, sinceOf, type Wanted, type WantedPage } from './execution.ts';

/** The most that AWS IoT lists at once. */
const PAGE_SIZE = 250;

/** Reasons that are asked for at the same time. AWS IoT permits more DescribeJobExecution calls in a second. */
const REASONS_AT_ONCE = 10;

/**
 * The devices of a job, page by page, in the order of AWS. A device that failed has what it reported. Throws ResourceNotFoundException
 * if there is no such job.
 */
export async function* jobExecutions(client: Pick<IoTClient, 'send'>, jobId: string, wanted: Wanted): AsyncGenerator<Execution> {
  let token: string | undefined;
  do {
    const { listed, next } = await listPage(client, jobId, compact({ ...wanted, after: token, size: PAGE_SIZE }));
    for (const one of listed) yield await explained(client, jobId, one, wanted);
    if (next !== undefined && next === token) throw new Error('ListJobExecutionsForJob returned the same page twice');
    token = next;
  } while (token !== undefined);
}

/** One page of the same devices. `size` is at most 250. Throws as {@link jobExecutions} does. */
export async function jobExecutionPage(client: Pick<IoTClient, 'send'>, jobId: string, wanted: WantedPage): Promise<ExecutionPage> {
  const { listed, next } = await listPage(client, jobId, wanted);
  const executions: Execution[] = [];
  for (let start = 0; start < listed.length; start += REASONS_AT_ONCE) {
    const some = listed.slice(start, start + REASONS_AT_ONCE);
    executions.push(...(await Promise.all(some.map((one) => explained(client, jobId, one, wanted)))));
  }
  return compact({ executions, next });
}

type Listed = { readonly execution: Execution; readonly executionNumber: number | undefined };

async function listPage(
  client: Pick<IoTClient, 'send'>,
  jobId: string,
  { state: status, after: nextToken, size: maxResults }: WantedPage,
): Promise<{ readonly listed: readonly Listed[]; readonly next: string | undefined }> {
  const page = await client.send(new ListJobExecutionsForJobCommand(compact({ jobId, status, maxResults, nextToken })));
  return { listed: (page.executionSummaries ?? []).map(read), next: page.nextToken };
}

/** The device with the reason that it reported, if it failed and reasons are wanted. */
async function explained(
  client: Pick<IoTClient, 'send'>,
  jobId: string,
  { execution, executionNumber }: Listed,
  { withReasons }: Wanted,
): Promise<Execution> {
  if (!withReasons || !failedStates.includes(execution.state)) return execution;
  return compact({ ...execution, reason: await reasonOf(client, jobId, execution.device, executionNumber) });
}

function read({ thingArn = '', jobExecutionSummary = {} }: JobExecutionSummaryForJob): Listed {
  const { status: state = 'UNKNOWN', queuedAt, startedAt, lastUpdatedAt, executionNumber } = jobExecutionSummary;
  const since = sinceOf(state, { queued: queuedAt, started: startedAt, updated: lastUpdatedAt });
  return { execution: compact({ device: thingArn.slice(thingArn.indexOf('/') + 1), state, since }), executionNumber };
}

/** What a device reported about an execution. Undefined if it reported nothing, or if the execution was deleted meanwhile. */
async function reasonOf(
  client: Pick<IoTClient, 'send'>,
  jobId: string,
  thingName: string,
  executionNumber: number | undefined,
): Promise<string | undefined> {
  try {
    const { execution } = await client.send(new DescribeJobExecutionCommand(compact({ jobId, thingName, executionNumber })));
    return reasonIn(execution?.statusDetails?.detailsMap ?? {});
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/**
 * The reason in the status details of an execution. The AWS IoT Device Client gives the exit status of the step as `reason`, and what the
 * step wrote as `stderr`. Without both, every detail counts.
 */
export function reasonIn(details: Readonly<Record<string, string>>): string | undefined {
  const named = [details['reason'], details['stderr']].filter((text) => text !== undefined && text.trim() !== '').join(': ');
  const all = Object.entries(details).map(([name, text]) => `${name}: ${text}`);
  return named || all.join(', ') || undefined;
}
