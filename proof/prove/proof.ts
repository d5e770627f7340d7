import type { Progress } from '../../scripts/progress.ts';
import type { Unfinished } from './unfinished.ts';

/** `small` is what CI runs, in minutes. `release` takes hours. */
export type Size = 'small' | 'release';

/** The arguments of a run. */
export type Given = {
  readonly size: Size;
  readonly seed: number;
  readonly workers: number;
  /** Fewer histories than a release asks for. The bar stays the same. */
  readonly histories?: number | undefined;
  readonly progress: Progress;
  /** What earlier runs of the same code have done. */
  readonly unfinished: Unfinished;
  /** Prints a line: what broke, and the command that shows it. */
  readonly say: (line: string) => void;
};

/** A measured figure and its bar. */
export type Bar = { readonly what: string; readonly measured: string; readonly bar: string; readonly isMet: boolean };

/** One way of proving the service. */
export type Proof = {
  readonly name: string;
  readonly answers: string;
  readonly run: (given: Given) => Promise<readonly Bar[]>;
};

/** A count that must be 0. */
export const none = (what: string, count: number): Bar => ({ what, measured: numberOf(count), bar: '0', isMet: count === 0 });

/** A figure that must reach its bar. */
export const atLeast = (what: string, measured: number, bar: number): Bar => ({
  what,
  measured: numberOf(measured),
  bar: `≥ ${numberOf(bar)}`,
  isMet: measured >= bar,
});

/** A figure that must not exceed its bar. */
export const atMost = (what: string, measured: number, bar: number): Bar => ({
  what,
  measured: numberOf(measured),
  bar: `≤ ${numberOf(bar)}`,
  isMet: measured <= bar,
});

/** A number for people: 1,000,000 or 0.93. */
export function numberOf(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}
