import type { Rollout } from '../../domain/rollout/rollout.ts';
import type { Step, View } from '../../domain/rollout/step.ts';

/**
 * A step as one short line, for tables. Versions stand for rollouts. `write FAILED(GONE) +Failed`: an outcome is added to
 * the outbox. `-outbox`: the outbox is emptied. `-due`: nothing is left to do. `unanswered 2`: two sends have no answer.
 * `for HELD`: what it waits for. `-waits`: it waits for nothing but AWS any more.
 * `→ send`, `→ rest`: what follows the write.
 */
export function lineOf(step: Step, view: View): string {
  switch (step.do) {
    case 'putSiblings':
      return `put ${step.rows.map((row) => row.channel).join(', ')}`;
    case 'write':
      return `write ${writeLine(step, view.row)}`;
    case 'writeHead':
      return `head: ${headLine(step, view)}`;
    case 'readRival':
      return `read ${step.identity.version}`;
    case 'readUpstreams':
      return `read ${step.channels.join(', ')}`;
    case 'lookUpstream':
      return `look at ${step.channel}`;
    case 'readHolds':
      return 'read the holds again';
    case 'look':
      return `look at ${step.at}`;
    case 'cancelAtAws':
      return `cancel at AWS (${step.order.reasonCode}${step.order.force ? ', force' : ''})`;
    case 'wake':
      return `wake ${step.rollouts.map((rollout) => rollout.version).join(', ')}`;
    default:
      return step.do;
  }
}

function writeLine({ change, seen }: Extract<Step, { do: 'write' }>, row: Rollout): string {
  const state = change.state ?? row.state;
  const outbox = change.outbox ?? row.outbox;
  const added = outbox.filter((event) => !row.outbox.includes(event)).map((event) => `+${event.detailType.split(' ').at(-1)}`);
  return [
    typeof change.code === 'string' ? `${state}(${change.code})` : state,
    ...(change.supersededBy ? [`by ${change.supersededBy.version}`] : []),
    ...(change.attempt !== undefined && change.attempt !== row.attempt ? [`attempt ${change.attempt}`] : []),
    ...(change.unansweredCreates && change.unansweredCreates.count !== row.unansweredCreates.count
      ? [`unanswered ${change.unansweredCreates.count}`]
      : []),
    ...(change.waits ? [`for ${Object.keys(change.waits.since).join(', ')}`] : []),
    ...(change.waits === null ? ['-waits'] : []),
    ...added,
    ...(row.outbox.length > 0 && row.outbox.every((event) => !outbox.includes(event)) ? ['-outbox'] : []),
    ...(change.dueAt === null ? ['-due'] : []),
    ...(seen.intent ? ['→ send'] : []),
    ...(seen.resting ? ['→ rest'] : []),
  ].join(' ');
}

function headLine({ head }: Extract<Step, { do: 'writeHead' }>, { row, head: before }: View): string {
  const gone = Object.keys(before.entries).filter((rolloutId) => !head.entries[rolloutId] && rolloutId !== row.rolloutId);
  const dropped = gone.length > 0 ? `, drop ${gone.map((rolloutId) => before.entries[rolloutId]?.version).join(', ')}` : '';
  const [was, is] = [before.entries[row.rolloutId], head.entries[row.rolloutId]];
  if (!is) return `leave${dropped}`;
  if (!was) return `enter as ${is.sequence}${dropped}`;
  return `${is.done ? 'done' : is.created ? 'created' : 'unchanged'}${dropped}`;
}
