import { afterEach, describe, expect, it, vi } from 'vitest';
import { createManualClock, createRealClock } from '../src/clock.ts';

describe('a manual clock', () => {
  it('runs due work in order, each at its own time, and in the order of its adding if the times are equal', () => {
    const clock = createManualClock(1_000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late ${clock.now()}`));
    clock.after(10, () => seen.push(`early ${clock.now()}`));
    clock.after(10, () => seen.push(`second ${clock.now()}`));
    clock.after(21, () => seen.push('not yet'));
    clock.advance(20);
    expect(seen).toEqual(['early 1010', 'second 1010', 'late 1020']);
    expect(clock.now()).toBe(1_020);
  });

  it('runs work that other work adds, if that is due as well', () => {
    const clock = createManualClock(0);
    const seen: number[] = [];
    const again = () => {
      seen.push(clock.now());
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    expect(seen).toEqual([10, 20, 30]);
  });

  it('does not run cancelled work', () => {
    const clock = createManualClock();
    const work = vi.fn();
    const cancel = clock.after(1, work);
    cancel();
    clock.advance(10);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('a real clock', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets a minute pass in a second at factor 60', () => {
    vi.useFakeTimers();
    const clock = createRealClock({ factor: 60 });
    const start = clock.now();
    const work = vi.fn();
    clock.after(60_000, work);
    vi.advanceTimersByTime(990);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10);
    expect(work).toHaveBeenCalledOnce();
    expect(clock.now() - start).toBe(60_000);
  });

  it('moves pending work when the factor changes', () => {
    vi.useFakeTimers();
    const clock = createRealClock();
    const work = vi.fn();
    clock.after(100_000, work);
    vi.advanceTimersByTime(10_000);
    clock.setFactor(90);
    vi.advanceTimersByTime(1_000);
    expect(work).toHaveBeenCalledOnce();
  });

  it('waits longer than a native timer can', () => {
    vi.useFakeTimers();
    const clock = createRealClock();
    const work = vi.fn();
    const days = 24 * 60 * 60 * 1000;
    clock.after(60 * days, work);
    vi.advanceTimersByTime(59 * days);
    expect(work).not.toHaveBeenCalled();
    vi.advanceTimersByTime(days);
    expect(work).toHaveBeenCalledOnce();
  });

  it('refuses factors of 0 and below', () => {
    expect(() => createRealClock({ factor: 0 })).toThrow(RangeError);
    expect(() => createRealClock().setFactor(-1)).toThrow(RangeError);
  });
});
