import type { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createManualClock } from 'embedded-aws/src/clock.ts';
import { type RunningServices, startServices } from 'embedded-aws/src/services.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueReader } from '../../../operator/reads/queue-depths.ts';
import { openStage, type Stage } from '../../../operator/stage/stage.ts';

/** The queues of a stage that has only two of them, on the embedded AWS. */
const clock = createManualClock(Date.UTC(2026, 10, 23, 8));
let services: RunningServices;
let stage: Stage;
beforeAll(async () => {
  services = await startServices({ port: 0, clock });
  stage = openStage({ stage: 'local', endpoint: services.endpoint });
  for (const name of ['releases', 'releases-dlq'])
    await stage.sqs.send(new CreateQueueCommand({ QueueName: `ota-dispatch-local-${name}` }));
  await stage.sqs.send(new SendMessageCommand({ QueueUrl: await stage.queueUrl('releases-dlq'), MessageBody: '{}' }));
  clock.advance(90_000);
});
afterAll(() => services.stop());

const nobody = () => {
  throw new Error('CloudWatch was asked');
};

describe('the queues of a local stage', () => {
  it('have their ages from the embedded AWS, those without a message have none, and those that are missing are left out', async () => {
    expect(await queueReader(stage, nobody).read(0)).toEqual({
      queues: [
        { queue: 'releases', visible: 0, inFlight: 0, delayed: 0 },
        { queue: 'releases-dlq', redrive: 'releases', visible: 1, inFlight: 0, delayed: 0, oldestSeconds: 90 },
      ],
      remarks: [],
    });
  });

  it('have no ages on an engine that does not report them', async () => {
    const { queues, remarks } = await queueReader({ ...stage, endpoint: 'http://127.0.0.1:1' }, nobody).read(0);
    expect(queues[1]).toEqual({ queue: 'releases-dlq', redrive: 'releases', visible: 1, inFlight: 0, delayed: 0 });
    expect(remarks).toEqual(['the local service does not report how old messages are']);
  });
});

describe('the queues of a deployed stage', () => {
  function deployed(answer: () => Promise<unknown>) {
    const asked: GetMetricDataCommand['input'][] = [];
    const send = (command: GetMetricDataCommand) => {
      asked.push(command.input);
      return answer();
    };
    const { read } = queueReader({ ...stage, endpoint: undefined, isLocal: false }, () => ({ send }) as unknown as CloudWatchClient);
    return { asked, read };
  }

  it('have their ages from CloudWatch, by one call for all queues in a minute', async () => {
    const { asked, read } = deployed(async () => ({ MetricDataResults: [{ Id: 'age1', Values: [61, 1] }, { Id: 'age7' }] }));
    const first = await read(0);
    await read(59_999);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.MetricDataQueries).toHaveLength(8);
    expect(first.queues[1]).toMatchObject({ queue: 'releases-dlq', oldestSeconds: 61 });
    await read(60_000);
    expect(asked).toHaveLength(2);
  });

  it('have no ages, and say why, if CloudWatch may not be asked', async () => {
    const denied = Object.assign(new Error('a text with a secret'), { name: 'AccessDenied' });
    const { queues, remarks } = await deployed(() => Promise.reject(denied)).read(0);
    expect(queues[1]).not.toHaveProperty('oldestSeconds');
    expect(remarks).toEqual(['CloudWatch did not report how old messages are (cloudwatch:GetMetricData: AccessDenied)']);
  });
});
