/** What a tenant wants of a capacity that it shares, and what it has been given of it. */
export interface Taker {
  name: string;
  weight: number;
  slotsPerTaskManager: number;
  /** TaskManagers. */
  given: number;
  /** TaskManagers that it takes at most. */
  upTo: number;
}

/**
 * Weighted max-min fairness by whole TaskManagers: again and again the taker with the fewest slots for its weight is
 * given one more, as long as it wants one and one fits; at equal shares the heavier goes first, then by name. So no
 * taker could be given another one without taking one from a taker that had no larger share when it was given that.
 * Adds to what is given already, and returns the slots that are left.
 */
export function fillFairly(takers: readonly Taker[], freeSlots: number): number {
  const wanted = takers.reduce((sum, t) => sum + missing(t) * t.slotsPerTaskManager, 0);
  if (wanted <= freeSlots) {
    for (const taker of takers) taker.given += missing(taker);
    return freeSlots - wanted;
  }
  let free = freeSlots;
  const hungry = heapOf(takers.filter((taker) => missing(taker) > 0));
  for (let taker = hungry[0]; taker !== undefined; taker = hungry[0]) {
    // What doesn't fit now never will: the free slots only become fewer.
    const fits = taker.slotsPerTaskManager <= free;
    if (fits) {
      taker.given += 1;
      free -= taker.slotsPerTaskManager;
    }
    if (!fits || missing(taker) === 0) removeFirst(hungry);
    else sink(hungry, 0);
  }
  return free;
}

function missing({ given, upTo }: Taker): number {
  return Math.max(0, upTo - given);
}

/** Compared without division, so exact. */
function goesBefore(a: Taker, b: Taker): boolean {
  const shareA = a.given * a.slotsPerTaskManager * b.weight;
  const shareB = b.given * b.slotsPerTaskManager * a.weight;
  if (shareA !== shareB) return shareA < shareB;
  if (a.weight !== b.weight) return a.weight > b.weight;
  return a.name < b.name;
}

function heapOf(takers: Taker[]): Taker[] {
  for (let i = takers.length >> 1; i >= 0; i--) sink(takers, i);
  return takers;
}

function removeFirst(heap: Taker[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  heap[0] = last;
  sink(heap, 0);
}

function sink(heap: Taker[], from: number): void {
  let place = from;
  for (;;) {
    let first = place;
    for (const child of [2 * place + 1, 2 * place + 2]) {
      const [a, b] = [heap[child], heap[first]];
      if (a !== undefined && b !== undefined && goesBefore(a, b)) first = child;
    }
    const [upper, lower] = [heap[place], heap[first]];
    if (first === place || upper === undefined || lower === undefined) return;
    heap[place] = lower;
    heap[first] = upper;
    place = first;
  }
}
