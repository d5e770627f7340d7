/**
 * The instant, RFC 3339 in UTC, of what a field for a date and a time has, such as `2026-11-30T14:20` in the zone of the viewer.
 * `undefined` if the field is empty or has no time.
 */
export function instantOf(local: string): string | undefined {
  const time = Date.parse(local);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** What a field for a date and a time shows for an instant, in the zone of the viewer and to the minute. Empty without an instant. */
export function localOf(instant: string | undefined): string {
  if (instant === undefined) return '';
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return '';
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** How long something has waited, in its largest unit: `45 s`, `12 min`, `3 h` or `2 d`. */
export function ageOf(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
