/** A partition of AWS: a group of regions. It is the second part of every ARN, and it has DNS names and accounts of its own. */
export type Partition = { readonly name: string; readonly dnsSuffix: string };

/** By the beginning of a region's name, as the AWS SDKs have them. `test/regions.test.ts` compares both. */
const partitions: readonly (readonly [beginning: string, Partition])[] = [
  ['cn-', { name: 'aws-cn', dnsSuffix: 'amazonaws.com.cn' }],
  ['us-gov-', { name: 'aws-us-gov', dnsSuffix: 'amazonaws.com' }],
  ['eusc-', { name: 'aws-eusc', dnsSuffix: 'amazonaws.eu' }],
  ['us-iso-', { name: 'aws-iso', dnsSuffix: 'c2s.ic.gov' }],
  ['us-isob-', { name: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov' }],
  ['eu-isoe-', { name: 'aws-iso-e', dnsSuffix: 'cloud.adc-e.uk' }],
  ['us-isof-', { name: 'aws-iso-f', dnsSuffix: 'csp.hci.ic.gov' }],
];

const commercial: Partition = { name: 'aws', dnsSuffix: 'amazonaws.com' };

/** The partition of a region. `aws` for a region that is not known, as in the AWS SDKs: most new regions are in that partition. */
export function partitionOf(region: string): Partition {
  return partitions.find(([beginning]) => region.startsWith(beginning))?.[1] ?? commercial;
}

/** The regions that have managed integrations (AWS General Reference, endpoints of managed integrations, November 2026). */
export const managedIntegrationsRegions: readonly string[] = ['ca-central-1', 'eu-west-1', 'me-central-1'];
