import { createHash } from 'node:crypto';
import { controlPlanes, type Operation } from '../../domain/request/control-planes.ts';
import { attemptId, rolloutIdOf } from '../../domain/request/identity.ts';
import { chanceOf } from '../random.ts';
import type { Action } from './action.ts';
import { dynamoDb, LOCK } from './aws/dynamodb.ts';
import { eventBridge } from './aws/eventbridge.ts';
import type { Item } from './aws/expressions.ts';
import { isLive } from './aws/fleet.ts';
import { iotCore } from './aws/iot-core.ts';
import { jobEvents } from './aws/job-events.ts';
import { managedIntegrations } from './aws/managed-integrations.ts';
import { s3 } from './aws/s3.ts';
import { FOLLOW_UPS, REJECTED, RELEASES, STEERING, sqs } from './aws/sqs.ts';
import { keyOf } from './aws/tables.ts';
import { APPROVERS, BUCKET, isOfJobs, others, PRODUCT, usual } from './configurations.ts';
import { type FaultMix, mixOf } from './fault-mix.ts';
import { findUnsettled, judgeEnd } from './judge-end.ts';
import { lambda, type Sandbox } from './lambda.ts';
import type { Meaning } from './meaning.ts';
import { type Messages, messages } from './messages.ts';
import { type Monitor, monitor, type Violation } from './monitor.ts';
import { detailOf, envelopeOf, fileOf, type ReleaseSpec, SECRET } from './releases.ts';
import type { Caller, Input, Outage, SimulatedService } from './transport.ts';
import { workloadOf } from './workload.ts';
import { createWorld, type Deviation, EPOCH, type World } from './world.ts';

export type HistoryOptions = {
  readonly seed: number;
  /** Instead of the actions of the seed. */
  readonly actions?: readonly Action[];
  /** Instead of the deviations of the seed: exactly these. */
  readonly only?: ReadonlySet<string>;
  /** Instead of the outages of the seed. */
  readonly outages?: readonly Outage[];
  /** Replaces parts of the mix of the seed. */
  readonly mix?: Partial<FaultMix>;
  readonly trace?: boolean;
  readonly onPossible?: (key: string) => void;
};

