import type { Problem } from 'aws-ota-models';
import * as z from 'zod/mini';
import { timeZonePattern } from '../gate/allowed-times.ts';
import { cronPattern } from '../gate/cron.ts';
import { type SkippablePart, skippableParts } from '../gate/gate.ts';
import { APPROVALS_MAX } from '../gate/record-approval.ts';
import { described, name, someText } from '../release/fields.ts';

/*
 * The members of a channel that make its gate. What depends on other members of the file is in gate-rules.ts.
 */

/** A year. People forget a release that soaks for longer. */
const SOAK_MINUTES_MAX = 525_600;

const percentage = (min: number) => {
  const rule = `a number from ${min} to 100`;
  return z.number(rule).check(z.minimum(min, rule), z.maximum(100, rule));
};

const whole = (min: number, max?: number) => {
  const rule = max === undefined ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  return z.int(rule).check(z.minimum(min, rule), ...(max === undefined ? [] : [z.maximum(max, rule)]));
};

const differentNames = z.array(name(), 'a list of channel names').check(
  z.minLength(1, 'a list of at least 1 channel'),
  z.refine((list) => new Set(list).size === list.length, 'a list of different channels'),
);

const afterSchema = z.strictObject({
  channel: described(
    z.union([name(), differentNames], 'the name of a channel, or a list of them'),
    'The channel before this one. With a list, each of them must meet all of the rules below.',
  ),
  minSucceededPercentage: described(
    z.exactOptional(percentage(1)),
    'At least this percentage of the devices of that channel must have succeeded. Queued ones and those in progress count. Default 90.',
  ),
  maxFailedPercentage: described(
    z.exactOptional(percentage(0)),
    'At most this percentage of the devices that have ended may have failed, rejected the update or timed out. Default 5.',
  ),
  minNumberOfExecutedThings: described(
    z.exactOptional(whole(1)),
    'At least this many devices must have ended, unless all have. Fewer prove nothing. Default 1.',
  ),
  soakMinutes: described(
    z.exactOptional(whole(0, SOAK_MINUTES_MAX)),
    'All of this must be true for this many minutes, with no newer release on that channel. Default 0.',
  ),
});

const approvalSchema = z.strictObject({
  required: described(z.exactOptional(whole(1, APPROVALS_MAX)), 'How many different approvers must approve. Default 1.'),
  skip: described(
    z.exactOptional(
      z
        .array(z.enum(skippableParts, `one of the words ${skippableParts.join(', ')}`), 'a list of words')
        .check(z.refine((list: readonly SkippablePart[]) => new Set(list).size === list.length, 'a list of different words')),
    ),
    'The parts of the gate that an approval may leave out.',
  ),
});

const allowedTimeSchema = z.strictObject(
  {
    cron: described(
      someText().check(z.meta({ pattern: cronPattern })),
      'The allowed minutes as six bare fields of an AWS cron expression: minutes, hours, day of month, month, day of week, year.',
    ),
    timeZone: described(
      someText().check(z.meta({ pattern: timeZonePattern.source })),
      'A time zone of the IANA database, such as Europe/Berlin.',
    ),
  },
  'an object with cron and timeZone',
);

/** The members of a channel about its gate. */
export const gateMembers = {
  after: described(
    z.exactOptional(z.union([name(), afterSchema], 'the name of a channel, or an object with channel')),
    'What another channel of the product must have shown before this one starts.',
  ),
  approval: described(
    z.exactOptional(z.union([z.literal('required', 'the word required'), approvalSchema], 'the word required, or an object with required')),
    'required: one of the approvers must approve each release on this channel.',
  ),
  allowedTimes: described(
    z.exactOptional(
      z.array(allowedTimeSchema, 'a list of objects with cron and timeZone').check(
        z.minLength(1, 'a list of at least 1 object with cron and timeZone'),
        z.refine(
          (list) => new Set(list.map(({ cron, timeZone }) => `${cron} ${timeZone}`)).size === list.length,
          'a list of different times',
        ),
      ),
    ),
    'When rollouts may be created. A minute is allowed if one of the crons has it.',
  ),
};

const inAfter = 'belongs in after: write after: { channel: …, and this member }';

/** Members that people know from other services, or write in the wrong place. */
const misplaced: Readonly<Record<string, string>> = {
  minSucceededPercentage: inAfter,
  maxFailedPercentage: inAfter,
  minNumberOfExecutedThings: inAfter,
  soakMinutes: inAfter,
  approvers: 'belongs to the product, beside sources: move it there',
  hold: 'a hold must not need a deployment: remove it, and use ota hold',
  waves: 'there are no waves inside a channel: make a channel of each wave, and use after',
  whenAborted: 'a failed release shuts the gates behind it, and stops nothing that runs: remove it, and use ota withdraw',
  devicesRunAtLeast: 'the service does not know what a device runs: remove it, and choose devices by a group or query',
};

/** The same problem of the schema. If its member belongs elsewhere, or is one that channels.yml does not have, the message says what to do. */
export function wordsForMisplaced(problem: Problem): Problem {
  const { path, kind } = problem;
  const member = String(path.at(-1));
  const isHere = path[0] === 'products' && ((path.length === 5 && path[2] === 'channels') || (path.length === 3 && member === 'hold'));
  const words = kind === 'unknown' && isHere && Object.hasOwn(misplaced, member) ? misplaced[member] : undefined;
  return words === undefined ? problem : { ...problem, message: `unknown member: ${words}` };
}
