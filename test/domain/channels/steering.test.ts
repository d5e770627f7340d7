import { describe, expect, it } from 'vitest';
import type { Channels, Product } from '../../../domain/channels/schema.ts';
import { findSteered, rejectUnknownChannel, type Steering } from '../../../domain/channels/steering.ts';
import { channelsOf, otaUpdateChannel } from '../../../proof/support/fixtures.ts';

const ci = 'com.acme.firmware-ci';
const board = 'com.acme.board';
const thermostat = channelsOf({ beta: otaUpdateChannel(), stable: otaUpdateChannel() }).products['thermostat'] as Product;
const channels: Channels = {
  artifactBuckets: [],
  products: { thermostat: { ...thermostat, approvers: [board] }, lamp: thermostat },
};

const verdict = (product: string, source: string, what: Steering) => {
  const found = findSteered(channels, product, source, what);
  return found.ok ? 'ok' : `${found.rejection.code} ${found.rejection.path}`;
};
const everything: readonly Steering[] = ['approve', 'hold', 'resume', 'withdraw'];
const refused = 'SOURCE_NOT_ALLOWED source';

describe('who may steer a product', () => {
  it.each<[string, string, string, string[]]>([
    ['an approver', 'thermostat', board, ['ok', 'ok', 'ok', 'ok']],
    ['a source, where there are approvers', 'thermostat', ci, ['SELF_APPROVAL source', 'ok', refused, 'ok']],
    ['a source, where there are no approvers', 'lamp', ci, ['SELF_APPROVAL source', 'ok', 'ok', 'ok']],
    ['the approver of another product', 'lamp', board, [refused, refused, refused, refused]],
    ['a stranger', 'thermostat', 'com.stranger', [refused, refused, refused, refused]],
    ['nobody', 'thermostat', '', [refused, refused, refused, refused]],
  ])('is decided for %s', (_who, product, source, expected) => {
    expect(everything.map((what) => verdict(product, source, what))).toEqual(expected);
  });

  it.each(['toaster', 'constructor', '__proto__'])('is nobody for the unknown product %s', (product) => {
    expect(everything.map((what) => verdict(product, board, what))).toEqual(Array(4).fill('UNKNOWN_PRODUCT product'));
  });

  it('is answered for an unknown product with those that list the source, and with none for a stranger', () => {
    const messageOf = (source: string) => {
      const found = findSteered(channels, 'toaster', source, 'hold');
      return found.ok ? '' : found.rejection.message;
    };
    expect([messageOf(board), messageOf(ci), messageOf('com.stranger')].map((text) => text.match(/thermostat|lamp/g))).toEqual([
      ['thermostat'],
      ['thermostat', 'lamp'],
      null,
    ]);
  });
});

describe('the channels that a message names', () => {
  it('are all of the product, or the first other one is rejected', () => {
    expect(rejectUnknownChannel(thermostat, [])).toBeUndefined();
    expect(rejectUnknownChannel(thermostat, ['stable', 'beta'])).toBeUndefined();
    expect(rejectUnknownChannel(thermostat, ['beta', 'constructor', 'x'])?.rejection).toMatchObject({
      code: 'UNKNOWN_CHANNEL',
      path: 'channels[1]',
      channel: 'constructor',
    });
  });
});
