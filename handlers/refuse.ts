import type { Rejection } from '../domain/release/rejection.ts';
import { rejectedOutcome } from '../domain/rollout/outcome.ts';
import type { Incoming } from './incoming.ts';
import type { Services } from './services.ts';

/** Rejects a message: sends its body unchanged to the queue of rejected messages, then publishes the reason. Throws if either fails. */
export async function refuse(incoming: Incoming, rejection: Rejection, services: Services): Promise<'rejected'> {
  const { code, path, message: reason } = rejection;
  await services.queues.sendRejected(incoming.body, { code, path, reason, messageId: incoming.messageId });
  await services.bus.publish([rejectedOutcome(incoming, rejection, services.now())]);
  services.telemetry.refusal(incoming, rejection);
  return 'rejected';
}
