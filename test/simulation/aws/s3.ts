import { AwsError, type Input, type SimulatedService } from '../transport.ts';

type Stored = { readonly body: Uint8Array; readonly sha256Base64: string | undefined };

/** Versioned objects: artifacts are read at a version, documents are written once. */
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
  return {
    name: 's3',
    put,
    has: (bucket, key) => keys.has(`${bucket}/${key}`),
    handle: (operation: string, input: Input): unknown => {
      const { Bucket: bucket, Key: key, VersionId: version } = input as { Bucket: string; Key: string; VersionId: string };
      if (operation === 'PutObject') {
        if (input['IfNoneMatch'] === '*' && keys.has(`${bucket}/${key}`)) throw new AwsError('PreconditionFailed', 'is there');
        put(bucket, key, 'v1', { body: input['Body'] as Uint8Array, sha256Base64: undefined });
        return { VersionId: 'v1' };
      }
      const stored = objects.get(`${bucket}/${key}@${version}`);
      if (operation === 'HeadObject') {
        if (!stored) throw new AwsError('NotFound', 'UnknownError');
        const checksum = stored.sha256Base64 === undefined ? {} : { ChecksumSHA256: stored.sha256Base64, ChecksumType: 'FULL_OBJECT' };
        return { ContentLength: stored.body.byteLength, ...checksum };
      }
      if (operation !== 'GetObject') throw new Error(`S3 is not simulated for ${operation}`);
      if (!stored) throw new AwsError('NoSuchVersion', 'no such version');
      return {
        Body: (async function* () {
          yield stored.body;
        })(),
      };
    },
  };
}
