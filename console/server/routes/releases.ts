import { Hono } from 'hono';
import { withLedger } from '../../../operator/reads/known-releases.ts';
import { instant } from '../../../operator/reads/read-model.ts';
import { readReleases } from '../../../operator/reads/read-releases.ts';
import { storyOf } from '../../../operator/reads/release-story.ts';
import { withOutlooks } from '../../../operator/reads/with-outlooks.ts';
import type { ReleaseStory } from '../../api.ts';
import type { Routes } from '../app.ts';
import { refuse } from '../refusal.ts';

/** `GET /releases/PRODUCT/VERSION` */
export const releasesRoutes: Routes = ({ stage, configuration, now }) =>
  new Hono().get('/releases/:product/:version', async (c) => {
    const { product, version } = c.req.param();
    const at = now();
    const [{ channels }, found] = await Promise.all([configuration(), withLedger(stage, readReleases(stage.ledger, product, version))]);
    if (found.rollouts.length + found.ahead.length === 0) {
      const message = `${product} has no accepted version ${version}: the history has those that were`;
      return refuse(c, 'NOT_FOUND', message);
    }
    const rollouts = await withOutlooks(stage, found.rollouts, at);
    const region = stage.isLocal ? undefined : await stage.region();
    const story = storyOf({ ...found, rollouts }, { channels, stage: stage.name, region, now: at });
    return c.json({ at: instant(at), product, version, ...story } satisfies ReleaseStory);
  });
