import { account, bodyOf, sampleArtifact, sampleDetail, withMember } from './sample.ts';

/** A body that somebody may send, and the code that refuses it; null where it is harmless and accepted. */
export type HostileBody = readonly [what: string, body: string | Uint8Array, code: string | null];

const ok = bodyOf(sampleDetail());
const limit = 256 * 1024;
const utf8 = (text: string) => new TextEncoder().encode(text);
const bytes = (...values: number[]) => Uint8Array.from(values);
const join = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const filled = (length: number) => ok.replace('{', `{${' '.repeat(length - utf8(ok).length)}`);
const nested = (levels: number) =>
  bodyOf({ ...sampleDetail(), x: 0 }).replace('"x":0', `"x":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}`);
const member = (text: string) => ok.replace('"product"', `${text},"product"`);
const outside = (text: string) => ok.replace('{', `{${text},`);
const change = (path: (string | number)[], value: unknown) => bodyOf(withMember(sampleDetail(), path, value));
const s3 = ['artifacts', 0, 'fileLocation', 's3Location'];
const withdrawn = { 'detail-type': 'Firmware Release Withdrawn' };
const withdrawal = { product: 'thermostat', version: '2.4.1' };

const size: HostileBody[] = [
  ['exactly the limit', filled(limit), null],
  ['one byte more', filled(limit + 1), 'TOO_LARGE'],
  ['a megabyte', ' '.repeat(2 ** 20), 'TOO_LARGE'],
  ['fewer characters than the limit, more bytes', `"${'é'.repeat(limit / 2)}"`, 'TOO_LARGE'],
  ['the limit in bytes', utf8(filled(limit)), null],
  ['one byte more in bytes', utf8(filled(limit + 1)), 'TOO_LARGE'],
  ['a large body that is deep as well', '['.repeat(limit + 1), 'TOO_LARGE'],
];

/** As large as a body may be, each where it is large in another place. */
export const largeBodies: readonly HostileBody[] = [
  ['a description of 200 KB', change(['description'], 'x'.repeat(200 * 1024)), null],
  ['a version of 200 KB', change(['version'], `1.0.0-${'1.'.repeat(100 * 1024)}!`), 'INVALID_RELEASE'],
  ['60,000 channels', change(['channels'], Array(60_000).fill('a')), 'INVALID_RELEASE'],
  [
    '30,000 different channels, which the product will judge',
    change(
      ['channels'],
      Array.from({ length: 30_000 }, (_, i) => `${i}`),
    ),
    null,
  ],
  ['60,000 artifacts that are none', change(['artifacts'], Array(60_000).fill(0)), 'INVALID_RELEASE'],
  [
    '20,000 unknown members',
    bodyOf({ ...sampleDetail(), ...Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, 0])) }),
    'INVALID_RELEASE',
  ],
  ['a name of 200 KB', member(`"${'k'.repeat(200 * 1024)}":1`), 'INVALID_RELEASE'],
  ['an instant of 200 KB', change(['notAfter'], `2026-12-24T00:00:00.${'0'.repeat(200 * 1024)}Z`), 'INVALID_RELEASE'],
  ['a number of 200,000 digits', member(`"revision":${'9'.repeat(200_000)}`), 'INVALID_RELEASE'],
  ['a key of 200 KB of slashes', change([...s3, 'key'], '/'.repeat(200 * 1024)), 'INVALID_RELEASE'],
];

const depth: HostileBody[] = [
  ['31 levels', nested(31), 'INVALID_RELEASE'],
  ['32 levels', nested(32), 'INVALID_RELEASE'],
  ['33 levels', nested(33), 'TOO_DEEP'],
  ['3,000 levels of lists', '['.repeat(3000), 'TOO_DEEP'],
  ['60,000 levels of objects', '{"a":'.repeat(60_000 / 2), 'TOO_DEEP'],
  ['33 levels that never close', '['.repeat(33), 'TOO_DEEP'],
  ['100 brackets in a string', change(['description'], '['.repeat(100)), null],
  ['100 brackets after an escaped quote', change(['description'], `"${'{'.repeat(100)}`), null],
  ['100 brackets after an escaped backslash and the end', `"\\\\"${'['.repeat(100)}`, 'TOO_DEEP'],
  ['closing brackets first', `${']'.repeat(50)}${'['.repeat(40)}`, 'MALFORMED_JSON'],
];

