import { type Answer, absent, found } from '../answer.ts';

/** Names under which AWS says that a principal may not do something. S3 names an answer without a body by its status. */
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|Forbidden|^403$/;

/** More reads at once meet the throttles of IAM and AWS IoT, if the channels name hundreds of targets or roles. */
const READS_AT_ONCE = 8;

const waiting: (() => void)[] = [];
let running = 0;

/** Does a read when fewer than `READS_AT_ONCE` run, in the order of the calls. A read must not wait for another read. */
async function inTurn<T>(read: () => Promise<T>): Promise<T> {
  if (running < READS_AT_ONCE) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await read();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/**
 * Sends one read and answers what came. `action` is the IAM action that it needs. `absences` are the names of the errors
 * that mean "does not exist". One with a space is a part of the message instead, because CloudFormation has no name of its
 * own for that error. It never throws: doctor reports what it could not read.
 */
export async function ask<T>(action: string, absences: readonly string[], read: () => Promise<T>): Promise<Answer<T>> {
  try {
    return found(await inTurn(read));
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const message = oneLine(error);
    if (absences.some((absence) => (absence.includes(' ') ? message.includes(absence) : name === absence))) return absent;
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    const reason = DENIED.test(name) || status === 403 ? 'denied' : 'failed';
    return { kind: 'unread', action, reason, why: message === '' || message === 'UnknownError' ? name || `status ${status}` : message };
  }
}

function oneLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown }).code;
  return (message.split('\n', 1)[0] || (typeof code === 'string' ? code : '')).trim();
}
