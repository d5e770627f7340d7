import { type Rejection, reject } from '../release/rejection.ts';
import type { Artifact } from '../release/release.ts';
import { controlPlanes, type Operation } from './control-planes.ts';

/** What S3 reports about an object at its version. `sha256` in lower-case hex. Nobody can read an archived object. */
export type ArtifactFacts =
  | { readonly found: false }
  | { readonly found: true; readonly sizeBytes: number; readonly sha256?: string; readonly archived?: true };

/**
 * Compares an artifact with its object in S3. Undefined if the object is as released. `path` leads to the artifact
 * (`artifacts[0]`). Only what the release declares is compared. ARTIFACT_NOT_VERIFIABLE if S3 has
 * archived the object, or has no digest to compare.
 * `takers` are the control planes of the release.
 */
export function judgeArtifact(artifact: Artifact, path: string, facts: ArtifactFacts, takers: readonly Operation[]): Rejection | undefined {
  if (!facts.found) return reject('ARTIFACT_NOT_FOUND', `${path}.fileLocation.s3Location`, 'S3 has no such object version').rejection;
  if (facts.archived) {
    const remedy = 'S3 has archived the object, so neither AWS nor a device can read it: restore it, or upload it in another storage class';
    return reject('ARTIFACT_NOT_VERIFIABLE', `${path}.fileLocation.s3Location`, remedy).rejection;
  }
  if (artifact.sizeBytes !== undefined && artifact.sizeBytes !== facts.sizeBytes) {
    return reject('ARTIFACT_MISMATCH', `${path}.sizeBytes`, `the object has ${facts.sizeBytes} bytes`).rejection;
  }
  if (artifact.sha256 !== undefined && facts.sha256 !== undefined && artifact.sha256 !== facts.sha256) {
    return reject('ARTIFACT_MISMATCH', `${path}.sha256`, 'the object has a different SHA-256').rejection;
  }
  const tooLarge = judgeSize(artifact, path, facts.sizeBytes, takers);
  if (tooLarge || artifact.sha256 === undefined || facts.sha256 !== undefined) return tooLarge;
  const message = 'S3 stores no SHA-256 of the object, and the artifacts are too large to hash here: upload it with a SHA-256 checksum';
  return reject('ARTIFACT_NOT_VERIFIABLE', `${path}.sha256`, message).rejection;
}

/** ARTIFACT_TOO_LARGE if a control plane of the release does not take so many bytes. `path` leads to the artifact. */
export function judgeSize({ jobDocument }: Artifact, path: string, sizeBytes: number, takers: readonly Operation[]): Rejection | undefined {
  const limits = takers.map((operation) => controlPlanes[operation][jobDocument ? 'jobDocumentBytesMax' : 'artifactBytesMax']);
  const most = Math.min(...limits);
  if (sizeBytes <= most) return undefined;
  return reject('ARTIFACT_TOO_LARGE', `${path}.sizeBytes`, `the artifact has more than the ${most} bytes that the service takes`).rejection;
}