const encoding: HostileBody[] = [
  ['nothing', '', 'MALFORMED_JSON'],
  ['no bytes', bytes(), 'MALFORMED_JSON'],
  ['blanks', ' \n\t', 'MALFORMED_JSON'],
  ['a byte order mark', `\ufeff${ok}`, 'MALFORMED_JSON'],
  ['a byte order mark in bytes', join(bytes(0xef, 0xbb, 0xbf), utf8(ok)), 'MALFORMED_JSON'],
  ['UTF-16, little end first', new Uint8Array(Buffer.from(ok, 'utf16le')), 'MALFORMED_JSON'],
  ['UTF-16 with its mark', new Uint8Array(Buffer.from(`\ufeff${ok}`, 'utf16le')), 'MALFORMED_JSON'],
  ['Latin-1', new Uint8Array(Buffer.from(change(['description'], 'Übergang'), 'latin1')), 'MALFORMED_JSON'],
  ['an overlong slash', join(utf8('"'), bytes(0xc0, 0xaf), utf8('"')), 'MALFORMED_JSON'],
  ['a surrogate in UTF-8', join(utf8('"'), bytes(0xed, 0xa0, 0x80), utf8('"')), 'MALFORMED_JSON'],
  ['a character cut in half', join(utf8('"'), bytes(0xf0, 0x9f, 0x94)), 'MALFORMED_JSON'],
  ['a byte that UTF-8 has not', bytes(0xff), 'MALFORMED_JSON'],
  ['half a character in the text', ok.replace('thermostat', '\ud83d'), 'MALFORMED_JSON'],
  ['half a character, escaped', ok.replace('"version"', '"description":"\\ud83d","version"'), 'INVALID_RELEASE'],
  ['two halves in the wrong order', ok.replace('"version"', '"description":"\\udd25\\ud83d","version"'), 'INVALID_RELEASE'],
  ['a whole character, escaped', ok.replace('"version"', '"description":"\\ud83d\\udd25","version"'), null],
  ['a replacement character', change(['description'], '\ufffd'), null],
  ['a NUL', '\u0000', 'MALFORMED_JSON'],
  ['a NUL in a string', ok.replace('beta', 'be\u0000ta'), 'MALFORMED_JSON'],
  ['an escaped NUL', ok.replace('beta', 'be\\u0000ta'), 'INVALID_RELEASE'],
  ['gzip', bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), 'MALFORMED_JSON'],
  ['base64 of the event', Buffer.from(ok).toString('base64'), 'MALFORMED_JSON'],
];

const syntax: HostileBody[] = [
  ['cut at the end', ok.slice(0, -1), 'MALFORMED_JSON'],
  ['cut in the middle', ok.slice(0, ok.length / 2), 'MALFORMED_JSON'],
  ['an open string', '{"a', 'MALFORMED_JSON'],
  ['a backslash at the end', '"\\', 'MALFORMED_JSON'],
  ['two events', ok + ok, 'MALFORMED_JSON'],
  ['two events in lines', `${ok}\n${ok}`, 'MALFORMED_JSON'],
  ['a comment', `/* release */${ok}`, 'MALFORMED_JSON'],
  ['a trailing comma', ok.replace(/}$/, ',}'), 'MALFORMED_JSON'],
  ['single quotes', ok.replaceAll('"', "'"), 'MALFORMED_JSON'],
  ['names without quotes', '{detail: {}}', 'MALFORMED_JSON'],
  ['NaN', member('"revision":NaN'), 'MALFORMED_JSON'],
  ['Infinity', member('"revision":Infinity'), 'MALFORMED_JSON'],
  ['hexadecimal', member('"revision":0x1'), 'MALFORMED_JSON'],
  ['a leading zero', member('"revision":01'), 'MALFORMED_JSON'],
  ['a leading plus', member('"revision":+1'), 'MALFORMED_JSON'],
  ['undefined', member('"revision":undefined'), 'MALFORMED_JSON'],
  ['a line break in a string', ok.replace('thermostat', 'thermo\nstat'), 'MALFORMED_JSON'],
  ['YAML', 'detail-type: Firmware Release Published', 'MALFORMED_JSON'],
  ['XML', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', 'MALFORMED_JSON'],
  ['form data', 'Action=SendMessage&MessageBody=x', 'MALFORMED_JSON'],
  ['blanks of other scripts', ok.replace('{', '{\u00a0'), 'MALFORMED_JSON'],
];

