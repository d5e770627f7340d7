import { sampleArtifact } from '../../support/sample.ts';
import { FIRMWARE_SHA256, JOB_DOCUMENT_SHA256, LONGEST_DOCUMENT_SHA256 } from '../objects.ts';
import { at, bare, change, custom, entry, file, type HostileBody, on, quoted, SECRET, s3Location } from './bodies.ts';

const key = (value: string, code: 'INVALID_RELEASE' | null = null): HostileBody => [
  `the key ${quoted(value)}`,
  change([...s3Location, 'key'], value),
  code,
];
const versionId = (value: string, code: 'INVALID_RELEASE' | null, final?: 'ARTIFACT_NOT_FOUND'): HostileBody =>
  entry(`the version id ${quoted(value)}`, change([...s3Location, 'version'], value), code, final);
const bucket = (value: string): HostileBody => [
  `the bucket ${JSON.stringify(value)}`,
  change([...s3Location, 'bucket'], value),
  null,
  'BUCKET_NOT_ALLOWED',
];

export const keys: readonly HostileBody[] = [
  ...['.', '..', '../app.bin', 'a/../app.bin', 'a/..', './app.bin', 'a/./b', '/..', '/.', '../other-bucket/app.bin'].map((value) =>
    key(value, 'INVALID_RELEASE'),
  ),
  ...[`${'a'.repeat(1025)}`, 'é'.repeat(513), '🔥'.repeat(257)].map((value) => key(value, 'INVALID_RELEASE')),
  ...['a'.repeat(1024), 'é'.repeat(512), '🔥'.repeat(256)].map((value) => key(value)),
  ...['%2e%2e/app.bin', '%2e%2e%2fapp.bin', '..%2fapp.bin', '..\\app.bin', 'a\\..\\b', '/app.bin', '//app.bin', 'a//b', 'app.bin/'].map(
    (value) => key(value),
  ),
  ...['...', '..a', 'a..', 'a?versionId=neverlog', 'a#neverlog', 'a&b=c', 'a b', ' ', 'ä/neverlog', '\u202efdp.nib', '~', '-'].map(
    (value) => key(value),
  ),
  ...['neverlog\r\nx-amz-acl: public-read', 'neverlog\u001b[31m', 'neverlog\u2028', '\u0000', 'arn:aws:s3:::neverlog/app.bin'].map(
    (value) => key(value),
  ),
];

/** Keys that a URL has to spell in another way, in the job documents of MI. */
const oddKey = `${SECRET}/a b%2e&=?#+;,:@$!*'()~\u00e9\ud83d\udd25"\\<>|^\`[]{}.bin`;

export const keysInUrls: readonly HostileBody[] = [
  ['in the URL of S3', file('hubs', { fileLocation: at('3HL4kqtJlcpXroDTDmJ', oddKey) }), null],
  ['in the URL of the channel', file('cdn', { fileLocation: at('3HL4kqtJlcpXroDTDmJ', oddKey) }), null],
  ['in the URL of S3, slashes', file('hubs', { fileLocation: at('3HL4kqtJlcpXroDTDmJ', `/${SECRET}//app.bin/`) }), null],
  ['that looks like a placeholder', file('cdn', { fileLocation: at('3HL4kqtJlcpXroDTDmJ', '{version}/{bucket}/$&') }), null],
];

export const versionIds: readonly HostileBody[] = [
  versionId('null', 'INVALID_RELEASE'),
  versionId('x'.repeat(1025), 'INVALID_RELEASE'),
  versionId('Null', null, 'ARTIFACT_NOT_FOUND'),
  versionId('null ', null, 'ARTIFACT_NOT_FOUND'),
  versionId('undefined', null, 'ARTIFACT_NOT_FOUND'),
  versionId('latest', null, 'ARTIFACT_NOT_FOUND'),
  versionId('../neverlog', null, 'ARTIFACT_NOT_FOUND'),
  versionId('neverlog\r\n', null, 'ARTIFACT_NOT_FOUND'),
  versionId('neverlog-deleted', null, 'ARTIFACT_NOT_FOUND'),
  versionId('x'.repeat(1024), null, 'ARTIFACT_NOT_FOUND'),
];

