import { formatPath, type Problem, type Segment } from 'aws-ota-models';
import { describe, expect, it } from 'vitest';
import { channelsBefore, gateOfChannel } from '../../../domain/channels/gate.ts';
import { readChannelsFile } from '../../../domain/channels/lines.ts';
import { validateChannels } from '../../../domain/channels/validate.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const place = { accountId: '123456789012', region: 'eu-west-1', stage: 'prod' };
const iot = (name: string, template: object = {}) => ({
  createOTAUpdate: {
    targets: [`arn:aws:iot:eu-west-1:123456789012:thinggroup/${name}`],
    roleArn: 'arn:aws:iam::123456789012:role/ota-service',
    ...template,
  },
});
const always = { createOtaTask: { OtaType: 'CONTINUOUS', OtaTargetQueryString: 'attributes.model=hub', TaskConfigurationId: 'abc' } };
const withUrl = { artifactUrl: 'https://cdn.example.com/{key}' };
const times = (...crons: string[]) => crons.map((cron) => ({ cron, timeZone: 'Europe/Berlin' }));

/** A file with the channels canary, beta and stable, of which stable has these members. */
const around = (stable: object, product: object = {}, others: object = {}) => ({
  artifactBuckets: ['acme-firmware'],
  products: {
    hub: {
      sources: ['com.acme.ci'],
      approvers: ['com.acme.board', 'com.acme.ops'],
      ...product,
      channels: { canary: iot('canary'), beta: iot('beta'), ...others, stable: { ...iot('stable'), ...stable } },
    },
  },
});

const short = (path: readonly Segment[]) =>
  formatPath(path)
    .replace(/^products\.hub\./, '')
    .replace(/^channels\.stable\.?/, '');

const judge = (value: unknown, foreignPlaces: 'refuse' | 'warn' = 'refuse', at: number | undefined = now) =>
  validateChannels(JSON.parse(JSON.stringify(value)), place, foreignPlaces, at);

/** The places of all errors of a file, or else of its warnings. Paths are relative to the channel stable, or to the product. */
function faults(...given: Parameters<typeof judge>): string[] {
  const result = judge(...given);
  return result.ok ? result.warnings.map(({ path }) => `warning ${short(path)}`) : result.errors.map(({ path }) => short(path));
}

function problems(value: unknown): readonly Problem[] {
  const result = judge(value);
  return result.ok ? [] : result.errors;
}

