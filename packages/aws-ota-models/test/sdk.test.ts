import { CreateOTAUpdateCommand, type CreateOTAUpdateCommandInput, IoTClient } from '@aws-sdk/client-iot';
import { describe, expect, it } from 'vitest';
import { createOTAUpdateInput } from '../src/service-limits.ts';
import { violations } from '../src/shape.ts';

/** The type of the values that a shape describes, blobs as bytes. */
type ValueOf<S> = S extends { readonly type: 'string' }
  ? string
  : S extends { readonly type: 'enum'; readonly values: readonly (infer V)[] }
    ? V
    : S extends { readonly type: 'integer' | 'double' }
      ? number
      : S extends { readonly type: 'blob' }
        ? Uint8Array
        : S extends { readonly type: 'list'; readonly of: infer Item }
          ? ValueOf<Item>[]
          : S extends { readonly type: 'map'; readonly value: infer Item }
            ? Record<string, ValueOf<Item>>
            : S extends { readonly type: 'structure'; readonly members: infer Members }
              ? { -readonly [K in RequiredOf<S> & keyof Members]: ValueOf<Members[K]> | undefined } & {
                  -readonly [K in Exclude<keyof Members, RequiredOf<S>>]?: ValueOf<Members[K]> | undefined;
                }
              : never;
type RequiredOf<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

type Restated = ValueOf<typeof createOTAUpdateInput>;
type DeepKeys<T> = T extends Uint8Array
  ? never
  : T extends readonly (infer Item)[]
    ? DeepKeys<Item>
    : T extends object
      ? string extends keyof T
        ? never
        : { [K in keyof T & string]: K | `${K}.${DeepKeys<NonNullable<T[K]>>}` }[keyof T & string]
      : never;

/** A request in wire form that names a member of every kind of shape. */
const request = {
  otaUpdateId: 'fw-1',
  description: 'größer',
  targets: ['arn:aws:iot:us-east-1:123456789012:thinggroup/beta'],
  protocols: ['MQTT', 'HTTP'],
  targetSelection: 'SNAPSHOT',
  awsJobExecutionsRolloutConfig: {
    exponentialRate: { baseRatePerMinute: 10, incrementFactor: 1.5, rateIncreaseCriteria: { numberOfSucceededThings: 50 } },
  },
  awsJobPresignedUrlConfig: { expiresInSec: 60 },
  awsJobAbortConfig: {
    abortCriteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 }],
  },
  awsJobTimeoutConfig: { inProgressTimeoutInMinutes: 60 },
  files: [
    {
      fileName: '/app.bin',
      fileType: 0,
      fileLocation: { s3Location: { bucket: 'firmware', key: 'app.bin', version: 'v1' } },
      codeSigning: {
        customCodeSigning: {
          signature: { inlineDocument: 'AQID' },
          certificateChain: { certificateName: 'cert.pem' },
          hashAlgorithm: 'SHA256',
          signatureAlgorithm: 'ECDSA',
        },
      },
      attributes: { sha256: 'a1b2' },
    },
  ],
  roleArn: 'arn:aws:iam::123456789012:role/ota-service',
  additionalParameters: { releaseId: 'r1' },
  tags: [{ Key: 'ci', Value: '1' }],
};

describe('the requests and the AWS SDK', () => {
  it('agree on every member and type: the compiler says so', () => {
    const assignable: Restated extends CreateOTAUpdateCommandInput ? true : false = true;
    const complete: CreateOTAUpdateCommandInput extends Restated ? true : false = true;
    const nothingElse: [Exclude<DeepKeys<Restated>, DeepKeys<CreateOTAUpdateCommandInput>>] extends [never] ? true : false = true;
    const nothingMissing: [Exclude<DeepKeys<CreateOTAUpdateCommandInput>, DeepKeys<Restated>>] extends [never] ? true : false = true;
    expect([assignable, complete, nothingElse, nothingMissing]).toEqual([true, true, true, true]);
  });

  it('agree on the wire: what the shape allows is what the SDK sends', async () => {
    expect(violations(createOTAUpdateInput, request)).toEqual([]);
    let sent: { path: string; body: Uint8Array } | undefined;
    const client = new IoTClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
      requestHandler: {
        handle: async (request: { path: string; body: Uint8Array }) => {
          sent = request;
          throw new Error('seen');
        },
      },
    });
    // Blobs are base64 text in the wire form, which the shape describes, and bytes in the SDK.
    const input = JSON.parse(JSON.stringify(request), (key, value) =>
      key === 'signature' ? { inlineDocument: Buffer.from(value.inlineDocument, 'base64') } : value,
    );
    await expect(client.send(new CreateOTAUpdateCommand(input))).rejects.toThrow('seen');
    const { otaUpdateId, ...body } = request;
    expect(sent?.path).toBe(`/otaUpdates/${otaUpdateId}`);
    expect(JSON.parse(new TextDecoder().decode(sent?.body))).toEqual(body);
  });
});
