import type { Rejection } from '../domain/release/rejection.ts';
import type { Release } from '../domain/release/release.ts';
import { controlPlanes } from '../domain/request/control-planes.ts';
import { judgeArtifact } from '../domain/request/judge-artifact.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import type { Invocation, Services } from './services.ts';

/** What a function can read and hash in its time, of one object or of all those of a release that S3 stores no digest of. MI has no documented limit of its own. */
const READ_BYTES_MAX = 512 * 1024 * 1024;

/** A look at S3, and the claim that follows the last. What has to be read is timed by its bytes. */
const MIN_MS_LEFT_FOR_AN_ARTIFACT = 15_000;

/**
 * Compares each artifact that lies in S3 with the object at its version, once for the strictest service that
 * takes it. Answers what is wrong; throws where S3 could not be asked, or not in the time that is left.
 */
export async function verifyArtifacts(
  release: Release,
  rollouts: readonly PlannedRollout[],
  invocation: Invocation,
  services: Services,
): Promise<Rejection[]> {
  const takers = [...new Set(rollouts.map(({ operation }) => operation))];
  const maxBytes = Math.min(READ_BYTES_MAX, ...takers.map((operation) => controlPlanes[operation].artifactBytesMax));
  let bytesLeft = READ_BYTES_MAX;
  const rejections: Rejection[] = [];
  for (const [index, artifact] of release.artifacts.entries()) {
    const location = artifact.fileLocation?.s3Location;
    if (!location) continue;
    if (invocation.millisecondsLeft() < MIN_MS_LEFT_FOR_AN_ARTIFACT) throw new Error(`too little time left to verify artifacts[${index}]`);
    const facts = await services.artifacts.facts(location, Math.min(maxBytes, bytesLeft));
    bytesLeft -= facts.bytesRead ?? 0;
    const rejection = judgeArtifact(artifact, `artifacts[${index}]`, facts, takers);
    if (rejection) rejections.push(rejection);
  }
  return rejections;
}
