import type { Rollout } from './job.ts';

/** The pace at which a rollout reaches out to things. */
export type Rate = {
  /** Milliseconds until the next thing may be notified. */
  gapMilliseconds(): number;
  perMinute(): number;
  notified(): void;
  succeeded(): void;
};

/**
 * Constant at `maximumPerMinute`, or at `fallbackPerMinute` if a rollout sets nothing. Or exponential: the base rate is
 * multiplied each time the given number of further things was notified or has succeeded. It never exceeds the maximum.
 */
export function createRate(rollout: Rollout | undefined, fallbackPerMinute: number): Rate {
  const top = rollout?.maximumPerMinute ?? fallbackPerMinute;
  const steps = rollout?.exponential;
  let perMinute = steps === undefined ? top : Math.min(steps.baseRatePerMinute, top);
  let notified = 0;
  let succeeded = 0;
  const grow = () => {
    if (steps === undefined) return;
    const enough =
      (steps.numberOfNotifiedThings !== undefined && notified >= steps.numberOfNotifiedThings) ||
      (steps.numberOfSucceededThings !== undefined && succeeded >= steps.numberOfSucceededThings);
    if (!enough) return;
    perMinute = Math.min(perMinute * steps.incrementFactor, top);
    notified = 0;
    succeeded = 0;
  };
  return {
    gapMilliseconds: () => 60_000 / perMinute,
    perMinute: () => perMinute,
    notified() {
      notified++;
      grow();
    },
    succeeded() {
      succeeded++;
      grow();
    },
  };
}
