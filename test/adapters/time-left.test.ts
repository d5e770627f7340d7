import { afterEach, describe, expect, it, vi } from 'vitest';
import { IoTClient, iotCore } from '../../adapters/iot-core.ts';
import { inTheTimeLeft } from '../../adapters/time-left.ts';
import { clientSettings } from '../../packages/embedded-aws/test/support/clients.ts';
import { oneClient } from '../../proof/support/control-plane.ts';
import { startLoopback } from '../support/loopback.ts';

afterEach(() => vi.restoreAllMocks());

describe('the requests of a look or a stop', () => {
  it.each([
    [60_000, 51_000],
    [20_000.7, 11_000],
    [8_000, 5_000],
    [0, 5_000],
  ])('with %d ms left have %d ms, so that the loop can record a failure', async (left, milliseconds) => {
    const timeout = vi.spyOn(AbortSignal, 'timeout');
    await expect(inTheTimeLeft({ millisecondsLeft: () => left }, async () => 'done')).resolves.toBe('done');
    expect(timeout.mock.calls).toEqual([[milliseconds]]);
  });

  it('are aborted after that, with all their attempts, and the look throws', async () => {
    const end = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(end.signal);
    const server = await startLoopback(() => end.abort());
    try {
      const plane = iotCore(oneClient(new IoTClient({ ...clientSettings(server), maxAttempts: 3 })));
      const subject = { rolloutId: 'fw-1', attempt: 1, request: {}, requestDigest: 'd1', aws: {}, unansweredCreates: { count: 0 } };
      await expect(plane.look(subject, 'job', { millisecondsLeft: () => 60_000 })).rejects.toMatchObject({
        message: expect.stringContaining('in the time left'),
        cause: { name: 'AbortError' },
      });
      expect(server.arrivals).toHaveLength(1);
    } finally {
      await server.close();
    }
  });

  it('throw their own error if that is not why they failed', async () => {
    const failed = new Error('refused');
    await expect(inTheTimeLeft({ millisecondsLeft: () => 60_000 }, () => Promise.reject(failed))).rejects.toBe(failed);
  });
});
