import type { Outcome } from './outcomes.ts';

type Detail = Readonly<Record<string, unknown>>;
type Planned = { readonly channel: string; readonly operation: string; readonly reasons?: readonly Reason[] };
type Rejection = { readonly code: string; readonly path: string; readonly message: string; readonly channel?: string };
type Reason = { readonly reason: string; readonly message: string; readonly until?: string };
type Upstream = { readonly channel: string; readonly counts: Readonly<Record<string, number>> };
type Approval = { readonly by: { readonly source: string }; readonly approvedBy?: string };
type Answer = { readonly channel: string; readonly counted: boolean; readonly why: string };
type Hold = { readonly holdId: string; readonly reason: string };

/** More rejections of a dry run than this are only counted. */
const REJECTIONS_SHOWN = 3;

/**
 * What an event is about: product, version and, if it has one, the channel. For a message that could not be read, the
 * beginning of its id.
 */
export function subject({ detail }: { readonly detail: Detail }): string {
  const named = [detail['product'], detail['version'], detail['channel']].filter((part) => part !== undefined);
  return named.length > 0 ? named.join(' ') : `message ${String(detail['messageId']).slice(0, 8)}`;
}

/** What happened in one word, and then the details: the reason, how many devices ended how, and the AWS id. */
export function describe({ 'detail-type': type, detail }: Outcome): [string, ...string[]] {
  const happened = type.replace(/^OTA (Rollout|Release|Channel) /, '').toLowerCase();
  const words = wordsByType[type];
  if (words !== undefined) return [happened, words(detail)];
  const { code, path, message, by } = detail;
  const counts = Object.entries((detail['counts'] ?? {}) as Record<string, number>);
  const aws = (detail['aws'] ?? {}) as Record<string, string>;
  const where = join([code, path], ' ');
  const winner = (by as { version?: string } | undefined)?.version;
  const reason = join([join([where, message], ': '), winner && `by ${winner}`], ', ');
  const devices = counts.flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : [])).join(', ');
  return [happened, ...[reason, devices && `devices: ${devices}`, aws['otaUpdateId'] ?? aws['taskId'] ?? aws['jobId']].filter(isPresent)];
}

/** The details of events that have no code, counts or AWS ids, or that need words of their own. */
const wordsByType: Readonly<Record<string, (detail: Detail) => string>> = {
  'OTA Release Planned': planWords,
  'OTA Release Withdrawn': withdrawalWords,
  'OTA Release Duplicate': () => 'accepted before, so nothing is started again',
  'OTA Release Approved': approvalWords,
  'OTA Channel Held': heldWords,
  'OTA Channel Resumed': resumedWords,
  'OTA Rollout Waiting': waitingWords,
  'OTA Rollout Promoted': promotionWords,
};

/** Every reason to wait, and when it ends. */
function waitingWords(detail: Detail): string {
  const reasons = membersOf<Reason>(detail['reasons']).map(reasonWords);
  return `${counted(reasons.length, 'reason')}: ${reasons.join('; ')}`;
}

function reasonWords({ reason, message, until }: Reason): string {
  // The message about a closed time has the instant.
  if (until === undefined || reason === 'CLOSED') return message;
  const end = `until ${until.slice(11, 19)} UTC`;
  return message.startsWith('soaking: ') ? message.replace(':', ` ${end}:`) : `${message}, ${end}`;
}

function promotionWords(detail: Detail): string {
  const proved = membersOf<Upstream>(detail['after']).map(
    ({ channel, counts }) => `${counted(counts['succeeded'] ?? 0, 'device')} of ${channel} succeeded`,
  );
  const approvers = membersOf<Approval>(detail['approvals']).map(({ by, approvedBy }) =>
    join([by.source, approvedBy && `(${approvedBy})`], ' '),
  );
  const skipped = membersOf<string>(detail['skipped']);
  const evidence = [
    ...proved,
    approvers.length > 0 && `approved by ${approvers.join(', ')}`,
    skipped.length > 0 && `skipped: ${skipped.join(', ')}`,
  ];
  return evidence.filter((part) => part !== false).join(', ');
}

function approvalWords(detail: Detail): string {
  const answers = membersOf<Answer>(detail['rollouts']);
  return answers.map(({ channel, counted, why }) => `${counted ? 'counts' : 'does not count'} for ${channel}: ${why}`).join('; ');
}

function heldWords(detail: Detail): string {
  const own = membersOf<Hold>(detail['holds']).find(({ holdId }) => holdId === detail['holdId']);
  if (own === undefined) return `hold ${detail['holdId']} is not active now`;
  return `nothing new starts while hold ${own.holdId} lasts: ${own.reason}${stoppedWords(detail)}`;
}

function resumedWords(detail: Detail): string {
  const left = membersOf<Hold>(detail['holds']).map(({ holdId }) => holdId);
  const others = left.length > 0 ? `still held by ${left.join(', ')}` : 'and no other hold is active';
  return `hold ${detail['holdId']} has ended, ${others}`;
}

/** What waits, and what a hold does not stop. */
function stoppedWords(detail: Detail): string {
  const [waiting, live] = [membersOf(detail['waiting']).length, membersOf(detail['live']).length];
  const parts = [
    waiting > 0 && `${counted(waiting, 'rollout')} ${waiting === 1 ? 'waits' : 'wait'}`,
    live > 0 && `${counted(live, 'rollout')} ${live === 1 ? 'runs' : 'run'} all the same`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function planWords(detail: Detail): string {
  const rollouts = membersOf<Planned>(detail['rollouts']);
  const rejections = membersOf<Rejection>(detail['rejections']);
  if (rejections.length === 0) {
    const requests = rollouts.map(({ channel, operation, reasons = [] }) =>
      join([`${operation} for ${channel}`, reasons.length > 0 && `which waits (${reasons.map(reasonWords).join('; ')})`], ', '),
    );
    return `a dry run would make ${counted(requests.length, 'request')}: ${requests.join(', ')}`;
  }
  const shown = rejections
    .slice(0, REJECTIONS_SHOWN)
    .map(({ code, path, message, channel }) => join([code, path, channel && `for ${channel}`], ' ').concat(`: ${message}`));
  const more = rejections.length - shown.length;
  return `a dry run has ${counted(rejections.length, 'rejection')}: ${[...shown, ...(more > 0 ? [`${more} more`] : [])].join('; ')}`;
}

function withdrawalWords(detail: Detail): string {
  const channels = membersOf<{ readonly channel: string }>(detail['rollouts']).map(({ channel }) => channel);
  return channels.length === 0
    ? 'the withdrawal covers no rollout, and rejects a release that comes later'
    : `the withdrawal covers the rollouts of ${channels.join(', ')}`;
}

function membersOf<T>(list: unknown): readonly T[] {
  return Array.isArray(list) ? list : [];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function join(parts: readonly unknown[], separator: string): string {
  return parts.filter(isPresent).join(separator);
}

function isPresent<T>(part: T | undefined | false): part is T {
  return part !== undefined && part !== '' && part !== false;
}
