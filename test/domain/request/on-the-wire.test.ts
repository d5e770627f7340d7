import { CreateJobCommand, CreateOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';
import { describe, expect, it } from 'vitest';
import { jobChannel, otaUpdateChannel, planOn, requestOf } from '../../../proof/support/fixtures.ts';

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

describe('a planned CreateJob', () => {
  it('is what the SDK sends, member for member', async () => {
    const planned = requestOf(
      planOn(
        jobChannel(
          {
            targetSelection: 'CONTINUOUS',
            presignedUrlConfig: { roleArn: 'arn:aws:iam::000000000000:role/ota-service-local', expiresInSec: 60 },
            jobExecutionsRolloutConfig: {
              exponentialRate: { baseRatePerMinute: 10, incrementFactor: 1.5, rateIncreaseCriteria: { numberOfSucceededThings: 50 } },
            },
            timeoutConfig: { inProgressTimeoutInMinutes: 60 },
            jobExecutionsRetryConfig: { criteriaList: [{ failureType: 'TIMED_OUT', numberOfRetries: 2 }] },
            schedulingConfig: {
              endTime: '2026-12-24T00:00',
              endBehavior: 'CANCEL',
              maintenanceWindows: [{ startTime: 'cron(0 2 ? * SUN *)', durationInMinutes: 60 }],
            },
            namespaceId: 'acme',
            destinationPackageVersions: ['arn:aws:iot:us-east-1:000000000000:package/camera/version/{version}'],
          },
          { format: 'device-client' },
        ),
        { description: 'größer', tags: { ci: '1' } },
      ),
    );
    const { client, sent } = keeper();
    await expect(client.send(new CreateJobCommand(JSON.parse(JSON.stringify(planned))))).rejects.toThrow('seen');
    const { jobId, ...body } = planned;
    expect(sent[0]?.path).toBe(`/jobs/${jobId}`);
    expect(JSON.parse(new TextDecoder().decode(sent[0]?.body))).toEqual(JSON.parse(JSON.stringify(body)));
  });
});

describe('a planned CreateOTAUpdate', () => {
  it('is what the SDK sends, member for member', async () => {
    const planned = requestOf(
      planOn(
        otaUpdateChannel({
          protocols: ['MQTT', 'HTTP'],
          awsJobExecutionsRolloutConfig: {
            exponentialRate: { baseRatePerMinute: 10, incrementFactor: 1.5, rateIncreaseCriteria: { numberOfSucceededThings: 50 } },
          },
          awsJobPresignedUrlConfig: { expiresInSec: 60 },
        }),
        { description: 'größer', tags: { ci: '1' } },
      ),
    );
    const { client, sent } = keeper();
    // Plain data, blobs made bytes: all that stands between the frozen request and the SDK.
    const input = JSON.parse(JSON.stringify(planned), (key, value) =>
      key === 'signature' ? { inlineDocument: Buffer.from(value.inlineDocument, 'base64') } : value,
    );
    await expect(client.send(new CreateOTAUpdateCommand(input))).rejects.toThrow('seen');
    const { otaUpdateId, ...body } = planned;
    expect(sent[0]?.path).toBe(`/otaUpdates/${otaUpdateId}`);
    expect(JSON.parse(new TextDecoder().decode(sent[0]?.body))).toEqual(JSON.parse(JSON.stringify(body)));
  });
});
