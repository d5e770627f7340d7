import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** How far one proof has come, over several runs of the same code with the same seed. */
export type Unfinished = {
  /** What the last run saved. Undefined if none did. The caller knows the type that it saved: JSON must be able to hold it. */
  load<T>(): T | undefined;
  /** Keeps a state, with the seconds that the work since the last save has taken. */
  save(state: unknown, seconds: number): void;
  /** The seconds that all work took which is saved. */
  seconds(): number;
};

type Entry = { readonly code: string; readonly seed: number; readonly seconds: number; readonly state: unknown };

/** The states of all proofs that take hours, in one file. They are committed, so that another machine can go on. */
export type UnfinishedFile = {
  of(name: string, code: string, seed: number): Unfinished;
  /** The seed with which a proof of this code was begun. Undefined if none was. */
  seedOf(name: string, code: string): number | undefined;
};

/** The states in `file`. A state of other code is forgotten when the next one is saved. */
export function unfinishedIn(file: string | URL): UnfinishedFile {
  const read = (): Record<string, Entry> => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
  const entryOf = (name: string, code: string, seed?: number): Entry | undefined => {
    const entry = read()[name];
    return entry?.code === code && (seed === undefined || entry.seed === seed) ? entry : undefined;
  };
  const write = (entries: Record<string, Entry>): void => {
    // The rename is atomic: a run that is stopped here does not leave half a file.
    const path = typeof file === 'string' ? file : file.pathname;
    writeFileSync(`${path}.new`, `${JSON.stringify(entries)}\n`);
    renameSync(`${path}.new`, path);
  };
  return {
    seedOf: (name, code) => entryOf(name, code)?.seed,
    of: (name, code, seed) => ({
      load: <T>() => entryOf(name, code, seed)?.state as T | undefined,
      seconds: () => entryOf(name, code, seed)?.seconds ?? 0,
      save(state, seconds) {
        const others = Object.entries(read()).filter(([other, entry]) => other !== name && entry.code === code);
        const before = entryOf(name, code, seed)?.seconds ?? 0;
        write({ ...Object.fromEntries(others), [name]: { code, seed, seconds: before + seconds, state } });
      },
    }),
  };
}
