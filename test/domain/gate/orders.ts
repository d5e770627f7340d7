/** These values in every order. */
export function inEveryOrder<T>(values: readonly T[]): T[][] {
  if (values.length === 0) return [[]];
  return values.flatMap((first, index) => inEveryOrder(values.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}
