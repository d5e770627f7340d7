import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../domain/release/intake.ts';
import { checkApproval, checkHold, checkRelease, checkResume, checkWithdrawal } from '../../events/index.ts';
import { sampleDetail, withMember } from '../../proof/support/sample.ts';
import { approvalExample, holdExample, releaseExample, resumeExample, withdrawalExample } from '../../scripts/schema-examples.ts';

const kinds = [
  { detailType: 'Firmware Release Published', check: checkRelease, example: releaseExample },
  { detailType: 'Firmware Release Withdrawn', check: checkWithdrawal, example: withdrawalExample },
  { detailType: 'Firmware Release Approved', check: checkApproval, example: approvalExample },
  { detailType: 'Firmware Channel Held', check: checkHold, example: holdExample },
  { detailType: 'Firmware Channel Resumed', check: checkResume, example: resumeExample },
] as const;

/** What the intake of the service answers to the event. */
const intake = (detailType: string, detail: unknown) =>
  parseMessage(JSON.stringify({ account: '1', source: 's', 'detail-type': detailType, detail }), { allowedAccounts: ['1'] });

const pathsOf = (checked: ReturnType<typeof checkRelease>): string[] => (checked.ok ? [] : checked.problems.map(({ path }) => path));

describe.each(kinds)('the check of $detailType', ({ detailType, check, example }) => {
  it('accepts its example and answers a copy of it', () => {
    const checked = check(example);
    expect(checked).toEqual({ ok: true, event: example });
    expect(checked.ok && checked.event).not.toBe(example);
  });

  it('refuses with the very code, path and words with which the service rejects it', () => {
    const wrong = Object.keys(example).flatMap((name) => [undefined, null, 1, 'ö', [], {}].map((value) => ({ ...example, [name]: value })));
    for (const detail of [...wrong, { ...example, more: 1 }, { ...example, schemaVersion: '2' }, 'text', null, []]) {
      const verdict = intake(detailType, detail);
      expect(check(detail)).toMatchObject(verdict.ok ? { ok: true } : { ok: false, problems: [verdict.rejection] });
    }
  });

  it('never throws, and agrees with the service on any value of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (detail) => {
        expect(check(detail).ok).toBe(intake(detailType, detail).ok);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the check of a release', () => {
  it('names every member that is wrong, first the one for which the service rejects it', () => {
    const checked = checkRelease({ product: 'Thermostat', versio: '2.4.1', artifacts: [{ sha265: '0' }] });
    expect(pathsOf(checked)).toEqual(['product', 'version', 'channels', 'artifacts[0].sha265', 'versio']);
  });

  it('names only the broken rule between members, if each member is right', () => {
    expect(pathsOf(checkRelease({ ...sampleDetail(), channels: ['beta', 'beta'] }))).toEqual(['channels[1]']);
  });

  it('gives problems of a signature their own code, after others too', () => {
    const custom = { signature: { inlineDocument: '*' }, hashAlgorithm: 1, signatureAlgorithm: 'ECDSA' };
    const detail = { ...withMember(sampleDetail(), ['artifacts', 0, 'codeSigning'], { customCodeSigning: custom }), product: 1 };
    const checked = checkRelease(detail);
    expect(!checked.ok && checked.problems.map(({ code }) => code)).toEqual(['INVALID_RELEASE', 'INVALID_SIGNING', 'INVALID_SIGNING']);
  });

  it('names the members after a wrong signature, too', () => {
    const custom = { signature: { inlineDocument: '*' }, hashAlgorithm: 'SHA256', signatureAlgorithm: 'ECDSA' };
    const detail = { ...withMember(sampleDetail(), ['artifacts', 0, 'codeSigning'], { customCodeSigning: custom }), hardware: 1 };
    expect(pathsOf(checkRelease(detail))).toEqual(['artifacts[0].codeSigning.customCodeSigning.signature.inlineDocument', 'hardware']);
  });

  it('answers one problem for two signings at once', () => {
    const codeSigning = { awsSignerJobId: '', customCodeSigning: {} };
    expect(pathsOf(checkRelease(withMember(sampleDetail(), ['artifacts', 0, 'codeSigning'], codeSigning)))).toEqual([
      'artifacts[0].codeSigning',
    ]);
  });

  it('reads a value as JSON writes it: without members that are undefined, and with dates as text', () => {
    const checked = checkRelease({ ...sampleDetail(), correlationId: undefined, notAfter: new Date(0) });
    expect(checked).toEqual({ ok: true, event: { ...sampleDetail(), notAfter: '1970-01-01T00:00:00.000Z' } });
  });

  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  const deep = JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`);
  it.each([
    ['nothing', undefined, 'NOT_AN_EVENT'],
    ['a function', () => 1, 'NOT_AN_EVENT'],
    ['a cycle', cycle, 'MALFORMED_JSON'],
    ['a BigInt', { product: 1n }, 'MALFORMED_JSON'],
    ['too many levels', { product: deep }, 'TOO_DEEP'],
    ['a detail that is too large', { ...sampleDetail(), description: 'a'.repeat(256 * 1024) }, 'TOO_LARGE'],
    ['another major version', { ...sampleDetail(), schemaVersion: '2.0', product: 1 }, 'UNSUPPORTED_SCHEMA_VERSION'],
  ])('answers one problem for %s', (_what, detail, code) => {
    expect(checkRelease(detail)).toEqual({ ok: false, problems: [expect.objectContaining({ code })] });
  });
});