export type History = {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly story: readonly string[];
  readonly deviations: readonly Deviation[];
  readonly coverage: World['coverage'];
  readonly actions: readonly Action[];
  readonly outages: readonly Outage[];
  readonly rollouts: number;
  readonly invocations: number;
  /** Messages that moved to a dead-letter queue. */
  readonly givenUp: number;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Runs one history: storm, calm, redrive, drain. Returns what it broke, and what replays it. */
export async function runHistory(options: HistoryOptions): Promise<History> {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  try {
    const history = await run(options);
    const violations = unhandled.map((reason) => ({ rule: 'unhandled', what: `unhandled rejection: ${String(reason)}`, at: 0 }));
    return { ...history, violations: [...history.violations, ...violations] };
  } finally {
    process.off('unhandledRejection', onUnhandled);
  }
}

async function run(options: HistoryOptions): Promise<History> {
  const { seed } = options;
  const mix: FaultMix = { ...mixOf(seed), ...options.mix };
  const actions = options.actions ?? workloadOf(seed, mix);
  const outages = options.outages ?? outagesOf(seed, mix);
  const chance = chanceOf(seed ^ 0x0dd);
  let watch: Monitor | undefined;
  const world = createWorld({
    seed,
    ...(options.only && { only: options.only }),
    trace: options.trace ?? false,
    ...(options.onPossible && { onPossible: options.onPossible }),
    onOutput: (text) => {
      if (text.includes(SECRET)) watch?.violate('logs', `a body is logged: ${text.slice(0, 200)}`);
    },
  });
  const store = s3();
  watch = monitor(world, store.has);
  const parts = assemble(world, mix, outages, store, watch);
  const { queues, functions, published, talk, table } = parts;

  for (const action of actions) world.after(action.at, () => act(action, world, parts, mix));
  forgetLocks(world, mix, table);
  functions.start();
  const storm = EPOCH + mix.stormMinutes * MINUTE;
  await world.run(storm);

  world.calm(true);
  world.log('the storm is over');
  functions.deploy(usual);
  const isFinished = mix.steering > 0 && chance.is('people finish', 0.7);
  const finish = () => (isFinished ? finishSteering(world, parts, watch, mix) : undefined);
  finish();
  // An older rollout whose wake was lost looks settled until the next sweep.
  const sweptAt = world.now() + 12 * MINUTE;
  const isSettled = () => world.now() >= sweptAt && findUnsettled(watch, queues, world.now()).length === 0;
  await settle(world, isSettled, 3 * HOUR);
  for (let round = 0; round < 4; round += 1) {
    const waiting = [RELEASES, STEERING, FOLLOW_UPS].some((name) => (queues.queues.get(name)?.deadLetters?.messages.size ?? 0) > 0);
    const nowValid = round === 0 ? nowValidBodies(talk, queues.queues.get(REJECTED)?.messages.values() ?? []) : [];
    if (!waiting && nowValid.length === 0) break;
    if (chance.is('days later', 0.2)) await daysLater(world, functions.sweeping);
    for (const name of [RELEASES, STEERING, FOLLOW_UPS]) {
      const queue = queues.queues.get(name);
      if (queue) world.log(`${queues.redrive(queue)} messages of the dead-letter queue of ${name} are redriven`);
    }
    for (const body of nowValid) queues.put(queueOf(talk.meanings.get(body), mix), body);
    await settle(world, isSettled, 3 * HOUR);
    finish();
  }
  await settle(world, isSettled, 12 * HOUR);
  for (const { rule, what } of judgeEnd(watch, talk, queues, published, world.now())) watch.violate(rule, what);
  return {
    seed,
    violations: watch.violations,
    story: world.story,
    deviations: world.deviations,
    coverage: world.coverage,
    actions,
    outages,
    rollouts: watch.rollouts.size,
    invocations: functions.invocations(),
    givenUp: queues.givenUp(),
  };
}

/** Runs until everything is settled, which is checked every half minute of simulated time. */
async function settle(world: World, isSettled: () => boolean, most: number): Promise<void> {
  const end = world.now() + most;
  while (world.now() < end && !isSettled()) await world.run(Math.min(end, world.now() + 30_000));
}

async function daysLater(world: World, sweeping: (on: boolean) => void): Promise<void> {
  sweeping(false);
  await world.run(world.now() + 72 * HOUR);
  sweeping(true);
}

/** Messages that an earlier channels.yml refused, and that must be accepted now. */
function nowValidBodies(
  talk: Messages,
  rejected: Iterable<{ readonly body: string; readonly attributes: Readonly<Record<string, string>> }>,
): string[] {
  const bodies = new Set<string>();
  for (const { body, attributes } of rejected) {
    const isMended = ['UNKNOWN_CHANNEL', 'BUCKET_NOT_ALLOWED'].includes(attributes['code'] ?? '');
    if (isMended && talk.meanings.get(body)?.kind !== 'nonsense') bodies.add(body);
  }
  return [...bodies];
}

type Parts = ReturnType<typeof assemble>;

function assemble(world: World, mix: FaultMix, outages: readonly Outage[], store: ReturnType<typeof s3>, watch: Monitor) {
  const talk = messages(world, watch, (text) => createHash('sha256').update(text, 'utf8').digest('hex'));
  const table = dynamoDb(world, mix, watch.onWrite);
  const queues = sqs(world, mix, (queue, message, caller) => talk.onQueued(queue, message, caller as Sandbox | undefined));
  const bus = eventBridge(world, mix, talk.onEvent);
  const events = jobEvents(world, mix, (body) => void queues.put(FOLLOW_UPS, body));
  const core = iotCore(world, mix, events, watch.onJob);
  const iot = watched(core, watch, (jobId) => core.jobs.get(jobId)?.rolloutId === 'foreign');
  const mi = watched(managedIntegrations(world, mix, watch.onJob), watch);
  const dynamodb: SimulatedService = {
    ...table,
    answered: (operation, input, error, caller) => {
      if (error !== undefined && (error as Error).name !== 'ConditionalCheckFailedException') watch.onFailed(caller);
      if (operation !== 'PutItem') return;
      const { rolloutId, itemRevision } = input['Item'] as Item;
      watch.onWriteAnswered(rolloutId?.S, Number(itemRevision?.N), caller, error);
      if (error !== undefined) watch.onWriteFailed(caller);
    },
  };
  const services = { dynamodb, eventbridge: bus, iot, managedIntegrations: mi, s3: store, sqs: queues };
  const functions = lambda({
    world,
    mix,
    services,
    sqs: queues,
    outages,
    onSaid: talk.onSaid,
    onAcknowledged: talk.onAcknowledged,
    onLoop: (functionName) => watch.violate('loop', `Lambda stops a chain of messages to ${functionName}`),
    configuration: usual,
  });
  return { world, talk, table, queues, published: bus.published, iot, mi, store, functions, events };
}

/** Reports each create to the monitor when it leaves and when its sender gets the answer. */
function watched<T extends SimulatedService>(service: T, watch: Monitor, isForeign: (jobId: string) => boolean = () => false): T {
  const idOfCreate = (operation: string, input: Input): string | undefined =>
    Object.hasOwn(controlPlanes, operation) ? String(input[controlPlanes[operation as Operation].idMember]) : undefined;
  return {
    ...service,
    sent: (operation: string, input: Input, caller: Sandbox) => {
      const id = idOfCreate(operation, input);
      if (operation === 'CancelJob' && isForeign(String(input['jobId'])))
        watch.violate('6 allowed', `cancels ${String(input['jobId'])} of somebody else`);
      if (id !== undefined) watch.onSent(service.name as 'iot' | 'mi', id, input, caller);
    },
    answered: (operation: string, input: Input, error: unknown, caller: Caller) => {
      const id = idOfCreate(operation, input);
      if (id !== undefined) watch.onAnswered(id, caller, error);
    },
  };
}

/** Steering events have a queue of their own. What waited in the queue of releases when that was deployed still comes from there. */
function queueOf(meaning: Meaning | undefined, mix: FaultMix): string {
  return mix.steering > 0 && meaning !== undefined && meaning.kind !== 'release' && meaning.kind !== 'nonsense' ? STEERING : RELEASES;
}

/** Both approvers approve what waits, and every hold is ended. */
function finishSteering(world: World, parts: Parts, watch: Monitor, mix: FaultMix): void {
  const resume = (holdId: string) => act({ at: 0, do: 'resume', holdId, source: APPROVERS[0] }, world, parts, mix);
  for (const holdId of watch.gates.activeIds()) resume(holdId);
  for (const { row } of watch.rollouts.values()) {
    if (row.state !== 'WAITING' || !row.gate?.approval) continue;
    const { version, revision, channel, releaseDigest } = row;
    const approval = { version, revision, channels: [channel], releaseDigest };
    for (const source of APPROVERS) act({ at: 0, do: 'approve', approval, source }, world, parts, mix);
  }
}

function act(action: Action, world: World, { talk, queues, functions, iot, mi, store, events }: Parts, mix: FaultMix) {
  switch (action.do) {
    case 'publish':
      return publish(action.release, world, talk, queues, store);
    case 'withdraw': {
      const body = envelopeOf('Firmware Release Withdrawn', { product: PRODUCT, comment: SECRET, ...action.withdrawal }, idOf(world));
      talk.onPublished(body, { kind: 'withdrawal', withdrawal: action.withdrawal });
      const queue = queueOf({ kind: 'withdrawal', withdrawal: action.withdrawal }, mix);
      world.log(`somebody withdraws ${JSON.stringify(action.withdrawal)} with ${queues.put(queue, body)}`);
      return;
    }
    case 'approve': {
      const { approval, source, event } = action;
      const body = envelopeOf('Firmware Release Approved', { product: PRODUCT, ...approval }, event ?? idOf(world), source);
      talk.onPublished(body, { kind: 'approval', approval, source });
      world.log(`${source} approves ${JSON.stringify(approval)} with ${queues.put(STEERING, body)}`);
      return;
    }
    case 'hold': {
      const { hold, source, event } = action;
      const body = envelopeOf('Firmware Channel Held', { product: PRODUCT, ...hold }, event ?? idOf(world), source);
      talk.onPublished(body, { kind: 'hold', hold });
      world.log(`${source} holds ${JSON.stringify(hold)} with ${queues.put(STEERING, body)}`);
      return;
    }
    case 'resume': {
      const { holdId, source } = action;
      const body = envelopeOf('Firmware Channel Resumed', { product: PRODUCT, holdId }, idOf(world), source);
      talk.onPublished(body, { kind: 'resume', holdId });
      world.log(`${source} resumes ${holdId} with ${queues.put(STEERING, body)}`);
      return;
    }
    case 'nonsense':
      talk.onPublished(action.body, { kind: 'nonsense' });
      world.log(`somebody sends nonsense with ${queues.put(RELEASES, action.body)}`);
      return;
    case 'deploy':
      return functions.deploy(action.configuration === 'usual' ? usual : (others[action.configuration] ?? usual));
    case 'meddle': {
      const jobs = [...iot.jobs.values(), ...mi.jobs.values()].filter((job) => isLive(job, world.now()));
      const job = jobs[action.which % Math.max(1, jobs.length)];
      if (!job) return;
      world.log(`somebody meddles with ${job.id}: ${action.how}`);
      if (action.how === 'change') {
        job.isChanged = true;
        return;
      }
      if (action.how === 'delete') job.deletedAt = world.now();
      else job.canceledAt = world.now();
      if (job.service === 'iot') events.announce(job, action.how === 'delete' ? 'deleted' : 'canceled');
      if (action.how === 'abort') job.comment ??= 'Aborted by criteria';
      return;
    }
    case 'foreign': {
      const rolloutId = rolloutIdOf({ ...action.release, product: PRODUCT, channel: action.channel }, 'sim');
      const what = isOfJobs(action.channel) ? 'job' : 'update';
      world.log(`somebody else has made the ${what} ${attemptId(rolloutId, 1)}`);
      return iot.foreign(attemptId(rolloutId, 1), what);
    }
    case 'forge': {
      const jobs = [...iot.jobs.keys(), 'fw-nobody-00000000000000000000000000000000-1'];
      const jobId = jobs[action.which % jobs.length] ?? '';
      world.log(`somebody forges an event of ${jobId} with ${queues.put(FOLLOW_UPS, JSON.stringify({ jobId, operation: 'completed' }))}`);
      return;
    }
    case 'redrive':
      for (const queue of [RELEASES, STEERING, FOLLOW_UPS].flatMap((name) => queues.queues.get(name) ?? [])) queues.redrive(queue);
  }
}

function publish(release: ReleaseSpec, world: World, talk: Messages, queues: Parts['queues'], store: Parts['store']): void {
  const file = fileOf(release);
  const hasChecksum = release.version.length % 2 === 0;
  store.put(BUCKET, file.key, file.version, {
    body: file.body,
    sha256Base64: hasChecksum ? Buffer.from(file.sha256, 'hex').toString('base64') : undefined,
  });
  const body = envelopeOf('Firmware Release Published', detailOf(release), idOf(world));
  talk.onPublished(body, { kind: 'release', release });
  world.log(`somebody publishes ${JSON.stringify(release)} with ${queues.put(RELEASES, body)}`);
}

function idOf(world: World): string {
  return `00000000-0000-4000-8000-${String(Math.floor(world.chance.number('event id', 0, 1e12))).padStart(12, '0')}`;
}

/** Locks vanish, as after an early TTL or a restored table. */
function forgetLocks(world: World, mix: FaultMix, table: Parts['table']): void {
  world.after(3 * MINUTE, () => {
    if (world.isCalm()) return;
    for (const item of table.items(LOCK)) if (world.deviates('lock lost', 'dynamodb', mix.lockLost)) table.remove(LOCK, keyOf(item));
    forgetLocks(world, mix, table);
  });
}

function outagesOf(seed: number, mix: FaultMix): Outage[] {
  const chance = chanceOf(seed ^ 0x0417);
  const outages: Outage[] = [];
  for (let count = 0; count < mix.outages; count += 1) {
    const from = EPOCH + chance.number('from', 0, mix.stormMinutes * MINUTE);
    outages.push({
      service: chance.pick('service', ['dynamodb', 'eventbridge', 'iot', 'mi', 's3', 'sqs']),
      from,
      to: from + chance.number('length', 30_000, 20 * MINUTE),
      kind: chance.pick('kind', ['down', 'down', 'throttled', 'denied'] as const),
    });
  }
  return outages;
}
