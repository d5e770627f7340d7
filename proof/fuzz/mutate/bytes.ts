import type { Random } from '../../random.ts';

/** Changes the bytes of a body without knowing what they mean. */
export type ByteMutator = (bytes: Buffer, random: Random) => Buffer;

/** Bytes that are not UTF-8: overlong, incomplete, above the range, never used. */
const wrong = ['c0af', 'e080af', 'eda080', 'edb080', 'f0808080', 'f4908080', 'c3', 'e282', 'f09f94', '80', 'bf', 'fe', 'ff', 'c080'];

/** Mutators of the bytes. */
export const byteMutators: Readonly<Record<string, ByteMutator>> = {
  'a bit': (bytes, random) => {
    const changed = Buffer.from(bytes);
    const position = random.below(Math.max(1, bytes.length));
    if (changed.length > 0) changed.writeUInt8(changed.readUInt8(position) ^ (1 << random.below(8)), position);
    return changed;
  },
  'another byte': (bytes, random) => spliced(bytes, random, 1, Buffer.of(random.below(256))),
  'one more byte': (bytes, random) => spliced(bytes, random, 0, Buffer.of(random.below(256))),
  'bytes less': (bytes, random) => spliced(bytes, random, 1 + random.below(8), Buffer.alloc(0)),
  'bytes cut off': (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  'bytes that are not UTF-8': (bytes, random) => spliced(bytes, random, 0, Buffer.from(random.pick(wrong), 'hex')),
  'a byte order mark in front': (bytes) => Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes]),
  'UTF-16': (bytes, random) => {
    const utf16 = Buffer.from(bytes.toString('utf8'), 'utf16le');
    return random.is(0.5) ? utf16 : utf16.swap16();
  },
  'Latin-1': (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
};

function spliced(bytes: Buffer, random: Random, removed: number, inserted: Buffer): Buffer {
  const position = random.below(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, position), inserted, bytes.subarray(position + removed)]);
}
