import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage, readable } from '../../../domain/release/intake.ts';
import { rejectionCodes } from '../../../domain/release/rejection.ts';
import { account, anyText, bodyOf, sampleDetail } from '../../../proof/support/sample.ts';

const parse = (body: string | Uint8Array) => parseMessage(body, { allowedAccounts: [account] });
const withdrawn = { 'detail-type': 'Firmware Release Withdrawn' };

describe('any input', () => {
  const codes = new Set(Object.keys(rejectionCodes));

  function judge(body: string | Uint8Array) {
    const result = parse(body);
    readable(body);
    if (result.ok) return;
    expect(codes).toContain(result.rejection.code);
    expect(result.rejection.path).not.toBe('');
  }

  it('gets an answer and causes no exception: any text', () => {
    fc.assert(fc.property(anyText(300), judge), { seed: 1, numRuns: 500 });
  });

  it('gets an answer and causes no exception: any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), judge), { seed: 2, numRuns: 500 });
  });

  it('gets an answer and causes no exception: any JSON as detail', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.boolean(), (detail, withdraws) => {
        judge(bodyOf(null, withdraws ? withdrawn : {}).replace('"detail":null', `"detail":${detail}`));
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('gets an answer and causes no exception: a release with any value in one member', () => {
    const paths = ['product', 'version', 'channels', 'artifacts', 'schemaVersion', 'tags', 'startAt', 'notAfter', 'revision', 'x'];
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue({ maxDepth: 4 }), (path, value) =>
        judge(bodyOf({ ...sampleDetail(), [path]: value })),
      ),
      { seed: 4, numRuns: 500 },
    );
  });

  it('gets an answer and causes no exception: a release with changed bytes', () => {
    const body = new TextEncoder().encode(bodyOf(sampleDetail()));
    const flips = fc.array(fc.tuple(fc.nat(body.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(flips, (changes) => {
        const changed = Uint8Array.from(body);
        for (const [at, byte] of changes) changed[at] = byte;
        judge(changed);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('is rejected if JSON.parse would change one of its numbers', () => {
    fc.assert(
      fc.property(fc.double(), fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.boolean(), (double, big, asBig) => {
        const token = asBig ? String(big) : String(double);
        const body = bodyOf(sampleDetail()).replace('"fileName"', `"fileType":${token},"fileName"`);
        const exact = Number.isSafeInteger(Number(token)) && String(Number(token)) === token;
        const result = parse(body);
        if (result.ok) expect(exact || /e/.test(token)).toBe(true);
        else if (exact) throw new Error(`refused ${token}`);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
