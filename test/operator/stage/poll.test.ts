import { describe, expect, it } from 'vitest';
import { poll } from '../../../operator/stage/poll.ts';

const failures = {
  'a connection that ends': Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }),
  'a time-out': Object.assign(new Error('too slow'), { name: 'TimeoutError' }),
  'a fault of AWS': Object.assign(new Error('a fault'), { $metadata: { httpStatusCode: 500 } }),
  'a throttle': Object.assign(new Error('too many'), { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }),
};
const lasting = {
  'a permission that is missing': Object.assign(new Error('no'), { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }),
  'credentials that have expired': Object.assign(new Error('no'), { name: 'ExpiredTokenException', $metadata: { httpStatusCode: 400 } }),
  'a local service that has stopped': Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
  'an error of the command itself': new TypeError('undefined is not a function'),
};

/** Polls while the first look fails. Answers what the second one found, and the number of lines about the failure. */
async function polled(failure: Error, limits = { patience: 60_000, timeout: Number.POSITIVE_INFINITY }) {
  let looks = 0;
  const lines: string[] = [];
  const look = async (): Promise<{ looks: number }> => {
    looks += 1;
    if (looks === 1) throw failure;
    return { looks };
  };
  return { ...(await poll(look, limits, (line) => lines.push(line))), lines: lines.length };
}

describe('looking again and again', () => {
  it.each(Object.entries(failures))('goes on after %s', async (_what, failure) => {
    expect(await polled(failure)).toEqual({ looks: 2, lines: 1 });
  });

  it.each(Object.entries(lasting))('ends with %s', async (_what, failure) => {
    await expect(polled(failure)).rejects.toBe(failure);
  });

  it.each([
    { patience: -1, timeout: 60_000 },
    { patience: 60_000, timeout: -1 },
  ])('ends with a failure that could pass if a limit is over: %j', async (limits) => {
    const failure = failures['a fault of AWS'];
    await expect(polled(failure, limits)).rejects.toBe(failure);
  });
});
