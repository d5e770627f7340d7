import { describe, expect, it } from 'vitest';
import type { IoTManagedIntegrationsClient } from '../../../adapters/managed-integrations/client.ts';
import { taskExecutionPage } from '../../../operator/devices/task-executions.ts';

/** Managed integrations with pages of one device each, by their states. The token is the number of the page. */
function pagesOf(...states: readonly string[]) {
  const asked: unknown[] = [];
  const send = async ({ input }: { readonly input: { readonly NextToken?: string; readonly MaxResults?: number } }) => {
    asked.push(input);
    const page = Number(input.NextToken ?? 0);
    const ExecutionSummaries = [{ ManagedThingId: `m-${page}`, TaskExecutionSummary: { Status: states[page] } }];
    return { ExecutionSummaries, ...(page + 1 < states.length && { NextToken: String(page + 1) }) };
  };
  return { asked, client: { send } as unknown as IoTManagedIntegrationsClient };
}
const wanted = { withReasons: true, size: 100 };

describe('one page of the devices of a task', () => {
  it('is the page after the token, with the token of the next one', async () => {
    const { client, asked } = pagesOf('QUEUED', 'SUCCEEDED', 'FAILED');
    const page = await taskExecutionPage(client, 't-1', { ...wanted, after: '1' });
    expect(page).toEqual({ executions: [{ device: 'm-1', state: 'SUCCEEDED' }], next: '2' });
    expect(asked).toEqual([{ Identifier: 't-1', MaxResults: 100, NextToken: '1' }]);
  });

  it('is searched for in further pages, because AWS lists every state', async () => {
    const { client } = pagesOf('QUEUED', 'QUEUED', 'FAILED', 'QUEUED');
    const page = await taskExecutionPage(client, 't-1', { ...wanted, state: 'FAILED' });
    expect(page).toEqual({ executions: [{ device: 'm-2', state: 'FAILED' }], next: '3' });
  });

  it('is empty after ten pages without such a device, and the next one can be read', async () => {
    const { client, asked } = pagesOf(...Array.from({ length: 20 }, () => 'QUEUED'));
    expect(await taskExecutionPage(client, 't-1', { ...wanted, state: 'FAILED' })).toEqual({ executions: [], next: '10' });
    expect(asked).toHaveLength(10);
  });
});