describe('a gate', () => {
  const approval = { required: 2, skip: ['soakMinutes', 'allowedTimes', 'after'] };
  const after = { channel: 'beta', minSucceededPercentage: 99.5, maxFailedPercentage: 0, minNumberOfExecutedThings: 20, soakMinutes: 1440 };

  it.each<[string, object]>([
    ['after a channel by name', { after: 'beta' }],
    ['after a channel with every member', { after }],
    ['after several channels', { after: { channel: ['canary', 'beta'] } }],
    ['at the lowest of every range', { after: { ...after, minSucceededPercentage: 1, minNumberOfExecutedThings: 1, soakMinutes: 0 } }],
    ['at the highest of every range', { after: { ...after, minSucceededPercentage: 100, maxFailedPercentage: 100, soakMinutes: 525_600 } }],
    ['with an approval', { approval: 'required' }],
    ['with several approvals', { approval: { required: 2 } }],
    ['with an approval that is an empty object', { approval: {} }],
    ['with an approval that may skip every part', { after, approval, allowedTimes: times('* 9-15 ? * MON-THU *') }],
    ['with several allowed times', { allowedTimes: times('* 9-15 ? * MON-THU *', '* 9-11 ? * FRI *', '* 9 1W * ? *') }],
  ])('%s is valid', (_what, stable) => {
    expect(faults(around(stable))).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ['after an unknown channel', { after: 'gamma' }, ['after']],
    ['after an unknown channel in an object', { after: { channel: 'gamma' } }, ['after.channel']],
    ['after an unknown channel in a list', { after: { channel: ['beta', 'gamma'] } }, ['after.channel[1]']],
    ['after a name of JavaScript', { after: { channel: ['beta', 'constructor'] } }, ['after.channel[1]']],
    ['after itself', { after: 'stable' }, ['after']],
    ['after itself in a list', { after: { channel: ['beta', 'stable'] } }, ['after.channel[1]']],
    ['after the same channel twice', { after: { channel: ['beta', 'beta'] } }, ['after.channel']],
    ['after no channel', { after: {} }, ['after.channel']],
    ['after an empty list', { after: { channel: [] } }, ['after.channel']],
    ['after a list without channel', { after: ['beta'] }, ['after']],
    ['after a number', { after: 1 }, ['after']],
    ['with an unknown member in after', { after: { channel: 'beta', soak: 1 } }, ['after.soak']],
    ['with a share of success of 0', { after: { ...after, minSucceededPercentage: 0 } }, ['after.minSucceededPercentage']],
    ['with a share of success above 100', { after: { ...after, minSucceededPercentage: 100.5 } }, ['after.minSucceededPercentage']],
    ['with a share of success as text', { after: { ...after, minSucceededPercentage: '90' } }, ['after.minSucceededPercentage']],
    ['with a share of failure below 0', { after: { ...after, maxFailedPercentage: -1 } }, ['after.maxFailedPercentage']],
    ['with a share of failure above 100', { after: { ...after, maxFailedPercentage: 101 } }, ['after.maxFailedPercentage']],
    ['with no devices', { after: { ...after, minNumberOfExecutedThings: 0 } }, ['after.minNumberOfExecutedThings']],
    ['with half a device', { after: { ...after, minNumberOfExecutedThings: 1.5 } }, ['after.minNumberOfExecutedThings']],
    ['with a soak below 0', { after: { ...after, soakMinutes: -1 } }, ['after.soakMinutes']],
    ['with half a minute of soak', { after: { ...after, soakMinutes: 0.5 } }, ['after.soakMinutes']],
    ['with a soak of more than a year', { after: { ...after, soakMinutes: 525_601 } }, ['after.soakMinutes']],
    [
      'with two wrong members of after',
      { after: { ...after, soakMinutes: 0.5, maxFailedPercentage: 101 } },
      ['after.maxFailedPercentage', 'after.soakMinutes'],
    ],
    ['with more approvals than approvers', { approval: { required: 3 } }, ['approval.required']],
    ['with 0 approvals', { approval: { required: 0 } }, ['approval.required']],
    ['with more approvals than a version keeps', { approval: { required: 51 } }, ['approval.required']],
    ['with an approval that is another word', { approval: 'yes' }, ['approval']],
    ['with an approval that is true', { approval: true }, ['approval']],
    ['with an unknown member in approval', { approval: { count: 1 } }, ['approval.count']],
    ['that lets an unknown part be skipped', { approval: { skip: ['approval'] } }, ['approval.skip[0]']],
    ['that lets a part be skipped twice', { after, approval: { skip: ['after', 'after'] } }, ['approval.skip']],
    [
      'that lets parts be skipped that it lacks',
      { approval: { skip: ['after', 'soakMinutes', 'allowedTimes'] } },
      ['approval.skip[0]', 'approval.skip[1]', 'approval.skip[2]'],
    ],
    ['that lets a soak of 0 be skipped', { after: 'beta', approval: { skip: ['after', 'soakMinutes'] } }, ['approval.skip[1]']],
    ['with no allowed times', { allowedTimes: [] }, ['allowedTimes']],
    ['with the same allowed time twice', { allowedTimes: times('* 9 ? * * *', '* 9 ? * * *') }, ['allowedTimes']],
    ['with allowed times that are an object', { allowedTimes: times('* 9 ? * * *')[0] }, ['allowedTimes']],
    ['with an allowed time without a zone', { allowedTimes: [{ cron: '* 9 ? * * *' }] }, ['allowedTimes[0].timeZone']],
    ['with an allowed time without a cron', { allowedTimes: [{ timeZone: 'UTC' }] }, ['allowedTimes[0].cron']],
    [
      'with an unknown member in an allowed time',
      { allowedTimes: [{ cron: '* 9 ? * * *', timezone: 'UTC', timeZone: 'UTC' }] },
      ['allowedTimes[0].timezone'],
    ],
    ['with a wrapped cron', { allowedTimes: times('cron(* 9 ? * * *)') }, ['allowedTimes[0].cron']],
    ['with a cron of five fields', { allowedTimes: times('* 9 ? * * *', '* 9 * * *') }, ['allowedTimes[1].cron']],
    ['with a day that never comes', { allowedTimes: times('* 9 30 2 ? *') }, ['allowedTimes[0].cron']],
    ['with a year that has passed', { allowedTimes: times('* 9 ? * * 2025') }, ['allowedTimes[0].cron']],
    ['with a day that comes in more than a year', { allowedTimes: times('* 9 29 2 ? *') }, ['allowedTimes[0].cron']],
    ['with only a minute that the clock jumps over', { allowedTimes: times('30 2 28 3 ? 2027') }, ['allowedTimes[0].cron']],
    ['with an offset as zone', { allowedTimes: [{ cron: '* 9 ? * * *', timeZone: '+01:00' }] }, ['allowedTimes[0].timeZone']],
    ['with an unknown zone', { allowedTimes: [{ cron: '* 9 ? * * *', timeZone: 'Europe/Berlim' }] }, ['allowedTimes[0].timeZone']],
    [
      'with a wrong cron and a wrong zone',
      { allowedTimes: [{ cron: '* 9 * * *', timeZone: 'CEST' }] },
      ['allowedTimes[0].cron', 'allowedTimes[0].timeZone'],
    ],
    [
      'with percentages outside of after',
      { minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 },
      ['minSucceededPercentage', 'maxFailedPercentage', 'minNumberOfExecutedThings', 'soakMinutes'],
    ],
    [
      'with members that do not exist on purpose',
      { hold: true, waves: [], whenAborted: 'withdraw', devicesRunAtLeast: '2.0.0' },
      ['hold', 'waves', 'whenAborted', 'devicesRunAtLeast'],
    ],
    ['with approvers of its own', { approvers: ['com.acme.board'] }, ['approvers']],
  ])('%s is an error', (_what, stable, expected) => {
    expect(faults(around(stable))).toEqual(expected);
  });

  it('that asks for an approval needs approvers, be it by the word or by an object', () => {
    for (const asked of ['required', { required: 1 }])
      expect(faults(around({ approval: asked }, { approvers: undefined }))).toEqual(['approval']);
    expect(faults(around({ approval: 'required' }, { approvers: ['com.acme.board'] }))).toEqual([]);
    expect(faults(around({ approval: { required: 2 } }, { approvers: ['com.acme.board'] }))).toEqual(['approval.required']);
  });

  it('whose times have passed for ever is a warning in a stage that runs, and nobody asks without a clock', () => {
    const file = around({ allowedTimes: times('* 9 ? * * 2025') });
    expect(faults(file, 'warn')).toEqual(['warning allowedTimes[0].cron']);
    const result = validateChannels(file, place);
    expect(result).toMatchObject({ ok: true, warnings: [] });
    expect(faults(around({ allowedTimes: times('* 9 30 2 ? *') }), 'warn')).toEqual(['allowedTimes[0].cron']);
  });
});

