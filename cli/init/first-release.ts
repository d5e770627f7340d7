import { createHash } from 'node:crypto';
import type { Channels } from '../../domain/channels/schema.ts';
import { listOf, objectOf } from '../../domain/channels/template-shape.ts';
import { documentsBucketName } from '../../domain/channels/variables.ts';
import { parseMessage, releasePublished } from '../../domain/release/intake.ts';
import { planRelease } from '../../domain/request/plan.ts';
import type { Answers } from './answers.ts';
import { localPlace } from './local-place.ts';

/** A release for the new channel and its only artifact: paths and bytes. Or why the local service would reject it. */
export type FirstRelease = { readonly files: ReadonlyMap<string, string> } | { readonly rejected: string };

/** The path of the release in a project. */
export const FIRST_RELEASE = 'examples/first-release.json';

/** S3 chooses the version of an upload, so `ota start` writes it. */
const VERSION = 'set-at-upload';

/** The example that `ota start` publishes in a new project. It declares the outcome that ends it. `now` in epoch ms. */
export function firstRelease({ product, channel, source, bucket, controlPlane }: Answers, channels: Channels, now: number): FirstRelease {
  const artifact = `This file stands for the firmware of ${product}.\n`;
  const key = `${product}/0.1.0/firmware.bin`;
  const [named] = listOf(objectOf(channels.products[product]?.channels[channel]?.createOTAUpdate)['files'])
    .map((entry) => objectOf(entry)['fileName'])
    .filter((name) => typeof name === 'string');
  const event = {
    shows: `a first release of ${product}`,
    account: localPlace.accountId,
    source,
    'detail-type': releasePublished,
    detail: {
      product,
      version: '0.1.0',
      channels: [channel],
      artifacts: [
        {
          fileName: named ?? (controlPlane === 'createOTAUpdate' ? '/firmware.bin' : 'firmware.bin'),
          fileVersion: '0.1.0',
          fileLocation: { s3Location: { bucket, key, version: VERSION } },
          sha256: createHash('sha256').update(artifact).digest('hex'),
          sizeBytes: Buffer.byteLength(artifact),
        },
      ],
      description: 'First release',
      correlationId: 'first-release',
    },
  };
  const parsed = parseMessage(JSON.stringify(event), { allowedAccounts: [localPlace.accountId] });
  if (!parsed.ok || parsed.value.kind !== 'release') return { rejected: parsed.ok ? 'it is not a release' : parsed.rejection.message };
  const place = { ...localPlace, documentsBucket: documentsBucketName(localPlace) };
  const { rollouts, rejections } = planRelease(parsed.value.release, channels, { place, source, now });
  const [rollout] = rollouts;
  if (rollout === undefined) return { rejected: rejections.map(({ path, message }) => `${path}: ${message}`).join('; ') };
  // The rollout of a continuous channel stays Created, because devices that join later get it, too.
  const ends = [{ 'detail-type': rollout.continuous ? 'OTA Rollout Created' : 'OTA Rollout Completed', detail: { channel } }];
  return {
    files: new Map([
      [FIRST_RELEASE, `${JSON.stringify({ ...event, ends }, null, 2)}\n`],
      [`examples/artifacts/${bucket}/${key}`, artifact],
    ]),
  };
}
