import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Hono } from 'hono';
import { queueReader } from '../../../operator/reads/queue-depths.ts';
import { instant } from '../../../operator/reads/read-model.ts';
import { patience } from '../../../operator/stage/patience.ts';
import type { Queues } from '../../api.ts';
import type { Routes } from '../app.ts';

/** `GET /queues` */
export const queuesRoutes: Routes = (context) => {
  const { config } = context.stage;
  let client: CloudWatchClient | undefined;
  return queueRoutesWith(() => {
    client ??= new CloudWatchClient({ ...patience.short, ...config });
    return client;
  })(context);
};

/** The same with another CloudWatch, which is asked on deployed stages only. */
export function queueRoutesWith(cloudwatch: () => Pick<CloudWatchClient, 'send'>): Routes {
  return ({ stage, now }) => {
    const reader = queueReader(stage, cloudwatch);
    return new Hono().get('/queues', async (c) => {
      const at = now();
      return c.json({ at: instant(at), ...(await reader.read(at)) } satisfies Queues);
    });
  };
}
