import type { Context } from 'aws-lambda';
import { type Lock, lock } from '../../../adapters/lock.ts';
import type { Chance } from '../../random.ts';
import { LOCK } from '../aws/dynamodb.ts';
import { asking, type Kinds, type Operation, type Side } from './side.ts';

const KEYS = ['fw-a.d1', 'fw-a.d2'];
const SANDBOXES = [0, 1];
const WORDS = ['dispatched', 'duplicate'] as const;
/** The time that a sandbox has left, in which its lock stays. */
const MILLISECONDS_LEFT = [1, 1_000, 60_000];

/** Work that holds a lock until a test ends it. */
type Held = { readonly end: (how: string) => void; readonly result: Promise<boolean> };
type Sandboxes = { readonly locks: readonly Lock[]; readonly held: Map<string, Held> };

/** Powertools as the service uses it, with work that ends at once, throws, or continues while others want the same lock. */
export function lockKinds(chance: Chance): Kinds {
  let holds = 0;
  const hold = () => {
    holds += 1;
    return holding(call(), `h${holds}`);
  };
  const call = () => ({
    sandbox: chance.pick('sandbox', SANDBOXES),
    key: chance.pick('key', KEYS),
    left: chance.pick('left', MILLISECONDS_LEFT),
  });
  return [
    [2, () => atOnce(call(), chance.pick('how', [...WORDS, 'throw']))],
    [2, hold],
    [2, () => ending(`h${chance.whole('which', 1, Math.max(1, holds))}`, chance.pick('how', [...WORDS, 'throw']))],
  ];
}

type Call = { readonly sandbox: number; readonly key: string; readonly left: number };
const textOf = ({ sandbox, key, left }: Call): string => `${key} by sandbox ${sandbox}, which has ${left} ms left`;

const known = new WeakMap<Side, Sandboxes>();

function sandboxesOf(side: Side): Sandboxes {
  let sandboxes = known.get(side);
  if (!sandboxes) {
    sandboxes = { locks: SANDBOXES.map(() => lock(side.clients.dynamodb, LOCK)), held: new Map() };
    known.set(side, sandboxes);
  }
  return sandboxes;
}

function once(side: Side, { sandbox, key, left }: Call, work: () => Promise<void>): Promise<boolean> {
  const locked = sandboxesOf(side).locks[sandbox];
  if (!locked) throw new RangeError(`no sandbox ${sandbox}`);
  locked.registerContext({ getRemainingTimeInMillis: () => left } as Context);
  return locked.once(key, work);
}

function atOnce(call: Call, how: string): Operation {
  return asking(`once ${textOf(call)}: ${how}`, (_, side) => once(side, call, async () => end(how)));
}

function holding(call: Call, name: string): Operation {
  return asking(`${name} begins, once ${textOf(call)}`, (_, side) => {
    const begun = Promise.withResolvers<boolean>();
    const work = Promise.withResolvers<string>();
    const result = once(side, call, () => {
      begun.resolve(true);
      sandboxesOf(side).held.set(name, { end: (how) => work.resolve(how), result });
      return work.promise.then(end);
    });
    // The operation that ends it reads its result.
    result.catch(() => undefined);
    return Promise.race([begun.promise, result]);
  });
}

function ending(name: string, how: string): Operation {
  return asking(`${name} ends: ${how}`, async (_, side) => {
    const { held } = sandboxesOf(side);
    const one = held.get(name);
    held.delete(name);
    one?.end(how);
    return one?.result;
  });
}

function end(how: string): void {
  if (how === 'throw') throw new RangeError('the work failed');
}