export const buckets: readonly HostileBody[] = [
  ...['acme', 'acme-firmware2', 'ACME-FIRMWARE', 'acme-firmware ', 'acme-firmware/neverlog', '../acme-firmware', '*', 'neverlog'].map(
    bucket,
  ),
  ...[
    'arn:aws:s3:::acme-firmware',
    's3://acme-firmware',
    'acme-firmware.s3.amazonaws.com',
    'acme\u2010firmware',
    'acme-firmware\u0000',
  ].map(bucket),
  ['the bucket of our documents', change([...s3Location, 'bucket'], 'ota-dispatch-fuzz-documents'), null, 'BUCKET_NOT_ALLOWED'],
  ['another bucket that is allowed', change([...s3Location, 'bucket'], 'acme-images'), null],
  [
    'a second artifact in another bucket',
    on('beta', {
      artifacts: [sampleArtifact(), { ...sampleArtifact(), fileLocation: { s3Location: { bucket: SECRET, key: 'a', version: 'b' } } }],
    }),
    null,
    'BUCKET_NOT_ALLOWED',
  ],
];

const sha = { a: 'a'.repeat(64), b: 'b'.repeat(64), c: 'c'.repeat(64), d: 'd'.repeat(64) };

/** Declared and stored, each wrong in its way. */
export const contents: readonly HostileBody[] = [
  ['no digest beside S3', change(['artifacts', 0, 'sha256'], undefined), 'INVALID_RELEASE'],
  ['another digest', change(['artifacts', 0, 'sha256'], sha.b), null, 'ARTIFACT_MISMATCH'],
  ['another digest on MI', file('hubs', { sha256: sha.b }), null, 'ARTIFACT_MISMATCH'],
  ['the right size', change(['artifacts', 0, 'sizeBytes'], 412_345), null],
  ['another size', change(['artifacts', 0, 'sizeBytes'], 412_346), null, 'ARTIFACT_MISMATCH'],
  ['a declared size over 16 MiB', change(['artifacts', 0, 'sizeBytes'], 16 * 1024 * 1024 + 1), null, 'ARTIFACT_TOO_LARGE'],
  ['the largest number as a size', change(['artifacts', 0, 'sizeBytes'], Number.MAX_SAFE_INTEGER), null, 'ARTIFACT_TOO_LARGE'],
  ['16 MiB', file('beta', { fileLocation: at('neverlog-edge'), sha256: sha.c, sizeBytes: 16 * 1024 * 1024 }), null],
  ['a byte more than 16 MiB, not declared', file('beta', { fileLocation: at('neverlog-big'), sha256: sha.b }), null, 'ARTIFACT_TOO_LARGE'],
  ['a byte more than 16 MiB on MI, which has no limit', file('hubs', { fileLocation: at('neverlog-big'), sha256: sha.b }), null],
  ['a byte more than 16 MiB on both', on(['hubs', 'beta'], { artifacts: [big()] }), null, 'ARTIFACT_TOO_LARGE'],
  ['a terabyte without a digest', file('hubs', { fileLocation: at('neverlog-huge'), sha256: sha.d }), null, 'ARTIFACT_NOT_VERIFIABLE'],
  ['a terabyte on IoT Core', file('beta', { fileLocation: at('neverlog-huge'), sha256: sha.d }), null, 'ARTIFACT_TOO_LARGE'],
  ['without a digest in S3, and another one', file('beta', { fileLocation: at('neverlog-plain') }), null, 'ARTIFACT_MISMATCH'],
  ['without a digest in S3, and the right one', file('beta', { fileLocation: at('neverlog-plain'), sha256: FIRMWARE_SHA256 }), null],
  [
    'a digest of parts, and the right one of the whole',
    file('hubs', { fileLocation: at('neverlog-parts'), sha256: FIRMWARE_SHA256 }),
    null,
  ],
  ['a digest of parts, and another one', file('hubs', { fileLocation: at('neverlog-parts') }), null, 'ARTIFACT_MISMATCH'],
  ['not there', file('beta', { fileLocation: at('neverlog-absent') }), null, 'ARTIFACT_NOT_FOUND'],
  ['not there, on MI', file('fleet', { fileLocation: at('neverlog-absent') }), null, 'ARTIFACT_NOT_FOUND'],
  ['the second is not there', on('beta', { artifacts: [sampleArtifact(), absent()] }), null, 'ARTIFACT_NOT_FOUND'],
];

