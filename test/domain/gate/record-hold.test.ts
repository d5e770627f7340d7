import { describe, expect, it } from 'vitest';
import { activeHolds, type Hold, type Holds, noHolds } from '../../../domain/gate/holds.ts';
import { ACTIVE_HOLDS_MAX, recordHold, recordResume } from '../../../domain/gate/record-hold.ts';
import { bytesInItem, bytesTooMany, fitsItem } from '../../../domain/json/item-bytes.ts';
import { inEveryOrder } from './orders.ts';

const ci = { account: '000000000000', source: 'com.acme.firmware-ci' };
const board = { account: '000000000000', source: 'com.acme.release-board' };
const now = 1_000;

const aHold = (changes: Partial<Hold> = {}): Hold => ({
  holdId: 'radio-fails',
  reason: 'Loses its network',
  by: ci,
  eventId: 'e-1',
  at: 1,
  ...changes,
});
type End = Parameters<typeof recordResume>[1];
const anEnd = (changes: Partial<End> = {}): End => ({ holdId: 'radio-fails', by: board, at: 2, ...changes });

/** A hold as an event, or an end. */
type Event = Hold | End;
const isHold = (event: Event): event is Hold => 'reason' in event;

/** The sets after these events came one after the other. An event that is refused or known changes nothing. */
function recorded(events: readonly Event[], before: Holds = noHolds): Holds {
  return events.reduce<Holds>((holds, event) => {
    const next = isHold(event) ? recordHold(holds, event, now) : recordResume(holds, event, now);
    return typeof next === 'string' ? holds : next;
  }, before);
}
const active = (holds: Holds) => activeHolds(holds, now).map(({ holdId }) => holdId);
const many = (count: number, changes: (index: number) => Partial<Hold> = () => ({})) =>
  Array.from({ length: count }, (_, index) => aHold({ holdId: `h-${index}`, eventId: `e-${index}`, at: index, ...changes(index) }));

describe('a hold', () => {
  it('is active until it is ended, and its end keeps only who ended it and when', () => {
    const held = recorded([aHold()]);
    expect(held).toEqual({ held: [aHold()], ended: [] });
    const ended = recorded([anEnd()], held);
    expect(ended).toEqual({ held: [], ended: [{ holdId: 'radio-fails', by: board, at: 2, heldBy: ['e-1'] }] });
    expect([active(held), active(ended)]).toEqual([['radio-fails'], []]);
  });

  it('that was ended before it came is accepted once, and never active', () => {
    const holds = recorded([anEnd(), aHold()]);
    expect(holds).toEqual({ held: [], ended: [{ holdId: 'radio-fails', by: board, at: 2, heldBy: ['e-1'] }] });
    expect(recordHold(holds, aHold({ eventId: 'e-2' }), now)).toBe('ended');
  });

  it('is refused if its id was held and ended, but not if it is the same event again', () => {
    const holds = recorded([aHold(), anEnd()]);
    expect(recordHold(holds, aHold({ at: 9 }), now)).toBe('known');
    expect(recordHold(holds, aHold({ eventId: 'e-2' }), now)).toBe('ended');
    expect(recordResume(holds, anEnd({ at: 9 }), now)).toBe('known');
    expect(recordResume(holds, anEnd(), now)).toBe('known');
  });

  it('is known if it comes again while it lasts, and so is the same event with an old time', () => {
    expect(recordHold(recorded([aHold()]), aHold({ at: 9 }), now)).toBe('known');
  });

  it('that another event repeats is one hold, and a copy of either event is known, even when it has ended', () => {
    const repeat = aHold({ eventId: 'e-2', at: 5 });
    const holds = recorded([aHold(), repeat]);
    expect(holds.held).toEqual([{ ...aHold(), repeatedBy: ['e-2'] }]);
    expect(recordHold(holds, repeat, now)).toBe('known');
    const ended = recorded([anEnd()], holds);
    expect([aHold(), repeat].map((event) => recordHold(ended, event, now))).toEqual(['known', 'known']);
  });

  it('that is repeated a thousand times stays small', () => {
    const holds = recorded(Array.from({ length: 1000 }, (_, index) => aHold({ eventId: `e-${index}`, at: index })));
    expect(active(holds)).toEqual(['radio-fails']);
    expect(bytesInItem(holds)).toBeLessThan(1000);
    expect(holds.held[0]?.repeatedBy).toHaveLength(20);
    expect(recordHold(holds, aHold({ eventId: 'once more', at: 2_000 }), now)).toBe('known');
  });

  it('is not known by the event of another hold', () => {
    expect(recordHold(recorded([aHold()]), aHold({ holdId: 'other' }), now)).toMatchObject({ held: { length: 2 } });
  });

  it('stays after its time while there is room', () => {
    const holds = recorded([aHold({ until: now }), aHold({ holdId: 'other', eventId: 'e-2' })]);
    expect(holds.held.map(({ holdId }) => holdId)).toEqual(['radio-fails', 'other']);
  });

  it('with the id of another one that lasts holds as well, and one end ends both', () => {
    const longer = aHold({ eventId: 'e-2', at: 5, channels: ['stable'], until: 2_000 });
    const holds = recorded([aHold({ channels: ['beta'] }), longer]);
    expect(activeHolds(holds, now).map(({ channels }) => channels)).toEqual([['beta'], ['stable']]);
    expect(recorded([anEnd()], holds)).toMatchObject({ held: [], ended: [{ heldBy: ['e-1', 'e-2'] }] });
  });

  it('leaves the holds of others alone when it ends', () => {
    const other = aHold({ holdId: 'other', eventId: 'e-2' });
    const holds = recorded([aHold(), other, anEnd()]);
    expect(active(holds)).toEqual(['other']);
    expect(holds.ended[0]?.heldBy).toEqual(['e-1']);
  });

  it('without an id of its event is known by what it says', () => {
    const { eventId: _, ...nameless } = aHold();
    expect(recordHold(recorded([nameless]), { ...nameless, at: 9 }, now)).toBe('known');
    const ended = recorded([nameless, anEnd()]);
    expect(recordHold(ended, nameless, now)).toBe('known');
    expect(recordHold(ended, { ...nameless, reason: 'other' }, now)).toBe('ended');
  });
});