const duplicates: HostileBody[] = [
  ['account twice', outside(`"account":"${account}"`), 'MALFORMED_JSON'],
  ['detail twice', outside('"detail":{}'), 'MALFORMED_JSON'],
  ['version twice', member('"version":"9.9.9"'), 'MALFORMED_JSON'],
  ['version twice and equal', member('"version":"2.4.1"'), 'MALFORMED_JSON'],
  ['version twice, once escaped', member('"v\\u0065rsion":"9.9.9"'), 'MALFORMED_JSON'],
  ['sha256 twice, deep inside', ok.replace('"sha256"', `"sha256":"${'b'.repeat(64)}","sha256"`), 'MALFORMED_JSON'],
  ['__proto__ twice', member('"__proto__":1,"__proto__":2'), 'MALFORMED_JSON'],
  ['the same name in two objects', change(['artifacts'], [sampleArtifact(), sampleArtifact()]), null],
  ['names equal but for the form of an accent', member('"\u00e9":1,"e\u0301":1'), 'INVALID_RELEASE'],
  ['version once, escaped', ok.replace('"version"', '"v\\u0065rsion"'), null],
];

const prototypes: HostileBody[] = [
  ['__proto__ in the release', member('"__proto__":{"dryRun":true}'), 'INVALID_RELEASE'],
  ['__proto__ escaped', member('"\\u005f_proto__":{"dryRun":true}'), 'INVALID_RELEASE'],
  ['constructor.prototype', member('"constructor":{"prototype":{"dryRun":true}}'), 'INVALID_RELEASE'],
  ['prototype in tags', member('"tags":{"prototype":"x"}'), 'INVALID_RELEASE'],
  ['__proto__ in attributes', ok.replace('"fileName"', '"attributes":{"__proto__":"x"},"fileName"'), 'INVALID_RELEASE'],
  ['__proto__ in the event', outside('"__proto__":{"account":"123456789012"}'), 'NOT_AN_EVENT'],
  ['the detail as __proto__', ok.replace('"detail":', '"__proto__":'), 'NOT_AN_EVENT'],
  [
    '__proto__ in a withdrawal',
    bodyOf(withdrawal, withdrawn).replace('"product"', '"__proto__":{"force":true},"product"'),
    'INVALID_WITHDRAWAL',
  ],
  ['a product that every object has', change(['product'], 'constructor'), null],
  ['a channel that every object has', change(['channels'], ['constructor']), null],
  ['the detail-type of every object', bodyOf(sampleDetail(), { 'detail-type': 'toString' }), 'UNKNOWN_DETAIL_TYPE'],
  ['toJSON', member('"toJSON":"x"'), 'INVALID_RELEASE'],
];

const numbers: HostileBody[] = [
  ['1e400', member('"revision":1e400'), 'INVALID_RELEASE'],
  ['-1e400', member('"revision":-1e400'), 'INVALID_RELEASE'],
  ['1e-400', member('"revision":1e-400'), 'INVALID_RELEASE'],
  ['-0', member('"revision":-0'), 'INVALID_RELEASE'],
  ['2^53 + 1', member('"revision":9007199254740993'), 'INVALID_RELEASE'],
  ['2^53', member('"revision":9007199254740992'), 'INVALID_RELEASE'],
  ['2^53 - 1', member('"revision":9007199254740991'), null],
  ['1.00000000000000000001', member('"revision":1.00000000000000000001'), 'INVALID_RELEASE'],
  ['1.0, which is 1', member('"revision":1.0'), null],
  ['1e0, which is 1', member('"revision":1e0'), null],
  ['10e-1, which is 1', member('"revision":10e-1'), null],
  ['a huge exponent', member('"revision":1e99999999999999999999'), 'INVALID_RELEASE'],
  ['zero with a huge exponent', ok.replace('"fileName"', '"fileType":0e999999999,"fileName"'), null],
  ['0.1, which no double is, but as short as it', ok.replace('"fileName"', '"fileType":0.1,"fileName"'), 'INVALID_RELEASE'],
  ['1e400 in a withdrawal', bodyOf(withdrawal, withdrawn).replace('"product"', '"revision":1e400,"product"'), 'INVALID_WITHDRAWAL'],
  ['1e400 outside of detail', outside('"time":1e400'), 'NOT_AN_EVENT'],
  ['-0 outside of detail, where nobody reads it', outside('"time":-0'), null],
  ['a number in a string', change(['description'], '1e400 -0 9007199254740993'), null],
];

