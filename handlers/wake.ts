import type { Identity, Rollout } from '../domain/rollout/rollout.ts';
import { type FollowUp, followUpBody, isWithinChain } from './follow-up.ts';
import type { AdvanceServices, Invocation } from './services.ts';

/**
 * Sends a follow-up without delay for each rollout. Never throws. If the follow-up is lost, the sweep finds the row when it is
 * due.
 */
export async function wake(
  rollouts: readonly Identity[],
  invocation: Invocation,
  services: Pick<AdvanceServices, 'queues' | 'telemetry'>,
): Promise<void> {
  await sendFollowUps(rollouts, { number: '*', delaySeconds: 0 }, invocation, services);
}

/** Sends a follow-up with this number for each rollout, unless the chain of messages has become too long. Never throws. */
export async function sendFollowUps(
  rollouts: readonly (Identity & Partial<Pick<Rollout, 'rolloutId' | 'correlationId'>>)[],
  { number, delaySeconds }: { readonly number: FollowUp['followUpNumber']; readonly delaySeconds: number },
  { inChain }: Invocation,
  services: Pick<AdvanceServices, 'queues' | 'telemetry'>,
): Promise<void> {
  if (!isWithinChain(number, inChain + 1)) return;
  try {
    await services.queues.sendFollowUps(rollouts.map((rollout) => ({ body: followUpBody(rollout, number, inChain + 1), delaySeconds })));
  } catch (error) {
    const [{ rolloutId, correlationId } = {}] = rollouts;
    services.telemetry.problem('could not send a follow-up; the sweep wakes the rollout when it is due', error, {
      rolloutId,
      correlationId,
    });
  }
}
