import {
  CreateJobCommand,
  type CreateJobCommandInput,
  CreateOTAUpdateCommand,
  type CreateOTAUpdateCommandInput,
  IoTClient,
} from '@aws-sdk/client-iot';
import { describe, expect, it } from 'vitest';
import { createJobInput, createOTAUpdateInput } from '../src/request-models.ts';
import { problemsIn } from '../src/shape.ts';

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
type RestatedJob = ValueOf<typeof createJobInput>;
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

/** An IoT client that keeps what it would send. */
function keeper() {
  const sent: { path: string; body: Uint8Array }[] = [];
  const client = new IoTClient({
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: { path: string; body: Uint8Array }) => {
        sent.push(request);
        throw new Error('seen');
      },
    },
  });
  return { client, sent };
}

describe('the request models and the AWS SDK', () => {
  it('agree on every member and type, as the compiler checks', () => {
    const assignable: Restated extends CreateOTAUpdateCommandInput ? true : false = true;
    const complete: CreateOTAUpdateCommandInput extends Restated ? true : false = true;
    const nothingElse: [Exclude<DeepKeys<Restated>, DeepKeys<CreateOTAUpdateCommandInput>>] extends [never] ? true : false = true;
    const nothingMissing: [Exclude<DeepKeys<CreateOTAUpdateCommandInput>, DeepKeys<Restated>>] extends [never] ? true : false = true;
    expect([assignable, complete, nothingElse, nothingMissing]).toEqual([true, true, true, true]);
  });

  it('agree on every member and type of CreateJob, as the compiler checks', () => {
    const assignable: RestatedJob extends CreateJobCommandInput ? true : false = true;
    const complete: CreateJobCommandInput extends RestatedJob ? true : false = true;
    const nothingElse: [Exclude<DeepKeys<RestatedJob>, DeepKeys<CreateJobCommandInput>>] extends [never] ? true : false = true;
    const nothingMissing: [Exclude<DeepKeys<CreateJobCommandInput>, DeepKeys<RestatedJob>>] extends [never] ? true : false = true;
    expect([assignable, complete, nothingElse, nothingMissing]).toEqual([true, true, true, true]);
  });

  it('agree on the wire about CreateJob: the SDK sends what the shape allows', async () => {
    const job = {
      jobId: 'fw-1',
      targets: ['arn:aws:iot:us-east-1:123456789012:thinggroup/camera'],
      document: '{"operation":"firmware-update"}',
      description: 'größer',
      presignedUrlConfig: { roleArn: 'arn:aws:iam::123456789012:role/ota-service', expiresInSec: 60 },
      targetSelection: 'CONTINUOUS',
      jobExecutionsRolloutConfig: {
        exponentialRate: { baseRatePerMinute: 10, incrementFactor: 1.5, rateIncreaseCriteria: { numberOfSucceededThings: 50 } },
      },
      abortConfig: {
        criteriaList: [{ failureType: 'ALL', action: 'CANCEL', thresholdPercentage: 20, minNumberOfExecutedThings: 10 }],
      },
      timeoutConfig: { inProgressTimeoutInMinutes: 60 },
      tags: [{ Key: 'ci', Value: '1' }],
      namespaceId: 'acme',
      jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 2 }] },
      schedulingConfig: {
        endTime: '2026-12-24T00:00',
        endBehavior: 'CANCEL',
        maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 60 }],
      },
      destinationPackageVersions: ['arn:aws:iot:us-east-1:123456789012:package/camera/version/2.4.1'],
    };
    expect(problemsIn(createJobInput, job)).toEqual([]);
    const { client, sent } = keeper();
    await expect(client.send(new CreateJobCommand(JSON.parse(JSON.stringify(job))))).rejects.toThrow('seen');
    const { jobId, ...body } = job;
    expect(sent[0]?.path).toBe(`/jobs/${jobId}`);
    expect(JSON.parse(new TextDecoder().decode(sent[0]?.body))).toEqual(body);
  });

  it('agree on the wire: the SDK sends what the shape allows', async () => {
    expect(problemsIn(createOTAUpdateInput, request)).toEqual([]);
    const { client, sent } = keeper();
    // Blobs are base64 text in the wire form, which the shape describes, and bytes in the SDK.
    const input = JSON.parse(JSON.stringify(request), (key, value) =>
      key === 'signature' ? { inlineDocument: Buffer.from(value.inlineDocument, 'base64') } : value,
    );
    await expect(client.send(new CreateOTAUpdateCommand(input))).rejects.toThrow('seen');
    const { otaUpdateId, ...body } = request;
    expect(sent[0]?.path).toBe(`/otaUpdates/${otaUpdateId}`);
    expect(JSON.parse(new TextDecoder().decode(sent[0]?.body))).toEqual(body);
  });
});