describe('channels that wait for each other', () => {
  it('are an error at the first of them', () => {
    const cycle = around(
      { after: 'beta' },
      {},
      { canary: { ...iot('canary'), after: { channel: ['stable'] } }, beta: { ...iot('beta'), after: 'canary' } },
    );
    expect(faults(cycle)).toEqual(['channels.canary.after.channel[0]']);
  });

  it('are an error for each cycle, and not for the channels that wait for one', () => {
    const pair = (one: string, other: string) => ({ [one]: { ...iot(one), after: other }, [other]: { ...iot(other), after: one } });
    expect(faults(around({ after: 'a' }, {}, { ...pair('a', 'b'), ...pair('c', 'd') }))).toEqual(['channels.a.after', 'channels.c.after']);
  });

  it('are named from the first of them in the file on, whichever channel leads to them', () => {
    const file = around(
      {},
      {},
      {
        canary: { ...iot('canary'), after: 'b' },
        a: { ...iot('a'), after: { channel: ['beta', 'missing', 'a', 'b'] } },
        b: { ...iot('b'), after: { channel: ['beta', 'c'] } },
        c: { ...iot('c'), after: 'a' },
      },
    );
    expect(problems(file).filter(({ message }) => message.includes('for each other'))).toEqual([
      {
        path: ['products', 'hub', 'channels', 'a', 'after', 'channel', 3],
        message: 'the channels wait for each other, so none ever starts: a waits for b waits for c waits for a',
      },
    ]);
  });

  it('are not found if two ways lead to the same channel', () => {
    const gated = { beta: { ...iot('beta'), after: 'canary' } };
    expect(faults(around({ after: { channel: ['canary', 'beta'] } }, {}, gated))).toEqual([]);
  });

  it('are found at once among hundreds of channels', () => {
    const many = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [
        `c${index}`,
        { ...iot(`c${index}`), ...(index > 1 && { after: { channel: [`c${index - 1}`, `c${index - 2}`] } }) },
      ]),
    );
    expect(faults(around({ after: 'c299' }, {}, many))).toEqual([]);
  });
});

describe('approvers', () => {
  it.each<[string, unknown, string]>([
    ['that are also a source', ['com.acme.board', 'com.acme.ci'], 'approvers[1]'],
    ['of AWS', ['aws.events'], 'approvers[0]'],
    ['that are this service', ['ota-dispatch'], 'approvers[0]'],
    ['with a wildcard', ['com.acme.*'], 'approvers[0]'],
    ['that are nobody', [], 'approvers'],
    ['that are the same twice', ['com.acme.board', 'com.acme.board'], 'approvers'],
    ['as one text', 'com.acme.board', 'approvers'],
  ])('%s are an error', (_what, approvers, expected) => {
    expect(faults(around({}, { approvers }))).toEqual([expected]);
  });

  it('may be there without a channel that asks for approval, because they also hold and resume', () => {
    expect(faults(around({}))).toEqual([]);
  });
});

