import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Validator } from '@cfworker/json-schema';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isRecord } from 'aws-ota-models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { parseRelease } from '../../domain/release/release.ts';
import { parseWithdrawal } from '../../domain/release/withdrawal.ts';
import { sampleArtifact, sampleDetail, withMember } from '../../proof/support/sample.ts';
import { channelsFile, releaseDetail, spoiled } from '../domain/request/arbitraries.ts';

/*
 * Two validators that other people wrote judge the schemas: ajv and @cfworker/json-schema. CONTRIBUTING.md states how to try
 * Python's jsonschema by hand.
 */
const root = join(import.meta.dirname, '../..');
const folder = join(root, 'schemas');
const schemas = readdirSync(folder).filter((name) => name.endsWith('.schema.json'));
const read = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, name), 'utf8'));

type Judge = (value: unknown) => boolean;

function judges(name: string): Readonly<Record<string, Judge>> {
  const schema = read(name);
  const compiled = new Ajv2020({ strict: true, logger: false, formats: { 'date-time': true } }).compile(schema);
  const validator = new Validator(schema, '2020-12');
  return { ajv: (value) => compiled(value), cfworker: (value) => validator.validate(value).valid };
}

const release = { ...judges('firmware-release-published.schema.json'), code: (value: unknown) => parseRelease(value).ok };
const withdrawal = { ...judges('firmware-release-withdrawn.schema.json'), code: (value: unknown) => parseWithdrawal(value).ok };
const verdicts = (by: Readonly<Record<string, Judge>>, value: unknown) =>
  Object.entries(by).map(([name, judge]) => `${name}: ${judge(value)}`);
const all = (verdict: boolean) => ['ajv', 'cfworker', 'code'].map((name) => `${name}: ${verdict}`);

/** Each schema inside a schema that has a pattern. */
function patternsIn(value: unknown): { readonly pattern: string; readonly holder: Record<string, unknown> }[] {
  if (Array.isArray(value)) return value.flatMap(patternsIn);
  if (!isRecord(value)) return [];
  const own = typeof value['pattern'] === 'string' ? [{ pattern: value['pattern'], holder: value }] : [];
  return [...own, ...Object.values(value).flatMap(patternsIn)];
}

