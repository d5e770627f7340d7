import type { Outcome } from './outcomes.ts';

type Detail = Readonly<Record<string, unknown>>;
type Planned = { readonly channel: string; readonly operation: string };
type Reason = { readonly code: string; readonly path: string; readonly message: string };

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
  const happened = type.replace(/^OTA (Rollout|Release) /, '').toLowerCase();
  if (type === 'OTA Release Planned') return [happened, planWords(detail)];
  if (type === 'OTA Release Withdrawn') return [happened, withdrawalWords(detail)];
  if (type === 'OTA Release Duplicate') return [happened, 'accepted before, so nothing is started again'];
  const { code, path, message, by } = detail;
  const counts = Object.entries((detail['counts'] ?? {}) as Record<string, number>);
  const aws = (detail['aws'] ?? {}) as Record<string, string>;
  const where = join([code, path], ' ');
  const winner = (by as { version?: string } | undefined)?.version;
  const reason = join([join([where, message], ': '), winner && `by ${winner}`], ', ');
  const devices = counts.flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : [])).join(', ');
  return [happened, ...[reason, devices && `devices: ${devices}`, aws['otaUpdateId'] ?? aws['taskId']].filter(isPresent)];
}

function planWords(detail: Detail): string {
  const rollouts = membersOf<Planned>(detail['rollouts']);
  const rejections = membersOf<Reason>(detail['rejections']);
  if (rejections.length === 0) {
    const requests = rollouts.map(({ channel, operation }) => `${operation} for ${channel}`);
    return `a dry run would make ${counted(requests.length, 'request')}: ${requests.join(', ')}`;
  }
  const shown = rejections.slice(0, REJECTIONS_SHOWN).map(({ code, path, message }) => `${code} ${path}: ${message}`);
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

function isPresent<T>(part: T | undefined): part is T {
  return part !== undefined && part !== '';
}