describe('hold', () => {
  it('is no member of a product either', () => {
    expect(faults(around({}, { hold: true }))).toEqual(['hold']);
  });
});

describe('a warning about a gate', () => {
  const all = { after: { channel: ['edge', 'beta'], minSucceededPercentage: 100 } };

  it('is given for all devices of a channel that new ones join', () => {
    const continuous = iot('edge', { targetSelection: 'CONTINUOUS' });
    expect(faults(around(all, {}, { edge: continuous }))).toEqual(['warning after.minSucceededPercentage']);
    expect(faults(around(all, {}, { edge: { ...always, ...withUrl } }))).toEqual(['warning after.minSucceededPercentage']);
  });

  it('is not given for fewer devices, or for a channel that none join', () => {
    const continuous = iot('edge', { targetSelection: 'CONTINUOUS' });
    expect(faults(around({ after: 'edge' }, {}, { edge: continuous }))).toEqual([]);
    expect(faults(around({ after: { channel: 'edge', minSucceededPercentage: 99 } }, {}, { edge: continuous }))).toEqual([]);
    expect(faults(around(all, {}, { edge: iot('edge', { targetSelection: 'SNAPSHOT' }) }))).toEqual([]);
  });

  it('is given for the schedule of a release behind a gate, and not without one', () => {
    const hubs = (members: object) => ({ hubs: { ...always, ...withUrl, scheduleFromRelease: 'allow', ...members } });
    expect(faults(around({}, {}, hubs({ after: 'beta' })))).toEqual(['warning channels.hubs.scheduleFromRelease']);
    expect(faults(around({}, {}, hubs({})))).toEqual([]);
  });
});

describe('an error of a gate in the text of a file', () => {
  it('has its line', () => {
    const lines = [
      'artifactBuckets: [acme-firmware]',
      'products:',
      '  hub:',
      '    sources: [com.acme.ci]',
      '    approvers:',
      '      - com.acme.ci',
      '    channels:',
      '      stable:',
      '        createOTAUpdate:',
      '          targets: ["arn:aws:iot:eu-west-1:123456789012:thinggroup/stable"]',
      '          roleArn: arn:aws:iam::123456789012:role/ota-service',
      '        after:',
      '          channel: gamma',
      '        allowedTimes:',
      '          - cron: "* 9 ? * MON *"',
      '            timeZone: UTC+1',
    ];
    const read = readChannelsFile(lines.join('\n'), place, 'refuse', now);
    expect(read.ok ? [] : read.errors.map(({ line, path }) => `${line} ${short(path)}`)).toEqual([
      '6 approvers[0]',
      '13 after.channel',
      '16 allowedTimes[0].timeZone',
    ]);
  });
});

describe('the gate of a channel', () => {
  it('has every default, and one rule for each channel before', () => {
    const rule = { minSucceededPercentage: 90, maxFailedPercentage: 5, minNumberOfExecutedThings: 1, soakMinutes: 0 };
    expect(gateOfChannel({ after: 'beta' })).toEqual({ after: [{ channel: 'beta', ...rule }] });
    expect(gateOfChannel({ after: { channel: ['canary', 'beta'], soakMinutes: 60, minSucceededPercentage: 80 } })).toEqual({
      after: ['canary', 'beta'].map((channel) => ({ channel, ...rule, soakMinutes: 60, minSucceededPercentage: 80 })),
    });
    expect(gateOfChannel({ approval: 'required' })).toEqual({ approval: { required: 1, skip: [] } });
    expect(gateOfChannel({ approval: {} })).toEqual({ approval: { required: 1, skip: [] } });
    expect(gateOfChannel({ approval: { required: 2, skip: ['after'] } })).toEqual({ approval: { required: 2, skip: ['after'] } });
    expect(gateOfChannel({ allowedTimes: times('* 9 ? * * *') })).toEqual({ allowedTimes: times('* 9 ? * * *') });
  });

  it('is missing without one of its members', () => {
    expect(gateOfChannel({})).toBeUndefined();
  });

  it('names the channels before', () => {
    expect([{}, { after: 'beta' }, { after: { channel: 'beta' } }, { after: { channel: ['canary', 'beta'] } }].map(channelsBefore)).toEqual(
      [[], ['beta'], ['beta'], ['canary', 'beta']],
    );
  });
});
