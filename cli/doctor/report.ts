import type { Check } from './check.ts';

/** One line for each check, and one with the numbers. */
export function reportLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ id }) => id.length));
  const lines = checks.map((check) => {
    const what = check.status === 'ok' ? check.seen : `${check.seen}. What to do: ${check.remedy}`;
    return `${check.status.padEnd('warning'.length)}  ${check.id.padEnd(width)}  ${what}`;
  });
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const [warnings, failures] = [count('warning'), count('failure')];
  return [
    ...lines,
    `${checks.length} ${checks.length === 1 ? 'check' : 'checks'}: ${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${failures} ${failures === 1 ? 'failure' : 'failures'}`,
  ];
}

/** Whether a check failed. */
export function hasFailure(checks: readonly Check[]): boolean {
  return checks.some(({ status }) => status === 'failure');
}