describe('a regular expression of a schema', () => {
  const patterns = schemas.flatMap((name) => patternsIn(read(name)).map((found) => ({ name, ...found })));

  it('is in the syntax that ECMAScript, Python and RE2 read alike', () => {
    expect(patterns.length).toBeGreaterThan(50);
    for (const { name, pattern } of patterns) {
      expect(pattern, `${name}: a property of Unicode`).not.toMatch(/\\p\{/i);
      expect(pattern, `${name}: a group other than (?:`).not.toMatch(/\(\?(?!:)/);
      expect(pattern, `${name}: a class that Python reads with Unicode`).not.toMatch(/\\[dDwWbB]/);
      expect(pattern, `${name}: an escape that one of them does not know`).not.toMatch(/\\[ucZzAkPQE0-9/]/);
      expect(pattern, `${name}: more repetitions than RE2 permits`).not.toMatch(/\{\d*,?[1-9]\d{3,}\}/);
    }
  });

  it('refuses a last line break, before which $ matches in Python', () => {
    for (const { name, pattern, holder } of patterns.filter((found) => found.pattern.replace(')|\\$\\{', '').endsWith('$'))) {
      expect(holder['not'], `${name}: ${pattern}`).toEqual({ pattern: expect.stringMatching(/\\n$/) });
    }
  });
});

describe('a schema', () => {
  it.each(schemas)('is one that both validators accept, and so is its example: %s', (name) => {
    const example =
      name === 'channels.schema.json'
        ? parseYaml(readFileSync(join(root, 'examples/channels.yml'), 'utf8'))
        : read(name.replace('.schema.', '.example.'));
    expect(verdicts(judges(name), example)).toEqual(['ajv: true', 'cfworker: true']);
  });

  it.each(schemas.filter((name) => name.startsWith('ota-')))('accepts a member that a later version adds: %s', (name) => {
    expect(verdicts(judges(name), { ...read(name.replace('.schema.', '.example.')), later: 1 })).toEqual(['ajv: true', 'cfworker: true']);
  });
});

const s3 = { bucket: 'acme-firmware', key: 'app.bin', version: 'v' };
const stream = { streamId: 's', fileId: 1 };
const custom = { signature: { inlineDocument: 'MEUCIQDx' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };

describe('a release', () => {
  const ofArtifact = (changes: object) => ({ ...sampleDetail(), artifacts: [{ ...sampleArtifact(), ...changes }] });
  const without = (...path: (string | number)[]) => withMember(sampleDetail(), path, undefined);

  it.each<[string, unknown]>([
    ['in S3 with a digest', sampleDetail()],
    ['in a stream without a digest', ofArtifact({ fileLocation: { stream }, sha256: undefined })],
    ['at the place of a signing job', { ...sampleDetail(), artifacts: [{ codeSigning: { awsSignerJobId: 'j' } }] }],
    ['with its own signature', ofArtifact({ codeSigning: { customCodeSigning: custom } })],
    [
      'with a word as signature',
      ofArtifact({ codeSigning: { customCodeSigning: { ...custom, signature: { inlineDocument: 'deadbeef' } } } }),
    ],
    ['with one job document', { ...sampleDetail(), artifacts: [{ ...sampleArtifact(), jobDocument: true }, sampleArtifact()] }],
    ['with 64 characters of version', { ...sampleDetail(), version: `1.0.0-${'a'.repeat(58)}` }],
    ['with 256 characters outside the BMP', { ...sampleDetail(), correlationId: '🔥'.repeat(256) }],
    ['with a small t and z', { ...sampleDetail(), notAfter: '2028-02-29t00:00:59.123z' }],
    ['with an offset', { ...sampleDetail(), startAt: '2026-12-24T01:00:00.000+05:30' }],
    ['with a long value of a tag', { ...sampleDetail(), tags: { 'aws-like': '🔥'.repeat(256), '': undefined } }],
    ['with dots in its key', ofArtifact({ fileLocation: { s3Location: { ...s3, key: '.a/..b/...' } } })],
  ])('is accepted by both schemas and the code: %s', (_what, detail) => {
    expect(verdicts(release, JSON.parse(JSON.stringify(detail)))).toEqual(all(true));
  });

  it.each<[string, unknown]>([
    ['without a product', without('product')],
    ['without artifacts', without('artifacts')],
    ['an unknown member', { ...sampleDetail(), x: 1 }],
    ['no artifact', { ...sampleDetail(), artifacts: [] }],
    ['no channel', { ...sampleDetail(), channels: [] }],
    ['a channel twice', { ...sampleDetail(), channels: ['beta', 'beta'] }],
    ['a product with a line break', { ...sampleDetail(), product: 'a\n' }],
    ['a capital in a channel', { ...sampleDetail(), channels: ['Beta'] }],
    ['a product of 65 characters', { ...sampleDetail(), product: 'a'.repeat(65) }],
    ['a v before the version', { ...sampleDetail(), version: 'v1.2.3' }],
    ['two numbers', { ...sampleDetail(), version: '1.2' }],
    ['digits of another script', { ...sampleDetail(), version: '1.2.٣' }],
    ['a line break behind the version', { ...sampleDetail(), version: '1.2.3\n' }],
    ['a version of 65 characters', { ...sampleDetail(), version: `1.0.0-${'a'.repeat(59)}` }],
    ['revision 0', { ...sampleDetail(), revision: 0 }],
    ['no digest beside S3', without('artifacts', 0, 'sha256')],
    ['an upper-case digest', ofArtifact({ sha256: 'A'.repeat(64) })],
    ['a digest with a line break', ofArtifact({ sha256: `${'a'.repeat(64)}\n` })],
    ['no location and no signing job', ofArtifact({ fileLocation: undefined })],
    ['no location beside its own signature', ofArtifact({ fileLocation: undefined, codeSigning: { customCodeSigning: custom } })],
    ['an empty location', ofArtifact({ fileLocation: {} })],
    ['two locations', ofArtifact({ fileLocation: { s3Location: s3, stream } })],
    ['no S3 version', ofArtifact({ fileLocation: { s3Location: { ...s3, version: undefined } } })],
    ['the S3 version of a bucket without versioning', ofArtifact({ fileLocation: { s3Location: { ...s3, version: 'null' } } })],
    ['an empty S3 version', ofArtifact({ fileLocation: { s3Location: { ...s3, version: '' } } })],
    ['an S3 key with ..', ofArtifact({ fileLocation: { s3Location: { ...s3, key: 'a/../b' } } })],
    ['an S3 key that is a dot', ofArtifact({ fileLocation: { s3Location: { ...s3, key: '.' } } })],
    ['an S3 key of 1025 characters', ofArtifact({ fileLocation: { s3Location: { ...s3, key: 'a'.repeat(1025) } } })],
    ['a stream without an id', ofArtifact({ fileLocation: { stream: {} } })],
    ['two signings', ofArtifact({ codeSigning: { awsSignerJobId: 'j', customCodeSigning: custom } })],
    ['a signing job without a name', ofArtifact({ codeSigning: { awsSignerJobId: '' } })],
    ['startSigningJobParameter', ofArtifact({ codeSigning: { startSigningJobParameter: {} } })],
    ['a signature without padding', ofArtifact({ codeSigning: { customCodeSigning: { ...custom, signature: { inlineDocument: 'YQ' } } } })],
    [
      'a signature in hex',
      ofArtifact({ codeSigning: { customCodeSigning: { ...custom, signature: { inlineDocument: '0f'.repeat(64) } } } }),
    ],
    ['an empty signature', ofArtifact({ codeSigning: { customCodeSigning: { ...custom, signature: { inlineDocument: '' } } } })],
    [
      'a signature on two lines',
      ofArtifact({ codeSigning: { customCodeSigning: { ...custom, signature: { inlineDocument: 'YWJj\nYWJj' } } } }),
    ],
    ['a job document in a stream', ofArtifact({ fileLocation: { stream }, jobDocument: true })],
    ['two job documents', { ...sampleDetail(), artifacts: [1, 2].map(() => ({ ...sampleArtifact(), jobDocument: true })) }],
    ['a size of 0', ofArtifact({ sizeBytes: 0 })],
    ['a reserved tag', { ...sampleDetail(), tags: { 'ota-dispatch.x': '' } }],
    ['a tag of AWS', { ...sampleDetail(), tags: { 'AWS:x': '' } }],
    ['a tag without a key', { ...sampleDetail(), tags: { '': '' } }],
    ['a tag with a long value', { ...sampleDetail(), tags: { a: '🔥'.repeat(257) } }],
    ['a start between two minutes', { ...sampleDetail(), startAt: '2026-12-24T00:00:01Z' }],
    ['a start with a fraction', { ...sampleDetail(), startAt: '2026-12-24T00:00:00.5Z' }],
    ['an instant without a zone', { ...sampleDetail(), notAfter: '2026-12-24T00:00:00' }],
    ['a blank instead of the T', { ...sampleDetail(), notAfter: '2026-12-24 00:00:00Z' }],
    ['a leap second', { ...sampleDetail(), notAfter: '2026-12-31T23:59:60Z' }],
    ['hour 24', { ...sampleDetail(), notAfter: '2026-12-31T24:00:00Z' }],
    ['29 February of 2026', { ...sampleDetail(), notAfter: '2026-02-29T00:00:00Z' }],
    ['29 February of 2100', { ...sampleDetail(), notAfter: '2100-02-29T00:00:00Z' }],
    ['31 April', { ...sampleDetail(), notAfter: '2026-04-31T00:00:00Z' }],
    ['an offset of 24 hours', { ...sampleDetail(), notAfter: '2026-04-30T00:00:00+24:00' }],
    ['a control character', { ...sampleDetail(), correlationId: 'a\u0085' }],
    ['257 characters of correlationId', { ...sampleDetail(), correlationId: 'a'.repeat(257) }],
    ['another major schema version', { ...sampleDetail(), schemaVersion: '2' }],
    ['dryRun as text', { ...sampleDetail(), dryRun: 'true' }],
  ])('is refused by both schemas and the code: %s', (_what, detail) => {
    expect(verdicts(release, JSON.parse(JSON.stringify(detail)))).toEqual(all(false));
  });

  it('is accepted by both schemas and the code, whatever valid members it has', () => {
    fc.assert(
      fc.property(releaseDetail, (detail) => {
        expect(verdicts(release, JSON.parse(JSON.stringify(detail)))).toEqual(all(true));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('gets the same verdict from both schemas and the code, if one member of a valid release has any other value', () => {
    fc.assert(
      fc.property(spoiled(releaseDetail), (detail) => {
        const value = JSON.parse(JSON.stringify(detail));
        expect(verdicts(release, value)).toEqual(all(release.code(value)));
      }),
      { seed: 2, numRuns: 1000 },
    );
  });
});

describe('a withdrawal', () => {
  const sample = { product: 'thermostat', version: '2.4.1' };

  it.each<[string, unknown]>([
    ['with a comment on two lines', { ...sample, comment: 'a\n\tb' }],
    ['with an empty comment', { ...sample, comment: '' }],
    ['with every member', read('firmware-release-withdrawn.example.json')],
  ])('is accepted by both schemas and the code: %s', (_what, detail) => {
    expect(verdicts(withdrawal, detail)).toEqual(all(true));
  });

  it.each<[string, unknown]>([
    ['a channel twice', { ...sample, channels: ['beta', 'beta'] }],
    ['no channels', { ...sample, channels: [] }],
    ['a version with a v', { ...sample, version: 'v2.4.1' }],
    ['a bell in the comment', { ...sample, comment: 'a\u0007' }],
    ['2001 characters of comment', { ...sample, comment: '🔥'.repeat(2001) }],
    ['a line break in the reason', { ...sample, reasonCode: 'A\n' }],
    ['the artifacts of a release', { ...sample, artifacts: [] }],
  ])('is refused by both schemas and the code: %s', (_what, detail) => {
    expect(verdicts(withdrawal, detail)).toEqual(all(false));
  });
});

type Change = (product: Record<string, unknown>, channel: Record<string, unknown>) => void;

describe('channels.yml', () => {
  const by = judges('channels.schema.json');
  const roleArn = 'arn:aws:iam::123456789012:role/ota';
  const replaceBy = (channel: Record<string, unknown>, members: object) => {
    Reflect.deleteProperty(channel, 'createOTAUpdate');
    Object.assign(channel, members);
  };
  const job = (template: object = {}, options: object = {}) => ({
    createJob: { presignedUrlConfig: { roleArn }, ...template },
    format: 'plain',
    ...options,
  });

  it('is accepted by both schemas, whatever valid channels it has', () => {
    fc.assert(
      fc.property(channelsFile, (file) => {
        expect(verdicts(by, JSON.parse(JSON.stringify(file)))).toEqual(['ajv: true', 'cfworker: true']);
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it.each<[string, Change]>([
    ['a source of AWS', (product) => Object.assign(product, { sources: ['aws.s3'] })],
    ['a source twice', (product) => Object.assign(product, { sources: ['a', 'a'] })],
    ['no channels', (product) => Object.assign(product, { channels: {} })],
    ['a job without a format', (_product, channel) => replaceBy(channel, { createJob: { presignedUrlConfig: { roleArn } } })],
    ['a job with an unknown format', (_product, channel) => replaceBy(channel, job({}, { format: 'nrf' }))],
    ['a job without a role', (_product, channel) => replaceBy(channel, job({ presignedUrlConfig: { expiresInSec: 60 } }))],
    ['a job without presignedUrlConfig', (_product, channel) => replaceBy(channel, job({ presignedUrlConfig: undefined }))],
    ...['jobId', 'document', 'documentSource', 'jobTemplateArn'].map((member): [string, Change] => [
      `a job with ${member}`,
      (_product, channel) => replaceBy(channel, job({ [member]: 'a' })),
    ]),
    ['a job with parameters', (_product, channel) => replaceBy(channel, job({ documentParameters: { a: 'b' } }))],
    ['a job with 26 packages', (_product, channel) => replaceBy(channel, job({ destinationPackageVersions: Array(26).fill('a') }))],
    ['a job beside a task', (_product, channel) => replaceBy(channel, job({}, { createOtaTask: { OtaType: 'CONTINUOUS' } }))],
    ['a format on IoT Core', (_product, channel) => Object.assign(channel, { format: 'plain' })],
    ['two requests', (_product, channel) => Object.assign(channel, { createOtaTask: { OtaType: 'CONTINUOUS' } })],
    ['a job document on IoT Core', (_product, channel) => Object.assign(channel, { jobDocument: {} })],
    ['an unknown member', (_product, channel) => Object.assign(channel, { unsafe: 'allow' })],
    ['an approver of AWS', (product) => Object.assign(product, { approvers: ['aws.s3'] })],
    ['no approvers', (product) => Object.assign(product, { approvers: [] })],
    ['an after without a channel', (_product, channel) => Object.assign(channel, { after: { soakMinutes: 1 } })],
    ['a share above 100', (_product, channel) => Object.assign(channel, { after: { channel: 'a', maxFailedPercentage: 101 } })],
    ['an unknown member of after', (_product, channel) => Object.assign(channel, { after: { channel: 'a', soak: 1 } })],
    ['an approval that is true', (_product, channel) => Object.assign(channel, { approval: true })],
    ['an unknown part to skip', (_product, channel) => Object.assign(channel, { approval: { skip: ['approval'] } })],
    ['a wrapped cron', (_product, channel) => Object.assign(channel, { allowedTimes: [{ cron: 'cron(* 9 ? * * *)', timeZone: 'UTC' }] })],
    ['a cron of five fields', (_product, channel) => Object.assign(channel, { allowedTimes: [{ cron: '* 9 * * *', timeZone: 'UTC' }] })],
    ['an offset as zone', (_product, channel) => Object.assign(channel, { allowedTimes: [{ cron: '* 9 ? * * *', timeZone: '+01:00' }] })],
    ['a zone that is missing', (_product, channel) => Object.assign(channel, { allowedTimes: [{ cron: '* 9 ? * * *' }] })],
  ])('is refused by both schemas: %s', (_what, change) => {
    const channel = { createOTAUpdate: { roleArn: 'arn:aws:iam::123456789012:role/ota' } };
    const product = { sources: ['com.acme'], channels: { beta: channel } };
    const value = { artifactBuckets: ['acme-firmware'], products: { thermostat: product } };
    expect(verdicts(by, value)).toEqual(['ajv: true', 'cfworker: true']);
    change(product, channel);
    expect(verdicts(by, JSON.parse(JSON.stringify(value)))).toEqual(['ajv: false', 'cfworker: false']);
  });
});
