import { describe, expect, it } from 'vitest';
import { findProduct } from '../../../domain/channels/find-product.ts';
import { namesInsteadOf } from '../../../domain/channels/unknown-name.ts';
import { channelsOf, otaUpdateChannel } from '../../../proof/support/fixtures.ts';

describe('the names instead of an unknown one', () => {
  it.each([
    ['two letters swapped', 'satble', ['beta', 'stable'], 'did you mean stable? it has beta, stable'],
    ['a letter that is missing', 'stble', ['beta', 'stable'], 'did you mean stable? it has beta, stable'],
    ['a letter too many', 'betaa', ['beta', 'stable'], 'did you mean beta? it has beta, stable'],
    ['a hyphen that is missing', 'smartlock', ['smart-lock'], 'did you mean smart-lock? it has smart-lock'],
    ['another letter', 'bexa', ['alpha', 'beta'], 'did you mean beta? it has alpha, beta'],
    ['nothing that is near', 'canary', ['beta', 'stable'], 'it has beta, stable'],
    ['a short name that is entirely different', 'qa', ['ga', 'zz'], 'it has ga, zz'],
    ['the nearest of several', 'stable2', ['stale', 'stable'], 'did you mean stable? it has stale, stable'],
    ['no names', 'beta', [], undefined],
  ])('are few words: %s', (_what, given, known, expected) => {
    expect(namesInsteadOf(given, known, 'it has')).toBe(expected);
  });

  it('are all of ten', () => {
    const known = Array.from({ length: 10 }, (_, index) => `channel-${index}`);
    expect(namesInsteadOf('x', known, 'it has')).toBe(`it has ${known.join(', ')}`);
  });

  it('are at most ten', () => {
    const known = Array.from({ length: 500 }, (_, index) => `channel-${index}`);
    expect(namesInsteadOf('x', known, 'it has')).toBe(`it has ${known.slice(0, 10).join(', ')}, 490 more`);
  });
});

describe('an unknown product', () => {
  const channels = channelsOf({ beta: otaUpdateChannel() });
  const messageFor = (source: string) => {
    const found = findProduct(channels, 'termostat', source);
    return found.ok ? '' : found.rejection.message;
  };

  it('is named with those that the source may publish', () => {
    expect(messageFor(String(channels.products['thermostat']?.sources[0]))).toContain('thermostat?');
  });

  it('shows a stranger no product', () => {
    expect(messageFor('com.stranger')).not.toContain('thermostat');
  });
});
