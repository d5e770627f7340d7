import { describe, expect, it } from 'vitest';
import { DEFAULT_TIMEOUT_CONFIG, timeoutOrDefault } from '../../../domain/request/guard-rails.ts';

describe('the timeout of a channel', () => {
  it('is its own', () => {
    expect(timeoutOrDefault({ inProgressTimeoutInMinutes: 60 })).toEqual({ inProgressTimeoutInMinutes: 60 });
  });

  it('is one day if it has none, which an empty structure is to AWS', () => {
    expect([undefined, {}, { inProgressTimeoutInMinutes: undefined }].map(timeoutOrDefault)).toEqual(Array(3).fill(DEFAULT_TIMEOUT_CONFIG));
  });
});
