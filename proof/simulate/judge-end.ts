import { type OutcomeType, outcomeSchemas } from '../../domain/rollout/outcome-schema.ts';
import { isFinal, withdrawalOf } from '../../domain/rollout/rollout.ts';
import type { PublishedEvent } from './aws/eventbridge.ts';
import { isLive } from './aws/fleet.ts';
import { FOLLOW_UPS, RELEASES, type Sqs, STEERING } from './aws/sqs.ts';
import type { Known } from './known.ts';
import type { Messages } from './messages.ts';
import type { Monitor } from './monitor.ts';
import { digestOf, type ReleaseSpec } from './releases.ts';

type Problem = { readonly rule: string; readonly what: string };

/** What must still happen: waiting messages, and rollouts that have not come to rest. */
export function findUnsettled(watch: Monitor, queues: Sqs, now: number): string[] {
  const left: string[] = [];
  for (const name of [RELEASES, STEERING, FOLLOW_UPS]) {
    const count = queues.queues.get(name)?.messages.size ?? 0;
    if (count > 0) left.push(`${count} messages in ${name}`);
  }
  for (const known of watch.rollouts.values()) {
    if (!isAtRest(known, watch, now) || laterThan(known, watch).length > 0) left.push(`${known.row.rolloutId} is ${known.row.state}`);
  }
  return left;
}

/** The rollouts to which a CREATED one must still give way, as they exist and came later. */
function laterThan({ row, seq }: Known, watch: Monitor): Known[] {
  if (row.state !== 'CREATED' || row.whenSuperseded === 'keep') return [];
  return [...watch.rollouts.values()].filter(
    (other) => other.row.channel === row.channel && (other.seq ?? 0) > (seq ?? 0) && other.outSince === undefined && other.wasCreated,
  );
}

/**
 * Whether a rollout is final and settled, continuous with a live job, or waits for people. A job that somebody stopped must still be
 * noticed.
 */
function isAtRest(known: Known, watch: Monitor, now: number): boolean {
  const { row, jobs } = known;
  if (row.outbox.length > 0 || row.siblings.length > 0) return false;
  if (row.state === 'WAITING' || row.waits) return watch.gates.mayWait(known, now);
  return isFinal(row.state) ? row.dueAt === undefined : row.state === 'CREATED' && row.continuous && jobs.some((job) => isLive(job, now));
}

/** Judges the promises that need everything to be at rest. */
export function judgeEnd(watch: Monitor, talk: Messages, queues: Sqs, published: readonly PublishedEvent[], now: number): Problem[] {
  return [
    ...findUnsettled(watch, queues, now).map((what) => ({ rule: 'liveness', what })),
    ...judgeDeadLetters(queues),
    ...[...watch.rollouts.values()].flatMap((known) => judgeRollout(known, watch, published, now)),
    ...[...talk.meanings].flatMap(([body, meaning]) => judgeMessage(body, meaning, watch, talk, published)),
    ...judgePublished(published),
    ...watch.gates.judgeEnd(published),
  ];
}

function judgeDeadLetters(queues: Sqs): Problem[] {
  return [RELEASES, STEERING, FOLLOW_UPS].flatMap((name) => {
    const count = queues.queues.get(name)?.deadLetters?.messages.size ?? 0;
    return count > 0 ? [{ rule: 'liveness', what: `${count} messages stay in the dead-letter queue of ${name} after every redrive` }] : [];
  });
}

const eventOf: Readonly<Record<string, string>> = {
  CREATED: 'OTA Rollout Created',
  COMPLETED: 'OTA Rollout Completed',
  SUPERSEDED: 'OTA Rollout Superseded',
  WITHDRAWN: 'OTA Rollout Withdrawn',
  FAILED: 'OTA Rollout Failed',
};

