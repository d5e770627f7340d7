import { type Rejection, reject } from '../release/rejection.ts';
import type { Artifact } from '../release/release.ts';
import { controlPlanes, type Operation } from './control-planes.ts';

/** What S3 says about an object at its version; `sha256` in lower-case hex. */
export type ArtifactFacts = { readonly found: false } | { readonly found: true; readonly sizeBytes: number; readonly sha256?: string };

/**
 * What the stored object says about an artifact: undefined where it is as released. `path` is the artifact's
 * (`artifacts[0]`). What the release does not declare is not judged; a digest that S3 cannot tell is ARTIFACT_NOT_VERIFIABLE.
 */
export function judgeArtifact(artifact: Artifact, path: string, facts: ArtifactFacts, takers: readonly Operation[]): Rejection | undefined {
  if (!facts.found)
    return reject('ARTIFACT_NOT_FOUND', `${path}.fileLocation.s3Location`, 'S3 has no such object at that version').rejection;
  if (artifact.sizeBytes !== undefined && artifact.sizeBytes !== facts.sizeBytes) {
    return reject('ARTIFACT_MISMATCH', `${path}.sizeBytes`, `the object has ${facts.sizeBytes} bytes`).rejection;
  }
  if (artifact.sha256 !== undefined && facts.sha256 !== undefined && artifact.sha256 !== facts.sha256) {
    return reject('ARTIFACT_MISMATCH', `${path}.sha256`, 'the object has another SHA-256').rejection;
  }
  const tooLarge = judgeSize(artifact, path, facts.sizeBytes, takers);
  if (tooLarge || artifact.sha256 === undefined || facts.sha256 !== undefined) return tooLarge;
  const message =
    'S3 stores no SHA-256 of the object, and it is too large to hash here, by itself or with those before it: upload it with one';
  return reject('ARTIFACT_NOT_VERIFIABLE', `${path}.sha256`, message).rejection;
}

/** ARTIFACT_TOO_LARGE where one of the control planes that take the artifact does not take so many bytes. */
export function judgeSize({ jobDocument }: Artifact, path: string, sizeBytes: number, takers: readonly Operation[]): Rejection | undefined {
  const limits = takers.map((operation) => controlPlanes[operation][jobDocument ? 'jobDocumentBytesMax' : 'artifactBytesMax']);
  const most = Math.min(...limits);
  if (sizeBytes <= most) return undefined;
  return reject('ARTIFACT_TOO_LARGE', `${path}.sizeBytes`, `more than the ${most} bytes that the service takes`).rejection;
}
