import { describe, expect, it } from 'vitest';
import { parseRelease } from '../../../domain/release/release.ts';
import { sampleArtifact, sampleDetail, withMember } from '../../../proof/support/sample.ts';

type Path = (string | number)[];

const s3 = ['artifacts', 0, 'fileLocation', 's3Location'];
const signing = ['artifacts', 0, 'codeSigning'];
const custom = {
  signature: { inlineDocument: 'c2lnbmF0dXJl' },
  certificateChain: { certificateName: 'cert.pem', inlineDocument: '-----BEGIN CERTIFICATE-----\n' },
  hashAlgorithm: 'SHA256',
  signatureAlgorithm: 'ECDSA',
};
const stream = { stream: { streamId: 'firmware-7', fileId: 0 } };

function parseWith(path: Path, value: unknown) {
  return parseRelease(withMember(sampleDetail(), path, value));
}

function verdict(path: Path, value: unknown) {
  const result = parseWith(path, value);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}: ${result.rejection.message}`;
}

describe('a release', () => {
  it('is read with its defaults filled in', () => {
    expect(parseRelease(sampleDetail())).toEqual({
      ok: true,
      value: {
        ...sampleDetail(),
        schemaVersion: '1',
        revision: 1,
        dryRun: false,
        artifacts: [{ ...sampleArtifact(), jobDocument: false }],
      },
    });
  });

  it('keeps every member that a producer may set as it was written', () => {
    const full = {
      ...sampleDetail(),
      schemaVersion: '1',
      revision: 3,
      hardware: ['T6-B'],
      description: 'Heizkurve für Übergangszeit 🔥',
      tags: { ci: '8812', '': undefined },
      targets: ['arn:aws:iot:eu-west-1:123456789012:thing/lab-7'],
      startAt: '2026-12-01T02:00:00+01:00',
      endAt: '2026-12-01T01:01:00Z',
      notAfter: '2026-12-24T00:00:00.5Z',
      dryRun: true,
      correlationId: 'build-8812',
    };
    const detail = JSON.parse(JSON.stringify(full));
    expect(parseRelease(detail)).toMatchObject({ ok: true, value: detail });
  });

  describe('takes all six documented shapes of an OTA file', () => {
    it.each<[string, Record<string, unknown>]>([
      ['stream and signing job', { fileLocation: stream, codeSigning: { awsSignerJobId: 'job-1' } }],
      ['stream and own signature', { fileLocation: stream, codeSigning: { customCodeSigning: custom } }],
      ['S3 object that the channel has signed', sampleArtifact()],
      ['S3 object and signing job', { ...sampleArtifact(), codeSigning: { awsSignerJobId: 'job-1' } }],
      ['no location, the signing job knows it', { fileName: '/app.bin', codeSigning: { awsSignerJobId: 'job-1' } }],
      ['S3 object and own signature', { ...sampleArtifact(), codeSigning: { customCodeSigning: custom } }],
    ])('%s', (_shape, artifact) => {
      expect(verdict(['artifacts'], [artifact])).toBe('accepted');
    });
  });

  describe('accepts', () => {
    it.each<[string, Path, unknown]>([
      ['a prerelease with build metadata', ['version'], '2.4.1-rc.1+exp.sha-5114f85'],
      ['a version of 64 characters', ['version'], `1.0.0-${'a'.repeat(58)}`],
      ['a version number beyond 2^53', ['version'], '1.0.99999999999999999999'],
      ['a minor schema version', ['schemaVersion'], '1.7'],
      ['a product of 64 characters', ['product'], 'p'.repeat(64)],
      ['two artifacts, one the job document', ['artifacts'], [sampleArtifact(), { ...sampleArtifact(), jobDocument: true }]],
      ['a key of 1024 bytes', [...s3, 'key'], 'k'.repeat(1024)],
      ['a key with dots that are no steps', [...s3, 'key'], 'a..b/.hidden/...'],
      ['a bucket that channels.yml will judge', [...s3, 'bucket'], 'Not_A_Bucket'],
      ['a file type that IoT Core will judge', ['artifacts', 0, 'fileType'], 256],
      ['an empty attribute', ['artifacts', 0, 'attributes'], { board: '' }],
      ['50 tags, which MI will judge', ['tags'], Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, 'x']))],
      ['101 targets, which the plan will judge', ['targets'], Array.from({ length: 101 }, (_, i) => `arn:aws:iot:eu-west-1:1:thing/${i}`)],
      ['a tag of 128 letters beyond 16 bits', ['tags'], { ['𠮷'.repeat(128)]: '𠮷'.repeat(256) }],
      ['hash SHA1', signing, { customCodeSigning: { ...custom, hashAlgorithm: 'SHA1', signatureAlgorithm: 'RSA' } }],
      ['own signing without a certificate', signing, { customCodeSigning: { ...custom, certificateChain: {} } }],
      ['no hardware, which the product will judge', ['hardware'], []],
      ['a leap day', ['notAfter'], '2028-02-29T23:59:59-11:30'],
    ])('%s', (_what, path, value) => {
      expect(verdict(path, value)).toBe('accepted');
    });
  });

  describe('is refused as INVALID_RELEASE', () => {
    it.each<[string, Path, unknown, string]>([
      ['without product', ['product'], undefined, 'product: required: 1 to 64 of a-z, 0-9 and -'],
      ['with a product in capitals', ['product'], 'Thermostat', 'product: 1 to 64 of a-z, 0-9 and -, got text of 10 characters'],
      ['with a product of 65 characters', ['product'], 'p'.repeat(65), 'product: 1 to 64 of a-z, 0-9 and -, got text of 65 characters'],
      ['with a product that ends in a line break', ['product'], 'hub\n', 'product: 1 to 64 of a-z, 0-9 and -, got text of 4 characters'],
      ['with a number as product', ['product'], 7, 'product: 1 to 64 of a-z, 0-9 and -, got a number'],
      ['without version', ['version'], undefined, 'version: required: a SemVer 2.0 version of at most 64 characters'],
      ['with a v', ['version'], 'v2.4.1', 'version: a SemVer 2.0 version of at most 64 characters, got text of 6 characters'],
      ['with two numbers', ['version'], '2.4', 'version: a SemVer 2.0 version of at most 64 characters, got text of 3 characters'],
      ['with a leading zero', ['version'], '2.04.1', 'version: a SemVer 2.0 version of at most 64 characters, got text of 6 characters'],
      ['with blanks around', ['version'], ' 2.4.1', 'version: a SemVer 2.0 version of at most 64 characters, got text of 6 characters'],
      [
        'with digits of another script',
        ['version'],
        '２.4.1',
        'version: a SemVer 2.0 version of at most 64 characters, got text of 5 characters',
      ],
      [
        'with a version of 65 characters',
        ['version'],
        `1.0.0-${'a'.repeat(59)}`,
        'version: a SemVer 2.0 version of at most 64 characters, got text of 65 characters',
      ],
      ['with revision 0', ['revision'], 0, 'revision: a whole number of at least 1, got a number'],
      ['with half a revision', ['revision'], 1.5, 'revision: a whole number of at least 1, got a number'],
      ['with a revision as text', ['revision'], '1', 'revision: a whole number of at least 1, got text of 1 character'],
      ['with a revision beyond 2^53', ['revision'], 2 ** 53, 'revision: a whole number of at least 1, got a number'],
      ['with null as revision', ['revision'], null, 'revision: a whole number of at least 1, got null'],
      ['without channels', ['channels'], undefined, 'channels: required: a list of channel names'],
      ['with no channel', ['channels'], [], 'channels: at least 1 channel, got a list of 0'],
      ['with a channel as text', ['channels'], 'beta', 'channels: a list of channel names, got text of 4 characters'],
      ['with an empty channel name', ['channels'], ['beta', ''], 'channels[1]: 1 to 64 of a-z, 0-9 and -, got text of 0 characters'],
      ['with a repeated channel', ['channels'], ['beta', 'stable', 'beta'], 'channels[2]: this channel is named twice'],
      ['without artifacts', ['artifacts'], undefined, 'artifacts: required: a list of artifacts'],
      ['with no artifact', ['artifacts'], [], 'artifacts: at least 1 artifact, got a list of 0'],
      ['with null as artifact', ['artifacts'], [null], 'artifacts[0]: an object, got null'],
      [
        'without location or signing job',
        ['artifacts', 0, 'fileLocation'],
        undefined,
        'artifacts[0].fileLocation: required, unless awsSignerJobId says where the file is',
      ],
      ['with an empty location', ['artifacts', 0, 'fileLocation'], {}, 'artifacts[0].fileLocation: either stream or s3Location'],
      [
        'with two locations',
        ['artifacts', 0, 'fileLocation', 'stream'],
        stream.stream,
        'artifacts[0].fileLocation: either stream or s3Location',
      ],
      ['with a location of old', ['artifacts', 0, 'fileSource'], stream.stream, 'artifacts[0].fileSource: unknown member'],
      [
        'without bucket',
        [...s3, 'bucket'],
        undefined,
        'artifacts[0].fileLocation.s3Location.bucket: required: text of at least 1 character',
      ],
      [
        'without key',
        [...s3, 'key'],
        undefined,
        'artifacts[0].fileLocation.s3Location.key: required: an S3 key: 1 to 1024 bytes, no "." or ".." between slashes',
      ],
      [
        'with a key that climbs',
        [...s3, 'key'],
        'a/../b',
        'artifacts[0].fileLocation.s3Location.key: an S3 key: 1 to 1024 bytes, no "." or ".." between slashes, got text of 6 characters',
      ],
      [
        'with a key of 1025 bytes',
        [...s3, 'key'],
        `${'k'.repeat(1023)}é`,
        'artifacts[0].fileLocation.s3Location.key: an S3 key: 1 to 1024 bytes, no "." or ".." between slashes, got text of 1024 characters',
      ],
      [
        'without S3 version',
        [...s3, 'version'],
        undefined,
        'artifacts[0].fileLocation.s3Location.version: required: an S3 version id; "null" is that of an object without versions, which can change',
      ],
      [
        'with the version of no versions',
        [...s3, 'version'],
        'null',
        'artifacts[0].fileLocation.s3Location.version: an S3 version id; "null" is that of an object without versions, which can change, got text of 4 characters',
      ],
      [
        'with an empty version',
        [...s3, 'version'],
        '',
        'artifacts[0].fileLocation.s3Location.version: an S3 version id; "null" is that of an object without versions, which can change, got text of 0 characters',
      ],
      ['without digest', ['artifacts', 0, 'sha256'], undefined, 'artifacts[0].sha256: required with s3Location'],
      [
        'with a digest of 63',
        ['artifacts', 0, 'sha256'],
        'a'.repeat(63),
        'artifacts[0].sha256: 64 lower-case hex characters, got text of 63 characters',
      ],
      [
        'with a digest in capitals',
        ['artifacts', 0, 'sha256'],
        'A'.repeat(64),
        'artifacts[0].sha256: 64 lower-case hex characters, got text of 64 characters',
      ],
      [
        'with a size of text',
        ['artifacts', 0, 'sizeBytes'],
        '412345',
        'artifacts[0].sizeBytes: a whole number of at least 1, got text of 6 characters',
      ],
      ['with a negative size', ['artifacts', 0, 'sizeBytes'], -1, 'artifacts[0].sizeBytes: a whole number of at least 1, got a number'],
      [
        'with an attribute that is a number',
        ['artifacts', 0, 'attributes'],
        { board: 6 },
        'artifacts[0].attributes.board: text, got a number',
      ],
      ['with attributes as a list', ['artifacts', 0, 'attributes'], ['T6'], 'artifacts[0].attributes: a map of text, got a list of 1'],
      [
        'with two job documents',
        ['artifacts'],
        [1, 2, 3].map((i) => ({ ...sampleArtifact(), jobDocument: i > 1 })),
        'artifacts[2].jobDocument: at most one artifact is the job document',
      ],
      [
        'with a job document in a stream',
        ['artifacts', 0],
        { fileLocation: stream, jobDocument: true },
        'artifacts[0].fileLocation: a job document needs its s3Location',
      ],
      [
        'that would sign at AWS',
        signing,
        { startSigningJobParameter: { signingProfileName: 'acme' } },
        'artifacts[0].codeSigning.startSigningJobParameter: names a bucket and a profile, so it comes from channels.yml only',
      ],
      [
        'that would sign at AWS twice',
        signing,
        { awsSignerJobId: 'job-1', startSigningJobParameter: {} },
        'artifacts[0].codeSigning.startSigningJobParameter: names a bucket and a profile, so it comes from channels.yml only',
      ],
      [
        'with own signing and no signature',
        signing,
        { customCodeSigning: { ...custom, signature: undefined } },
        'artifacts[0].codeSigning.customCodeSigning.signature: required: an object',
      ],
      [
        'with own signing and no hash',
        signing,
        { customCodeSigning: { ...custom, hashAlgorithm: undefined } },
        'artifacts[0].codeSigning.customCodeSigning.hashAlgorithm: required: one of the known spellings SHA1, SHA256',
      ],
      ['with a signing as text', signing, 'x', 'artifacts[0].codeSigning: an object, got text of 1 character'],
      [
        'with an own signature as text',
        signing,
        { customCodeSigning: { ...custom, signature: 'x' } },
        'artifacts[0].codeSigning.customCodeSigning.signature: an object, got text of 1 character',
      ],
      [
        'with a number for the certificate inside an own signing',
        signing,
        { customCodeSigning: { ...custom, certificateChain: { inlineDocument: 5 } } },
        'artifacts[0].codeSigning.customCodeSigning.certificateChain.inlineDocument: text, got a number',
      ],
      [
        'with a number for a signing job',
        signing,
        { awsSignerJobId: 5 },
        'artifacts[0].codeSigning.awsSignerJobId: text of at least 1 character, got a number',
      ],
      [
        'with an attribute that has the name of a signing',
        ['artifacts', 0, 'attributes'],
        { startSigningJobParameter: 1 },
        'artifacts[0].attributes.startSigningJobParameter: text, got a number',
      ],
      ['with an unknown member', ['channel'], 'beta', 'channel: unknown member'],
      ['with an unknown member deep inside', [...s3, 'versionId'], 'x', 'artifacts[0].fileLocation.s3Location.versionId: unknown member'],
      ['with a role', ['roleArn'], 'arn:aws:iam::123456789012:role/admin', 'roleArn: unknown member'],
      ['with an empty hardware name', ['hardware'], [''], 'hardware[0]: text of at least 1 character, got text of 0 characters'],
      ['with an empty description', ['description'], '', 'description: text of at least 1 character, got text of 0 characters'],
      ['with an empty tag key', ['tags'], { '': 'x' }, 'tags[""]: the name: 1 to 128 characters, not starting with aws: or ota-dispatch.'],
      [
        'with a tag of AWS',
        ['tags'],
        { 'AWS:owner': 'x' },
        'tags["AWS:owner"]: the name: 1 to 128 characters, not starting with aws: or ota-dispatch.',
      ],
      [
        'with a tag of ours',
        ['tags'],
        { 'ota-dispatch.rolloutId': 'x' },
        'tags["ota-dispatch.rolloutId"]: the name: 1 to 128 characters, not starting with aws: or ota-dispatch.',
      ],
      ['with a tag of 257 characters', ['tags'], { ci: 'x'.repeat(257) }, 'tags.ci: 0 to 256 characters, got text of 257 characters'],
      ['with a tag that is a number', ['tags'], { ci: 8812 }, 'tags.ci: 0 to 256 characters, got a number'],
      ['with no target in its list', ['targets'], [], 'targets: at least 1 target, got a list of 0'],
      [
        'with a start in seconds',
        ['startAt'],
        '2026-12-01T02:00:01Z',
        'startAt: an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z, got text of 20 characters',
      ],
      [
        'with a start in fractions',
        ['startAt'],
        '2026-12-01T02:00:00.001Z',
        'startAt: an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z, got text of 24 characters',
      ],
      [
        'with a start without zone',
        ['startAt'],
        '2026-12-01T02:00:00',
        'startAt: an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z, got text of 19 characters',
      ],
      [
        'with a start as MI writes it',
        ['startAt'],
        '2026-12-01T02:00',
        'startAt: an RFC 3339 instant at a whole minute such as 2026-12-24T00:00:00Z, got text of 16 characters',
      ],
      [
        'with a day that February does not have',
        ['notAfter'],
        '2026-02-29T00:00:00Z',
        'notAfter: an RFC 3339 instant such as 2026-12-24T00:00:00Z, got text of 20 characters',
      ],
      ['with a number as notAfter', ['notAfter'], 1798070400, 'notAfter: an RFC 3339 instant such as 2026-12-24T00:00:00Z, got a number'],
      ['with dryRun as text', ['dryRun'], 'false', 'dryRun: true or false, got text of 5 characters'],
      [
        'with a line break in its correlationId',
        ['correlationId'],
        'a\r\nb',
        'correlationId: 1 to 256 characters without control characters, got text of 4 characters',
      ],
      [
        'with a correlationId of 257',
        ['correlationId'],
        'x'.repeat(257),
        'correlationId: 1 to 256 characters without control characters, got text of 257 characters',
      ],
      ['with a schema version that is none', ['schemaVersion'], 'one', 'schemaVersion: the text "1", got text of 3 characters'],
      ['with a schema version as the number 1', ['schemaVersion'], 1, 'schemaVersion: the text "1", got a number'],
      ['with half a character', ['description'], 'a\ud83d', 'description: text with a lone surrogate'],
      [
        'with half a character in a name',
        ['artifacts', 0, 'attributes'],
        { 'a\ud83d': 'x' },
        'artifacts[0].attributes["a\\ud83d"]: a name with a lone surrogate',
      ],
    ])('%s', (_what, path, value, told) => {
      expect(verdict(path, value)).toBe(`INVALID_RELEASE ${told}`);
    });

    it('when it ends before it starts, whatever the zones', () => {
      const detail = { ...sampleDetail(), startAt: '2026-12-01T02:00:00Z', endAt: '2026-12-01T03:00:00+01:00' };
      expect(parseRelease(detail)).toEqual({
        ok: false,
        rejection: { code: 'INVALID_RELEASE', path: 'endAt', message: 'must be after startAt' },
      });
    });

    it.each(['__proto__', 'constructor', 'prototype'])('with the name %s anywhere', (name) => {
      const detail = JSON.parse(JSON.stringify(sampleDetail()).replace('"fileName"', `"${name}":"x","fileName"`));
      expect(parseRelease(detail)).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: `artifacts[0].${name}` } });
      const inMap = JSON.parse(JSON.stringify({ ...sampleDetail(), tags: { x: 'x' } }).replace('"x":', `"${name}":`));
      expect(parseRelease(inMap)).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: `tags.${name}` } });
    });

    it.each([null, 5, 'text', [], true, undefined])('when it is %j and no object', (detail) => {
      expect(parseRelease(detail)).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: '$' } });
    });
  });

  describe('is refused as INVALID_SIGNING', () => {
    const inside = 'artifacts[0].codeSigning.customCodeSigning';
    const spellings = 'one of the known spellings SHA1, SHA256, got text of';
    it.each<[string, unknown, string]>([
      [
        'with two signings',
        { awsSignerJobId: 'job-1', customCodeSigning: custom },
        'artifacts[0].codeSigning: awsSignerJobId or customCodeSigning, not both',
      ],
      [
        'with two signings, one of them wrong as well',
        { awsSignerJobId: 'job-1', customCodeSigning: { ...custom, signature: {} } },
        'artifacts[0].codeSigning: awsSignerJobId or customCodeSigning, not both',
      ],
      [
        'with the hash as the console spells it',
        { customCodeSigning: { ...custom, hashAlgorithm: 'SHA-256' } },
        `${inside}.hashAlgorithm: ${spellings} 7 characters`,
      ],
      [
        'with a hash in small letters',
        { customCodeSigning: { ...custom, hashAlgorithm: 'sha256' } },
        `${inside}.hashAlgorithm: ${spellings} 6 characters`,
      ],
      [
        'with an unknown signature algorithm',
        { customCodeSigning: { ...custom, signatureAlgorithm: 'Ed25519' } },
        `${inside}.signatureAlgorithm: one of the known spellings ECDSA, RSA, got text of 7 characters`,
      ],
      [
        'with PEM instead of base64',
        { customCodeSigning: { ...custom, signature: { inlineDocument: '-----BEGIN' } } },
        `${inside}.signature.inlineDocument: canonical base64 of at least one byte, got text of 10 characters`,
      ],
      [
        'with base64 without padding',
        { customCodeSigning: { ...custom, signature: { inlineDocument: 'YQ' } } },
        `${inside}.signature.inlineDocument: canonical base64 of at least one byte, got text of 2 characters`,
      ],
      [
        'with base64 of the web',
        { customCodeSigning: { ...custom, signature: { inlineDocument: '_-8=' } } },
        `${inside}.signature.inlineDocument: canonical base64 of at least one byte, got text of 4 characters`,
      ],
      [
        'with base64 in lines',
        { customCodeSigning: { ...custom, signature: { inlineDocument: 'YWFh\nYWFh' } } },
        `${inside}.signature.inlineDocument: canonical base64 of at least one byte, got text of 9 characters`,
      ],
      [
        'with stray bits',
        { customCodeSigning: { ...custom, signature: { inlineDocument: 'YR==' } } },
        `${inside}.signature.inlineDocument: canonical base64 of at least one byte, got text of 4 characters`,
      ],
      [
        'with an empty signature',
        { customCodeSigning: { ...custom, signature: { inlineDocument: '' } } },
        `${inside}.signature.inlineDocument: canonical base64 of at least one byte, got text of 0 characters`,
      ],
    ])('%s', (_what, value, told) => {
      expect(verdict(signing, value)).toBe(`INVALID_SIGNING ${told}`);
    });
  });

  it.each(['2', '2.0', '10', '0', '1.0.0'.replace('1', '3'), 2])(
    'of schema version %j is refused before anything else of it is read',
    (version) => {
      expect(parseRelease({ schemaVersion: version, whatever: ['is', 'new'], ...JSON.parse('{"__proto__":1}') })).toEqual({
        ok: false,
        rejection: { code: 'UNSUPPORTED_SCHEMA_VERSION', path: 'schemaVersion', message: 'this service reads version 1 only' },
      });
    },
  );

  it('tells no value of the body, whatever is wrong', () => {
    const secret = 'SECRET';
    const detail = { ...sampleDetail(), product: secret, version: secret, tags: { a: [secret] }, startAt: secret, artifacts: [secret] };
    expect(JSON.stringify(parseRelease(detail))).not.toContain(secret);
  });

  it('cuts a name that is too long for a path, and keeps it printable ASCII', () => {
    const result = parseWith(['\u202e\uffff\n'.padEnd(5000, 'x')], 1);
    if (result.ok) throw new Error('accepted');
    expect(result.rejection.path).toMatch(/^\["\\u202e\\uffff\\n\x78{61}\.\.\."\]$/);
  });
});
