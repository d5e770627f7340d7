import type { Clock } from '../services/service.ts';

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The milliseconds between two runs of `rate(5 minutes)`. Throws on anything else; cron expressions are not implemented. */
export function readRate(expression: string): number {
  const match = expression.match(/^rate\((\d+) (minute|hour|day)s?\)$/);
  const value = Number(match?.[1]);
  if (!match || value < 1) throw new Error(`a schedule must be rate(N minutes|hours|days), not ${expression}`);
  return value * (UNITS[match[2] ?? ''] ?? 0);
}

/** Runs `work` once per period, the first time after one period, and never two runs at once. */
export function startSchedule(
  clock: Clock,
  milliseconds: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): { stop(): void } {
  let stopped = false;
  let cancel = () => {};
  let running = false;
  const arm = () => {
    cancel = clock.after(milliseconds, () => {
      if (stopped) return;
      arm();
      if (running) return;
      running = true;
      work()
        .catch(onError)
        .finally(() => {
          running = false;
        });
    });
  };
  arm();
  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}
