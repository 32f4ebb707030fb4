import { NO_WINDOW } from "./decision";
import type { Bounds, Exception, JobSpec, Tenant, Window } from "./tenant";
import { givenParallelism, type GivenBounds } from "./tenant-parts";
import { holds, openings, type Opening, type Span } from "./time-window";

/** Windows and exceptions that lie over each other, and what comes of them. */

/** The parts of a tenant that say when there is how much capacity. */
export type Schedule = Pick<Tenant, "windows" | "exceptions" | "otherwise" | "jobs">;

/** What is in force at an instant. */
export interface InForce {
  /**
   * The window's name, or `otherwise`. Exceptions that leave something to what is underneath stand before it:
   * `singles-day over morning`. So equal names of one tenant mean equal bounds.
   */
  name: string;
  bounds: Bounds;
  /** The names it is made of, the topmost first. */
  layers: readonly string[];
}

/** A window, an exception, or what is under all of them. */
export interface Layer {
  name: string;
  span: Span;
  rank: number;
  bounds: GivenBounds;
  /** Set on exceptions: what they keep from opening. */
  exception?: Exception;
}

/** The layers from top to bottom: by rank, at equal rank an exception over a window. */
export function layersOf({ windows, exceptions }: Schedule): Layer[] {
  const layer = (item: Window | Exception): Layer => ({
    name: item.name,
    span: item,
    rank: item.rank,
    bounds: item,
  });
  return [
    ...exceptions.map((exception) => ({ ...layer(exception), exception })),
    ...windows.map(layer),
  ].sort((a, b) => b.rank - a.rank);
}

/** Openings of each layer that begin on the days around an instant, less those that an exception keeps shut. */
export function openingsOf(
  layers: readonly Layer[],
  instantMs: number,
  firstDay: number,
  lastDay: number,
): Opening[][] {
  const shut = layers.flatMap(({ exception }) =>
    exception !== undefined && (exception.closed || exception.skip.length > 0)
      ? openings(exception, instantMs, firstDay - 2, lastDay).map((time) => ({ exception, time }))
      : [],
  );
  return layers.map((layer) => {
    const all = openings(layer.span, instantMs, firstDay, lastDay);
    if (layer.exception !== undefined || shut.length === 0) return all;
    const against = shut.filter(({ exception }) => keepsShut(exception, layer));
    return all.filter(({ fromMs }) => !against.some(({ time }) => holds(time, fromMs)));
  });
}

function keepsShut(exception: Exception, window: Layer): boolean {
  return (
    (exception.closed && window.rank <= exception.rank) || exception.skip.includes(window.name)
  );
}

/**
 * What comes of the layers that are open, from top to bottom: each setting from the first layer that gives it, down
 * to the first window. A floor or ceiling from further down gives way to one from above that contradicts it.
 */
export function combine(open: readonly Layer[], { otherwise, jobs }: Schedule): InForce {
  const bottom = open.findIndex(({ exception }) => exception === undefined);
  const base: Pick<Layer, "name" | "bounds"> = open[bottom] ?? {
    name: NO_WINDOW,
    bounds: otherwise,
  };
  const over = bottom < 0 ? open : open.slice(0, bottom);
  if (over.length === 0)
    return { name: base.name, bounds: base.bounds as Bounds, layers: [base.name] };
  const used: Pick<Layer, "name" | "bounds">[] = [];
  for (const layer of [...over, base]) {
    used.push(layer);
    if (saysAll(used, jobs)) break;
  }
  const layers = used.map(({ name }) => name);
  return { name: layers.join(" over "), bounds: merged(used, jobs), layers };
}

function saysAll(layers: readonly { bounds: GivenBounds }[], jobs: readonly JobSpec[]): boolean {
  const some = (says: (bounds: GivenBounds) => boolean) =>
    layers.some(({ bounds }) => says(bounds));
  return (
    some(({ floor }) => floor !== undefined) &&
    some(({ ceiling }) => ceiling !== undefined) &&
    (some(({ parallelism }) => typeof parallelism === "number") ||
      jobs.every((job) => some((bounds) => givenParallelism(bounds, job) !== undefined)))
  );
}

function merged(layers: readonly { bounds: GivenBounds }[], jobs: readonly JobSpec[]): Bounds {
  const first = (setting: "floor" | "ceiling") => {
    const place = layers.findIndex(({ bounds }) => bounds[setting] !== undefined);
    return { place, value: layers[place]?.bounds[setting] ?? 1 };
  };
  const [floor, ceiling] = [first("floor"), first("ceiling")];
  const above = floor.place < ceiling.place ? floor : ceiling;
  const crossed = floor.value > ceiling.value;
  const parallelism = jobs.flatMap((job): [string, number][] => {
    const given = layers.map(({ bounds }) => givenParallelism(bounds, job));
    const value = given.find((wanted) => wanted !== undefined);
    return value === undefined ? [] : [[job.name, value]];
  });
  return {
    floor: crossed ? above.value : floor.value,
    ceiling: crossed ? above.value : ceiling.value,
    parallelism: Object.fromEntries(parallelism),
  };
}
