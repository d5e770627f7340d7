import type { Rejection } from '../domain/release/rejection.ts';
import { requestForAttempt } from '../domain/request/identity.ts';
import { applyChange } from '../domain/rollout/change.ts';
import { conflictWith } from '../domain/rollout/claim.ts';
import { nextStep } from '../domain/rollout/next-step.ts';
import type { Reply } from '../domain/rollout/observation.ts';
import { messageOf } from '../domain/rollout/outcome.ts';
import type { Fields } from '../domain/rollout/ports.ts';
import { holdsItsChannel, type Identity, type Rollout } from '../domain/rollout/rollout.ts';
import { nothingSeen, type Seen, type Step, type View } from '../domain/rollout/step.ts';
import { followUpBody } from './follow-up.ts';
import type { AdvanceServices, Invocation } from './services.ts';

/** A lost condition means that somebody else moved the rollout: read again, so often at most. */
const LOADS_MAX = 6;

/** Far above the longest way through the table: a defect must not loop for ever. */
const STEPS_MAX = 100;

/** Below this nothing is begun; below that no create is sent, since its answer could not be awaited and noted. */
const MIN_MS_LEFT_FOR_A_STEP = 8_000;
const MIN_MS_LEFT_FOR_A_CREATE = 20_000;

/** A create waits so long at most for its turn below the quota. */
const CREATE_TURN_WAIT_MAX_MS = 5_000;

/**
 * THE loop: loads a rollout, asks for the one next step, carries it out, until it rests or is done. Answers the
 * row as it left it, `undefined` where there is none. With `no`, a row that waits for another follow-up is left
 * alone. Throws what the ledger throws; everything else that fails is tried again by the next look.
 */
export async function advance(
  identity: Identity,
  invocation: Invocation,
  services: AdvanceServices,
  no?: number,
): Promise<Rollout | undefined> {
  let wasAwaited = no === undefined;
  let last: Rollout | undefined;
  for (let load = 0; load < LOADS_MAX; load += 1) {
    const { row, head, withdrawals } = await services.ledger.load(identity);
    if (!row || (!wasAwaited && row.followUpNumber !== no)) return row;
    wasAwaited = true;
    last = row;
    let view: View = { row, head, withdrawals, seen: nothingSeen, now: services.now(), timing: services.timing };
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      if (invocation.millisecondsLeft() < MIN_MS_LEFT_FOR_A_STEP && !owesAnAnswer(view.seen)) return view.row;
      const answer = await carryOut(nextStep(view), view, invocation, services);
      if (answer === 'lost') break;
      if (answer === 'end') return view.row;
      view = { ...view, ...answer, now: services.now() };
      last = view.row;
    }
  }
  services.telemetry.problem('others kept moving this rollout; the next look continues', undefined, last ? idsOf(last) : {});
  await scheduleFollowUp(last, 0, services);
  return last;
}

/** An intent is answered in the row also when time runs out: one that stays open costs a task its certainty. */
function owesAnAnswer({ intent, reply, resting }: Seen): boolean {
  return intent === true || (!resting && (reply?.kind === 'refused' || reply?.kind === 'created'));
}

type Answer = Partial<Pick<View, 'row' | 'head' | 'seen'>> | 'lost' | 'end';

async function carryOut(step: Step, view: View, invocation: Invocation, services: AdvanceServices): Promise<Answer> {
  const { row, head, seen } = view;
  switch (step.do) {
    case 'putSiblings':
      return { seen: { ...seen, siblings: { conflicts: await putSiblings(step.rows, invocation, services) } } };
    case 'write': {
      const after = applyChange(row, step.change, { why: step.why, who: invocation.who, now: services.now(), timing: services.timing });
      if (!(await services.ledger.write(after))) return 'lost';
      if (after.state !== row.state || after.attempt !== row.attempt) services.telemetry.transition(row, after, invocation.who);
      return { row: after, seen: step.seen };
    }
    case 'writeHead':
      if (!(await services.ledger.writeHead(row.product, row.channel, step.head))) return 'lost';
      return { head: { ...step.head, itemRevision: head.itemRevision + 1 }, seen: step.seen };
    case 'readRival': {
      const rival = await services.ledger.read(step.identity);
      const stillCounts = rival !== undefined && rival.rolloutId === step.rolloutId && holdsItsChannel(rival.state);
      return { seen: { ...seen, rivals: { ...seen.rivals, [step.rolloutId]: stillCounts } } };
    }
    case 'send': {
      const { intent, ...rest } = seen;
      return { seen: { ...rest, reply: await send(row, invocation, services) } };
    }
    case 'look':
      return attempt('look', row, seen, services, async () => ({
        ...seen,
        sighting: await services.controlPlanes[row.operation].look(row, step.at),
      }));
    case 'cancelAtAws':
      return attempt('stop', row, seen, services, async () => {
        await services.controlPlanes[row.operation].stop(row, step.order);
        return step.seen;
      });
    case 'publish':
      return publish(row, seen, services);
    case 'wake':
      await wake(step.rollouts, services);
      return { seen: { ...seen, toWake: [] } };
    case 'rest':
      await scheduleFollowUp(row, step.delay, services);
      return 'end';
    case 'done':
      return 'end';
  }
}

