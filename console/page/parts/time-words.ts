const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How a time is shown. `timeZone` is an IANA zone; without it the times are those of the viewer. */
type Zone = { readonly timeZone?: string | undefined };

/**
 * A time as the viewer's clock shows it: `14:20` if it is today, or else `28 Nov, 14:20`, with the year if it is another one. Both in epoch
 * ms. With `seconds` it is `14:20:05`. A time that is not a number is empty.
 */
export function clockWords(at: number, now: number, { timeZone, seconds = false }: Zone & { readonly seconds?: boolean } = {}): string {
  if (!Number.isFinite(at)) return '';
  const time = formatOf({ timeZone, hour: '2-digit', minute: '2-digit', ...(seconds && { second: '2-digit' }) }).format(at);
  if (dayOf(at, timeZone) === dayOf(now, timeZone)) return time;
  const isThisYear = dayOf(at, timeZone).slice(-4) === dayOf(now, timeZone).slice(-4);
  const day = formatOf({ timeZone, day: 'numeric', month: 'short', ...(!isThisYear && { year: 'numeric' }) }).format(at);
  return `${day}, ${time}`;
}

/**
 * An instant that one waits for, as {@link clockWords} shows it: rounded up to the minute, so that it has passed by then. Within two
 * minutes it has seconds.
 */
export function untilWords(at: number, now: number, zone: Zone = {}): string {
  if (at - now < 2 * MINUTE) return clockWords(Math.ceil(at / 1000) * 1000, now, { ...zone, seconds: true });
  return clockWords(Math.ceil(at / MINUTE) * MINUTE, now, zone);
}

/** How far a time is from now: `3 min ago`, `in 2 hr`. Less than half a minute is `just now`. Both in epoch ms. Empty for no number. */
export function agoWords(at: number, now: number): string {
  const away = at - now;
  if (!Number.isFinite(away)) return '';
  const size = Math.abs(away);
  if (size < MINUTE / 2) return away > 0 ? 'in a moment' : 'just now';
  if (size < HOUR - MINUTE / 2) return relative.format(Math.round(away / MINUTE), 'minute');
  if (size < DAY - HOUR / 2) return relative.format(Math.round(away / HOUR), 'hour');
  return relative.format(Math.round(away / DAY), 'day');
}

/** A time in UTC: `2026-11-30 14:20:05 UTC`. Empty for no number. */
export function utcWords(at: number): string {
  return Number.isFinite(at) ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC` : '';
}

/** How long something took, with its two largest units: `45 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. `milliseconds` below 0 count as 0. */
export function durationWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

const relative = new Intl.RelativeTimeFormat('en-GB', { numeric: 'always', style: 'short' });

const formats = new Map<string, Intl.DateTimeFormat>();

/** Formats are slow to make, and a long table needs the same one for each row. */
function formatOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat('en-GB', options);
  formats.set(key, known);
  return known;
}

function dayOf(at: number, timeZone: string | undefined): string {
  return formatOf({ timeZone, day: '2-digit', month: '2-digit', year: 'numeric' }).format(at);
}
