import type { Approval } from '../../domain/gate/approvals.ts';
import type { Holds } from '../../domain/gate/holds.ts';
import { compareReleases } from '../../domain/release/version.ts';
import {
  type AcceptedRelease,
  type Head,
  holdsItsChannel,
  isFinal,
  type RecordedWithdrawal,
  type Rollout,
  type State,
  withdrawalOf,
} from '../../domain/rollout/rollout.ts';
import { LEDGER, type Write } from './aws/dynamodb.ts';
import { isLive, type Job } from './aws/fleet.ts';
import { type GateWatch, gateWatch } from './gate-watch.ts';
import { judgeFate } from './judge-fate.ts';
import { judgeRequest } from './judge-request.ts';
import type { Known } from './known.ts';
import type { Sandbox } from './lambda.ts';
import type { Caller, Input } from './transport.ts';
import type { World } from './world.ts';

export type Violation = { readonly rule: string; readonly what: string; readonly at: number };

export type Monitor = {
  readonly rollouts: ReadonlyMap<string, Known>;
  readonly withdrawals: ReadonlyMap<string, readonly RecordedWithdrawal[]>;
  readonly violations: Violation[];
  /** The last written head of each channel. */
  readonly heads: ReadonlyMap<string, Head>;
  readonly violate: (rule: string, what: string) => void;
  readonly gates: GateWatch;
  /** The true time at which the ledger got the first withdrawal that covers this row. */
  readonly withdrawnSince: (row: Rollout) => number | undefined;
  /** A follow-up was queued. */
  readonly onFollowUp: (messageId: string, body: string) => void;
  readonly onWrite: (write: Write) => void;
  readonly onSent: (service: 'iot' | 'mi', id: string, input: Input, caller: Sandbox) => void;
  /** A sender got the answer to its create. Another sender may still wait for the answer to a create with the same id. */
  readonly onAnswered: (id: string, caller: Caller, error: unknown) => void;
  readonly onJob: (job: Job) => void;
  /** The sender of a write of this revision got a response. If its condition failed although it was applied, the row shows that. */
  readonly onWriteAnswered: (rolloutId: string | undefined, revision: number, caller: Caller, error: unknown) => void;
  /** A call to DynamoDB failed. So its sender may not be able to load the row and see its own intent. */
  readonly onFailed: (caller: Caller) => void;
  /** The sender of a write believes that it failed, so what it had to note may be missing. */
  readonly onWriteFailed: (caller: Caller) => void;
};

