import { Hono } from 'hono';
import { instant } from '../../../operator/reads/read-model.ts';
import { overviewReaderOf } from '../../../operator/reads/read-overview.ts';
import type { Overview } from '../../api.ts';
import type { Routes } from '../app.ts';

/** `GET /overview` */
export const overviewRoutes: Routes = ({ stage, configuration, now }) => {
  const reader = overviewReaderOf(stage);
  return new Hono().get('/overview', async (c) => {
    const at = now();
    const { channels } = await configuration();
    return c.json({ at: instant(at), ...(await reader.read(channels, at)) } satisfies Overview);
  });
};
