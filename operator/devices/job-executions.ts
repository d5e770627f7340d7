import {
  DescribeJobExecutionCommand,
  type IoTClient,
  type JobExecutionSummaryForJob,
  ListJobExecutionsForJobCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-iot';
import { compact } from '../../domain/json/compact.ts';
import { type Execution, failedStates, sinceOf, type Wanted } from './execution.ts';

/** The most that AWS IoT lists at once. */
const PAGE_SIZE = 250;

/**
 * The devices of a job, page by page, in the order of AWS. A device that failed has what it reported. Throws ResourceNotFoundException
 * if there is no such job.
 */
export async function* jobExecutions(
  client: Pick<IoTClient, 'send'>,
  jobId: string,
  { state: status, withReasons }: Wanted,
): AsyncGenerator<Execution> {
  let nextToken: string | undefined;
  do {
    const page = await client.send(new ListJobExecutionsForJobCommand(compact({ jobId, status, maxResults: PAGE_SIZE, nextToken })));
    for (const one of page.executionSummaries ?? []) {
      const { execution, executionNumber } = read(one);
      const isExplained = withReasons && failedStates.includes(execution.state);
      yield isExplained ? compact({ ...execution, reason: await reasonOf(client, jobId, execution.device, executionNumber) }) : execution;
    }
    if (page.nextToken !== undefined && page.nextToken === nextToken)
      throw new Error('ListJobExecutionsForJob returned the same page twice');
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

function read({ thingArn = '', jobExecutionSummary = {} }: JobExecutionSummaryForJob): {
  readonly execution: Execution;
  readonly executionNumber: number | undefined;
} {
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
