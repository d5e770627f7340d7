import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../../src/services/eventbridge/event-pattern.ts';

const matches = (pattern: unknown, event: unknown) => compilePattern(JSON.stringify(pattern))(event);

// [what it shows, pattern, events that match, events that do not]
const cases: readonly (readonly [string, unknown, readonly unknown[], readonly unknown[]])[] = [
  ['exact strings, any of them', { source: ['a', 'b'] }, [{ source: 'a' }, { source: 'b' }], [{ source: 'c' }, {}, { source: 'A' }]],
  [
    'all fields together',
    { source: ['a'], detail: { n: [1] } },
    [{ source: 'a', detail: { n: 1 } }],
    [{ source: 'a', detail: { n: 2 } }, { source: 'a' }],
  ],
  ['numbers by value and not as strings', { n: [100] }, [{ n: 100 }, { n: 1e2 }], [{ n: '100' }, { n: 101 }]],
  ['booleans', { on: [true] }, [{ on: true }], [{ on: false }, { on: 'true' }]],
  ['null, which is neither empty nor missing', { x: [null] }, [{ x: null }], [{ x: '' }, {}, { x: 'null' }]],
  ['the empty string, which is neither null nor missing', { x: [''] }, [{ x: '' }], [{ x: null }, {}]],
  ['arrays as an intersection', { tags: ['a', 'b'] }, [{ tags: ['b', 'z'] }, { tags: 'a' }], [{ tags: ['z'] }, { tags: [] }]],
  [
    'one element of an array of objects that has it all',
    { d: { a: [1], b: [2] } },
    [{ d: [{ a: 1, b: 2 }] }],
    [{ d: [{ a: 1 }, { b: 2 }] }],
  ],
  ['a prefix', { x: [{ prefix: 'us-' }] }, [{ x: 'us-east' }, { x: 'us-' }], [{ x: 'eu' }, { x: 5 }, {}]],
  ['a prefix in any case', { x: [{ prefix: { 'equals-ignore-case': 'US-' } }] }, [{ x: 'us-east' }], [{ x: 'eu' }]],
  ['a suffix', { x: [{ suffix: '.bin' }] }, [{ x: 'a.bin' }], [{ x: 'a.BIN' }, { x: 'bin' }]],
  ['a suffix in any case', { x: [{ suffix: { 'equals-ignore-case': '.bin' } }] }, [{ x: 'a.BIN' }], [{ x: 'a.txt' }]],
  ['a string in any case', { x: [{ 'equals-ignore-case': 'Alice' }] }, [{ x: 'ALICE' }], [{ x: 'alice2' }]],
  ['anything but a value', { x: [{ 'anything-but': 'a' }] }, [{ x: 'b' }, { x: 5 }, { x: null }], [{ x: 'a' }, {}]],
  ['anything but some values', { x: [{ 'anything-but': ['a', 'b'] }] }, [{ x: 'c' }], [{ x: 'b' }, {}]],
  ['anything but some numbers', { x: [{ 'anything-but': [1, 2] }] }, [{ x: 3 }, { x: '1' }], [{ x: 2 }]],
  ['anything but a prefix', { x: [{ 'anything-but': { prefix: 'init' } }] }, [{ x: 'done' }], [{ x: 'initial' }, {}]],
  ['anything but some prefixes', { x: [{ 'anything-but': { prefix: ['a', 'b'] } }] }, [{ x: 'c' }], [{ x: 'ax' }, { x: 'bx' }]],
  ['anything but a suffix', { x: [{ 'anything-but': { suffix: ['.txt', '.rtf'] } }] }, [{ x: 'a.bin' }], [{ x: 'a.txt' }]],
  ['anything but, in any case', { x: [{ 'anything-but': { 'equals-ignore-case': ['init', 'failed'] } }] }, [{ x: 'ok' }], [{ x: 'INIT' }]],
  ['anything but a wildcard', { x: [{ 'anything-but': { wildcard: '*/lib/*' } }] }, [{ x: '/bin/a' }], [{ x: '/usr/lib/a' }]],
  ['numeric equality', { n: [{ numeric: ['=', 3.018e2] }] }, [{ n: 301.8 }], [{ n: 302 }, { n: '301.8' }]],
  ['a numeric range', { n: [{ numeric: ['>', 0, '<=', 5] }] }, [{ n: 0.1 }, { n: 5 }], [{ n: 0 }, { n: 5.1 }, {}]],
  ['a numeric bound', { n: [{ numeric: ['<', 10] }] }, [{ n: 9 }, { n: -1 }], [{ n: 10 }]],
  ['presence of a leaf', { x: [{ exists: true }] }, [{ x: 'a' }, { x: null }, { x: '' }], [{}, { x: { y: 1 } }]],
  ['absence of a leaf', { d: { x: [{ exists: false }] } }, [{ d: { y: 1 } }, { d: {} }, {}], [{ d: { x: 1 } }]],
  ['an IPv4 block', { ip: [{ cidr: '10.0.0.0/24' }] }, [{ ip: '10.0.0.255' }], [{ ip: '10.0.1.0' }, { ip: 'x' }, { ip: '::1' }]],
  ['an IPv6 block', { ip: [{ cidr: '2001:db8::/32' }] }, [{ ip: '2001:db8:1::1' }], [{ ip: '2001:db9::1' }]],
  ['a wildcard', { x: [{ wildcard: 'dir/*.png' }] }, [{ x: 'dir/a/b.png' }, { x: 'dir/.png' }], [{ x: 'dir/a.jpg' }, { x: 'xdir/a.png' }]],
  ['a wildcard with a literal star', { x: [{ wildcard: 'a\\*b*' }] }, [{ x: 'a*bc' }], [{ x: 'axbc' }]],
  ['wildcards that may not overlap', { x: [{ wildcard: 'ab*ba' }] }, [{ x: 'abba' }, { x: 'abxba' }], [{ x: 'aba' }]],
  ['$or across fields', { $or: [{ a: [1] }, { b: [{ numeric: ['>', 5] }] }] }, [{ a: 1 }, { b: 6 }], [{ a: 2, b: 5 }, {}]],
  [
    '$or beside other fields, at depth',
    { d: { s: ['x'], $or: [{ a: [1] }, { b: [2] }] } },
    [{ d: { s: 'x', b: 2 } }],
    [{ d: { s: 'x' } }, { d: { a: 1 } }],
  ],
  ['alternatives of several kinds', { x: ['a', { prefix: 'b' }, { exists: false }] }, [{ x: 'a' }, { x: 'bb' }, {}], [{ x: 'c' }]],
];

