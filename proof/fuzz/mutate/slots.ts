import type { Random } from '../../random.ts';

/** A JSON value whose objects and lists can be changed in place. */
export type Json = unknown;
export type Holder = Record<string, Json> | Json[];

/** A place in a tree: a member of an object or an item of a list. */
export type Slot = { readonly holder: Holder; readonly name: string | number };

/** A tree as a member of an object, so that its root is a place too. */
export type Root = { tree: Json };

/** What a mutator may use besides the tree: draws, and another tree from which it may take parts. */
export type Material = { readonly random: Random; readonly other: () => Json };

/** Changes a tree in place. Returns whether it found something to change. */
export type TreeMutator = (root: Root, material: Material) => boolean;

/** In a tree with more places than this, one of the first is chosen. */
const SLOTS_MAX = 2000;

/** The places of a tree, its root first. */
export function slotsOf(root: Root): Slot[] {
  const slots: Slot[] = [{ holder: root as Holder, name: 'tree' }];
  for (let index = 0; index < slots.length && slots.length < SLOTS_MAX; index += 1) {
    const slot = slots[index];
    const value = slot && get(slot);
    if (typeof value !== 'object' || value === null) continue;
    for (const name of Array.isArray(value) ? value.keys() : Object.keys(value)) slots.push({ holder: value as Holder, name });
  }
  return slots;
}

export function get({ holder, name }: Slot): Json {
  return Object.hasOwn(holder, name) ? (holder as Record<string | number, Json>)[name] : undefined;
}

/** Sets a member, even if it is called `__proto__`, which an assignment would not make a member. */
export function set({ holder, name }: Slot, value: Json): void {
  if (name === '__proto__') Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
  else (holder as Record<string | number, Json>)[name] = value;
}

export function remove({ holder, name }: Slot): void {
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else delete holder[name];
}

export const isHolder = (value: Json): value is Holder => typeof value === 'object' && value !== null;
export const isMap = (value: Json): value is Record<string, Json> => isHolder(value) && !Array.isArray(value);

/** A deep copy. Values that JSON does not have become null. */
export function copyOf(value: Json): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}

/** One fitting place in the tree, except its root. */
export function choose(root: Root, random: Random, fits: (slot: Slot) => boolean = () => true): Slot | undefined {
  const slots = slotsOf(root).slice(1).filter(fits);
  return slots.length > 0 ? random.pick(slots) : undefined;
}

/** A mutator of one fitting place. */
export const at =
  (fits: (slot: Slot) => boolean, change: (slot: Slot, material: Material) => void): TreeMutator =>
  (root, material) => {
    const slot = choose(root, material.random, fits);
    if (slot) change(slot, material);
    return slot !== undefined;
  };
