import type { Example } from './example-files.ts';
import type { Outcome, ReceiveOutcomes } from './outcomes.ts';
import type { Report } from './report.ts';

/** The examples that did not end as they declare: those that still might, and those that were rejected instead. */
type Unfinished = { readonly waiting: readonly Example[]; readonly rejected: readonly Example[] };

/** Reports every outcome, until each example has ended or was rejected, or until `isOver` answers true. */
export async function followExamples(
  receive: ReceiveOutcomes,
  examples: readonly Example[],
  isOver: () => boolean,
  report: Report,
): Promise<Unfinished> {
  const waiting = new Map(examples.map((example) => [example, new Set(example.ends)]));
  const rejected: Example[] = [];
  while (waiting.size > 0 && !isOver()) {
    for (const outcome of await receive()) {
      for (const [example, ends] of waiting) {
        if (!isAbout(outcome, example)) continue;
        const reached = [...ends].filter((end) => matches(end, outcome));
        const staysCreated = reached.some((end) => end['detail-type'] === 'OTA Rollout Created');
        report(
          subject(outcome),
          ...describe(outcome),
          ...(staysCreated ? ['the end of this example: a continuous rollout stays Created'] : []),
        );
        for (const end of reached) ends.delete(end);
        const isRejected = isUndeclaredRejection(outcome, example);
        if (isRejected) {
          report(subject(example), 'FAILED', `examples/${example.name}.json does not declare that it is rejected`);
          rejected.push(example);
        }
        if (isRejected || ends.size === 0) waiting.delete(example);
      }
    }
  }
  return { waiting: [...waiting.keys()], rejected };
}

/** What an event is about: product, version and, if it has one, the channel. */
export function subject({ detail }: { readonly detail: Readonly<Record<string, unknown>> }): string {
  return [detail['product'], detail['version'], detail['channel']].filter((part) => part !== undefined).join(' ');
}

/** Compared with all declared ends, because an outcome may be delivered twice. */
function isUndeclaredRejection(outcome: Outcome, { ends }: Example): boolean {
  return outcome['detail-type'] === 'OTA Release Rejected' && !ends.some((end) => matches(end, outcome));
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

/** What happened, and then the details: the reason or the result, how many devices, and the AWS ids. */
function describe({ 'detail-type': type, detail }: Outcome): [string, ...string[]] {
  const { code, path, message, result, by } = detail;
  const counts = Object.entries((detail['counts'] ?? {}) as Record<string, number>);
  const aws = (detail['aws'] ?? {}) as Record<string, string>;
  const happened = type.replace(/^OTA (Rollout|Release) /, '').toLowerCase();
  const where = join([code, path], ' ');
  const winner = (by as { version?: string } | undefined)?.version;
  const reason = join([join([where, message], ': '), result, winner && `by ${winner}`], ', ');
  const devices = counts.flatMap(([state, count]) => (count > 0 ? [`${count} ${state}`] : [])).join(', ');
  const id = aws['otaUpdateId'] ?? aws['taskId'];
  const details = [join([reason, devices && (reason === '' ? devices : `(${devices})`)], ' '), id, aws['jobId'] && `job ${aws['jobId']}`];
  return [happened, ...details.filter(isPresent)];
}

function join(parts: readonly unknown[], separator: string): string {
  return parts.filter(isPresent).join(separator);
}

function isPresent<T>(part: T | undefined): part is T {
  return part !== undefined && part !== '';
}
