/** A number in [0, 1) that depends on nothing but seed and key (cyrb53 over both). */
export function draw(seed: number, key: string): number {
  return drawer(seed, key)('');
}

/** Draws for keys that all begin alike: `drawer(seed, beginning)(end)` is `draw(seed, beginning + end)`, with the beginning hashed once. */
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

/** Draws by name: the nth draw under a name is the same whatever was drawn under others, so that leaving one fault out moves no other. */
export type Chance = {
  number(name: string, low: number, high: number): number;
  whole(name: string, low: number, high: number): number;
  is(name: string, share: number): boolean;
  pick<T>(name: string, from: readonly T[]): T;
};

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
