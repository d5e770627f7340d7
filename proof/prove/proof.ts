import type { Progress } from '../../scripts/progress.ts';

/** `small` is what CI runs each time, in minutes; `release` takes hours. */
export type Size = 'small' | 'release';

/** What a run is given. `seed` is fresh unless somebody repeats a run. */
export type Given = {
  readonly size: Size;
  readonly seed: number;
  readonly workers: number;
  /** Only so many histories of those that a release asks for; the bar stays where it is. */
  readonly histories?: number | undefined;
  readonly progress: Progress;
  /** Seconds that a run before took for parts that this one does not repeat. */
  readonly spentBefore: (seconds: number) => void;
  /** A line that is worth keeping: what broke, and how to see it. */
  readonly say: (line: string) => void;
};

/** One figure that was measured and the bar it is held to. */
export type Bar = { readonly what: string; readonly measured: string; readonly bar: string; readonly isMet: boolean };

/** One way of proving the service, and how it is run by itself. */
export type Proof = {
  readonly name: string;
  readonly answers: string;
  readonly run: (given: Given) => Promise<readonly Bar[]>;
};

/** A bar that nothing may cross: `measured` must be 0. */
export const none = (what: string, count: number): Bar => ({ what, measured: numberOf(count), bar: '0', isMet: count === 0 });

/** A bar that must be reached. */
export const atLeast = (what: string, measured: number, bar: number): Bar => ({
  what,
  measured: numberOf(measured),
  bar: `≥ ${numberOf(bar)}`,
  isMet: measured >= bar,
});

/** A bar that must not be exceeded. */
export const atMost = (what: string, measured: number, bar: number): Bar => ({
  what,
  measured: numberOf(measured),
  bar: `≤ ${numberOf(bar)}`,
  isMet: measured <= bar,
});

/** For people: 1,000,000 or 0.93. */
export function numberOf(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}
