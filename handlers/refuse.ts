import type { Rejection } from '../domain/release/rejection.ts';
import { type MessageFacts, rejectedOutcome } from '../domain/rollout/outcome.ts';
import type { Services } from './ports.ts';

/** A final no: the body is kept verbatim with its reason, and told; both before the record is acknowledged. */
export async function refuse(body: string, message: MessageFacts, rejection: Rejection, services: Services): Promise<'rejected'> {
  const { code, path, message: reason } = rejection;
  await services.queues.sendRejected(body, { code, path, reason, messageId: message.messageId });
  await services.bus.publish([rejectedOutcome(message, rejection, services.now())]);
  services.telemetry.refusal(message, rejection);
  return 'rejected';
}
