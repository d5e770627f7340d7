import { describe, expect, it } from 'vitest';
import type { Hold } from '../../../domain/gate/holds.ts';
import { outcomeSchemas } from '../../../domain/rollout/outcome-schema.ts';
import type { Rollout } from '../../../domain/rollout/rollout.ts';
import { approvedOutcome, heldOutcome, resumedOutcome } from '../../../domain/rollout/steering-outcome.ts';
import { aRollout, now, seconds, sentAgo } from '../../../proof/support/a-rollout.ts';

const message = {
  messageId: 'm-1',
  bodySha256: 'b0'.repeat(32),
  readable: { product: 'thermostat', version: '2.0.0', channels: ['stable'], correlationId: 'board-48' },
};
const by = { account: '000000000000', source: 'com.acme.board' };
const hold: Hold = { holdId: 'radio', reason: 'r', by, eventId: 'h-1', at: now - 1 };
const noRows = { holdId: 'radio', holds: { held: [], ended: [] }, rows: [] };
const row = (version: string, changes: Partial<Rollout>) => aRollout({ version, ...changes });

describe('the outcome of an approval', () => {
  const answers = [{ channel: 'stable', revision: 1, counted: false, why: 'stable asks for no approval' }];

  it('has an answer for each channel, and satisfies its schema', () => {
    const { detailType, detail } = approvedOutcome(message, answers, now);
    expect(detailType).toBe('OTA Release Approved');
    expect(outcomeSchemas['OTA Release Approved'].parse(detail)).toEqual({
      schemaVersion: '1',
      outcomeId: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: '2026-11-23T12:00:00.000Z',
      correlationId: 'board-48',
      messageId: 'm-1',
      bodySha256: message.bodySha256,
      product: 'thermostat',
      version: '2.0.0',
      channel: 'stable',
      rollouts: answers,
    });
  });
});

describe('the id of the outcome of an approval', () => {
  it('is that of the message and its body, whenever it is made', () => {
    const idOf = (of: Partial<typeof message>, at = now) => approvedOutcome({ ...message, ...of }, [], at).detail.outcomeId;
    expect(idOf({}, now + 1)).toBe(idOf({}));
    expect(new Set([idOf({}), idOf({ messageId: 'm-2' }), idOf({ bodySha256: 'c' })])).toHaveLength(3);
  });
});

describe('the outcome of a hold and of its end', () => {
  const outcomeOf = (after: Parameters<typeof heldOutcome>[1]) =>
    heldOutcome(message, after, now).detail as unknown as Record<string, unknown[]>;
  const versions = (list: unknown) => (list as { version: string }[]).map(({ version }) => version);

  it('has the holds that are active now, with their times as text', () => {
    const timed: Hold = { ...hold, holdId: 'timed', channels: ['beta'], from: now, until: now + 1 };
    const held = [hold, timed, { ...hold, holdId: 'later', from: now + 1 }, { ...hold, holdId: 'passed', until: now }];
    const { detail } = heldOutcome(message, { ...noRows, holds: { held, ended: [] } }, now);
    expect(outcomeSchemas['OTA Channel Held'].parse(detail)).toMatchObject({
      holdId: 'radio',
      waiting: [],
      live: [],
      holds: [
        { holdId: 'radio', reason: 'r', by, at: '2026-11-23T11:59:59.999Z' },
        { holdId: 'timed', channels: ['beta'], from: '2026-11-23T12:00:00.000Z', until: '2026-11-23T12:00:00.001Z' },
      ],
    });
    expect(outcomeOf({ ...noRows, holds: { held, ended: [] } })['holds']).toHaveLength(2);
    expect(Object.keys(outcomeOf({ ...noRows, holds: { held, ended: [] } })['holds']?.[0] as object)).toEqual([
      'holdId',
      'reason',
      'by',
      'at',
    ]);
  });

  it('divides the rollouts into those that wait and those that run, and leaves out what has ended', () => {
    const rows = [
      row('1.0.9', { state: 'WAITING' }),
      row('1.0.1', { state: 'CLAIMED' }),
      row('1.0.2', { state: 'CREATING', attempt: 1 }),
      row('1.0.3', { state: 'CREATING', ...sentAgo(seconds(1)) }),
      row('1.0.4', { state: 'CREATED' }),
      row('1.0.5', { state: 'SUPERSEDING' }),
      row('1.0.6', { state: 'WITHDRAWING' }),
      row('1.0.7', { state: 'FAILED', code: 'GONE' }),
      row('1.0.8', { state: 'COMPLETED' }),
    ];
    for (const given of [rows, rows.toReversed()]) {
      const { waiting, live } = outcomeOf({ ...noRows, rows: given });
      expect(versions(waiting)).toEqual(['1.0.1', '1.0.2', '1.0.9']);
      expect(versions(live)).toEqual(['1.0.3', '1.0.4', '1.0.5', '1.0.6']);
    }
    expect(outcomeOf({ ...noRows, rows })['waiting']?.[0]).toEqual({
      rolloutId: rows[1]?.rolloutId,
      version: '1.0.1',
      revision: 1,
      channel: 'beta',
      state: 'CLAIMED',
    });
  });

  it('has at most 500 rollouts in each list', () => {
    const many = (state: Rollout['state'], major: number) =>
      Array.from({ length: 501 }, (_, index) => row(`${major}.0.${index}`, { state }));
    const { waiting, live } = outcomeOf({ ...noRows, rows: [...many('WAITING', 1), ...many('CREATED', 2)] });
    expect([waiting?.length, live?.length]).toEqual([500, 500]);
  });

  it('is the same for both events, but its type and id differ', () => {
    const [held, resumed] = [heldOutcome(message, noRows, now), resumedOutcome(message, noRows, now)];
    expect([held.detailType, resumed.detailType]).toEqual(['OTA Channel Held', 'OTA Channel Resumed']);
    expect(resumed.detail).toEqual({ ...held.detail, outcomeId: expect.any(String) });
    expect(resumed.detail.outcomeId).not.toBe(held.detail.outcomeId);
    expect(outcomeSchemas['OTA Channel Resumed'].safeParse(resumed.detail).success).toBe(true);
  });

  it('has the id of the message and its body, whenever it is made', () => {
    for (const outcome of [heldOutcome, resumedOutcome]) {
      const idOf = (of: Partial<typeof message>, at = now) => outcome({ ...message, ...of }, noRows, at).detail.outcomeId;
      expect(idOf({}, now + 1)).toBe(idOf({}));
      expect(new Set([idOf({}), idOf({ messageId: 'm-2' }), idOf({ bodySha256: 'c' })])).toHaveLength(3);
    }
  });
});
