import { GetOTAUpdateCommand } from '@aws-sdk/client-iot';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListOtaTasksCommand } from '../../adapters/managed-integrations/client.ts';
import { isFinal } from '../../domain/rollout/rollout.ts';
import { type RunningService, startService } from '../support/running-service.ts';

const SOURCE = 'com.acme.firmware-ci';

describe('the packaged service on the embedded AWS', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  it('creates exactly one OTA update for a release that is published ten times at once, and follows it to its end', async () => {
    const detail = {
      product: 'thermostat',
      version: '2.4.1',
      channels: ['beta'],
      hardware: ['T6-B', 'T6-C'],
      artifacts: [await service.artifact('thermostat/2.4.1')],
    };
    await Promise.all(Array.from({ length: 10 }, () => service.publish(SOURCE, detail)));
    const row = await service.rowWhen('thermostat', '2.4.1', 'beta', (one) => isFinal(one.state) && one.dueAt === undefined);
    expect(row).toMatchObject({ state: 'COMPLETED', attempt: 1, counts: { succeeded: 10 } });
    const updates = await service.otaUpdates();
    expect(updates.map((update) => update.otaUpdateId)).toEqual([`${row.rolloutId}-1`]);
    const { otaUpdateInfo } = await service.iot.send(new GetOTAUpdateCommand({ otaUpdateId: `${row.rolloutId}-1` }));
    expect(otaUpdateInfo).toMatchObject({
      otaUpdateStatus: 'CREATE_COMPLETE',
      targets: ['arn:aws:iot:us-east-1:000000000000:thinggroup/thermostat-beta'],
      additionalParameters: { 'ota-dispatch.rolloutId': row.rolloutId, 'ota-dispatch.requestDigest': row.requestDigest },
    });
  });

  it('creates one OTA task, and a continuous one stays created', async () => {
    const { fileName, ...artifact } = await service.artifact('hub/1.0.0');
    await service.publish(SOURCE, { product: 'hub', version: '1.0.0', channels: ['stable'], artifacts: [{ fileName, ...artifact }] });
    const row = await service.rowWhen('hub', '1.0.0', 'stable', (one) => one.state === 'CREATED' && one.outbox.length === 0);
    const { Tasks = [] } = await service.managedIntegrations.send(new ListOtaTasksCommand({}));
    expect(Tasks.map((task) => task.TaskId)).toEqual([row.aws.taskId]);
  });

  it('keeps a malformed message verbatim in the rejected queue, with code and path', async () => {
    const body = '{"detail-type": "Firmware Release Published", "detail": ';
    await service.sqs.send(new SendMessageCommand({ QueueUrl: service.queueUrl('releases'), MessageBody: body }));
    const [message] = await service.messagesOf('rejected');
    expect(message?.Body).toBe(body);
    expect(message?.MessageAttributes).toMatchObject({ code: { StringValue: 'MALFORMED_JSON' }, path: { StringValue: '$' } });
    expect(service.logs.join('\n')).not.toContain('{\\"detail-type');
  });

  it('rejects a release whose withdrawal came first', async () => {
    await service.publish(SOURCE, { product: 'thermostat', version: '9.0.0', reasonCode: 'BAD_CURVE' }, 'Firmware Release Withdrawn');
    await service.withdrawalWhen('thermostat', '9.0.0');
    const detail = {
      product: 'thermostat',
      version: '9.0.0',
      channels: ['beta'],
      hardware: ['T6-B', 'T6-C'],
      artifacts: [await service.artifact('thermostat/9.0.0')],
    };
    await service.publish(SOURCE, detail);
    const [message] = await service.messagesOf('rejected');
    expect(message?.MessageAttributes?.['code']?.StringValue).toBe('RELEASE_WITHDRAWN');
    expect(await service.table.rowsOf('thermostat', '9.0.0')).toEqual([]);
  });
});
