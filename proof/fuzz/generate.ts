import { type Random, randomOf } from '../random.ts';
import { followUps } from './hostile/follow-ups.ts';
import { hostileSubjects } from './hostile-bodies.ts';
import { type EventKind, eventKinds, kindOf, type NO_EVENT } from './kinds.ts';
import { byteMutators } from './mutate/bytes.ts';
import { gentle } from './mutate/gentle.ts';
import { rough } from './mutate/rough.ts';
import type { Json, Root } from './mutate/slots.ts';
import { textMutators } from './mutate/text.ts';
import { type Queue, queueFor, queues } from './queue.ts';

/** A body and how it was made. If it is not text, `bytes` has what a file would have, and `body` what SQS would deliver. */
export type FuzzInput = {
  readonly body: string;
  readonly bytes?: Uint8Array;
  /** The queue that it comes from. */
  readonly queue: Queue;
  /** The event from which it was made. */
  readonly kind: EventKind | typeof NO_EVENT;
  /** The body made by hand from which it was made, and the mutators that changed it, in order. */
  readonly base: string;
  readonly mutators: readonly string[];
};

type Base = Pick<FuzzInput, 'queue' | 'kind'> & { readonly name: string; readonly text: string; readonly tree?: Json };

/** Larger bodies made by hand are tried unchanged. To change one takes the time of hundreds of others. */
const LARGEST_BASE = 8 * 1024;
/** The most that a queue accepts. A small share of the inputs is filled up to it. */
const BODY_BYTES = 256 * 1024;
const PADDED_SHARE = 1 / 4000;
const PADDED = 'blanks up to the limit';
/**
 * A longer body is cut to this many characters, or bytes. As text it has at most three times as many bytes, so the queue
 * of refused messages still accepts it with its reason.
 */
export const LARGEST_BODY = 300_000;

const FOLLOW_UPS = 'follow-ups';
const baseOf = (subject: string, what: string, body: string | Uint8Array): Base[] => {
  if (typeof body !== 'string' || body.length > LARGEST_BASE) return [];
  const queue = subject === FOLLOW_UPS ? FOLLOW_UPS : queueFor(body);
  return [{ name: `${subject}: ${what}`, text: body, queue, kind: kindOf(body, queue), ...treeOf(body) }];
};
const messages = Object.entries(hostileSubjects).flatMap(([subject, bodies]) =>
  bodies.flatMap(([what, body]) => baseOf(subject, what, body)),
);
const bases: readonly Base[] = [...messages, ...followUps.flatMap(([what, body]) => baseOf(FOLLOW_UPS, what, body))];
const trees = bases.filter((base) => base.tree !== undefined);
const accepted = new Set([
  ...Object.entries(hostileSubjects).flatMap(([subject, bodies]) =>
    bodies.flatMap(([what, , code, final]) => (code === null && final === undefined ? [`${subject}: ${what}`] : [])),
  ),
  ...followUps.flatMap(([what, , outcome]) => (outcome === 'looked' ? [`${FOLLOW_UPS}: ${what}`] : [])),
]);
const good = trees.filter(({ name }) => accepted.has(name));
const goodOf = new Map(eventKinds.map((kind) => [kind, good.filter((base) => base.kind === kind)]));

/** The share of inputs made from an accepted event of a kind that is drawn first. Most bodies made by hand are releases. */
const EACH_KIND_SHARE = 0.3;
/** The share of inputs that come from a queue into which no rule would put them. */
const WRONG_QUEUE_SHARE = 0.02;
/** Of the other inputs, the share made from an accepted body, and the shares of changes to text and to bytes. Other changes are to the tree. */
const GOOD_SHARE = 0.8;
const TEXT_SHARE = 0.18;
const BYTE_SHARE = 0.06;
/** The share of tree changes that know what a release is. */
const GENTLE_SHARE = 0.5;
/** The share of changes after which another one follows, up to a limit. */
const NEXT_SHARE = 0.5;
const CHANGES_MAX = 8;

const kinds = {
  gentle: Object.entries(gentle),
  rough: Object.entries(rough),
  text: Object.entries(textMutators),
  bytes: Object.entries(byteMutators),
};

/** The names of all mutators. */
export const mutatorNames: readonly string[] = [...Object.values(kinds).flatMap((mutators) => mutators.map(([name]) => name)), PADDED];

/** The input with this number, which is always the same for the same seed. */
export function inputOf(seed: number, index: number): FuzzInput {
  const random = randomOf(seed, `input ${index}`);
  const { name: base, text, tree, kind, queue: own } = baseFor(random);
  const queue = random.is(WRONG_QUEUE_SHARE) ? random.pick(queues) : own;
  const mutators: string[] = [];
  const change = changeOf(random.unit());
  let body = text;
  if (tree !== undefined && (change === 'tree' || random.is(0.5))) body = changedTree(body, random, mutators);
  if (change === 'text' || (change === 'tree' && tree === undefined)) body = changed(body, kinds.text, random, mutators);
  if (random.is(PADDED_SHARE)) {
    body = body.padEnd(BODY_BYTES + random.pick([-1, 0, 1, 1000]) - (Buffer.byteLength(body) - body.length));
    mutators.push(PADDED);
  }
  body = body.slice(0, LARGEST_BODY);
  if (change !== 'bytes') return { body, queue, kind, base, mutators };
  const bytes = changed(Buffer.from(body), kinds.bytes, random, mutators).subarray(0, LARGEST_BODY);
  return { body: bytes.toString('utf8'), bytes, queue, kind, base, mutators };
}

function baseFor(random: Random): Base {
  if (random.is(EACH_KIND_SHARE)) return random.pick(goodOf.get(random.pick(eventKinds)) ?? []);
  return random.is(GOOD_SHARE) ? random.pick(good) : random.pick(bases);
}

function changeOf(unit: number): 'text' | 'bytes' | 'tree' {
  return unit < TEXT_SHARE ? 'text' : unit < TEXT_SHARE + BYTE_SHARE ? 'bytes' : 'tree';
}

/** Applies one mutator, and rarely one or two more. */
function changed<T>(value: T, from: readonly [string, (value: T, random: Random) => T][], random: Random, mutators: string[]): T {
  let now = value;
  for (let changes = 0; changes === 0 || (changes < 3 && random.is(0.3)); changes += 1) {
    const [name, mutate] = random.pick(from);
    now = mutate(now, random);
    mutators.push(name);
  }
  return now;
}

function changedTree(text: string, random: Random, mutators: string[]): string {
  const root: Root = { tree: JSON.parse(text) };
  const other = () => random.pick(trees).tree;
  for (let changes = 0; changes === 0 || (changes < CHANGES_MAX && random.is(NEXT_SHARE)); changes += 1) {
    const [name, mutate] = random.pick(random.is(GENTLE_SHARE) ? kinds.gentle : kinds.rough);
    if (mutate(root, { random, other })) mutators.push(name);
  }
  const written = JSON.stringify(root.tree) ?? 'null';
  return written.includes('"@number ') ? written.replace(/"@number ([^@"]*)@"/g, '$1') : written;
}

function treeOf(text: string): { readonly tree: Json } | undefined {
  try {
    return { tree: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
