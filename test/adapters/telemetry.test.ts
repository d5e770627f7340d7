import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { telemetry } from '../../adapters/telemetry.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import { aRollout, now, seconds } from '../../proof/support/a-rollout.ts';

let written: string[] = [];

beforeEach(() => {
  written = [];
  const take = (chunk: unknown) => {
    written.push(String(chunk));
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const create = () => telemetry({ stage: 'local', now: () => now });
type Line = Record<string, unknown> & { level: string; message: string };
/** The log lines and the metrics that these reports wrote. */
function capture(report: (to: ReturnType<typeof create>) => void) {
  const to = create();
  report(to);
  to.flush();
  const all = written.flatMap((text) => text.split('\n').filter((line) => line !== '')).map((line) => JSON.parse(line));
  const metrics: Record<string, unknown> = {};
  for (const { _aws: emf, ...values } of all.filter((line) => '_aws' in line)) {
    for (const { Name } of emf.CloudWatchMetrics[0].Metrics) metrics[Name] = values[Name];
  }
  return {
    lines: all.filter((line) => !('_aws' in line)) as Line[],
    emf: all.find((line) => '_aws' in line),
    metrics,
  };
}

const rollout: Rollout = aRollout({
  rolloutId: 'fw-thermostat',
  request: { roleArn: 'MARKER' },
  state: 'CREATING',
  attempt: 1,
  aws: { otaUpdateId: 'fw-thermostat-1' },
  claimedAt: now - seconds(45),
  history: [{ at: now, to: 'CREATED', why: 'AWS confirmed it', who: 'x' }],
});
const counts = { queued: 0, inProgress: 0, succeeded: 5, failed: 1, rejected: 1, timedOut: 2, removed: 0, canceled: 3 };

describe('a record', () => {
  it.each([
    ['dispatched', 'RecordDispatched'],
    ['duplicate', 'RecordDuplicate'],
    ['rejected', 'RecordRejected'],
    ['retried', 'RecordRetried'],
  ] as const)('that is %s has one line and one count', (word, name) => {
    const { lines, metrics } = capture((to) => to.record(word, { messageId: 'm-1' }));
    expect(lines).toMatchObject([{ level: 'INFO', message: 'record', word, messageId: 'm-1', service: 'ota-dispatch', stage: 'local' }]);
    expect(metrics).toEqual({ [name]: 1 });
  });
});

describe('a slow call to AWS', () => {
  it('has a line with its service, operation, time and attempts, and nothing else', () => {
    const call = { awsService: 'S3', operation: 'GetObject', milliseconds: 1_500, attempts: 2, code: 'SlowDown', body: 'MARKER' };
    const { lines, metrics } = capture((to) => to.slowCall(call));
    const { body: _, ...logged } = call;
    expect(lines).toMatchObject([{ level: 'WARN', message: 'slow call to AWS', service: 'ota-dispatch', ...logged }]);
    expect(JSON.stringify(lines)).not.toContain('MARKER');
    expect(metrics).toEqual({});
  });
});

describe('metrics', () => {
  it('are in the namespace OtaDispatch, with the dimensions service and Stage', () => {
    const { emf } = capture((to) => to.measure('WorkOverdue', 7));
    expect(emf).toMatchObject({ service: 'ota-dispatch', Stage: 'local', WorkOverdue: 7 });
    expect(emf._aws.CloudWatchMetrics).toEqual([
      { Namespace: 'OtaDispatch', Dimensions: [['service', 'Stage']], Metrics: [{ Name: 'WorkOverdue', Unit: 'Count' }] },
    ]);
  });

  it('have the unit that their name ends with', () => {
    const { emf } = capture((to) => to.measure('OutboxLagSeconds', 1.5));
    expect(emf._aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: 'OutboxLagSeconds', Unit: 'Seconds' }]);
  });

  it('write no line if there are none', () => {
    capture(() => undefined);
    expect(written).toEqual([]);
  });
});

describe('a transition', () => {
  it('logs both states, the reason, the invocation and all ids', () => {
    const { lines } = capture((to) => to.transition(rollout, { ...rollout, state: 'CREATED' }, 'follow-ups 5f1c'));
    expect(lines).toMatchObject([
      {
        level: 'INFO',
        message: 'transition',
        from: 'CREATING',
        to: 'CREATED',
        why: 'AWS confirmed it',
        who: 'follow-ups 5f1c',
        rolloutId: 'fw-thermostat',
        product: 'thermostat',
        version: '2.0.0',
        revision: 1,
        channel: 'beta',
        attempt: 1,
        operation: 'CreateOTAUpdate',
        otaUpdateId: 'fw-thermostat-1',
        messageId: 'm-1',
      },
    ]);
  });

  it.each<[string, Partial<Rollout>, Partial<Rollout>, Record<string, number>]>([
    ['creation', {}, { state: 'CREATED' }, { RolloutCreated: 1, CreationLatencySeconds: 45 }],
    [
      'creation after a gate',
      { opened: { at: now - 9_000, after: [], approvals: [], skipped: [] } },
      { state: 'CREATED' },
      { RolloutCreated: 1, CreationLatencySeconds: 9 },
    ],
    ['creation after a hold', { waitedUntil: now - 7_000 }, { state: 'CREATED' }, { RolloutCreated: 1, CreationLatencySeconds: 7 }],
    ['completion', { state: 'CREATED' }, { state: 'COMPLETED', counts }, { RolloutCompleted: 1, DevicesSucceeded: 5, DevicesFailed: 4 }],
    ['supersession', { state: 'SUPERSEDING' }, { state: 'SUPERSEDED' }, { RolloutSuperseded: 1 }],
    [
      'withdrawal',
      { state: 'WITHDRAWING' },
      { state: 'WITHDRAWN', counts },
      { RolloutWithdrawn: 1, DevicesSucceeded: 5, DevicesFailed: 4 },
    ],
    ['withdrawal after its devices were counted', { state: 'COMPLETED', counts }, { state: 'WITHDRAWN', counts }, { RolloutWithdrawn: 1 }],
    ['another attempt', {}, { attempt: 2 }, { CreateFailed: 1 }],
    ['the last failed attempt', {}, { state: 'FAILED', code: 'CREATE_FAILED' }, { RolloutFailed: 1, CreateFailed: 1 }],
    ['uncertainty', {}, { state: 'FAILED', code: 'UNCERTAIN' }, { RolloutFailed: 1, RolloutUncertain: 1 }],
    ['the first attempt', { state: 'CLAIMED', attempt: 0 }, { state: 'CREATING', attempt: 1 }, {}],
  ])('counts a %s', (_, before, after, expected) => {
    const from = { ...rollout, ...before };
    const { metrics } = capture((to) => to.transition(from, { ...from, ...after }, 'x'));
    expect(metrics).toEqual(expected);
  });
});

describe('a rejection', () => {
  const message = { messageId: 'm-1', bodySha256: 'abc', readable: { product: 'thermostat' } };

  it('logs code and path, and not the text, which can quote the message', () => {
    const { lines } = capture((to) => to.refusal(message, { code: 'INVALID_RELEASE', path: 'artifacts[0]', message: 'MARKER' }));
    expect(lines).toMatchObject([{ level: 'WARN', message: 'refusal', code: 'INVALID_RELEASE', path: 'artifacts[0]', bodySha256: 'abc' }]);
    expect(written.join()).not.toContain('MARKER');
  });

  it('counts conflicts', () => {
    expect(capture((to) => to.refusal(message, { code: 'RELEASE_CONFLICT', path: '$', message: 'x' })).metrics).toEqual({
      ReleaseConflict: 1,
    });
  });
});

describe('a problem', () => {
  const cause = Object.assign(new Error('slow down'), { name: 'ThrottlingException', $metadata: { requestId: 'r-1' } });

  it('logs the names and messages of the error and its causes', () => {
    const { lines } = capture((to) => to.problem('a problem', new Error('outer', { cause }), { rolloutId: 'fw-1' }));
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        message: 'a problem',
        rolloutId: 'fw-1',
        problem: {
          errors: [
            { name: 'Error', message: 'outer' },
            { name: 'ThrottlingException', message: 'slow down', requestId: 'r-1' },
          ],
          at: expect.arrayContaining([expect.stringMatching(/^at /)]),
        },
      },
    ]);
  });

  it('is a warning if it has no error', () => {
    expect(capture((to) => to.problem('a problem', undefined, {})).lines).toMatchObject([{ level: 'WARN' }]);
  });

  it('is critical if AWS denied access, however deep the cause', () => {
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    const { lines, metrics } = capture((to) => to.problem('a problem', new Error('outer', { cause: denied }), {}));
    expect(lines).toMatchObject([{ level: 'CRITICAL' }]);
    expect(metrics).toEqual({ AccessDenied: 1 });
  });

  it('is critical if the code of a refused create means denied access', () => {
    const { lines, metrics } = capture((to) => to.problem('a problem', undefined, { code: 'ExpiredTokenException', reply: 'refused' }));
    expect(lines).toMatchObject([{ level: 'CRITICAL', code: 'ExpiredTokenException' }]);
    expect(metrics).toEqual({ AccessDenied: 1 });
  });

  it('counts throttled creates', () => {
    const throttled = { code: 'ThrottlingException', reply: 'refused' };
    expect(capture((to) => to.problem('a problem', undefined, throttled)).metrics).toEqual({ CreateThrottled: 1 });
  });

  it.each([undefined, null, 'text', 7, {}, Object.assign(new Error('x'), { stack: undefined })])(
    'can have any thrown value: %o',
    (thrown) => {
      expect(capture((to) => to.problem('x', thrown, {})).lines).toHaveLength(1);
    },
  );

  it('ends if its causes form a circle', () => {
    const circle = new Error('round');
    circle.cause = circle;
    expect(capture((to) => to.problem('x', circle, {})).lines).toHaveLength(1);
  });
});

