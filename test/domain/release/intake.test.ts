import { describe, expect, it } from 'vitest';
import { parseMessage, parseReleaseText, readable } from '../../../domain/release/intake.ts';
import { hostileBodies } from '../../../proof/fuzz/hostile-bodies.ts';
import { account, bodyOf, sampleDetail } from '../../../proof/support/sample.ts';

const parse = (body: string | Uint8Array) => parseMessage(body, { allowedAccounts: [account] });
const withdrawn = { 'detail-type': 'Firmware Release Withdrawn' };

function verdict(body: string | Uint8Array) {
  const result = parse(body);
  return result.ok ? 'accepted' : `${result.rejection.code} ${result.rejection.path}`;
}

describe('a body from the queue', () => {
  it('is read into envelope and release', () => {
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

  it('is read into envelope and withdrawal', () => {
    expect(parse(bodyOf({ product: 'thermostat', version: '2.4.1' }, withdrawn))).toMatchObject({
      ok: true,
      value: { kind: 'withdrawal', withdrawal: { product: 'thermostat', version: '2.4.1', force: false } },
    });
  });

  it('reads the same from bytes as from text', () => {
    const body = bodyOf({ ...sampleDetail(), description: 'Übergang 🔥' });
    expect(parse(new TextEncoder().encode(body))).toEqual(parse(body));
  });

  it('gives a message that nobody can change', () => {
    const result = parse(bodyOf(sampleDetail()));
    if (!result.ok || result.value.kind !== 'release') throw new Error('not accepted');
    const { release, envelope } = result.value;
    expect(
      [result.value, release, envelope, release.channels, release.artifacts[0], release.artifacts[0]?.fileLocation].every(Object.isFrozen),
    ).toBe(true);
  });

  it('judges one thing after the other, in the documented order', () => {
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

  it('names a path relative to detail, or the member of the envelope', () => {
    expect(verdict(bodyOf(sampleDetail()).replace('"sha256"', '"sha256":"","sha256"'))).toBe('MALFORMED_JSON artifacts[0].sha256');
    expect(verdict(bodyOf(sampleDetail()).replace('"detail"', '"detail":{},"detail"'))).toBe('MALFORMED_JSON detail');
    expect(verdict(bodyOf(sampleDetail()).replace('"detail"', '"x":{"detail":{"a":1,"a":1}},"detail"'))).toBe('MALFORMED_JSON x.detail.a');
    expect(verdict(bodyOf(sampleDetail()).replace('"product"', '"tags":{"a":[1,-0]},"product"'))).toBe('INVALID_RELEASE tags.a[1]');
  });

  it('says where JSON ends to be JSON without quoting it', () => {
    const result = parse('{"product": "SECRET" SECRET}');
    expect(result).toEqual({
      ok: false,
      rejection: { code: 'MALFORMED_JSON', path: '$', message: 'the body is not JSON from character 21 on' },
    });
  });

  it('says what an event needs, and which it may be', () => {
    const told = (body: string) => {
      const result = parse(body);
      return result.ok ? 'accepted' : `${result.rejection.path}: ${result.rejection.message}`;
    };
    expect(told(' '.repeat(262_145))).toBe('$: the body is larger than 262144 bytes');
    expect(told('['.repeat(33))).toBe('$: nested deeper than 32 levels');
    expect(told('\ud83d')).toBe('$: the body is not valid UTF-8');
    expect(told('\ufeff{}')).toBe('$: the body starts with a byte order mark');
    expect(told('{"a":1,"a":1}')).toBe('a: the object has this member twice');
    expect(told('[]')).toBe('$: an object with detail-type and detail is required');
    expect(told('{"detail":{}}')).toBe('$: an object with detail-type and detail is required');
    expect(told(bodyOf('text'))).toBe('$: detail-type must be text and detail an object');
    expect(told(bodyOf({}, { account: '1' }))).toBe('account: events of this account are not allowed here');
    expect(told(bodyOf({}, { 'detail-type': 'x' }))).toBe(
      'detail-type: known are Firmware Release Published and Firmware Release Withdrawn',
    );
  });

  it('counts characters over all lines, and believes no position that the body itself writes', () => {
    const told = (body: string) => {
      const result = parse(body);
      return result.ok ? 'accepted' : result.rejection.message;
    };
    expect(told(`${'\n'.repeat(12)}{"a" 1}`)).toBe('the body is not JSON from character 17 on');
    expect(told('{"a": x at position 77}')).toBe('the body is not JSON');
    expect(told('{"a": x at position 77 (line 1 column 2)}')).toBe('the body is not JSON');
  });

  it('has an empty source where there is none, which no product allows', () => {
    for (const source of [undefined, null, 7, ['com.acme.firmware-ci']]) {
      expect(parse(bodyOf(sampleDetail(), { source }))).toMatchObject({ ok: true, value: { envelope: { source: '' } } });
    }
  });

  it('names a byte order mark, which nobody sees', () => {
    expect(parse(`\ufeff${bodyOf(sampleDetail())}`)).toMatchObject({ rejection: { message: 'the body starts with a byte order mark' } });
  });

  it('keeps an event id only if it looks like one', () => {
    for (const id of ['a\nb', 'x'.repeat(65), 7, null]) {
      const result = parse(bodyOf(sampleDetail(), { id }));
      expect(result.ok && result.value.envelope).not.toHaveProperty('id');
    }
  });
});

describe('the hostile corpus', () => {
  it('has enough of it, each told apart', () => {
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

describe('what could be read of a refused message', () => {
  it('is every member that is valid by itself', () => {
    const detail = { ...sampleDetail(), version: 'v1', correlationId: 'build-1', artifacts: 'none' };
    expect(readable(bodyOf(detail))).toEqual({ product: 'thermostat', channels: ['beta'], correlationId: 'build-1' });
  });

  it('is read from a bare detail too', () => {
    expect(readable(JSON.stringify(sampleDetail()))).toEqual({ product: 'thermostat', version: '2.4.1', channels: ['beta'] });
  });

  it.each(['', '[]', '{"product":"a","product":"b"}', '{"detail":null}', '{"detail":"x"}', `{"product":"${'p'.repeat(300_000)}"}`])(
    'is nothing of a body such as %.20s',
    (body) => {
      expect(readable(body)).toEqual({});
    },
  );
});

describe('a bare release in a file', () => {
  it('is read by the same rules', () => {
    expect(parseReleaseText(JSON.stringify(sampleDetail()))).toMatchObject({ ok: true, value: { product: 'thermostat' } });
    expect(parseReleaseText('{"product":')).toMatchObject({ ok: false, rejection: { code: 'MALFORMED_JSON', path: '$' } });
    expect(parseReleaseText('{"revision":1e400}')).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: 'revision' } });
    const negativeZero = JSON.stringify(sampleDetail()).replace('"fileName"', '"fileType":-0,"fileName"');
    expect(parseReleaseText(negativeZero)).toMatchObject({ ok: false, rejection: { path: 'artifacts[0].fileType' } });
    expect(parseReleaseText('{"detail":{"a":1,"a":1}}')).toMatchObject({ ok: false, rejection: { path: 'detail.a' } });
    expect(parseReleaseText('[]')).toMatchObject({ ok: false, rejection: { code: 'INVALID_RELEASE', path: '$' } });
  });
});
