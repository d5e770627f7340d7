import { account } from '../../support/sample.ts';
import { BOARD, HEALTH, rollouts } from '../configuration.ts';
import { FIRMWARE_SHA256, JOB_DOCUMENT_SHA256, LONGEST_DOCUMENT_SHA256, objects } from '../objects.ts';

const thing = (name: string) => `arn:aws:iot:us-east-1:${account}:thing/${name}`;
const managed = (name: string) => `arn:aws:iotmanagedintegrations:us-east-1:${account}:managed-thing/${name}`;

/** Channels of the fuzzer's channels.yml by product. */
export const channelNames = {
  thermostat: ['beta', 'stable', 'gated', 'asked', 'plain', 'unsigned', 'loose', 'signing-streams', 'named', 'lab', 'wide', 'last'],
  'thermostat on MI': ['hubs', 'fleet', 'timed', 'window', 'picked', 'cdn', 'free'],
  'thermostat on IoT Jobs': ['linux', 'agents', 'mirrored', 'night', 'day'],
  camera: ['main', 'cloud', 'linux'],
} as const;

/** Stands for a number that JSON can write and JavaScript cannot hold: `"@number 1e400@"`, replaced in the text. */
const numberToken = (token: string) => `@number ${token}@`;

/** Names that mean something to the contract, to AWS or to JavaScript. */
export const names: readonly string[] = [
  ...['account', 'source', 'detail-type', 'detail', 'id', 'time', 'region', 'resources'],
  ...['schemaVersion', 'product', 'version', 'revision', 'channels', 'artifacts', 'hardware', 'description', 'tags', 'targets'],
  ...['startAt', 'endAt', 'notAfter', 'dryRun', 'correlationId', 'reasonCode', 'comment', 'force'],
  ...['releaseDigest', 'skip', 'approvedBy', 'holdId', 'reason', 'from', 'until'],
  ...['fileName', 'fileType', 'fileVersion', 'fileLocation', 'sha256', 'sizeBytes', 'codeSigning', 'attributes', 'jobDocument'],
  ...['s3Location', 'bucket', 'key', 'stream', 'streamId', 'fileId', 'awsSignerJobId', 'customCodeSigning', 'startSigningJobParameter'],
  ...['signature', 'inlineDocument', 'certificateChain', 'certificateName', 'hashAlgorithm', 'signatureAlgorithm'],
  ...['roleArn', 'otaUpdateId', 'ClientToken', 'S3Url', 'Target', 'createOTAUpdate', 'additionalParameters', 'channel'],
  ...['jobId', 'operation', 'formatVersion', 'followUpNumber', 'invocation', 'createJob', 'document', 'format', 'presignedUrlConfig'],
  ...['schedulingConfig'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'then', 'toJSON', 'length', '0', '-1', ''],
  ...['ota-dispatch.rolloutId', 'aws:x', 'Product', 'product ', 'prod\u0443ct', 'a.b', 'a[0]', '$', '"', '\u0000', '\ud83d\udd25'],
];

/** Texts that mean or break something at some place. */
export const words: readonly string[] = [
  ...['', ' ', '0', '1', '-1', 'null', 'true', 'undefined', 'NaN', '[]', '{}', '*', '.', '..', '/', '\\', '%2e%2e', '%00', '#', '"', "'"],
  ...['neverlog\r\n{"level":"INFO"}', '\u001b[31mneverlog', 'neverlog\u0000', '\u0085', '\u2028', '\u202eneverlog', '\u200b', '\ufeff'],
  ...['\ufffd', '\uffff', '\u{e0001}', 'ﷺ'.repeat(20), 'e\u0301neverlog', '🔥neverlog', '👨‍👩‍👧', 'ß', 'İ', 'ſ', '２', '٢'],
  ...['$'.concat('{aws:iot:s3-presigned-url-v2:https://neverlog.s3.us-east-1.amazonaws.com/x}'), '$'.concat('{aws:iot:')],
  ...['$'.concat('{aws:accountId}'), '$'.concat('{jndi:ldap://neverlog}'), '{{neverlog}}', '%s%n', '<neverlog>', '=neverlog()'],
  ...['neverlog', 'thermostat', 'camera', 'beta', 'hubs', 'acme-firmware', 'com.acme.firmware-ci', account, 'ota-dispatch'],
  ...['Firmware Release Published', 'Firmware Release Withdrawn', 'OTA Rollout Created', 'SHA-256', 'SHA256', 'ECDSA', 'RSA'],
  ...['Firmware Release Approved', 'Firmware Channel Held', 'Firmware Channel Resumed', BOARD, 'asked', 'gated', 'soakMinutes', '1.5.0'],
  ...['approval-before', 'hold-before', 'ended-hold-before', 'held-before', 'ended-before', 'early-before'],
  ...[thing('lab-1'), thing('neverlog'), managed('lab-1'), 'arn:aws:iam::999999999999:role/neverlog', 's3://neverlog/key'],
  ...['2.4.1', '1.0.0', '1.1.0', 'v2.4.1', '2.4.1+neverlog', '2026-12-24T00:00:00Z', '2020-01-01T00:00:00Z', 'a'.repeat(64), 'AA=='],
  ...['../neverlog', 'constructor', '__proto__', 'x'.repeat(65), 'x'.repeat(129), 'x'.repeat(257), 'x'.repeat(1025), 'x'.repeat(2049)],
];

