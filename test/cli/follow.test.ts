import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { follow } from '../../cli/follow.ts';
import { viewOf } from '../../cli/read-model.ts';
import { openStage, type Stage } from '../../cli/stage.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { startTestAws, type TestAws } from '../../packages/embedded-aws/test/support/endpoints.ts';
import { aRollout } from '../../proof/support/a-rollout.ts';

let aws: TestAws;
let rejected = '';
beforeAll(async () => {
  aws = await startTestAws();
  const { QueueUrl = '' } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'ota-dispatch-local-rejected' }));
  rejected = QueueUrl;
});
afterAll(() => aws.stop());

const completed = aRollout({ state: 'COMPLETED', attempt: 1, eventId: 'first' });

/** Follows a release of thermostat 2.0.0, on beta unless told otherwise, whose ledger has `rows`. */
async function followed(
  rows: readonly Rollout[],
  { eventId, releaseDigest, channels = ['beta'] }: { eventId: string; releaseDigest?: string; channels?: string[] },
) {
  const stage = openStage({ stage: 'local', endpoint: aws.endpoint });
  const withRows = { ...stage, ledger: { ...stage.ledger, rowsOf: async () => rows } } as unknown as Stage;
  const said: string[] = [];
  const about = { product: 'thermostat', version: '2.0.0', revision: 1, channels, eventId };
  const release = releaseDigest === undefined ? about : { ...about, releaseDigest };
  const ending = await follow(
    withRows,
    release,
    (line) => said.push(line),
    () => undefined,
    50,
  );
  return { ending, said };
}

describe('following a release', () => {
  it('ends with the rollouts that its own event made', async () => {
    const { ending, said } = await followed([completed], { eventId: 'first', releaseDigest: completed.releaseDigest });
    expect(ending).toEqual({ rollouts: [viewOf(completed)], duplicate: false });
    expect(said).toEqual(['beta: claimed: accepted']);
  });

  it('is a duplicate where another event brought the same content', async () => {
    const { ending } = await followed([completed], { eventId: 'second', releaseDigest: completed.releaseDigest });
    expect(ending.duplicate).toBe(true);
  });

  it('waits for the rejection where another event brought another content', async () => {
    const MessageAttributes = {
      code: { DataType: 'String', StringValue: 'RELEASE_CONFLICT' },
      path: { DataType: 'String', StringValue: '$' },
      reason: { DataType: 'String', StringValue: 'another content' },
    };
    const MessageBody = JSON.stringify({ id: 'third' });
    await aws.sqs.send(new SendMessageCommand({ QueueUrl: rejected, MessageBody, MessageAttributes }));
    const { ending, said } = await followed([completed], { eventId: 'third', releaseDigest: 'ff'.repeat(32) });
    expect(ending).toMatchObject({ duplicate: false, rejected: { code: 'RELEASE_CONFLICT' } });
    expect(said).toEqual([]);
  });

  it.each<[string, Partial<Rollout>]>([
    ['RELEASE_CONFLICT', { releaseDigest: 'ff'.repeat(32) }],
    ['VERSION_AMBIGUOUS', { version: '2.0.0+other' }],
  ])('ends without the channel that another release took meanwhile, and says so: %s', async (code, changes) => {
    const others = aRollout({ channel: 'stable', state: 'COMPLETED', eventId: 'other', ...changes });
    const release = { eventId: 'first', releaseDigest: completed.releaseDigest, channels: ['beta', 'stable'] };
    const { ending, said } = await followed([completed, others], release);
    expect(ending).toMatchObject({ rollouts: [viewOf(completed)], duplicate: false, rejections: [{ code, channel: 'stable' }] });
    expect(said).toEqual(['beta: claimed: accepted']);
  });

  it('gives up where nobody takes the event up', async () => {
    await expect(followed([], { eventId: 'fourth', releaseDigest: completed.releaseDigest })).rejects.toThrow('nobody took the event up');
  });
});

describe('a rollout as status shows it', () => {
  it('has the members that programs rely on, and no others', () => {
    const members = ['rolloutId', 'product', 'version', 'revision', 'channel', 'service', 'state', 'attempt', 'aws', 'at', 'history'];
    const view = viewOf(completed);
    expect(Object.keys(view)).toEqual(members);
    expect(Object.keys(view.history[0] ?? {})).toEqual(['at', 'from', 'to', 'why']);
  });
});
