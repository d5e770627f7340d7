/** Items by the time they are due. Items with the same time keep the order in which they were added. */
export type Agenda<T> = {
  add(due: number, item: T): void;
  /** When the next item is due, `undefined` if there is none. */
  nextDue(): number | undefined;
  /** Takes the next item that is due by `now`, `undefined` if there is none. */
  take(now: number): { readonly due: number; readonly item: T } | undefined;
  size(): number;
  clear(): void;
};

type Entry<T> = { readonly due: number; readonly order: number; readonly item: T };

/** An empty agenda; adding and taking cost the logarithm of its size. */
export function createAgenda<T>(): Agenda<T> {
  let heap: Entry<T>[] = [];
  let order = 0;
  return {
    add(due, item) {
      heap.push({ due, order: order++, item });
      rise(heap, heap.length - 1);
    },
    nextDue: () => heap[0]?.due,
    take(now) {
      const top = heap[0];
      if (top === undefined || top.due > now) return undefined;
      const last = heap.pop();
      if (last !== undefined && last !== top) {
        heap[0] = last;
        sink(heap);
      }
      return top;
    },
    size: () => heap.length,
    clear() {
      heap = [];
    },
  };
}

function before<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

function rise<T>(heap: Entry<T>[], from: number): void {
  let at = from;
  while (at > 0) {
    const up = (at - 1) >> 1;
    if (!swapIfBefore(heap, at, up)) return;
    at = up;
  }
}

function sink<T>(heap: Entry<T>[]): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    const first = heap[left];
    if (first === undefined) return;
    const second = heap[left + 1];
    const child = second !== undefined && before(second, first) ? left + 1 : left;
    if (!swapIfBefore(heap, child, at)) return;
    at = child;
  }
}

function swapIfBefore<T>(heap: Entry<T>[], a: number, b: number): boolean {
  const one = heap[a];
  const other = heap[b];
  if (one === undefined || other === undefined || !before(one, other)) return false;
  heap[a] = other;
  heap[b] = one;
  return true;
}
