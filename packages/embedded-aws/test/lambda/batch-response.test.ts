import { describe, expect, it } from 'vitest';
import { readBatchResponse } from '../../src/lambda/batch-response.ts';

describe('the answer to a batch', () => {
  const ids = ['a', 'b'];
  const all = new Set(ids);
  it.each([
    ['nothing', undefined, new Set()],
    ['null', null, new Set()],
    ['an empty object', {}, new Set()],
    ['a null list', { batchItemFailures: null }, new Set()],
    ['an empty list', { batchItemFailures: [] }, new Set()],
    ['one failure', { batchItemFailures: [{ itemIdentifier: 'b' }] }, new Set(['b'])],
    ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] }, all],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, all],
    ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }, all],
    ['a misspelt key', { batchItemFailures: [{ itemIdentifer: 'a' }] }, all],
    ['no object in the list', { batchItemFailures: [null] }, all],
    ['no list', { batchItemFailures: 'a' }, all],
    ['a string', 'ok', all],
    ['a list', [], all],
  ])('that is %s fails %#', (_what, payload, failed) => {
    expect(readBatchResponse(payload, ids).failed).toEqual(failed);
  });
});
