import { createVerify, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { iotCore } from '../../adapters/iot-core.ts';
import type { Channel } from '../../domain/channels/schema.ts';
import { parseRelease } from '../../domain/release/release.ts';
import { planRelease } from '../../domain/request/plan.ts';
import { type Ota, startOta } from '../../packages/embedded-aws/test/support/ota-stand-ins.ts';
import { fetchAs } from '../../packages/embedded-aws/test/support/signed-fetch.ts';
import { oneClient, withAMinute } from '../../proof/support/control-plane.ts';
import { artifact, channelsOf, context, otaTaskChannel, otaUpdateChannel, thing } from '../../proof/support/fixtures.ts';

/*
 * The whole way of a signature, from `openssl dgst -sha256 -sign KEY FILE | openssl base64 -A` through the release and the
 * request to the job document of AWS. Its end is a device that decodes the text once and verifies the image.
 */
let ota: Ota | undefined;
afterEach(() => ota?.stop());

const image = Buffer.from('the image of 2.4.1');
const location = { bucket: 'acme-firmware', key: 'thermostat/2.4.1/app.bin', version: 'v1' };
const onIot = otaUpdateChannel({ targets: [thing('thermostat-1')] });

type Keys = { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
const kinds: [string, string, () => Keys][] = [
  ['ECDSA', 'P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['RSA', '2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
];

function plannedRollout(channel: Channel, signatureAlgorithm: string, inlineDocument: string) {
  const customCodeSigning = { signature: { inlineDocument }, hashAlgorithm: 'SHA256', signatureAlgorithm };
  const { fileName, sha256 } = artifact;
  const artifacts = [{ fileName, sha256, fileLocation: { s3Location: location }, codeSigning: { customCodeSigning } }];
  const parsed = parseRelease({ product: 'thermostat', version: '2.4.1', channels: ['beta'], artifacts });
  if (!parsed.ok) throw new Error(parsed.rejection.message);
  const { rollouts, rejections } = planRelease(parsed.value, channelsOf({ beta: channel }), context);
  expect(rejections).toEqual([]);
  const [rollout] = rollouts;
  if (rollout === undefined) throw new Error('no rollout');
  return rollout;
}

/** The job document that the device gets from AWS after the request was sent. */
async function jobDocumentOf(input: Readonly<Record<string, unknown>>) {
  ota = await startOta({ fleet: { devices: { 'thermostat-1': 'DEVICE' } } });
  ota.objects.put(location.bucket, location.key, image, location.version);
  expect(await withAMinute(iotCore(oneClient(ota.iot))).create(input)).toMatchObject({ kind: 'accepted' });
  ota.clock.advance(10_000);
  const next = await fetchAs('iot-jobs-data', ota.endpoint, 'PUT', '/things/thermostat-1/jobs/$next', {});
  return JSON.parse(next.body.execution.jobDocument);
}

/** What a device does: it decodes the text once, and verifies the image with the key of its certificate. */
const verifies = (text: string, { publicKey }: Keys) => createVerify('sha256').update(image).verify(publicKey, Buffer.from(text, 'base64'));

describe.each(kinds)('a signature of the kind %s %s', (algorithm, _size, makeKeys) => {
  it('reaches a device of IoT Core, which decodes it once and verifies the image', async () => {
    const keys = makeKeys();
    const signature = sign('sha256', image, keys.privateKey).toString('base64');
    const { afr_ota } = await jobDocumentOf(plannedRollout(onIot, algorithm, signature).input);
    const text = afr_ota.files[0][`sig-sha256-${algorithm.toLowerCase()}`];
    expect(text).toBe(signature);
    expect(verifies(text, keys)).toBe(true);
    expect(verifies(text, makeKeys())).toBe(false);
  });

  it('reaches a managed thing in the same form', () => {
    const keys = makeKeys();
    const signature = sign('sha256', image, keys.privateKey).toString('base64');
    const { document } = plannedRollout(otaTaskChannel(), algorithm, signature);
    if (document === undefined || !('body' in document)) throw new Error('no document');
    const { files } = JSON.parse(document.body);
    expect(verifies(files[0].codeSigning.customCodeSigning.signature.inlineDocument, keys)).toBe(true);
  });
});
