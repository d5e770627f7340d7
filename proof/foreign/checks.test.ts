import { describe, expect, it } from 'vitest';
import { checksOf } from './checks.ts';

function open() {
  const lines: string[] = [];
  const tally = { passed: 0, failed: 0 };
  return { tally, lines, checks: checksOf('dev', tally, (line) => lines.push(line)) };
}

describe('the checks of a run', () => {
  it('print a line for each check and count it', () => {
    const { checks, lines, tally } = open();
    expect([checks.equal('one', [1], [1]), checks.equal('two', 'a', 'b')]).toEqual([true, false]);
    expect(lines).toEqual([expect.stringMatching(/^ok .* dev +one$/), expect.stringMatching(/^FAIL .* dev +two: 'a', not 'b'$/)]);
    expect(tally).toEqual({ passed: 1, failed: 1 });
  });

  it('wait for what comes', async () => {
    const { checks, tally } = open();
    let looks = 0;
    await checks.comes('three', 2, async () => ++looks);
    expect([tally, looks]).toEqual([{ passed: 1, failed: 0 }, 2]);
  });

  it('fail with what was seen last, if it does not come', async () => {
    const { checks, lines } = open();
    await checks.comes('four', 2, async () => 1, 0);
    expect(lines).toEqual([expect.stringMatching(/^FAIL .* four: 1, not 2$/)]);
  });

  it('count an error as a failed check, and go on', async () => {
    const { checks, tally } = open();
    expect(await checks.part('five', () => Promise.reject(new Error('broken')))).toBe(false);
    expect(tally).toEqual({ passed: 0, failed: 1 });
  });
});
