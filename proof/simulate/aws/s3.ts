import { BUCKET } from '../configurations.ts';
import { AwsError, type Input, type SimulatedService } from '../transport.ts';

type Stored = { readonly body: Uint8Array; readonly sha256Base64: string | undefined };

/** The service's bucket of job documents. */
export const DOCUMENTS = 'ota-dispatch-sim-documents';

/** S3 with two versioned buckets. Artifacts are read at a version, documents are written once. */
export function s3(): SimulatedService & {
  readonly put: (bucket: string, key: string, version: string, stored: Stored) => void;
  readonly has: (bucket: string, key: string) => boolean;
} {
  const objects = new Map<string, Stored>();
  const keys = new Set<string>();
  const put = (bucket: string, key: string, version: string, stored: Stored): void => {
    objects.set(`${bucket}/${key}@${version}`, stored);
    keys.add(`${bucket}/${key}`);
  };
  let writes = 0;
  return {
    name: 's3',
    put,
    has: (bucket, key) => keys.has(`${bucket}/${key}`),
    handle: (operation: string, input: Input): unknown => {
      const { Bucket: bucket, Key: key, VersionId: version } = input as { Bucket: string; Key: string; VersionId: string };
      // A response to HEAD has no body that could name the error.
      if (operation === 'HeadObject') return headOf(objects.get(`${bucket}/${key}@${version}`));
      if (bucket !== BUCKET && bucket !== DOCUMENTS) throw new AwsError('NoSuchBucket', 'no such bucket');
      if (operation === 'PutObject') {
        if (input['IfNoneMatch'] === '*' && keys.has(`${bucket}/${key}`)) throw new AwsError('PreconditionFailed', 'is there');
        writes += 1;
        put(bucket, key, `v${writes}`, { body: input['Body'] as Uint8Array, sha256Base64: undefined });
        return { VersionId: `v${writes}` };
      }
      if (operation !== 'GetObject') throw new Error(`S3 is not simulated for ${operation}`);
      return { Body: bodyOf(objects.get(`${bucket}/${key}@${version}`), input['Range'] as string | undefined) };
    },
  };
}

function headOf(stored: Stored | undefined): object {
  if (!stored) throw new AwsError('NotFound', 'UnknownError');
  const { body, sha256Base64 } = stored;
  const checksum = sha256Base64 === undefined ? {} : { ChecksumSHA256: sha256Base64, ChecksumType: 'FULL_OBJECT' };
  return { ContentLength: body.byteLength, ...checksum };
}

function bodyOf(stored: Stored | undefined, range: string | undefined): AsyncIterable<Uint8Array> {
  if (!stored) throw new AwsError('NoSuchVersion', 'no such version');
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from !== undefined && Number(from) >= stored.body.byteLength) throw new AwsError('InvalidRange', 'not so long');
  const body = from === undefined ? stored.body : stored.body.subarray(Number(from), Number(to) + 1);
  return (async function* () {
    yield body;
  })();
}