export const numbers: readonly unknown[] = [
  ...[0, 1, 2, -1, 0.1, 1.5, 7, 127, 128, 255, 256, 65_536, 412_345, 412_346, 2 ** 24, 2 ** 24 + 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53],
  ...['-0', '1e400', '-1e400', '1e-400', '1.0', '1e0', '10e-1', '1E+2', '9007199254740993', '0.30000000000000004', '1e21'].map(numberToken),
];

export const versions: readonly string[] = [
  ...[
    '2.4.1',
    '2.5.0-rc.1',
    '3.0.0+ci.7',
    '10.20.30',
    '1.0.0',
    '1.0.1',
    '1.0.1+ci.1',
    '1.1.0',
    '1.2.0',
    '1.3.0',
    '1.5.0',
    '0.0.1',
    '1.0.0+other',
  ],
  ...['2.4', 'v2.4.1', '02.4.1', '2.4.1-01', '2.4.1\n', '２.４.１', `2.4.1-${'a'.repeat(59)}`],
];

const instants: readonly unknown[] = [
  ...['2026-12-01T02:00:00Z', '2027-01-15T02:00:00+05:45', '2027-03-01T00:00:00Z', '2026-11-24T12:00:00Z', '2026-11-24T11:59:59.999Z'],
  ...[
    '9999-12-31T23:59:00Z',
    '0001-01-01T00:00:00Z',
    '2028-02-29T23:59:00-23:59',
    '2026-12-24T00:00:00.123456789Z',
    '2020-01-01T00:00:00Z',
  ],
  ...['2027-02-29T00:00:00Z', '2016-12-31T23:59:60Z', '2026-12-24', '0000-01-01T00:00:00Z', '+275760-09-13T00:00:00Z', 1_782_345_600],
];

