import { randomUUID } from 'node:crypto';
import { requestForAttempt } from '../domain/request/identity.ts';
import { applyChange } from '../domain/rollout/change.ts';
import { nextStep } from '../domain/rollout/next-step.ts';
import type { Reply, UpstreamLook } from '../domain/rollout/observation.ts';
import type { Fields } from '../domain/rollout/ports.ts';
import { holdsItsChannel, type Identity, mayHaveReachedAws, type Rollout } from '../domain/rollout/rollout.ts';
import { nothingSeen, type Seen, type Step, type View } from '../domain/rollout/step.ts';
import { reportWaiting } from './report-waiting.ts';
import type { AdvanceServices, Invocation } from './services.ts';
import { sendFollowUps, wake } from './wake.ts';

/** If another invocation wrote the row first, the loop loads it again. It does so at most this many times. */
const LOADS_MAX = 6;

/** Far more than the longest path through the table of steps. It ends the loop if a defect would repeat a step for ever. */
const STEPS_MAX = 100;

/** With less time left than this, start no step. With less than the second, send no create: its answer could not be recorded. */
const MIN_MS_LEFT_FOR_A_STEP = 8_000;
const MIN_MS_LEFT_FOR_A_CREATE = 20_000;

/** The SDK tries each of these writes three times. Together they outlast a throttled minute, if the invocation does. */
const WRITES_OF_AN_ANSWER_MAX = 20;
const MS_BETWEEN_WRITES_OF_AN_ANSWER = 1_000;

/** How long a create may wait for its turn within the quota. */
const CREATE_TURN_WAIT_MAX_MS = 5_000;

/**
 * THE loop. Loads a rollout, asks the domain for the one next step, carries it out, and repeats that until the rollout rests or
 * is done. Returns the last row, or `undefined` if the rollout has no row. With `followUpNumber`, it leaves a row unchanged that
 * waits for a different follow-up. It stops early once `isEnough` of the row. Throws if the ledger fails. Any other failure is logged, and the next follow-up tries again.
 */
export async function advance(
  identity: Identity,
  invocation: Invocation,
  services: AdvanceServices,
  followUpNumber?: number,
  isEnough: (row: Rollout) => boolean = () => false,
): Promise<Rollout | undefined> {
  let wasAwaited = followUpNumber === undefined;
  let last: Rollout | undefined;
  let before: View | undefined;
  const unsent = new Set<string>();
  for (let load = 0; load < LOADS_MAX; load += 1) {
    const { row, ...beside } = await services.ledger.load(identity);
    if (!row || (!wasAwaited && row.followUpNumber !== followUpNumber)) return row;
    wasAwaited = true;
    last = row;
    const seen = stillSeen(row, before, unsent);
    const { afterJobEvent = false } = invocation;
    let view: View = { row, ...beside, seen, now: services.now(), timing: services.timing, afterJobEvent };
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      if (invocation.millisecondsLeft() < MIN_MS_LEFT_FOR_A_STEP && !hasUnrecordedReply(view.seen)) return view.row;
      const result = await carryOut(nextStep(view), view, invocation, services, unsent);
      if (result === 'lost') {
        before = view;
        break;
      }
      if (result === 'end') return view.row;
      view = { ...view, ...result, now: services.now() };
      last = view.row;
      if (isEnough(last)) return last;
    }
  }
  const lost = `lost the race for this rollout ${LOADS_MAX} times; the next follow-up continues`;
  services.telemetry.problem(lost, undefined, last ? idsOf(last) : {});
  if (last) await wake([last], invocation, services);
  return last;
}

/** Record the answer to an intent even if time is running out. For a task, an unanswered intent would make the rollout UNCERTAIN. */
function hasUnrecordedReply({ intent, reply, resting }: Seen): boolean {
  return intent === true || (!resting && (reply?.kind === 'refused' || reply?.kind === 'created'));
}

/**
 * What remains seen when the row is loaded again, because somebody else wrote it. Nobody else knows the answer to a create of this
 * loop. And nobody else sends the create of its intent, whose write was applied although its response was lost.
 */
function stillSeen({ state, unansweredCreates: { intentId } }: Rollout, before: View | undefined, unsent: ReadonlySet<string>): Seen {
  if (state !== 'CREATING' || intentId === undefined) return nothingSeen;
  if (unsent.has(intentId)) return { ...nothingSeen, intent: true };
  const reply = before && hasUnrecordedReply(before.seen) ? before.seen.reply : undefined;
  return reply && before?.row.unansweredCreates.intentId === intentId ? { ...nothingSeen, reply } : nothingSeen;
}

/** What a step changes in the view. `lost`: somebody else wrote the row or head first. `end`: the loop ends. */
type StepResult = Partial<Pick<View, 'row' | 'head' | 'holds' | 'seen'>> | 'lost' | 'end';

