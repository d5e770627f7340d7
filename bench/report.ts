import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** One row of the table. `ratio` is to the floor of the same run. `spread` has the quartiles of the ratio. */
export type Figure = {
  readonly what: string;
  readonly value: string;
  readonly floor?: string;
  readonly ratio?: number;
  readonly spread?: readonly [number, number];
  readonly goal?: string;
  readonly met?: boolean;
};

export type Plot = {
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** The points of each line, by its name. Both axes are logarithmic. */
  readonly lines: Readonly<Record<string, readonly (readonly [number, number])[]>>;
};

export type Result = { readonly figures: readonly Figure[]; readonly plots?: readonly Plot[]; readonly notes?: readonly string[] };

/** How much work a benchmark does. The figures of the smallest say nothing: it only shows that the benchmark still runs. */
export type Size = 'whole' | 'smallest';

export type Benchmark = {
  readonly name: string;
  /** A benchmark: what it answers, how to read it, and what it cannot say. */
  readonly answers: string;
  readonly read: string;
  readonly cannot: string;
  readonly run: (size: Size) => Promise<Result>;
};

const results = join(import.meta.dirname, 'results');

/** Writes a result and its plots to bench/results/. */
export function keep({ name, answers, read, cannot }: Benchmark, result: Result): void {
  mkdirSync(results, { recursive: true });
  const machine = { node: process.version, processor: cpus()[0]?.model, cores: cpus().length };
  const all = { name, answers, read, cannot, at: new Date().toISOString(), machine, ...result };
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify(all, null, 2)}\n`);
  for (const plot of result.plots ?? []) writeFileSync(join(results, plot.file), svgOf(plot));
}

/** The result as a Markdown table under its header. */
export function tableOf({ name, answers, read, cannot }: Benchmark, { figures, notes = [] }: Result): string {
  const rows = figures.map(({ what, value, floor = '', ratio, spread, goal = '', met }) =>
    [what, value, floor, ratio?.toFixed(2) ?? '', spread?.map((one) => one.toFixed(2)).join('-') ?? '', goal, verdict(met)].join(' | '),
  );
  const head = '| what | measured | floor | ratio | middle half | goal | met |\n|---|---|---|---|---|---|---|';
  const table = `${head}\n${rows.map((row) => `| ${row} |`).join('\n')}`;
  return [`## ${name}`, `**Answers** ${answers} **Read** ${read} **Cannot say** ${cannot}`, table, ...notes].join('\n\n');
}

function verdict(met: boolean | undefined): string {
  if (met === undefined) return '';
  return met ? 'yes' : '**no**';
}

const [WIDTH, HEIGHT, MARGIN] = [640, 400, 56];
const COLOURS = ['#0b6e99', '#c4572b', '#4c7a34', '#7b4ba0'];

function svgOf({ title, x, y, lines }: Plot): string {
  const points = Object.values(lines).flat();
  const scale = (pick: 0 | 1, from: number, to: number) => {
    const logs = points.map((point) => Math.log10(point[pick]));
    const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
    const at = (value: number) => from + ((Math.log10(value) - low) / Math.max(1, high - low)) * (to - from);
    return { at, ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
  };
  const across = scale(0, MARGIN, WIDTH - MARGIN);
  const up = scale(1, HEIGHT - MARGIN, MARGIN);
  const text = (left: number, top: number, words: string, anchor = 'middle') =>
    `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}" text-anchor="${anchor}">${words}</text>`;
  const grid = [
    ...across.ticks.map((tick) => {
      const left = across.at(tick).toFixed(1);
      return `<path d="M${left} ${MARGIN}V${HEIGHT - MARGIN}" stroke="#ddd"/>${text(Number(left), HEIGHT - MARGIN + 16, tick.toLocaleString('en'))}`;
    }),
    ...up.ticks.map((tick) => {
      const top = up.at(tick);
      return `<path d="M${MARGIN} ${top.toFixed(1)}H${WIDTH - MARGIN}" stroke="#ddd"/>${text(MARGIN - 6, top + 4, String(Number(tick.toPrecision(3))), 'end')}`;
    }),
  ];
  const drawn = Object.entries(lines).map(([name, line], index) => {
    const colour = COLOURS[index % COLOURS.length];
    const path = line.map(([a, b]) => `${across.at(a).toFixed(1)},${up.at(b).toFixed(1)}`).join(' ');
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/><g fill="${colour}">${text(MARGIN + 8, MARGIN + 14 + 16 * index, name, 'start')}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...grid,
    ...drawn,
    text(WIDTH / 2, 24, title),
    text(WIDTH / 2, HEIGHT - 14, x),
    text(MARGIN, MARGIN - 12, y),
    '</svg>\n',
  ].join('\n');
}
