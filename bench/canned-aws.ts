import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Item = Record<string, { S?: string; N?: string }>;
type Body = Record<string, unknown>;

/** The SHA-256 of every object, as hex. S3 returns it in base64. */
export const ARTIFACT_SHA256 = 'ab'.repeat(32);

/**
 * Just enough of AWS to answer one record quickly: a table that keeps items, one OTA update that is complete as soon as it
 * is created, and success for everything else. `forget` empties it.
 */
export async function startCannedAws(): Promise<{
  readonly endpoint: string;
  /** The names of the calls since this was asked last, in their order. */
  readonly takeCalls: () => string[];
  readonly forget: () => void;
  readonly stop: () => Promise<void>;
}> {
  let calls: string[] = [];
  const items = new Map<string, Item>();
  let created: Body = {};
  const keyOf = (item: Item): string => `${item['pk']?.S ?? item['id']?.S} ${item['sk']?.S}`;

  function ofDynamoDb(operation: string, body: Body): Body {
    const puts = operation === 'TransactWriteItems' ? (body['TransactItems'] as { Put?: Body }[]).map(({ Put }) => Put) : [body];
    for (const put of puts) {
      const item = put?.['Item'] as Item | undefined;
      if (item) items.set(keyOf(item), item);
    }
    if (operation !== 'BatchGetItem') return operation === 'Query' ? { Items: [], Count: 0 } : {};
    const wanted = Object.entries(body['RequestItems'] as Record<string, { Keys: Item[] }>);
    const found = wanted.map(([table, { Keys }]) => [table, Keys.flatMap((key) => items.get(keyOf(key)) ?? [])]);
    return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
  }

  function ofIot(method: string, path: string, body: Body): Body {
    const otaUpdateId = path.split('/').at(-1);
    if (method === 'GET') return { otaUpdateInfo: { ...created, otaUpdateId, otaUpdateStatus: 'CREATE_COMPLETE' } };
    created = body;
    return { otaUpdateId, otaUpdateStatus: 'CREATE_PENDING' };
  }

  function answer(method: string, path: string, target: string, text: string): Body {
    const operation = target.split('.').at(-1) ?? '';
    const body = text === '' ? {} : (JSON.parse(text) as Body);
    if (target.startsWith('DynamoDB')) return ofDynamoDb(operation, body);
    if (path.startsWith('/otaUpdates/')) return ofIot(method, path, body);
    if (operation === 'PutEvents') return { FailedEntryCount: 0, Entries: (body['Entries'] as Body[]).map(() => ({ EventId: 'e' })) };
    if (operation === 'SendMessageBatch')
      return {
        Successful: (body['Entries'] as Body[]).map(({ Id, MessageBody }) => ({ Id, MessageId: 'm', MD5OfMessageBody: md5(MessageBody) })),
      };
    return {};
  }

  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const target = String(request.headers['x-amz-target'] ?? '');
    calls.push(target.split('.').at(-1) || `${request.method} ${request.url?.split('/')[1]}`);
    if (request.method === 'HEAD') {
      const checksum = Buffer.from(ARTIFACT_SHA256, 'hex').toString('base64');
      response.writeHead(200, { 'content-length': '4', 'x-amz-checksum-sha256': checksum, 'x-amz-checksum-type': 'FULL_OBJECT' }).end();
      return;
    }
    const answered = answer(request.method ?? '', request.url ?? '', target, text);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answered));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    takeCalls: () => {
      const taken = calls;
      calls = [];
      return taken;
    },
    forget: () => items.clear(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The SDK compares this with what it sent, and retries if it differs. */
const md5 = (text: unknown): string => createHash('md5').update(String(text)).digest('hex');