describe('an event pattern matches', () => {
  it.each(cases)('%s', (_what, pattern, good, bad) => {
    for (const event of good) expect({ event, matches: matches(pattern, event) }).toEqual({ event, matches: true });
    for (const event of bad) expect({ event, matches: matches(pattern, event) }).toEqual({ event, matches: false });
  });
});

describe('an event pattern is refused', () => {
  it.each([
    ['that is not JSON', '{'],
    ['that is not an object', '["a"]'],
    ['that is empty', '{}'],
    ['with a bare value for a leaf', '{"source":"a"}'],
    ['with an empty list', '{"source":[]}'],
    ['with an unknown operator', '{"source":[{"contains":"a"}]}'],
    ['with two operators in one expression', '{"source":[{"prefix":"a","suffix":"b"}]}'],
    ['with an unknown operator under anything-but', '{"source":[{"anything-but":{"numeric":["=",1]}}]}'],
    ['with anything-but of mixed kinds', '{"source":[{"anything-but":["a",1]}]}'],
    ['with exists that is not a boolean', '{"source":[{"exists":"yes"}]}'],
    ['with an unknown numeric operator', '{"n":[{"numeric":["!=",1]}]}'],
    ['with a numeric limit that is a string', '{"n":[{"numeric":[">","1"]}]}'],
    ['with a numeric range upside down', '{"n":[{"numeric":[">",5,"<",1]}]}'],
    ['with a number out of range', '{"n":[{"numeric":["<",6000000000]}]}'],
    ['with a malformed CIDR', '{"ip":[{"cidr":"10.0.0.0/33"}]}'],
    ['with consecutive wildcards', '{"x":[{"wildcard":"a**"}]}'],
    ['with an escape of nothing', '{"x":[{"wildcard":"a\\\\b"}]}'],
    ['with $or of one alternative', '{"$or":[{"a":[1]}]}'],
    ['with lists in lists', '{"x":[["a"]]}'],
  ])('%s', (_what, text) => {
    expect(() => compilePattern(text)).toThrow(expect.objectContaining({ exception: 'InvalidEventPatternException' }));
  });
});
