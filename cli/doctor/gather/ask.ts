import { type Answer, absent, found } from '../answer.ts';

/** Names under which AWS says that a principal may not do something. S3 names an answer without a body by its status. */
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|Forbidden|^403$/;

/**
 * Sends one read and answers what came. `action` is the IAM action that it needs. `absences` are the names of the errors
 * that mean "does not exist". One with a space is a part of the message instead, because CloudFormation has no name of its
 * own for that error. It never throws: doctor reports what it could not read.
 */
export async function ask<T>(action: string, absences: readonly string[], read: () => Promise<T>): Promise<Answer<T>> {
  try {
    return found(await read());
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