describe('the sets of holds', () => {
  const events: Event[] = [
    aHold({ holdId: 'one' }),
    aHold({ holdId: 'two', eventId: 'e-2', at: 2, channels: ['beta'] }),
    aHold({ holdId: 'two', eventId: 'e-3', at: 3, channels: ['beta'] }),
    anEnd({ holdId: 'one', at: 4 }),
    anEnd({ holdId: 'one', at: 6, by: ci }),
    anEnd({ holdId: 'never held', at: 5 }),
  ];

  it('are the same after every order of the same events, with copies', () => {
    const sets = new Set(inEveryOrder(events).map((order) => JSON.stringify(recorded([...order, ...order]))));
    expect([...sets].map((set) => JSON.parse(set))).toEqual([recorded(events)]);
    expect(active(recorded(events))).toEqual(['two']);
  });

  it.each<[string, readonly Event[]]>([
    ['three events that say the same', [aHold(), aHold({ eventId: 'e-2', at: 2 }), aHold({ eventId: 'e-3', at: 3 })]],
    ['a repeat around another hold', [aHold(), aHold({ holdId: 'between', eventId: 'e-2', at: 2 }), aHold({ eventId: 'e-3', at: 3 })]],
    ['two holds at the same instant', [aHold({ holdId: 'b', eventId: 'e-1' }), aHold({ holdId: 'a', eventId: 'e-2' })]],
    ['two ends at the same instant', [anEnd({ holdId: 'a' }), anEnd({ holdId: 'b' })]],
  ])('are the same after every order of %s', (_what, few) => {
    expect(inEveryOrder(few).map((order) => recorded(order))).toEqual(inEveryOrder(few).map(() => recorded(few)));
  });

  it('are in the order of their instants, and those of one instant in the order of their events or ids', () => {
    const holds = recorded([aHold({ holdId: 'x', eventId: 'e-2' }), aHold({ holdId: 'y', eventId: 'e-1' }), aHold({ holdId: 'z', at: 0 })]);
    expect(holds.held.map(({ holdId }) => holdId)).toEqual(['z', 'y', 'x']);
    const ends = recorded([anEnd({ holdId: 'x' }), anEnd({ holdId: 'a' }), anEnd({ holdId: 'z', at: 0 })]);
    expect(ends.ended.map(({ holdId }) => holdId)).toEqual(['z', 'a', 'x']);
  });

  it('have the same active ids after every order, even if an id is used twice', () => {
    const twice: Event[] = [
      aHold({ holdId: 'x', until: 2_000 }),
      aHold({ holdId: 'x', eventId: 'e-2', at: 2, until: 3_000 }),
      aHold({ holdId: 'y', eventId: 'e-3', at: 3 }),
      aHold({ holdId: 'y', eventId: 'e-4', at: 4, reason: 'other' }),
      anEnd({ holdId: 'y' }),
    ];
    const orders = inEveryOrder(twice).map((order) => recorded([...order, ...order]));
    expect(new Set(orders.map((holds) => JSON.stringify([holds.held, active(holds)])))).toHaveLength(1);
    expect(active(orders[0] ?? noHolds)).toEqual(['x', 'x']);
  });
});

