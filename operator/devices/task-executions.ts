import { type IoTManagedIntegrationsClient, ListOtaTaskExecutionsCommand } from '../../adapters/managed-integrations/client.ts';
import { compact } from '../../domain/json/compact.ts';
import { type Execution, type ExecutionPage, sinceOf, type Wanted, type WantedPage } from './execution.ts';

/** The most that managed integrations lists at once. */
const PAGE_SIZE = 1_000;

/** Pages without a device in the wanted state that one page is searched for. */
const EMPTY_PAGES_MAX = 10;

/**
 * The devices of an OTA task, page by page, in the order of AWS. Managed integrations lists every state, and no reasons. Throws an error
 * named ResourceNotFoundException if there is no such task.
 */
export async function* taskExecutions(
  client: Pick<IoTManagedIntegrationsClient, 'send'>,
  taskId: string,
  { state, withReasons }: Wanted,
): AsyncGenerator<Execution> {
  let token: string | undefined;
  do {
    const { executions, next } = await listPage(client, taskId, compact({ state, withReasons, after: token, size: PAGE_SIZE }));
    yield* executions;
    token = next;
  } while (token !== undefined);
}

/**
 * One page of the same devices, of which AWS has listed at most `size`, so that fewer are in the wanted state. It can be empty although
 * there are more pages. Throws as {@link taskExecutions} does.
 */
export async function taskExecutionPage(
  client: Pick<IoTManagedIntegrationsClient, 'send'>,
  taskId: string,
  wanted: WantedPage,
): Promise<ExecutionPage> {
  let page = await listPage(client, taskId, wanted);
  for (let empty = 1; page.executions.length === 0 && page.next !== undefined && empty < EMPTY_PAGES_MAX; empty += 1)
    page = await listPage(client, taskId, { ...wanted, after: page.next });
  return page;
}

async function listPage(
  client: Pick<IoTManagedIntegrationsClient, 'send'>,
  taskId: string,
  { state: wanted, after: NextToken, size: MaxResults }: WantedPage,
): Promise<ExecutionPage> {
  const page = await client.send(new ListOtaTaskExecutionsCommand(compact({ Identifier: taskId, MaxResults, NextToken })));
  if (page.NextToken !== undefined && page.NextToken === NextToken) throw new Error('ListOtaTaskExecutions returned the same page twice');
  const listed = (page.ExecutionSummaries ?? []).map(({ ManagedThingId: device = '', TaskExecutionSummary: summary = {} }) => {
    const { Status: state = 'UNKNOWN', QueuedAt: queued, StartedAt: started, LastUpdatedAt: updated } = summary;
    return compact({ device, state, since: sinceOf(state, { queued, started, updated }) });
  });
  return compact({ executions: listed.filter(({ state }) => wanted === undefined || wanted === state), next: page.NextToken });
}
