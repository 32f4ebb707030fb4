/** Costs in TaskManager seconds. */
export interface PathCosts {
  /** Length of a cell in seconds. */
  cellSeconds: number;
  /** Seconds for which the first `taskManagers` are paid before they run; what is added costs the difference. */
  startUp(taskManagers: number): number;
}

/**
 * The cheapest sizes, cell by cell: `kept` is what a cell needs where the size stays, `changed` where it changes at the
 * beginning of the cell. Ties go to staying.
 */
export function cheapestPath(kept: Int32Array, changed: Int32Array, costs: PathCosts): Int32Array {
  // No other size can be part of a cheapest path: lowering it to the next of these, or raising it, costs no more.
  const sizes = Int32Array.from(new Set([...kept, ...changed])).sort();
  const search = { kept, changed, sizes, costs, startUp: Float64Array.from(sizes, costs.startUp) };
  const from = new Uint16Array(kept.length * sizes.length);
  const { cellSeconds } = costs;
  let cost = Float64Array.from(sizes, (n) => (n >= (kept[0] ?? 0) ? n * cellSeconds : Infinity));
  for (let cell = 1; cell < kept.length; cell++) {
    cost = nextCosts(cost, cell, search, from.subarray(cell * sizes.length));
  }
  let best = cost.indexOf(cost.reduce((least, c) => Math.min(least, c), Infinity));
  const path = new Int32Array(kept.length);
  for (let cell = kept.length - 1; cell >= 0; cell--) {
    path[cell] = sizes[best] ?? 0;
    best = from[cell * sizes.length + best] ?? 0;
  }
  return path;
}

interface Search {
  kept: Int32Array;
  changed: Int32Array;
  /** Rising. */
  sizes: Int32Array;
  costs: PathCosts;
  /** By index of `sizes`. */
  startUp: Float64Array;
}

/** The least cost of being at each size after this cell; `from` gets the index of the size before it. */
function nextCosts(
  cost: Float64Array,
  cell: number,
  { kept, changed, sizes, costs, startUp }: Search,
  from: Uint16Array,
): Float64Array<ArrayBuffer> {
  const next = new Float64Array(sizes.length).fill(Infinity);
  const record = (i: number, before: number, origin: number) => {
    const total = before + (sizes[i] ?? 0) * costs.cellSeconds;
    if (total >= (next[i] ?? Infinity)) return;
    next[i] = total;
    from[i] = origin;
  };
  const needed = kept[cell] ?? 0;
  const neededAfterChange = changed[cell] ?? 0;
  sizes.forEach((n, i) => {
    if (n >= needed) record(i, cost[i] ?? Infinity, i);
  });
  let below = Infinity;
  let belowFrom = 0;
  for (let i = 0; i < sizes.length; i++) {
    const started = startUp[i] ?? 0;
    if ((sizes[i] ?? 0) >= neededAfterChange) record(i, below + started, belowFrom);
    const offer = (cost[i] ?? Infinity) - started;
    if (offer < below) [below, belowFrom] = [offer, i];
  }
  let above = Infinity;
  let aboveFrom = 0;
  for (let i = sizes.length - 1; i >= 0; i--) {
    if ((sizes[i] ?? 0) >= neededAfterChange) record(i, above, aboveFrom);
    if ((cost[i] ?? Infinity) < above) [above, aboveFrom] = [cost[i] ?? Infinity, i];
  }
  return next;
}