function big() {
  return { ...sampleArtifact(), fileLocation: at('neverlog-big'), sha256: sha.b };
}

function absent() {
  return { ...sampleArtifact(), fileLocation: at('neverlog-absent') };
}

const stream = { stream: { streamId: `${SECRET}-7`, fileId: 0 } };
const s3 = at('3HL4kqtJlcpXroDTDmJ');
const signer = { awsSignerJobId: `${SECRET}-job` };
const own = { customCodeSigning: custom() };

/** The six shapes that AWS documents, and what is nearly one of them. */
export const shapes: readonly HostileBody[] = [
  ['1: a stream and a signer job', bare('loose', { fileLocation: stream, codeSigning: signer }), null],
  ['2: a stream and a signature of its own', bare('loose', { fileLocation: stream, codeSigning: own }), null],
  ['3 and 4: S3, signed by the channel', bare('beta', { fileLocation: s3, sha256: sha.a }), null],
  ['5: no location and a signer job', bare('loose', { codeSigning: signer }), null],
  ['6: S3 and a signature of its own', bare('plain', { fileLocation: s3, sha256: sha.a, codeSigning: own }), null],
  ['S3 and a signer job', bare('plain', { fileLocation: s3, sha256: sha.a, codeSigning: signer }), null],
  ['a stream where none is taken', bare('plain', { fileLocation: stream, codeSigning: signer }), null, 'ARTIFACT_NOT_VERIFIABLE'],
  ['a signer job where none is taken', bare('plain', { codeSigning: signer }), null, 'ARTIFACT_NOT_VERIFIABLE'],
  ['a stream without a signature', bare('loose', { fileLocation: stream }), null, 'UNSIGNED_ARTIFACT'],
  ['S3 without a signature', bare('plain', { fileLocation: s3, sha256: sha.a }), null, 'UNSIGNED_ARTIFACT'],
  ['S3 without a signature, which the channel allows', bare('unsigned', { fileLocation: s3, sha256: sha.a }), null],
  ['an empty signature', bare('plain', { fileLocation: s3, sha256: sha.a, codeSigning: {} }), null, 'UNSIGNED_ARTIFACT'],
  ['a stream that the channel would sign', bare('signing-streams', { fileLocation: stream }), null, 'INVALID_REQUEST'],
  ['a signer job that the channel signs otherwise', bare('signing-streams', { codeSigning: signer }), null, 'INVALID_SIGNING'],
  ['neither location nor signer job', bare('loose', { fileName: SECRET }), 'INVALID_RELEASE'],
  ['no location and a signature of its own', bare('loose', { codeSigning: own }), 'INVALID_RELEASE'],
  ['a stream and S3', bare('loose', { fileLocation: { ...stream, ...s3 }, sha256: sha.a }), 'INVALID_RELEASE'],
  ['an empty location and a signer job', bare('loose', { fileLocation: {}, codeSigning: signer }), 'INVALID_RELEASE'],
  ['a stream without its id', bare('loose', { fileLocation: { stream: {} }, codeSigning: signer }), 'INVALID_RELEASE'],
  ['a stream without a file id', bare('loose', { fileLocation: { stream: { streamId: SECRET } }, codeSigning: signer }), null],
  ['a stream with a digest, which cannot be checked', bare('loose', { fileLocation: stream, sha256: sha.a, codeSigning: signer }), null],
  [
    'a file id of 256',
    bare('loose', { fileLocation: { stream: { streamId: SECRET, fileId: 256 } }, codeSigning: signer }),
    null,
    'INVALID_REQUEST',
  ],
  [
    'a file id of -1',
    bare('loose', { fileLocation: { stream: { streamId: SECRET, fileId: -1 } }, codeSigning: signer }),
    null,
    'INVALID_REQUEST',
  ],
  ['a stream id of 129 characters', bare('loose', { fileLocation: { stream: { streamId: 'a'.repeat(129) } } }), null, 'UNSIGNED_ARTIFACT'],
  [
    'a stream id with a slash',
    bare('loose', { fileLocation: { stream: { streamId: 'a/b' } }, codeSigning: signer }),
    null,
    'INVALID_REQUEST',
  ],
  ['a stream on MI', bare('hubs', { fileLocation: stream, codeSigning: signer }), null, 'UNSUPPORTED_BY_SERVICE'],
  ['a signer job on MI', bare('fleet', { codeSigning: signer }), null, 'UNSUPPORTED_BY_SERVICE'],
  ['a signature of its own on MI', bare('hubs', { fileLocation: s3, sha256: sha.a, codeSigning: own }), null],
  ['a file type of 256 on MI, which has none', file('hubs', { fileType: 256 }), null],
  ['attributes that the channel has too', file('named', { attributes: { from: 'release', board: SECRET, more: '' } }), null],
  ['a type and a version that the channel has too', file('named', { fileType: 9, fileVersion: SECRET }), null],
  ['a file type of -1', file('beta', { fileType: -1 }), null, 'INVALID_REQUEST'],
  ['an attribute of 4,096 characters', file('beta', { attributes: { a: 'x'.repeat(4096) } }), null],
  ['an attribute of 4,097 characters', file('beta', { attributes: { a: 'x'.repeat(4097) } }), null, 'INVALID_REQUEST'],
  ['an attribute of 4,097 characters on MI', file('hubs', { attributes: { a: 'x'.repeat(4097) } }), null],
];

