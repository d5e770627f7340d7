import { formatPath } from 'aws-ota-models';
import { findProduct } from '../channels/find-product.ts';
import { gateOfChannel } from '../channels/gate.ts';
import { isReserved } from '../channels/reserved.ts';
import type { Channel, Channels, Product } from '../channels/schema.ts';
import { namesInsteadOf } from '../channels/unknown-name.ts';
import type { Place } from '../channels/variables.ts';
import { compact } from '../json/compact.ts';
import { findForbidden } from '../json/problem.ts';
import { releaseDigest } from '../release/digest.ts';
import { parseInstant } from '../release/instant.ts';
import { type Rejection, reject } from '../release/rejection.ts';
import type { Release } from '../release/release.ts';
import { controlPlanes, operationOf } from './control-planes.ts';
import { rolloutIdOf } from './identity.ts';
import { translateToJob } from './job.ts';
import { judgeSize } from './judge-artifact.ts';
import { translateToOtaTask } from './ota-task.ts';
import { translateToOtaUpdate } from './ota-update.ts';
import type { Plan, PlannedRollout } from './planned-rollout.ts';
import type { ReleaseOnChannel, Translation } from './release-on-channel.ts';

/** What a plan depends on beside the release and the channels. `now` in epoch ms. */
export type PlanContext = { readonly place: Place; readonly source: string; readonly now: number };

/** An item of DynamoDB has at most 400 KB. A quarter is left for history, outbox, counts and the names of attributes. */
export const FROZEN_BYTES_MAX = 300 * 1024;

/** After so many rejections, an unknown channel is no longer compared with those that exist. */
const NAMED_REJECTIONS_MAX = 10;

/** Bytes of a row beside the planned rollout: keys, state, times, a correlationId of 256 characters. */
const ROW_BYTES = 2048;

/**
 * The translation: the AWS requests of a release, one rollout for each of its channels. With `only`, for those channels
 * alone: the others were accepted before and are not judged again. It never throws, and the same arguments give the same
 * plan.
 *
 * Rejections come in a fixed order, and the first one counts. First the message as a whole: UNKNOWN_PRODUCT or
 * SOURCE_NOT_ALLOWED alone, so that a stranger learns no more; then ill-formed text, reserved tags, EXPIRED,
 * HARDWARE_MISMATCH, buckets. Then channel by channel, in the order of the release. Finally TOO_LARGE. One rejection rejects
 * the message, so a plan has either rollouts or rejections.
 */
export function planRelease(release: Release, channels: Channels, context: PlanContext, only?: readonly string[]): Plan {
  const asked = only && new Set(only);
  const wanted = release.channels.flatMap((name, index) => (asked === undefined || asked.has(name) ? [{ name, index }] : []));
  if (wanted.length === 0) return { rollouts: [], rejections: [] };
  const found = findProduct(channels, release.product, context.source);
  if (!found.ok) return { rollouts: [], rejections: [found.rejection] };
  const product = found.value;
  const forbidden = findForbidden(release);
  if (forbidden) return refused('INVALID_RELEASE', formatPath(forbidden.path), forbidden.message);

  const rejections: Rejection[] = [...judgeMessage(release, product, channels.artifactBuckets, context.now)];
  const rollouts: PlannedRollout[] = [];
  const digest = releaseDigest(release);
  for (const { name, index } of wanted) {
    const channel = Object.hasOwn(product.channels, name) ? product.channels[name] : undefined;
    if (channel === undefined) {
      // A message may name thousands of channels, and each comparison of names takes time.
      const instead =
        rejections.length < NAMED_REJECTIONS_MAX
          ? namesInsteadOf(name, Object.keys(product.channels), 'it has')
          : 'use one of channels.yml';
      rejections.push(reject('UNKNOWN_CHANNEL', `channels[${index}]`, `the product has no channel ${name}: ${instead}`, name).rejection);
      continue;
    }
    const planned = planChannel(release, name, channel, context, digest);
    rejections.push(...planned.rejections);
    rollouts.push(...planned.rollouts);
  }
  const frozen = frozenBytes(rollouts);
  if (frozen > FROZEN_BYTES_MAX) {
    const message = `the requests of all channels take ${frozen} bytes, and one row keeps at most ${FROZEN_BYTES_MAX}: publish to fewer channels at once`;
    rejections.push(reject('TOO_LARGE', 'channels', message).rejection);
  }
  return { rollouts: rejections.length > 0 ? [] : rollouts, rejections };
}