/** `unsent` are the intents that this loop has tried to write and whose creates it has not sent. */
async function carryOut(
  step: Step,
  view: View,
  invocation: Invocation,
  services: AdvanceServices,
  unsent: Set<string>,
): Promise<StepResult> {
  const { row, head, seen } = view;
  switch (step.do) {
    case 'putSiblings':
      await putSiblings(step.rows, invocation, services);
      return { seen: { ...seen, siblingsPut: true } };
    case 'write': {
      const changed = applyChange(row, step.change, { why: step.why, who: invocation.who, now: services.now(), timing: services.timing });
      const after = step.seen.intent ? withIntentId(changed, unsent) : changed;
      if (!(await writeRow(after, view, step, invocation, services))) return 'lost';
      if (after.state !== row.state || after.attempt !== row.attempt) services.telemetry.transition(row, after, invocation.who);
      return { row: after, seen: step.seen };
    }
    case 'writeHead':
      if (!(await services.ledger.writeHead(row.product, row.channel, step.head))) return 'lost';
      return { head: { ...step.head, itemRevision: head.itemRevision + 1 }, seen: step.seen };
    case 'readRival': {
      const rival = await services.ledger.read(step.identity);
      const stillCounts = rival !== undefined && rival.rolloutId === step.rolloutId && holdsItsChannel(rival.state);
      const isGone = rival !== undefined && !stillCounts && mayHaveReachedAws(rival);
      return {
        seen: {
          ...seen,
          rivals: { ...seen.rivals, [step.rolloutId]: stillCounts },
          ...(isGone && { goneRivals: [...(seen.goneRivals ?? []), step.rolloutId] }),
        },
      };
    }
    case 'readUpstreams':
      return { seen: { ...seen, upstreams: await services.ledger.upstreams(row, step.channels) } };
    case 'lookUpstream': {
      const looked = (look: UpstreamLook): Seen => ({ ...seen, looks: { ...seen.looks, [step.channel]: look } });
      const { look } = services.controlPlanes[step.row.operation];
      if (!(await isLookAllowed(invocation, services))) return { seen: looked({ kind: 'unread' }) };
      return attempt('look', row, services, async () => looked(await look(step.row, 'job', invocation)), looked({ kind: 'unread' }));
    }
    case 'readHolds':
      return readHolds(row, seen, services, unsent);
    case 'send': {
      const { intent, holdsReadAgain, ...rest } = seen;
      unsent.delete(row.unansweredCreates.intentId ?? '');
      return { seen: { ...rest, reply: await send(row, invocation, services) } };
    }
    case 'look':
      // Without a turn, a live rollout stays due, and the next sweep looks. What waits for AWS looks at once, because it is rare. But
      // job events can be forged, so they never cause more looks than the quota permits.
      if ((row.state === 'CREATED' || invocation.afterJobEvent) && !(await isLookAllowed(invocation, services)))
        return { seen: { ...seen, resting: true } };
      return attempt(
        'look',
        row,
        services,
        async () => ({ ...seen, sighting: await services.controlPlanes[row.operation].look(row, step.at, invocation) }),
        { ...seen, resting: true },
      );
    case 'cancelAtAws':
      return attempt(
        'stop',
        row,
        services,
        async () => {
          await services.controlPlanes[row.operation].stop(row, step.order, invocation);
          return step.seen;
        },
        { ...seen, resting: true },
      );
    case 'publish':
      return publish(row, seen, services);
    case 'wake':
      await wake(step.rollouts, invocation, services);
      return { seen: { ...seen, toWake: [] } };
    case 'rest':
      reportWaiting(row, services);
      await sendFollowUps([row], { number: row.followUpNumber, delaySeconds: Math.ceil(step.delay / 1000) }, invocation, services);
      return 'end';
    case 'done':
      reportWaiting(row, services);
      return 'end';
  }
}

/** Two loops can write intents at the same instant. By the random id, a loop recognises its own intent in the row. */
function withIntentId(row: Rollout, unsent: Set<string>): Rollout {
  const intentId = randomUUID();
  unsent.add(intentId);
  return { ...row, unansweredCreates: { ...row.unansweredCreates, intentId } };
}

/**
 * Writes a row, and answers whether nobody else was faster. If DynamoDB fails, an intent may be written nevertheless, so it is
 * looked up. A write that records the answer to a create is tried again while there is time, because nobody else has that answer.
 */
async function writeRow(
  row: Rollout,
  { seen }: View,
  step: Extract<Step, { do: 'write' }>,
  { millisecondsLeft }: Invocation,
  services: AdvanceServices,
): Promise<boolean> {
  for (let writes = 1; ; writes += 1) {
    try {
      return await services.ledger.write(row);
    } catch (error) {
      if (step.seen.intent) return isWritten(row, error, services);
      const isLast = writes === WRITES_OF_AN_ANSWER_MAX || millisecondsLeft() < MIN_MS_LEFT_FOR_A_STEP;
      if (!hasUnrecordedReply(seen) || isLast) throw error;
      await services.pause(MS_BETWEEN_WRITES_OF_AN_ANSWER);
    }
  }
}

