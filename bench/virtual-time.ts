type Waiting = { readonly at: number; readonly tie: number; readonly wake: () => void };

/**
 * Virtual time over a clock in epoch milliseconds. It advances when nothing more can happen at the current instant. Who waits for the
 * same instant is woken in the order of the calls.
 */
export function virtualTime(clock: { now: number }) {
  const heap: Waiting[] = [];
  let ties = 0;

  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      ties += 1;
      push(heap, { at: clock.now + Math.max(0, milliseconds), tie: ties, wake: resolve });
    });

  return {
    /** Resolves after so many milliseconds. */
    sleep,
    /** Advances until the work has ended. Throws what the work throws. Work that nothing can wake any more is an error. */
    async until(work: Promise<unknown>): Promise<void> {
      let ended = false;
      const end = work.finally(() => {
        ended = true;
      });
      end.catch(() => undefined);
      let isStuck = false;
      while (!ended) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        const first = pop(heap);
        if (!first) {
          if (isStuck) throw new Error('nothing is left that could wake the work');
          isStuck = true;
          continue;
        }
        isStuck = false;
        clock.now = Math.max(clock.now, first.at);
        first.wake();
      }
      await end;
    },
  };
}

function push(heap: Waiting[], one: Waiting): void {
  let index = heap.length;
  heap.push(one);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !isBefore(one, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = one;
}

function pop(heap: Waiting[]): Waiting | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!last || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
    const next = right && left && isBefore(right, left) ? right : left;
    if (!next || !isBefore(next, last)) break;
    heap[index] = next;
    index = next === right ? 2 * index + 2 : 2 * index + 1;
  }
  heap[index] = last;
  return first;
}

const isBefore = (a: Waiting, b: Waiting): boolean => a.at < b.at || (a.at === b.at && a.tie < b.tie);
