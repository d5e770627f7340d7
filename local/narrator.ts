import type { Tell } from './tell.ts';

/** How much is told: while somebody else tells the outcomes, only how each rollout begins. */
export type Extent = 'beginnings' | 'everything';

export type Narrator = {
  /** Hears one line that a function wrote. */
  hear(line: string): void;
  /** From now on everything is told. */
  tellEverything(): void;
};

type Entry = Readonly<Record<string, unknown>>;

/**
 * Tells from the functions' own log lines what becomes of every message and rollout, and prints what went wrong as it
 * is; with OTA_DEBUG set it prints every line as it is.
 */
export function createNarrator(tell: Tell, extent: Extent): Narrator {
  let everything = extent === 'everything';
  // A record says neither what it was about nor that it was a withdrawal: that shows in what else its message did.
  const told = new Set<unknown>();

  function hear(line: string): void {
    if (process.env['OTA_DEBUG'] !== undefined) {
      console.error(line);
      return;
    }
    const entry = readLog(line);
    const { message, level, messageId } = entry;
    if (message === 'accepted' || message === 'refusal') told.add(messageId);
    if (message === 'accepted') tell(subject(entry), 'accepted', String(entry['rolloutId']));
    else if (message === 'transition' && entry['to'] === 'CREATING')
      tell(subject(entry), 'creating', `at ${entry['controlPlane']}, attempt ${entry['attempt']}`);
    else if (message === 'transition' && everything) tell(subject(entry), String(entry['to']).toLowerCase(), ...detailsOf(entry));
    else if (message === 'refusal' && everything) tell(subject(entry), 'rejected', `${entry['code']} ${entry['path']}`);
    else if (message === 'record') tellRecord(entry);
    else if (level === 'ERROR' || level === 'CRITICAL') console.error(line);
  }

  function tellRecord({ word, messageId }: Entry): void {
    // It comes again.
    if (word === 'retried') return;
    const isTold = told.delete(messageId);
    if (!everything || isTold) return;
    const about = `message ${String(messageId).slice(0, 8)}`;
    if (word === 'duplicate') tell(about, 'duplicate', 'this release was accepted before: nothing is doubled');
    else if (word === 'dispatched') tell(about, 'taken in', 'a withdrawal or a dry run: nothing new rolls out');
  }

  return {
    hear,
    tellEverything() {
      everything = true;
    },
  };
}

/** Product, version and channel, as far as a line has them. */
function subject(entry: Entry): string {
  const named = [entry['product'], entry['version'], entry['channel']].filter((part) => part !== undefined);
  return named.length > 0 ? named.join(' ') : `message ${String(entry['messageId']).slice(0, 8)}`;
}

/** AWS's ids of what exists; of all else the code and why. */
function detailsOf({ to, code, why, otaUpdateId, taskId, jobId }: Entry): string[] {
  if (to !== 'CREATED') return [[code, why].filter((part) => part !== undefined).join(': ')];
  return [otaUpdateId ?? taskId, jobId && `job ${jobId}`].filter((part) => part !== undefined).map(String);
}

function readLog(line: string): Entry {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? (entry as Entry) : {};
  } catch {
    return { level: 'ERROR' };
  }
}
