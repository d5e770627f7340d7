import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../scripts/installation.ts';

/** Where the job documents of the service put what a device downloads. */
const DOWNLOADS = '/var/lib/ota/';
const HANDLER = join(root, 'examples', 'device-client', 'install-firmware.sh');
/** The longest value in statusDetails (API model iot-jobs-data 2017-09-29). */
const DETAIL_MAX = 1024;

type Step = {
  readonly action: { readonly input: { readonly handler: string; readonly args: readonly string[] }; readonly runAsUser: string };
};
type JobDocument = { readonly version?: string; readonly steps?: readonly Step[] };
type Execution = { readonly jobId: string; readonly jobDocument: string; readonly versionNumber: number };
type Status = 'SUCCEEDED' | 'FAILED' | 'REJECTED';

/** What a device did: the job, the status that it reported, and the reason if it did not succeed. */
export type Taken = { readonly jobId: string; readonly status: Status; readonly reason?: string };

/**
 * A Linux device with as much of the AWS IoT Device Client as an update needs. It speaks the jobs data plane over HTTP, downloads with
 * plain GET, and runs the install handler of the examples with a shell. `disk` is the folder that it has in place of its disk. `line` is
 * what its line makes of a download.
 */
export function simulatedDevice({
  endpoint,
  thingName,
  disk,
  line = (content) => content,
}: {
  readonly endpoint: string;
  readonly thingName: string;
  readonly disk: string;
  readonly line?: (content: Buffer) => Buffer;
}) {
  const local = (argument: string) =>
    argument.startsWith(DOWNLOADS) ? join(disk, 'downloads', argument.slice(DOWNLOADS.length)) : argument;
  const versions = join(disk, 'versions');

  async function call<T>(method: string, path: string, body: object): Promise<T> {
    const response = await fetch(`${endpoint}/things/${thingName}/jobs${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        // The embedded AWS checks no signature, and reads which service is meant.
        authorization: `AWS4-HMAC-SHA256 Credential=${thingName}/20260101/us-east-1/iot-jobs-data/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  async function download([url = '', path = '']: readonly string[]): Promise<void> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`GET ${url} answered ${response.status}`);
    mkdirSync(dirname(local(path)), { recursive: true });
    writeFileSync(local(path), line(Buffer.from(await response.arrayBuffer())));
  }

  async function run({ action: { input } }: Step): Promise<void> {
    if (input.handler === 'download-file.sh') return await download(input.args);
    // The Device Client passes runAsUser first. This device has no users.
    const env = { ...process.env, OTA_DIR: versions };
    await promisify(execFile)('sh', [HANDLER, '', ...input.args.map(local)], { env });
  }

  async function carryOut(document: JobDocument): Promise<{ readonly status: Status; readonly reason?: string }> {
    if (document.version !== '1.0' || document.steps === undefined) return { status: 'REJECTED', reason: 'no schema 1.0 with steps' };
    try {
      for (const step of document.steps) await run(step);
      return { status: 'SUCCEEDED' };
    } catch (error) {
      const { stderr, message } = error as Error & { readonly stderr?: string };
      return { status: 'FAILED', reason: (stderr ?? message).trim().slice(0, DETAIL_MAX) };
    }
  }

  return {
    /** Takes the next update that is pending and reports what became of it. `undefined` if none is pending. */
    async takeUpdate(): Promise<Taken | undefined> {
      const { execution } = await call<{ execution?: Execution }>('PUT', '/$next', { statusDetails: { step: 'download' } });
      if (execution === undefined) return undefined;
      const { jobId, jobDocument, versionNumber } = execution;
      const done = await carryOut(JSON.parse(jobDocument) as JobDocument);
      const statusDetails = done.reason === undefined ? { step: 'done' } : { reason: done.reason };
      await call('POST', `/${jobId}`, { status: done.status, expectedVersion: versionNumber, statusDetails });
      return { jobId, ...done };
    },

    /** A file of the version in use. Throws if no version is installed or the file is not in it. */
    installedFile: (name: string): string =>
      readFileSync(join(versions, readFileSync(join(versions, 'current'), 'utf8').trim(), name), 'utf8'),
  };
}
