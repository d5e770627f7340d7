const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The epoch milliseconds of an RFC 3339 instant with letters of either case, up to forty decimals and no leap seconds, in
 * the years 1 to 9999 of UTC. `undefined` for any other text. It counts days and does not use the engine's dates.
 */
export function instantOf(text: string): number | undefined {
  const parts = /^(\d\d\d\d)-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,40}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/.exec(text);
  if (parts?.[0] !== text) return undefined;
  const [, year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  const [zoneHour, zoneMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lastDay = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
  const isRight = day >= 1 && day <= lastDay && hour <= 23 && minute <= 59 && second <= 59 && zoneHour <= 23 && zoneMinute <= 59;
  if (!isRight) return undefined;
  const offset = (parts[8] === '-' ? -1 : 1) * (zoneHour * 60 + zoneMinute);
  const minutes = (daysSince1970(year, month, day) * 24 + hour) * 60 + minute - offset;
  const first = daysSince1970(1, 1, 1) * 1440;
  const last = daysSince1970(9999, 12, 31) * 1440 + 1439;
  if (minutes < first || minutes > last) return undefined;
  return (minutes * 60 + second) * 1000 + Number(`${parts[7] ?? ''}000`.slice(0, 3));
}

/** Whether the seconds of an instant are zero. */
export function isWholeMinute(text: string): boolean {
  return /^.{16}:00(?:\.0+)?(?:[Zz]|[+-].{5})$/.test(text);
}

function daysSince1970(year: number, month: number, day: number): number {
  let days = day - 1;
  for (let each = 1; each < month; each += 1) days += (DAYS[each - 1] ?? 0) + (each === 2 && daysIn(year) === 366 ? 1 : 0);
  const before = year - 1;
  return days + before * 365 + Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400) - 719_162;
}

function daysIn(year: number): 365 | 366 {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 366 : 365;
}
