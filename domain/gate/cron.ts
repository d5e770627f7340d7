/**
 * The minutes that an AWS cron expression names. Instants are wall clocks here: epoch ms, as if the local time were UTC. So a cron has no
 * time zone.
 */
export type Cron = {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly isDay: (day: Day) => boolean;
};

/** `day`, `month` and `weekday` count from 1, and Sunday is 1, as AWS counts. `last` is the last day of the month. */
type Day = { readonly day: number; readonly weekday: number; readonly last: number };

type Field = { readonly name: string; readonly min: number; readonly max: number; readonly names?: readonly string[] };

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const minutesField: Field = { name: 'minutes', min: 0, max: 59 };
const hoursField: Field = { name: 'hours', min: 0, max: 23 };
const dayOfMonthField: Field = { name: 'day of month', min: 1, max: 31 };
const monthField: Field = { name: 'month', min: 1, max: 12, names: months };
const dayOfWeekField: Field = { name: 'day of week', min: 1, max: 7, names: weekdays };
/** AWS documents these years. */
const yearField: Field = { name: 'year', min: 1970, max: 2199 };

/** Enough for every list that a person would write. */
const LONGEST_CRON = 200;

const fieldPattern = '[0-9A-Za-z*?,/#-]+';

/** The form of a cron, for JSON Schema. {@link parseCron} has more rules. */
export const cronPattern = `^ *${fieldPattern}(?: +${fieldPattern}){5} *$`;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const SATURDAY = 7;
const SUNDAY = 1;

/**
 * The meaning of the six bare fields of an AWS cron expression: minutes, hours, day of month, month, day of week, year. Names such as MON
 * and JAN may have any case. `problem` is what is wrong, as words for a person. It quotes only characters that a cron can have.
 *
 * `L`, `W` and `#` mean what AWS documents, each alone in its field: `L` the last day of the month or week, `6L` the last Friday of the
 * month, `15W` the weekday (Monday to Friday) nearest to the 15th in the same month, `3#2` the second Tuesday. A month without that day
 * has none.
 */
