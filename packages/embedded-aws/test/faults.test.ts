import { describe, expect, it } from 'vitest';
import { createManualClock } from '../src/clock.ts';
import { createFaults, type Fault, readFault } from '../src/faults.ts';

const strikes = (fault: Fault, count: number) => {
  const faults = createFaults({ clock: createManualClock() });
  faults.add(fault);
  return Array.from({ length: count }, () => faults.strike('iot', 'CreateOTAUpdate').kind ?? '-').join(' ');
};

describe('a fault', () => {
  it('hits the service and operation that it names, and no other', () => {
    const faults = createFaults({ clock: createManualClock() });
    faults.add({ service: 'iot', operation: 'GetOTAUpdate', kind: 'error500' });
    expect(faults.strike('iot', 'CreateOTAUpdate').kind).toBeUndefined();
    expect(faults.strike('sqs', 'GetOTAUpdate').kind).toBeUndefined();
    expect(faults.strike('iot', 'GetOTAUpdate').kind).toBe('error500');
  });

  it('lets `after` requests pass and hits `times` requests', () => {
    expect(strikes({ service: 'iot', kind: 'throttle', after: 1, times: 2 }, 5)).toBe('- throttle throttle - -');
  });

  it('hits by a seeded chance: the same seed gives the same run', () => {
    const fault: Fault = { service: 'iot', kind: 'error503', probability: 0.5, seed: 7 };
    const run = strikes(fault, 40);
    expect(strikes(fault, 40)).toBe(run);
    expect(strikes({ ...fault, seed: 8 }, 40)).not.toBe(run);
    expect(run.split('error503').length).toBeGreaterThan(10);
    expect(run.split('-').length).toBeGreaterThan(10);
  });

  it('ends after its time', () => {
    const clock = createManualClock();
    const faults = createFaults({ clock });
    faults.add({ service: 'iot', kind: 'outage', forMilliseconds: 1000 });
    clock.advance(999);
    expect(faults.strike('iot', 'x').kind).toBe('outage');
    clock.advance(1);
    expect(faults.strike('iot', 'x').kind).toBeUndefined();
  });

  it('with a rate lets a second’s worth pass at once, then as much as time refills', () => {
    const clock = createManualClock();
    const faults = createFaults({ clock });
    faults.add({ service: 'iot', kind: 'throttle', abovePerSecond: 2 });
    const strike = () => faults.strike('iot', 'CreateOTAUpdate').kind;
    expect([strike(), strike(), strike()]).toEqual([undefined, undefined, 'throttle']);
    clock.advance(499);
    expect(strike()).toBe('throttle');
    clock.advance(1);
    expect([strike(), strike()]).toEqual([undefined, 'throttle']);
    clock.advance(60_000);
    expect([strike(), strike(), strike()]).toEqual([undefined, undefined, 'throttle']);
  });

  it('with a rate below one a second lets one request pass when the rate allows it', () => {
    const clock = createManualClock();
    const faults = createFaults({ clock });
    faults.add({ service: 'iot', kind: 'throttle', abovePerSecond: 0.5 });
    const strike = () => faults.strike('iot', 'CreateOTAUpdate').kind;
    expect([strike(), strike()]).toEqual([undefined, 'throttle']);
    clock.advance(2_000);
    expect([strike(), strike()]).toEqual([undefined, 'throttle']);
  });

  it('of kind slow adds to another one that hits', () => {
    const faults = createFaults({ clock: createManualClock() });
    faults.add({ service: 'iot', kind: 'slow', delayMilliseconds: 20 });
    faults.add({ service: 'iot', kind: 'slow', delayMilliseconds: 30 });
    faults.add({ service: 'iot', kind: 'lostReply' });
    expect(faults.strike('iot', 'x')).toEqual({ slowMilliseconds: 50, kind: 'lostReply' });
  });

  it('of kind staleConnection hits and counts only requests on a connection that was used before', () => {
    const faults = createFaults({ clock: createManualClock() });
    faults.add({ service: 'iot', kind: 'staleConnection', after: 1 });
    const strike = (connection?: 'new' | 'used') => faults.strike('iot', 'x', connection).kind;
    expect([strike(), strike('new'), strike('used'), strike('new'), strike('used')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'staleConnection',
    ]);
  });

  it('of kind createFailed is used up by the creation and never hits a request', () => {
    const faults = createFaults({ clock: createManualClock() });
    const errorInfo = { code: 'AccessDenied', message: 'no' };
    faults.add({ service: 'iot', kind: 'createFailed', times: 1, errorInfo });
    expect(faults.strike('iot', 'CreateOTAUpdate').kind).toBeUndefined();
    expect(faults.takeCreateFailed('iotmanagedintegrations')).toBeUndefined();
    expect(faults.takeCreateFailed('iot')).toEqual(errorInfo);
    expect(faults.takeCreateFailed('iot')).toBeUndefined();
  });

  it('is listed as used up after its last hit, and as expired after its time', () => {
    const clock = createManualClock();
    const faults = createFaults({ clock });
    faults.add({ service: 'iot', kind: 'throttle', times: 1 });
    faults.add({ service: 'iot', kind: 'createFailed', times: 2 });
    faults.add({ service: 's3', kind: 'throttle', forMilliseconds: 1000 });
    const states = () => faults.list().map(({ state }) => state);
    expect(states()).toEqual(['armed', 'armed', 'armed']);
    faults.strike('iot', 'x');
    faults.takeCreateFailed('iot');
    clock.advance(999);
    expect(states()).toEqual(['used up', 'armed', 'armed']);
    faults.takeCreateFailed('iot');
    clock.advance(1);
    expect(states()).toEqual(['used up', 'used up', 'expired']);
  });

  it('of the kind createFailed hits every creation, unless `times` limits it', () => {
    const faults = createFaults({ clock: createManualClock() });
    const id = faults.add({ service: 'iot', kind: 'createFailed' });
    const taken = () => [1, 2, 3].map(() => faults.takeCreateFailed('iot') !== undefined);
    expect(taken()).toEqual([true, true, true]);
    faults.clear(id);
    faults.add({ service: 'iot', kind: 'createFailed', times: 1, after: 1 });
    expect(taken()).toEqual([false, true, false]);
  });

  it('is listed with the number of its hits, and can be removed', () => {
    const faults = createFaults({ clock: createManualClock() });
    const id = faults.add({ service: 'iot', kind: 'throttle' });
    faults.add({ service: 's3', kind: 'throttle' });
    faults.strike('iot', 'x');
    expect(faults.list()).toEqual([
      { id, service: 'iot', kind: 'throttle', struck: 1, state: 'armed' },
      { id: id + 1, service: 's3', kind: 'throttle', struck: 0, state: 'armed' },
    ]);
    faults.clear(id);
    expect(faults.list()).toHaveLength(1);
    faults.clear();
    expect(faults.list()).toEqual([]);
  });

  it.each([
    [null, /JSON object/],
    [{ kind: 'throttle' }, /^service/],
    [{ service: 'iot', kind: 'explode' }, /^kind: must be one of throttle/],
    [{ service: 'iot', kind: 'slow', delayMilliseconds: '5' }, /^delayMilliseconds/],
    [{ service: 'iot', kind: 'createFailed', errorInfo: {} }, /^errorInfo/],
    [{ service: 'iot', kind: 'throttle', time: 1 }, /^time: unknown/],
  ])('is refused as %j', (value, why) => {
    expect(readFault(value)).toMatchObject({ message: expect.stringMatching(why) });
  });
});
