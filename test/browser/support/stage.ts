import { createHash } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openStage } from '../../../operator/stage/stage.ts';

/** What a test does without the browser: what a pipeline, a device or another operator does at the same time. */
export function stageAt(endpoint: string) {
  const stage = openStage({ stage: 'local', endpoint });

  /** The detail of a release whose firmware is in S3. */
  async function release(product: keyof typeof PRODUCTS, version: string, more: object = {}): Promise<Detail> {
    const { fileName, ...members } = PRODUCTS[product];
    const key = `${product}/${version}/firmware.bin`;
    const content = `firmware of ${product} ${version}`;
    const { VersionId: versionId } = await stage.s3.send(
      new PutObjectCommand({ Bucket: 'acme-firmware', Key: key, Body: content, ChecksumAlgorithm: 'SHA256' }),
    );
    const sha256 = createHash('sha256').update(content).digest('hex');
    const artifact = { fileName, fileLocation: { s3Location: { bucket: 'acme-firmware', key, version: versionId } }, sha256 };
    return { product, version, ...members, artifacts: [artifact], ...more };
  }

  /** Puts an event on the bus. */
  async function put(detail: object | string, detailType = 'Firmware Release Published', source = 'com.acme.firmware-ci'): Promise<void> {
    const text = typeof detail === 'string' ? detail : JSON.stringify(detail);
    await stage.eventbridge.send(
      new PutEventsCommand({ Entries: [{ EventBusName: stage.bus, Source: source, DetailType: detailType, Detail: text }] }),
    );
  }

  return {
    stage,
    release,
    put,

    /** A release that a pipeline has published. */
    async publish(product: keyof typeof PRODUCTS, version: string, more: object = {}): Promise<void> {
      await put(await release(product, version, more));
    },

    /** Settings of the simulated fleet, such as which share of the devices fails. */
    async changeFleet(settings: object): Promise<void> {
      await fetch(`${endpoint}/_ota/fleet`, { method: 'POST', body: JSON.stringify(settings) });
    },

    async clearFaults(): Promise<void> {
      await fetch(`${endpoint}/_ota/faults`, { method: 'DELETE' });
    },
  };
}

/** A version that is newer than those of all tests before, in whatever order their files run. */
export const newVersion = (): string => `1.0.${Date.now() % 1_000_000_000}`;

type Detail = { readonly product: string; readonly version: string; readonly channels: readonly string[] } & Readonly<
  Record<string, unknown>
>;

/** The products of examples/channels.yml that the tests release, with what each needs. */
const PRODUCTS = {
  thermostat: { channels: ['beta'], hardware: ['T6-B', 'T6-C'], fileName: '/app.bin' },
  'smart-lock': { channels: ['beta', 'stable'], fileName: '/lock.bin' },
  camera: { channels: ['canary'], fileName: '/camera.bin' },
} as const;