describe('the limit of fifty holds', () => {
  it('refuses one more, but neither a copy nor one that holds nothing', () => {
    const fifty = recorded(many(ACTIVE_HOLDS_MAX));
    expect(active(fifty)).toHaveLength(50);
    const more = aHold({ holdId: 'more', eventId: 'more' });
    expect(recordHold(fifty, more, now)).toBe('tooMany');
    expect(recordHold(fifty, many(1)[0] ?? aHold(), now)).toBe('known');
    expect(recordHold(fifty, { ...more, until: now }, now)).toMatchObject({ held: { length: 51 } });
    expect(recordHold(fifty, { ...more, from: now + 1 }, now)).toBe('tooMany');
    expect(recordHold(recorded([anEnd({ holdId: 'more' })], fifty), more, now)).toMatchObject({ held: { length: 50 } });
  });

  it('never keeps a person from holding at once, because 50 holds are planned', () => {
    const planned = recorded(many(ACTIVE_HOLDS_MAX).map((hold) => ({ ...hold, from: now + 1 })));
    const more = aHold({ holdId: 'more', eventId: 'more' });
    expect(recordHold(planned, more, now)).toMatchObject({ held: { length: 51 } });
    expect(recordHold(planned, { ...more, from: now + 1 }, now)).toBe('tooMany');
    const both = recorded(
      [...many(ACTIVE_HOLDS_MAX).map((hold) => ({ ...hold, holdId: `n-${hold.holdId}`, eventId: `n-${hold.holdId}` }))],
      planned,
    );
    expect(active(both)).toHaveLength(50);
    expect(recordHold(both, more, now)).toBe('tooMany');
  });

  it('counts neither holds that have ended nor those whose time has passed', () => {
    const gone = recorded([...many(49), aHold({ holdId: 'passed', eventId: 'p', until: now })]);
    expect(active(recorded([aHold({ holdId: 'more', eventId: 'more' })], gone))).toHaveLength(50);
    const ended = recorded([...many(50), anEnd({ holdId: 'h-0' })]);
    expect(active(recorded([aHold({ holdId: 'more', eventId: 'more' })], ended))).toHaveLength(50);
  });
});

