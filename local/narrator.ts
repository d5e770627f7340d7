import type { Report } from './report.ts';

/** How much is reported. With `beginnings`, only how each rollout begins: somebody else reports the outcomes. */
export type Extent = 'beginnings' | 'everything';

type Narrator = {
  /** Takes one line that a function wrote. */
  onLogLine(line: string): void;
  /** Reports everything from now on. */
  reportEverything(): void;
};

type Entry = Readonly<Record<string, unknown>>;

/**
 * Reports what happens to every message and rollout, from the log lines of the functions. Errors, and lines that are not
 * JSON, go to standard error unchanged. With OTA_DEBUG set, every line does.
 */
export function createNarrator(report: Report, extent: Extent): Narrator {
  let everything = extent === 'everything';
  // A "record" line names only its message. If another line about that message was reported, the "record" line adds nothing.
  const reported = new Set<unknown>();

  function onLogLine(line: string): void {
    if (process.env['OTA_DEBUG'] !== undefined) {
      console.error(line);
      return;
    }
    const entry = readLog(line);
    const { message, level, messageId } = entry;
    if (message === 'accepted' || message === 'refusal') reported.add(messageId);
    if (message === 'accepted') report(subject(entry), 'accepted');
    else if (message === 'transition' && entry['to'] === 'CREATING')
      report(subject(entry), 'creating', `on ${entry['operation']}, attempt ${entry['attempt']}`);
    else if (message === 'transition' && everything) report(subject(entry), String(entry['to']).toLowerCase(), ...detailsOf(entry));
    else if (message === 'refusal' && everything) report(subject(entry), 'rejected', `${entry['code']} ${entry['path']}`);
    else if (message === 'record') reportRecord(entry);
    else if (level === 'ERROR' || level === 'CRITICAL') console.error(line);
  }

  function reportRecord({ word, messageId }: Entry): void {
    // A retried record is delivered again. Its last delivery is the one to report.
    if (word === 'retried') return;
    const isReported = reported.delete(messageId);
    if (!everything || isReported) return;
    const about = messageName(messageId);
    if (word === 'duplicate') report(about, 'duplicate', 'accepted before, so nothing is started again');
    else if (word === 'dispatched') report(about, 'dispatched', 'a withdrawal or a dry run, so no new rollout');
  }

  return {
    onLogLine,
    reportEverything() {
      everything = true;
    },
  };
}

/** Product, version and channel, as far as the line has them. */
function subject(entry: Entry): string {
  const named = [entry['product'], entry['version'], entry['channel']].filter((part) => part !== undefined);
  return named.length > 0 ? named.join(' ') : messageName(entry['messageId']);
}

function messageName(messageId: unknown): string {
  return `message ${String(messageId).slice(0, 8)}`;
}

/** The AWS id of a created rollout. For every other state, the reason, which begins with the code of a failure. */
function detailsOf({ to, why, otaUpdateId, taskId }: Entry): string[] {
  if (to !== 'CREATED') return [String(why)];
  return [otaUpdateId ?? taskId].filter((part) => part !== undefined).map(String);
}

function readLog(line: string): Entry {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? (entry as Entry) : {};
  } catch {
    return { level: 'ERROR' };
  }
}
