/** What long work says of itself: so much is done of so much, and what else is worth a glance. */
export type Progress = (done: number, total: number, note?: string) => void;

const WIDTH = 24;
const ON_A_TERMINAL = 200;
const ELSEWHERE = 60_000;

/**
 * A progress bar on standard error: redrawn in place on a terminal, a line a minute elsewhere, so that a log shows that
 * the work goes on. `end` takes the bar away.
 */
export function progressBar(
  name: string,
  stream: NodeJS.WriteStream = process.stderr,
): { readonly progress: Progress; readonly end: () => void } {
  const isTerminal = stream.isTTY === true;
  const began = performance.now();
  let toldAt = began;
  return {
    progress: (done, total, note = '') => {
      const now = performance.now();
      if (now - toldAt < (isTerminal ? ON_A_TERMINAL : ELSEWHERE)) return;
      toldAt = now;
      const line = lineOf(name, total === 0 ? 0 : Math.min(1, done / total), note, now - began);
      stream.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
    },
    end: () => {
      if (isTerminal) stream.write('\r\u001b[2K');
    },
  };
}

function lineOf(name: string, share: number, note: string, milliseconds: number): string {
  const full = Math.round(share * WIDTH);
  const bar = `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}]`;
  const left = share > 0 ? `, ${spanOf((milliseconds / share) * (1 - share))} left` : '';
  return `${name} ${bar} ${Math.floor(share * 100)} %${note && `, ${note}`}${left}`;
}

/** A span of time for people: `42 s`, `7 min`, `3 h 5 min`. */
export function spanOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
