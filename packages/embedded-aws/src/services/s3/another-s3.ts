import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { locateDocument, type ObjectLocation } from '../rest-json/document-source.ts';
import type { ObjectStore, Service } from '../service.ts';

/** Another S3, for control planes that read objects which the embedded S3 does not have. */
export type AnotherS3 = {
  /** The objects of the embedded S3, and copies of those that were fetched. */
  readonly objects: ObjectStore;
  /** The service, which first fetches the objects that a request names. It answers 500 if the other S3 does not answer. */
  reading(service: Service): Service;
  close(): void;
};

/**
 * Reads from the S3 at `endpoint` what `own` does not have. A control plane decides at once and not after a request, so each
 * object that a request names is copied before the request is handled. An object that is missing or forbidden there is missing
 * here.
 */
export function createAnotherS3(endpoint: string, region: string, own: ObjectStore): AnotherS3 {
  const copies = new Map<string, { readonly body: Buffer; readonly version: string }>();
  const versioned = new Set<string>();
  let client: Promise<S3Client> | undefined;

  const nameOf = ({ bucket, key, version }: ObjectLocation) => JSON.stringify([bucket, key, version ?? null]);
  const copyOf = (bucket: string, key: string, version?: string) => copies.get(nameOf({ bucket, key, version }));

  async function connect(): Promise<S3Client> {
    // Loaded only here: most who start the embedded AWS have no other S3.
    const { S3Client } = await import('@aws-sdk/client-s3');
    return new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  }

  async function fetchObject(location: ObjectLocation): Promise<void> {
    const { bucket: Bucket, key: Key, version: VersionId } = location;
    const { GetBucketVersioningCommand, GetObjectCommand } = await import('@aws-sdk/client-s3');
    client ??= connect();
    const s3 = await client;
    try {
      const { Body, VersionId: version = 'null' }: GetObjectCommandOutput = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
      copies.set(nameOf(location), { body: Buffer.from((await Body?.transformToByteArray()) ?? []), version });
      const { Status } = await s3.send(new GetBucketVersioningCommand({ Bucket }));
      if (Status === 'Enabled') versioned.add(Bucket);
    } catch (error) {
      // Without an HTTP status there was no answer.
      const { httpStatusCode: status = 500 } = (error as { $metadata?: { httpStatusCode?: number } }).$metadata ?? {};
      if (status >= 500) throw error;
      copies.delete(nameOf(location));
    }
  }

  return {
    objects: {
      head(bucket, key, version) {
        const copy = copyOf(bucket, key, version);
        return own.head(bucket, key, version) ?? (copy && { size: copy.body.length, version: copy.version });
      },
      get: (bucket, key, version) => own.get(bucket, key, version) ?? copyOf(bucket, key, version)?.body,
      isVersioned: (bucket) => own.isVersioned(bucket) || versioned.has(bucket),
    },
    reading: (service) => ({
      ...service,
      async handle(request) {
        try {
          const missing = locationsIn(parsed(request.body)).filter(
            ({ bucket, key, version }) => own.head(bucket, key, version) === undefined,
          );
          for (const location of missing) await fetchObject(location);
        } catch (error) {
          return service.error(500, 'InternalFailureException', `The S3 at ${endpoint} did not answer: ${(error as Error).message}`);
        }
        return await service.handle(request);
      },
    }),
    close() {
      void client?.then((s3) => s3.destroy());
    },
  };
}

/** The service itself says what is wrong with a body that is not JSON. */
function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Every object that a request names: in `s3Location`, and in the two members that name a document. */
function locationsIn(value: unknown): ObjectLocation[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): ObjectLocation[] => {
    if (name === 's3Location' && isLocation(member)) return [member];
    if ((name === 'S3Url' || name === 'documentSource') && typeof member === 'string') return [locateDocument(member) ?? []].flat();
    return locationsIn(member);
  });
}

function isLocation(value: unknown): value is ObjectLocation {
  const { bucket, key, version } = (value ?? {}) as Record<string, unknown>;
  return typeof bucket === 'string' && typeof key === 'string' && (version === undefined || typeof version === 'string');
}
