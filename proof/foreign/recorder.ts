import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between the serverless CLI and the engine, and notes every call. */
export type Recorder = {
  readonly endpoint: string;
  /** `SERVICE:OPERATION` of every call until now, sorted, each once. `SERVICE` is the signing name. */
  calls(): string[];
  stop(): Promise<void>;
};

/** Forwards every request to the engine as it is. */
export async function startRecorder(engine: string): Promise<Recorder> {
  const seen = new Set<string>();
  const { hostname, port } = new URL(engine);
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const body = Buffer.concat(chunks);
      const { method = 'GET', url = '/', headers } = incoming;
      seen.add(callOf({ method, url, headers, body: body.toString('latin1') }));
      const onward = forward({ hostname, port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.once('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: () => [...seen].sort(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A request of an AWS client. */
export type Asked = {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** The operation that a request asks for: its name in the protocols that have one, else what S3 calls it, else method and path. */
export function callOf({ method, url, headers, body }: Asked): string {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(String(headers['authorization'] ?? ''))?.[1] ?? 'unsigned';
  const target = headers['x-amz-target'];
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const action = String(headers['content-type'] ?? '').includes('x-www-form-urlencoded')
    ? new URLSearchParams(body).get('Action')
    : searchParams.get('Action');
  if (typeof target === 'string') return `${service}:${target.split('.').at(-1)}`;
  if (action !== null) return `${service}:${action}`;
  return `${service}:${service === 's3' ? s3Operation(method, pathname, searchParams) : `${method} ${pathname.replace(OWN_NAME, 'NAME')}`}`;
}

/** The name of a function in a path. */
const OWN_NAME = /ota-dispatch-[\w-]+/;

/** Sub-resources of a bucket, by their name in the query. */
const ofBucket = ['acl', 'encryption', 'lifecycle', 'location', 'policy', 'publicAccessBlock', 'tagging', 'versioning', 'versions'];

/** Paths are `/BUCKET/KEY`, because an endpoint with an IP address has no bucket in its host. */
function s3Operation(method: string, path: string, query: URLSearchParams): string {
  const subject = path.split('/').filter((part) => part !== '').length > 1 ? 'Object' : 'Bucket';
  const part = [...ofBucket, 'delete', 'uploads', 'uploadId'].find((name) => query.has(name));
  return [method, subject, part].filter((word) => word !== undefined).join(' ');
}
