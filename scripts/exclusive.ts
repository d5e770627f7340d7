import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const SQLITE_BUSY = 5;
const BETWEEN_TRIES_MILLISECONDS = 100;

/** The databases that hold a lock. Node closes a database that nothing refers to, and that would release the lock. */
const held: DatabaseSync[] = [];

/**
 * Waits until no other process holds `file`. Then holds it until this process ends. The lock is a lock of the operating system
 * on a database file, so even a killed process releases it. If it must wait, it passes `waiting` to `say` once.
 * @throws if the file cannot be locked, because it belongs to another user or its file system has no locks
 */
export async function holdExclusively(file: string, waiting: string, say: (line: string) => void): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  try {
    const database = new DatabaseSync(file);
    for (let tries = 1; !take(database); tries += 1) {
      if (tries === 1) say(waiting);
      await sleep(BETWEEN_TRIES_MILLISECONDS);
    }
    held.push(database);
  } catch (cause) {
    throw new Error(`cannot lock ${file}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

function take(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}
