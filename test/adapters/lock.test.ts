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

/** Another sandbox: another Powertools wrapper over the same table. */
function sandbox(millisecondsLeft = 60_000) {
  const opened = lock(client, tableName);
  opened.registerContext({ getRemainingTimeInMillis: () => millisecondsLeft } as Context);
  return opened;
}

async function records() {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  return Items;
}

const done = async (): Promise<void> => undefined;

/** Work that runs until the test calls `end`. */
function longWork() {
  let end: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    begun,
    end,
    work: () => {
      begin();
      return ended;
    },
  };
}

describe('the lock', () => {
  it('runs the work and returns that it ran here', async () => {
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(true);
  });

  it('does not run the work while another sandbox runs it', async () => {
    const first = longWork();
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

  it('does not run the work while the same sandbox runs it', async () => {
    const shared = sandbox();
    const first = longWork();
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

  it('is released if the work throws, and throws the same error', async () => {
    class Refused extends Error {}
    const refusal = new Refused('RELEASE_CONFLICT');
    await expect(sandbox().once('fw-a.d1', () => Promise.reject(refusal))).rejects.toBe(refusal);
    expect(await records()).toEqual([]);
    await expect(sandbox().once('fw-a.d1', done)).resolves.toBe(true);
  });

  it('separates keys that differ by a single character', async () => {
    const first = longWork();
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

  it('of a dead sandbox ends when the time of its invocation is over', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
    const dead = longWork();
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

  it('writes its records under a fixed prefix and a SHA-256, whatever the name of the function', async () => {
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

  it('throws if the table does not exist, so that the record is retried', async () => {
    const away = lock(client, 'no-such-table');
    away.registerContext({ getRemainingTimeInMillis: () => 60_000 } as Context);
    await expect(away.once('fw-a.d1', done)).rejects.toThrow();
  });
});
