import { formatPath } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { validateChannels } from '../../../domain/channels/validate.ts';

const task = { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'a=b', TaskConfigurationId: 'abc' };

/** The faults of a channel with this `artifactUrl`, as `error PATH` and `warning PATH`. */
function faultsOf(artifactUrl: string | undefined, artifactBuckets: readonly string[], region = 'eu-west-1'): string[] {
  const stable = artifactUrl === undefined ? { createOtaTask: task } : { createOtaTask: task, artifactUrl };
  const file = { artifactBuckets, products: { hub: { sources: ['com.acme'], channels: { stable } } } };
  const result = validateChannels(file, { accountId: '123456789012', region, stage: 'local' });
  const [kind, faults] = result.ok ? ['warning', result.warnings] : ['error', result.errors];
  return faults.map(({ path }) => `${kind} ${formatPath(path).replace('products.hub.channels.stable.', '')}`);
}

describe('an artifactUrl with the bucket in its host', () => {
  it.each([
    'https://{bucket}.s3.{region}.amazonaws.com/{key}?versionId={version}',
    'https://{bucket}.s3.amazonaws.com/{key}',
    'https://{bucket}.s3.dualstack.{region}.amazonaws.com/{key}',
    'https://{bucket}.s3-accelerate.amazonaws.com/{key}',
    'https://{bucket}.s3-eu-west-1.amazonaws.com/{key}',
    'https://firmware.acme.example.s3.eu-west-1.amazonaws.com/{key}',
  ])('is an error at S3 if every bucket has a dot: %s', (pattern) => {
    expect(faultsOf(pattern, ['firmware.acme.example', 'acme.images'])).toEqual(['error artifactUrl']);
  });

  it('is a warning at S3 if some buckets have no dot', () => {
    const pattern = 'https://{bucket}.s3.{region}.amazonaws.com/{key}';
    expect(faultsOf(pattern, ['acme-firmware', 'firmware.acme.example'])).toEqual(['warning artifactUrl']);
    expect(faultsOf(pattern, ['acme-firmware'])).toEqual([]);
    expect(faultsOf(pattern, [])).toEqual([]);
  });

  it('is judged by the DNS suffix of the partition', () => {
    expect(faultsOf('https://{bucket}.s3.{region}.amazonaws.com.cn/{key}', ['a.b'], 'cn-north-1')).toEqual(['error artifactUrl']);
  });

  it('is a warning at another host, whose certificate nobody here knows', () => {
    expect(faultsOf('https://{bucket}.cdn.example.com/{key}', ['firmware.acme.example'])).toEqual(['warning artifactUrl']);
    expect(faultsOf('https://{bucket}.cdn.example.com/{key}', ['acme-firmware'])).toEqual([]);
  });

  it.each([
    'https://s3.{region}.amazonaws.com/{bucket}/{key}?versionId={version}',
    'https://cdn.example.com/{bucket}/{key}',
    'https://cdn.example.com/?at={bucket}&key={key}',
    'http://{bucket}.s3.{region}.amazonaws.com/{key}',
    'http://cdn.example.com/{key}?from=https://{bucket}.s3.amazonaws.com',
  ])('is no fault if the bucket is elsewhere, or if there is no TLS: %s', (pattern) => {
    expect(faultsOf(pattern, ['firmware.acme.example'])).toEqual([]);
  });
});

describe('a channel for the Device Client without an artifactUrl', () => {
  const presignedUrlConfig = { roleArn: 'arn:aws:iam::123456789012:role/ota-service' };
  const createJob = { targets: ['arn:aws:iot:eu-west-1:123456789012:thing/a'], presignedUrlConfig };
  const faultsWith = (artifactBuckets: readonly string[], options: object = {}) => {
    const stable = { createJob, format: 'device-client', ...options };
    const result = validateChannels(
      { artifactBuckets, products: { hub: { sources: ['com.acme'], channels: { stable } } } },
      { accountId: '123456789012', region: 'eu-west-1', stage: 'local' },
    );
    return (result.ok ? result.warnings : result.errors).map(({ path }) => `${result.ok ? 'warning' : 'error'} ${path.at(-1)}`);
  };

  it('is an error if every bucket has a dot, since no release could work', () => {
    expect(faultsWith(['firmware.acme.example', 'acme.images'])).toEqual(['error format']);
  });

  it.each([
    ['a bucket has no dot', ['acme-firmware', 'acme.images'], {}],
    ['there is no bucket', [], {}],
    ['it has an artifactUrl', ['acme.images'], { artifactUrl: 'https://cdn.example.com/{key}' }],
    ['the document is for another agent', ['acme.images'], { format: 'plain' }],
  ])('is no fault if %s', (_what, buckets, options) => {
    expect(faultsWith(buckets, options)).toEqual([]);
  });
});

describe('a channel without an artifactUrl', () => {
  it('gets one warning, whether its buckets have dots or not', () => {
    for (const bucket of ['acme-firmware', 'firmware.acme.example']) expect(faultsOf(undefined, [bucket])).toEqual(['warning artifactUrl']);
  });
});
