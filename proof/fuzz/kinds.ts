import { expectFollowUp } from './model/follow-up.ts';
import { type Expectation, expectMessage } from './model/message.ts';
import { type Queue, queueFor } from './queue.ts';

/** The kinds of events that come in. A denial is a withdrawal with this reason, and a wake is a follow-up for every state of its row. */
export const eventKinds = ['release', 'withdrawal', 'denial', 'approval', 'hold', 'resume', 'follow-up', 'wake', 'job event'] as const;
export type EventKind = (typeof eventKinds)[number];

/** A body that is no event that anybody knows. */
export const NO_EVENT = 'no event';

/** What a body of this queue is, by the model of the contract. Its detail may be wrong. */
export function kindOf(body: string, queue: Queue = queueFor(body)): EventKind | typeof NO_EVENT {
  if (queue !== 'follow-ups') return kindOfExpected(expectMessage(body));
  const { kind } = expectFollowUp(body);
  return kind === 'nothing' ? NO_EVENT : kind;
}

/** The same for a message whose expectation is known. */
export function kindOfExpected(expected: Expectation): EventKind | typeof NO_EVENT {
  const kind = expected.kind === 'nothing' ? expected.seems : expected.kind;
  if (kind === 'withdrawal' && expected.detail?.['reasonCode'] === 'DENIED') return 'denial';
  return kind ?? NO_EVENT;
}
