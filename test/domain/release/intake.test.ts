import { describe, expect, it } from 'vitest';
import { detailOf, parseMessage, parseReleaseText, readable } from '../../../domain/release/intake.ts';
import { hostileBodies } from '../../../proof/fuzz/hostile-bodies.ts';
import { account, bodyOf, sampleArtifact, sampleDetail } from '../../../proof/support/sample.ts';

const parse = (body: string | Uint8Array) => parseMessage(body, { allowedAccounts: [account] });
const withdrawn = { 'detail-type': 'Firmware Release Withdrawn' };

function verdict(body: string | Uint8Array) {
  const result = parse(body);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}`;
}

describe('a body from the queue', () => {
  it('becomes an envelope and a release', () => {
    const body = bodyOf(sampleDetail(), { id: '7bf73129-1428-4cd3-a780-95db273d1602', region: 'eu-west-1', resources: [] });
    expect(parse(body)).toMatchObject({
      ok: true,
      value: {
        kind: 'release',
        envelope: {
          account,
          source: 'com.acme.firmware-ci',
          detailType: 'Firmware Release Published',
          id: '7bf73129-1428-4cd3-a780-95db273d1602',
        },
        release: { product: 'thermostat', version: '2.4.1', revision: 1 },
      },
    });
  });

  it('becomes an envelope and a withdrawal', () => {
    expect(parse(bodyOf({ product: 'thermostat', version: '2.4.1' }, withdrawn))).toMatchObject({
      ok: true,
      value: { kind: 'withdrawal', withdrawal: { product: 'thermostat', version: '2.4.1', force: false } },
    });
  });

  it.each<[string, string, object, object]>([
    ['release', 'Firmware Release Published', sampleDetail(), { revision: 1 }],
    ['withdrawal', 'Firmware Release Withdrawn', { product: 'thermostat', version: '2.4.1' }, { force: false }],
    ['approval', 'Firmware Release Approved', { product: 'thermostat', version: '2.4.1', channels: ['beta'] }, { revision: 1 }],
    ['hold', 'Firmware Channel Held', { product: 'thermostat', holdId: 'h', reason: 'r' }, { schemaVersion: '1' }],
    ['resume', 'Firmware Channel Resumed', { product: 'thermostat', holdId: 'h' }, { schemaVersion: '1' }],
  ])('becomes a message of its kind, with its detail and the defaults: %s', (kind, detailType, detail, defaults) => {
    const result = parse(bodyOf(detail, { 'detail-type': detailType }));
    if (!result.ok) throw new Error(result.rejection.message);
    expect(result.value).toMatchObject({ kind, envelope: { detailType }, [kind]: { ...detail, ...defaults } });
    expect(detailOf(result.value)).toMatchObject({ ...detail, ...defaults });
  });

  it.each([
    ['INVALID_APPROVAL channels', 'Firmware Release Approved'],
    ['INVALID_HOLD holdId', 'Firmware Channel Held'],
    ['INVALID_HOLD holdId', 'Firmware Channel Resumed'],
  ])('is rejected with the code of its kind: %s for %s', (expected, detailType) => {
    const steered = { product: 'thermostat', version: '2.4.1', reason: 'r' };
    const { version: _none, ...held } = steered;
    const { reason: _neither, ...approved } = steered;
    const { reason: _no, ...resumed } = held;
    const details: Record<string, object> = { 'Firmware Release Approved': approved, 'Firmware Channel Held': held };
    expect(verdict(bodyOf(details[detailType] ?? resumed, { 'detail-type': detailType }))).toBe(expected);
  });

  it.each(['Firmware Channel Held', 'Firmware Channel Resumed'])(
    'is rejected for a number that would change, with the code of %s',
    (detailType) => {
      const text = bodyOf({ product: 'thermostat', holdId: 'h', reason: 'r', n: 1 }, { 'detail-type': detailType });
      expect(verdict(text.replace('"n":1', '"n":-0'))).toBe('INVALID_HOLD n');
    },
  );

  it.each<[unknown, string]>([
    ['2.10.11', 'UNSUPPORTED_SCHEMA_VERSION schemaVersion'],
    [2, 'UNSUPPORTED_SCHEMA_VERSION schemaVersion'],
    [['2'], 'INVALID_RELEASE schemaVersion'],
  ])('is rejected for another major version of its schema, if that looks like one: %j', (schemaVersion, expected) => {
    expect(verdict(bodyOf({ ...sampleDetail(), schemaVersion }))).toBe(expected);
  });

  it('gives an artifact no code signing that the release does not have', () => {
    const [{ codeSigning: _none, ...unsigned } = sampleArtifact()] = [sampleArtifact()];
    const result = parse(bodyOf({ ...sampleDetail(), artifacts: [unsigned] }));
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && result.value.kind === 'release' && result.value.release.artifacts[0]).not.toHaveProperty('codeSigning');
  });

  it('may have an attribute with the name of a member of a code signing', () => {
    const artifacts = [{ ...sampleArtifact(), attributes: { startSigningJobParameter: 7 } }];
    expect(parse(bodyOf({ ...sampleDetail(), artifacts }))).toMatchObject({
      rejection: { path: 'artifacts[0].attributes.startSigningJobParameter', message: expect.not.stringContaining('channels.yml') },
    });
  });

  it('may have 5000 values', () => {
    const list = (count: number) => `[${Array(count).fill('1').join(',')}]`;
    // The list itself is a value.
    expect([4_998, 4_999, 5_000].map((count) => verdict(list(count)))).toEqual(['NOT_AN_EVENT $', 'NOT_AN_EVENT $', 'TOO_LARGE $']);
  });

  it('is not JSON first, however many values it seems to have', () => {
    expect(verdict(','.repeat(6000))).toBe('MALFORMED_JSON $');
  });

  it('gives the same from bytes as from text', () => {
    const body = bodyOf({ ...sampleDetail(), description: 'Übergang 🔥' });
    expect(parse(new TextEncoder().encode(body))).toEqual(parse(body));
  });

  it('becomes a message that is frozen', () => {
    const result = parse(bodyOf(sampleDetail()));
    if (!result.ok || result.value.kind !== 'release') throw new Error('not accepted');
    const { release, envelope } = result.value;
    expect(
      [result.value, release, envelope, release.channels, release.artifacts[0], release.artifacts[0]?.fileLocation].every(Object.isFrozen),
    ).toBe(true);
  });

  it('is rejected for the first broken rule, in the documented order', () => {
    const wrong = { schemaVersion: '2', product: '!' };
    const order: [string, string][] = [
      ['TOO_LARGE $', '['.repeat(300_000)],
      ['TOO_DEEP $', '['.repeat(33)],
      ['MALFORMED_JSON $', '{"a":1,"a":2'],
      ['MALFORMED_JSON a', '{"a":1,"a":2}'],
      ['NOT_AN_EVENT $', JSON.stringify({ account: 'x', 'detail-type': 'x' })],
      ['ACCOUNT_NOT_ALLOWED account', bodyOf(wrong, { account: 'x', 'detail-type': 'x' })],
      ['UNKNOWN_DETAIL_TYPE detail-type', bodyOf(wrong, { 'detail-type': 'x' })],
      ['UNSUPPORTED_SCHEMA_VERSION schemaVersion', bodyOf(wrong)],
      ['INVALID_RELEASE product', bodyOf({ ...wrong, schemaVersion: '1' })],
      ['INVALID_WITHDRAWAL product', bodyOf({ ...wrong, schemaVersion: '1' }, withdrawn)],
    ];
    expect(order.map(([, body]) => verdict(body))).toEqual(order.map(([expected]) => expected));
  });

  it('is rejected with a path relative to detail, or with a member of the envelope', () => {
    expect(verdict(bodyOf(sampleDetail()).replace('"sha256"', '"sha256":"","sha256"'))).toBe('MALFORMED_JSON artifacts[0].sha256');
    expect(verdict(bodyOf(sampleDetail()).replace('"detail"', '"detail":{},"detail"'))).toBe('MALFORMED_JSON detail');
    expect(verdict(bodyOf(sampleDetail()).replace('"detail"', '"x":{"detail":{"a":1,"a":1}},"detail"'))).toBe('MALFORMED_JSON x.detail.a');
    expect(verdict(bodyOf(sampleDetail()).replace('"product"', '"tags":{"a":[1,-0]},"product"'))).toBe('INVALID_RELEASE tags.a[1]');
  });

  it('is rejected with the line and the column at which its JSON ends, and without a quotation', () => {
    const result = parse('{"product":\n "SECRET" SECRET}');
    expect(result).toEqual({
      ok: false,
      rejection: { code: 'MALFORMED_JSON', path: '$', message: expect.stringMatching(/\bline 2, column 11\b/) },
    });
    expect(JSON.stringify(result)).not.toContain('SECRET');
  });

  it.each([
    ['more than 256 KiB', ' '.repeat(262_145), 'TOO_LARGE $'],
    ['33 levels', '['.repeat(33), 'TOO_DEEP $'],
    ['a lone surrogate', '\ud83d', 'MALFORMED_JSON $'],
    ['a byte order mark', '\ufeff{}', 'MALFORMED_JSON $'],
    ['a member twice', '{"a":1,"a":1}', 'MALFORMED_JSON a'],
    ['a list', '[]', 'NOT_AN_EVENT $'],
    ['no detail-type', '{"detail":{}}', 'NOT_AN_EVENT $'],
    ['text as detail', bodyOf('text'), 'NOT_AN_EVENT $'],
    ['another account', bodyOf({}, { account: '1' }), 'ACCOUNT_NOT_ALLOWED account'],
    ['another detail-type', bodyOf({}, { 'detail-type': 'x' }), 'UNKNOWN_DETAIL_TYPE detail-type'],
  ])('is rejected if it has %s', (_what, body, expected) => {
    expect(verdict(body)).toBe(expected);
  });

  it.each<[string, readonly (string | number)[]]>([
    ['UTF-16, as PowerShell writes it', [0xff, 0xfe, '{', 0, '}', 0]],
    ['UTF-16 in the other order', [0xfe, 0xff, 0, '{', 0, '}']],
    ['UTF-16 without a byte order mark', ['{', 0, '}', 0]],
    ['UTF-32', [0xff, 0xfe, 0, 0, '{', 0, 0, 0]],
    ['Windows-1252', ['{"description":"f', 0xfc, 'r"}']],
    ['a byte order mark of UTF-8', [0xef, 0xbb, 0xbf, '{}']],
  ])('is rejected as bytes in another encoding, alike as an event and as a file: %s', (_what, parts) => {
    const bytes = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.of(part))));
    const expected = { ok: false, rejection: { code: 'MALFORMED_JSON', path: '$' } };
    expect(parse(bytes)).toMatchObject(expected);
    expect(parseReleaseText(bytes)).toEqual(parse(bytes));
    expect(readable(bytes)).toEqual({});
  });

  it('is rejected with the offset of the first byte that is not UTF-8, even behind a U+FFFD that the text really has', () => {
    const result = parse(Buffer.concat([Buffer.from('{"a":"\ufffd🔥",\n"b":"'), Buffer.of(0xe4), Buffer.from('"}')]));
    expect(result).toMatchObject({ rejection: { message: expect.stringMatching(/line 2, column 6 \(byte offset 21\)/) } });
    // The first byte of U+FFFD itself, without the others.
    const begun = parse(Buffer.concat([Buffer.from('{"a":"'), Buffer.of(0xef), Buffer.from('"}')]));
    expect(begun).toMatchObject({ rejection: { message: expect.stringMatching(/line 1, column 7 \(byte offset 6\)/) } });
  });

  it('is accepted if it only looks like an entry of PutEvents beside the members of an event', () => {
    expect(verdict(bodyOf(sampleDetail(), { Detail: 'x', Entries: [] }))).toBe('accepted');
    expect(verdict(bodyOf(sampleDetail(), { Detail: 'x' }))).toBe('accepted');
  });

  it('gets an empty source if it has none, and no product allows an empty one', () => {
    for (const source of [undefined, null, 7, ['com.acme.firmware-ci']]) {
      expect(parse(bodyOf(sampleDetail(), { source }))).toMatchObject({ ok: true, value: { envelope: { source: '' } } });
    }
  });

  it('is rejected for a byte order mark, even before a valid event', () => {
    expect(parse(`\ufeff${bodyOf(sampleDetail())}`)).toMatchObject({ rejection: { code: 'MALFORMED_JSON', path: '$' } });
  });

  it('keeps an event id only if it has at most 64 letters, digits and hyphens', () => {
    for (const id of ['a\nb', 'x'.repeat(65), 7, null]) {
      const result = parse(bodyOf(sampleDetail(), { id }));
      expect(result.ok && result.value.envelope).not.toHaveProperty('id');
    }
  });
});

describe('the hostile corpus', () => {
  it('has at least a thousand bodies, each with its own name', () => {
    expect(hostileBodies.length).toBeGreaterThanOrEqual(1000);
    expect(new Set(hostileBodies.map(([what]) => what)).size).toBe(hostileBodies.length);
  });

  it.each(hostileBodies.map(([what, body, code]) => ({ what, body, code })))('$what', ({ body, code }) => {
    const before = Object.getOwnPropertyNames(Object.prototype).join();
    const result = parse(body);
    readable(body);
    expect(result.ok ? null : result.rejection.code).toBe(code);
    if (!result.ok) expect(`${result.rejection.path}${result.rejection.message}`).toMatch(/^[\x20-\x7e]{1,2000}$/);
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(before);
  });
});

describe('the readable part of a rejected message', () => {
  it('has every member that is valid, regardless of the others', () => {
    const detail = { ...sampleDetail(), version: 'v1', correlationId: 'build-1', artifacts: 'none' };
    expect(readable(bodyOf(detail))).toEqual({ product: 'thermostat', channels: ['beta'], correlationId: 'build-1' });
  });

  it('comes from a bare detail too', () => {
    expect(readable(JSON.stringify(sampleDetail()))).toEqual({ product: 'thermostat', version: '2.4.1', channels: ['beta'] });
  });

  it.each(['', '[]', '{"product":"a","product":"b"}', '{"detail":null}', '{"detail":"x"}', `{"product":"${'p'.repeat(300_000)}"}`])(
    'is empty for a body such as %.20s',
    (body) => {
      expect(readable(body)).toEqual({});
    },
  );
});

describe('the detail of a release in a file', () => {
  it('obeys the same rules as the detail of an event', () => {
    expect(parseReleaseText(JSON.stringify(sampleDetail()))).toMatchObject({ ok: true, value: { product: 'thermostat' } });
    expect(parseReleaseText('{"product":')).toMatchObject({ ok: false, rejection: { code: 'MALFORMED_JSON', path: '$' } });
    expect(parseReleaseText('{"revision":1e400}')).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: 'revision' } });
    const negativeZero = JSON.stringify(sampleDetail()).replace('"fileName"', '"fileType":-0,"fileName"');
    expect(parseReleaseText(negativeZero)).toMatchObject({ ok: false, rejection: { path: 'artifacts[0].fileType' } });
    expect(parseReleaseText('{"detail":{"a":1,"a":1}}')).toMatchObject({ ok: false, rejection: { path: 'detail.a' } });
    expect(parseReleaseText('[]')).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: '$' } });
  });

  it.each([
    ['one entry', { Source: 'com.acme', DetailType: 'Firmware Release Published', Detail: '{}' }],
    ['one entry without a Detail', { Source: 'com.acme', DetailType: 'Firmware Release Published' }],
    ['a list of entries', [{ Detail: '{}' }]],
    ['a whole request', { Entries: [{ Detail: '{}' }] }],
  ])('is not an event if it has the form of PutEvents: %s', (_what, value) => {
    const expected = { ok: false, rejection: { code: 'NOT_AN_EVENT', path: '$', message: expect.stringContaining('PutEvents') } };
    expect(parseReleaseText(JSON.stringify(value))).toMatchObject(expected);
    expect(parse(JSON.stringify(value))).toMatchObject(expected);
  });

  it('stays a release if it has a stray member of PutEvents', () => {
    expect(parseReleaseText(JSON.stringify({ ...sampleDetail(), Detail: '{}' }))).toMatchObject({
      rejection: { code: 'INVALID_RELEASE', path: 'Detail' },
    });
  });
});
