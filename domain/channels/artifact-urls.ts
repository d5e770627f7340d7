import { type Problem, partitionOf } from 'aws-ota-models';
import type { Channel, Channels } from './schema.ts';

/** What {@link judgeArtifactUrls} finds. */
export type ArtifactUrlFaults = { readonly errors: readonly Problem[]; readonly warnings: readonly Problem[] };

/**
 * The faults of each `artifactUrl` with https that has the name of a bucket with a dot in its host. A wildcard in a
 * certificate stands for one label. So at the host of S3 such a URL is an error if no bucket of `artifactBuckets` can work,
 * and a warning if some can. At any other host it is a warning, because nobody here knows the certificate.
 *
 * A channel for the AWS IoT Device Client takes presigned URLs only of buckets without dots. So it is an error if it has no
 * `artifactUrl`, and every bucket has a dot: each release would be rejected, with the bucket as the reason.
 *
 * Paths lead from the top of the file.
 */
export function judgeArtifactUrls({ artifactBuckets, products }: Channels, region: string): ArtifactUrlFaults {
  const found = Object.entries(products).flatMap(([product, { channels }]) =>
    Object.entries(channels).flatMap(([name, channel]) => {
      if (isForDottedBucketsOnly(channel, artifactBuckets))
        return [{ isError: true, message: noBucketForClient, path: ['products', product, 'channels', name, 'format'] }];
      const pattern = 'artifactUrl' in channel ? channel.artifactUrl : undefined;
      const fault = pattern === undefined ? undefined : faultOf(pattern, artifactBuckets, region);
      return fault === undefined ? [] : [{ ...fault, path: ['products', product, 'channels', name, 'artifactUrl'] }];
    }),
  );
  const those = (isError: boolean) => found.filter((fault) => fault.isError === isError).map(({ path, message }) => ({ path, message }));
  return { errors: those(true), warnings: those(false) };
}

const noBucketForClient =
  'every bucket of artifactBuckets has a dot, and the AWS IoT Device Client takes no presigned URL of those: set artifactUrl, or use another bucket';

function isForDottedBucketsOnly(channel: Channel, buckets: readonly string[]): boolean {
  if (channel.createJob === undefined || channel.format !== 'device-client' || channel.artifactUrl !== undefined) return false;
  return buckets.length > 0 && buckets.every((bucket) => bucket.includes('.'));
}

function faultOf(
  pattern: string,
  buckets: readonly string[],
  region: string,
): { readonly isError: boolean; readonly message: string } | undefined {
  const host = /^https:\/\/([^/?#]+)/.exec(pattern)?.[1]?.replaceAll('{region}', region);
  if (host === undefined) return undefined;
  const { dnsSuffix } = partitionOf(region);
  // The name of the bucket in a host of S3, such as BUCKET.s3.eu-west-1.amazonaws.com or BUCKET.s3-accelerate.amazonaws.com.
  const ofS3 = host.endsWith(`.${dnsSuffix}`) ? /^(.+)\.s3[.-]/.exec(host)?.[1] : undefined;
  const inHost = ofS3 ?? (host.includes('{bucket}') ? '{bucket}' : '');
  const names = buckets.map((bucket) => inHost.replaceAll('{bucket}', bucket));
  const unreadable = names.filter((name) => name.includes('.'));
  if (unreadable.length === 0) return undefined;
  const named = [...new Set(unreadable)].map((name) => `"${name}"`).join(', ');
  if (ofS3 === undefined) {
    const message = `a certificate with a wildcard does not cover ${named} in the host, because it has a dot: write {bucket} into the path`;
    return { isError: false, message };
  }
  const remedy = `write https://s3.{region}.${dnsSuffix}/{bucket}/{key}?versionId={version}`;
  return {
    isError: unreadable.length === names.length,
    message: `the certificate of S3 does not cover ${named} in the host, because it has a dot: ${remedy}`,
  };
}