const events: HostileBody[] = [
  ...['null', 'true', '0', '"text"', '[]', '{}', '[{}]'].map((body): HostileBody => [body, body, 'NOT_AN_EVENT']),
  ['a bare detail', JSON.stringify(sampleDetail()), 'NOT_AN_EVENT'],
  ['an event in a list', `[${ok}]`, 'NOT_AN_EVENT'],
  ['an event as text', JSON.stringify(ok), 'NOT_AN_EVENT'],
  ['an S3 notification', '{"Records":[{"eventSource":"aws:s3"}]}', 'NOT_AN_EVENT'],
  ['an SNS envelope', JSON.stringify({ Type: 'Notification', Message: ok }), 'NOT_AN_EVENT'],
  [
    'an event as PutEvents takes it',
    JSON.stringify({ Source: 's', DetailType: 'Firmware Release Published', Detail: '{}' }),
    'NOT_AN_EVENT',
  ],
  ['detail as text', bodyOf(JSON.stringify(sampleDetail())), 'NOT_AN_EVENT'],
  ['detail as a list', bodyOf([sampleDetail()]), 'NOT_AN_EVENT'],
  ['detail null', bodyOf(null), 'NOT_AN_EVENT'],
  ['detail-type null', bodyOf(sampleDetail(), { 'detail-type': null }), 'NOT_AN_EVENT'],
  ['detail-type as a list', bodyOf(sampleDetail(), { 'detail-type': ['Firmware Release Published'] }), 'NOT_AN_EVENT'],
  ['no account', bodyOf(sampleDetail(), { account: undefined }), 'ACCOUNT_NOT_ALLOWED'],
  ['another account', bodyOf(sampleDetail(), { account: '999999999999' }), 'ACCOUNT_NOT_ALLOWED'],
  ['the account as a number', bodyOf(sampleDetail(), { account: Number(account) }), 'ACCOUNT_NOT_ALLOWED'],
  ['the account in a list', bodyOf(sampleDetail(), { account: [account] }), 'ACCOUNT_NOT_ALLOWED'],
  ['the account with a blank', bodyOf(sampleDetail(), { account: `${account} ` }), 'ACCOUNT_NOT_ALLOWED'],
  ['another account and an unknown type', bodyOf({}, { account: '1', 'detail-type': 'x' }), 'ACCOUNT_NOT_ALLOWED'],
  ['an unknown type', bodyOf(sampleDetail(), { 'detail-type': 'Firmware Release Deleted' }), 'UNKNOWN_DETAIL_TYPE'],
  ['the type in small letters', bodyOf(sampleDetail(), { 'detail-type': 'firmware release published' }), 'UNKNOWN_DETAIL_TYPE'],
  ['the type with a hard blank', bodyOf(sampleDetail(), { 'detail-type': 'Firmware\u00a0Release Published' }), 'UNKNOWN_DETAIL_TYPE'],
  ['one of our own outcomes', bodyOf({}, { source: 'ota-dispatch', 'detail-type': 'OTA Rollout Created' }), 'UNKNOWN_DETAIL_TYPE'],
  ['no source, which the product will judge', bodyOf(sampleDetail(), { source: undefined }), null],
  [
    'members that EventBridge may add',
    bodyOf(sampleDetail(), { id: 'x', time: 'now', resources: [], 'replay-name': 'r', trace: {} }),
    null,
  ],
  ['a withdrawal in the clothes of a release', bodyOf(withdrawal), 'INVALID_RELEASE'],
  ['a release in the clothes of a withdrawal', bodyOf(sampleDetail(), withdrawn), 'INVALID_WITHDRAWAL'],
  ['a release of another major version', bodyOf({ schemaVersion: '2' }), 'UNSUPPORTED_SCHEMA_VERSION'],
  ['a withdrawal of another major version', bodyOf({ schemaVersion: '2' }, withdrawn), 'UNSUPPORTED_SCHEMA_VERSION'],
  [
    'another major version with a number out of range',
    bodyOf({ schemaVersion: '2', x: 0 }).replace('"x":0', '"x":1e400'),
    'UNSUPPORTED_SCHEMA_VERSION',
  ],
];

