import { Hono } from 'hono';
import { compact } from '../../../domain/json/compact.ts';
import { clientsOf, devicePageOf } from '../../../operator/devices/devices-of.ts';
import { executionStates, failedStates } from '../../../operator/devices/execution.ts';
import { remarksOn } from '../../../operator/devices/remarks.ts';
import { withLedger } from '../../../operator/reads/known-releases.ts';
import { instant } from '../../../operator/reads/read-model.ts';
import { UsageError } from '../../../scripts/command.ts';
import type { DevicePage } from '../../api.ts';
import type { Routes } from '../app.ts';
import { refuse } from '../refusal.ts';

/** At most so many devices in a page. Each that failed takes a request for its reason. */
const PAGE_SIZE = 100;

/** `GET /devices?product=P&version=V&channel=C&revision=N&state=S&after=CURSOR` */
export const devicesRoutes: Routes = ({ stage, now }) => {
  let clients: ReturnType<typeof clientsOf> | undefined;
  return new Hono().get('/devices', async (c) => {
    const { product, version, channel, revision = '1', state: given, after } = c.req.query();
    if (!product || !version || !channel || !/^[1-9]\d{0,8}$/.test(revision))
      throw new UsageError('devices need a product, a version, a channel, and a revision that is a whole number');
    const state = executionStates.find((one) => one === given);
    if (given && state === undefined) throw new UsageError(`state takes ${executionStates.join(', ')}, not ${given}`);
    const identity = { product, version, revision: Number(revision), channel };
    const row = await withLedger(stage, stage.ledger.read(identity));
    if (row?.version !== version) {
      const message = `there is no rollout of ${product} ${version} revision ${revision} on channel ${channel}`;
      return refuse(c, 'NOT_FOUND', message);
    }
    clients ??= clientsOf(stage);
    const wanted = compact({ state, withReasons: true, after: after || undefined, size: PAGE_SIZE });
    const [page, wallTime] = await Promise.all([devicePageOf(clients, row, wanted), stage.wallTime()]);
    const { executions, name, next } = page;
    const failed = executions.filter((one) => failedStates.includes(one.state)).length;
    // A page without a device says nothing of the pages before it.
    const remarks =
      after && executions.length === 0 ? [] : remarksOn(page, { ...(state && { state }) }, { devices: executions.length, failed });
    const devices = executions.map((one) => compact({ ...one, since: one.since === undefined ? undefined : instant(wallTime(one.since)) }));
    const answer = { at: instant(now()), name, counts: row.counts, devices, next, remarks };
    return c.json(compact(answer) satisfies DevicePage);
  });
};
