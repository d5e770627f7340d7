import type { Expect } from './flaw.ts';

/** Texts of the messages that must not be in the logs. */
const secrets = ['neverlog', '3HL4kqt', 'app.bin'];

/** Members of a log line that hold ids and paths. They may have text of the message. */
const named = new Set(['correlationId', 'product', 'version', 'channel', 'path', 'eventId']);

/** Judges the logs: each line is JSON, has nothing that a terminal would obey, and no text of the message. */
export function judgeOutput(output: string, body: string, expect: Expect): void {
  const isInLines = output === '' || (output.startsWith('{"') && output.endsWith('}\n') && !/\n(?!\{"|$)|[^}]\n/.test(output));
  expect(isInLines, 'logs in lines of JSON', output.slice(0, 500));
  const odd = /[^\n\P{C}]|[\u2028\u2029]/u.exec(output);
  expect(odd === null, 'no control characters in the logs', output.slice((odd?.index ?? 0) - 100, (odd?.index ?? 0) + 100));
  const found = secrets.filter((secret) => output.includes(secret) && body.includes(secret));
  if (found.length === 0) return;
  const quoting = output.split('\n').filter((line) => found.some((secret) => quotes(line, secret)));
  expect(quoting.length === 0, 'no body in the logs', quoting[0]?.slice(0, 500) ?? '');
}

function quotes(line: string, secret: string): boolean {
  if (!line.includes(secret)) return false;
  const parsed = objectIn(line);
  if (parsed === undefined) return true;
  return JSON.stringify(parsed, (name, value: unknown) => (named.has(name) && typeof value === 'string' ? '' : value)).includes(secret);
}

function objectIn(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
