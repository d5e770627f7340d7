import type { Random } from '../../random.ts';
import { names, numbers, words } from './dictionary.ts';
import { at, choose, copyOf, get, isHolder, isMap, type Json, remove, set, slotsOf, type TreeMutator } from './slots.ts';

/** Lengths around the limits of AWS for a text or a list, and rarely that of a whole body. */
const LENGTHS = [2, 2, 3, 3, 5, 10, 20, 49, 51, 101, 129, 257, 1025, 2029, 4097];
const HUGE = [33_000, 120_000, 260_000];
const HUGE_SHARE = 0.002;
/** The size up to which a list or an object is filled, in characters. */
const BLOWN_UP = 6000;

const anywhere = () => true;
const isLeaf = (value: Json) => !isHolder(value);

/** Mutators that do not know what a release is. */
export const rough: Readonly<Record<string, TreeMutator>> = {
  'remove a member': at(anywhere, (slot) => remove(slot)),
  'a member under a second name': at(
    ({ holder }) => isMap(holder),
    (slot, { random }) => set({ holder: slot.holder, name: random.pick(names) }, copyOf(get(slot))),
  ),
  'an item twice': at(
    ({ holder }) => Array.isArray(holder),
    (slot) => {
      (slot.holder as Json[]).push(copyOf(get(slot)));
    },
  ),
  'rename a member': at(
    ({ holder }) => isMap(holder),
    ({ holder, name }, { random }) => {
      const to = random.is(0.8) ? random.pick(names) : changedText(String(name), random);
      rename(holder as Record<string, Json>, String(name), to);
    },
  ),
  'swap two values': (root, { random }) => {
    const [one, other] = [choose(root, random), choose(root, random)];
    if (!one || !other) return false;
    const [first, second] = [copyOf(get(one)), copyOf(get(other))];
    set(one, second);
    set(other, first);
    return true;
  },
  'move a value': (root, { random }) => {
    const from = choose(root, random);
    const to = choose(root, random, (slot) => isHolder(get(slot)) && slot !== from);
    const holder = to && get(to);
    if (!from || !isHolder(holder)) return false;
    const value = copyOf(get(from));
    if (Array.isArray(holder)) holder.push(value);
    else set({ holder, name: typeof from.name === 'string' ? from.name : random.pick(names) }, value);
    remove(from);
    return true;
  },
  'a value of another type': at(anywhere, (slot, { random }) => set(slot, otherType(get(slot), random))),
  'a part of another body': (root, { random, other }) => {
    const to = choose(root, random);
    const parts = slotsOf({ tree: copyOf(other()) });
    const same = parts.filter(({ name }) => name === to?.name);
    const from = random.pick(same.length > 0 && random.is(0.7) ? same : parts);
    if (to) set(to, get(from));
    return to !== undefined;
  },
  'nest a value': at(anywhere, (slot, { random }) => {
    let value = get(slot);
    for (let level = random.pick([1, 1, 2, 26, 28, 31, 40]); level > 0; level -= 1) value = random.is(0.5) ? [value] : { a: value };
    set(slot, value);
  }),
  'a long text': at(
    (slot) => typeof get(slot) === 'string',
    (slot, { random }) => {
      const length = random.is(HUGE_SHARE) ? random.pick(HUGE) : random.pick(LENGTHS);
      const text = String(get(slot)) || 'neverlog';
      set(slot, text.repeat(Math.ceil(length / text.length)).slice(0, length));
    },
  ),
  'a long list': at(
    (slot) => Array.isArray(get(slot)),
    (slot, { random }) => {
      const list = get(slot) as Json[];
      const item = list.length > 0 ? random.pick(list) : random.pick(words);
      const isNumbered = typeof item === 'string' && random.is(0.5);
      const more = Array.from({ length: countFor(item, random) }, (_, index) => (isNumbered ? `${item}-${index}` : copyOf(item)));
      set(slot, [...list, ...more]);
    },
  ),
  'many members': at(
    (slot) => isMap(get(slot)),
    (slot, { random }) => {
      const map = get(slot) as Record<string, Json>;
      const value = random.pick([...Object.values(map), 'neverlog']);
      const count = countFor(value, random);
      for (let index = 0; index < count; index += 1) set({ holder: map, name: `k${index}` }, copyOf(value));
    },
  ),
  'a number at an edge': at(
    (slot) => isLeaf(get(slot)),
    (slot, { random }) => set(slot, random.pick(numbers)),
  ),
  'a word of the dictionary': at(
    (slot) => isLeaf(get(slot)),
    (slot, { random }) => set(slot, random.pick(words)),
  ),
  'another text': at(
    (slot) => typeof get(slot) === 'string',
    (slot, { random }) => set(slot, changedText(String(get(slot)), random)),
  ),
};

function countFor(item: Json, random: Random): number {
  const size = (JSON.stringify(item) ?? 'null').length + 8;
  const most = random.is(HUGE_SHARE) ? random.pick(HUGE) : BLOWN_UP;
  return Math.min(most > BLOWN_UP ? most : random.pick(LENGTHS), Math.ceil(most / size));
}

function rename(map: Record<string, Json>, from: string, to: string): void {
  const entries = Object.entries(map);
  for (const name of Object.keys(map)) delete map[name];
  for (const [name, value] of entries) set({ holder: map, name: name === from ? to : name }, value);
}

function otherType(value: Json, random: Random): Json {
  // String() would fail for an object with a member called toString.
  const text = isHolder(value) ? 'neverlog' : String(value);
  return random.pick<Json>([null, true, 0, text, [value], { neverlog: value }, [], {}, '', Number(text) || 7]);
}

const oddCharacters = [0, 9, 10, 13, 27, 32, 35, 46, 47, 92, 0x85, 0xa0, 0x430, 0x200b, 0xff10, 0x1f525];

function changedText(text: string, random: Random): string {
  const position = random.below(text.length + 1);
  const [before, after] = [text.slice(0, position), text.slice(position)];
  switch (random.below(6)) {
    case 0:
      return before + random.pick(words) + after;
    case 1:
      return before + after.slice(1);
    case 2:
      return before + String.fromCodePoint(random.pick(oddCharacters)) + after;
    case 3:
      return random.is(0.5) ? text.toUpperCase() : text.toLowerCase();
    case 4:
      return before;
    default:
      return text + text;
  }
}
