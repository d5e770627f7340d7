import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes of this thread's heap that are still reachable. */
export function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
