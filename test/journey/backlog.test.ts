import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, type ReceiveOutcomes, subscribeToOutcomes } from '../../local/outcomes.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const SOURCE = 'com.acme.firmware-ci';
const QUEUED = 5_000;
/** An answer takes less than a second on an idle machine. Behind the backlog it would take more than half an hour. */
const SECONDS_MAX = 20;

/** The service at the speed of AWS, with the quota of creates that the template gives it. */
describe('behind 5,000 queued releases', () => {
  let service: RunningService;
  let receive: ReceiveOutcomes;
  beforeAll(async () => {
    service = await startService({ factor: 1 });
    const { endpoint, region } = service.cloud;
    const eventbridge = new EventBridgeClient({ endpoint, region, credentials: { accessKeyId: 'made', secretAccessKey: 'up' } });
    receive = await subscribeToOutcomes({ eventbridge, sqs: service.sqs }, 'firmware-local');
    const artifacts = [await service.artifact('thermostat/app.bin')];
    const bodies = Array.from({ length: QUEUED }, (_, index) => {
      const detail = { product: 'thermostat', version: `1.0.${index}`, channels: ['beta'], hardware: ['T6-B', 'T6-C'], artifacts };
      const envelope = { version: '0', id: `release-${index}`, source: SOURCE, account: service.cloud.accountId, detail };
      return JSON.stringify({ ...envelope, 'detail-type': 'Firmware Release Published' });
    });
    for (let from = 0; from < QUEUED; from += 10) {
      const Entries = bodies.slice(from, from + 10).map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      await service.sqs.send(new SendMessageBatchCommand({ QueueUrl: service.queueUrl('releases'), Entries }));
    }
  }, 120_000);
  afterAll(() => service.stop());

  async function queued(): Promise<number> {
    const QueueUrl = service.queueUrl('releases');
    const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] });
    const { Attributes } = await service.sqs.send(asked);
    return Number(Attributes?.['ApproximateNumberOfMessages']);
  }

  /** Puts a steering event on the bus. Returns its outcome, and the seconds until it came. */
  async function answered(detailType: string, detail: object, outcome: string): Promise<{ told: Outcome; seconds: number }> {
    const began = performance.now();
    await service.publish(SOURCE, detail, detailType);
    for (;;) {
      const told = (await receive()).find((one) => one['detail-type'] === outcome);
      if (told !== undefined) return { told, seconds: (performance.now() - began) / 1000 };
    }
  }

  it.each([
    ['a hold', 'Firmware Channel Held', { product: 'thermostat', holdId: 'radio-fails', reason: 'Loses its network' }, 'OTA Channel Held'],
    ['a withdrawal', 'Firmware Release Withdrawn', { product: 'thermostat', version: '1.0.4999' }, 'OTA Release Withdrawn'],
    ['a resume', 'Firmware Channel Resumed', { product: 'thermostat', holdId: 'radio-fails' }, 'OTA Channel Resumed'],
  ])(
    '%s is answered within seconds',
    async (_what, detailType, detail, outcome) => {
      const { told, seconds } = await answered(detailType, detail, outcome);
      expect(told.detail).toMatchObject({ product: 'thermostat' });
      expect(await queued()).toBeGreaterThan(QUEUED - 500);
      expect(seconds).toBeLessThan(SECONDS_MAX);
    },
    60_000,
  );
});
