import { describe, expect, it } from 'vitest';
import { inTurn } from '../../handlers/in-turn.ts';

/** A piece of work that ends when the test calls `end` or `fail`. */
function piece(name: string, log: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = () => {
    log.push(`${name} begins`);
    return promise;
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

describe('inTurn', () => {
  it('runs work with the same key one after the other, in order', async () => {
    const log: string[] = [];
    const turn = inTurn();
    const [a, b] = [piece('a', log), piece('b', log)];
    const [first, second] = [turn('k', a.work), turn('k', b.work)];
    await Promise.resolve();
    expect(log).toEqual(['a begins']);
    a.end();
    await expect(first).resolves.toBe('a');
    b.end();
    await expect(second).resolves.toBe('b');
    expect(log).toEqual(['a begins', 'b begins']);
  });

  it('runs work with different keys at the same time', async () => {
    const log: string[] = [];
    const turn = inTurn();
    const [a, b] = [piece('a', log), piece('b', log)];
    const first = turn('k', a.work);
    const second = turn('other', b.work);
    b.end();
    await expect(second).resolves.toBe('b');
    a.end();
    await first;
  });

  it('runs the next work even if the one before it failed', async () => {
    const log: string[] = [];
    const turn = inTurn();
    const [a, b] = [piece('a', log), piece('b', log)];
    const [first, second] = [turn('k', a.work), turn('k', b.work)];
    a.fail();
    await expect(first).rejects.toThrow('a');
    b.end();
    await expect(second).resolves.toBe('b');
  });

  it('does not let two invocations wait for each other', async () => {
    const log: string[] = [];
    const a = piece('a', log);
    const first = inTurn()('k', a.work);
    await expect(inTurn()('k', async () => 'b')).resolves.toBe('b');
    a.end();
    await first;
  });
});
