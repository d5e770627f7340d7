import type { Message } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { rejectionLines } from '../../cli/rejected.ts';
import { releaseDigest } from '../../domain/release/digest.ts';
import { parseRelease } from '../../domain/release/release.ts';
import { rejectedView } from '../../operator/reads/rejected-view.ts';

const detail = {
  product: 'thermostat',
  version: '2.0.0',
  channels: ['beta', 'lab'],
  artifacts: [
    {
      fileName: '/app.bin',
      fileLocation: { s3Location: { bucket: 'acme-firmware', key: 'app.bin', version: 'v2' } },
      sha256: 'bb'.repeat(32),
    },
  ],
};
const event = {
  account: '111122223333',
  source: 'com.acme.ci',
  id: 'e-1',
  'detail-type': 'Firmware Release Published',
  detail,
};
const parsed = parseRelease(detail);
const digest = parsed.ok ? releaseDigest(parsed.value) : '';

function rejected(body: unknown, code: string, path = '$'): Message {
  const text = (StringValue: string) => ({ DataType: 'String', StringValue });
  const MessageAttributes = { messageId: text('m-1'), code: text(code), path: text(path), reason: text('the reason') };
  return { Body: typeof body === 'string' ? body : JSON.stringify(body), MessageAttributes, Attributes: { SentTimestamp: '0' } };
}
const linesOf = (message: Message) => rejectionLines(rejectedView(message), message.Body ?? '');

describe('a rejection in ota rejected', () => {
  it('shows who sent it, and of a conflict what to compare with the accepted release', () => {
    expect(linesOf(rejected(event, 'RELEASE_CONFLICT'))).toEqual([
      '1970-01-01T00:00:00.000Z  RELEASE_CONFLICT $: the reason',
      '    thermostat 2.0.0 beta, lab',
      '    published by com.acme.ci, account 111122223333, event e-1',
      `    digest ${digest}`,
      '    artifact /app.bin',
      '        s3://acme-firmware/app.bin',
      '        version v2',
      `        sha256 ${'bb'.repeat(32)}`,
      '    message m-1',
    ]);
  });

  it('shows the same of a version that differs only in build metadata', () => {
    const [, ...shown] = linesOf(rejected(event, 'VERSION_AMBIGUOUS', 'version'));
    expect(shown).toEqual(linesOf(rejected(event, 'RELEASE_CONFLICT')).slice(1));
  });

  it('shows no artifacts if there is nothing to compare them with', () => {
    expect(linesOf(rejected(event, 'EXPIRED', 'notAfter'))).toHaveLength(4);
  });

  it.each<[string, unknown]>([
    ['not JSON', '{'],
    ['a number', 7],
    ['an event whose members have other types', { account: 1, source: ['x'], id: {}, detail: [] }],
    ['an event whose source would move the cursor', { source: '\u001b[2J', account: 'a\nb', detail: {} }],
    ['an event with a source of more characters than EventBridge writes', { source: 'x'.repeat(257) }],
  ])('shows only code, path, message and id of %s', (_what, body) => {
    expect(linesOf(rejected(body, 'NOT_AN_EVENT'))).toEqual(['1970-01-01T00:00:00.000Z  NOT_AN_EVENT $: the reason', '    message m-1']);
  });

  it('keeps a path with line breaks on one line', () => {
    expect(linesOf(rejected('{', 'INVALID_RELEASE', 'tags["a\n\u001bb"]'))[0]).toBe(
      '1970-01-01T00:00:00.000Z  INVALID_RELEASE tags["a b"]: the reason',
    );
  });
});

describe('a rejection in ota rejected --json', () => {
  it('has the message under the name that events give it, and under that of the attribute', () => {
    expect(rejectedView(rejected(event, 'RELEASE_CONFLICT'))).toEqual({
      messageId: 'm-1',
      code: 'RELEASE_CONFLICT',
      path: '$',
      message: 'the reason',
      reason: 'the reason',
      product: 'thermostat',
      version: '2.0.0',
      channels: ['beta', 'lab'],
      account: '111122223333',
      source: 'com.acme.ci',
      eventId: 'e-1',
      releaseDigest: digest,
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  it('has no digest of a release that is invalid', () => {
    expect(rejectedView(rejected({ ...event, detail: { ...detail, version: 'v2' } }, 'INVALID_RELEASE'))).not.toHaveProperty(
      'releaseDigest',
    );
  });
});