const s3 = (version: string) => ({ s3Location: { bucket: 'acme-firmware', key: 'neverlog/app.bin', version } });
const stream = { stream: { streamId: 'neverlog-7', fileId: 0 } };
const custom = {
  customCodeSigning: { signature: { inlineDocument: 'bmV2ZXJsb2c=' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' },
};
const signer = { awsSignerJobId: 'neverlog-job' };

/** Artifacts that can be valid at some place. */
export const artifacts: readonly Readonly<Record<string, unknown>>[] = [
  { fileName: '/app.bin', fileLocation: s3('3HL4kqtJlcpXroDTDmJ'), sha256: 'a'.repeat(64) },
  { fileName: '/boot.bin', fileLocation: s3('3HL4kqtJlcpXroDTDmJ'), sha256: 'a'.repeat(64), sizeBytes: 412_345, fileType: 3 },
  { fileLocation: s3('neverlog-plain'), sha256: FIRMWARE_SHA256, codeSigning: custom, attributes: { board: 'neverlog' } },
  { fileLocation: s3('neverlog-parts'), sha256: FIRMWARE_SHA256, codeSigning: signer, fileVersion: 'neverlog' },
  { fileLocation: s3('neverlog-edge'), sha256: 'c'.repeat(64), codeSigning: custom },
  { fileLocation: s3('neverlog-big'), sha256: 'b'.repeat(64) },
  { fileLocation: s3('neverlog-document'), sha256: JOB_DOCUMENT_SHA256, jobDocument: true },
  { fileLocation: s3('neverlog-longest-document'), sha256: LONGEST_DOCUMENT_SHA256, jobDocument: true },
  { fileLocation: s3('neverlog-long-document'), sha256: 'd'.repeat(64), jobDocument: true },
  { fileLocation: s3('neverlog-huge'), sha256: 'd'.repeat(64) },
  { fileLocation: stream, codeSigning: signer },
  { fileLocation: stream, codeSigning: custom },
  { codeSigning: signer, fileName: 'neverlog' },
];

/** Values for members with these names. Some are valid, some only look valid. */
export const plausible: Readonly<Record<string, readonly unknown[]>> = {
  schemaVersion: ['1', '1.1', '1.0.0', '2', 1, 2],
  product: ['thermostat', 'thermostat', 'thermostat', 'camera', 'toaster', 'constructor', 'Thermostat'],
  version: versions,
  revision: [1, 2, 3, 2 ** 53 - 1, 0, '1', numberToken('1.0'), numberToken('1e400')],
  hardware: [['C1', 'C2 (rev. B)'], ['C1'], [], ['neverlog'], ['C1', 'C2 (rev. B)', 'neverlog']],
  description: ['Fixes neverlog', 'Behebt neverlog für Übergänge', '修复 neverlog', 'neverlog\n', 'x'.repeat(2028), '🔥'.repeat(2029), '!'],
  tags: [{}, { ci: 'neverlog' }, { team: 'neverlog', empty: '' }, { 'a[0]': 'x' }, { 'aws:x': 'x' }, { 'ota-dispatch.rolloutId': 'x' }],
  targets: [[thing('lab-1')], [thing('lab-2'), thing('lab-1')], [managed('lab-1')], [thing('prod')], ['*'], [thing('lab-é')]],
  startAt: instants,
  endAt: instants,
  notAfter: instants,
  dryRun: [true, false, 'true', 1],
  force: [true, false, 0],
  correlationId: ['build-8812', '🔥', 'x'.repeat(256), 'x'.repeat(257), 'build\n8812', '<script>'],
  reasonCode: ['BRICKS', 'never log', 'x'.repeat(128), 'x'.repeat(129), 'a\u0000b'],
  comment: ['neverlog', 'x'.repeat(2000), 'x'.repeat(2001), 'neverlog\n'],
  releaseDigest: ['a'.repeat(64), 'A'.repeat(64), 'a'.repeat(63), ''],
  skip: [['soakMinutes'], ['after'], ['after', 'soakMinutes'], ['allowedTimes'], ['after', 'after'], [], ['approval'], 'after'],
  approvedBy: ['kim@acme.com', '🔥'.repeat(256), 'x'.repeat(257), 'kim\nlee', ''],
  holdId: ['held-before', 'ended-before', 'early-before', 'radio', 'a.b_c-D', 'x'.repeat(64), 'x'.repeat(65), 'a b', ''],
  reason: ['neverlog', 'x'.repeat(2000), 'x'.repeat(2001), 'neverlog\n', ''],
  from: instants,
  until: instants,
  jobId: [
    ...rollouts.map(({ rolloutId }) => `AFR_OTA-${rolloutId}-1`),
    ...rollouts.map(({ rolloutId }) => `${rolloutId}-2`),
    'fw-of-nobody-1',
    7,
  ],
  channel: ['beta', 'fleet', 'gated', 'asked', 'hubs', 'neverlog', ''],
  followUpNumber: ['*', 1, 2, 3, 0, -1, '1', 2 ** 53 - 1],
  invocation: [1, 2, 11, 12, 13, 14, 15, 16, 2 ** 53 - 1, 0, 1.5],
  id: ['approval-before', 'hold-before', 'ended-hold-before', 'e-1', 'x'.repeat(65), 'a b', 7],
  artifacts: [artifacts.slice(0, 1), artifacts.slice(0, 2), artifacts.slice(2, 4), [], [{}], artifacts],
  fileName: ['/app.bin', '/boot.bin', '/recovery.bin', '', '../neverlog', 'neverlog\u0000'],
  fileType: [0, 1, 255, 256, -1, '0'],
  fileVersion: ['2.4.1', '', 'neverlog'],
  fileLocation: [s3('3HL4kqtJlcpXroDTDmJ'), s3('neverlog-plain'), s3('neverlog-absent'), stream, {}, { ...stream, ...s3('x') }],
  codeSigning: [signer, custom, {}, { ...signer, ...custom }, { startSigningJobParameter: { signingProfileName: 'acme_t6' } }],
  sha256: ['a'.repeat(64), 'b'.repeat(64), FIRMWARE_SHA256, 'A'.repeat(64), 'a'.repeat(63)],
  sizeBytes: [412_345, 412_346, 1, 0, 2 ** 24 + 1, '412345'],
  attributes: [{}, { board: 'neverlog' }, { from: 'release' }, { a: 'x'.repeat(4096) }, { a: 'x'.repeat(4097) }, { a: 1 }],
  jobDocument: [true, false, 'true'],
  bucket: ['acme-firmware', 'acme-images', 'acme.dotted', 'neverlog', 'arn:aws:s3:::acme-firmware'],
  key: ['neverlog/app.bin', '/app.bin', 'neverlog%2e%2e', 'a\\b', 'a//b', '../neverlog', 'x'.repeat(1025), 'neverlog \u0000'],
  streamId: ['neverlog-7', 'a/b', 'x'.repeat(129), ''],
  fileId: [0, 255, 256, -1],
  awsSignerJobId: ['neverlog-job', ''],
  inlineDocument: ['bmV2ZXJsb2c=', 'TUVVQ0lRPT0=', 'bmV2ZXJsb2c=\n', 'AA==', 'AB==', 'AAA', 'neverlog!', ''],
  hashAlgorithm: ['SHA1', 'SHA256', 'SHA-256', 'sha256', 'neverlog', ''],
  signatureAlgorithm: ['ECDSA', 'RSA', 'ecdsa', 'neverlog', ''],
  account: [account, '999999999999', Number(account), ''],
  source: ['com.acme.firmware-ci', 'com.acme.camera-ci', BOARD, HEALTH, 'com.neverlog', 7],
  'detail-type': [
    ...['Firmware Release Published', 'Firmware Release Withdrawn', 'Firmware Release Approved', 'Firmware Channel Held'],
    ...['Firmware Channel Resumed', 'OTA Rollout Created', null],
  ],
};

/** Version ids, some of which S3 has. */
export const versionIds: readonly string[] = [...Object.keys(objects), 'neverlog-absent', 'neverlog-deleted', 'null', 'neverlog\u0000'];
