import type { ConductorView } from "../tenant-view";
import {
  MEASURES,
  mergePoints,
  MINUTE_MS,
  MINUTES_KEPT,
  pointOf,
  UNKNOWN,
  type HistoryPoint,
} from "./history-point";

/** The last day of every tenant, a point a minute. */
export interface History {
  push(view: ConductorView): void;
  /** Oldest first, minutes without a view left out; none for a tenant that was never seen. */
  read(tenant: string): HistoryPoint[];
}

/** Of one tenant: 40 KiB, whatever happens. Not a number stands for null. */
interface Ring {
  /** Minutes since the epoch, 0 where nothing is kept. */
  minutes: Uint32Array;
  /** The measures of each minute in turn. */
  values: Float32Array;
  /** The minute that was written last; only this one still changes. */
  open: number;
}

/** Kept in memory only: after a restart the day begins again. */
export function createHistory(): History {
  const rings = new Map<string, Ring>();
  let now = 0;
  return {
    push(view) {
      now = Math.floor(view.atMs / MINUTE_MS);
      for (const tenant of view.tenants) {
        const ring = rings.get(tenant.tenant) ?? emptyRing();
        rings.set(tenant.tenant, ring);
        write(ring, pointOf(tenant));
      }
      for (const [name, ring] of rings) {
        if (ring.open <= now - MINUTES_KEPT) rings.delete(name);
      }
    },
    read(tenant) {
      const ring = rings.get(tenant);
      return ring === undefined ? [] : readUntil(ring, now);
    },
  };
}

function emptyRing(): Ring {
  return {
    minutes: new Uint32Array(MINUTES_KEPT),
    values: new Float32Array(MINUTES_KEPT * MEASURES.length),
    open: 0,
  };
}

function write(ring: Ring, point: HistoryPoint): void {
  const minute = point.t / MINUTE_MS;
  const at = minute % MINUTES_KEPT;
  // After the clock was set back, what was written of a time to come is no part of that time.
  const goesOn = ring.open === minute && ring.minutes[at] === minute;
  const kept = goesOn ? mergePoints(pointAt(ring, at), point) : point;
  ring.open = minute;
  ring.minutes[at] = minute;
  MEASURES.forEach((measure, i) => {
    ring.values[at * MEASURES.length + i] = kept[measure] ?? NaN;
  });
}

/** Of the day that ends with the given minute: a clock that ran ahead leaves later ones behind. */
function readUntil(ring: Ring, now: number): HistoryPoint[] {
  const points: HistoryPoint[] = [];
  for (let minute = now - MINUTES_KEPT + 1; minute <= now; minute++) {
    const at = minute % MINUTES_KEPT;
    if (ring.minutes[at] === minute) points.push(pointAt(ring, at));
  }
  return points;
}

function pointAt(ring: Ring, at: number): HistoryPoint {
  const point: HistoryPoint = { ...UNKNOWN, t: (ring.minutes[at] ?? 0) * MINUTE_MS };
  MEASURES.forEach((measure, i) => {
    point[measure] = known(ring.values[at * MEASURES.length + i]);
  });
  return point;
}

/** With the six digits that a float of 32 bits keeps. */
function known(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : Number(value.toPrecision(6));
}
