import { sampleArtifact } from '../../support/sample.ts';
import { bare, file, type HostileBody, on, SECRET, variable } from './bodies.ts';

const files = (count: number, members: object = {}) =>
  Array.from({ length: count }, (_, index) => ({ ...sampleArtifact(), fileName: `/${index}.bin`, ...members }));
const tagged = (count: number, channel: string) =>
  on(channel, { tags: Object.fromEntries(Array.from({ length: count }, (_, index) => [`${SECRET}-${index}`, 'x'])) });
const inBucket = (channel: string, bucket: string, key = 'a') =>
  file(channel, { fileLocation: { s3Location: { bucket, key, version: '3HL4kqtJlcpXroDTDmJ' } } });
const stolen = variable(`aws:iot:s3-presigned-url-v2:https://${SECRET}.s3.us-east-1.amazonaws.com/key`);
const between = (startAt?: string, endAt?: string) => on('night', { targets: [lab], startAt, endAt });
const lab = 'arn:aws:iot:us-east-1:123456789012:thing/lab-1';

/** Jobs of their own. The fuzzer's time is 2026-11-24T12:00:00Z. */
export const jobs: readonly HostileBody[] = [
  ['a release for the Device Client', on('linux'), null],
  ['a release for other agents', on('agents'), null],
  ['a release on all control planes', on(['beta', 'hubs', 'linux', 'agents', 'mirrored']), null],
  ['targets of a lab', between(undefined, '2026-12-24T00:00:00Z'), null],
  ['no target at all', on('night'), null, 'INVALID_RELEASE'],
  ['targets that the channel does not take', on('linux', { targets: [lab] }), null, 'TARGET_NOT_ALLOWED'],
  ['a managed thing as target', on('night', { targets: [lab.replace(':iot:', ':iotmanagedintegrations:')] }), null, 'TARGET_NOT_ALLOWED'],

  ['a placeholder in an attribute', file('linux', { attributes: { x: stolen } }), null, 'INVALID_REQUEST'],
  ['a placeholder in the name of an attribute', file('agents', { attributes: { [stolen]: 'x' } }), null, 'INVALID_REQUEST'],
  ['a placeholder in a file name', file('agents', { fileName: stolen }), null, 'INVALID_REQUEST'],
  ['a placeholder in a file version', file('linux', { fileVersion: stolen }), null, 'INVALID_REQUEST'],
  ['a placeholder in a key', inBucket('linux', 'acme-firmware', stolen), null, 'INVALID_REQUEST'],
  ['a placeholder in a key where nobody signs URLs', inBucket('mirrored', 'acme-firmware', stolen), null, 'INVALID_REQUEST'],
  ['a placeholder that never ends', file('agents', { attributes: { x: variable('aws:iot:').slice(0, -1) } }), null, 'INVALID_REQUEST'],
  ['a placeholder in two halves', file('agents', { attributes: { $: '{aws:iot:x}', x: '$', y: '{aws:iot:x}' } }), null],
  ['a pattern that AWS may have one day', file('agents', { attributes: { x: variable('aws:accountId') } }), null, 'INVALID_REQUEST'],
  ['a variable that is not of AWS', file('agents', { attributes: { x: variable('HOME') } }), null],
  ['a placeholder in the description, which is no part of the document', on('linux', { description: stolen }), null],

  ['ten files', on('linux', { artifacts: files(10) }), null],
  ['eleven files', on('linux', { artifacts: files(11) }), null, 'INVALID_REQUEST'],
  ['nine files beside the placeholder of the channel', on('agents', { artifacts: files(9) }), null],
  ['ten files beside the placeholder of the channel', on('agents', { artifacts: files(10) }), null, 'INVALID_REQUEST'],
  ['eleven files where nobody signs URLs', on('mirrored', { artifacts: files(11) }), null],
  [
    'a document of 40,000 bytes',
    on('mirrored', { artifacts: files(10, { attributes: { x: 'x'.repeat(4000) } }) }),
    null,
    'INVALID_REQUEST',
  ],
  [
    'a document of fewer characters than bytes',
    on('agents', { artifacts: files(4, { attributes: { x: 'ﷺ'.repeat(3000) } }) }),
    null,
    'INVALID_REQUEST',
  ],

  ['a bucket with a dot for the Device Client', inBucket('linux', 'acme.dotted'), null, 'UNSUPPORTED_BY_SERVICE'],
  ['a bucket with a dot for other agents', inBucket('agents', 'acme.dotted'), null],
  ['a bucket with a dot behind a mirror', inBucket('mirrored', 'acme.dotted'), null],
  ['a bucket of nobody', inBucket('agents', SECRET), null, 'BUCKET_NOT_ALLOWED'],
  ['a key with all that must be encoded', inBucket('linux', 'acme-firmware', `a b+c%2F?versionId=${SECRET}#}"\\é🔥`), null],
  ['a file name that leads elsewhere', file('linux', { fileName: `../../etc/${SECRET}` }), null],
  ['a file name with shell in it', file('linux', { fileName: `$(reboot);\`${SECRET}\`'"\n` }), null],
  ['a file name that ends with a slash', file('linux', { fileName: '/opt/' }), null],
  ['a file without a name', file('linux', { fileName: undefined }), null],
  ['a long file name of characters with two units', file('linux', { fileName: '🔥'.repeat(150) }), null],
  ['a stream', bare('linux', { fileLocation: { stream: { streamId: SECRET, fileId: 1 } } }), null, 'UNSUPPORTED_BY_SERVICE'],
  ['a signing job without a location', bare('agents', { codeSigning: { awsSignerJobId: SECRET } }), null, 'UNSUPPORTED_BY_SERVICE'],
  ['a job document of its own', file('agents', { jobDocument: true }), null, 'UNSUPPORTED_BY_SERVICE'],
  ['an image above 16 MiB', file('linux', { fileLocation: at('neverlog-big'), sha256: 'b'.repeat(64) }), null],

  ['47 tags', tagged(47, 'linux'), null],
  ['48 tags', tagged(48, 'linux'), null, 'INVALID_REQUEST'],
  ['45 tags where the channel has two', tagged(45, 'agents'), null],
  ['46 tags where the channel has two', tagged(46, 'agents'), null, 'INVALID_REQUEST'],
  ['a tag key that AWS does not take', on('linux', { tags: { 'ci[0]': 'x' } }), null, 'INVALID_REQUEST'],
  ['build metadata', on('linux', { version: '2.4.1+ci.7' }), null],
  ['build metadata in a package version', on('mirrored', { version: '2.4.1+ci.7' }), null, 'INVALID_REQUEST'],
  ['a package version of 64 characters', on('mirrored', { version: `2.4.1-${'x'.repeat(58)}` }), null],

  ['a start where the channel allows none', on('linux', { startAt: '2026-12-01T00:00:00Z' }), null, 'SCHEDULE_NOT_ALLOWED'],
  ['an end', between(undefined, '2026-11-24T12:30:00Z'), null],
  ['no end, which the behavior at the end needs', between('2026-11-24T12:30:00Z'), null, 'INVALID_REQUEST'],
  ['a start in 30 minutes', between('2026-11-24T12:30:00Z', '2026-11-24T13:00:00Z'), null],
  ['a start in 29 minutes', between('2026-11-24T12:29:00Z', '2026-11-24T13:00:00Z'), null, 'INVALID_REQUEST'],
  ['an end 29 minutes after the start', between('2026-11-24T12:30:00Z', '2026-11-24T12:59:00Z'), null, 'INVALID_REQUEST'],
  ['an end in 29 minutes', between(undefined, '2026-11-24T12:29:00Z'), null, 'INVALID_REQUEST'],
  ['a start in a year', between('2027-11-24T12:00:00Z', '2027-11-24T13:00:00Z'), null],
  ['a start after more than a year', between('2027-11-24T12:01:00Z', '2027-11-24T13:00:00Z'), null, 'INVALID_REQUEST'],
  ['an end in two years', between(undefined, '2028-11-23T12:00:00Z'), null],
  ['an end after more than two years', between(undefined, '2028-11-23T12:01:00Z'), null, 'INVALID_REQUEST'],
  ['an end in another zone', between(undefined, '2026-11-24T14:30:00+02:00'), null],
  ['an end before the start of the channel', on('day', { endAt: '2026-12-31T00:00:00Z' }), null, 'INVALID_REQUEST'],
  ['a later end than that of the channel', on('day', { endAt: '2027-03-01T00:00:00Z' }), null],
];

function at(version: string) {
  return { s3Location: { bucket: 'acme-firmware', key: 'a', version } };
}
