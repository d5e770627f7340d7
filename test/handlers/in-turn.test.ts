import { describe, expect, it } from 'vitest';
import { inTurn } from '../../handlers/in-turn.ts';

/** A piece of work that ends when it is told to. */
function piece(name: string, log: string[]) {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const work = () => {
    log.push(`${name} begins`);
    return promise;
  };
  return { work, end: () => resolve(name), fail: () => reject(new Error(name)) };
}

describe('in turn', () => {
  it('work under one key runs one after the other, in order', async () => {
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

  it('work under other keys does not wait', async () => {
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

  it('a failure is its own: the next one runs all the same', async () => {
    const log: string[] = [];
    const turn = inTurn();
    const [a, b] = [piece('a', log), piece('b', log)];
    const [first, second] = [turn('k', a.work), turn('k', b.work)];
    a.fail();
    await expect(first).rejects.toThrow('a');
    b.end();
    await expect(second).resolves.toBe('b');
  });

  it('two invocations know nothing of each other', async () => {
    const log: string[] = [];
    const a = piece('a', log);
    const first = inTurn()('k', a.work);
    await expect(inTurn()('k', async () => 'b')).resolves.toBe('b');
    a.end();
    await first;
  });
});
