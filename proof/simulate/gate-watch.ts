import type { Approval } from '../../domain/gate/approvals.ts';
import type { UpstreamRule } from '../../domain/gate/gate.ts';
import type { Hold, Holds } from '../../domain/gate/holds.ts';
import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { PublishedEvent } from './aws/eventbridge.ts';
import { countsOf, isLive, type Job } from './aws/fleet.ts';
import { APPROVERS } from './configurations.ts';
import type { Known } from './known.ts';
import type { Meaning } from './meaning.ts';
import type { ApprovalSpec, HoldSpec } from './releases.ts';
import type { World } from './world.ts';

type Problem = { readonly rule: string; readonly what: string };
type Steering = Extract<Meaning, { kind: 'approval' | 'hold' | 'resume' }>;

/** Watches holds, approvals and gates with what it knows of the whole world: the true time, every device and every message. */
export type GateWatch = {
  readonly onHolds: (holds: Holds) => void;
  readonly onApprovals: (key: string, list: readonly Approval[]) => void;
  readonly onRow: (last: Rollout, row: Rollout) => void;
  readonly onSend: (known: Known) => void;
  /** A waiting rollout gave way to one on the channel before. */
  readonly onOvertaken: (row: Rollout) => void;
  /** These were acknowledged. */
  readonly onHeld: (hold: HoldSpec, messageId: string) => void;
  readonly onResumed: (holdId: string, messageId: string) => void;
  readonly onApproved: (approval: ApprovalSpec, source: string, messageId: string) => void;
  readonly activeIds: () => string[];
  readonly isEnded: (holdId: string) => boolean;
  readonly hasTraceOf: (meaning: Steering) => boolean;
  /** Whether this rollout may wait for ever, unless people do something. */
  readonly mayWait: (known: Known, now: number) => boolean;
  readonly judgeEnd: (published: readonly PublishedEvent[]) => Problem[];
};

const MINUTE = 60_000;
/** Clocks differ by up to two seconds to either side. */
const CLOCKS = 4_000;
/** From the judgement to the send: the wait for a turn below the quota, and clocks. */
const TO_THE_SEND = 12_000;
/** How old the devices of a look may be when it is judged: three tries of five seconds, and what follows. */
const OF_A_LOOK = 45_000;

type HeldId = { readonly hold: Hold; acknowledgedAt: number | undefined; endedAt: number | undefined };

