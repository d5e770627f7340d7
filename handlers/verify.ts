import type { Rejection } from '../domain/release/rejection.ts';
import type { Artifact, Release } from '../domain/release/release.ts';
import type { Operation } from '../domain/request/control-planes.ts';
import { type ArtifactFacts, judgeArtifact } from '../domain/request/judge-artifact.ts';
import type { PlannedRollout } from '../domain/request/planned-rollout.ts';
import type { Invocation, Services } from './services.ts';

/** The bytes that a function can read and hash in its time, over all objects of a release that have no SHA-256 in S3. */
const READ_BYTES_MAX = 512 * 1024 * 1024;

/**
 * How fast the service counts on reading. Reading and hashing 96 MiB took 0.5 s of CPU time. With 1,024 MB, a function has 0.58 of
 * a vCPU (AWS documents a whole one at 1,769 MB), so 512 MiB take 5 s. The network may be slower. At this rate they take 16 s.
 */
const READ_BYTES_PER_MS = (32 * 1024 * 1024) / 1000;

/** Enough for one check in S3 and the claim that follows the last one. */
const MIN_MS_LEFT_FOR_AN_ARTIFACT = 15_000;

type Location = { readonly bucket: string; readonly key: string; readonly version: string };
type Checked = { readonly artifact: Artifact; readonly path: string; readonly location: Location; readonly facts: ArtifactFacts };

/**
 * Compares each artifact in S3 with the release, at its version. It does so once, under the limits of the strictest control
 * plane of the release. Returns a rejection per wrong artifact. Throws if S3 fails, or if not enough time is left. Objects
 * without a SHA-256 in S3 are read. Records of one invocation read in turn, because they share its CPU and its time.
 */
export async function verifyArtifacts(
  release: Release,
  rollouts: readonly PlannedRollout[],
  invocation: Invocation,
  services: Services,
): Promise<Rejection[]> {
  const operations = [...new Set(rollouts.map(({ operation }) => operation))];
  const checked: Checked[] = [];
  for (const [index, artifact] of release.artifacts.entries()) {
    const location = artifact.fileLocation?.s3Location;
    if (!location) continue;
    const path = `artifacts[${index}]`;
    requireTime(invocation, MIN_MS_LEFT_FOR_AN_ARTIFACT, `verify ${path}`);
    checked.push({ artifact, path, location, facts: await services.untilRead(() => services.artifacts.facts(location), invocation) });
  }
  const unread = toRead(checked, operations);
  const read = unread.length === 0 ? [] : await invocation.inTurn('read artifacts', () => readAll(unread, invocation, services));
  return checked.flatMap((one) => judge(read.find(({ path }) => path === one.path) ?? one, operations) ?? []);
}

/** The artifacts that only a missing SHA-256 keeps from being judged, as long as all of them can be read in time. */
function toRead(checked: readonly Checked[], operations: readonly Operation[]): Checked[] {
  let bytesLeft = READ_BYTES_MAX;
  return checked.filter((one) => {
    const { facts } = one;
    if (!facts.found || facts.archived || judge(one, operations)?.code !== 'ARTIFACT_NOT_VERIFIABLE') return false;
    if (facts.sizeBytes > bytesLeft) return false;
    bytesLeft -= facts.sizeBytes;
    return true;
  });
}

/** Reads all or none: a record that began and could not end would waste the time of the others. */
async function readAll(unread: readonly Checked[], invocation: Invocation, services: Services): Promise<Checked[]> {
  const bytes = unread.reduce((sum, { facts }) => sum + sizeOf(facts), 0);
  requireTime(invocation, MIN_MS_LEFT_FOR_AN_ARTIFACT + bytes / READ_BYTES_PER_MS, `read ${bytes} bytes of artifacts`);
  const read: Checked[] = [];
  for (const one of unread) {
    read.push({ ...one, facts: await services.artifacts.read(one.location, sizeOf(one.facts), invocation) });
  }
  return read;
}

function requireTime({ millisecondsLeft }: Invocation, milliseconds: number, what: string): void {
  if (millisecondsLeft() < milliseconds) throw new Error(`not enough time left to ${what}; the record will be redelivered`);
}

function judge({ artifact, path, facts }: Checked, operations: readonly Operation[]): Rejection | undefined {
  return judgeArtifact(artifact, path, facts, operations);
}

function sizeOf(facts: ArtifactFacts): number {
  return facts.found ? facts.sizeBytes : 0;
}
