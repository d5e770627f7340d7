import type { Message } from '@aws-sdk/client-sqs';
import { Hono } from 'hono';
import { idsOf } from '../../../operator/events/move-messages.ts';
import { peekAll } from '../../../operator/reads/queue-messages.ts';
import { instant } from '../../../operator/reads/read-model.ts';
import { rejectedView } from '../../../operator/reads/rejected-view.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { Rejected, RejectedBody } from '../../api.ts';
import type { Routes } from '../app.ts';
import { refuse } from '../refusal.ts';

/** `POST /rejected` and `POST /rejected/body`. Neither is a GET, because reading hides the messages from other readers for a moment. */
export const rejectedRoutes: Routes = ({ stage, now }) => {
  const read = async (): Promise<Message[]> => peekAll(stage, await stage.queueUrl('rejected'));
  return new Hono()
    .post('/rejected', async (c) => {
      const rejected = (await read()).map(rejectedView).sort((a, b) => b.at.localeCompare(a.at));
      return c.json({ at: instant(now()), rejected } satisfies Rejected);
    })
    .post('/rejected/body', async (c) => {
      const { messageId } = Object(await c.req.json().catch(() => undefined)) as { messageId?: unknown };
      if (typeof messageId !== 'string' || messageId === '') throw new UsageError('the body of a message needs its messageId');
      const message = (await read()).find((one) => idsOf(one).includes(messageId));
      if (message !== undefined) return c.json({ messageId, body: message.Body ?? '' } satisfies RejectedBody);
      const gone = `message ${messageId} is not in the queue rejected: it was redriven, or another reader has it for a moment`;
      return refuse(c, 'NOT_FOUND', gone);
    });
};
