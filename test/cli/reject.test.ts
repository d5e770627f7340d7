import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGivenJson } from '../../scripts/given-file.ts';
import { otaInProcess } from './in-process.ts';

describe('ota publish, if channels.yml does not list a name of the release', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ota-reject-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function publish(change: (event: { source: string; detail: { artifacts: [{ fileLocation: { s3Location: object } }] } }) => void) {
    const event = readGivenJson('examples/iot-release.json') as Parameters<typeof change>[0];
    change(event);
    const file = join(folder, 'event.json');
    writeFileSync(file, JSON.stringify(event));
    return otaInProcess('publish', file, '--channels', 'examples/channels.yml', '--endpoint', 'http://127.0.0.1:1');
  }

  it('prints the buckets that there are', async () => {
    const { status, stdout } = await publish(({ detail }) => {
      Object.assign(detail.artifacts[0].fileLocation.s3Location, { bucket: 'other', version: 'v1' });
    });
    expect([status, stdout]).toEqual([1, expect.stringMatching(/BUCKET_NOT_ALLOWED .+\nartifactBuckets lists acme-firmware\n/)]);
  });

  it('prints the sources of the product', async () => {
    const { status, stdout } = await publish((event) => {
      event.source = 'com.acme.other';
      Object.assign(event.detail.artifacts[0].fileLocation.s3Location, { version: 'v1' });
    });
    expect([status, stdout]).toEqual([
      1,
      expect.stringMatching(/SOURCE_NOT_ALLOWED .+\nthermostat lists the sources com\.acme\.firmware-ci\n/),
    ]);
  });
});
