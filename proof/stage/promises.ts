import { expect } from 'vitest';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { StageInTime } from './stage-in-time.ts';
import { type Made, whatAwsHas } from './what-aws-has.ts';

/**
 * Checks the promises at the end of a history. No rollout has two objects at AWS, or one of another rollout. A final rollout
 * has nothing live, a created one is live. All queues are empty, and every end was published. Returns rows and objects.
 */
export async function expectPromisesKept(stage: StageInTime): Promise<{ rows: Rollout[]; made: Made[] }> {
  const rows = await stage.rows();
  const made = await whatAwsHas(stage.observer);
  const published = await stage.published();
  for (const row of rows) {
    const own = made.filter((one) => one.rolloutId === row.rolloutId);
    const attempts = row.operation === 'CreateOTAUpdate' ? row.attempt : 1;
    expect(own.length, `things made for ${row.rolloutId}`).toBeLessThanOrEqual(attempts);
    expect(own.filter((one) => one.live).length, `live things of ${row.rolloutId}, which is ${row.state}`).toBe(
      row.state === 'CREATED' ? 1 : 0,
    );
    for (const one of own) {
      expect(one.requestDigest, `the request of ${one.id}`).toBe(row.requestDigest);
      expect(one.targets).toEqual(row.request['targets'] ?? row.request['OtaTargetQueryString'] ?? row.request['Target']);
    }
    const about = published.filter(({ detail }) => 'rolloutId' in detail && detail.rolloutId === row.rolloutId);
    const last = about.filter(({ detailType }) => detailType !== 'OTA Rollout Progressed').at(-1);
    expect(last?.detailType.split(' ').at(-1)?.toUpperCase(), `the last event of ${row.rolloutId}`).toBe(row.state);
    expect(row.outbox).toEqual([]);
    expect(row.siblings).toEqual([]);
  }
  const claimed = rows.map((row) => row.rolloutId);
  for (const one of made) expect(claimed, `${one.id} without a row`).toContain(one.rolloutId);
  for (const queue of ['releases', 'steering', 'follow-ups', 'releases-dlq', 'steering-dlq', 'follow-ups-dlq', 'rule-dlq']) {
    expect(await stage.messagesIn(queue), `messages in ${queue}`).toBe(0);
  }
  return { rows, made };
}
