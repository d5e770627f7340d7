import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  UpdateEventConfigurationsCommand,
} from '@aws-sdk/client-iot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitUntilEmpty } from '../../local/outcomes.ts';
import { type RunningService, startService } from '../support/running-service.ts';
import { simulatedDevice } from '../support/simulated-device.ts';

/**
 * The sweep comes every 100 seconds. So within the time of a test, only a job event can report the end of a job. The first
 * follow-up comes after 5 seconds.
 */
const FACTOR = 3;
const LIMIT_MILLISECONDS = 60_000;

const SOURCE = 'com.acme.firmware-ci';

describe('a device that speaks the jobs data plane over HTTP', () => {
  let service: RunningService;
  let disk: string;
  let device: ReturnType<typeof simulatedDevice>;
  beforeAll(async () => {
    disk = mkdtempSync(join(tmpdir(), 'ota-device-'));
    service = await startService({ factor: FACTOR, iotCore: { topicRuleBody: 'loose' } });
    const { iot, cloud } = service;
    device = simulatedDevice({ endpoint: cloud.endpoint, thingName: 'camera-1', disk });
    await iot.send(new CreateThingCommand({ thingName: 'camera-1' }));
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'camera-canary' }));
    await iot.send(new AddThingToThingGroupCommand({ thingName: 'camera-1', thingGroupName: 'camera-canary' }));
    cloud.fleet.change({ devices: { 'camera-1': 'DEVICE' } });
    await iot.send(new UpdateEventConfigurationsCommand({ eventConfigurations: { JOB: { Enabled: true } } }));
  });
  afterAll(async () => {
    await service.stop();
    rmSync(disk, { recursive: true, force: true });
  });

  const release = async (version: string) => {
    const { fileName: _other, ...artifact } = await service.artifact(`camera/${version}/camera + é.img`, `the image ${version}`);
    return { product: 'camera', version, channels: ['canary'], artifacts: [{ fileName: 'camera.img', ...artifact }] };
  };
  const isCreated = ({ state, outbox }: { readonly state: string; readonly outbox: readonly unknown[] }) =>
    state === 'CREATED' && outbox.length === 0;

  it(
    'takes an update from the event on the bus to the outcome, and a job event completes the rollout',
    async () => {
      await service.publish(SOURCE, await release('5.2.0'));
      const created = await service.rowWhen('camera', '5.2.0', 'canary', isCreated);
      expect(await device.takeUpdate()).toEqual({ jobId: created.aws.jobId, status: 'SUCCEEDED' });
      expect(device.installedFile('0-camera.img')).toBe('the image 5.2.0');
      const row = await service.rowWhen('camera', '5.2.0', 'canary', ({ state }) => state === 'COMPLETED');
      expect(row.counts).toMatchObject({ succeeded: 1, failed: 0 });
      expect(await device.takeUpdate()).toBeUndefined();
    },
    LIMIT_MILLISECONDS,
  );

  it(
    'refuses a download that is not the released image, says why and keeps the old version, and takes the image at its retry',
    async () => {
      const detail = await release('5.3.0');
      await service.publish(SOURCE, detail);
      const { aws } = await service.rowWhen('camera', '5.3.0', 'canary', isCreated);
      const { endpoint } = service.cloud;
      const cutOff = simulatedDevice({ endpoint, thingName: 'camera-1', disk, line: (content) => content.subarray(1) });
      const sha256 = detail.artifacts[0]?.sha256 ?? expect.unreachable();
      expect(await cutOff.takeUpdate()).toEqual({
        jobId: aws.jobId,
        status: 'FAILED',
        reason: expect.stringContaining(`expected ${sha256}`),
      });
      expect(device.installedFile('0-camera.img')).toBe('the image 5.2.0');

      expect(await device.takeUpdate()).toEqual({ jobId: aws.jobId, status: 'SUCCEEDED' });
      expect(device.installedFile('0-camera.img')).toBe('the image 5.3.0');
      const row = await service.rowWhen('camera', '5.3.0', 'canary', ({ state }) => state === 'COMPLETED');
      expect(row.counts).toMatchObject({ succeeded: 1, failed: 0 });
    },
    LIMIT_MILLISECONDS,
  );

  it(
    'does not end by a forged event, and ends once by an event that comes twice',
    async () => {
      await service.publish(SOURCE, await release('5.4.0'));
      const { aws } = await service.rowWhen('camera', '5.4.0', 'canary', isCreated);
      const topic = `$aws/events/job/${aws.jobId}/completed`;
      service.cloud.iotCore.publish({ topic, payload: { jobId: aws.jobId, status: 'COMPLETED' } });
      await waitUntilEmpty(service.sqs, 'ota-dispatch-local-follow-ups', () => false);
      const looked = await service.rowWhen('camera', '5.4.0', 'canary', () => true);
      expect(looked.state).toBe('CREATED');

      service.cloud.faults.add({ service: 'iot', kind: 'eventTwice', times: 1 });
      expect(await device.takeUpdate()).toEqual({ jobId: aws.jobId, status: 'SUCCEEDED' });
      await service.rowWhen('camera', '5.4.0', 'canary', ({ state }) => state === 'COMPLETED');
      await waitUntilEmpty(service.sqs, 'ota-dispatch-local-follow-ups', () => false);
      const { history } = await service.rowWhen('camera', '5.4.0', 'canary', ({ outbox }) => outbox.length === 0);
      expect(history.filter(({ to }) => to === 'COMPLETED')).toHaveLength(1);
      expect(service.cloud.iotCore.events().filter((event) => event.topic === topic)).toHaveLength(3);
    },
    LIMIT_MILLISECONDS,
  );
});
