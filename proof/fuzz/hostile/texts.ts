import { change, file, type HostileBody, on, withdraw } from './bodies.ts';

/** What breaks a log line, a terminal or a spreadsheet where it is copied as it is. */
const attacks = {
  'a log line': 'neverlog\r\n{"level":"INFO","message":"record","word":"dispatched"}',
  'a line break': 'neverlog\nneverlog',
  colours: '\u001b[31mneverlog\u001b[0m',
  'a title of the terminal': '\u001b]0;neverlog\u0007',
  'a NUL': 'neverlog\u0000neverlog',
  'a backspace': 'neverlog\b\b\b',
  DEL: 'neverlog\u007f',
  'a next line of C1': 'neverlog\u0085neverlog',
} as const;

/** Invisible characters, and characters that change the order of text. They are not control characters. */
const oddities = {
  'a line separator': 'neverlog\u2028neverlog',
  'text from right to left': '\u202eneverlog',
  'a hidden blank': 'never\u200blog',
  'a language tag': 'neverlog\u{e0001}',
  'a formula': '=cmd|"/C calc"!A0',
  'a script': '<script>alert("neverlog")</script>',
  'an accent over another': `neverlog${'\u0301'.repeat(50)}`,
  'a family': '👨‍👩‍👧‍👦',
} as const;

const inCorrelationId = (texts: Readonly<Record<string, string>>, code: 'INVALID_RELEASE' | null) =>
  Object.entries(texts).map(([what, text]): HostileBody => [`${what} in the correlationId`, change(['correlationId'], text), code]);

const everyAttack = Object.values(attacks).join('');

export const texts: readonly HostileBody[] = [
  ...inCorrelationId(attacks, 'INVALID_RELEASE'),
  ...inCorrelationId(oddities, null),
  ...Object.entries(attacks).map(
    ([what, text]): HostileBody => [`${what} in the description of IoT Core`, change(['description'], text), null, 'INVALID_REQUEST'],
  ),
  ...Object.entries(attacks).map(
    ([what, text]): HostileBody => [`${what} in the description of MI`, on('hubs', { description: text }), null],
  ),
  ['all of them in a file name', change(['artifacts', 0, 'fileName'], everyAttack), null],
  ['all of them in a file version', change(['artifacts', 0, 'fileVersion'], everyAttack), null],
  ['all of them in an attribute', file('beta', { attributes: { [everyAttack]: everyAttack } }), null],
  ['all of them in an attribute of MI', file('hubs', { attributes: { [everyAttack]: everyAttack } }), null],
  ['all of them in a hardware', change(['hardware'], [everyAttack]), null],
  ['all of them in the value of a tag', change(['tags'], { ci: everyAttack }), null],
  ['all of them in the key of a tag', change(['tags'], { [everyAttack.slice(0, 128)]: 'x' }), null, 'INVALID_REQUEST'],
  ['all of them in a target', change(['targets'], [everyAttack]), null, 'TARGET_NOT_ALLOWED'],
  ['all of them in a product', change(['product'], everyAttack), 'INVALID_RELEASE'],
  ['all of them in a version', change(['version'], everyAttack), 'INVALID_RELEASE'],
  ['all of them in a channel', change(['channels'], [everyAttack]), 'INVALID_RELEASE'],
  ['all of them in an unknown name', change([everyAttack], 'neverlog'), 'INVALID_RELEASE'],
  ['all of them in a reason of a withdrawal', withdraw({ reasonCode: everyAttack.slice(0, 128) }), 'INVALID_WITHDRAWAL'],
  ['all of them in a comment of a withdrawal', withdraw({ comment: everyAttack }), 'INVALID_WITHDRAWAL'],
  ...Object.entries(oddities).map(
    ([what, text]): HostileBody => [`${what} in a withdrawal`, withdraw({ reasonCode: text, comment: text, correlationId: text }), null],
  ),
];
