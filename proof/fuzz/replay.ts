import type { Flaw } from './flaw.ts';
import { type Queue, queueFor } from './queue.ts';
import { openStage } from './stage.ts';
import { tryBatch } from './try-batch.ts';
import { tryInput } from './try-input.ts';

/**
 * Tries one body again, from its bytes. A list of bodies is also tried in one batch. Without `of`, it comes from the queue into which it
 * belongs, or the first of its list.
 */
export async function replay(
  bytes: Uint8Array,
  of?: Queue,
): Promise<{ readonly outcome: string; readonly flaws: readonly Flaw[]; readonly milliseconds: number }> {
  const stage = await openStage();
  try {
    const body = Buffer.from(bytes).toString('utf8');
    const bodies = listIn(body);
    const queue = of ?? queueFor(bodies?.[0] ?? body);
    const tried = await tryInput(stage, { body, bytes, queue });
    if (!bodies) return tried;
    const alone: string[] = [];
    for (const one of bodies) alone.push((await tryInput(stage, { body: one, queue })).outcome);
    return { ...tried, flaws: [...tried.flaws, ...(await tryBatch(stage, queue, bodies, alone))] };
  } finally {
    stage.close();
  }
}

function listIn(body: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(body);
    return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'string') ? list : undefined;
  } catch {
    return undefined;
  }
}
