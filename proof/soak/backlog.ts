import { drawFrom } from 'embedded-aws/src/fleet/plan.ts';
import { stringify } from 'yaml';

export const SOURCE = 'com.acme.firmware-ci';
export const BUCKET = 'acme-firmware';
export const PRODUCT = 'meter';
/** The number of releases for each channel, each newer than the one before. */
const VERSIONS = 5;
const COPIED = 0.2;
/** A copy comes at most this many releases later. */
const COPIED_WITHIN = 50;

/** Every so many channels, one is of IoT Jobs, and one of managed integrations. */
const OTHERS_EVERY = 20;
const IOT_JOBS = 7;
const MANAGED_INTEGRATIONS = 13;

/** The text of a channels.yml with one channel for every few releases. Each channel has one device. */
export function channelsTextFor(releases: number): string {
  const count = Math.ceil(releases / VERSIONS);
  const channels = Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, channelOf(index)]));
  return stringify(
    { artifactBuckets: [BUCKET], products: { [PRODUCT]: { sources: [SOURCE], channels } } },
    { aliasDuplicateObjects: false },
  );
}

function channelOf(index: number): object {
  const targets = [`arn:aws:iot:\${aws:region}:\${aws:accountId}:thing/c${index}`];
  const roleArn = `arn:aws:iam::\${aws:accountId}:role/ota-service`;
  switch (index % OTHERS_EVERY) {
    case IOT_JOBS:
      return { format: 'plain', createJob: { targets, presignedUrlConfig: { roleArn } } };
    case MANAGED_INTEGRATIONS: {
      const Target = [`arn:aws:iotmanagedintegrations:\${aws:region}:\${aws:accountId}:managed-thing/c${index}`];
      return { createOtaTask: { OtaType: 'ONE_TIME', Target, TaskConfigurationId: 'abc123' } };
    }
    default:
      return { createOTAUpdate: { targets, roleArn, protocols: ['MQTT'], targetSelection: 'SNAPSHOT' }, unsigned: 'allow' };
  }
}

export type Release = { readonly version: string; readonly channel: string };

/** The releases in the order in which they are published. One in five is published again, some releases later. */
export function backlogOf(releases: number, seed: number): readonly Release[] {
  const draw = drawFrom(`backlog ${seed}`);
  const channels = Math.ceil(releases / VERSIONS);
  const all = Array.from({ length: releases }, (_, index): Release => {
    const round = Math.floor(index / channels);
    return { version: `1.${round}.0`, channel: `c${index % channels}` };
  });
  const copies = new Map<number, Release[]>();
  for (const [index, release] of all.entries()) {
    if (draw() >= COPIED) continue;
    const at = Math.min(releases - 1, index + Math.floor(draw() * COPIED_WITHIN));
    copies.set(at, [...(copies.get(at) ?? []), release]);
  }
  return all.flatMap((release, index) => [release, ...(copies.get(index) ?? [])]);
}

/** Bodies that can never be accepted, of several kinds. */
export function poisonOf(count: number): readonly string[] {
  const event = (detail: object, more: object = {}) =>
    JSON.stringify({ source: SOURCE, account: '000000000000', 'detail-type': 'Firmware Release Published', detail, ...more });
  const sorts = [
    (index: number) => `not even JSON ${index}`,
    (index: number) => '['.repeat(40 + (index % 100)),
    (index: number) => event({ product: PRODUCT, version: `0.0.${index}` }),
    (index: number) => event({ product: PRODUCT, version: `not a version ${index}`, channels: ['c0'], artifacts: [] }),
    (index: number) => event({ version: `0.0.${index}` }, { account: '999999999999' }),
  ];
  return Array.from({ length: count }, (_, index) => (sorts[index % sorts.length] as (index: number) => string)(index));
}
