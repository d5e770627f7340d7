import { afterEach, describe, expect, it } from 'vitest';
import { minimised } from './minimise.ts';
import { first } from './sabotage.ts';
import { tryShare } from './share.ts';
import { missingCodes, missingKinds, sumOf } from './tally.ts';

const job = { seed: 3, first: 0, inputs: 200, step: 1 };
const brief = (failures: readonly { rule: string; what: string; minimised: string }[]) =>
  failures.map(({ rule, what, minimised: least }) => [rule, what, least]);

describe('a run', () => {
  const { push } = Array.prototype;
  afterEach(() => {
    Array.prototype.push = push;
    Reflect.deleteProperty(Object.prototype, 'polluted');
  });

  it('finds the inputs that add to a prototype, and removes what they added', async () => {
    const pollute = (body: string) =>
      body.includes('hubs') && Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true });
    const { failures, broken } = await tryShare(job, undefined, first(pollute));
    expect(brief(failures)).toEqual([['no prototype changes', 'Object.prototype has polluted', 'hubs']]);
    expect(broken['no prototype changes']).toBeGreaterThan(1);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('finds what happened only once, and reports among which inputs', async () => {
    let times = 0;
    const pollute = () => {
      times += 1;
      if (times === 50) Object.defineProperty(Object.prototype, 'polluted', { value: 1, configurable: true });
    };
    const { failures } = await tryShare({ ...job, inputs: 100 }, undefined, first(pollute));
    expect(failures.map(({ rule, body }) => [rule, JSON.parse(body).length])).toEqual([['no prototype changes', 100]]);
  });

  it('finds the inputs that replace a method of a prototype', async () => {
    const replace = (body: string) => {
      if (!body.includes('hubs')) return;
      Array.prototype.push = function replaced(...items) {
        return push.apply(this, items);
      };
    };
    const { failures } = await tryShare(job, undefined, first(replace));
    expect(brief(failures)).toEqual([['no prototype changes', 'Array.prototype has a different push', 'hubs']]);
    expect(Array.prototype.push).toBe(push);
  });

  it('finds the inputs that leave a rejection unhandled', async () => {
    const leave = (body: string) => {
      if (body.includes('hubs')) void Promise.reject(new Error('left alone'));
    };
    const { failures } = await tryShare(job, undefined, first(leave));
    expect(brief(failures)).toEqual([['no unhandled rejection', 'Error: left alone', 'hubs']]);
  });

  it('counts every failure and keeps the first of each kind, made smaller', async () => {
    const fail = (body: string) => {
      if (body.includes('"dryRun"')) throw new Error('sabotage');
    };
    const { failures, broken } = await tryShare(job, undefined, first(fail));
    expect(brief(failures)).toEqual([
      ['never thrown', 'Error: sabotage', '"dryRun"'],
      ['one word', '0 words: ', '"dryRun"'],
    ]);
    expect(broken['never thrown']).toBeGreaterThan(1);
  });

  it('also tries messages in batches of ten', { timeout: 60_000 }, async () => {
    const { batches, failures } = await tryShare({ ...job, inputs: 1000 });
    expect(failures).toEqual([]);
    // A batch has messages of one queue, so the last one of each of the three queues may have fewer.
    expect(batches).toBeGreaterThanOrEqual(10);
    expect(batches).toBeLessThanOrEqual(12);
  });

  it('adds up what several workers counted, with the first failure of each kind', () => {
    const failure = { index: 7, rule: 'r', what: '', base: '', mutators: [], queue: 'releases' as const, body: '', minimised: '' };
    const part = {
      inputs: 2,
      kinds: { hold: [2, 1, 1] as const },
      outcomes: { dispatched: 1, EXPIRED: 1 },
      mutators: { cut: [2, 1] as const },
      failures: [failure],
      broken: { r: 1 },
      slowest: { milliseconds: 3, index: 1 },
      batches: 1,
    };
    const other = { ...part, failures: [{ ...failure, index: 4 }], slowest: { milliseconds: 9, index: 2 } };
    expect(sumOf([part, other])).toEqual({
      inputs: 4,
      kinds: { hold: [4, 2, 2] },
      outcomes: { dispatched: 2, EXPIRED: 2 },
      mutators: { cut: [4, 2] },
      failures: [{ ...failure, index: 4 }],
      broken: { r: 2 },
      slowest: { milliseconds: 9, index: 2 },
      batches: 2,
    });
    expect(missingCodes(part)).toContain('TOO_LARGE');
    expect(missingCodes(part)).not.toContain('EXPIRED');
    expect(missingKinds({ kinds: { ...part.kinds, wake: [2, 2, 0] } })).toEqual(expect.arrayContaining(['release', 'wake']));
    expect(missingKinds(part)).not.toContain('hold');
  });
});

describe('minimising', () => {
  const failsOn = (isWrong: (body: string) => boolean) => async (body: string) => (isWrong(body) ? [{ rule: 'r', what: '' }] : []);

  it('keeps what is needed, and the tree around it', async () => {
    const body = JSON.stringify({ a: [1, 2, { b: 'boom', c: 'x'.repeat(100) }], d: { e: null } });
    const isWrong = (text: string) => /^\{"a":\[.*\{"b":"boom".*\}\].*\}$/.test(text);
    expect(await minimised(body, 'r', failsOn(isWrong))).toBe('{"a":[{"b":"boom"}]}');
  });

  it('cuts a text that is not JSON', async () => {
    const least = await minimised(
      'aaaa{boom"bbbb',
      'r',
      failsOn((body) => body.includes('boom')),
    );
    expect(least).toBe('boom');
  });

  it('does not change a body that breaks a different rule', async () => {
    const least = await minimised(
      '[1]',
      'other',
      failsOn(() => true),
    );
    expect(least).toBe('[1]');
  });
});
