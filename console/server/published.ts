import { channelResumed, releaseApproved } from '../../domain/release/intake.ts';
import { NotProcessed, RejectedEvent, type Watch } from '../../operator/actions/answer.ts';
import { isDenied, type OutgoingEvent, publishEvent } from '../../operator/events/publish-event.ts';
import type { Stage } from '../../operator/stage/stage.ts';
import type { ActionResult } from '../api.ts';

/** A browser and a person wait this long, in milliseconds. The service needs seconds, unless there is a backlog. */
const ANSWER_WITHIN = 18_000;

/** A published event, and how its answer is waited for. */
type Sent = { readonly eventId: string; readonly watch: Watch };

/** What an action has to say of its event. `noun` such as `approval`. */
type About = { readonly noun: string; readonly href: string };

/**
 * Publishes an event and waits for its answer until `deadline` (epoch ms). What the service rejects, what it does not answer in time, and
 * what AWS does not permit are results. Throws only if nothing was published, for another reason than a missing permission.
 */
export async function published(
  stage: Stage,
  event: OutgoingEvent,
  { noun, href }: About,
  answer: (sent: Sent) => Promise<Omit<ActionResult, 'eventId'>>,
  deadline = Date.now() + ANSWER_WITHIN,
): Promise<ActionResult> {
  let eventId: string;
  try {
    eventId = await publishEvent(stage, event);
  } catch (error) {
    if (isDenied(error)) return notPermitted(stage, event, error);
    throw error;
  }
  const unanswered = (message: string): ActionResult => ({ isDone: false, isPending: true, message, lines: [], eventId, href });
  try {
    return { ...(await answer({ eventId, watch: { patience: Math.max(0, deadline - Date.now()) } })), eventId };
  } catch (error) {
    if (error instanceof RejectedEvent) {
      const { code, path, reason } = error.rejected;
      return {
        isDone: false,
        message: `The service rejected the ${noun}: ${reason}`,
        lines: [],
        rejected: { code, path, reason },
        eventId,
      };
    }
    if (error instanceof NotProcessed) return unanswered(`The ${noun} is published, and the service has not answered yet. It goes on.`);
    // The event is on its way, so the person must get its id, whatever the error is.
    const name = error instanceof Error ? error.name : 'an error';
    return unanswered(`The ${noun} is published, but its answer cannot be read (${name}). It goes on.`);
  }
}

/** When an action that publishes several events must have answered, in epoch ms. */
export const deadlineFrom = (now: number): number => now + ANSWER_WITHIN;

/** Names the role that may do what the caller may not. */
async function notPermitted(stage: Stage, { detailType }: OutgoingEvent, { message }: Error): Promise<ActionResult> {
  const [kind, logical] = [releaseApproved, channelResumed].includes(detailType)
    ? ['approver', 'ApproverRole']
    : ['operator', 'OperatorRole'];
  const caller = /\bUser: (\S{1,2048}) is not authorized/.exec(message)?.[1] ?? 'The caller of this console';
  return {
    isDone: false,
    message: `AWS does not permit ${caller} to publish ${detailType} on ${stage.bus}.`,
    lines: [
      `The role ota-dispatch-${stage.name}-${await stage.region()}-${kind} (${logical}) may publish it.`,
      'Start a console with the credentials of that role.',
    ],
  };
}
