import { describe, expect, it } from 'vitest';
import { eventPatternOf, judgeEventPattern } from '../../../domain/channels/event-pattern.ts';

describe('an event pattern', () => {
  it('forwards the events of these accounts and sources with these detail-types', () => {
    expect(eventPatternOf(['000000000000'], ['com.acme'], ['Firmware Release Published'])).toEqual({
      account: ['000000000000'],
      source: ['com.acme'],
      'detail-type': ['Firmware Release Published'],
    });
  });

  it('may have 2048 characters', () => {
    const pattern = (length: number) => {
      const around = JSON.stringify(eventPatternOf([], [''], [])).length;
      return eventPatternOf([], ['s'.repeat(length - around)], []);
    };
    expect([2048, 2049].map((length) => judgeEventPattern(pattern(length)) === undefined)).toEqual([true, false]);
  });
});
