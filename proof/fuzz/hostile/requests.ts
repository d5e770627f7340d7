import { bodyOf, sampleArtifact, sampleDetail } from '../../support/sample.ts';
import { change, entry, file, type HostileBody, on, quoted, SECRET } from './bodies.ts';

const tagged = (count: number, channel: string) =>
  on(channel, { tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`${SECRET}-${index}`, 'x'])) });
const tag = (key: string, value: string, channel = 'beta') => on(channel, { tags: { [key]: value } });

export const tags: readonly HostileBody[] = [
  ['50 tags on IoT Core', tagged(50, 'beta'), null],
  ['51 tags on IoT Core', tagged(51, 'beta'), null, 'INVALID_REQUEST'],
  ['48 tags where the channel has two', tagged(48, 'stable'), null],
  ['49 tags where the channel has two', tagged(49, 'stable'), null, 'INVALID_REQUEST'],
  ['47 tags on MI, which has 50 less our three', tagged(47, 'hubs'), null],
  ['48 tags on MI', tagged(48, 'hubs'), null, 'INVALID_REQUEST'],
  ['45 tags on MI where the channel has two', tagged(45, 'cdn'), null],
  ['46 tags on MI where the channel has two', tagged(46, 'cdn'), null, 'INVALID_REQUEST'],
  ['48 tags on both', tagged(48, 'beta').replace('["beta"]', '["beta","hubs"]'), null, 'INVALID_REQUEST'],
  ['a tag that the channel has too', on('stable', { tags: { team: SECRET } }), null],
  ['a tag of ours', tag('ota-dispatch.rolloutId', SECRET), 'INVALID_RELEASE'],
  ['a tag under our prefix', tag('ota-dispatch.', SECRET), 'INVALID_RELEASE'],
  ['a tag that only looks like ours', tag('OTA-dispatch.rolloutId', SECRET), null],
  ['a tag of AWS', tag('aws:cloudformation:stack-name', SECRET), 'INVALID_RELEASE'],
  ['a tag of AWS in capitals', tag('AWS:x', SECRET), 'INVALID_RELEASE'],
  ['a tag of AWS in mixed letters', tag('aWs:', SECRET), 'INVALID_RELEASE'],
  ['a tag that begins like one of AWS', tag('aws', SECRET), null],
  ['a key of 128 characters', tag('k'.repeat(128), 'x'), null],
  ['a key of 129 characters', tag('k'.repeat(129), 'x'), 'INVALID_RELEASE'],
  ['a key of 128 characters of two units', tag('🔥'.repeat(128), 'x', 'hubs'), null],
  ['a key of 128 letters of two units', tag('𝔫'.repeat(128), 'x'), null],
  ['a key of two units on IoT Core', tag('🔥', 'x'), null, 'INVALID_REQUEST'],
  ['an empty value', tag('ci', ''), null],
  ['a value of 256 characters', tag('ci', 'x'.repeat(256)), null],
  ['a value of 257 characters', tag('ci', 'x'.repeat(257)), 'INVALID_RELEASE'],
  ['a value of 256 characters of two units', tag('ci', '🔥'.repeat(256)), null],
  ['a key with a line break on IoT Core', tag('ci\n', 'x'), null, 'INVALID_REQUEST'],
  ['a key with a line break on MI', tag('ci\n', 'x', 'hubs'), null],
  ['a key with a bracket', tag('ci[0]', 'x'), null, 'INVALID_REQUEST'],
  ['a key with every mark that is allowed', tag('_.:/=+-@ é１', 'x'), null],
];

const described = (description: string, channel = 'beta', final?: 'INVALID_REQUEST'): HostileBody =>
  entry(`the description ${quoted(description)} on ${channel}`, on(channel, { description }), null, final);