/** Each sibling row is put where it is missing; answers why others cannot have theirs. */
async function putSiblings(rows: readonly Rollout[], { who }: Invocation, services: AdvanceServices): Promise<Rejection[]> {
  const conflicts: Rejection[] = [];
  for (const sibling of rows) {
    const put = await services.ledger.claim(sibling);
    if (put.claimed) services.telemetry.accepted(sibling, who);
    else {
      const conflict = conflictWith(put.existing, { version: sibling.version, digest: sibling.releaseDigest });
      if (!conflict) continue;
      services.telemetry.refusal(messageOf(sibling), conflict);
      conflicts.push(conflict);
    }
  }
  return conflicts;
}

/** A create that is not sent, for want of time or of quota, is a definite no: the intent is undone. */
async function send(row: Rollout, invocation: Invocation, services: AdvanceServices): Promise<Reply> {
  const spare = invocation.millisecondsLeft() - MIN_MS_LEFT_FOR_A_CREATE;
  if (spare <= 0) return notSent('too little time left to await the answer');
  if (!(await services.limiter.take(Math.min(spare, CREATE_TURN_WAIT_MAX_MS)))) return notSent('no turn below the quota');
  const reply = await services.controlPlanes[row.operation].create(
    requestForAttempt(row.operation, row.request, row.rolloutId, row.attempt),
  );
  if (reply.kind === 'refused' || reply.kind === 'unknown') {
    const code = reply.kind === 'refused' ? reply.code : 'UNKNOWN';
    services.telemetry.problem('a create was not accepted', undefined, { ...idsOf(row), attempt: row.attempt, code, reply: reply.kind });
  }
  return reply;
}

function notSent(message: string): Reply {
  return { kind: 'refused', retryable: true, code: 'NOT_SENT', message };
}

/** An AWS call that fails is no news: the rollout rests and is looked at again. */
async function attempt(what: string, row: Rollout, seen: Seen, services: AdvanceServices, call: () => Promise<Seen>): Promise<Answer> {
  try {
    return { seen: await call() };
  } catch (error) {
    services.telemetry.problem(`could not ${what}; the next look tries again`, error, { ...idsOf(row), state: row.state });
    return { seen: { ...seen, resting: true } };
  }
}

async function publish(row: Rollout, seen: Seen, services: AdvanceServices): Promise<Answer> {
  const oldest = Math.min(...row.outbox.map((event) => Date.parse(event.detail.at)));
  // Whether they leave or not: while the bus refuses, this is all that tells how long.
  const tellLag = () => services.telemetry.measure('OutboxLagSeconds', Math.max(0, services.now() - oldest) / 1000);
  try {
    await services.bus.publish(row.outbox);
    tellLag();
    return { seen: { ...seen, published: true } };
  } catch (error) {
    tellLag();
    services.telemetry.problem('could not publish; the outcomes stay in the outbox', error, idsOf(row));
    return { seen: { ...seen, unpublished: true } };
  }
}

/** What a line about a rollout is found by. */
export function idsOf({ rolloutId, correlationId }: Rollout): Fields {
  return { rolloutId, correlationId };
}

/** Follow-ups and wakes are hints: what must happen stands in a row that is due, and the sweep finds it. */
export async function wake(rollouts: readonly Identity[], services: AdvanceServices): Promise<void> {
  await sendFollowUps(
    rollouts.map((rollout) => ({ body: followUpBody(rollout, '*'), delaySeconds: 0 })),
    services,
  );
}

async function scheduleFollowUp(row: Rollout | undefined, delay: number, services: AdvanceServices): Promise<void> {
  if (row)
    await sendFollowUps(
      [{ body: followUpBody(row, delay === 0 ? '*' : row.followUpNumber), delaySeconds: Math.min(900, Math.ceil(delay / 1000)) }],
      services,
      idsOf(row),
    );
}

async function sendFollowUps(
  messages: readonly { body: string; delaySeconds: number }[],
  services: AdvanceServices,
  about: Fields = {},
): Promise<void> {
  try {
    await services.queues.sendFollowUps(messages);
  } catch (error) {
    services.telemetry.problem('could not send a follow-up; the sweep finds what is due', error, about);
  }
}