/** Whether the row that could not be written is there after all. If somebody has written it since, that is lost. Else throws the error. */
async function isWritten(row: Rollout, error: unknown, { ledger }: AdvanceServices): Promise<boolean> {
  const now = await ledger.read(row);
  if (now?.unansweredCreates.intentId !== row.unansweredCreates.intentId) throw error;
  return now?.itemRevision === row.itemRevision;
}

/** Puts the siblings that have no row yet. A row that exists has the same content, because their revision has only one. */
async function putSiblings(rows: readonly Rollout[], { who }: Invocation, services: AdvanceServices): Promise<void> {
  for (const sibling of rows) {
    if (await services.ledger.claim(sibling)) services.telemetry.accepted(sibling, who);
  }
}

/**
 * Reads the holds once more, after the intent was written: a hold that was answered before the intent keeps the create from being sent. If
 * the holds cannot be read, nothing is sent, which the row must learn.
 */
async function readHolds(row: Rollout, { intent, ...seen }: Seen, services: AdvanceServices, unsent: Set<string>): Promise<StepResult> {
  try {
    const { holds } = await services.ledger.holds(row.product);
    return { holds, seen: { ...seen, ...(intent && { intent }), holdsReadAgain: true } };
  } catch (error) {
    services.telemetry.problem('could not read the holds before a create; the next follow-up tries again', error, idsOf(row));
    unsent.delete(row.unansweredCreates.intentId ?? '');
    return { seen: { ...seen, reply: notSent('the holds could not be read') } };
  }
}

/** Whether a look gets its turn in time. One without a turn is counted. */
async function isLookAllowed(
  { lookWaitMilliseconds, millisecondsLeft }: Invocation,
  { looks, telemetry }: AdvanceServices,
): Promise<boolean> {
  const spare = millisecondsLeft() - MIN_MS_LEFT_FOR_A_STEP;
  const isAllowed = spare > 0 && (await looks.take(Math.min(spare, lookWaitMilliseconds)));
  if (!isAllowed) telemetry.measure('LooksWithoutTurn', 1);
  return isAllowed;
}

/** A create that is not sent because time or quota is short counts as refused. So the domain undoes the intent. */
async function send(row: Rollout, invocation: Invocation, services: AdvanceServices): Promise<Reply> {
  const spare = invocation.millisecondsLeft() - MIN_MS_LEFT_FOR_A_CREATE;
  if (spare <= 0) return notSent('not enough time left to wait for the answer');
  if (!(await services.limiter.take(Math.min(spare, CREATE_TURN_WAIT_MAX_MS)))) return notSent('no turn within the quota in time');
  const reply = await services.controlPlanes[row.operation].create(
    requestForAttempt(row.operation, row.request, row.rolloutId, row.attempt),
  );
  if (reply.kind === 'refused' || reply.kind === 'unknown') {
    const code = reply.kind === 'refused' ? reply.code : 'UNKNOWN';
    services.telemetry.problem('AWS did not accept a create', undefined, { ...idsOf(row), attempt: row.attempt, code, reply: reply.kind });
  }
  return reply;
}

function notSent(message: string): Reply {
  return { kind: 'refused', retryable: true, code: 'NOT_SENT', message };
}

const failures = {
  look: 'could not read the update or task from AWS; the next follow-up tries again',
  stop: 'could not stop the update or task at AWS; the next follow-up tries again',
};

/** What the loop has seen after a call to AWS. If the call fails, that is `failed`, and the next look at the rollout calls again. */
async function attempt(
  call: keyof typeof failures,
  row: Rollout,
  services: AdvanceServices,
  ask: () => Promise<Seen>,
  failed: Seen,
): Promise<StepResult> {
  try {
    return { seen: await ask() };
  } catch (error) {
    services.telemetry.failedCall(call, row, error);
    services.telemetry.problem(failures[call], error, { ...idsOf(row), state: row.state });
    return { seen: failed };
  }
}

async function publish(row: Rollout, seen: Seen, services: AdvanceServices): Promise<StepResult> {
  const oldest = Math.min(...row.outbox.map((event) => Date.parse(event.detail.at)));
  // Also measured while the bus refuses the events. The alarm on old outcomes needs it then.
  const measureLag = () => services.telemetry.measure('OutboxLagSeconds', Math.max(0, services.now() - oldest) / 1000);
  try {
    await services.bus.publish(row.outbox);
    measureLag();
    return { seen: { ...seen, published: true } };
  } catch (error) {
    measureLag();
    services.telemetry.problem('could not publish outcome events; they stay in the outbox until the next follow-up', error, idsOf(row));
    return { seen: { ...seen, unpublished: true } };
  }
}

/** Ids that every log line about a rollout carries. */
export function idsOf({ rolloutId, correlationId }: Pick<Rollout, 'rolloutId' | 'correlationId'>): Fields {
  return { rolloutId, correlationId };
}
