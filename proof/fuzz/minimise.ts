import type { Flaw } from './flaw.ts';
import { remove, set, slotsOf } from './mutate/slots.ts';

/** Finds the rules that a body breaks. */
export type Fails = (body: string) => Promise<readonly Flaw[]>;

/** Each try of a large body takes long. */
const TRIES_MAX = 400;

/**
 * A smaller body that breaks the same rule. Members and items are left out, texts are cut and values made simple while
 * the rule stays broken. If the body is not JSON, pieces of its text are left out.
 */
export async function minimised(body: string, rule: string, fails: Fails): Promise<string> {
  let tries = 0;
  const isStillWrong = async (candidate: string): Promise<boolean> => {
    tries += 1;
    return tries <= TRIES_MAX && (await fails(candidate)).some((flaw) => flaw.rule === rule);
  };
  const byTree = await smallerTree(body, isStillWrong);
  return smallerText(byTree, isStillWrong);
}

async function smallerTree(body: string, isStillWrong: (candidate: string) => Promise<boolean>): Promise<string> {
  let least = body;
  for (let size = countOf(least); size >= 1; size = Math.floor(size / 2)) {
    for (let start = 1; start < countOf(least); ) {
      const candidate = without(least, start, size);
      if (candidate !== undefined && candidate.length < least.length && (await isStillWrong(candidate))) least = candidate;
      else start += size;
    }
  }
  for (let index = 1; index < countOf(least); index += 1) {
    for (const value of [null, 0, '', []]) {
      const candidate = plain(least, index, value);
      if (candidate !== undefined && candidate.length < least.length && (await isStillWrong(candidate))) least = candidate;
    }
  }
  return least;
}

async function smallerText(body: string, isStillWrong: (candidate: string) => Promise<boolean>): Promise<string> {
  let least = body;
  for (let size = Math.ceil(least.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < least.length; ) {
      const candidate = least.slice(0, start) + least.slice(start + size);
      if (await isStillWrong(candidate)) least = candidate;
      else start += size;
    }
  }
  return least;
}

function treeOf(body: string): { tree: unknown } | undefined {
  try {
    return { tree: JSON.parse(body) };
  } catch {
    return undefined;
  }
}

function countOf(body: string): number {
  const root = treeOf(body);
  return root ? slotsOf(root).length : 0;
}

/** The body without `size` of its values, counted from `start`. */
function without(body: string, start: number, size: number): string | undefined {
  const root = treeOf(body);
  if (!root) return undefined;
  // From the end, as removing an item moves the items after it.
  for (const slot of slotsOf(root)
    .slice(start, start + size)
    .reverse()) {
    remove(slot);
  }
  return JSON.stringify(root.tree);
}

function plain(body: string, index: number, value: unknown): string | undefined {
  const root = treeOf(body);
  const slot = root && slotsOf(root)[index];
  if (!slot) return undefined;
  set(slot, value);
  return JSON.stringify(root.tree);
}
