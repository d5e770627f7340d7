import { mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BETWEEN_TRIES_MILLISECONDS = 100;
/** The holder touches the file about this often. It does so late while it is busy, but never by a minute. */
const BETWEEN_SIGNS_MILLISECONDS = 5_000;
const WITHOUT_SIGN_MILLISECONDS = 60_000;
/** To write the number of the process, and to remove an abandoned file, takes much less than this. */
const A_MOMENT_MILLISECONDS = 10_000;

/**
 * Waits until no other process holds `file`. Then holds it until this process ends. The file names the process that holds it, so
 * what a killed process has left behind holds nothing. If another process has its number now, the file is free after `patience`
 * milliseconds without a sign of life. If it must wait, it passes `waiting` to `say` once, with the process and the file.
 * @throws if the file cannot be written
 */
export async function holdExclusively(
  file: string,
  waiting: string,
  say: (line: string) => void,
  patience = WITHOUT_SIGN_MILLISECONDS,
): Promise<void> {
  try {
    mkdirSync(dirname(file), { recursive: true });
    let triesWithoutSign = 0;
    let lastSign: number | undefined;
    for (let tries = 1; !take(file); tries += 1) {
      const sign = signOf(file);
      triesWithoutSign = sign === lastSign ? triesWithoutSign + 1 : 0;
      lastSign = sign;
      // Counted in tries and not by the clock: a computer that slept has not given the holder the time for a sign.
      const silent = triesWithoutSign * BETWEEN_TRIES_MILLISECONDS > patience ? sign : undefined;
      if (isAbandoned(file, silent)) removeAbandoned(file, silent);
      else if (tries === 1) say(`${waiting}: process ${holderIn(file)} holds ${file}`);
      if (sign !== undefined) await sleep(BETWEEN_TRIES_MILLISECONDS);
    }
  } catch (cause) {
    throw new Error(`cannot lock ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  setInterval(() => giveSign(file), BETWEEN_SIGNS_MILLISECONDS).unref();
  process.once('exit', () => {
    if (holderIn(file) === process.pid) rmSync(file, { force: true });
  });
}

function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Whether nobody holds the file that is there: its process has ended, the computer has started again since, or its last sign is still
 * `silent`. A process that has only just made the file has not written its number yet. It holds the file.
 */
function isAbandoned(file: string, silent: number | undefined): boolean {
  const sign = signOf(file);
  if (sign === undefined) return false;
  if (sign === silent || sign < Date.now() - uptime() * 1000) return true;
  const holder = holderIn(file);
  return holder > 0 ? !isAlive(holder) : Date.now() - sign > A_MOMENT_MILLISECONDS;
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // A process of another user is alive, too.
    return codeOf(error) !== 'ESRCH';
  }
}

/** The number of the process in the file. 0 if there is none. */
function holderIn(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

function giveSign(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Somebody has deleted the file, such as with its whole folder.
  }
}

/** When the holder gave its last sign. Undefined if there is no file. */
const signOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

/** Removes the file if nobody holds it. Only one process at a time does so: another one could remove what was taken in between. */
function removeAbandoned(file: string, silent: number | undefined): void {
  const removing = `${file}.removing`;
  try {
    mkdirSync(removing);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    const made = signOf(removing) ?? Date.now();
    if (Date.now() - made > A_MOMENT_MILLISECONDS) rmSync(removing, { recursive: true, force: true });
    return;
  }
  if (isAbandoned(file, silent)) rmSync(file, { force: true });
  rmSync(removing, { recursive: true, force: true });
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
