import Table from "cli-table3";
import { distribution, type Distribution } from "./distribution";
import type { MeasuredRound, Memory } from "./conductor-process";

export interface Figure {
  title: string;
  unit: "s" | "MiB";
  values: Distribution;
  /** What the largest value may be. */
  most?: number;
}

/** A round has an edge where so many of the tenants change: the clock goes on during a round, and may part them. */
const EDGE_SHARE = 0.2;

/** Of the rounds of so many tenants: how long they take while nothing changes, and at an edge that half of them have. */
export function roundFigures(
  tenants: number,
  rounds: readonly MeasuredRound[],
  most: number,
): Figure[] {
  const steady = rounds.filter(({ updates }) => updates.length === 0);
  const edges = rounds.filter(({ updates }) => updates.length >= tenants * EDGE_SHARE);
  const figure = (
    title: string,
    some: readonly MeasuredRound[],
    of: keyof MeasuredRound,
  ): Figure => ({
    title: `${tenants} tenants, ${title}`,
    unit: "s",
    values: distribution(some.map((round) => (round[of] as number) / 1000)),
  });
  return [
    { ...figure("round without a change", steady, "wallMs"), most },
    figure("round without a change, CPU", steady, "cpuMs"),
    { ...figure("round with an edge of half of them", edges, "wallMs"), most },
    figure("round with an edge of half of them, CPU", edges, "cpuMs"),
    figure("the same until all updates are journaled", edges, "settledMs"),
    ...rounds.flatMap(({ memory }) => (memory === undefined ? [] : atTheEnd(tenants, memory))),
  ];
}

function atTheEnd(tenants: number, memory: Memory): Figure[] {
  return [
    mebibytes(`${tenants} tenants, resident at the end`, memory.rss),
    mebibytes(`${tenants} tenants, heap and buffers at the end`, live(memory)),
  ];
}

function mebibytes(title: string, value: number, most?: number): Figure {
  return {
    ...{ title, unit: "MiB", values: distribution([value]) },
    ...(most === undefined ? {} : { most }),
  };
}

function live({ heapUsed, arrayBuffers }: Memory): number {
  return heapUsed + arrayBuffers;
}

/** MiB that a conductor may have. */
const MOST_RSS = 300;
/** MiB that what is held may differ by after as many rounds more. */
const MOST_GROWTH = 2;

/** What is held after numbers of rounds, and by how much it grew from the second last to the last of them. */
export function memoryFigures(tenants: number, held: ReadonlyMap<number, Memory>): Figure[] {
  const one = (title: string, value: number, most?: number) =>
    mebibytes(`${tenants} tenants, ${title}`, value, most);
  const all = [...held];
  const [[earlier, before], [later, after]] = all.slice(-2) as [[number, Memory], [number, Memory]];
  return [
    ...all.map(([round, { rss }]) => one(`resident after ${round} rounds`, rss, MOST_RSS)),
    ...all.map(([round, memory]) => one(`heap and buffers after ${round} rounds`, live(memory))),
    one("most that was ever resident", after.peakRss, MOST_RSS),
    one(`grown from round ${earlier} to ${later}`, live(after) - live(before), MOST_GROWTH),
  ];
}

export function isTooMuch({ values, most }: Figure): boolean {
  return most !== undefined && values.max > most;
}

export function figuresTable(figures: readonly Figure[]): string {
  const head = ["", "unit", "n", "min", "median", "max", "may be", ""];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const figure of figures) {
    const { title, unit, values, most } = figure;
    const numbers = [values.min, values.median, values.max].map((n) => n.toFixed(2));
    const verdict = most === undefined ? "" : isTooMuch(figure) ? "TOO MUCH" : "ok";
    table.push([title, unit, values.count, ...numbers, most ?? "", verdict]);
  }
  return table.toString();
}