function judgeRollout(known: Known, watch: Monitor, published: readonly PublishedEvent[], now: number): Problem[] {
  const { row, jobs, states } = known;
  const problems: Problem[] = [];
  for (const state of states) {
    const event = eventOf[state];
    if (event && !published.some(({ detailType, detail }) => detailType === event && detail['rolloutId'] === row.rolloutId)) {
      problems.push({ rule: '2 published', what: `${row.rolloutId} was ${state} and no event says so` });
    }
  }
  const entry = watch.heads.get(`CHANNEL#${row.product}#${row.channel}`)?.entries[row.rolloutId];
  if (entry && !entry.done && (row.state === 'COMPLETED' || row.state === 'SUPERSEDED')) {
    problems.push({ rule: 'head', what: `${row.rolloutId} is ${row.state} and its head does not know` });
  }
  const live = jobs.filter((job) => isLive(job, now));
  if (row.state !== 'CREATED' && live.length > 0) {
    problems.push({ rule: 'final but live', what: `${row.rolloutId} is ${row.state} and ${live.map((job) => job.id).join()} is live` });
  }
  if (row.state === 'CREATED') {
    if (live.length !== 1) problems.push({ rule: 'created', what: `${row.rolloutId} is CREATED and ${live.length} are live` });
    for (const other of laterThan(known, watch)) {
      problems.push({ rule: '4 order', what: `${row.rolloutId} (${row.version}) is live beside ${other.row.version}, which came later` });
    }
  }
  const withdrawals = watch.withdrawals.get(`RELEASE#${row.product}#${row.version.split('+')[0]}`) ?? [];
  if (withdrawalOf(row, withdrawals) && row.state !== 'WITHDRAWN' && (row.state !== 'FAILED' || row.code === 'UNCERTAIN')) {
    problems.push({ rule: '5 withdrawn', what: `${row.rolloutId} is withdrawn and ${row.state}` });
  }
  return problems;
}

function judgeMessage(
  body: string,
  meaning: Messages['meanings'] extends ReadonlyMap<string, infer M> ? M : never,
  watch: Monitor,
  talk: Messages,
  published: readonly PublishedEvent[],
): Problem[] {
  const refusals = talk.refusals.get(body) ?? [];
  if (meaning.kind === 'nonsense') return refusals.length > 0 ? [] : [{ rule: '2 published', what: 'nonsense was not refused' }];
  if (meaning.kind === 'withdrawal') {
    const { withdrawal } = meaning;
    const list = watch.withdrawals.get(`RELEASE#alpha#${withdrawal.version.split('+')[0]}`) ?? [];
    const isThere = list.some(
      (one) =>
        (one.revision === undefined || one.revision === withdrawal.revision) &&
        (one.channels === undefined || (withdrawal.channels?.every((channel) => one.channels?.includes(channel)) ?? false)),
    );
    return isThere ? [] : [{ rule: '5 withdrawn', what: `the withdrawal of ${withdrawal.version} left no trace` }];
  }
  if (meaning.kind === 'approval' || meaning.kind === 'hold' || meaning.kind === 'resume') {
    return refusals.length > 0 || watch.gates.hasTraceOf(meaning)
      ? []
      : [{ rule: 'G6 trace', what: `${JSON.stringify(meaning)} left no trace` }];
  }
  const { release } = meaning;
  const name = `${release.version} r${release.revision}`;
  if (release.dryRun) {
    const isAnswered = refusals.length > 0 || published.some(({ detailType }) => detailType === 'OTA Release Planned');
    return isAnswered ? [] : [{ rule: '2 published', what: `the dry run of ${name} was not answered` }];
  }
  return release.channels.flatMap((channel) => {
    if (isAccepted(release, talk.rowOf(release, channel))) return [];
    return refusals.length > 0 ? [] : [{ rule: '2 accepted', what: `${name} on ${channel} was neither accepted nor refused` }];
  });
}

function isAccepted(release: ReleaseSpec, known: Known | undefined): boolean {
  return known !== undefined && known.row.releaseDigest === digestOf(release) && known.row.version === release.version;
}

/** Judges that every event is valid by its schema, and that each `outcomeId` belongs to one outcome. */
function judgePublished(published: readonly PublishedEvent[]): Problem[] {
  const problems: Problem[] = [];
  const byId = new Map<string, string>();
  for (const { detailType, detail } of published) {
    const outcomeId = String(detail['outcomeId']);
    const what = `${detailType} ${String(detail['rolloutId'] ?? detail['bodySha256'])}`;
    const known = byId.get(outcomeId);
    if (known === undefined) {
      byId.set(outcomeId, what);
      const parsed = outcomeSchemas[detailType as OutcomeType]?.safeParse(detail);
      if (!parsed?.success) problems.push({ rule: 'schema', what: `${what}: ${parsed?.error.message}` });
    } else if (known !== what) problems.push({ rule: 'outcomeId', what: `${known} and ${what} share one` });
  }
  return problems;
}