/** A watch over the gates of a world. `violate` gets the rule that was broken, and what broke it. */
export function gateWatch(world: World, rollouts: ReadonlyMap<string, Known>, violate: (rule: string, what: string) => void): GateWatch {
  const ids = new Map<string, HeldId>();
  const ended = new Map<string, number>();
  const approvals = new Map<string, readonly Approval[]>();

  const rowOn = ({ version, revision }: Rollout, channel: string): Known | undefined =>
    [...rollouts.values()].find(({ row }) => row.version === version && row.revision === revision && row.channel === channel);
  const approvalsOf = ({ product, version, revision, channel, releaseDigest, publishedBy }: Rollout): Approval[] =>
    (approvals.get(`RELEASE#${product}#${version.split('+')[0]}`) ?? []).filter(
      (one) =>
        one.version === version &&
        one.revision === revision &&
        one.channels.includes(channel) &&
        one.releaseDigest === releaseDigest &&
        one.by.source !== publishedBy.source,
    );
  const covers = ({ channels }: Hold, channel: string): boolean => channels === undefined || channels.includes(channel);
  const isActive = ({ hold, endedAt }: HeldId, at: number): boolean =>
    (endedAt === undefined || endedAt > at) && at >= (hold.from ?? at) && at < (hold.until ?? Number.POSITIVE_INFINITY);

  function onHolds(holds: Holds): void {
    for (const hold of holds.held) {
      if (!ids.has(hold.holdId)) ids.set(hold.holdId, { hold, acknowledgedAt: undefined, endedAt: ended.get(hold.holdId) });
    }
    for (const { holdId } of holds.ended) {
      if (ended.has(holdId)) continue;
      ended.set(holdId, world.now());
      const known = ids.get(holdId);
      if (known) known.endedAt = world.now();
    }
    const kept = new Set([...holds.held, ...holds.ended].map(({ holdId }) => holdId));
    for (const holdId of [...ids.keys(), ...ended.keys()]) if (!kept.has(holdId)) violate('G6 trace', `the hold ${holdId} is forgotten`);
    for (const holdId of ended.keys()) {
      if (!holds.ended.some((one) => one.holdId === holdId)) violate('G6 trace', `the hold ${holdId} was ended and is not any more`);
    }
  }

  function onApprovals(key: string, list: readonly Approval[]): void {
    for (const { by, version } of list) {
      if (!APPROVERS.some((one) => one === by.source)) violate('G2 approval', `an approval of ${version} by ${by.source} is kept`);
    }
    approvals.set(key, list);
  }

  function onRow(last: Rollout, row: Rollout): void {
    if (last.opened && JSON.stringify(last.opened) !== JSON.stringify(row.opened))
      violate('G11 evidence', `${row.rolloutId} changed its evidence`);
    if (row.opened && !last.opened && (last.state !== 'WAITING' || row.state !== 'CLAIMED'))
      violate('G11 evidence', `${row.rolloutId} opened on its way from ${last.state} to ${row.state}`);
    if (row.gate && last.state === 'WAITING' && row.state === 'CLAIMED' && !row.opened)
      violate('G11 evidence', `${row.rolloutId} left its gate without evidence`);
    const told = row.outbox.length > last.outbox.length ? row.outbox.at(-1) : undefined;
    if (told?.detailType === 'OTA Rollout Waiting') {
      const set = JSON.stringify(told.detail.waitingFor);
      if (set === JSON.stringify(last.waits?.told)) violate('G14 reported', `${row.rolloutId} reports ${set} again`);
    }
    const codes = Object.keys(row.waits?.since ?? {});
    const untold = codes.filter((code) => !row.waits?.told.some((one) => one === code));
    const comesAndGoes = (code: string) => code === 'HELD' || code === 'CLOSED';
    if (untold.some((code) => !comesAndGoes(code)) || (untold.length > 0 && codes.every(comesAndGoes)))
      violate('G14 reported', `${row.rolloutId} waits for ${untold.join()} and reports it to nobody`);
  }

  function onSend(known: Known) {
    const { row, sends } = known;
    const now = world.now();
    const intentAt = known.intent?.at ?? now;
    for (const [holdId, held] of ids) {
      const wasActive =
        covers(held.hold, row.channel) &&
        isActive(held, intentAt) &&
        isActive(held, now) &&
        isActive(held, intentAt - CLOCKS) &&
        isActive(held, now + CLOCKS);
      if (wasActive && held.acknowledgedAt !== undefined && held.acknowledgedAt < intentAt)
        violate('G3 held', `${row.rolloutId} is created ${intentAt - held.acknowledgedAt} ms after the hold ${holdId} was acknowledged`);
    }
    if (row.gate?.allowedTimes && !row.opened?.skipped.includes('allowedTimes') && !wasAllowed(now))
      violate('G4 closed', `${row.rolloutId} is created outside its allowed times`);
    if (!row.gate) return;
    if (!row.opened) return violate('G1 opened', `${row.rolloutId} is created and its gate has not opened`);
    if (sends.length === 1) judgeEvidence(row, row.opened);
  }

  function judgeEvidence(row: Rollout, opened: NonNullable<Rollout['opened']>) {
    const { gate, rolloutId } = row;
    const counting = approvalsOf(row);
    const approvers = new Set(counting.map(({ by }) => by.source)).size;
    if (approvers < (gate?.approval?.required ?? 0)) violate('G2 approval', `${rolloutId} is created with ${approvers} approvals`);
    for (const part of opened.skipped) {
      const isAsked = counting.some(({ skip, comment }) => skip?.includes(part) && comment !== undefined);
      if (!gate?.approval?.skip.includes(part) || !isAsked) violate('G12 skipped', `${rolloutId} skips ${part} without permission`);
    }
    if (opened.skipped.includes('after')) return;
    for (const rule of gate?.after ?? []) {
      const evidence = opened.after.find(({ channel }) => channel === rule.channel);
      const upstream = evidence && rollouts.get(evidence.rolloutId);
      if (!evidence || upstream !== rowOn(row, rule.channel)) return violate('G1 upstream', `${rolloutId} opened without ${rule.channel}`);
      if (!upstream) return;
      const soak = opened.skipped.includes('soakMinutes') ? 0 : rule.soakMinutes * MINUTE;
      judgeUpstream(rolloutId, rule, upstream, evidence, soak);
    }
  }

  function judgeUpstream(
    rolloutId: string,
    rule: UpstreamRule,
    upstream: Known,
    { metAt, soakedAt }: { readonly metAt: number; readonly soakedAt: number },
    soak: number,
  ) {
    const job = upstream.jobs.findLast(({ startsAt }) => startsAt <= soakedAt);
    if (!job) return violate('G1 upstream', `${rolloutId} opened and ${rule.channel} had no update`);
    if (soakedAt - metAt + CLOCKS < soak) violate('G1 soak', `${rolloutId} soaked for ${soakedAt - metAt} ms of ${soak}`);
    if (!wasMet(rule, job, job.startsAt, metAt + CLOCKS))
      violate('G1 threshold', `${rolloutId} counts from ${metAt}, before ${rule.channel} was healthy`);
    if (!wasMet(rule, job, soakedAt - OF_A_LOOK, soakedAt + CLOCKS))
      violate('G1 threshold', `${rolloutId} opened and ${rule.channel} was not healthy`);
    for (const other of rollouts.values()) {
      if (other.row.channel !== rule.channel || (other.seq ?? 0) <= (upstream.seq ?? 0)) continue;
      if (other.jobs.some(({ startsAt }) => startsAt > job.startsAt && startsAt < soakedAt - OF_A_LOOK))
        violate('G1 occupied', `${rolloutId} soaked while ${other.row.rolloutId} was on ${rule.channel}`);
    }
  }

  function onOvertaken({ rolloutId, version, revision, gate, supersededBy }: Rollout): void {
    const winner = rollouts.get(supersededBy?.rolloutId ?? '');
    const isBefore = gate?.after?.some(({ channel }) => channel === winner?.row.channel) ?? false;
    const isOfSame = winner?.row.version === version && winner.row.revision === revision;
    if (!winner || !isBefore || isOfSame) violate('4 order', `${rolloutId} is overtaken by ${supersededBy?.rolloutId}`);
  }

  const openEnded = (row: Rollout, now: number): boolean =>
    [...ids.values()].some((held) => covers(held.hold, row.channel) && isActive(held, now) && held.hold.until === undefined);

  function mayWait(known: Known, now: number): boolean {
    const { row } = known;
    const { gate } = row;
    // The holds of a row without a gate, or behind an open one. Nobody waits for ever for an allowed time.
    if (row.state !== 'WAITING') return openEnded(row, now) || isUnhealthy(row, now);
    // A newer one may have come after the last sweep. The next sweep refuses this one.
    if (refusedByHead(row).length > 0) return false;
    const counting = approvalsOf(row);
    const skipped = (gate?.approval?.skip ?? []).filter((part) => counting.some(({ skip }) => skip?.includes(part)));
    const upstreams = skipped.includes('after') ? [] : (gate?.after ?? []).map((rule) => fateOf(row, rule, now));
    if (upstreams.includes('over')) return false;
    const approvers = new Set(counting.map(({ by }) => by.source)).size;
    return upstreams.includes('waits') || approvers < (gate?.approval?.required ?? 0) || openEnded(row, now);
  }

  /** Whether the channel before keeps a rollout waiting without an end, has ended its way for good, or will let it go on. */
  function fateOf(row: Rollout, rule: UpstreamRule, now: number): 'waits' | 'over' | 'goes on' {
    const upstream = rowOn(row, rule.channel);
    if (!upstream) return 'waits';
    const { state } = upstream.row;
    if (state === 'FAILED' || state === 'WITHDRAWING' || state === 'WITHDRAWN') return 'over';
    if (state === 'WAITING' || state === 'CLAIMED' || state === 'CREATING') return mayWait(upstream, now) ? 'waits' : 'goes on';
    if (row.waits?.upstreams[rule.channel]?.soakedAt !== undefined) return 'goes on';
    if (state === 'SUPERSEDING' || state === 'SUPERSEDED') return 'over';
    const isOccupied = [...rollouts.values()].some(
      (other) => other.row.channel === rule.channel && (other.seq ?? 0) > (upstream.seq ?? 0) && other.jobs.length > 0,
    );
    if (isOccupied) return 'over';
    const job = upstream.jobs.at(-1);
    const isHealthy = job !== undefined && isMet(rule, job, now);
    if (isHealthy) return 'goes on';
    return state === 'COMPLETED' ? 'over' : 'waits';
  }

  /** Whether a gate that opened long ago would not open today, as devices failed meanwhile. */
  function isUnhealthy(row: Rollout, now: number): boolean {
    if (!row.opened || row.opened.skipped.includes('after')) return false;
    return (row.gate?.after ?? []).some((rule) => {
      const upstream = rowOn(row, rule.channel);
      const job = upstream?.jobs.at(-1);
      return upstream?.row.state === 'CREATED' && job !== undefined && isLive(job, now) && !isMet(rule, job, now);
    });
  }

  function judgeEnd(published: readonly PublishedEvent[]): Problem[] {
    const problems: Problem[] = [];
    for (const { row } of rollouts.values()) {
      const eventsOf = (type: string) =>
        published.filter(({ detailType, detail }) => detailType === type && detail['rolloutId'] === row.rolloutId);
      const promoted = eventsOf('OTA Rollout Promoted');
      if (row.opened) {
        const isTold = promoted.some(({ detail }) => Date.parse(String(detail['openedAt'])) === row.opened?.at);
        if (!isTold) problems.push({ rule: 'G11 evidence', what: `${row.rolloutId} opened and no event has its evidence` });
      } else if (promoted.length > 0) problems.push({ rule: 'G11 evidence', what: `${row.rolloutId} is promoted and never opened` });
      if (row.waits && row.waits.told.length > 0) {
        const last = JSON.stringify(row.waits.told);
        if (!eventsOf('OTA Rollout Waiting').some(({ detail }) => JSON.stringify(detail['waitingFor']) === last))
          problems.push({ rule: '2 published', what: `${row.rolloutId} waits for ${last} and no event says so` });
      }
      if (row.state === 'WAITING') problems.push(...refusedByHead(row));
    }
    return problems;
  }

  /** G9: nothing waits that would be refused when its gate opens. */
  function refusedByHead(row: Rollout): Problem[] {
    if (row.downgrade) return [];
    const newer = [...rollouts.values()].find(
      (other) => other.row.channel === row.channel && other.seq !== undefined && other.outSince === undefined && isNewer(other.row, row),
    );
    return newer ? [{ rule: 'G9 refused', what: `${row.rolloutId} waits although ${newer.row.rolloutId} has its channel` }] : [];
  }

  return {
    onHolds,
    onApprovals,
    onRow,
    onSend,
    onOvertaken,
    onHeld: ({ holdId }, messageId) => {
      const known = ids.get(holdId);
      if (!known && !ended.has(holdId)) return violate('G6 trace', `${messageId} is acknowledged and the hold ${holdId} is not kept`);
      if (known) known.acknowledgedAt ??= world.now();
    },
    onResumed: (holdId, messageId) => {
      if (!ended.has(holdId)) violate('G6 trace', `${messageId} is acknowledged and the hold ${holdId} is not ended`);
    },
    onApproved: (approval, source, messageId) => {
      if (!isKept(approval, source))
        violate('G6 trace', `${messageId} is acknowledged and the approval of ${approval.version} is not kept`);
    },
    activeIds: () => [...ids].filter(([, held]) => held.endedAt === undefined).map(([holdId]) => holdId),
    isEnded: (holdId) => ended.has(holdId),
    hasTraceOf: (meaning) => {
      if (meaning.kind === 'approval') return isKept(meaning.approval, meaning.source);
      return meaning.kind === 'resume' ? ended.has(meaning.holdId) : ids.has(meaning.hold.holdId) || ended.has(meaning.hold.holdId);
    },
    mayWait,
    judgeEnd,
  };

  function isKept({ version, revision, channels }: ApprovalSpec, source: string): boolean {
    const list = approvals.get(`RELEASE#alpha#${version.split('+')[0]}`) ?? [];
    return list.some(
      (one) => one.revision === revision && one.by.source === source && channels.every((channel) => one.channels.includes(channel)),
    );
  }
}

