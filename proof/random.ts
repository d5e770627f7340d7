/*
 * Every random draw of the proofs. The same seed must give the same histories and inputs for ever: regressions.json and
 * the scoreboard name seeds. A generator of a library gives a sequence, and the simulation needs draws by name.
 */

/** A number in [0, 1) that depends only on seed and key: the hash cyrb53 of both. */
function draw(seed: number, key: string): number {
  return drawer(seed, key)('');
}

/** Draws for keys with the same beginning, which is hashed once: `drawer(seed, beginning)(end)` is `draw(seed, beginning + end)`. */
export function drawer(seed: number, beginning: string): (end: string) => number {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < beginning.length; index += 1) {
    a = Math.imul(a ^ beginning.charCodeAt(index), 2654435761);
    b = Math.imul(b ^ beginning.charCodeAt(index), 1597334677);
  }
  return (end) => {
    let c = a;
    let d = b;
    for (let index = 0; index < end.length; index += 1) {
      c = Math.imul(c ^ end.charCodeAt(index), 2654435761);
      d = Math.imul(d ^ end.charCodeAt(index), 1597334677);
    }
    c = Math.imul(c ^ (c >>> 16), 2246822507) ^ Math.imul(d ^ (d >>> 13), 3266489909);
    d = Math.imul(d ^ (d >>> 16), 2246822507) ^ Math.imul(c ^ (c >>> 13), 3266489909);
    return (4294967296 * (2097151 & d) + (c >>> 0)) / 9007199254740992;
  };
}

/**
 * Draws by name. The nth draw under a name does not depend on draws under other names. So if one fault is left out of a
 * history, all other faults stay where they are.
 */
export type Chance = {
  /** A number in [low, high). */
  number(name: string, low: number, high: number): number;
  /** A whole number from low to high, both included. */
  whole(name: string, low: number, high: number): number;
  /** True in this share of the draws. */
  is(name: string, share: number): boolean;
  /** One of the items. Throws a RangeError for an empty list. */
  pick<T>(name: string, from: readonly T[]): T;
};

/** Draws by name for a seed. */
export function chanceOf(seed: number): Chance {
  const names = new Map<string, { count: number; readonly drawOf: (end: string) => number }>();
  const next = (name: string): number => {
    let known = names.get(name);
    if (!known) {
      known = { count: 0, drawOf: drawer(seed, `${name}#`) };
      names.set(name, known);
    }
    known.count += 1;
    return known.drawOf(String(known.count));
  };
  return {
    number: (name, low, high) => low + (high - low) * next(name),
    whole: (name, low, high) => low + Math.floor((high - low + 1) * next(name)),
    is: (name, share) => next(name) < share,
    pick: (name, from) => {
      const picked = from[Math.floor(next(name) * from.length)];
      if (picked === undefined) throw new RangeError(`nothing to pick for ${name}`);
      return picked;
    },
  };
}

/** Draws in a sequence: the same ones for the same seed and key. */
export type Random = {
  /** A number in [0, 1). */
  readonly unit: () => number;
  /** A whole number in [0, limit). */
  readonly below: (limit: number) => number;
  /** True in this share of the draws. */
  readonly is: (share: number) => boolean;
  /** One of the items. Throws a RangeError for an empty list. */
  readonly pick: <T>(from: readonly T[]) => T;
};

/** Draws in a sequence for a seed and a key (Mulberry32). They are much faster than draws by name. */
export function randomOf(seed: number, key: string): Random {
  let state = Math.floor(draw(seed, key) * 2 ** 32);
  const unit = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    is: (share) => unit() < share,
    pick: (from) => {
      if (from.length === 0) throw new RangeError('nothing to pick from');
      return from[below(from.length)] as (typeof from)[number];
    },
  };
}
