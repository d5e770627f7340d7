import { createHash, randomBytes } from 'node:crypto';
import { AwsError } from '../aws-error.ts';
import type { ObjectStore } from '../service.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksum.ts';

/** A version of an object, or the marker that it was deleted. */
export type Version = {
  readonly key: string;
  /** `null` if the bucket was not versioned when it was written. */
  readonly id: string;
  readonly body: Buffer;
  /** With its quotes. */
  readonly etag: string;
  readonly modified: number;
  /** Headers that are returned as they came: content-type, x-amz-meta-*, encryption. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum: Checksum | undefined;
  /** Of an object that was uploaded in parts: the size of each part in bytes, and its checksum in base64. */
  readonly parts: readonly { readonly size: number; readonly checksum: string | undefined }[] | undefined;
  readonly deleted: boolean;
  tags: Readonly<Record<string, string>>;
};

export type Part = {
  readonly number: number;
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: number;
  readonly checksum: Checksum | undefined;
};

export type MultipartUpload = {
  readonly id: string;
  readonly key: string;
  readonly started: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly type: ChecksumType;
  readonly parts: Map<number, Part>;
};

export type Bucket = {
  readonly name: string;
  readonly region: string;
  readonly created: number;
  versioning: 'Enabled' | 'Suspended' | undefined;
  /** Sub-resources that are returned as they came, such as `policy`, by their name in the query. */
  readonly settings: Map<string, string>;
  /** Newest version first. */
  readonly objects: Map<string, Version[]>;
  readonly uploads: Map<string, MultipartUpload>;
};

export type NewVersion = Pick<Version, 'key' | 'body' | 'etag' | 'headers' | 'checksum' | 'parts' | 'deleted' | 'tags'>;

export type BucketStore = {
  readonly buckets: Map<string, Bucket>;
  /** Throws NoSuchBucket. */
  bucket(name: string): Bucket;
  /** Adds a version. Without versioning it replaces the `null` version. */
  write(bucket: Bucket, version: NewVersion): Version;
  /** The newest version; `undefined` if it is a delete marker. */
  current(bucket: Bucket, key: string): Version | undefined;
  /** The requested version, as GetObject sees it. Throws NoSuchKey, NoSuchVersion or MethodNotAllowed. */
  read(bucket: Bucket, key: string, versionId: string | undefined): Version;
  /** Deletes a version for good or adds a delete marker, as AWS would. */
  remove(bucket: Bucket, key: string, versionId: string | undefined): { readonly marker: boolean; readonly versionId: string | undefined };
  readonly objects: ObjectStore;
};

/** The ETag of a body that was uploaded in one piece. */
export function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

/** Buckets in memory. */
export function createBucketStore(now: () => number): BucketStore {
  const buckets = new Map<string, Bucket>();

  const bucket = (name: string) => {
    const found = buckets.get(name);
    if (found === undefined)
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404, fields: { BucketName: name } });
    return found;
  };

  const find = (owner: Bucket, key: string, versionId: string | undefined) => {
    const versions = owner.objects.get(key) ?? [];
    return versionId === undefined ? versions[0] : versions.find(({ id }) => id === versionId);
  };

  const current = (owner: Bucket, key: string) => {
    const version = find(owner, key, undefined);
    return version?.deleted ? undefined : version;
  };

  function keep(owner: Bucket, key: string, versions: Version[]): void {
    if (versions.length === 0) owner.objects.delete(key);
    else owner.objects.set(key, versions);
  }

  function write(owner: Bucket, version: NewVersion): Version {
    const id = owner.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null';
    const others = (owner.objects.get(version.key) ?? []).filter((other) => id !== 'null' || other.id !== 'null');
    const written: Version = { ...version, id, modified: now() };
    keep(owner, version.key, [written, ...others]);
    return written;
  }

  return {
    buckets,
    bucket,
    write,
    current,
    read(owner, key, versionId) {
      const version = find(owner, key, versionId);
      if (version === undefined && versionId !== undefined) {
        throw new AwsError('NoSuchVersion', 'The specified version does not exist.', {
          status: 404,
          fields: { Key: key, VersionId: versionId },
        });
      }
      if (version === undefined)
        throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, fields: { Key: key } });
      if (!version.deleted) return version;
      const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.id };
      if (versionId === undefined)
        throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, fields: { Key: key, headers } });
      throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        status: 405,
        fields: { headers },
      });
    },
    remove(owner, key, versionId) {
      const versions = owner.objects.get(key) ?? [];
      if (versionId !== undefined) {
        const removed = versions.find(({ id }) => id === versionId);
        keep(
          owner,
          key,
          versions.filter((version) => version !== removed),
        );
        return { marker: removed?.deleted ?? false, versionId };
      }
      if (owner.versioning === undefined) {
        owner.objects.delete(key);
        return { marker: false, versionId: undefined };
      }
      const marker = {
        key,
        body: Buffer.alloc(0),
        etag: '',
        headers: {},
        checksum: undefined,
        parts: undefined,
        deleted: true,
        tags: {},
      };
      return { marker: true, versionId: write(owner, marker).id };
    },
    objects: {
      head(name, key, versionId) {
        const owner = buckets.get(name);
        const version = owner === undefined ? undefined : find(owner, key, versionId);
        return version === undefined || version.deleted ? undefined : { size: version.body.length, version: version.id };
      },
      get(name, key, versionId) {
        const owner = buckets.get(name);
        const version = owner === undefined ? undefined : find(owner, key, versionId);
        return version === undefined || version.deleted ? undefined : version.body;
      },
      isVersioned: (name) => buckets.get(name)?.versioning === 'Enabled',
    },
  };
}