function isNewer(a: Rollout, b: Rollout): boolean {
  const order = ['1.0.0', '1.1.0', '2.0.0-rc.1', '2.0.0'];
  const rank = ({ version, revision }: Rollout) => order.indexOf(version.split('+')[0] ?? '') * 10 + revision;
  return rank(a) >= rank(b);
}

/** The allowed times of the configurations: the first three minutes of every ten. */
function wasAllowed(now: number): boolean {
  return [now - TO_THE_SEND, now, now + CLOCKS].some((at) => Math.floor(at / MINUTE) % 10 < 3);
}

/** Whether the devices of a job met a rule at an instant between these two, both included. */
function wasMet(rule: UpstreamRule, job: Job, from: number, to: number): boolean {
  const steps = 60;
  return Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps).some(
    (at) => at >= job.startsAt && isMet(rule, job, at),
  );
}

/** The rule in the words of the contract: successes count among all devices, failures only among those that have ended. */
function isMet(rule: UpstreamRule, job: Job, at: number): boolean {
  const { queued, inProgress, succeeded, failed } = countsOf(job, at);
  const executed = succeeded + failed;
  const all = executed + queued + inProgress;
  if (succeeded === 0) return false;
  const reach = (100 * succeeded) / all;
  const failures = (100 * failed) / executed;
  return (
    reach >= rule.minSucceededPercentage &&
    failures <= rule.maxFailedPercentage &&
    (executed >= rule.minNumberOfExecutedThings || executed === all)
  );
}
