import { describe, expect, it } from 'vitest';
import { faultOf, noFault } from '../../../console/page/faults.ts';
import { changeOf, devicesOf, fieldsOf, succeededPercent } from '../../../console/page/fleet.ts';

describe('the form of a fault', () => {
  it('leaves out what is empty', () => {
    expect(faultOf(noFault)).toEqual({ kind: 'throttle', service: 'iot' });
  });

  it('sends numbers as numbers, and names without blanks', () => {
    expect(faultOf({ ...noFault, service: ' s3 ', operation: 'GetObject', times: '3', probability: '0.2' })).toEqual({
      kind: 'throttle',
      service: 's3',
      operation: 'GetObject',
      times: 3,
      probability: 0.2,
    });
  });

  it('sends the error of a creation that fails, and of nothing else', () => {
    const fields = { ...noFault, code: 'LimitExceeded', message: 'too many' };
    expect(faultOf({ ...fields, kind: 'createFailed' })).toMatchObject({ errorInfo: { code: 'LimitExceeded', message: 'too many' } });
    expect(faultOf(fields)).not.toHaveProperty('errorInfo');
  });
});

describe('the form of the fleet', () => {
  const settings = {
    seed: 'fleet',
    ratios: { failed: 0.07, rejected: 0, timedOut: 0.2, offline: 0 },
    startMilliseconds: [500, 2000],
    updateMilliseconds: [1000, 5000],
    devices: { 'lobby-1': 'REJECTED' },
  };

  it('shows shares in percent and durations in seconds, and sends back what it shows', () => {
    const fields = fieldsOf({ settings });
    expect(fields).toEqual({
      percent: { failed: '7', rejected: '0', timedOut: '20', offline: '0' },
      start: ['0.5', '2'],
      update: ['1', '5'],
    });
    const { seed: _seed, devices: _devices, ...shown } = settings;
    expect(changeOf(fields)).toEqual(shown);
  });

  it('shows the share that is left for success, and that the others are too much', () => {
    const fields = fieldsOf({ settings });
    expect(succeededPercent(fields)).toBe(73);
    expect(succeededPercent({ ...fields, percent: { ...fields.percent, offline: '80' } })).toBe(-7);
  });

  it('lists the devices with an outcome of their own', () => {
    expect(devicesOf({ settings })).toEqual([['lobby-1', 'REJECTED']]);
    expect(devicesOf({ settings: {} })).toEqual([]);
  });
});
