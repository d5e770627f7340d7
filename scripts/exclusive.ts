import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const SQLITE_BUSY = 5;
const BETWEEN_TRIES_MILLISECONDS = 100;

/** A database that nobody refers to is closed, and its lock gone. */
const held: DatabaseSync[] = [];

/**
 * Waits until no other process holds `file`, then holds it until this one ends, in whatever way: the lock of a database is
 * the operating system's, which takes it back with the process. Says `waiting` once if it must wait.
 * Throws where the file cannot be locked at all: it is somebody else's, or its file system has no locks.
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
