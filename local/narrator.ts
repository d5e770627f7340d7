import { describe, subject } from './outcome-words.ts';
import type { Outcome } from './outcomes.ts';
import type { Report } from './report.ts';

/** How much is reported. With `beginnings`, only how each rollout begins: somebody else reports the outcomes. */
export type Extent = 'beginnings' | 'everything';

type Narrator = {
  /** Takes one line that a function wrote. */
  onLogLine(line: string): void;
  /** Takes one event of a bus. */
  onEvent(event: Outcome & { readonly source: string }): void;
  /** Takes the topic of a job event that AWS IoT has published. */
  onJobEvent(topic: string): void;
  /** Reports everything from now on. */
  reportEverything(): void;
};

/** The topic of an event about a job of the service: the id of its rollout, and what has happened. */
const jobTopic = /^\$aws\/events\/job\/(?:AFR_OTA-)?(fw-[a-z0-9_-]+)-\d+\/(\w+)$/;

/** What AWS IoT says of a job, for the operations that need other words. */
const jobWords: Readonly<Record<string, string>> = { cancellation_in_progress: 'being canceled', deletion_in_progress: 'being deleted' };

type Entry = Readonly<Record<string, unknown>>;

/** The source of the outcome events. */
const SOURCE = 'ota-dispatch';

/**
 * Reports what happens to every message and rollout. A rollout is reported from the log lines of the functions. A message, a hold and
 * a gate are reported from their outcome events, which have the reasons and the result. An error becomes one line in words. What is not a
 * log line of the
 * service goes to standard error unchanged. With OTA_DEBUG set, every line does.
 */
export function createNarrator(report: Report, extent: Extent): Narrator {
  let everything = extent === 'everything';
  /** What each rollout is about, by its id. */
  const abouts = new Map<unknown, string>();

  function onLogLine(line: string): void {
    if (process.env['OTA_DEBUG'] !== undefined) {
      console.error(line);
      return;
    }
    const entry = readLog(line);
    const { message, level } = entry;
    const about = subject({ detail: entry });
    if (entry['rolloutId'] !== undefined) abouts.set(entry['rolloutId'], about);
    if (message === 'accepted') report(about, 'accepted');
    else if (message === 'transition' && entry['to'] === 'CREATING')
      report(about, 'creating', `on ${entry['operation']}, attempt ${entry['attempt']}`);
    // Its outcome event comes later, with the evidence.
    else if (message === 'transition' && entry['from'] === 'WAITING' && entry['to'] === 'CLAIMED')
      report(about, 'opened', 'the gate has opened');
    else if (message === 'transition' && everything) report(about, String(entry['to']).toLowerCase(), ...detailsOf(entry));
    else if (level === 'ERROR' || level === 'CRITICAL') {
      const words = errorWords(entry);
      if (words === undefined) console.error(line);
      else report(about, 'error', words);
    }
  }

  return {
    onLogLine,
    onEvent(event) {
      if (!everything || event.source !== SOURCE || !isFromEvent(event['detail-type'])) return;
      report(subject(event), ...describe(event));
    },
    onJobEvent(topic) {
      const [, rolloutId, operation] = jobTopic.exec(topic) ?? [];
      const about = abouts.get(rolloutId);
      if (about !== undefined) report(about, 'job event', `AWS IoT says that its job is ${jobWords[operation ?? ''] ?? operation}`);
    },
    reportEverything() {
      everything = true;
    },
  };
}

/** Events that have more than the log: about a message, about a hold, and about a gate. */
function isFromEvent(type: string): boolean {
  return !type.startsWith('OTA Rollout ') || type === 'OTA Rollout Waiting' || type === 'OTA Rollout Promoted';
}

/** The AWS id of a created rollout. For every other state, the reason, which begins with the code of a failure. */
function detailsOf({ to, why, otaUpdateId, taskId, jobId }: Entry): string[] {
  if (to !== 'CREATED') return [String(why)];
  return [otaUpdateId ?? taskId ?? jobId].filter((part) => part !== undefined).map(String);
}

/** What went wrong and why, or undefined if the line has no errors that the service has described. */
function errorWords({ message, problem }: Entry): string | undefined {
  const { errors } = (problem ?? {}) as { readonly errors?: readonly { readonly name: string; readonly message: string }[] };
  if (errors === undefined) return undefined;
  return `${message}: ${errors.map((error) => `${error.name}: ${error.message}`).join(', caused by ')}`;
}

function readLog(line: string): Entry {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? (entry as Entry) : {};
  } catch {
    return { level: 'ERROR' };
  }
}
