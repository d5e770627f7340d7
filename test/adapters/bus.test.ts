import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bus, type Outgoing } from '../../adapters/bus.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type ScriptedServer, type Seen, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';

type Entry = { readonly EventBusName: string; readonly Source: string; readonly DetailType: string; readonly Detail: string };

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const connect = () => bus(new EventBridgeClient(clientSettings(server)), { name: 'firmware-local' });
const entriesOf = ({ body }: Seen): Entry[] => JSON.parse(body).Entries;
const acceptsAll = (request: Seen) => ({
  status: 200,
  body: { FailedEntryCount: 0, Entries: entriesOf(request).map((_, index) => ({ EventId: String(index) })) },
});

/** An event of a given size. The bus does not look at its content. */
function event(id: number, bytes = 0): Outgoing {
  return { detailType: 'OTA Rollout Failed', detail: { outcomeId: String(id), message: 'x'.repeat(bytes) } } as unknown as Outgoing;
}

describe('publishing', () => {
  it('puts events on the bus with the source of the service and the detail as JSON', async () => {
    server.answer(acceptsAll);
    await connect().publish([event(1)]);
    expect(server.seen.flatMap(entriesOf)).toEqual([
      {
        EventBusName: 'firmware-local',
        Source: 'ota-dispatch',
        DetailType: 'OTA Rollout Failed',
        Detail: '{"outcomeId":"1","message":""}',
      },
    ]);
  });

  it('sends at most ten events per request, in order', async () => {
    server.answer(acceptsAll, acceptsAll, acceptsAll);
    await connect().publish(Array.from({ length: 21 }, (_, id) => event(id)));
    expect(server.seen.map((request) => entriesOf(request).length)).toEqual([10, 10, 1]);
    expect(server.seen.flatMap(entriesOf).map(({ Detail }) => JSON.parse(Detail).outcomeId)).toEqual(
      Array.from({ length: 21 }, (_, id) => String(id)),
    );
  });

  it('keeps each request below 256 KB', async () => {
    server.answer(acceptsAll, acceptsAll);
    await connect().publish([event(1, 100_000), event(2, 100_000), event(3, 100_000)]);
    expect(server.seen.map((request) => entriesOf(request).length)).toEqual([2, 1]);
  });

  it('sends no request if there is no event', async () => {
    await connect().publish([]);
    expect(server.seen).toHaveLength(0);
  });

  it('sends only those entries once more that a response of 200 refused', async () => {
    server.answer(
      {
        status: 200,
        body: { FailedEntryCount: 1, Entries: [{ EventId: 'a' }, { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' }] },
      },
      acceptsAll,
    );
    await connect().publish([event(1), event(2)]);
    expect(server.seen.map((request) => entriesOf(request).map(({ Detail }) => JSON.parse(Detail).outcomeId))).toEqual([['1', '2'], ['2']]);
  });

  it('throws and names the entries that the bus refused twice', async () => {
    const refusal = { ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' };
    server.answer(
      { status: 200, body: { FailedEntryCount: 1, Entries: [{ EventId: 'a' }, refusal] } },
      { status: 200, body: { FailedEntryCount: 1, Entries: [refusal] } },
    );
    await expect(connect().publish([event(1), event(2)])).rejects.toThrow('OTA Rollout Failed (InternalFailure: sorry)');
  });

  it('throws if the second request fails, because the bus may not have accepted its entries', async () => {
    const refusal = { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow' };
    server.answer({ status: 200, body: { FailedEntryCount: 1, Entries: [{ EventId: 'a' }, refusal] } }, { status: 500, body: {} });
    await expect(connect().publish([event(1), event(2)])).rejects.toThrow();
    expect(server.seen.map((request) => entriesOf(request).length)).toEqual([2, 1]);
  });

  it('throws if the request fails', async () => {
    server.answer({ status: 500, body: {} });
    await expect(connect().publish([event(1)])).rejects.toThrow();
  });
});

describe('publishing for several records at once', () => {
  const idsOf = (request: Seen) => entriesOf(request).map(({ Detail }) => JSON.parse(Detail).outcomeId);
  const refusal = { ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' };

  it('sends the events together that came during a request', async () => {
    server.answer(acceptsAll, acceptsAll);
    const { publish } = connect();
    await Promise.all([publish([event(1)]), publish([event(2), event(3)]), publish([event(4)])]);
    expect(server.seen.map(idsOf)).toEqual([['1'], ['2', '3', '4']]);
  });

  it('sends at once if no request is running', async () => {
    server.answer(acceptsAll, acceptsAll);
    const { publish } = connect();
    await publish([event(1)]);
    await publish([event(2)]);
    expect(server.seen.map(idsOf)).toEqual([['1'], ['2']]);
  });

  it('rejects only for records whose entries were refused', async () => {
    server.answer(
      acceptsAll,
      { status: 200, body: { FailedEntryCount: 1, Entries: [{ EventId: 'a' }, refusal] } },
      { status: 200, body: { FailedEntryCount: 1, Entries: [refusal] } },
    );
    const { publish } = connect();
    const ends = await Promise.allSettled([publish([event(1)]), publish([event(2)]), publish([event(3)])]);
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
  });

  it('rejects for all records of a request that failed, and continues with the next', async () => {
    server.answer({ status: 400, body: { __type: 'ValidationException' } }, acceptsAll);
    const { publish } = connect();
    const ends = await Promise.allSettled([publish([event(1)]), publish([event(2)])]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(server.seen.map(idsOf)).toEqual([['1'], ['2']]);
  });
});
