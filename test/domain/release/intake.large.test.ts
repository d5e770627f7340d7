import { describe, expect, it } from 'vitest';
import { parseMessage, readable } from '../../../domain/release/intake.ts';
import { largeBodies } from '../../../proof/fuzz/hostile-bodies.ts';
import { account } from '../../../proof/support/sample.ts';

describe('a body of the largest size that is allowed', () => {
  it.each(largeBodies.map(([what, body, code]) => ({ what, body, code })))('$what', ({ body, code }) => {
    const result = parseMessage(body, { allowedAccounts: [account] });
    readable(body);
    expect(result.ok ? null : result.rejection.code).toBe(code);
  });
});
