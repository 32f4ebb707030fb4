import { combine, layersOf, openingsOf, type InForce, type Layer, type Schedule } from "./layers";
import { DAY_MS, holds, type Opening } from "./time-window";

/** A time in which the same is in force. */
export interface Stretch extends Opening {
  /** What follows the stretch may be the same again. */
  inForce: InForce;
}

const BLOCK_MS = 2 * DAY_MS;
/** Blocks that a timeline keeps before it starts anew. */
const KEPT_BLOCKS = 64;

/** What is in force over time, worked out in blocks of two days as it is asked for. */
export class WindowTimeline {
  private readonly layers: readonly Layer[];
  private readonly blocks = new Map<number, readonly Stretch[]>();
  private readonly known: InForce[] = [];
  private last: Stretch | undefined;
  private dated: readonly number[] | undefined;

  constructor(readonly schedule: Schedule) {
    this.layers = layersOf(schedule);
  }

  /** The stretch that an instant lies in. */
  at(instantMs: number): Stretch {
    const { last } = this;
    if (last !== undefined && holds(last, instantMs)) return last;
    const block = this.block(blockOf(instantMs));
    const found = block.find((stretch) => holds(stretch, instantMs)) as Stretch;
    this.last = found;
    return found;
  }

  /** Where the block ends that begins `blocks` after the one of the instant. */
  endOfBlock(instantMs: number, blocks = 0): number {
    return (blockOf(instantMs) + blocks + 1) * BLOCK_MS;
  }

  /** The blocks, in order and from an instant on, in or near which a date lies that a window or exception names. */
  datedBlocks(fromMs: number): { fromMs: number; toMs: number }[] {
    this.dated ??= datedBlocksOf(this.layers);
    return this.dated
      .filter((block) => block * BLOCK_MS >= fromMs)
      .map((block) => ({ fromMs: block * BLOCK_MS, toMs: (block + 1) * BLOCK_MS }));
  }

  private block(index: number): readonly Stretch[] {
    const kept = this.blocks.get(index);
    if (kept !== undefined) return kept;
    if (this.blocks.size >= KEPT_BLOCKS) this.blocks.clear();
    const made = this.make(index * BLOCK_MS, (index + 1) * BLOCK_MS);
    this.blocks.set(index, made);
    return made;
  }

  private make(fromMs: number, toMs: number): readonly Stretch[] {
    const times = openingsOf(this.layers, fromMs, -1, 3);
    const stretches: Stretch[] = [];
    let last: Stretch | undefined;
    for (const cut of cutsWithin(times, fromMs, toMs)) {
      const inForce = this.inForceAt(cut, times);
      if (last?.inForce === inForce) continue;
      if (last !== undefined) last.toMs = cut;
      last = { fromMs: cut, toMs, inForce };
      stretches.push(last);
    }
    return stretches;
  }

  private inForceAt(instantMs: number, times: readonly (readonly Opening[])[]): InForce {
    const open = this.layers.filter((_, i) => times[i]?.some((time) => holds(time, instantMs)));
    const found = combine(open, this.schedule);
    const known = this.known.find(({ name }) => name === found.name);
    if (known !== undefined) return known;
    this.known.push(found);
    return found;
  }
}

/** The beginning of a block and every instant within it at which a layer opens or closes, in order. */
function cutsWithin(
  times: readonly (readonly Opening[])[],
  fromMs: number,
  toMs: number,
): number[] {
  const cuts = [fromMs];
  for (const opening of times.flat()) {
    for (const edge of [opening.fromMs, opening.toMs]) {
      if (edge > fromMs && edge < toMs && !cuts.includes(edge)) cuts.push(edge);
    }
  }
  return cuts.sort((a, b) => a - b);
}

function blockOf(instantMs: number): number {
  return Math.floor(instantMs / BLOCK_MS);
}

/** Two days before a date begins in UTC, zones and leads included, to three days after. */
function datedBlocksOf(layers: readonly Layer[]): number[] {
  const blocks = new Set<number>();
  for (const { from, to } of layers.flatMap(({ span }) => span.dates ?? [])) {
    const last = blockOf((to + 3) * DAY_MS);
    for (let block = blockOf((from - 2) * DAY_MS); block <= last; block++) blocks.add(block);
  }
  return [...blocks].sort((a, b) => a - b);
}
