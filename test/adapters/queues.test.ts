import { createHash } from 'node:crypto';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queues } from '../../adapters/queues.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { type ScriptedServer, type Seen, startScriptedServer } from '../../packages/embedded-aws/test/support/scripted-server.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

const connect = () =>
  queues(new SQSClient(clientSettings(server)), {
    followUpsUrl: `${server.endpoint}/000000000000/follow-ups`,
    rejectedUrl: `${server.endpoint}/000000000000/rejected`,
  });
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const bodyOf = ({ body }: Seen) => JSON.parse(body);
const acceptsBatch = (request: Seen) => ({
  status: 200,
  body: {
    Successful: bodyOf(request).Entries.map(({ Id, MessageBody }: { Id: string; MessageBody: string }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: md5(MessageBody),
    })),
    Failed: [],
  },
});
const accepts = (request: Seen) => ({ status: 200, body: { MessageId: 'm', MD5OfMessageBody: md5(bodyOf(request).MessageBody) } });

describe('follow-ups', () => {
  it('are sent ten per request, each with its delay', async () => {
    server.answer(acceptsBatch, acceptsBatch);
    await connect().sendFollowUps(Array.from({ length: 12 }, (_, index) => ({ body: `b${index}`, delaySeconds: index })));
    const batches = server.seen.map(bodyOf);
    expect(batches.map(({ Entries }) => Entries.length)).toEqual([10, 2]);
    expect(batches[1].QueueUrl).toMatch(/\/follow-ups$/);
    expect(batches[1].Entries).toMatchObject([
      { MessageBody: 'b10', DelaySeconds: 10 },
      { MessageBody: 'b11', DelaySeconds: 11 },
    ]);
  });

  it('are delayed by whole seconds from 0 to 900', async () => {
    server.answer(acceptsBatch);
    await connect().sendFollowUps([-1, 0.2, 901].map((delaySeconds) => ({ body: 'b', delaySeconds })));
    expect(server.seen.map(bodyOf)[0].Entries.map(({ DelaySeconds }: { DelaySeconds: number }) => DelaySeconds)).toEqual([0, 1, 900]);
  });

  it('throw if SQS did not accept some, after all others were sent', async () => {
    server.answer(
      { status: 200, body: { Successful: [], Failed: [{ Id: '0', Code: 'InternalError', Message: 'sorry', SenderFault: false }] } },
      acceptsBatch,
    );
    const messages = Array.from({ length: 11 }, () => ({ body: 'b', delaySeconds: 0 }));
    await expect(connect().sendFollowUps(messages)).rejects.toThrow('0 (InternalError: sorry)');
    expect(server.seen).toHaveLength(2);
  });

  it('cause no request if there are none', async () => {
    await connect().sendFollowUps([]);
    expect(server.seen).toHaveLength(0);
  });
});

describe('rejected messages', () => {
  const about = { code: 'INVALID_RELEASE', path: 'artifacts[0].sha256', reason: 'no', messageId: 'm-1' };

  it('are sent unchanged, with code, path, reason and messageId as attributes', async () => {
    server.answer(accepts);
    const body = '{ "detail-type" : "x",\r\n\t"\u00e9": "\u{1F525}" }';
    await connect().sendRejected(body, about);
    const sent = server.seen.map(bodyOf)[0];
    expect(sent.MessageBody).toBe(body);
    expect(sent.QueueUrl).toMatch(/\/rejected$/);
    expect(
      Object.entries(sent.MessageAttributes as Record<string, { StringValue: string }>).map(([name, v]) => [name, v.StringValue]),
    ).toEqual(Object.entries(about));
  });

  it('have attributes of only allowed characters, never empty, and at most 1,024 characters long', async () => {
    server.answer(accepts);
    await connect().sendRejected('b', { ...about, path: 'a\u0000\u001b[31m\ud800\uffff', reason: '', code: 'x'.repeat(2000) });
    const { MessageAttributes } = server.seen.map(bodyOf)[0];
    expect(MessageAttributes.path.StringValue).toBe('a\ufffd\ufffd[31m\ufffd\ufffd');
    expect(MessageAttributes.reason.StringValue).toBe('-');
    expect(MessageAttributes.code.StringValue).toHaveLength(1024);
  });

  it('throw if SQS does not accept them', async () => {
    server.answer({ status: 500, body: {} });
    await expect(connect().sendRejected('b', about)).rejects.toThrow();
  });
});
