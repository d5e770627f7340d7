/** Reports how much of a long piece of work is done. `note` is what else a person may want to see. */
export type Progress = (done: number, total: number, note?: string) => void;

const BAR_CHARACTERS = 24;
/** How often the bar is redrawn on a terminal. Five times a second look like movement and cost nothing. */
const REDRAW_MS = 200;
/** How often a line is written if standard error is not a terminal. A log then shows that the work goes on. */
const LOG_LINE_MS = 60_000;
const CLEAR_LINE = '\r\u001b[2K';

type Output = { readonly stdout: { readonly isTTY?: boolean }; readonly stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> };

/**
 * Shows what a command waits for, on a line that the next call overwrites. Shows nothing unless both outputs are a terminal. What
 * goes through a pipe, such as `| tee`, comes to the terminal later, in the middle of that line.
 */
export function progress(line: string, { stdout, stderr }: Output = process): void {
  if (stdout.isTTY && stderr.isTTY) stderr.write(`${CLEAR_LINE}${line.slice(0, (stderr.columns || 80) - 1)}`);
}

/** Clears the line of `progress`, before something is printed that stays. */
export function clearProgress({ stdout, stderr }: Output = process): void {
  if (stdout.isTTY && stderr.isTTY) stderr.write(CLEAR_LINE);
}

/**
 * A progress bar on standard error. A terminal shows it on one line, which each call redraws. Anywhere else it is a line a
 * minute. `end` removes the bar from the terminal.
 */
export function progressBar(
  name: string,
  stream: NodeJS.WriteStream = process.stderr,
): { readonly progress: Progress; readonly end: () => void } {
  const isOnTerminal = stream.isTTY === true;
  const began = performance.now();
  let shownAt = began;
  return {
    progress: (done, total, note = '') => {
      const now = performance.now();
      if (now - shownAt < (isOnTerminal ? REDRAW_MS : LOG_LINE_MS)) return;
      shownAt = now;
      const line = lineOf(name, total === 0 ? 0 : Math.min(1, done / total), note, now - began);
      stream.write(isOnTerminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
    },
    end: () => {
      if (isOnTerminal) stream.write(CLEAR_LINE);
    },
  };
}

function lineOf(name: string, share: number, note: string, milliseconds: number): string {
  const full = Math.round(share * BAR_CHARACTERS);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(BAR_CHARACTERS - full)}]`;
  const left = share > 0 ? `, ${spanOf((milliseconds / share) * (1 - share))} left` : '';
  return `${name} ${bar} ${Math.floor(share * 100)} %${note && `, ${note}`}${left}`;
}

/** A duration for people: `42 s`, `7 min`, `3 h 5 min`. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A duration for people, to the second: `42 s`, `7 min 5 s`. */
export function exactSpanOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