export const descriptions: readonly HostileBody[] = [
  described('x'.repeat(2028)),
  described('🔥'.repeat(2028)),
  described('x'.repeat(2029), 'beta', 'INVALID_REQUEST'),
  described('a\tb', 'beta', 'INVALID_REQUEST'),
  described('a\nneverlog', 'beta', 'INVALID_REQUEST'),
  described('neverlog\u200b', 'beta', 'INVALID_REQUEST'),
  described('neverlog\u202e', 'beta', 'INVALID_REQUEST'),
  described('neverlog\ue000', 'beta', 'INVALID_REQUEST'),
  described('neverlog\u0378', 'beta', 'INVALID_REQUEST'),
  described('x'.repeat(2029), 'stable'),
  described('Fixes the heating curve', 'hubs'),
  described('Behebt die Heizkurve für Übergänge, v2.4.1!', 'hubs'),
  described('修复了加热曲线', 'hubs'),
  described('!!!', 'hubs'),
  described(' ', 'hubs'),
  described('\u0000\u001b[31m neverlog \r\n', 'hubs'),
  described(`${'word '.repeat(60)}end`, 'hubs'),
  described('x'.repeat(300), 'hubs'),
  described('e\u0301'.repeat(300), 'hubs'),
  described('neverlog', 'cdn'),
];

const camera = (members: Record<string, unknown>, source = 'com.acme.camera-ci') =>
  bodyOf({ ...sampleDetail(), product: 'camera', channels: ['main'], ...members }, { source });
const both = ['C1', 'C2 (rev. B)'];

export const hardware: readonly HostileBody[] = [
  ['all hardware', camera({ hardware: both }), null],
  ['all hardware and more', camera({ hardware: ['neverlog', ...both] }), null],
  ['all hardware, from the other source', camera({ hardware: both }, 'com.acme.firmware-ci'), null],
  ['all hardware, on both services', camera({ hardware: both, channels: ['cloud', 'main'] }), null],
  ['no hardware', camera({}), null, 'HARDWARE_MISMATCH'],
  ['an empty list', camera({ hardware: [] }), null, 'HARDWARE_MISMATCH'],
  ['half of the hardware', camera({ hardware: ['C1'] }), null, 'HARDWARE_MISMATCH'],
  ['hardware in small letters', camera({ hardware: ['c1', 'c2 (rev. b)'] }), null, 'HARDWARE_MISMATCH'],
  ['hardware that looks the same', camera({ hardware: ['С1', 'C2 (rev. B)'] }), null, 'HARDWARE_MISMATCH'],
  ['hardware in one text', camera({ hardware: ['C1,C2 (rev. B)'] }), null, 'HARDWARE_MISMATCH'],
  ['hardware and another source', camera({ hardware: both }, 'com.neverlog'), null, 'SOURCE_NOT_ALLOWED'],
];

/** Several things wrong: the one that is documented to come first counts. */
export const orders: readonly HostileBody[] = [
  [
    'expired and in another bucket',
    bodyOf({ ...JSON.parse(change(['notAfter'], '2020-01-01T00:00:00Z')).detail, channels: ['nightly'] }),
    null,
    'EXPIRED',
  ],
  [
    'a stranger whose release is expired',
    bodyOf({ ...sampleDetail(), notAfter: '2020-01-01T00:00:00Z' }, { source: 'x' }),
    null,
    'SOURCE_NOT_ALLOWED',
  ],
  ['withdrawn and on an unknown channel', on('nightly', { version: '1.1.0' }), null, 'UNKNOWN_CHANNEL'],
  ['withdrawn and not in S3', file('beta', { sha256: 'b'.repeat(64) }).replace('2.4.1"', '1.1.0"'), null, 'RELEASE_WITHDRAWN'],
  ['known, on an unknown channel as well', on(['beta', 'nightly'], { version: '1.0.0' }), null, 'RELEASE_CONFLICT'],
  ['wrong and another major version', change(['schemaVersion'], '3').replace('"thermostat"', '7'), 'UNSUPPORTED_SCHEMA_VERSION'],
  ['all channels of IoT Core', on(['beta', 'stable', 'unsigned', 'named', 'wide', 'last']), null],
  ['all channels of MI', on(['hubs', 'fleet', 'timed', 'window', 'cdn', 'free']), null],
  ['channels of both services', on(['beta', 'hubs']), null],
  ['two artifacts', on('beta', { artifacts: [sampleArtifact(), { ...sampleArtifact(), fileName: '/boot.bin' }] }), null],
  [
    'every file that the channel names',
    on('named', { artifacts: ['/app.bin', '/boot.bin', '/recovery.bin'].map((fileName) => ({ ...sampleArtifact(), fileName })) }),
    null,
  ],
  [
    'a file that the channel does not name',
    on('named', { artifacts: [{ ...sampleArtifact(), fileName: `/${SECRET}` }] }),
    null,
    'UNSIGNED_ARTIFACT',
  ],
];
