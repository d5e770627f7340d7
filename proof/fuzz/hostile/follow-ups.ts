import { rollouts } from '../configuration.ts';
import type { FollowUpExpectation } from '../model/follow-up.ts';
import { change, ok, SECRET } from './bodies.ts';

/** A body that may be in the queue of follow-ups, and what becomes of it. */
export type HostileFollowUp = readonly [what: string, body: string, outcome: FollowUpExpectation['outcome']];

const [beta, fleet, , gated, asked] = rollouts;
const good = { formatVersion: 1, product: 'thermostat', version: '1.0.0', revision: 1, channel: 'beta', followUpNumber: 1, invocation: 1 };
const followUp = (members: Readonly<Record<string, unknown>> = {}) => JSON.stringify({ ...good, ...members });
const wake = (members: Readonly<Record<string, unknown>> = {}) => followUp({ followUpNumber: '*', ...members });
const jobEvent = (jobId: unknown, members: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({ jobId, operation: 'completed', ...members });
const job = `${beta.rolloutId}-1`;

/** Bodies made by hand for the queue of follow-ups: of the service itself, of AWS IoT, and what somebody else might put there. */
export const followUps: readonly HostileFollowUp[] = [
  ...rollouts.flatMap(({ version, channel, followUpNumber, rolloutId, hasNothingToDo }): HostileFollowUp[] => {
    const outcome = hasNothingToDo ? 'left' : 'looked';
    const of = `${version} on ${channel}`;
    return [
      [`the follow-up of ${of}`, followUp({ version, channel, followUpNumber }), outcome],
      [`a wake of ${of}`, wake({ version, channel }), outcome],
      [`a job event of ${of}`, jobEvent(`${rolloutId}-1`), outcome],
      [`a job event of the OTA update of ${of}`, jobEvent(`AFR_OTA-${rolloutId}-1`), outcome],
    ];
  }),
  ['an old follow-up', followUp({ followUpNumber: 0 }), 'left'],
  ['a follow-up to come', followUp({ followUpNumber: Number.MAX_SAFE_INTEGER }), 'left'],
  ['a follow-up with a number below zero', followUp({ followUpNumber: -1 }), 'left'],
  ['the follow-up of another build', followUp({ version: '1.0.0+neverlog' }), 'looked'],
  ['the end of a chain', wake({ invocation: 15 }), 'looked'],
  ['a chain longer than any', wake({ invocation: Number.MAX_SAFE_INTEGER }), 'looked'],
  ['a number that only looks like a fraction', followUp().replace('"followUpNumber":1', '"followUpNumber":1.0'), 'looked'],
  ['a member twice, of which the last counts', followUp().replace('{', '{"followUpNumber":"neverlog",'), 'looked'],
  ['blanks around it', ` \n${followUp()}\t`, 'looked'],
  ['of a product that is unknown', wake({ product: 'toaster' }), 'left'],
  ['of a product that every object has', wake({ product: 'constructor' }), 'left'],
  ['of nothing', wake({ product: '', version: '', channel: '' }), 'left'],
  ['of a release that never came', wake({ version: '7.0.0' }), 'left'],
  ['of a release that was only withdrawn', wake({ version: '1.1.0' }), 'left'],
  ['of another revision', wake({ revision: 2 }), 'left'],
  ['of a revision below zero', wake({ revision: -1 }), 'left'],
  ['of a channel that the release does not name', wake({ channel: 'asked' }), 'left'],
  ['with the separator of a key', wake({ product: 'thermostat#1.0.0', version: '' }), 'left'],
  ['with a channel as long as a key may be', wake({ channel: 'x'.repeat(1024 - 'ROLLOUT#1#'.length) }), 'left'],
  ['with a channel longer than a key may be', wake({ channel: 'x'.repeat(1025 - 'ROLLOUT#1#'.length) }), 'failed'],
  ['with a product longer than a key may be', wake({ product: 'é'.repeat(1024) }), 'failed'],
  ['without an invocation', followUp({ invocation: undefined }), 'failed'],
  ['with invocation 0', followUp({ invocation: 0 }), 'failed'],
  ['with half an invocation', followUp({ invocation: 1.5 }), 'failed'],
  ['with a number as text', followUp({ followUpNumber: '1' }), 'failed'],
  ['with a number out of range', followUp().replace('"followUpNumber":1', '"followUpNumber":1e400'), 'failed'],
  ['with a revision beyond a safe one', followUp({ revision: 2 ** 53 }), 'failed'],
  ['with a list of channels', followUp({ channel: ['beta'] }), 'failed'],
  ['with null for a product', followUp({ product: null }), 'failed'],
  ['with one more member', followUp({ [SECRET]: 1 }), 'failed'],
  ['with __proto__ as one more member', followUp().replace('{', '{"__proto__":{"neverlog":1},'), 'failed'],
  ['with __proto__ for a member', followUp().replace('"channel"', '"__proto__"'), 'failed'],
  ['without a format', followUp({ formatVersion: undefined }), 'failed'],
  ['of a newer format', followUp({ formatVersion: 2 }), 'failed'],
  ['of an unknown format', followUp({ formatVersion: -1 }), 'failed'],
  ['with a format as text', followUp({ formatVersion: '1' }), 'failed'],
  ['in a list', `[${followUp()}]`, 'failed'],
  ['as a text', JSON.stringify(followUp()), 'failed'],
  ['a list of seven', '[1,"thermostat","1.0.0",1,"beta",1,1]', 'failed'],
  ['cut off', followUp().slice(0, -1), 'failed'],
  ['with a byte order mark', `\ufeff${followUp()}`, 'failed'],
  ['twice', followUp() + followUp(), 'failed'],
  ['a word', SECRET, 'failed'],
  ['null', 'null', 'failed'],
  ['an object without members', '{}', 'failed'],
  ['nested deeper than any', '['.repeat(5_000) + ']'.repeat(5_000), 'failed'],
  ['a release', ok, 'failed'],
  ['a release in place of a member', followUp({ channel: JSON.parse(change([SECRET], 1)) }), 'failed'],
  ['a job event at the second attempt', jobEvent(`AFR_OTA-${beta.rolloutId}-2`), 'looked'],
  ['a job event at the largest attempt', jobEvent(`${fleet.rolloutId}-99`), 'looked'],
  ['a job event with members that nobody asked for', jobEvent(job, { neverlog: { a: [1e308] }, __proto__: null }), 'looked'],
  ['a job event that is also a follow-up', JSON.stringify({ ...good, jobId: job }), 'looked'],
  ['a job event nested deep', jobEvent(job, { a: 0 }).replace(':0', `:${'['.repeat(5_000)}${']'.repeat(5_000)}`), 'looked'],
  ['a job event with two ids, of which the last counts', jobEvent(job).replace('{', '{"jobId":"neverlog",'), 'looked'],
  ['a job event of a rollout that waits', jobEvent(`${gated.rolloutId}-1`), 'looked'],
  ['a job event of a rollout with nothing to do', jobEvent(`${asked.rolloutId}-1`), 'left'],
  ['a job event of the hundredth attempt', jobEvent(`${beta.rolloutId}-100`), 'left'],
  ['a job event without an attempt', jobEvent(beta.rolloutId), 'left'],
  ['a job event with a line break after the id', jobEvent(`${job}\n`), 'left'],
  ['a job event in capitals', jobEvent(job.toUpperCase()), 'left'],
  ['a job event of nobody', jobEvent('fw-of-nobody-1'), 'left'],
  ['a job event of another service', jobEvent('a job of others'), 'left'],
  ['a job event with a key longer than DynamoDB takes', jobEvent(`fw-${'a'.repeat(5_000)}-1`), 'left'],
  ['a job event with a number for an id', jobEvent(1e21), 'left'],
  ['a job event with null for an id', jobEvent(null), 'left'],
  ['a job event with an object for an id', jobEvent({ toString: 'neverlog' }), 'left'],
  ['a job event with an empty id', jobEvent(''), 'left'],
  ['a job event in a list', `[${jobEvent(job)}]`, 'failed'],
  ['a job event cut off', jobEvent(job).slice(0, -1), 'failed'],
];
