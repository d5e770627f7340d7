/** Prefixes and suffixes that S3 keeps for itself (S3 user guide, "General purpose bucket naming rules"). */
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** Whether a bucket may have this name: 3 to 63 lower-case letters, digits, hyphens and single dots, and not an IP address. */
export function isBucketName(name: string): boolean {
  const isSpelledRight = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(name) && !name.includes('..');
  return isSpelledRight && !/^\d+(?:\.\d+){3}$/.test(name) && !RESERVED.test(name);
}

/**
 * The bucket that a Host header names in front of an S3 host or of `localhost`, with its dots. `undefined` if the bucket is in the
 * path. A bucket has at least three characters, so the bucket of `s3.localhost` is in the path.
 */
export function bucketOfHost(host: string | undefined): string | undefined {
  return host?.toLowerCase().match(/^([a-z\d][a-z\d.-]+[a-z\d])\.(?:s3[\w.-]*|localhost)(?::\d+)?$/)?.[1];
}