const longestDocument = () => document({ fileLocation: at('neverlog-longest-document'), sha256: LONGEST_DOCUMENT_SHA256 });

const document = (members: object = {}) => ({
  fileLocation: at('neverlog-document', 'job.json'),
  sha256: JOB_DOCUMENT_SHA256,
  jobDocument: true,
  ...members,
});

export const jobDocuments: readonly HostileBody[] = [
  ['a job document', on('hubs', { artifacts: [document()] }), null],
  ['a job document and a firmware', on('fleet', { artifacts: [sampleArtifact(), document()] }), null],
  ['a job document of 32,768 characters', on('cdn', { artifacts: [longestDocument()] }), null],
  ['two job documents', on('hubs', { artifacts: [document(), document()] }), 'INVALID_RELEASE'],
  ['a job document in a stream', bare('hubs', { fileLocation: stream, jobDocument: true }), 'INVALID_RELEASE'],
  ['a job document of a signer job', bare('hubs', { codeSigning: signer, jobDocument: true }), 'INVALID_RELEASE'],
  ['a job document with another digest', on('hubs', { artifacts: [document({ sha256: sha.a })] }), null, 'ARTIFACT_MISMATCH'],
  ['a job document on IoT Core', on('beta', { artifacts: [document({ sha256: sha.a })] }), null, 'UNSUPPORTED_BY_SERVICE'],
  ['a declared size over 32,768', on('hubs', { artifacts: [document({ sizeBytes: 32_769 })] }), null, 'ARTIFACT_TOO_LARGE'],
  [
    'a stored size over 32,768',
    on('hubs', { artifacts: [document({ fileLocation: at('neverlog-long-document'), sha256: sha.d })] }),
    null,
    'ARTIFACT_TOO_LARGE',
  ],
  [
    'a job document that is not there',
    on('hubs', { artifacts: [document({ fileLocation: at('neverlog-absent') })] }),
    null,
    'ARTIFACT_NOT_FOUND',
  ],
  [
    'files for a document of more than 32,768 characters',
    on('hubs', { artifacts: [{ ...sampleArtifact(), attributes: { a: 'x'.repeat(32_768) } }] }),
    null,
    'INVALID_REQUEST',
  ],
];
