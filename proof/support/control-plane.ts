import type { PlaneClients } from '../../adapters/clients.ts';
import type { LookAt, StopOrder, Subject } from '../../domain/rollout/observation.ts';
import type { ControlPlane, TimeLeft } from '../../domain/rollout/ports.ts';

/** A minute, at every call. */
export const aMinute: TimeLeft = { millisecondsLeft: () => 60_000 };

/** One client for all requests of a control plane. */
export function oneClient<Client>(client: Client): PlaneClients<Client> {
  return { creates: client, others: client };
}

/** The control plane with a minute for each look and stop. */
export function withAMinute({ create, look, stop }: ControlPlane) {
  return {
    create,
    look: (subject: Subject, at: LookAt) => look(subject, at, aMinute),
    stop: (subject: Subject, order: StopOrder) => stop(subject, order, aMinute),
  };
}
