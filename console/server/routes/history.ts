import { Hono } from 'hono';
import { historyOf } from '../../../operator/reads/history.ts';
import { withLedger } from '../../../operator/reads/known-releases.ts';
import { instant } from '../../../operator/reads/read-model.ts';
import { overviewReaderOf } from '../../../operator/reads/read-overview.ts';
import { readReleases } from '../../../operator/reads/read-releases.ts';
import type { History } from '../../api.ts';
import type { Routes } from '../app.ts';

/** `GET /history?product=P`, and without a product that of all. */
export const historyRoutes: Routes = ({ stage, now }) =>
  new Hono().get('/history', async (c) => {
    const at = now();
    const found = await withLedger(stage, readReleases(stage.ledger, c.req.query('product') || undefined, undefined));
    overviewReaderOf(stage).remember(found.rollouts.map(({ row }) => row));
    return c.json({ at: instant(at), ...historyOf(found) } satisfies History);
  });
