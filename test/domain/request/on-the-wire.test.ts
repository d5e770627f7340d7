import { CreateOTAUpdateCommand, IoTClient } from '@aws-sdk/client-iot';
import { describe, expect, it } from 'vitest';
import { otaUpdateChannel, planOn, requestOf } from '../../../proof/support/fixtures.ts';

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
    // Plain data, blobs made bytes: all that stands between the frozen request and the SDK.
    const input = JSON.parse(JSON.stringify(planned), (key, value) =>
      key === 'signature' ? { inlineDocument: Buffer.from(value.inlineDocument, 'base64') } : value,
    );
    await expect(client.send(new CreateOTAUpdateCommand(input))).rejects.toThrow('seen');
    const { otaUpdateId, ...body } = planned;
    expect(sent?.path).toBe(`/otaUpdates/${otaUpdateId}`);
    expect(JSON.parse(new TextDecoder().decode(sent?.body))).toEqual(JSON.parse(JSON.stringify(body)));
  });
});
