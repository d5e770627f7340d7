import type { Example } from './example-files.ts';
import { describe, subject } from './outcome-words.ts';
import type { Outcome, ReceiveOutcomes } from './outcomes.ts';
import type { Report } from './report.ts';

/** The examples that did not end as they declare: those that still might, and those that were rejected or failed instead. */
type Unfinished = { readonly waiting: readonly Example[]; readonly failed: readonly Example[] };

/** Reports every outcome, until each example has ended, was rejected or failed, or until `isOver` answers true. */
export async function followExamples(
  receive: ReceiveOutcomes,
  examples: readonly Example[],
  isOver: () => boolean,
  report: Report,
): Promise<Unfinished> {
  const waiting = new Map(examples.map((example) => [example, new Set(example.ends)]));
  const failed: Example[] = [];
  while (waiting.size > 0 && !isOver()) {
    for (const outcome of await receive()) {
      for (const [example, ends] of waiting) {
        if (!isAbout(outcome, example)) continue;
        const reached = [...ends].filter((end) => matches(end, outcome));
        const [happened, ...details] = describe(outcome);
        report(subject(outcome), happened, ...(isDeclared(outcome, example) ? explained(outcome, details) : details));
        for (const end of reached) ends.delete(end);
        const undeclared = undeclaredEnd(outcome, example);
        if (undeclared !== undefined) {
          report(subject(example), 'FAILED', `examples/${example.name}.json does not declare that it ${undeclared}`);
          failed.push(example);
        }
        if (undeclared !== undefined || ends.size === 0) waiting.delete(example);
      }
    }
  }
  return { waiting: [...waiting.keys()], failed };
}

/** The details of an end that the example declares, with what a person may wonder about. */
function explained({ 'detail-type': type, detail }: Outcome, details: readonly string[]): readonly string[] {
  if (type === 'OTA Release Rejected') return [`as meant: ${details.join(', ')}`];
  if (type === 'OTA Rollout Created') return [...details, 'as meant: a continuous rollout stays Created'];
  const covered = detail['rollouts'];
  const isAhead = type === 'OTA Release Withdrawn' && Array.isArray(covered) && covered.length === 0;
  return isAhead ? ['as meant: this version never came, and is rejected if it comes now'] : details;
}

const BAD_ENDS: Readonly<Record<string, string>> = { 'OTA Release Rejected': 'is rejected', 'OTA Rollout Failed': 'fails' };

/** How an example ended that does not declare it. */
function undeclaredEnd(outcome: Outcome, example: Example): string | undefined {
  return isDeclared(outcome, example) ? undefined : BAD_ENDS[outcome['detail-type']];
}

/** Compared with all declared ends, because an outcome may be delivered twice. */
function isDeclared(outcome: Outcome, { ends }: Example): boolean {
  return ends.some((end) => matches(end, outcome));
}

function isAbout(outcome: Outcome, { detail }: Example): boolean {
  const { product, version, correlationId } = outcome.detail;
  return detail['correlationId'] === undefined
    ? product === detail['product'] && version === detail['version']
    : correlationId === detail['correlationId'];
}

function matches(end: Outcome, outcome: Outcome): boolean {
  return (
    end['detail-type'] === outcome['detail-type'] && Object.entries(end.detail).every(([name, value]) => outcome.detail[name] === value)
  );
}
