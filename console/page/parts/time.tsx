import { useCallback } from 'preact/hooks';
import { useClockWords } from './clock.ts';
import { agoWords, clockWords, untilWords, utcWords } from './time-words.ts';

type TimeProps = {
  /** RFC 3339. */
  readonly at: string;
  /** `clock`: `14:20`. `seconds`: `14:20:05`. `ago`: `3 min ago`. `until`: the minute in which it has passed. */
  readonly as?: keyof typeof manners;
};

const manners = {
  clock: clockWords,
  seconds: (at: number, now: number) => clockWords(at, now, { seconds: true }),
  ago: agoWords,
  until: untilWords,
};

/** A time in the viewer's zone. UTC shows on hover, and screen readers read it. A text that is not a time is shown as it is. */
export function Time({ at, as = 'clock' }: TimeProps) {
  const instant = Date.parse(at);
  const words = useClockWords(useCallback((now: number) => manners[as](instant, now), [instant, as]));
  if (Number.isNaN(instant)) return <span>{at}</span>;
  const utc = utcWords(instant);
  const title = as === 'ago' ? `${clockWords(instant, Date.now(), { seconds: true })}, ${utc}` : utc;
  return (
    <time dateTime={new Date(instant).toISOString()} title={title}>
      {words}
      <span class="visually-hidden"> ({utc})</span>
    </time>
  );
}
