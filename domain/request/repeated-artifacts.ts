import { formatPath, type Segment } from 'aws-ota-models';
import { canonicalJson } from '../json/canonical.ts';
import type { Artifact, Release } from '../release/release.ts';

/** A warning about two artifacts of one release. `path` is relative to `detail`, and leads to the later of the two. */
export type Repeated = { readonly path: string; readonly message: string };

/**
 * Each artifact with the S3 object of an earlier one, or with its fileName and fileType. AWS takes both, because only the device
 * knows what it does with a file. So neither is a rejection. Never throws on a release that was accepted.
 */
export function findRepeatedArtifacts({ artifacts }: Release): Repeated[] {
  return [
    ...repeatedBy(artifacts, nameOf, ['fileName'], 'has the same fileName, so a device may write one file over the other'),
    ...repeatedBy(artifacts, objectOf, ['fileLocation', 's3Location'], 'has the same S3 object, so a device may get one file twice'),
  ];
}

const nameOf = ({ fileName, fileType }: Artifact) => (fileName === undefined ? undefined : canonicalJson([fileName, fileType ?? null]));
const objectOf = ({ fileLocation }: Artifact) => fileLocation?.s3Location && canonicalJson(fileLocation.s3Location);

function repeatedBy(
  artifacts: readonly Artifact[],
  keyOf: (artifact: Artifact) => string | undefined,
  member: readonly Segment[],
  rule: string,
): Repeated[] {
  const firstWith = new Map<string, number>();
  return artifacts.flatMap((artifact, index) => {
    const key = keyOf(artifact);
    if (key === undefined) return [];
    const first = firstWith.get(key);
    if (first === undefined) firstWith.set(key, index);
    return first === undefined ? [] : [{ path: formatPath(['artifacts', index, ...member]), message: `artifacts[${first}] ${rule}` }];
  });
}
