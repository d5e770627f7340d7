import { describe, expect, it } from 'vitest';
import { lineageOf } from '../../src/lambda/lineage.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:loop';
const OTHER = 'arn:aws:lambda:us-east-1:000000000000:function:other';
const oldest = { lineageOfBatch: 'oldest' } as const;
const first = { lineageOfBatch: 'first' } as const;

/** The header of a message that the given invocation of a function sent, counted from 1. */
function sentBy(invocation: number, arn = ARN): string {
  let header = '';
  for (let count = 0; count < invocation; count += 1) header = `Root=1-1-1;Sampled=0;${lineageOf(arn, [header], oldest).member}`;
  return header;
}
const countOf = (member: string) => Number(/^Lineage=1:[\da-f]{8}:(\d+)$/.exec(member)?.[1]);

describe('the lineage of an invocation', () => {
  it.each([
    ['no message', []],
    ['a message without a header', [undefined]],
    ['a header without a lineage', ['Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1']],
    ['a lineage that cannot be read', ['Root=1-1-1;Lineage=nonsense:x']],
  ])('begins with 0 for %s', (_what, headers) => {
    const { member, tooLong } = lineageOf(ARN, headers, oldest);
    expect([countOf(member), tooLong]).toEqual([0, false]);
  });

  it('counts the invocations of the function in the chain, up to sixteen', () => {
    expect(countOf(lineageOf(ARN, [sentBy(1)], oldest).member)).toBe(1);
    expect(lineageOf(ARN, [sentBy(15)], oldest)).toEqual({ member: expect.stringMatching(/:15$/), tooLong: false });
    expect(lineageOf(ARN, [sentBy(16)], oldest).tooLong).toBe(true);
  });

  it('keeps the counts of other functions, and does not confuse them with its own', () => {
    const { member, tooLong } = lineageOf(ARN, [sentBy(16, OTHER)], oldest);
    expect(member).toMatch(/^Lineage=1:[\da-f]{8}:15\|1:[\da-f]{8}:0$/);
    expect(tooLong).toBe(false);
    expect(lineageOf(OTHER, [`Root=1-1-1;${member}`], oldest).tooLong).toBe(true);
  });

  it('reads entries without a version too', () => {
    const entry = sentBy(16).replace('Lineage=1:', 'Lineage=');
    expect(lineageOf(ARN, [entry], oldest).tooLong).toBe(true);
  });

  it('of a batch is that of the oldest chain or of the first message, as assumed', () => {
    const batch = [sentBy(2), undefined, sentBy(16), sentBy(3)];
    expect(lineageOf(ARN, batch, oldest).tooLong).toBe(true);
    expect(countOf(lineageOf(ARN, batch, first).member)).toBe(2);
  });
});
