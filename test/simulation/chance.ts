/** A number in [0, 1) that depends on nothing but seed and key (cyrb53 over both). */
export function draw(seed: number, key: string): number {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ Math.imul(seed, 0x9e3779b1);
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)) / 9007199254740992;
}

/** Draws by name: the nth draw under a name is the same whatever was drawn under others, so that leaving one fault out moves no other. */
export type Chance = {
  number(name: string, low: number, high: number): number;
  whole(name: string, low: number, high: number): number;
  is(name: string, share: number): boolean;
  pick<T>(name: string, from: readonly T[]): T;
};

export function chanceOf(seed: number): Chance {
  const counts = new Map<string, number>();
  const next = (name: string): number => {
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return draw(seed, `${name}#${count}`);
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
