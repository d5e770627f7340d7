import nodeConsole from 'node:console';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';

/** What a sandbox sees of its machine: the clock, timers and randomness of the simulated world. */
export type Machine = {
  readonly now: () => number;
  readonly random: () => number;
  readonly setTimeout: (callback: () => void, milliseconds: number) => object;
  readonly clearTimeout: (timer: unknown) => void;
  readonly output: (text: string) => void;
};

let machine: Machine | undefined;
let installed = false;

const real = {
  Date: globalThis.Date,
  random: Math.random,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  stdout: process.stdout.write.bind(process.stdout),
  stderr: process.stderr.write.bind(process.stderr),
};

/** Enters a machine. `undefined` is the real one. */
export function enter(next: Machine | undefined): void {
  machine = next;
}

/** Resolves when all microtasks have run. Node runs its next ticks only then. */
export function drained(): Promise<void> {
  return new Promise((resolve) => {
    queueMicrotask(() => process.nextTick(resolve));
  });
}

/** Resolves after a turn of the event loop, in which Node reports unhandled rejections. */
export function turned(): Promise<void> {
  return new Promise((resolve) => {
    real.setImmediate(resolve);
  });
}

/**
 * Replaces globals once for the process: `Date`, `Math.random`, timers (and those of `node:timers`, which middy imports), the output
 * streams, and the `Console` of `node:console`, which Powertools makes, use the entered machine, or the real one if none is entered.
 */
export function install(): void {
  if (installed) return;
  installed = true;
  // Every start of a sandbox and every fault reads both, and they are slow.
  process.env = { ...process.env };
  Error.stackTraceLimit = 0;
  globalThis.Date = virtualDate();
  Math.random = () => (machine ? machine.random() : real.random());
  const set = (callback: () => void, milliseconds = 0, ...rest: unknown[]) =>
    machine ? machine.setTimeout(callback, milliseconds) : real.setTimeout(callback as (...all: unknown[]) => void, milliseconds, ...rest);
  const clear = (timer: unknown) =>
    typeof timer === 'object' && timer !== null && 'virtual' in timer
      ? machine?.clearTimeout(timer)
      : real.clearTimeout(timer as NodeJS.Timeout | undefined);
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  Object.assign(timers, { setTimeout: set, clearTimeout: clear });
  Object.assign(nodeConsole, { Console: LineConsole });
  syncBuiltinESMExports();
  process.stdout.write = streamed(real.stdout);
  process.stderr.write = streamed(real.stderr);
}

/** `Date` with the time of the entered machine. A subclass would be simpler, but the dates that Node makes would not be its instances. */
function virtualDate(): DateConstructor {
  function VirtualDate(...args: []): unknown {
    if (new.target === undefined) return new real.Date(nowOf()).toString();
    const target = new.target === (VirtualDate as unknown) ? real.Date : new.target;
    return args.length === 0 ? Reflect.construct(real.Date, [nowOf()], target) : Reflect.construct(real.Date, args, target);
  }
  const nowOf = (): number => (machine ? machine.now() : real.Date.now());
  Object.defineProperties(VirtualDate, { ...Object.getOwnPropertyDescriptors(real.Date), now: { value: nowOf } });
  return VirtualDate as unknown as DateConstructor;
}

/** A console for whole lines, as Powertools writes them. Each start of a sandbox makes two, and Node's bind thirty methods each. */
class LineConsole {
  log(line: string): void {
    if (machine) machine.output(line);
    else real.stdout(`${line}\n`);
  }
  readonly debug = this.log;
  readonly info = this.log;
  readonly warn = this.log;
  readonly error = this.log;
}

function streamed(write: typeof process.stdout.write): typeof process.stdout.write {
  return ((chunk: string | Uint8Array, ...rest: []) => {
    if (!machine) return write(chunk, ...rest);
    machine.output(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    return true;
  }) as typeof process.stdout.write;
}