describe('an item that is full', () => {
  const ends = (count: number): Holds => ({
    held: [],
    ended: Array.from({ length: count }, (_, index) => ({
      holdId: `ended-${index}-${'x'.repeat(40)}`,
      by: board,
      at: index,
      heldBy: ['e'.repeat(36)],
    })),
  });
  const full = ends(2_050);

  it('loses the oldest ended ids first, and keeps the new hold', () => {
    expect(fitsItem(full)).toBe(true);
    expect(fitsItem(ends(2_200))).toBe(false);
    const holds = recorded(
      many(50, () => ({ reason: 'r'.repeat(2000) })),
      full,
    );
    expect(fitsItem(holds)).toBe(true);
    expect(active(holds)).toHaveLength(50);
    expect(holds.ended.length).toBeGreaterThan(1_000);
    expect(holds.ended).toEqual(full.ended.slice(-holds.ended.length));
    // It loses no more ids than it must, and no reason is cut.
    expect(fitsItem({ ...holds, ended: full.ended.slice(-holds.ended.length - 1) })).toBe(false);
    expect(holds.held[0]?.reason).toHaveLength(2000);
  });

  it('loses one ended id if that makes exactly the room that is needed', () => {
    const [oldest, ...others] = full.ended;
    const tooMany = (reason: string) => bytesTooMany(bytesInItem({ held: [aHold({ reason })], ended: full.ended }));
    const needed = bytesInItem(oldest) + ','.length;
    const reason = 'r'.repeat(needed - tooMany(''));
    expect(tooMany(reason)).toBe(needed);
    expect(recorded([aHold({ reason })], full).ended).toEqual(others);
  });

  it('keeps the hold that was added last, even if its time has passed', () => {
    const passed = aHold({ holdId: 'passed', eventId: 'p', until: now, reason: 'r'.repeat(2000) });
    const holds = recorded([...many(10, () => ({ reason: 'r'.repeat(2000) })), passed], full);
    expect(holds.held.map(({ holdId }) => holdId)).toContain('passed');
  });

  it('takes no event more if its channels leave no room: neither a repeat nor one that was ended before', () => {
    const filled = (ended: Holds['ended'], room: number) => {
      const holds = (length: number) => ({ held: [aHold({ channels: ['c'.repeat(length)] })], ended });
      return holds(1 - room - bytesTooMany(bytesInItem(holds(1))));
    };
    const repeat = ({ held }: Holds) => ({ ...(held[0] ?? aHold()), eventId: 'e-2', at: 5 });
    const [roomy, tight] = [filled([], 100), filled([], 10)];
    expect([roomy, tight].map((holds) => recordHold(holds, repeat(holds), now))).toEqual([expect.any(Object), 'known']);
    const late = aHold({ holdId: 'x', eventId: 'e-2' });
    const ended = [{ holdId: 'x', by: board, at: 2 }];
    expect([100, 10].map((room) => recordHold(filled(ended, room), late, now))).toEqual([expect.any(Object), 'tooLarge']);
  });

  it('keeps the end of a hold that was added last', () => {
    const holds = recorded(
      [anEnd({ at: 0 }), anEnd({ holdId: 'b', at: 0 }), ...many(40, () => ({ reason: 'r'.repeat(2000) }))],
      ends(2_070),
    );
    expect(fitsItem(holds)).toBe(true);
    const last = recorded([anEnd({ holdId: 'late', at: -1 })], holds);
    expect(fitsItem(last)).toBe(true);
    expect(last.ended.map(({ holdId }) => holdId)).toContain('late');
  });

  it('loses holds whose time has passed before it loses an ended id', () => {
    const passed = recorded(
      many(10, () => ({ reason: 'r'.repeat(2000), until: now })),
      ends(1_950),
    );
    const holds = recorded(
      many(5, (index) => ({ holdId: `new-${index}`, eventId: `n-${index}`, reason: 'r'.repeat(2000) })),
      passed,
    );
    expect(holds.ended).toHaveLength(1_950);
    expect(holds.held.map(({ holdId }) => holdId).filter((id) => id.startsWith('h-'))).toEqual([]);
  });

  it('takes fifty holds with the longest reasons, whose ends it cuts', () => {
    const holds = recorded(
      many(50, () => ({ reason: '🔥'.repeat(2000), channels: ['beta', 'stable'], by: board, from: 1, until: 9_999_999_999_999 })),
    );
    expect(fitsItem(holds)).toBe(true);
    expect(active(holds)).toHaveLength(50);
    expect(holds.held[0]?.reason).toBe(`${'🔥'.repeat(499)}…`);
  });

  it('cuts no reason of at most 500 characters', () => {
    const long = { channels: ['beta', 'stable'], by: board, from: 1, until: 9_999_999_999_999 };
    const just = '🔥'.repeat(500);
    const holds = recorded(many(50, (index) => ({ ...long, reason: index === 0 ? just : '🔥'.repeat(2000) })));
    expect(holds.held.slice(0, 2).map(({ reason }) => reason)).toEqual([just, `${'🔥'.repeat(499)}…`]);
  });

  it('refuses only what no list of channels of this length permits', () => {
    const channels = Array.from({ length: 2_500 }, (_, index) => `${index}-${'c'.repeat(58)}`);
    const [first, second, third] = many(3, (index) => ({ channels, reason: String(index) }));
    const holds = recorded([first ?? aHold(), second ?? aHold()]);
    expect(holds.held).toHaveLength(2);
    expect(recordHold(holds, third ?? aHold(), now)).toBe('tooLarge');
  });
});
