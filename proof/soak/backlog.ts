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

/** The text of a channels.yml with one channel for every few releases. Each channel has one device. */
export function channelsTextFor(releases: number): string {
  const names = Array.from({ length: Math.ceil(releases / VERSIONS) }, (_, index) => `c${index}`);
  const channelOf = (name: string) => ({
    createOTAUpdate: {
      targets: [`arn:aws:iot:\${aws:region}:\${aws:accountId}:thing/${name}`],
      roleArn: `arn:aws:iam::\${aws:accountId}:role/ota-service`,
      protocols: ['MQTT'],
      targetSelection: 'SNAPSHOT',
    },
    unsigned: 'allow',
  });
  const channels = Object.fromEntries(names.map((name) => [name, channelOf(name)]));
  return stringify(
    { artifactBuckets: [BUCKET], products: { [PRODUCT]: { sources: [SOURCE], channels } } },
    { aliasDuplicateObjects: false },
  );
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
