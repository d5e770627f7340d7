import { writeFileSync } from 'node:fs';
import { mutants } from './mutants.ts';
import { print, runWorker, shareOut } from './run-workers.ts';

type Found = {
  readonly name: string;
  readonly seed: number | undefined;
  readonly tried: number;
  readonly rule: string;
  readonly what: string;
};

/**
 * Runs each mutant until a history breaks a promise, at most so many seeds, and writes the table. Answers whether
 * each was found.
 */
export async function killMutants({
  seeds,
  from,
  workers,
  only,
}: {
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly only: string | undefined;
}): Promise<boolean> {
  const found: Found[] = [];
  const chosen = mutants.filter(({ name, harmless }) => (only === undefined ? harmless === undefined : name.includes(only)));
  await shareOut(chosen, workers, async ({ name }) => {
    let result: Found = { name, seed: undefined, tried: 0, rule: '', what: '' };
    // A text that is no longer in the code shows as not found; a test says which.
    await runWorker({ from, to: from + seeds, step: 1, mutant: name, untilFirst: true }, (report) => {
      if (report.kind === 'progress') result = { ...result, tried: result.tried + report.histories };
      const [first] = report.kind === 'failed' ? report.violations : [];
      if (report.kind === 'failed' && first) result = { ...result, seed: report.seed, rule: first.rule, what: first.what };
    }).catch((error: unknown) => print(`${name}: ${String(error)}`));
    found.push(result);
    print(result.seed === undefined ? `SURVIVED ${result.tried}: ${name}` : `seed ${result.seed}: ${name} [${result.rule}]`);
  });
  const survivors = found.filter(({ seed }) => seed === undefined);
  print(`${found.length - survivors.length} of ${found.length} found`);
  if (only === undefined) writeTable(found, seeds);
  return survivors.length === 0;
}

function writeTable(found: readonly Found[], seeds: number): void {
  const rows = mutants.flatMap(({ name }) => found.filter((one) => one.name === name));
  const text = [
    '# Wrong services that the simulation must find',
    '',
    `Written by \`npm run simulate -- --mutants --seeds ${seeds}\`. Each is one text of the service replaced while it is loaded (\`mutants.ts\`); it runs until a history breaks a promise.`,
    '',
    '| the service is wrong in this way | found after histories | first broken promise |',
    '|---|---|---|',
    ...rows.map(
      ({ name, seed, tried, rule, what }) =>
        `| ${name} | ${seed === undefined ? `not in ${tried}` : tried} | ${rule}${what ? `: ${cell(what)}` : ''} |`,
    ),
    '',
    'Not looked for, because they break no promise:',
    '',
    ...mutants.flatMap(({ name, harmless }) => (harmless === undefined ? [] : [`- ${name}: ${harmless}`])),
    '',
  ].join('\n');
  writeFileSync(new URL('./mutants.md', import.meta.url), text);
}

const cell = (text: string): string => text.replaceAll('|', '/').replace(/\s+/g, ' ').slice(0, 140);
