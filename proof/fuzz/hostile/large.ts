import { bodyOf, sampleArtifact, sampleDetail } from '../../support/sample.ts';
import { at, change, custom, type HostileBody, member, on, s3Location, withdraw } from './bodies.ts';

const KB = 1024;
const names = (count: number, prefix = '') => Array.from({ length: count }, (_, index) => `${prefix}${index.toString(36)}`);
const mapOf = (count: number, value: unknown) => Object.fromEntries(names(count).map((name) => [`k${name}`, value]));
const many = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);
const signerJob = { codeSigning: { awsSignerJobId: 'neverlog' } };

/** As large as a body may be, each where it is large in another place. */
export const largeBodies: readonly HostileBody[] = [
  ['a description of 200 KB', change(['description'], 'x'.repeat(200 * KB)), null, 'INVALID_REQUEST'],
  ['a description of 200 KB on MI', on('hubs', { description: 'neverlog '.repeat(22 * KB) }), null],
  ['a description of 200 KB of marks', on('hubs', { description: 'a!'.repeat(100 * KB) }), null],
  ['a description of 200 KB that becomes eighteen times as long', on('hubs', { description: '\ufdfa'.repeat(70 * KB) }), null],
  ['a version of 200 KB', change(['version'], `1.0.0-${'1.'.repeat(100 * KB)}!`), 'INVALID_RELEASE'],
  ['60,000 channels', change(['channels'], many(60_000, 'a')), 'TOO_LARGE'],
  ['30,000 different channels', on(names(30_000)), 'TOO_LARGE'],
  ['4,900 channels', change(['channels'], many(4900, 'a')), 'INVALID_RELEASE'],
  ['4,900 different channels', on(names(4900)), null, 'UNKNOWN_CHANNEL'],
  ['a withdrawal on 30,000 channels', withdraw({ channels: names(30_000) }), 'TOO_LARGE'],
  ['a withdrawal on 4,900 channels', withdraw({ channels: names(4900) }), null],
  ['120,000 artifacts that are none', change(['artifacts'], many(120_000, 0)), 'TOO_LARGE'],
  ['80,000 empty artifacts', change(['artifacts'], many(80_000, {})), 'TOO_LARGE'],
  ['4,900 artifacts that are none', change(['artifacts'], many(4900, 0)), 'INVALID_RELEASE'],
  ['2,400 empty artifacts', change(['artifacts'], many(2400, {})), 'INVALID_RELEASE'],
  ['1,000 artifacts in S3', on('beta', { artifacts: many(1000, sampleArtifact()) }), 'TOO_LARGE'],
  ['500 artifacts in S3', on('beta', { artifacts: many(500, sampleArtifact()) }), null, 'INVALID_REQUEST'],
  ['51 artifacts over MQTT', on('beta', { artifacts: many(51, sampleArtifact()) }), null, 'INVALID_REQUEST'],
  ['50 artifacts over MQTT', on('beta', { artifacts: many(50, sampleArtifact()) }), null],
  ['60 artifacts over HTTP', on('named', { artifacts: many(60, sampleArtifact()) }), null],
  ['400 artifacts over HTTP', on('named', { artifacts: many(400, sampleArtifact()) }), null, 'INVALID_REQUEST'],
  ['50 artifacts that are not in S3', on('beta', { artifacts: many(50, absent()) }), null, 'ARTIFACT_NOT_FOUND'],
  ['5,000 artifacts that cannot be verified', on('beta', { artifacts: many(5000, signerJob) }), 'TOO_LARGE'],
  ['1,600 artifacts that cannot be verified', on('beta', { artifacts: many(1600, signerJob) }), null, 'ARTIFACT_NOT_VERIFIABLE'],
  ['1,600 artifacts that need no verifying', on('loose', { artifacts: many(1600, signerJob) }), null, 'INVALID_REQUEST'],
  [
    'a dry run of 1,600 refusals on each of four channels',
    on(['beta', 'plain', 'hubs', 'fleet'], { artifacts: many(1600, signerJob), dryRun: true }),
    null,
  ],
  ['more than one row can keep', on(['beta', 'unsigned', 'wide', 'last'], { artifacts: many(2, withLongAttributes()) }), null, 'TOO_LARGE'],
  ['29,000 unknown members', bodyOf({ ...sampleDetail(), ...mapOf(29_000, 0) }), 'TOO_LARGE'],
  ['4,900 unknown members', bodyOf({ ...sampleDetail(), ...mapOf(4900, 0) }), 'INVALID_RELEASE'],
  ['29,000 members of the event', bodyOf(sampleDetail(), mapOf(29_000, 0)), 'TOO_LARGE'],
  ['4,900 members of the event', bodyOf(sampleDetail(), mapOf(4900, 0)), null],
  ['25,000 tags', on('beta', { tags: mapOf(25_000, '') }), 'TOO_LARGE'],
  ['4,900 tags', on('beta', { tags: mapOf(4900, '') }), null, 'INVALID_REQUEST'],
  ['4,900 tags on MI', on('hubs', { tags: mapOf(4900, '') }), null, 'INVALID_REQUEST'],
  ['4,900 attributes', on('beta', { artifacts: [{ ...sampleArtifact(), attributes: mapOf(4900, '') }] }), null],
  ['4,900 hardware', change(['hardware'], names(4900)), null],
  ['4,000 targets', on('lab', { targets: names(4000, 'arn:aws:iot:us-east-1:123456789012:thing/lab-') }), null, 'TOO_MANY_TARGETS'],
  [
    '100 targets of 2,000 characters',
    on('lab', { targets: names(100, `arn:aws:iot:us-east-1:123456789012:thing/lab-${'a'.repeat(2000)}`) }),
    null,
    'INVALID_REQUEST',
  ],
  ['a name of 200 KB', member(`"${'k'.repeat(200 * KB)}":1`), 'INVALID_RELEASE'],
  ['an instant of 200 KB', change(['notAfter'], `2026-12-24T00:00:00.${'0'.repeat(200 * KB)}Z`), 'INVALID_RELEASE'],
  ['a number of 200,000 digits', member(`"revision":${'9'.repeat(200_000)}`), 'INVALID_RELEASE'],
  ['a number of 200,000 digits that is 1', member(`"revision":1.${'0'.repeat(200_000)}`), null],
  ['a key of 200 KB of slashes', change([...s3Location, 'key'], '/'.repeat(200 * KB)), 'INVALID_RELEASE'],
  [
    'a signature of 200 KB',
    on('plain', { artifacts: [{ ...sampleArtifact(), codeSigning: signatureOf(150 * KB) }] }),
    null,
    'INVALID_REQUEST',
  ],
  ['a signature of 4 KB', on('plain', { artifacts: [{ ...sampleArtifact(), codeSigning: signatureOf(4 * KB) }] }), null],
  ['200 KB of backslashes', change(['description'], '\\'.repeat(100 * KB)), null, 'INVALID_REQUEST'],
  ['200 KB of nothing', `{"a":${'['.repeat(20)}${' '.repeat(200 * KB)}${']'.repeat(20)}}`, 'NOT_AN_EVENT'],
  ['80,000 empty texts', `{"a":[${'"",'.repeat(80_000)}""]}`, 'TOO_LARGE'],
  ['100,000 numbers', `{"a":[${'1,'.repeat(100_000)}1]}`, 'TOO_LARGE'],
  ['4,900 numbers', `{"a":[${'1,'.repeat(4900)}1]}`, 'NOT_AN_EVENT'],
  ['80,000 empty objects', `{"a":[${'{},'.repeat(80_000)}{}]}`, 'TOO_LARGE'],
  ['as many values as there may be', `{"a":[${'1,'.repeat(4997)}1]}`, 'NOT_AN_EVENT'],
  ['one value more', `{"a":[${'1,'.repeat(4998)}1]}`, 'TOO_LARGE'],
  ['100,000 commas in a text', change(['description'], ','.repeat(100_000)), null, 'INVALID_REQUEST'],
  [
    '4,900 names, the last one twice',
    `{${names(4900)
      .map((name) => `"${name}":0`)
      .join(',')},"0":0}`,
    'MALFORMED_JSON',
  ],
  ['4,900 names that collide where only their last digits count', change(['tags'], collidingNames(4900)), null, 'INVALID_REQUEST'],
];

function withLongAttributes() {
  return { ...sampleArtifact(), attributes: mapOf(10, 'a'.repeat(4096)) };
}

function absent() {
  return { ...sampleArtifact(), fileLocation: at('neverlog-absent') };
}

function signatureOf(length: number) {
  return { customCodeSigning: custom({ signature: { inlineDocument: Buffer.alloc(length, 1).toString('base64') } }) };
}

/** Whole numbers as names, which engines keep apart from others and in another order. */
function collidingNames(count: number) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [String(index * 65_536), 'neverlog']));
}