describe('a failed call for a rollout', () => {
  const throttled = new Error('outer', { cause: Object.assign(new Error('slow down'), { name: 'ThrottlingException' }) });
  it.each([
    ['a throttled look', 'look', 'CREATED', throttled, { LookThrottled: 1 }],
    ['a throttled look that was due an hour ago', 'look', 'CREATED', throttled, { LookThrottled: 1 }, 60],
    ['a throttled look that was due before that', 'look', 'CREATED', throttled, { LookThrottled: 1, LookFailed: 1 }, 61],
    ['any other failed look that was due two hours ago', 'look', 'CREATED', new Error('hang up'), { LookFailed: 1 }, 120],
    ['any other failed look', 'look', 'CREATING', new Error('hang up'), { LookFailed: 1 }],
    ['a look at a withdrawn rollout', 'look', 'WITHDRAWING', throttled, { LookThrottled: 1, WithdrawalRetried: 1 }],
    ['a stop of a withdrawn rollout', 'stop', 'WITHDRAWING', new Error('hang up'), { WithdrawalRetried: 1 }],
    ['a stop of a superseded rollout', 'stop', 'SUPERSEDING', new Error('hang up'), {}],
  ] as const)('counts %s', (_what, call, state, error, expected, overdueMinutes: number = 0) => {
    const dueAt = now - overdueMinutes * 60_000;
    expect(capture((to) => to.failedCall(call, { state, dueAt }, error)).metrics).toEqual(expected);
  });
});

