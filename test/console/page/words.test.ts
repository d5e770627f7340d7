import { describe, expect, it } from 'vitest';
import { titleOf } from '../../../console/page/action-words.ts';
import { LARGEST_EVENT_BYTES, problemOfFile, problemOfText, textOfFile } from '../../../console/page/event-file.ts';
import { ageOf, instantOf, localOf } from '../../../console/page/instants.ts';

describe('the title of a dialog', () => {
  it.each([
    [{ action: 'publish', input: {} }, 'Publish a release'],
    [
      { action: 'approve', input: { product: 'thermostat', version: '2.4.1', revision: 1, channel: 'stable' } },
      'Approve thermostat 2.4.1 for stable',
    ],
    [
      { action: 'deny', input: { product: 'thermostat', version: '2.4.1', revision: 2, channel: 'stable' } },
      'Deny thermostat 2.4.1 revision 2 for stable',
    ],
    [{ action: 'hold', input: { product: 'thermostat' } }, 'Hold thermostat'],
    [{ action: 'hold', input: { product: 'thermostat', channels: ['beta', 'stable'] } }, 'Hold thermostat on beta, stable'],
    [{ action: 'resume', input: { product: 'thermostat', holdIds: ['h1'] } }, 'Resume thermostat'],
    [{ action: 'withdraw', input: { product: 'thermostat', version: '2.4.1' } }, 'Withdraw thermostat 2.4.1'],
    [
      { action: 'withdraw', input: { product: 'thermostat', version: '2.4.1', revision: 1, channels: ['beta'] } },
      'Withdraw thermostat 2.4.1 revision 1 from beta',
    ],
    [{ action: 'redrive', input: { queue: 'releases' } }, 'Redrive the dead-letter queue of releases'],
    [{ action: 'redrive', input: { queue: 'rejected', messageId: 'm1' } }, 'Redrive a message of the queue of rejected messages'],
  ] as const)('of %j is %s', (asked, title) => {
    expect(titleOf(asked)).toBe(title);
  });
});

describe('a time that a person types', () => {
  it('is sent as the instant that it is in the zone of the viewer, and shown as it was typed', () => {
    const instant = instantOf('2026-11-30T14:20');
    expect(instant).toBe(new Date(2026, 10, 30, 14, 20).toISOString());
    expect(localOf(instant)).toBe('2026-11-30T14:20');
  });

  it('is left out if it is empty or not a time', () => {
    expect(instantOf('')).toBeUndefined();
    expect(localOf(undefined)).toBe('');
    expect(localOf('soon')).toBe('');
  });
});

describe('the age of a message', () => {
  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h'],
    [86_399, '23 h'],
    [86_400, '1 d'],
  ])('of %i seconds is %s', (seconds, words) => {
    expect(ageOf(seconds)).toBe(words);
  });
});

describe('a file to publish', () => {
  it('may be as large as the bus takes', () => {
    expect(problemOfFile({ name: 'release.json', size: LARGEST_EVENT_BYTES })).toBeUndefined();
    expect(problemOfText('a'.repeat(LARGEST_EVENT_BYTES))).toBeUndefined();
  });

  it('is refused before it is read if it is larger or empty', () => {
    expect(problemOfFile({ name: 'release.json', size: LARGEST_EVENT_BYTES + 1 })).toBe(
      'release.json has 257 KiB. The bus takes at most 256 KiB.',
    );
    expect(problemOfFile({ name: 'release.json', size: 0 })).toMatch(/is empty/);
  });

  it('is read as it is, with its line breaks and its byte order mark, which the service refuses', () => {
    const text = '\ufeff{"description":\r\n"für ☂"}';
    expect(textOfFile(new TextEncoder().encode(text).buffer)).toBe(text);
  });

  it('is not read if it is not UTF-8, because other characters would be published', () => {
    expect(textOfFile(new Uint8Array([0x7b, 0x22, 0xfc, 0x22]).buffer)).toBeUndefined();
    expect(textOfFile(new Uint8Array([0xff, 0xfe, 0x7b, 0x00]).buffer)).toBeUndefined();
  });

  it('is measured in bytes, not in characters', () => {
    expect(problemOfText('ä'.repeat(LARGEST_EVENT_BYTES / 2 + 1))).toBe('The text has 257 KiB. The bus takes at most 256 KiB.');
  });
});
