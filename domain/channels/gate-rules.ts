import type { Problem, Segment } from 'aws-ota-models';
import { isTimeZone, nextAllowed } from '../gate/allowed-times.ts';
import { hasDay, parseCron } from '../gate/cron.ts';
import type { AllowedTime } from '../gate/gate.ts';
import { nearest } from '../json/nearest.ts';
import { channelsBefore, gateOfChannel } from './gate.ts';
import type { Channel, ChannelOptions, Channels, Product } from './schema.ts';
import { templateNameOf } from './template-name.ts';
import { objectOf } from './template-shape.ts';
import { namesInsteadOf } from './unknown-name.ts';

/** What is wrong with gates of a file. `passing` are times that were right when the file was written, and never come again. */
export type GateProblems = { readonly errors: readonly Problem[]; readonly passing: readonly Problem[] };

/**
 * What is wrong with the gates and approvers of a file, beyond the kinds of their values. Paths lead from the top of the file. Without
 * `now` (epoch ms), allowed times are not compared with the calendar, except that a day such as the 30th of February never comes.
 */
export function findGateProblems({ products }: Channels, now?: number): GateProblems {
  const judged = Object.entries(products).map(([name, product]) => {
    const channels = Object.entries(product.channels).map(([channelName, channel]) => {
      const path = ['products', name, 'channels', channelName];
      const times = (channel.allowedTimes ?? []).map((time, index) => judgeTime(time, [...path, 'allowedTimes', index], now));
      return {
        errors: [
          ...channelProblems(channelName, channel, product).map((problem) => ({ ...problem, path: [...path, ...problem.path] })),
          ...times.flatMap(({ errors }) => errors),
        ],
        passing: times.flatMap(({ passing }) => passing),
      };
    });
    return {
      errors: [...ofApprovers(product, ['products', name]), ...channels.flatMap(({ errors }) => errors), ...ofCycles(product, name)],
      passing: channels.flatMap(({ passing }) => passing),
    };
  });
  return { errors: judged.flatMap(({ errors }) => errors), passing: judged.flatMap(({ passing }) => passing) };
}

/** Nobody may approve their own release. */
function ofApprovers({ sources, approvers = [] }: Product, path: readonly Segment[]): Problem[] {
  return approvers.flatMap((approver, index) =>
    sources.includes(approver)
      ? [
          {
            path: [...path, 'approvers', index],
            message: 'this source is in sources, too, and a release is never approved by its own source: use another source',
          },
        ]
      : [],
  );
}

function channelProblems(name: string, channel: Channel, { channels, approvers = [] }: Product): Problem[] {
  const unknown = channelsBefore(channel).flatMap((before, index) => {
    const path = pathOfBefore(channel, index);
    if (before === name) return [{ path, message: 'a channel cannot wait for itself: name another channel' }];
    if (Object.hasOwn(channels, before)) return [];
    const others = Object.keys(channels).filter((other) => other !== name);
    const instead = namesInsteadOf(before, others, 'the product has');
    return [{ path, message: instead === undefined ? 'the product has no other channel: remove after' : `unknown channel: ${instead}` }];
  });
  return [...unknown, ...ofApproval(channel, approvers), ...ofSkip(channel)];
}

function ofApproval({ approval }: ChannelOptions, approvers: readonly string[]): Problem[] {
  if (approval === undefined) return [];
  if (approvers.length === 0) {
    return [{ path: ['approval'], message: 'nobody may approve: list event sources in approvers of the product, beside sources' }];
  }
  const required = approval === 'required' ? 1 : (approval.required ?? 1);
  if (required <= approvers.length) return [];
  const has = approvers.length === 1 ? '1 approver' : `${approvers.length} approvers`;
  return [
    {
      path: ['approval', 'required'],
      message: `the product has ${has}, and each approves once: add approvers, or require at most ${approvers.length}`,
    },
  ];
}

/** An approval that skips what is not there would promise something that never happens. */
function ofSkip(channel: ChannelOptions): Problem[] {
  if (typeof channel.approval !== 'object') return [];
  const gate = gateOfChannel(channel);
  const has = {
    after: gate?.after !== undefined,
    soakMinutes: (gate?.after ?? []).some(({ soakMinutes }) => soakMinutes > 0),
    allowedTimes: gate?.allowedTimes !== undefined,
  };
  return (channel.approval.skip ?? []).flatMap((part, index) =>
    has[part] ? [] : [{ path: ['approval', 'skip', index], message: `the channel has no ${part} to skip: remove this word` }],
  );
}

/** Every channel of a cycle waits for ever. One error for each cycle, at its first channel in the file. */
function ofCycles({ channels }: Product, product: string): Problem[] {
  const never = neverStarting(channels);
  const visitedFrom = new Map<Turn, Turn>();
  return never.flatMap((start) => {
    let turn = start;
    for (; !visitedFrom.has(turn); turn = nextOf(turn)) visitedFrom.set(turn, start);
    if (visitedFrom.get(turn) !== start) return [];
    const cycle = new Set(cycleFrom(turn));
    const first = never.find((one) => cycle.has(one)) ?? turn;
    const index = channelsBefore(first.channel).indexOf(nextOf(first).name);
    const chain = [...cycleFrom(first), first].map(({ name }) => name).join(' waits for ');
    return {
      path: ['products', product, 'channels', first.name, ...pathOfBefore(first.channel, index)],
      message: `the channels wait for each other, so none ever starts: ${chain}`,
    };
  });
}

