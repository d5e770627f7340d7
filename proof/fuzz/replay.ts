import type { Flaw } from './flaw.ts';
import { openStage } from './stage.ts';
import { tryBatch } from './try-batch.ts';
import { tryInput } from './try-input.ts';

/** Tries one body again, from its bytes. A list of bodies is also tried in one batch. */
export async function replay(
  bytes: Uint8Array,
): Promise<{ readonly outcome: string; readonly flaws: readonly Flaw[]; readonly milliseconds: number }> {
  const stage = await openStage();
  try {
    const body = Buffer.from(bytes).toString('utf8');
    const tried = await tryInput(stage, { body, bytes });
    const bodies = listIn(body);
    if (!bodies) return tried;
    const alone: string[] = [];
    for (const one of bodies) alone.push((await tryInput(stage, { body: one })).outcome);
    return { ...tried, flaws: [...tried.flaws, ...(await tryBatch(stage, bodies, alone))] };
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
