/** A partition of AWS: the Regions that share accounts, the second part of their ARNs, and the end of their hosts. */
export type Partition = { readonly name: string; readonly dnsSuffix: string; readonly dualStackDnsSuffix: string };

/** From `partitions.json`, which every SDK contains. Regions that match no pattern are in the partition `aws`. */
const PARTITIONS: readonly (Partition & { readonly regions: RegExp })[] = [
  { regions: /^cn-/, name: 'aws-cn', dnsSuffix: 'amazonaws.com.cn', dualStackDnsSuffix: 'api.amazonwebservices.com.cn' },
  { regions: /^us-gov-/, name: 'aws-us-gov', dnsSuffix: 'amazonaws.com', dualStackDnsSuffix: 'api.aws' },
  { regions: /^eusc-/, name: 'aws-eusc', dnsSuffix: 'amazonaws.eu', dualStackDnsSuffix: 'api.amazonwebservices.eu' },
  { regions: /^us-iso-/, name: 'aws-iso', dnsSuffix: 'c2s.ic.gov', dualStackDnsSuffix: 'api.aws.ic.gov' },
  { regions: /^us-isob-/, name: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov', dualStackDnsSuffix: 'api.aws.scloud' },
];

const STANDARD: Partition = { name: 'aws', dnsSuffix: 'amazonaws.com', dualStackDnsSuffix: 'api.aws' };

/** How the hosts of AWS end, in every partition. */
export const DNS_SUFFIXES: readonly string[] = [STANDARD, ...PARTITIONS].flatMap(({ dnsSuffix, dualStackDnsSuffix }) => [
  dnsSuffix,
  dualStackDnsSuffix,
]);

/** The partition of a Region. */
export function partitionOf(region: string): Partition {
  return PARTITIONS.find(({ regions }) => regions.test(region)) ?? STANDARD;
}