/** A channel, the other channels that it waits for, and those that wait for it. */
type Turn = { readonly name: string; readonly channel: Channel; readonly before: Set<Turn>; readonly behind: Turn[] };

/** The first channel that this one waits for. */
function nextOf(turn: Turn): Turn {
  const [next = turn] = turn.before;
  return next;
}

function cycleFrom(first: Turn): Turn[] {
  const cycle = [first];
  for (let turn = nextOf(first); turn !== first; turn = nextOf(turn)) cycle.push(turn);
  return cycle;
}

/**
 * The channels of each cycle, and those that wait for one. The `before` of each has only such channels. Each channel is visited once, as
 * a file may have thousands in a row.
 */
function neverStarting(channels: Product['channels']): Turn[] {
  const turns = new Map(
    Object.entries(channels).map(([name, channel]): [string, Turn] => [name, { name, channel, before: new Set(), behind: [] }]),
  );
  for (const turn of turns.values()) {
    for (const name of channelsBefore(turn.channel)) {
      const other = turns.get(name);
      if (other === undefined || other === turn) continue;
      turn.before.add(other);
      other.behind.push(turn);
    }
  }
  const starting = [...turns.values()].filter(({ before }) => before.size === 0);
  for (const started of starting) {
    for (const turn of started.behind) {
      turn.before.delete(started);
      if (turn.before.size === 0) starting.push(turn);
    }
  }
  return [...turns.values()].filter(({ before }) => before.size > 0);
}

/** Where the file names the channel before: `after`, `after.channel`, or an item of it. */
function pathOfBefore({ after }: ChannelOptions, index: number): Segment[] {
  if (typeof after !== 'object') return ['after'];
  return typeof after.channel === 'string' ? ['after', 'channel'] : ['after', 'channel', index];
}

function judgeTime({ cron: text, timeZone }: AllowedTime, path: readonly Segment[], now: number | undefined): GateProblems {
  const errors: Problem[] = [];
  const parsed = parseCron(text);
  if ('problem' in parsed) errors.push({ path: [...path, 'cron'], message: parsed.problem });
  else if (!hasDay(parsed.cron))
    errors.push({ path: [...path, 'cron'], message: 'there is no such day in any year: it matches no minute' });
  if (!isTimeZone(timeZone)) errors.push({ path: [...path, 'timeZone'], message: problemOfZone(timeZone) });
  if (errors.length > 0 || now === undefined || nextAllowed([{ cron: text, timeZone }], now) !== undefined) return { errors, passing: [] };
  const message = `no minute of the year from ${new Date(now).toISOString().slice(0, 10)} on matches: use * as year, or remove it`;
  return { errors, passing: [{ path: [...path, 'cron'], message }] };
}

function problemOfZone(given: string): string {
  const rule = 'must be a time zone of the IANA database, such as Europe/Berlin';
  if (/^(?:UTC|GMT)?\s*[+-]?[0-9:]+$/i.test(given)) return `${rule}, and not an offset: an offset knows no daylight saving`;
  if (/^[A-Za-z]{3}$/.test(given)) return `${rule}, and not an abbreviation: it means several zones`;
  const meant = given.length <= LONGEST_ZONE ? nearest(given, Intl.supportedValuesOf('timeZone')) : undefined;
  return meant === undefined ? `${rule}: check the spelling` : `${rule}: did you mean ${meant}?`;
}

/** Longer than every name in the database. Each comparison takes time. */
const LONGEST_ZONE = 64;

/** Warnings about gates of a valid file. Paths lead from the top of the file. */
export function findGateWarnings({ products }: Channels): Problem[] {
  return Object.entries(products).flatMap(([product, { channels }]) =>
    Object.entries(channels).flatMap(([name, channel]) => {
      const atChannel = ({ path, message }: Problem) => ({ path: ['products', product, 'channels', name, ...path], message });
      return [...ofContinuous(channel, channels), ...ofSchedule(channel)].map(atChannel);
    }),
  );
}

/** New devices join such a channel at any time, so that its share of success falls again. */
function ofContinuous(channel: Channel, channels: Product['channels']): Problem[] {
  if (typeof channel.after !== 'object' || channel.after.minSucceededPercentage !== 100) return [];
  return channelsBefore(channel).flatMap((before) => {
    const upstream = channels[before];
    if (!upstream || !isContinuous(upstream)) return [];
    const message = `${before} is CONTINUOUS, so new devices join it at any time, and 100 % may never be reached: ask for less`;
    return [{ path: ['after', 'minSucceededPercentage'], message }];
  });
}

/** Whatever its control plane, a template has one of two members for this. */
function isContinuous(channel: Channel): boolean {
  const { targetSelection, OtaType } = objectOf(channel[templateNameOf(channel)]);
  return targetSelection === 'CONTINUOUS' || OtaType === 'CONTINUOUS';
}

function ofSchedule(channel: Channel): Problem[] {
  if (channel.scheduleFromRelease === undefined || gateOfChannel(channel) === undefined) return [];
  const message =
    'the gate may open after the startAt of a release, or not before its endAt, which ends the rollout with EXPIRED: give schedules room';
  return [{ path: ['scheduleFromRelease'], message }];
}
