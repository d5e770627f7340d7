import { createHash } from 'node:crypto';
import type { Chance } from '../../random.ts';
import type { Clients } from '../../stage/compose.ts';
import { dynamoDb } from '../aws/dynamodb.ts';
import { eventBridge } from '../aws/eventbridge.ts';
import { isLive } from '../aws/fleet.ts';
import { iotCore } from '../aws/iot-core.ts';
import { jobEvents } from '../aws/job-events.ts';
import { managedIntegrations } from '../aws/managed-integrations.ts';
import { DOCUMENTS, s3 } from '../aws/s3.ts';
import { sqs } from '../aws/sqs.ts';
import { BUCKET } from '../configurations.ts';
import { calmMix, type FaultMix } from '../fault-mix.ts';
import { type Caller, clientOf, type SimulatedService } from '../transport.ts';
import { drained } from '../virtual-time.ts';
import { createWorld, type World } from '../world.ts';
import { aliases, DOCUMENT_KEY, type Outside, type Side, type Terms } from './side.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const ROUNDS_MAX = 10_000;

/**
 * The simulated services in a calm world, with the clients of the simulation's sandboxes. Every draw is pinned to a value
 * that a history could draw and that the embedded services use too, so that both are in the same state at every instant.
 * `onCall` gets every operation that a client sends.
 */
export function openSimulated(seed: number, terms: Terms, onCall: (operation: string) => void = () => {}): Side {
  const made = createWorld({ seed });
  made.calm(true);
  let failing = 0;
  const world: World = {
    ...made,
    chance: pinned(made.chance, pinsOf(terms)),
    deviates: (kind) => {
      if (kind !== 'create failed finally' || failing === 0) return false;
      failing -= 1;
      return true;
    },
  };
  // With long-lived tokens, tasks return their tags. The embedded service assumes a day. The other value is the shortest of any history.
  const mix: FaultMix = { ...calmMix, jobEvents: 0, tokenLife: terms.tagsInTask ? DAY : MINUTE };
  const stores = {
    dynamodb: dynamoDb(world, mix, () => {}),
    eventbridge: eventBridge(world, mix, () => {}),
    iot: iotCore(
      world,
      mix,
      jobEvents(world, mix, () => {}),
      () => {},
    ),
    managedIntegrations: managedIntegrations(world, mix, () => {}),
    s3: s3(),
    sqs: sqs(world, mix, () => {}),
  };
  stores.s3.put(DOCUMENTS, DOCUMENT_KEY, 'first', { body: Buffer.from('{}'), sha256Base64: undefined });
  const caller: Caller = {
    name: 'comparison',
    functionName: 'releases',
    skew: 0,
    alive: true,
    began: world.now(),
    chain: 0,
    kill: (why) => {
      throw new Error(`killed ${why} in a calm world`);
    },
  };
  const clientOfStore = (store: SimulatedService) => clientOf({ ...store, sent: onCall }, caller, mix, [], world);
  const clients = Object.fromEntries(Object.entries(stores).map(([name, store]) => [name, clientOfStore(store)]));

  return {
    name: 'simulated',
    clients: clients as unknown as Clients,
    outside: outsideOf(world, stores, () => {
      failing += 1;
    }),
    now: world.now,
    advance: (milliseconds) => world.run(world.now() + milliseconds),
    during: (work) => carryOut(world, caller, work),
    alias: aliases(),
    close: async () => {},
  };
}

/** The value of each named draw. */
function pinsOf({ pendingMilliseconds, devices, deviceMilliseconds, firstFails }: Terms): Readonly<Record<string, number>> {
  return {
    // The transport's time on the wire is not compared.
    latency: 0,
    // The largest page. Limits give pages of other sizes.
    page: 8,
    pending: pendingMilliseconds,
    'in progress': 3 * pendingMilliseconds,
    'job lasts': devices * deviceMilliseconds,
    devices,
    'devices fail': firstFails ? 1 : 0,
    'devices fail late': 0,
    deletion: 500,
    // A queue has no order. Here both sides deliver the oldest message first.
    ...Object.fromEntries(['releases', 'follow-ups', 'rejected', 'releases-dlq', 'follow-ups-dlq'].map((name) => [`order ${name}`, 0])),
  };
}

/** Pinned draws. Throws for a draw without a pin, and for a pin that no history could draw. */
function pinned(chance: Chance, pins: Readonly<Record<string, number>>): Chance {
  const at = (name: string): number => {
    const pin = pins[name];
    if (pin === undefined) throw new Error(`nothing is pinned for the draw of ${name}`);
    return pin;
  };
  const between = (name: string, low: number, high: number): number => {
    const pin = at(name);
    if (name !== 'latency' && (pin < low || pin > high)) throw new RangeError(`no history draws ${pin} for ${name}`);
    return pin;
  };
  return { ...chance, number: between, whole: between, is: (name) => at(name) === 1 };
}

/** Runs due events until the work is done. */
async function carryOut<T>(world: World, caller: Caller, work: () => Promise<T>): Promise<T> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  const result = new Promise<T>((resolve, reject) => {
    world.after(0, () => work().finally(settle).then(resolve, reject), caller);
  });
  // The caller reports it after all due events.
  result.catch(() => undefined);
  for (let round = 0; !settled; round += 1) {
    if (round === ROUNDS_MAX) throw new Error('the work waits for something that is not due');
    await world.run(world.now(), () => settled);
    await drained();
  }
  return result;
}

type Stores = {
  readonly dynamodb: ReturnType<typeof dynamoDb>;
  readonly eventbridge: ReturnType<typeof eventBridge>;
  readonly iot: ReturnType<typeof iotCore>;
  readonly s3: ReturnType<typeof s3>;
  readonly sqs: ReturnType<typeof sqs>;
};

function outsideOf(world: World, { dynamodb, eventbridge, iot, s3: objects, sqs: queues }: Stores, failNextCreation: () => void): Outside {
  const queueOf = (name: string) => {
    const queue = queues.queues.get(name);
    if (!queue) throw new Error(`no queue ${name}`);
    return queue;
  };
  let uploads = 0;
  return {
    items: async (table) => dynamodb.items(table),
    send: async (queue, body) => {
      queues.put(queue, body);
    },
    receive: async (queue, most) =>
      queues
        .take(queueOf(queue), most)
        .map(({ messageId, body, receives, sentAt, attributes }) => ({ id: messageId, body, receives, sentAt, attributes })),
    remove: async (queue, id) => queues.remove(queueOf(queue), id),
    redrive: async (queue) => queues.redrive(queueOf(queue)),
    waiting: async (queue) => {
      const messages = [...queueOf(queue).messages.values()];
      const visible = messages.filter(({ visibleAt }) => visibleAt <= world.now()).length;
      return { visible, hidden: messages.length - visible };
    },
    published: async () => eventbridge.published.map(({ detailType, detail }) => ({ detailType, detail })),
    upload: async (key, body, withSha256) => {
      uploads += 1;
      const sha256Base64 = withSha256 ? createHash('sha256').update(body).digest('base64') : undefined;
      objects.put(BUCKET, key, `s3-${uploads}`, { body, sha256Base64 });
      return `s3-${uploads}`;
    },
    taskConfigurationId: 'abc123',
    failNextCreation,
    changeJob: async (jobId) => {
      const job = iot.jobs.get(jobId);
      if (job && isLive(job, world.now())) job.isChanged = true;
    },
    deleteJob: async (jobId) => {
      const job = iot.jobs.get(jobId);
      // As people do it in histories.
      if (job) job.deletedAt = world.now();
    },
  };
}
