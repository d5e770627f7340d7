/** A copy of `value` with the member at `path` (`files[0].fileType`) set to `to`, or removed if `to` is undefined. */
export function setPath<T>(value: T, path: string, to: unknown): T {
  const steps = path.replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  return set(value, steps, to) as T;
}

function set(value: unknown, [step, ...rest]: readonly string[], to: unknown): unknown {
  if (step === undefined) return to;
  if (/^\d+$/.test(step)) {
    const list = Array.isArray(value) ? [...value] : [];
    list[Number(step)] = set(list[Number(step)], rest, to);
    return list;
  }
  const copy: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const inner = set(copy[step], rest, to);
  if (inner === undefined) delete copy[step];
  else copy[step] = inner;
  return copy;
}
