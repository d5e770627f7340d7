import { bodyOf, sampleDetail } from '../../support/sample.ts';
import { change, type HostileBody, ok, utf8 } from './bodies.ts';

const limit = 256 * 1024;
const filled = (length: number) => ok.replace('{', `{${' '.repeat(length - utf8(ok).length)}`);
const nested = (levels: number) =>
  bodyOf({ ...sampleDetail(), x: 0 }).replace('"x":0', `"x":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}`);
const nestedObjects = (levels: number) =>
  bodyOf({ ...sampleDetail(), x: 0 }).replace('"x":0', `"x":${'{"a":'.repeat(levels - 2)}0${'}'.repeat(levels - 2)}`);

export const size: readonly HostileBody[] = [
  ['exactly the limit', filled(limit), null],
  ['one byte below the limit', filled(limit - 1), null],
  ['one byte more', filled(limit + 1), 'TOO_LARGE'],
  ['nearly a megabyte', ' '.repeat(1_000_000), 'TOO_LARGE'],
  ['fewer characters than the limit, more bytes', `"${'é'.repeat(limit / 2)}"`, 'TOO_LARGE'],
  ['half as many characters, of four bytes each', `"${'🔥'.repeat(limit / 4)}"`, 'TOO_LARGE'],
  ['the limit in bytes', utf8(filled(limit)), null],
  ['one byte more in bytes', utf8(filled(limit + 1)), 'TOO_LARGE'],
  ['a large body that is deep as well', '['.repeat(limit + 1), 'TOO_LARGE'],
  ['a large body that is not JSON', 'x'.repeat(limit + 1), 'TOO_LARGE'],
  ['the limit, filled after the event', `${ok}${' '.repeat(limit - utf8(ok).length)}`, null],
  ['the limit, filled with line breaks', `${'\r\n'.repeat((limit - utf8(ok).length) / 2)}${ok}`, null],
];

export const depth: readonly HostileBody[] = [
  ['31 levels', nested(31), 'INVALID_RELEASE'],
  ['32 levels', nested(32), 'INVALID_RELEASE'],
  ['33 levels', nested(33), 'TOO_DEEP'],
  ['32 levels of objects', nestedObjects(32), 'INVALID_RELEASE'],
  ['33 levels of objects', nestedObjects(33), 'TOO_DEEP'],
  ['32 levels outside of the detail, where they are not read', ok.replace('{', `{"x":${'['.repeat(31)}${']'.repeat(31)},`), null],
  ['33 levels outside of the detail', ok.replace('{', `{"x":${'['.repeat(32)}${']'.repeat(32)},`), 'TOO_DEEP'],
  ['3,000 levels of lists', '['.repeat(3000), 'TOO_DEEP'],
  ['60,000 levels of objects', '{"a":'.repeat(60_000 / 2), 'TOO_DEEP'],
  ['60,000 levels that close again', `${'['.repeat(60_000)}${']'.repeat(60_000)}`, 'TOO_DEEP'],
  ['33 levels that never close', '['.repeat(33), 'TOO_DEEP'],
  ['33 levels, mixed', '{"a":['.repeat(17), 'TOO_DEEP'],
  ['100 brackets in a string', change(['description'], '['.repeat(100)), null],
  ['100 brackets after an escaped quote', change(['description'], `"${'{'.repeat(100)}`), null],
  ['100 brackets in a name', change([`${'['.repeat(100)}`], 0), 'INVALID_RELEASE'],
  ['100 brackets after an escaped backslash and the end', `"\\\\"${'['.repeat(100)}`, 'TOO_DEEP'],
  ['100 brackets after a quote that never ends', `"${'['.repeat(100)}`, 'MALFORMED_JSON'],
  ['closing brackets first', `${']'.repeat(50)}${'['.repeat(40)}`, 'MALFORMED_JSON'],
  ['33 levels, closed by the wrong brackets', `${'['.repeat(33)}${'}'.repeat(33)}`, 'TOO_DEEP'],
];
