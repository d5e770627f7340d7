import type { Rejection } from '../domain/release/rejection.ts';
import type { Release } from '../domain/release/release.ts';
import { OTA_FILE_BYTES_MAX } from '../domain/request/documented-limits.ts';
import { judgeArtifact, type PlannedRollout } from '../domain/request/plan.ts';
import type { Services } from './ports.ts';

/** MI has no documented limit of its own; beyond this a function could not hash the object in its time. */
const MI_FILE_BYTES_MAX = 512 * 1024 * 1024;

/**
 * Compares each artifact that lies in S3 with the object at its version, once for the strictest service that
 * takes it. Answers what is wrong; throws where S3 could not be asked.
 */
export async function verifyArtifacts(release: Release, rollouts: readonly PlannedRollout[], services: Services): Promise<Rejection[]> {
  const service = rollouts.some((rollout) => rollout.service === 'iot') ? 'iot' : 'iotmanagedintegrations';
  const maxBytes = service === 'iot' ? OTA_FILE_BYTES_MAX : MI_FILE_BYTES_MAX;
  const rejections: Rejection[] = [];
  for (const [index, artifact] of release.artifacts.entries()) {
    const location = artifact.fileLocation?.s3Location;
    if (!location) continue;
    const facts = await services.artifacts.facts(location, maxBytes);
    const rejection = judgeArtifact(artifact, `artifacts[${index}]`, facts, service);
    if (rejection) rejections.push(rejection);
  }
  return rejections;
}
