/** How often a fault could happen at a call and how often it did: `KIND LABEL`, possible, happened. */
export type Counted = readonly (readonly [name: string, possible: number, happened: number])[];

/** How often each kind of fault hit each kind of call, over many histories. */
export type Coverage = {
  readonly add: (counted: Counted) => void;
  /** The counts as data, for `add`. */
  readonly counted: () => Counted;
  /** The number of all deviations. */
  readonly happened: () => number;
  /** Each possible pair of a fault and a call, the rarest first. */
  readonly pairs: () => { readonly fault: string; readonly at: string; readonly possible: number; readonly happened: number }[];
};

export function emptyCoverage(): Coverage {
  const sums = new Map<string, { possible: number; happened: number }>();
  return {
    add: (counted) => {
      for (const [name, possible, happened] of counted) {
        const sum = sums.get(name) ?? { possible: 0, happened: 0 };
        sums.set(name, { possible: sum.possible + possible, happened: sum.happened + happened });
      }
    },
    counted: () => [...sums].map(([name, { possible, happened }]) => [name, possible, happened] as const),
    happened: () => [...sums.values()].reduce((total, { happened }) => total + happened, 0),
    pairs: () =>
      [...sums].map(([name, sum]) => ({ ...placeOf(name), ...sum })).sort((a, b) => a.happened - b.happened || (a.at < b.at ? -1 : 1)),
  };
}

/** A call is the last word with a dot, and the function after it. Without a dot the last word is the place. */
function placeOf(name: string): { readonly fault: string; readonly at: string } {
  const words = name.split(' ');
  const dot = words.findIndex((word) => word.includes('.'));
  const cut = dot === -1 ? words.length - 1 : dot;
  return { fault: words.slice(0, cut).join(' '), at: words.slice(cut).join(' ') };
}

/** A Markdown table with a row for each kind of call and a column for each fault. `·` marks what is not possible. */
export function tableOf(coverage: Coverage): string {
  const pairs = coverage.pairs();
  const faults = [...new Set(pairs.map(({ fault }) => fault))].sort();
  const places = [...new Set(pairs.map(({ at }) => at))].sort();
  const cells = new Map(pairs.map(({ fault, at, happened }) => [`${fault} ${at}`, String(happened)]));
  const row = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
  return [
    row(['at', ...faults]),
    row(['---', ...faults.map(() => '---:')]),
    ...places.map((at) => row([at, ...faults.map((fault) => cells.get(`${fault} ${at}`) ?? '·')])),
  ].join('\n');
}
