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
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}`;
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

  it('keeps every member that a producer may set, as the producer wrote it', () => {
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

  describe('accepts all six documented shapes of an OTA file:', () => {
    it.each<[string, Record<string, unknown>]>([
      ['stream and signing job', { fileLocation: stream, codeSigning: { awsSignerJobId: 'job-1' } }],
      ['stream and own signature', { fileLocation: stream, codeSigning: { customCodeSigning: custom } }],
      ['S3 object that the channel has signed', sampleArtifact()],
      ['S3 object and signing job', { ...sampleArtifact(), codeSigning: { awsSignerJobId: 'job-1' } }],
      ['no location, because the signing job knows it', { fileName: '/app.bin', codeSigning: { awsSignerJobId: 'job-1' } }],
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
      ['a key with dots that are not steps', [...s3, 'key'], 'a..b/.hidden/...'],
      ['a bucket that only channels.yml can check', [...s3, 'bucket'], 'Not_A_Bucket'],
      ['a file type that only IoT Core limits', ['artifacts', 0, 'fileType'], 256],
      ['an empty attribute', ['artifacts', 0, 'attributes'], { board: '' }],
      ['50 tags, which only MI limits', ['tags'], Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`t${i}`, 'x']))],
      ['101 targets, which only the plan limits', ['targets'], Array.from({ length: 101 }, (_, i) => `arn:aws:iot:eu-west-1:1:thing/${i}`)],
      ['a tag of 128 letters beyond 16 bits', ['tags'], { ['𠮷'.repeat(128)]: '𠮷'.repeat(256) }],
      ['an algorithm that only its channel may permit', signing, { customCodeSigning: { ...custom, hashAlgorithm: 'SHA-384' } }],
      ['the hash SHA1', signing, { customCodeSigning: { ...custom, hashAlgorithm: 'SHA1', signatureAlgorithm: 'RSA' } }],
      ['its own signature without a certificate', signing, { customCodeSigning: { ...custom, certificateChain: {} } }],
      ['an empty hardware list, which only the product limits', ['hardware'], []],
      ['a leap day', ['notAfter'], '2028-02-29T23:59:59-11:30'],
    ])('%s', (_what, path, value) => {
      expect(verdict(path, value)).toBe('accepted');
    });
  });

  describe('is rejected as INVALID_RELEASE', () => {
    it.each<[string, Path, unknown, string]>([
      ['without product', ['product'], undefined, 'product'],
      ['with a product in capitals', ['product'], 'Thermostat', 'product'],
      ['with a product of 65 characters', ['product'], 'p'.repeat(65), 'product'],
      ['with a product that ends in a line break', ['product'], 'hub\n', 'product'],
      ['with a number as product', ['product'], 7, 'product'],
      ['without version', ['version'], undefined, 'version'],
      ['with a v before its version', ['version'], 'v2.4.1', 'version'],
      ['with a version of two numbers', ['version'], '2.4', 'version'],
      ['with a leading zero in its version', ['version'], '2.04.1', 'version'],
      ['with blanks around its version', ['version'], ' 2.4.1', 'version'],
      ['with digits of another script in its version', ['version'], '２.4.1', 'version'],
      ['with a version of 65 characters', ['version'], `1.0.0-${'a'.repeat(59)}`, 'version'],
      ['with revision 0', ['revision'], 0, 'revision'],
      ['with a fraction as revision', ['revision'], 1.5, 'revision'],
      ['with a revision as text', ['revision'], '1', 'revision'],
      ['with a revision beyond 2^53', ['revision'], 2 ** 53, 'revision'],
      ['with null as revision', ['revision'], null, 'revision'],
      ['without channels', ['channels'], undefined, 'channels'],
      ['with an empty list of channels', ['channels'], [], 'channels'],
      ['with a channel as text', ['channels'], 'beta', 'channels'],
      ['with an empty channel name', ['channels'], ['beta', ''], 'channels[1]'],
      ['with a repeated channel', ['channels'], ['beta', 'stable', 'beta'], 'channels[2]'],
      ['without artifacts', ['artifacts'], undefined, 'artifacts'],
      ['with an empty list of artifacts', ['artifacts'], [], 'artifacts'],
      ['with null as artifact', ['artifacts'], [null], 'artifacts[0]'],
      ['with neither a location nor a signing job', ['artifacts', 0, 'fileLocation'], undefined, 'artifacts[0].fileLocation'],
      ['with an empty location', ['artifacts', 0, 'fileLocation'], {}, 'artifacts[0].fileLocation'],
      ['with two locations', ['artifacts', 0, 'fileLocation', 'stream'], stream.stream, 'artifacts[0].fileLocation'],
      ['with a location under a name that is not known', ['artifacts', 0, 'fileSource'], stream.stream, 'artifacts[0].fileSource'],
      ['without a bucket', [...s3, 'bucket'], undefined, 'artifacts[0].fileLocation.s3Location.bucket'],
      ['without a key', [...s3, 'key'], undefined, 'artifacts[0].fileLocation.s3Location.key'],
      ['with .. as a step of its key', [...s3, 'key'], 'a/../b', 'artifacts[0].fileLocation.s3Location.key'],
      ['with a key of 1025 bytes', [...s3, 'key'], `${'k'.repeat(1023)}é`, 'artifacts[0].fileLocation.s3Location.key'],
      ['without an S3 version', [...s3, 'version'], undefined, 'artifacts[0].fileLocation.s3Location.version'],
      ['with the S3 version of an unversioned bucket', [...s3, 'version'], 'null', 'artifacts[0].fileLocation.s3Location.version'],
      ['with an empty S3 version', [...s3, 'version'], '', 'artifacts[0].fileLocation.s3Location.version'],
      ['without a digest beside its S3 location', ['artifacts', 0, 'sha256'], undefined, 'artifacts[0].sha256'],
      ['with a digest of 63 characters', ['artifacts', 0, 'sha256'], 'a'.repeat(63), 'artifacts[0].sha256'],
      ['with a digest in capitals', ['artifacts', 0, 'sha256'], 'A'.repeat(64), 'artifacts[0].sha256'],
      ['with a size as text', ['artifacts', 0, 'sizeBytes'], '412345', 'artifacts[0].sizeBytes'],
      ['with a negative size', ['artifacts', 0, 'sizeBytes'], -1, 'artifacts[0].sizeBytes'],
      ['with an attribute that is a number', ['artifacts', 0, 'attributes'], { board: 6 }, 'artifacts[0].attributes.board'],
      ['with attributes as a list', ['artifacts', 0, 'attributes'], ['T6'], 'artifacts[0].attributes'],
      [
        'with two job documents',
        ['artifacts'],
        [1, 2, 3].map((i) => ({ ...sampleArtifact(), jobDocument: i > 1 })),
        'artifacts[2].jobDocument',
      ],
      ['with a job document in a stream', ['artifacts', 0], { fileLocation: stream, jobDocument: true }, 'artifacts[0].fileLocation'],
      [
        'with a signing job for AWS to start',
        signing,
        { startSigningJobParameter: { signingProfileName: 'acme' } },
        'artifacts[0].codeSigning.startSigningJobParameter',
      ],
      [
        'with a signing job for AWS to start, beside one that has ended',
        signing,
        { awsSignerJobId: 'job-1', startSigningJobParameter: {} },
        'artifacts[0].codeSigning.startSigningJobParameter',
      ],
      [
        'with its own signing but no signature',
        signing,
        { customCodeSigning: { ...custom, signature: undefined } },
        'artifacts[0].codeSigning.customCodeSigning.signature',
      ],
      [
        'with its own signing but no hash',
        signing,
        { customCodeSigning: { ...custom, hashAlgorithm: undefined } },
        'artifacts[0].codeSigning.customCodeSigning.hashAlgorithm',
      ],
      ['with a signing as text', signing, 'x', 'artifacts[0].codeSigning'],
      [
        'with its own signature as text',
        signing,
        { customCodeSigning: { ...custom, signature: 'x' } },
        'artifacts[0].codeSigning.customCodeSigning.signature',
      ],
      [
        'with a number as certificate inside its own signing',
        signing,
        { customCodeSigning: { ...custom, certificateChain: { inlineDocument: 5 } } },
        'artifacts[0].codeSigning.customCodeSigning.certificateChain.inlineDocument',
      ],
      ['with a number as signing job', signing, { awsSignerJobId: 5 }, 'artifacts[0].codeSigning.awsSignerJobId'],
      [
        'with an attribute that has the name of a signing',
        ['artifacts', 0, 'attributes'],
        { startSigningJobParameter: 1 },
        'artifacts[0].attributes.startSigningJobParameter',
      ],
      ['with an unknown member', ['channel'], 'beta', 'channel'],
      ['with an unknown member deep inside', [...s3, 'versionId'], 'x', 'artifacts[0].fileLocation.s3Location.versionId'],
      ['with a role', ['roleArn'], 'arn:aws:iam::123456789012:role/admin', 'roleArn'],
      ['with an empty hardware name', ['hardware'], [''], 'hardware[0]'],
      ['with an empty description', ['description'], '', 'description'],
      ['with an empty tag key', ['tags'], { '': 'x' }, 'tags[""]'],
      ['with a tag of AWS', ['tags'], { 'AWS:owner': 'x' }, 'tags["AWS:owner"]'],
      ['with a tag of this service', ['tags'], { 'ota-dispatch.rolloutId': 'x' }, 'tags["ota-dispatch.rolloutId"]'],
      ['with a tag of 257 characters', ['tags'], { ci: 'x'.repeat(257) }, 'tags.ci'],
      ['with a tag that is a number', ['tags'], { ci: 8812 }, 'tags.ci'],
      ['with an empty list of targets', ['targets'], [], 'targets'],
      ['with seconds in its start', ['startAt'], '2026-12-01T02:00:01Z', 'startAt'],
      ['with a fraction of a second in its start', ['startAt'], '2026-12-01T02:00:00.001Z', 'startAt'],
      ['with a start without a time zone', ['startAt'], '2026-12-01T02:00:00', 'startAt'],
      ['with a start in the form of MI', ['startAt'], '2026-12-01T02:00', 'startAt'],
      ['with a day that February does not have', ['notAfter'], '2026-02-29T00:00:00Z', 'notAfter'],
      ['with a number as notAfter', ['notAfter'], 1798070400, 'notAfter'],
      ['with dryRun as text', ['dryRun'], 'false', 'dryRun'],
      ['with a line break in its correlationId', ['correlationId'], 'a\r\nb', 'correlationId'],
      ['with a correlationId of 257 characters', ['correlationId'], 'x'.repeat(257), 'correlationId'],
      ['with a word as schema version', ['schemaVersion'], 'one', 'schemaVersion'],
      ['with a schema version as the number 1', ['schemaVersion'], 1, 'schemaVersion'],
      ['with a lone surrogate in its description', ['description'], 'a\ud83d', 'description'],
      ['with a lone surrogate in a name', ['artifacts', 0, 'attributes'], { 'a\ud83d': 'x' }, 'artifacts[0].attributes["a\\ud83d"]'],
    ])('%s', (_what, path, value, expected) => {
      expect(verdict(path, value)).toBe(`INVALID_RELEASE ${expected}`);
    });

    it('if it ends before it starts, in any time zone', () => {
      const detail = { ...sampleDetail(), startAt: '2026-12-01T02:00:00Z', endAt: '2026-12-01T03:00:00+01:00' };
      expect(parseRelease(detail)).toEqual({
        ok: false,
        rejection: { code: 'INVALID_RELEASE', path: 'endAt', message: expect.any(String) },
      });
    });

    it.each(['__proto__', 'constructor', 'prototype'])('with the reserved name %s, wherever it stands', (name) => {
      const detail = JSON.parse(JSON.stringify(sampleDetail()).replace('"fileName"', `"${name}":"x","fileName"`));
      expect(parseRelease(detail)).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: `artifacts[0].${name}` } });
      const inMap = JSON.parse(JSON.stringify({ ...sampleDetail(), tags: { x: 'x' } }).replace('"x":', `"${name}":`));
      expect(parseRelease(inMap)).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: `tags.${name}` } });
    });

    it.each([null, 5, 'text', [], true, undefined])('if it is %j instead of an object', (detail) => {
      expect(parseRelease(detail)).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: '$' } });
    });
  });

  describe('is rejected as INVALID_SIGNING', () => {
    const inside = 'artifacts[0].codeSigning.customCodeSigning';
    it.each<[string, unknown, string]>([
      ['with two kinds of signing', { awsSignerJobId: 'job-1', customCodeSigning: custom }, 'artifacts[0].codeSigning'],
      [
        'with two kinds of signing of which one is invalid',
        { awsSignerJobId: 'job-1', customCodeSigning: { ...custom, signature: {} } },
        'artifacts[0].codeSigning',
      ],
      ['with an empty name of a hash', { customCodeSigning: { ...custom, hashAlgorithm: '' } }, `${inside}.hashAlgorithm`],
      [
        'with a signature algorithm that is no text',
        { customCodeSigning: { ...custom, signatureAlgorithm: ['ECDSA'] } },
        `${inside}.signatureAlgorithm`,
      ],
      [
        'with PEM instead of base64',
        { customCodeSigning: { ...custom, signature: { inlineDocument: '-----BEGIN' } } },
        `${inside}.signature.inlineDocument`,
      ],
      [
        'with base64 without padding',
        { customCodeSigning: { ...custom, signature: { inlineDocument: 'YQ' } } },
        `${inside}.signature.inlineDocument`,
      ],
      [
        'with base64 in the alphabet of URLs',
        { customCodeSigning: { ...custom, signature: { inlineDocument: '_-8=' } } },
        `${inside}.signature.inlineDocument`,
      ],
      [
        'with a line break in its base64',
        { customCodeSigning: { ...custom, signature: { inlineDocument: 'YWFh\nYWFh' } } },
        `${inside}.signature.inlineDocument`,
      ],
      [
        'with stray bits at the end of its base64',
        { customCodeSigning: { ...custom, signature: { inlineDocument: 'YR==' } } },
        `${inside}.signature.inlineDocument`,
      ],
      [
        'with an empty signature',
        { customCodeSigning: { ...custom, signature: { inlineDocument: '' } } },
        `${inside}.signature.inlineDocument`,
      ],
    ])('%s', (_what, value, expected) => {
      expect(verdict(signing, value)).toBe(`INVALID_SIGNING ${expected}`);
    });
  });

  it.each(['2', '2.0', '10', '0', '1.0.0'.replace('1', '3'), 2])(
    'is rejected for the schema version %j before the service reads its other members',
    (version) => {
      expect(parseRelease({ schemaVersion: version, whatever: ['is', 'new'], ...JSON.parse('{"__proto__":1}') })).toEqual({
        ok: false,
        rejection: { code: 'UNSUPPORTED_SCHEMA_VERSION', path: 'schemaVersion', message: expect.any(String) },
      });
    },
  );

  it('is rejected without a quotation of its values', () => {
    const secret = 'SECRET';
    const detail = { ...sampleDetail(), product: secret, version: secret, tags: { a: [secret] }, startAt: secret, artifacts: [secret] };
    expect(JSON.stringify(parseRelease(detail))).not.toContain(secret);
  });

  it('is rejected with a path that cuts long names and is printable ASCII', () => {
    const result = parseWith(['\u202e\uffff\n'.padEnd(5000, 'x')], 1);
    if (result.ok) throw new Error('accepted');
    expect(result.rejection.path).toMatch(/^\["\\u202e\\uffff\\n\x78{61}\.\.\."\]$/);
  });
});
