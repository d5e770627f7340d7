import type { Earlier, Example } from './example-files.ts';
import { describe, subject } from './outcome-words.ts';
import type { Outcome, ReceiveOutcomes } from './outcomes.ts';
import type { Report } from './report.ts';

type FollowOptions = {
  readonly receive: ReceiveOutcomes;
  readonly examples: readonly Example[];
  /** Examples that have ended before, if any. What is about none of all these is about what a person published meanwhile. */
  readonly ended?: readonly Example[];
  /** Puts the event of an example on the bus. */
  readonly publish: (example: Example) => Promise<void>;
  /** Whether nobody waits any longer. */
  readonly isOver: () => boolean;
  readonly report: Report;
};

/** The examples that did not end as they declare. */
type Unfinished = {
  /** Those that were published and might still end. */
  readonly waiting: readonly Example[];
  /** Those that were not published, because one of these outcomes has not come. */
  readonly unpublished: readonly { readonly example: Example; readonly missing: readonly Earlier[] }[];
  /** Those that were rejected or failed, and those that come after them. */
  readonly failed: readonly Example[];
};

/**
 * Publishes each example when the outcomes that it comes after have come. Reports every outcome, until each example has ended, was
 * rejected or failed, or until `isOver` answers true. Of what a person published meanwhile, it leaves out the progress, as the log does.
 */
export async function followExamples({ receive, examples, ended = [], publish, isOver, report }: FollowOptions): Promise<Unfinished> {
  const unpublished = new Map(examples.map((example) => [example, new Set(example.after)]));
  const waiting = new Map(examples.map((example) => [example, new Set(example.ends)]));
  const failed: Example[] = [];
  const taken = new Set<unknown>();

  async function publishReady(): Promise<void> {
    for (const [example, missing] of unpublished) {
      if (missing.size > 0) continue;
      unpublished.delete(example);
      await publish(example);
    }
  }

  function fail(example: Example, why: string): void {
    report(subject(example), 'FAILED', `examples/${example.name}.json ${why}`);
    failed.push(example);
    waiting.delete(example);
    unpublished.delete(example);
    for (const [later, missing] of unpublished)
      if ([...missing].some((earlier) => earlier.example === example.name))
        fail(later, `is not published, because it comes after examples/${example.name}.json`);
  }

  function take(outcome: Outcome): void {
    // An outcome may be delivered twice, with the same id.
    const { outcomeId } = outcome.detail;
    if (outcomeId !== undefined && taken.has(outcomeId)) return;
    taken.add(outcomeId);
    const about = examples.filter((example) => isAbout(outcome, example));
    const isOfPerson = ![...examples, ...ended].some((example) => isAbout(outcome, example));
    if (isOfPerson && outcome['detail-type'] !== 'OTA Rollout Progressed') report(subject(outcome), ...describe(outcome));
    for (const missing of unpublished.values())
      for (const earlier of missing)
        if (about.some(({ name }) => name === earlier.example) && matches(earlier, outcome)) missing.delete(earlier);
    for (const example of about) {
      const ends = waiting.get(example);
      if (ends === undefined) continue;
      const [happened, ...details] = describe(outcome);
      report(subject(outcome), happened, ...(isDeclared(outcome, example) ? explained(outcome, details) : details));
      for (const end of ends) if (matches(end, outcome)) ends.delete(end);
      const undeclared = undeclaredEnd(outcome, example);
      if (undeclared !== undefined) fail(example, `does not declare that it ${undeclared}`);
      else if (ends.size === 0) waiting.delete(example);
    }
  }

  await publishReady();
  while (waiting.size > 0 && !isOver()) {
    for (const outcome of await receive()) {
      take(outcome);
      await publishReady();
    }
  }
  return {
    waiting: [...waiting.keys()].filter((example) => !unpublished.has(example)),
    unpublished: [...unpublished].map(([example, missing]) => ({ example, missing: [...missing] })),
    failed,
  };
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
