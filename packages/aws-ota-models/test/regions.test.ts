import { S3Client } from '@aws-sdk/client-s3';
import { partition } from '@aws-sdk/core/client';
import { describe, expect, it } from 'vitest';
import { managedIntegrationsRegions, partitionOf } from '../src/regions.ts';

const regions = [
  ['us-east-1', 'aws'],
  ['eu-west-1', 'aws'],
  ['ca-central-1', 'aws'],
  ['me-central-1', 'aws'],
  ['mx-central-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['ap-atlantis-1', 'aws'],
] as const;

describe('the partition of a region', () => {
  it.each(regions)('of %s is %s', (region, name) => {
    expect(partitionOf(region).name).toBe(name);
  });

  it.each(regions)('of %s has the name and the DNS suffix that the SDK knows', (region) => {
    const { name, dnsSuffix } = partition(region);
    expect(partitionOf(region)).toEqual({ name, dnsSuffix });
  });

  it.each(regions)('of %s gives the host at which the SDK looks for S3', async (region) => {
    const { endpointProvider } = new S3Client({ region }).config;
    const { url } = endpointProvider({ Region: region, Bucket: 'acme-firmware', UseGlobalEndpoint: false });
    expect(url.hostname).toBe(`acme-firmware.s3.${region}.${partitionOf(region).dnsSuffix}`);
  });
});

describe('the regions of managed integrations', () => {
  it('are those of the AWS General Reference', () => {
    expect(managedIntegrationsRegions).toEqual(['ca-central-1', 'eu-west-1', 'me-central-1']);
  });
});
