import { randomUUID } from 'node:crypto';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { lock } from '../../adapters/lock.ts';
import { endpointOf } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { createTable, lockTable } from '../../proof/stage/tables.ts';

let services: RunningServices;
let client: DynamoDBClient;
let tableName: string;
let tables = 0;
const run = randomUUID().slice(0, 8);

beforeAll(async () => {
  services = await startServices({ port: 0 });
  client = new DynamoDBClient({
    endpoint: endpointOf('DYNAMODB', services),
    region: services.region,
    credentials: { accessKeyId: 'made', secretAccessKey: 'up' },
  });
});
beforeEach(async () => {
  tables += 1;
  tableName = `lock-${run}-${tables}`;
  await createTable(client, lockTable(tableName));
});
afterEach(() => vi.useRealTimers());
afterAll(async () => {
  client.destroy();
  await services.stop();
});

/** A sandbox of its own: another Powertools wrapper over the same table. */
function sandbox(millisecondsLeft = 60_000) {
  const opened = lock(client, tableName);
  opened.registerContext({ getRemainingTimeInMillis: () => millisecondsLeft } as Context);
  return opened;
}

async function records() {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items;
}

/** Work that is under way until told to end. */
const done = async (): Promise<void> => undefined;

function underWay() {
  let end: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const answer = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    begun,
    end,
    work: () => {
      begin();
      return answer;
    },
  };
}

describe('the lock', () => {
  it('runs the work and answers that it ran here', async () => {
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(true);
  });

  it('is busy while another sandbox is at it, whose work goes on', async () => {
    const first = underWay();
    const holding = sandbox().once('fw-a.d1', first.work);
    await first.begun;
    let ran = false;
    await expect(
      sandbox().once('fw-a.d1', async () => {
        ran = true;
      }),
    ).resolves.toBe(false);
    expect(ran).toBe(false);
    first.end();
    await expect(holding).resolves.toBe(true);
  });

  it('is busy in the same sandbox as well', async () => {
    const shared = sandbox();
    const first = underWay();
    const holding = shared.once('fw-a.d1', first.work);
    await first.begun;
    await expect(shared.once('fw-a.d1', done)).resolves.toBe(false);
    first.end();
    await holding;
  });

  it('does not run the work again afterwards', async () => {
    await sandbox().once('fw-a.d1', done);
    let ran = false;
    const again = sandbox().once('fw-a.d1', async () => {
      ran = true;
    });
    await expect(again).resolves.toBe(false);
    expect(ran).toBe(false);
  });

  it('is released when the work throws, and passes that very error on', async () => {
    class Refused extends Error {}
    const refusal = new Refused('RELEASE_CONFLICT');
    await expect(sandbox().once('fw-a.d1', () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(await records()).toEqual([]);
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(true);
  });

  it('keeps different keys apart, also those that differ by a single character', async () => {
    const first = underWay();
    const holding = sandbox().once('fw-a.d1', first.work);
    await first.begun;
    for (const key of ['fw-a.d2', 'fw-b.d1', 'fw-a.d1 ', 'FW-a.d1']) {
      await expect(sandbox().once(key, done)).resolves.toBe(true);
    }
    first.end();
    await holding;
  });

  it('refuses to run without a key', async () => {
    let ran = false;
    const attempt = sandbox().once('', async () => {
      ran = true;
    });
    await expect(attempt).rejects.toThrow();
    expect(ran).toBe(false);
  });

  it('of a dead sandbox ends with the time that its invocation had left, not with the record', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const dead = underWay();
    void sandbox(60_000).once('fw-a.d1', dead.work);
    await dead.begun;
    vi.setSystemTime(Date.now() + 59_000);
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(false);
    vi.setSystemTime(Date.now() + 2_000);
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(true);
  });

  it('forgets after a day that the work ran', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    await sandbox().once('fw-a.d1', done);
    vi.setSystemTime(Date.now() + 24 * 3_600_000 - 2_000);
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(false);
    vi.setSystemTime(Date.now() + 4_000);
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(true);
  });

  it('writes its records under one fixed prefix and a SHA-256, whatever the function is called', async () => {
    const name = process.env['AWS_LAMBDA_FUNCTION_NAME'];
    process.env['AWS_LAMBDA_FUNCTION_NAME'] = 'renamed-by-somebody';
    try {
      await sandbox().once('fw-a.d1', done);
    } finally {
      if (name === undefined) delete process.env['AWS_LAMBDA_FUNCTION_NAME'];
      else process.env['AWS_LAMBDA_FUNCTION_NAME'] = name;
    }
    const [record, ...others] = await records();
    expect(others).toEqual([]);
    expect(record?.['id']?.S).toMatch(/^ota-dispatch#[A-Za-z0-9+/]{43}=$/);
    expect(record?.['status']?.S).toBe('COMPLETED');
  });

  it('throws when the table does not answer, so that the record is retried', async () => {
    const away = lock(client, 'no-such-table');
    away.registerContext({ getRemainingTimeInMillis: () => 60_000 } as Context);
    await expect(away.once('fw-a.d1', done)).rejects.toThrow();
  });
});