/**
 * How many bytes of one ledger row the rollouts of a message can take, as JSON in UTF-8. The first row of a message carries
 * the rows of its other channels. An upper estimate.
 */
export function frozenBytes(rollouts: readonly PlannedRollout[]): number {
  return rollouts.reduce((sum, rollout) => sum + ROW_BYTES + Buffer.byteLength(JSON.stringify(rollout), 'utf8'), 0);
}

function* judgeMessage(release: Release, product: Product, buckets: readonly string[], now: number): Generator<Rejection> {
  const reserved = Object.keys(release.tags ?? {}).find(isReserved);
  if (reserved !== undefined) {
    yield reject('INVALID_RELEASE', `tags[${JSON.stringify(reserved)}]`, 'only the service sets tags with this prefix: use another key')
      .rejection;
  }
  const notAfterMs = release.notAfter === undefined ? undefined : parseInstant(release.notAfter);
  if (notAfterMs !== undefined && now > notAfterMs) {
    yield reject('EXPIRED', 'notAfter', 'the release arrived after its notAfter').rejection;
  }
  const missing = (product.hardware ?? []).filter((hardware) => !release.hardware?.includes(hardware));
  if (missing.length > 0) {
    yield reject('HARDWARE_MISMATCH', 'hardware', `the release does not list all hardware of the product; missing: ${missing.join(', ')}`)
      .rejection;
  }
  for (const [index, artifact] of release.artifacts.entries()) {
    const bucket = artifact.fileLocation?.s3Location?.bucket;
    if (bucket !== undefined && !buckets.includes(bucket)) {
      const path = `artifacts[${index}].fileLocation.s3Location.bucket`;
      yield reject(
        'BUCKET_NOT_ALLOWED',
        path,
        'artifactBuckets of channels.yml does not list this bucket: use one that it lists, or add this one and deploy',
      ).rejection;
    }
  }
}

function planChannel(release: Release, channelName: string, channel: Channel, { place, now }: PlanContext, digest: string): Plan {
  const forbidden = findForbidden(channel);
  if (forbidden) return refused('INVALID_REQUEST', formatPath(forbidden.path), `channels.yml: ${forbidden.message}`, channelName);
  const { product, version, revision, notAfter } = release;
  const identity = { product, version, revision, channel: channelName };
  const rolloutId = rolloutIdOf(identity, place.stage);
  const operation = operationOf(channel);
  const tooLarge = release.artifacts.flatMap((artifact, index) => {
    if (artifact.sizeBytes === undefined) return [];
    const rejection = judgeSize(artifact, `artifacts[${index}]`, artifact.sizeBytes, [operation]);
    return rejection ? [{ ...rejection, channel: channelName }] : [];
  });
  const { input, document, requestDigest, endAt, rejections } = translate({
    release,
    channel,
    channelName,
    place,
    rolloutId,
    releaseDigest: digest,
    now,
  });
  if (tooLarge.length + rejections.length > 0) return { rollouts: [], rejections: [...tooLarge, ...rejections] };
  const { service, isContinuous, whenSuperseded } = controlPlanes[operation];
  const continuous = isContinuous(channel);
  const rollout = compact({
    rolloutId,
    ...identity,
    releaseDigest: digest,
    requestDigest,
    whenSuperseded: channel.whenSuperseded ?? whenSuperseded(continuous),
    downgrade: channel.downgrade === 'allow',
    continuous,
    notAfter,
    endAt,
    gate: gateOfChannel(channel),
    service,
    operation,
    input,
    document,
  });
  return { rollouts: [rollout], rejections: [] };
}

function translate(asked: ReleaseOnChannel): Translation {
  const { channel } = asked;
  if (channel.createOTAUpdate) return translateToOtaUpdate(channel.createOTAUpdate, asked);
  if (channel.createOtaTask) return translateToOtaTask(channel.createOtaTask, channel, asked);
  return translateToJob(channel.createJob, channel, asked);
}

function refused(...args: Parameters<typeof reject>): Plan {
  return { rollouts: [], rejections: [reject(...args).rejection] };
}
