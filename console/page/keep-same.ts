/**
 * `next`, but with every part of `before` that is equal to its counterpart put in place of it. What has not changed stays the same object,
 * so that nothing is drawn again for it. Both are values as JSON has them. Neither is changed.
 */
export function keepSame<T>(before: unknown, next: T): T {
  if (Object.is(before, next) || !isNode(before) || !isNode(next)) return next;
  if (Array.isArray(before) !== Array.isArray(next)) return next;
  const keys = Object.keys(next);
  const parts = keys.map((key) => keepSame(before[key], next[key]));
  const isSame = keys.length === Object.keys(before).length && keys.every((key, index) => parts[index] === before[key]);
  if (isSame) return before as T;
  return (Array.isArray(next) ? parts : Object.fromEntries(keys.map((key, index) => [key, parts[index]]))) as T;
}

function isNode(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
