import { type IoTManagedIntegrationsClient, ListOtaTaskExecutionsCommand } from '../../adapters/managed-integrations/client.ts';
import { compact } from '../../domain/json/compact.ts';
import { type Execution, sinceOf, type Wanted } from './execution.ts';

/** The most that managed integrations lists at once. */
const PAGE_SIZE = 1_000;

/**
 * The devices of an OTA task, page by page, in the order of AWS. Managed integrations lists every state, and no reasons. Throws an error
 * named ResourceNotFoundException if there is no such task.
 */
export async function* taskExecutions(
  client: Pick<IoTManagedIntegrationsClient, 'send'>,
  taskId: string,
  { state: wanted }: Wanted,
): AsyncGenerator<Execution> {
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListOtaTaskExecutionsCommand(compact({ Identifier: taskId, MaxResults: PAGE_SIZE, NextToken: token })),
    );
    for (const { ManagedThingId: device = '', TaskExecutionSummary: summary = {} } of page.ExecutionSummaries ?? []) {
      const { Status: state = 'UNKNOWN', QueuedAt: queued, StartedAt: started, LastUpdatedAt: updated } = summary;
      if (wanted === undefined || wanted === state) yield compact({ device, state, since: sinceOf(state, { queued, started, updated }) });
    }
    if (page.NextToken !== undefined && page.NextToken === token) throw new Error('ListOtaTaskExecutions returned the same page twice');
    token = page.NextToken;
  } while (token !== undefined);
}
