import { describe, expect, it } from 'vitest';
import { fillDetail, judgeDelivered, readGivenEvent } from '../../../operator/events/given-event.ts';

const account = '000000000000';
const artifact = {
  fileName: '/app.bin',
  fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'app.bin', version: 'v' } },
  sha256: 'aa'.repeat(32),
};
const release = { product: 'thermostat', version: '2.0.0', channels: ['beta'], artifacts: [artifact] };
const event = { source: 'com.acme.firmware-ci', 'detail-type': 'Firmware Release Published', detail: release };
const text = JSON.stringify(release);

const bytes = (content: string | object): Buffer => Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
const whyOf = (content: string | object | Buffer) => {
  const read = readGivenEvent(Buffer.isBuffer(content) ? content : bytes(content), { account });
  return read.ok ? 'accepted' : `${read.rejection.code} ${read.rejection.path}`;
};
const inEvent = (detail: string) => `{"source":"com.acme.firmware-ci","detail-type":"Firmware Release Published","detail":${detail}}`;
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Texts that JSON.parse changes or does not mind, with the rule that each breaks. */
const malformed: readonly (readonly [string, string | Buffer, string])[] = [
  ['a member twice', text.replace('"version":"2.0.0"', '"version":"1.2.3","version":"2.0.0"'), 'MALFORMED_JSON version'],
  ['a member twice, far inside', text.replace('"key":', '"key":"a","key":'), 'MALFORMED_JSON artifacts[0].fileLocation.s3Location.key'],
  ['Windows-1252', Buffer.from(text.replace('app.bin', 'ger\u00e4t.bin'), 'latin1'), 'MALFORMED_JSON $'],
  ['a lone surrogate as bytes', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), 'MALFORMED_JSON $'],
  ['a byte order mark', `\ufeff${text}`, 'MALFORMED_JSON $'],
  ['UTF-16, little endian', Buffer.from(`\ufeff${text}`, 'utf16le'), 'MALFORMED_JSON $'],
  ['UTF-16, big endian', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'MALFORMED_JSON $'],
  ['a number with too many digits', text.replace('"channels"', '"revision":9007199254740993,"channels"'), 'INVALID_RELEASE revision'],
  ['a number out of range', text.replace('"channels"', '"revision":1e999,"channels"'), 'INVALID_RELEASE revision'],
  ['too many levels', text.replace('"channels"', `"x":${deep(32)},"channels"`), 'TOO_DEEP $'],
  ['too many bytes', text.replace('"channels"', `"description":"${'x'.repeat(256 * 1024)}","channels"`), 'TOO_LARGE $'],
  ['too many values', text.replace('"channels"', `"x":[${'0,'.repeat(5_000)}0],"channels"`), 'TOO_LARGE $'],
  ['no JSON', '{', 'MALFORMED_JSON $'],
  ['nothing', '', 'MALFORMED_JSON $'],
];

describe('a file with an event or a detail', () => {
  it('is read with the very text that was judged', () => {
    const spaced = JSON.stringify(release, null, 2);
    expect(readGivenEvent(bytes(spaced), { account })).toMatchObject({ ok: true, value: { kind: 'release', detail: spaced } });
    const whole = readGivenEvent(bytes(JSON.stringify(event, null, 2)), { account });
    expect(whole).toMatchObject({ ok: true, value: { kind: 'release', source: event.source, detail: text } });
  });

  it.each(malformed)('is rejected as the service rejects it: %s', (_what, content, why) => {
    expect(whyOf(content)).toBe(why);
    if (typeof content === 'string' && content.startsWith('{"')) expect(whyOf(inEvent(content))).toBe(why);
  });

  it.each<[string, string | object, string]>([
    ['the detail as text, as PutEvents takes it', { ...event, detail: text }, 'NOT_AN_EVENT $'],
    ['no detail', { ...event, detail: undefined }, 'NOT_AN_EVENT $'],
    ['a list', [release], 'NOT_AN_EVENT $'],
    ['text', '"text"', 'NOT_AN_EVENT $'],
    ['an unknown detail-type', { ...event, 'detail-type': 'Firmware Release' }, 'UNKNOWN_DETAIL_TYPE detail-type'],
    ['another account', { ...event, account: '111122223333' }, 'ACCOUNT_NOT_ALLOWED account'],
    ['an unknown member', { ...release, Version: '1.0.0' }, 'INVALID_RELEASE Version'],
  ])('is rejected as the service rejects it: %s', (_what, content, why) => {
    expect(whyOf(content)).toBe(why);
  });

  it('may name any account if EventBridge replaces it', () => {
    const named = { ...event, account: '111122223333' };
    expect(readGivenEvent(bytes(named), { account, isReplaced: true }).ok).toBe(true);
  });

  const entry = { Source: event.source, DetailType: event['detail-type'], Detail: text };
  it.each<[string, unknown]>([
    ['an entry', entry],
    ['a list of entries', [entry]],
    ['a request', { Entries: [entry] }],
  ])('is not what PutEvents takes: %s', (_what, content) => {
    expect(whyOf(JSON.stringify(content))).toBe('NOT_AN_EVENT $');
  });
});

describe('a detail that is filled in', () => {
  const incomplete = { ...release, artifacts: [{ ...artifact, sha256: undefined }] };
  const fill = (content: string | object | Buffer) =>
    fillDetail(Buffer.isBuffer(content) ? content : bytes(content), { account }, () => release);

  it('becomes the detail of the same event', () => {
    const filled = fill({ ...event, detail: incomplete });
    expect(filled.ok && JSON.parse(String(filled.value))).toEqual(event);
    expect(fill(incomplete)).toEqual({ ok: true, value: bytes(release) });
  });

  it.each(malformed)('does not hide what is wrong with the text: %s', (_what, content, why) => {
    const [code, path] = why.split(' ');
    expect(fill(content)).toMatchObject({ ok: false, rejection: { code, path } });
    const lacking = typeof content === 'string' ? content.replace(`,"sha256":"${artifact.sha256}"`, '') : content;
    expect(fill(lacking)).toMatchObject({ ok: false, rejection: { code, path } });
  });
});

describe('an event as the queue will have it', () => {
  const judge = (detail: string) => {
    const judged = judgeDelivered(
      { kind: 'release', source: event.source, detail, release: release as never },
      { account, region: 'us-east-1' },
    );
    return judged.ok ? 'accepted' : `${judged.rejection.code} ${judged.rejection.path}`;
  };

  it('counts what EventBridge adds to it', () => {
    const padded = (length: number) => text.replace('"channels"', `"description":"${'x'.repeat(length)}","channels"`);
    const longest = 256 * 1024 - padded(0).length;
    expect(whyOf(padded(longest))).toBe('accepted');
    expect(judge(padded(longest))).toBe('TOO_LARGE $');
    expect(judge(padded(longest - 400))).toBe('accepted');
    const nested = text.replace('"channels"', `"x":${deep(31)},"channels"`);
    expect([whyOf(nested), judge(nested)]).toEqual(['INVALID_RELEASE x', 'TOO_DEEP $']);
  });
});
