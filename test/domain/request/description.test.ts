import { describe, expect, it } from 'vitest';
import { readableDescription } from '../../../domain/request/description.ts';

describe('a description for managed integrations', () => {
  it.each([
    ['Fixes the heating curve', 'Fixes the heating curve'],
    ['v1.2.3', 'v1-2-3'],
    ['v1.2.3: fixes #12, at once!', 'v1-2-3 fixes 12 at once'],
    ['2.4.1-rc.1+build_7', '2-4-1-rc-1-build_7'],
    ["don't, doesn’t", 'dont doesnt'],
    ['Größe: Ærø, Łódź', 'Grosse AEro Lodz'],
    ['a  \t b\nc', 'a b c'],
    ['https://acme.example/x?y=1', 'https-acme-example-x-y-1'],
    ['ﬁx for Ⅳ', 'fix for IV'],
    ['Исправлено v2.4.1 for heating boards', 'v2-4-1 for heating boards'],
    ['Исправлена кривая нагрева, v2', undefined],
    ['暖房曲線を修正', undefined],
    ['🎉 v2 🎉', 'v2'],
    ['...', undefined],
    ['', undefined],
    ['   ', undefined],
    ['a ** b', 'a b'],
    ['** a', 'a'],
    ['a* b', 'a b'],
    ['heat нагр', 'heat'],
    ['heat нагре', undefined],
    ['1234 нагр!!!', '1234'],
    ['a! нагрев', undefined],
    ['Wakes up in 5µs, not 9 μs', 'Wakes up in 5us not 9 us'],
    ['ħ, ŋ, 3 kΩ', 'h n 3 kOhm'],
    ['Waits 1½ h, not 10² h', undefined],
    ['Waits 5мс, no longer than that', undefined],
    ['a_*b', 'a_ b'],
  ])('%j becomes %j', (given, expected) => {
    expect(readableDescription(given)).toBe(expected);
  });

  it('is judged by its first 2048 characters', () => {
    const russian = 'нагрев '.repeat(1000);
    expect(readableDescription(`${'ab '.repeat(682)}ab${russian}`)).toBe('ab '.repeat(85).trim());
    expect(readableDescription(`ab ${russian}`)).toBeUndefined();
    expect(readableDescription(`${'ab '.repeat(683)}waits 1½ h`)).toBe('ab '.repeat(85).trim());
  });

  it('ends with a whole word', () => {
    expect(readableDescription(`${'word '.repeat(51)}a`)).toBe(`${'word '.repeat(51)}a`);
    expect(readableDescription(`${'word '.repeat(51)}ab`)).toBe('word '.repeat(51).trim());
    expect(readableDescription('x'.repeat(256))).toBe('x'.repeat(256));
    expect(readableDescription('x'.repeat(300))).toBe('x'.repeat(256));
    expect(readableDescription(`${'x'.repeat(256)} yz`)).toBe('x'.repeat(256));
    expect(readableDescription(`${'word '.repeat(51)}abc word word`)).toBe('word '.repeat(51).trim());
    expect(readableDescription(`${'x'.repeat(257)} yz`)).toBe('x'.repeat(256));
  });
});