export function parseCron(text: string): { readonly cron: Cron } | { readonly problem: string } {
  const fields = text.split(' ').filter((field) => field !== '');
  if (/[()]/.test(text)) return { problem: 'must be six bare fields, such as * 9-15 ? * MON-THU *: leave out cron( and )' };
  if (text.length > LONGEST_CRON || /[^ 0-9A-Za-z*?,/#-]/.test(text))
    return { problem: `must have at most ${LONGEST_CRON} characters, of letters, digits, blanks and * ? , / # -` };
  if (fields.length !== 6) return { problem: problemOfCount(fields.length) };
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    const problem =
      dayOfMonth === '?'
        ? 'exactly one of day of month and day of week must be ?, and here both are: write * for one of them'
        : 'exactly one of day of month and day of week must be ?: write ? for the one that does not matter';
    return { problem };
  }
  const problems: string[] = [];
  const valuesOf = (given: string, field: Field) => {
    const values = parseField(given, field);
    if (typeof values === 'string') problems.push(`${field.name}: ${values}`);
    return typeof values === 'string' ? new Set<number>() : values;
  };
  const cron = {
    minutes: valuesOf(minutes, minutesField),
    hours: valuesOf(hours, hoursField),
    months: valuesOf(month, monthField),
    years: valuesOf(year, yearField),
    isDay: dayOfMonth === '?' ? weekdayRule(dayOfWeek, valuesOf) : monthdayRule(dayOfMonth, valuesOf),
  };
  return problems[0] === undefined ? { cron } : { problem: problems[0] };
}

/** Whether a cron names the minute of a wall clock. */
export function matches(cron: Cron, wallClock: number): boolean {
  const date = new Date(wallClock);
  return cron.hours.has(date.getUTCHours()) && cron.minutes.has(date.getUTCMinutes()) && isDayOf(cron, wallClock);
}

/** The first minute in [from, to) that a cron names, or `undefined`. All three are wall clocks. It looks at each day once. */
export function firstMatch(cron: Cron, from: number, to: number): number | undefined {
  const start = Math.ceil(from / MINUTE) * MINUTE;
  for (let day = Math.floor(start / DAY) * DAY; day < to; day += DAY) {
    if (!isDayOf(cron, day)) continue;
    for (let at = Math.max(start, day); at < Math.min(to, day + DAY); at = nextMinute(cron, at)) if (matches(cron, at)) return at;
  }
  return undefined;
}

/** Whether there is a day at all that a cron names, in whatever year. The 30th of February, for example, never comes. */
export function hasDay(cron: Cron): boolean {
  return [...cron.years].some((year) =>
    [...cron.months].some((month) =>
      Array.from({ length: 31 }, (_, day) => Date.UTC(year, month - 1, day + 1)).some((day) => isDayOf(cron, day)),
    ),
  );
}

/** The next minute that the cron may name. It skips the rest of an hour that the cron does not name. */
function nextMinute(cron: Cron, at: number): number {
  return cron.hours.has(new Date(at).getUTCHours()) ? at + MINUTE : (Math.floor(at / (60 * MINUTE)) + 1) * 60 * MINUTE;
}

function isDayOf(cron: Cron, wallClock: number): boolean {
  const date = new Date(wallClock);
  const year = date.getUTCFullYear();
  const month = date.getUTCMonth();
  if (!cron.years.has(year) || !cron.months.has(month + 1)) return false;
  return cron.isDay({ day: date.getUTCDate(), weekday: date.getUTCDay() + 1, last: new Date(Date.UTC(year, month + 1, 0)).getUTCDate() });
}

function problemOfCount(count: number): string {
  const rule = 'must be six fields: minutes, hours, day of month, month, day of week, year';
  return count === 5
    ? `${rule}; it has 5, as on Unix: add a year, such as *, and write ? for one of the two days`
    : `${rule}; it has ${count}`;
}

type ValuesOf = (given: string, field: Field) => ReadonlySet<number>;

function monthdayRule(given: string, valuesOf: ValuesOf): Cron['isDay'] {
  if (given.toUpperCase() === 'L') return ({ day, last }) => day === last;
  const nearest = /^([0-9]{1,2})W$/i.exec(given)?.[1];
  if (nearest === undefined) {
    const days = valuesOf(given, dayOfMonthField);
    return ({ day }) => days.has(day);
  }
  const [wanted = 0] = valuesOf(nearest, dayOfMonthField);
  return ({ day, weekday, last }) => wanted <= last && day === nearestWeekday(wanted, weekdayAt(wanted, { day, weekday }), last);
}

/** Of a day and its weekday: the nearest day from Monday to Friday that is in the same month. */
function nearestWeekday(day: number, weekday: number, last: number): number {
  if (weekday === SATURDAY) return day === 1 ? day + 2 : day - 1;
  if (weekday === SUNDAY) return day === last ? day - 2 : day + 1;
  return day;
}

function weekdayAt(wanted: number, { day, weekday }: Pick<Day, 'day' | 'weekday'>): number {
  return ((((weekday - 1 + wanted - day) % 7) + 7) % 7) + 1;
}

function weekdayRule(given: string, valuesOf: ValuesOf): Cron['isDay'] {
  if (given.toUpperCase() === 'L') return ({ weekday }) => weekday === SATURDAY;
  const [, ofLast, ofNumbered, number] = /^(?:([0-9A-Z]+)L|([0-9A-Z]+)#([1-5]))$/i.exec(given) ?? [];
  if (ofLast !== undefined) {
    const wanted = valuesOf(ofLast, dayOfWeekField);
    return ({ day, weekday, last }) => wanted.has(weekday) && day > last - 7;
  }
  if (ofNumbered !== undefined) {
    const wanted = valuesOf(ofNumbered, dayOfWeekField);
    return ({ day, weekday }) => wanted.has(weekday) && Math.ceil(day / 7) === Number(number);
  }
  const days = valuesOf(given, dayOfWeekField);
  return ({ weekday }) => days.has(weekday);
}

/** The numbers of a field, or what is wrong with it. */
function parseField(given: string, field: Field): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const item of given.split(',')) {
    const range = parseItem(item, field);
    if (typeof range === 'string') return range;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

type Range = { readonly from: number; readonly to: number; readonly step: number };

function parseItem(item: string, field: Field): Range | string {
  const { min, max, names } = field;
  const [, all, first, last, step] = /^(?:(\*)|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:\/([0-9]+))?$/.exec(item) ?? [];
  if (all === undefined && first === undefined) return problemOfItem(item, field);
  const from = first === undefined ? min : numberOf(first, field);
  const end = last === undefined ? (first !== undefined && step === undefined ? from : max) : numberOf(last, field);
  if (from === undefined || end === undefined) return problemOfItem((from === undefined ? first : last) ?? item, field);
  if (end < from) return `${item} ends before it begins: write ${first}-${names?.at(-1) ?? max},${names?.[0] ?? min}-${last}`;
  const every = step === undefined ? 1 : Number(step);
  if (every < 1 || every > max - min) return `the step ${step} must be 1 to ${max - min}`;
  return { from, to: end, step: every };
}

function numberOf(text: string, { min, max, names }: Field): number | undefined {
  const named = names?.indexOf(text.toUpperCase()) ?? -1;
  if (named !== -1) return min + named;
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

function problemOfItem(item: string, { name, min, max, names }: Field): string {
  const rule = `${min}-${max}${names ? ` or ${names[0]}-${names.at(-1)}` : ''}`;
  const special = [
    ['?', 'is for one of the two days only'],
    ['#', 'must be a day of the week, # and 1 to 5, alone in its field, such as 3#2 for the second Tuesday'],
    ['W', 'must be a day of the month and W, alone in its field, such as 15W'],
    ['L', 'must be alone in its field: L is the last day, and 6L the last Friday of the month'],
  ].find(([character]) => isSpecial(item, String(character), name));
  if (special) return `${special[0]} ${special[1]}`;
  return `${item === '' ? 'an empty item' : item} is not one of ${rule}, and not a range or step of them`;
}

/** `W` and `L` have a meaning for days only, and they are also letters of names. */
function isSpecial(item: string, character: string, field: string): boolean {
  if (character === '?' || character === '#') return item.includes(character) && (character === '?' || field === dayOfWeekField.name);
  if (character === 'W') return field === dayOfMonthField.name && /W/i.test(item);
  return field.startsWith('day') && /^(?:L|L-.*|.*[0-9]L)$/i.test(item);
}
