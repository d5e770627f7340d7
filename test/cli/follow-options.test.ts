import { describe, expect, it } from 'vitest';
import { readFollowOptions } from '../../cli/follow-options.ts';
import { UsageError } from '../../scripts/command.ts';

const read = (values: object, isLocal = true) => readFollowOptions({ json: false, 'no-wait': false, ...values }, { isLocal });

describe('how to follow what was published', () => {
  it('has a limit only for the service and for a quiet continuous channel', () => {
    expect(Object.keys(read({}).limits)).toEqual(['patience', 'quiet']);
    expect(read({}, false).limits.quiet).toBeGreaterThan(read({}).limits.quiet);
    expect(read({}, false).limits.patience).toBeGreaterThan(6 * 60_000);
    expect(read({}).limits.patience).toBe(60_000);
  });

  it('takes minutes and a percentage', () => {
    expect(read({ timeout: '1.5', until: '80%' }).limits).toMatchObject({ timeout: 90_000, until: 80 });
    expect(read({ until: '100' }).limits.until).toBe(100);
  });

  it.each(['0', '', '-1', '1e3', '10m', 'soon'])('does not take %j for minutes', (timeout) => {
    expect(() => read({ timeout })).toThrow(UsageError);
  });

  it.each(['0', '101', '', '50.5', '-1', '%', 'half'])('does not take %j for a percentage', (until) => {
    expect(() => read({ until })).toThrow(UsageError);
  });

  it('follows a channel that only a gate keeps if asked to', () => {
    expect(read({ 'wait-for-gates': true }).limits.waitForGates).toBe(true);
    expect(read({}).limits).not.toHaveProperty('waitForGates');
  });

  it.each([{ timeout: '1' }, { until: '80' }, { 'wait-for-gates': true }])('does not take %j without following', (values) => {
    expect(() => read({ 'no-wait': true, ...values })).toThrow(UsageError);
  });
});
