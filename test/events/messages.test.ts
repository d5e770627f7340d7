import { describe, expect, it } from 'vitest';
import { checkOutcome, checkRelease } from '../../events/index.ts';
import { outcomeExamples } from '../../scripts/schema-examples.ts';

const envelope = { version: '0', id: 'i', source: 'ota-dispatch', account: 'a', time: 't', region: 'r', resources: [] };
const completed = (changes: object) => ({
  ...envelope,
  'detail-type': 'OTA Rollout Completed',
  detail: { ...outcomeExamples['OTA Rollout Completed'], ...changes },
});

/** Other texts of the checks are those of the intake, which has its own table. */
describe('a problem of an event', () => {
  it.each([
    [checkRelease(undefined), 'NOT_AN_EVENT $: detail must be an object, got nothing'],
    [checkRelease({ product: 1n }), 'MALFORMED_JSON $: the detail cannot be written as JSON: it has a cycle, a BigInt or too many levels'],
    [checkOutcome('{}'), 'NOT_AN_EVENT $: must be an object with detail-type and detail, got text of 2 characters'],
    [checkOutcome({}), 'NOT_AN_EVENT detail-type: must be text, got nothing'],
    [checkOutcome({ 'detail-type': 'x' }), 'UNKNOWN_DETAIL_TYPE detail-type: must be one that this version of ota-dispatch publishes'],
    [checkOutcome({ ...completed({}), source: 'a' }), 'NOT_AN_EVENT source: must be ota-dispatch, got text of 1 character'],
    [checkOutcome({ ...completed({}), resources: {} }), 'NOT_AN_EVENT resources: must be a list, got an object'],
    [checkOutcome({ ...completed({}), detail: [] }), 'NOT_AN_EVENT detail: must be an object, got a list of 0'],
    [checkOutcome(completed({ product: undefined })), 'INVALID_OUTCOME product: required: text'],
    [
      checkOutcome(completed({ outcomeId: 'a' })),
      'INVALID_OUTCOME outcomeId: must be 64 lower-case hex characters, got text of 1 character',
    ],
    [checkOutcome(completed({ at: 'now' })), 'INVALID_OUTCOME at: must be an RFC 3339 instant in UTC, got text of 3 characters'],
    [checkOutcome(completed({ schemaVersion: '2' })), 'INVALID_OUTCOME schemaVersion: must be 1, got text of 1 character'],
    [
      checkOutcome(completed({ result: 'x' })),
      'INVALID_OUTCOME result: must be one of succeeded, partial, failed, got text of 1 character',
    ],
    [checkOutcome(completed({ attempt: 1.5 })), 'INVALID_OUTCOME attempt: must be a whole number, got a number'],
    [checkOutcome(completed({ attempt: -1 })), 'INVALID_OUTCOME attempt: must be a number of at least 0, got a number'],
    [checkOutcome(completed({ attempt: 2 ** 60 })), 'INVALID_OUTCOME attempt: must be what the schema of the event allows, got a number'],
  ])('names the rule and what was given: %#', (checked, text) => {
    expect(checked.ok ? [] : checked.problems.map(({ code, path, message }) => `${code} ${path}: ${message}`)).toEqual([text]);
  });
});
