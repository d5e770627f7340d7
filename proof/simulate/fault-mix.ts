import { type Chance, chanceOf } from '../random.ts';

/** How often each fault happens in one history. Each seed draws its own mix, so some histories are calm and some are wild (swarm testing). */
export type FaultMix = {
  readonly crashBefore: number;
  readonly crashAfter: number;
  readonly error: number;
  readonly lostReply: number;
  readonly lateEffect: number;
  readonly slow: number;
  /** A BatchGetItem whose keys are read seconds apart. */
  readonly tornRead: number;
  readonly hang: number;
  /** A transaction of somebody else holds the item. */
  readonly conflict: number;
  readonly throttle: number;
  readonly refuse: number;
  readonly deny: number;
  readonly unprocessed: number;
  readonly partial: number;
  readonly redelivery: number;
  readonly lostDelete: number;
  readonly lostMessage: number;
  readonly lostSweep: number;
  readonly doubledSweep: number;
  readonly lockLost: number;
  readonly createFailed: number;
  readonly createFailedFinally: number;
  readonly jobLeftBehind: number;
  readonly readLag: number;
  readonly listLag: number;
  readonly lateCancel: number;
  readonly lostEvent: number;
  readonly lateEvent: number;
  readonly doubledEvent: number;
  readonly foreign: number;
  /** The most milliseconds by which an index, a cancel or a list may lag. */
  readonly indexLag: number;
  readonly tokenLife: number;
  readonly outages: number;
  readonly skew: number;
  readonly sandboxes: number;
  readonly stormMinutes: number;
  readonly timesOfEachAction: number;
  /** 1 if people approve, hold and resume, and channels have gates. 0 if not. */
  readonly steering: number;
  /** 1 if releases may go to channels of IoT Jobs. 0 if not. */
  readonly jobs: number;
  /** 1 if the account has switched job events on. 0 if not. */
  readonly jobEvents: number;
  /** 1 if AWS accepts a CreateJob that is identical to the one before. 0 if it does not. */
  readonly identicalCreate: number;
};

const MINUTE = 60_000;

export function mixOf(seed: number): FaultMix {
  const chance: Chance = chanceOf(seed ^ 0x5eed);
  const share = (name: string, most: number) => (chance.is(`with ${name}`, 0.5) ? chance.number(name, 0, most) ** 1 : 0);
  return {
    crashBefore: share('crashBefore', 0.03),
    crashAfter: share('crashAfter', 0.03),
    error: share('error', 0.1),
    lostReply: share('lostReply', 0.1),
    lateEffect: share('lateEffect', 0.08),
    slow: share('slow', 0.1),
    tornRead: share('tornRead', 0.1),
    hang: share('hang', 0.015),
    conflict: share('conflict', 0.1),
    throttle: share('throttle', 0.15),
    refuse: share('refuse', 0.1),
    deny: share('deny', 0.05),
    unprocessed: share('unprocessed', 0.1),
    partial: share('partial', 0.25),
    redelivery: share('redelivery', 0.15),
    lostDelete: share('lostDelete', 0.1),
    lostMessage: share('lostMessage', 0.3),
    lostSweep: share('lostSweep', 0.4),
    doubledSweep: share('doubledSweep', 0.2),
    lockLost: share('lockLost', 0.3),
    createFailed: share('createFailed', 0.6),
    createFailedFinally: share('createFailedFinally', 0.15),
    jobLeftBehind: share('jobLeftBehind', 0.5),
    readLag: share('readLag', 0.4),
    listLag: share('listLag', 0.6),
    lateCancel: share('lateCancel', 0.8),
    lostEvent: share('lostEvent', 0.6),
    lateEvent: share('lateEvent', 0.5),
    doubledEvent: share('doubledEvent', 0.5),
    foreign: share('foreign', 0.1),
    indexLag: chance.pick('indexLag', [1_000, 30_000, 120_000]),
    tokenLife: chance.pick('tokenLife', [1 * MINUTE, 5 * MINUTE, 60 * MINUTE, 480 * MINUTE]),
    outages: chance.whole('outages', 0, 3),
    skew: chance.pick('skew', [0, 500, 2_000]),
    sandboxes: chance.whole('sandboxes', 2, 4),
    stormMinutes: chance.whole('stormMinutes', 20, 120),
    timesOfEachAction: chance.whole('actions', 1, 3),
    steering: chance.is('steering', 0.6) ? 1 : 0,
    jobs: chance.is('jobs', 0.6) ? 1 : 0,
    jobEvents: chance.is('job events', 0.7) ? 1 : 0,
    identicalCreate: chance.is('identical create', 0.5) ? 1 : 0,
  };
}

/** A mix without faults, for scenarios that place each deviation by hand. */
export const calmMix: FaultMix = {
  ...(Object.fromEntries(Object.keys(mixOf(0)).map((name) => [name, 0])) as FaultMix),
  indexLag: 1_000,
  tokenLife: MINUTE,
  sandboxes: 2,
  stormMinutes: 30,
  timesOfEachAction: 1,
  jobEvents: 1,
};
