import { createHash } from 'node:crypto';
import type { LambdaAssumptions } from './assumptions.ts';

/** "After exceeding 16 invocations" of the same function in one chain, Lambda stops it (AWS Compute Blog, 2023-07-13). */
const MOST_INVOCATIONS = 16;

/**
 * The lineage of an invocation. `member` is what its trace header gets: `Lineage=1:HASH:COUNT`, where the count of the first
 * invocation is 0, and one such entry for each function of the chain, divided by `|`. `tooLong`: this would be the 17th
 * invocation of the function in one chain.
 */
export type Lineage = { readonly member: string; readonly tooLong: boolean };

/**
 * Adds an invocation of a function to the chain that the trace headers of its messages describe. A message without a
 * header, or with one that has no lineage, begins a chain. The form of the entries is observed, not documented.
 */
export function lineageOf(
  functionArn: string,
  traceHeaders: readonly (string | undefined)[],
  { lineageOfBatch }: LambdaAssumptions,
): Lineage {
  const hash = createHash('sha256').update(functionArn).digest('hex').slice(0, 8);
  const chains = traceHeaders.map(readLineage);
  const before = (chain: ReadonlyMap<string, number>) => chain.get(hash) ?? -1;
  const candidates = lineageOfBatch === 'first' ? chains.slice(0, 1) : chains;
  const chain = candidates.reduce((oldest, next) => (before(next) > before(oldest) ? next : oldest), candidates[0] ?? new Map());
  const counted = new Map(chain).set(hash, before(chain) + 1);
  return {
    member: `Lineage=${[...counted].map(([of, count]) => `1:${of}:${count}`).join('|')}`,
    tooLong: before(chain) + 1 >= MOST_INVOCATIONS,
  };
}

function readLineage(header = ''): ReadonlyMap<string, number> {
  const entries = /(?:^|;)\s*Lineage=([^;]*)/.exec(header)?.[1] ?? '';
  return new Map(
    [...entries.matchAll(/(?:^|\|)(?:\d+:)?([\da-f]{8}):(\d+)(?=$|\|)/g)].map(([, hash = '', count]) => [hash, Number(count)]),
  );
}