const moves: Readonly<Record<State, readonly State[]>> = {
  WAITING: ['CLAIMED', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'],
  CLAIMED: ['CREATING', 'SUPERSEDED', 'WITHDRAWN', 'FAILED'],
  CREATING: ['CREATED', 'SUPERSEDING', 'WITHDRAWING', 'FAILED'],
  CREATED: ['COMPLETED', 'SUPERSEDING', 'WITHDRAWING', 'FAILED'],
  SUPERSEDING: ['SUPERSEDED', 'WITHDRAWING'],
  WITHDRAWING: ['WITHDRAWN'],
  COMPLETED: ['WITHDRAWN'],
  SUPERSEDED: ['WITHDRAWN'],
  WITHDRAWN: [],
  FAILED: ['WITHDRAWING'],
};

const frozenMembers = [
  'releaseDigest',
  'requestDigest',
  'whenSuperseded',
  'downgrade',
  'operation',
  'notAfter',
  'endAt',
  'gate',
  'claimedAt',
] as const;

const definiteNo = new Set([
  'ThrottlingException',
  'AccessDeniedException',
  'InvalidRequestException',
  'InvalidJobDocumentException',
  'InvalidRoleException',
  'ValidationException',
  'LimitExceededException',
]);

/** The time between the check of `notAfter` and the send: a write, its retries and the wait for a turn below the quota. */
const NOT_AFTER_SLACK = 30_000;

/** A job ends at least half an hour after its creation. */
const BEFORE_END_OF_JOB = 30 * 60_000;

/** The keys of a sibling row that another row carries. It is claimed as it was frozen, by any delivery of its message or by a message that asks for the same. */
const frozenKeys = ({ rolloutId, messageId, requestDigest }: Rollout): readonly string[] => [
  `${rolloutId} ${messageId}`,
  `${rolloutId} ${requestDigest}`,
];

/** Watches every effect when it happens and notes each broken promise with its rule. */
export function monitor(world: World, hasDocument: (bucket: string, key: string) => boolean): Monitor {
  const rollouts = new Map<string, Known>();
  /** The sandbox that planned a carried row. A message that does not name the carrier's channel may plan the rollout again. */
  const frozenBy = new Map<string, Sandbox>();
  const recorded = new Map<string, readonly RecordedWithdrawal[]>();
  const acceptedReleases = new Map<string, string>();
  const heads = new Map<string, Head>();
  const sentInputs = new Map<string, string>();
  const withdrawals = new Map<string, { readonly key: string; readonly withdrawal: RecordedWithdrawal; readonly at: number }>();
  const followUps = new Map<string, number | '*'>();
  const violations: Violation[] = [];
  const violate = (rule: string, what: string): void => {
    world.log(`VIOLATION ${rule}: ${what}`);
    violations.push({ rule, what, at: world.now() });
  };

  const gates = gateWatch(world, rollouts, violate);

  function onWrite({ table, before, after, caller }: Write): void {
    if (table !== LEDGER || !after) return;
    const sk = after['sk']?.S ?? '';
    if (sk === 'WITHDRAWALS') withdrawalWritten(after['pk']?.S ?? '', JSON.parse(after['withdrawals']?.S ?? '[]') as RecordedWithdrawal[]);
    else if (sk.startsWith('ACCEPTED#')) releaseAccepted(JSON.parse(after['release']?.S ?? '{}') as AcceptedRelease);
    else if (sk === 'APPROVALS') gates.onApprovals(after['pk']?.S ?? '', JSON.parse(after['approvals']?.S ?? '[]') as Approval[]);
    else if (sk === 'HOLDS') gates.onHolds(JSON.parse(after['holds']?.S ?? '{}') as Holds);
    else if (sk === 'HEAD') headWritten(after['pk']?.S ?? '', JSON.parse(after['head']?.S ?? '{}') as Head);
    else rowWritten(before !== undefined, JSON.parse(after['rollout']?.S ?? '{}') as Rollout, caller as Sandbox | undefined);
  }

  function withdrawnSince(row: Rollout): number | undefined {
    const covering = [...withdrawals.values()].filter(({ key, withdrawal }) => key === keyOf(row) && withdrawalOf(row, [withdrawal]));
    return covering.length === 0 ? undefined : Math.min(...covering.map(({ at }) => at));
  }

  function withdrawalWritten(key: string, list: readonly RecordedWithdrawal[]): void {
    recorded.set(key, list);
    for (const withdrawal of list) {
      const scope = scopeOf(key, withdrawal);
      if (!withdrawals.has(scope)) withdrawals.set(scope, { key, withdrawal, at: world.now() });
    }
  }

  function releaseAccepted(release: AcceptedRelease): void {
    const key = revisionOf(release);
    const first = acceptedReleases.get(key);
    if (first === undefined) acceptedReleases.set(key, release.releaseDigest);
    else if (first !== release.releaseDigest) violate('1 content', `${key} has changed what it stands for`);
  }

  function rowWritten(wasThere: boolean, row: Rollout, caller: Sandbox | undefined) {
    const known = rollouts.get(row.rolloutId);
    if (!wasThere || !known) {
      if (wasThere) return violate('ledger', `${row.rolloutId} was written over a row of another rollout`);
      claimed(row, caller);
      return;
    }
    const { row: last } = known;
    if (row.itemRevision !== last.itemRevision + 1)
      violate('fencing', `${row.rolloutId} went from revision ${last.itemRevision} to ${row.itemRevision}`);
    for (const member of frozenMembers) {
      if (row[member] !== last[member] && JSON.stringify(row[member]) !== JSON.stringify(last[member]))
        violate('1 frozen', `${row.rolloutId} changed its ${member}`);
    }
    if (JSON.stringify(row.request) !== known.request) violate('1 frozen', `${row.rolloutId} changed its request`);
    known.row = row;
    known.numbers.push({ at: world.now(), no: row.followUpNumber });
    if (row.unansweredCreates.count > last.unansweredCreates.count && row.unansweredCreates.intentId !== last.unansweredCreates.intentId)
      known.intents += 1;
    if (row.unansweredCreates.count < last.unansweredCreates.count) known.isRefusalLost = false;
    if (row.unansweredCreates.count > last.unansweredCreates.count) {
      known.intent = { caller, began: caller?.began, revision: row.itemRevision, at: world.now(), isTold: false };
      if (!heads.get(`CHANNEL#${row.product}#${row.channel}`)?.entries[row.rolloutId])
        violate('G13 entered', `${row.rolloutId} has an intent, and the head of its channel does not have it`);
    }
    const { owes } = known;
    if (
      owes &&
      owes.caller === caller &&
      owes.began === caller.began &&
      row.state === 'CREATING' &&
      row.unansweredCreates.count >= last.unansweredCreates.count
    ) {
      violate('intent', `${row.rolloutId} does not undo its intent after a definite no`);
    }
    known.owes = undefined;
    judgeFate(known, last, row, violate);
    gates.onRow(last, row);
    if (row.state !== last.state) moved(known, last, row, caller);
  }

  function claimed(row: Rollout, caller: Sandbox | undefined): void {
    if (row.state !== (row.gate ? 'WAITING' : 'CLAIMED') || row.itemRevision !== 1)
      violate('claim', `${row.rolloutId} begins as ${row.state}`);
    if (acceptedReleases.get(revisionOf(row)) !== row.releaseDigest)
      violate('1 content', `${row.rolloutId} is claimed and ${revisionOf(row)} stands for something else`);
    const frozen = frozenKeys(row)
      .map((key) => frozenBy.get(key))
      .find((one) => one !== undefined);
    const planner = frozen ?? caller;
    if (caller && !frozen && wasWithdrawnBefore(row, caller.began)) {
      violate('5 withdrawn', `${row.rolloutId} is accepted and was withdrawn before`);
    }
    for (const key of row.siblings.flatMap(frozenKeys)) if (caller && !frozenBy.has(key)) frozenBy.set(key, caller);
    rollouts.set(row.rolloutId, {
      row,
      first: row,
      request: JSON.stringify(row.request),
      planner,
      claimedAt: world.now(),
      seq: undefined,
      wasCreated: false,
      outSince: undefined,
      intents: 0,
      numbers: [],
      states: new Set([row.state]),
      sends: [],
      intent: undefined,
      isRefusalLost: false,
      owes: undefined,
      jobs: [],
    });
  }

  function moved(known: Known, from: Rollout, row: Rollout, caller: Sandbox | undefined): void {
    const { rolloutId, state } = row;
    known.states.add(state);
    const [, messageId = ''] = (row.history.at(-1)?.who ?? '').split(' ');
    const no = followUps.get(messageId) ?? '*';
    const awaited = known.numbers.findLast(({ at }) => at <= (caller?.began ?? 0))?.no ?? 0;
    if (no !== '*' && no < awaited)
      violate('fencing', `the stale follow-up ${no} of ${rolloutId} made it ${state}, ${awaited} was awaited`);
    if (!moves[from.state].includes(state)) violate('states', `${rolloutId} went from ${from.state} to ${state}`);
    if (from.state === 'FAILED' && from.code !== 'UNCERTAIN') violate('states', `${rolloutId} left FAILED ${from.code}`);
    if (state === 'CREATED' || state === 'COMPLETED') known.wasCreated = true;
    if (state === 'CREATED' && known.jobs.length === 0) violate('created', `${rolloutId} is CREATED and AWS has neither job nor task`);
    if (!holdsItsChannel(state) && holdsItsChannel(from.state)) known.outSince = world.now();
    if (state === 'SUPERSEDING' && from.state === 'CREATED' && row.whenSuperseded === 'keep')
      violate('4 keep', `${rolloutId} is to be kept and gives way`);
    const isOnOwnChannel = row.supersededBy === undefined || rollouts.get(row.supersededBy.rolloutId)?.row.channel === row.channel;
    if (state === 'SUPERSEDED' && from.state === 'WAITING' && !isOnOwnChannel) gates.onOvertaken(row);
    else if (state === 'SUPERSEDING' || (state === 'SUPERSEDED' && (from.state === 'CLAIMED' || from.state === 'WAITING')))
      gaveWay(known, from, row, caller);
    if (isFinal(state) && row.code !== 'NOT_ADOPTABLE') {
      const live = known.jobs.filter((job) => isLive(job, world.now()));
      if (live.length > 0)
        violate('final but live', `${rolloutId} is ${state} ${row.code ?? ''} and ${live.map((job) => job.id).join()} is live`);
    }
    const lastCreate = (row.endAt ?? Number.POSITIVE_INFINITY) - BEFORE_END_OF_JOB;
    const expiresAt = Math.min(row.notAfter ?? Number.POSITIVE_INFINITY, lastCreate);
    if (state === 'FAILED' && row.code === 'EXPIRED' && expiresAt > world.now() + 3_000) {
      violate('expired', `${rolloutId} expired before its time`);
    }
  }

  /** Judges that a rollout gives way only to one that counts, was there first or exists. */
  function gaveWay(known: Known, from: Rollout, row: Rollout, caller: Sandbox | undefined) {
    const rival = row.supersededBy && rollouts.get(row.supersededBy.rolloutId);
    if (!rival) return violate('4 order', `${row.rolloutId} gives way to a rollout without a row`);
    const name = `${row.rolloutId} (${row.version} r${row.revision}) gives way to ${rival.row.version} r${rival.row.revision}`;
    if (rival.outSince !== undefined && rival.outSince < (caller?.began ?? 0)) violate('4 order', `${name}, which does not count`);
    if (known.seq === undefined) {
      if (row.downgrade || compareReleases(rival.row, row) < 0) violate('4 order', `${name}, which is older`);
      return;
    }
    if ((rival.seq ?? 0) <= known.seq) violate('4 order', `${name}, which came before it`);
    if (!rival.wasCreated && !rival.states.has('SUPERSEDED')) violate('4 order', `${name}, which does not exist yet (from ${from.state})`);
  }

  /** Judges that a rollout that enters a channel is newer than all that count there at that instant, unless downgrades are allowed. */
  function headWritten(key: string, head: Head): void {
    if (head.taken < (heads.get(key)?.taken ?? 0)) violate('G15 taken', `the head of ${key} forgets that AWS had ${heads.get(key)?.taken}`);
    heads.set(key, head);
    for (const [rolloutId, entry] of Object.entries(head.entries)) {
      const known = rollouts.get(rolloutId);
      if (!known) violate('head', `${rolloutId} is in the head and in no row`);
      if (!known || known.seq !== undefined) continue;
      known.seq = entry.sequence;
      if (known.row.downgrade) continue;
      for (const other of rollouts.values()) {
        if (other === known || other.seq === undefined || other.row.channel !== known.row.channel || other.outSince !== undefined) continue;
        if (other.seq < entry.sequence && compareReleases(other.row, known.row) >= 0) {
          violate('4 order', `${rolloutId} (${known.row.version}) entered after ${other.row.version}, which counts`);
        }
        if (other.seq >= entry.sequence) violate('4 order', `${rolloutId} and ${other.row.rolloutId} have their places mixed up`);
      }
    }
  }

  function onSent(service: 'iot' | 'mi', id: string, input: Input, caller: Sandbox) {
    const rolloutId = markersOf(input)['ota-dispatch.rolloutId'] ?? '';
    const known = rollouts.get(rolloutId);
    if (!known) return violate('claim before create', `${id} is created and was never claimed`);
    const text = JSON.stringify(input);
    const earlier = sentInputs.get(id);
    if (earlier !== undefined && earlier !== text) violate('7 same request', `${id} was sent with a different request before`);
    sentInputs.set(id, text);
    for (const problem of judgeRequest(id, input, known, hasDocument)) violate(problem.rule, problem.what);
    const open = known.sends.filter((send) => send.answer !== 'no');
    if (service === 'mi' && open.length > 0) violate('8 no repeat', `${id} is sent again though a create of it is of unknown fate`);
    known.sends.push({ id, at: world.now(), caller, answer: 'none' });
    if (known.sends.length > known.intents) violate('intent', `${id} is sent without an intent`);
    const { notAfter } = known.row;
    if (notAfter !== undefined && world.now() > notAfter + NOT_AFTER_SLACK) violate('notAfter', `${id} is sent after its notAfter`);
    if (wasWithdrawnBefore(known.row, caller.began)) violate('5 withdrawn', `${id} is created and was withdrawn before`);
    gates.onSend(known);
  }

  function wasWithdrawnBefore(row: Rollout, time: number): boolean {
    return (withdrawnSince(row) ?? time) < time;
  }

  return {
    rollouts,
    withdrawals: recorded,
    heads,
    violations,
    violate,
    gates,
    withdrawnSince,
    onFollowUp: (messageId, body) =>
      followUps.set(messageId, (JSON.parse(body) as { followUpNumber?: number | '*' }).followUpNumber ?? '*'),
    onWrite,
    onSent,
    onAnswered: (id, caller, error) => {
      for (const known of rollouts.values()) {
        const send = known.sends.findLast((one) => one.id === id && one.caller === caller && one.answer === 'none');
        if (!send) continue;
        send.answer = error instanceof Error && definiteNo.has(error.name) ? 'no' : 'other';
        if (error instanceof Error) send.error = error.name;
        if (send.answer === 'no') known.owes = { caller: send.caller, began: send.caller.began };
      }
    },
    onWriteAnswered: (rolloutId, revision, caller, error) => {
      const intent = rollouts.get(rolloutId ?? '')?.intent;
      if (intent?.revision !== revision || intent.caller !== caller || intent.began !== caller.began) return;
      if (error === undefined || (error as Error).name === 'ConditionalCheckFailedException') intent.isTold = true;
    },
    onFailed: (caller) => {
      for (const { intent } of rollouts.values()) if (intent?.caller === caller && intent.began === caller.began) intent.isTold = false;
    },
    onWriteFailed: (caller) => {
      for (const known of rollouts.values()) {
        if (known.owes?.caller !== caller) continue;
        known.owes = undefined;
        known.isRefusalLost = true;
      }
    },
    onJob: (job) => {
      const known = rollouts.get(job.rolloutId);
      if (!known) return;
      const { row } = known;
      if (isFinal(row.state)) violate('alive again', `${job.id} starts when ${row.rolloutId} is ${row.state} ${row.code ?? ''}`);
      const live = known.jobs.filter((other) => isLive(other, world.now()));
      if (live.length > 0) violate('1 one live', `${job.id} starts while ${live.map((other) => other.id).join()} is live`);
      if (row.operation === 'CreateOtaTask' && known.jobs.length > 0)
        violate('1 one live', `${job.id} is a second task of ${row.rolloutId}`);
      known.jobs.push(job);
    },
  };
}

/** The markers in a request. An update has them in its parameters, a job in a list of tags, a task in a map. */
function markersOf({ additionalParameters, Tags, tags }: Input): Readonly<Record<string, string>> {
  const list = (Array.isArray(tags) ? tags : []) as readonly { readonly Key: string; readonly Value: string }[];
  return Object.assign(Object.fromEntries(list.map(({ Key, Value }) => [Key, Value])), additionalParameters, Tags);
}

/** What has one content: a version without its build metadata, and a revision. */
function revisionOf({ product, version, revision }: Pick<AcceptedRelease, 'product' | 'version' | 'revision'>): string {
  return `${product} ${version.split('+')[0]} r${revision}`;
}

function keyOf({ product, version }: Rollout): string {
  return `RELEASE#${product}#${version.split('+')[0]}`;
}

function scopeOf(key: string, { version, revision, channels }: RecordedWithdrawal): string {
  return JSON.stringify([key, version, revision, channels]);
}
