import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesInFingerprint, partsIn } from './parts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ota-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a part of a long run', () => {
  it('is not run again by the next run if it has ended', async () => {
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

  it('is run again if it failed', async () => {
    const part = partsIn(join(folder, 'simulation.json'), () => undefined);
    const failed = part('seeds 1', async () => {
      throw new Error('a worker ended with 1');
    });
    await expect(failed).rejects.toThrow('a worker ended');
    expect(await part('seeds 1', async () => 'shown')).toBe('shown');
  });

  it('does not use the results of another run', async () => {
    await partsIn(join(folder, 'a.json'), () => undefined)('seeds 1', async () => 'a');
    expect(await partsIn(join(folder, 'b.json'), () => undefined)('seeds 1', async () => 'b')).toBe('b');
  });
});

describe('the fingerprint of the code', () => {
  it('covers the service, the simulation and the packages of this repository, and leaves the others to the lockfile', () => {
    const files = filesInFingerprint();
    for (const file of ['domain/rollout/next-step.ts', 'proof/simulate/monitor.ts', 'packages/aws-ota-models/src/index.ts']) {
      expect(files).toContain(file);
    }
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
  });
});