const values: HostileBody[] = [
  ['a log line in the correlationId', change(['correlationId'], 'x\r\n{"level":"INFO"}'), 'INVALID_RELEASE'],
  ['colours in the correlationId', change(['correlationId'], '\u001b[31mred'), 'INVALID_RELEASE'],
  ['a path in the product', change(['product'], '../../etc'), 'INVALID_RELEASE'],
  ['a separator of keys in the product', change(['product'], 'a#b'), 'INVALID_RELEASE'],
  ['a separator of keys in the channel', change(['channels'], ['beta#1']), 'INVALID_RELEASE'],
  ['a Cyrillic letter in the product', change(['product'], 'th\u0435rmostat'), 'INVALID_RELEASE'],
  ['digits of full width in the version', change(['version'], '２.４.１'), 'INVALID_RELEASE'],
  ['a version with a hidden blank', change(['version'], '2.4.1\u200b'), 'INVALID_RELEASE'],
  ['a version in a list', change(['version'], ['2.4.1']), 'INVALID_RELEASE'],
  ['a key that climbs', change([...s3, 'key'], '../other-bucket/app.bin'), 'INVALID_RELEASE'],
  ['a key that climbs, encoded, which is a name like any other', change([...s3, 'key'], '%2e%2e/app.bin'), null],
  ['the version of an object without versions', change([...s3, 'version'], 'null'), 'INVALID_RELEASE'],
  ['year 0', change(['notAfter'], '0000-01-01T00:00:00Z'), 'INVALID_RELEASE'],
  ['year 275760', change(['notAfter'], '+275760-09-13T00:00:00Z'), 'INVALID_RELEASE'],
  ['a month 13', change(['notAfter'], '2026-13-01T00:00:00Z'), 'INVALID_RELEASE'],
  ['an hour 24', change(['notAfter'], '2026-12-24T24:00:00Z'), 'INVALID_RELEASE'],
  ['a leap second', change(['notAfter'], '2016-12-31T23:59:60Z'), 'INVALID_RELEASE'],
  ['a date as JavaScript writes it', change(['notAfter'], 'Thu Dec 24 2026'), 'INVALID_RELEASE'],
  ['booleans as numbers', change(['dryRun'], 1), 'INVALID_RELEASE'],
  ['null for an optional member', change(['dryRun'], null), 'INVALID_RELEASE'],
  ['a role of its own choice', change(['roleArn'], 'arn:aws:iam::999999999999:role/admin'), 'INVALID_RELEASE'],
  ['a template of ours', change(['createOTAUpdate'], {}), 'INVALID_RELEASE'],
  ['a variable of ours, which is text like any other', change(['description'], '$'.concat('{aws:accountId}')), null],
  [
    'AWS Signer told to write elsewhere',
    change(['artifacts', 0, 'codeSigning'], { startSigningJobParameter: { destination: {} } }),
    'INVALID_RELEASE',
  ],
  ['two signings', change(['artifacts', 0, 'codeSigning'], { awsSignerJobId: 'a', customCodeSigning: {} }), 'INVALID_SIGNING'],
];

/** Hand-made: every way of being wrong that somebody has thought of. */
export const hostileBodies: readonly HostileBody[] = [
  ...size,
  ...depth,
  ...encoding,
  ...syntax,
  ...duplicates,
  ...prototypes,
  ...numbers,
  ...events,
  ...values,
];
