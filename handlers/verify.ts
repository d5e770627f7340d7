import type { Rejection } from '../domain/release/rejection.ts';
import type { Release } from '../domain/release/release.ts';
import { controlPlanes } from '../domain/request/control-planes.ts';
import { judgeArtifact } from '../domain/request/judge-artifact.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import type { Invocation, Services } from './services.ts';

/** The bytes that a function can read and hash in its time, over all objects of a release that have no SHA-256 in S3. */
const READ_BYTES_MAX = 512 * 1024 * 1024;

/** Enough for one check in S3 and the claim that follows the last one. The limit of bytes bounds the time of reading. */
const MIN_MS_LEFT_FOR_AN_ARTIFACT = 15_000;

/**
 * Compares each artifact in S3 with the release, at its version. It does so once, under the limits of the strictest control
 * plane of the release. Returns a rejection per wrong artifact. Throws if S3 fails, or if not enough time is left.
 */
export async function verifyArtifacts(
  release: Release,
  rollouts: readonly PlannedRollout[],
  invocation: Invocation,
  services: Services,
): Promise<Rejection[]> {
  const operations = [...new Set(rollouts.map(({ operation }) => operation))];
  const maxBytes = Math.min(READ_BYTES_MAX, ...operations.map((operation) => controlPlanes[operation].artifactBytesMax));
  let bytesLeft = READ_BYTES_MAX;
  const rejections: Rejection[] = [];
  for (const [index, artifact] of release.artifacts.entries()) {
    const location = artifact.fileLocation?.s3Location;
    if (!location) continue;
    if (invocation.millisecondsLeft() < MIN_MS_LEFT_FOR_AN_ARTIFACT)
      throw new Error(`not enough time left to verify artifacts[${index}]; the record will be redelivered`);
    const facts = await services.artifacts.facts(location, Math.min(maxBytes, bytesLeft));
    bytesLeft -= facts.bytesRead ?? 0;
    const rejection = judgeArtifact(artifact, `artifacts[${index}]`, facts, operations);
    if (rejection) rejections.push(rejection);
  }
  return rejections;
}
