import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partsIn } from './parts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ota-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a part of a long run', () => {
  it('that has ended is not run again by the run after', async () => {
    const file = join(folder, 'simulation.json');
    const ran: string[] = [];
    const spent: number[] = [];
    const run = (name: string) => async () => {
      ran.push(name);
      return { histories: ran.length };
    };
    await partsIn(file, (seconds) => spent.push(seconds))('seeds 1', run('seeds 1'));
    expect(spent).toEqual([]);
    const second = partsIn(file, (seconds) => spent.push(seconds));
    expect(await second('seeds 1', run('seeds 1'))).toEqual({ histories: 1 });
    expect(await second('seeds 2', run('seeds 2'))).toEqual({ histories: 2 });
    expect(spent).toEqual([expect.any(Number)]);
    expect(ran).toEqual(['seeds 1', 'seeds 2']);
  });

  it('that failed is run again', async () => {
    const part = partsIn(join(folder, 'simulation.json'), () => undefined);
    const failed = part('seeds 1', async () => {
      throw new Error('a worker ended with 1');
    });
    await expect(failed).rejects.toThrow('a worker ended');
    expect(await part('seeds 1', async () => 'shown')).toBe('shown');
  });

  it('of another run is none of its business', async () => {
    await partsIn(join(folder, 'a.json'), () => undefined)('seeds 1', async () => 'a');
    expect(await partsIn(join(folder, 'b.json'), () => undefined)('seeds 1', async () => 'b')).toBe('b');
  });
});