describe('a log line', () => {
  it('has only allowed fields', () => {
    const { lines } = capture((to) => to.record('retried', { messageId: 'm-1', body: 'MARKER', request: 'MARKER', url: 'MARKER' }));
    expect(Object.keys(lines[0] ?? {})).toEqual(expect.arrayContaining(['messageId', 'word']));
    expect(written.join()).not.toContain('MARKER');
  });

  it('never has the request of a rollout', () => {
    capture((to) => to.transition(rollout, { ...rollout, state: 'CREATED' }, 'x'));
    expect(written.join()).not.toContain('MARKER');
  });

  it('has no control characters, line breaks, escapes or broken characters, and a limited length', () => {
    const nasty = `a\r\nb\u001b[31mc\u0000d\u2028e\u202ef\ud800${'x'.repeat(2000)}`;
    const { lines } = capture((to) => {
      to.record('retried', { messageId: nasty });
      to.problem(nasty, Object.assign(new Error(nasty), { name: nasty }), { why: nasty });
    });
    for (const line of lines) {
      const texts = [line['messageId'], line['why'], line.message].filter((text) => typeof text === 'string');
      for (const text of texts) expect(text).toMatch(/^[^\p{C}\u2028\u2029]{0,512}$/u);
    }
    expect(lines[0]?.['messageId']).toMatch(/^a b \[31mc d e f x+$/);
    expect(JSON.stringify(lines[1]?.['problem'])).not.toMatch(/\\[rnu]/);
  });
});
