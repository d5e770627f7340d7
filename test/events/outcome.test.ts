import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRecord } from 'aws-ota-models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outcomeSchemas } from '../../domain/rollout/outcome-schema.ts';
import { checkOutcome, isOutcomeEvent } from '../../events/index.ts';
import { root } from '../../scripts/installation.ts';

const detailTypes = Object.keys(outcomeSchemas);
const exampleOf = (detailType: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, 'schemas', `${detailType.toLowerCase().replaceAll(' ', '-')}.example.json`), 'utf8'));

const delivered = (detailType: string, detail: unknown = exampleOf(detailType)) => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': detailType,
  source: 'ota-dispatch',
  account: '123456789012',
  time: '2026-11-20T08:15:30Z',
  region: 'eu-west-1',
  resources: [],
  detail,
});

/** A copy in which every object has one more member. */
function grown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(grown);
  if (!isRecord(value)) return value;
  return { ...Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, grown(inner)])), later: { is: 'new' } };
}

const problemsOf = (value: unknown) => {
  const checked = checkOutcome(value);
  return checked.ok ? [] : checked.problems.map(({ code, path }) => `${code} ${path}`);
};

describe('the check of an outcome', () => {
  it.each(detailTypes)('accepts %s as EventBridge delivers it', (detailType) => {
    const event = delivered(detailType);
    const checked = checkOutcome(event);
    expect(checked.ok && checked.event).toBe(event);
  });

  it.each(detailTypes)('accepts %s of a later version, which has more members at every level', (detailType) => {
    expect(checkOutcome(grown(delivered(detailType)))).toMatchObject({ ok: true });
  });

  it.each(detailTypes)('refuses %s without a member that it always has', (detailType) => {
    const { outcomeId: _, ...detail } = exampleOf(detailType);
    expect(problemsOf(delivered(detailType, detail))).toEqual(['INVALID_OUTCOME outcomeId']);
  });

  it('names each member that is wrong, also of the envelope', () => {
    const { result: _, ...detail } = exampleOf('OTA Rollout Completed');
    const event = { ...delivered('OTA Rollout Completed', { ...detail, at: 'now', counts: { queued: -1 } }), resources: 'none' };
    expect(problemsOf(event)).toEqual([
      'NOT_AN_EVENT resources',
      'INVALID_OUTCOME at',
      'INVALID_OUTCOME result',
      ...['queued', 'inProgress', 'succeeded', 'failed', 'rejected', 'timedOut', 'removed', 'canceled'].map(
        (name) => `INVALID_OUTCOME counts.${name}`,
      ),
    ]);
  });

  it.each([
    ['text', '{}', 'NOT_AN_EVENT $'],
    ['no detail-type', { ...delivered('OTA Rollout Created'), 'detail-type': undefined }, 'NOT_AN_EVENT detail-type'],
    ['the detail alone', exampleOf('OTA Rollout Created'), 'NOT_AN_EVENT detail-type'],
    ['a detail as text', delivered('OTA Rollout Created', '{}'), 'NOT_AN_EVENT detail'],
    ['an event of somebody else', { ...delivered('OTA Rollout Created'), source: 'com.acme' }, 'NOT_AN_EVENT source'],
    ['an event that comes in', delivered('Firmware Release Published', {}), 'UNKNOWN_DETAIL_TYPE detail-type'],
    ['a name of every object', delivered('constructor', {}), 'UNKNOWN_DETAIL_TYPE detail-type'],
  ])('refuses %s', (_what, value, problem) => {
    expect(problemsOf(value)).toEqual([problem]);
  });

  it('never throws on any value of JSON', () => {
    fc.assert(
      fc.property(fc.constantFrom(...detailTypes), fc.jsonValue(), (detailType, value) => {
        expect([checkOutcome(value).ok, checkOutcome(delivered(detailType, value)).ok]).toEqual([false, false]);
      }),
    );
  });
});

describe('isOutcomeEvent', () => {
  const event: unknown = delivered('OTA Rollout Failed');

  it('says whether the check accepts a value', () => {
    expect([isOutcomeEvent(event), isOutcomeEvent({}), isOutcomeEvent(undefined)]).toEqual([true, false, false]);
  });

  it('asks for one of the detail-types that it gets', () => {
    expect(isOutcomeEvent(event, 'OTA Rollout Completed', 'OTA Rollout Failed')).toBe(true);
    expect(isOutcomeEvent(event, 'OTA Rollout Completed')).toBe(false);
  });

  it('narrows the type of the detail for the compiler', () => {
    const code: string | undefined = isOutcomeEvent(event, 'OTA Rollout Failed') ? event.detail.code : undefined;
    expect(code).toBe(exampleOf('OTA Rollout Failed')['code']);
  });
});
