import { wantedParallelism } from "../../policies/tenant-parts";
import type { Exception, Tenant, Window } from "../../policies/tenant";
import { DAYS, type Span } from "../../policies/time-window";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** The wall clocks of some zones over some days, read from Intl every quarter of an hour. */
export class NaiveClocks {
  private readonly latest = new Map<string, Float64Array>();

  constructor(
    readonly fromMs: number,
    readonly toMs: number,
    zones: readonly string[],
  ) {
    for (const zone of zones) this.latest.set(zone, this.read(zone));
  }

  /** The first minute at which the clock has shown a wall time, or a later one. */
  first(zone: string, wallMs: number): number {
    const shown = this.latest.get(zone) ?? new Float64Array();
    let [low, high] = [0, shown.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((shown[middle] ?? 0) >= wallMs) high = middle;
      else low = middle + 1;
    }
    return this.fromMs + low * MINUTE;
  }

  /** The latest wall time shown so far, minute by minute. */
  private read(zone: string): Float64Array {
    const format = new Intl.DateTimeFormat("sv-SE", {
      timeZone: zone,
      dateStyle: "short",
      timeStyle: "medium",
    });
    const minutes = (this.toMs - this.fromMs) / MINUTE;
    const shown = new Float64Array(minutes);
    let quarter = 0;
    for (let i = 0; i < minutes; i++) {
      if (i % 15 === 0) {
        quarter = Date.parse(`${format.format(this.fromMs + i * MINUTE).replace(" ", "T")}Z`);
      }
      shown[i] = Math.max(shown[i - 1] ?? 0, quarter + (i % 15) * MINUTE);
    }
    return shown;
  }
}

/** The openings of a span that begin on the days around an instant. */
function openings(clocks: NaiveClocks, span: Span, instant: number): [number, number][] {
  const today = Math.floor(instant / DAY);
  return [-4, -3, -2, -1, 0, 1, 2].flatMap((offset): [number, number][] => {
    const date = new Date((today + offset) * DAY);
    const weekday = DAYS[(date.getUTCDay() + 6) % 7] ?? "mon";
    const day = date.getTime() / DAY;
    if (span.days?.includes(weekday) === false) return [];
    if (span.dates?.every(({ from, to }) => day < from || day > to)) return [];
    const end = span.from < span.to ? day : day + 1;
    const from = clocks.first(span.zone, day * DAY + span.from * MINUTE);
    return [[from, clocks.first(span.zone, end * DAY + span.to * MINUTE)]];
  });
}

const isWithin =
  (instant: number) =>
  ([from, to]: [number, number]) =>
    from <= instant && instant < to;

function shuts(clocks: NaiveClocks, exception: Exception, window: Window, from: number): boolean {
  const concerns =
    exception.skip.includes(window.name) || (exception.closed && exception.rank >= window.rank);
  return concerns && openings(clocks, exception, from).some(isWithin(from));
}

/** What the tenant file says about an instant, worked out the slow way. */
export function naiveWindowAt(clocks: NaiveClocks, tenant: Tenant, instant: number) {
  const window = tenant.windows
    .filter((w) =>
      openings(clocks, w, instant).some(
        ([from, to]) =>
          isWithin(instant)([from, to]) &&
          !tenant.exceptions.some((exception) => shuts(clocks, exception, w, from)),
      ),
    )
    .sort((a, b) => b.rank - a.rank)[0];
  const base = window ?? { name: "otherwise", ...tenant.otherwise };
  const over = tenant.exceptions
    .filter((e) => openings(clocks, e, instant).some(isWithin(instant)))
    .filter((e) => window === undefined || e.rank >= window.rank)
    .sort((a, b) => b.rank - a.rank);
  const givers = [...over, base];
  const giver = (gives: (layer: (typeof givers)[number]) => boolean) => givers.findIndex(gives);
  const floorBy = giver(({ floor }) => floor !== undefined);
  const ceilingBy = giver(({ ceiling }) => ceiling !== undefined);
  const parallelismBy = tenant.jobs.map((job) => {
    const by = giver(
      ({ parallelism: p }) => (typeof p === "object" ? p[job.name] : p) !== undefined,
    );
    return { job, by: by < 0 ? over.length : by };
  });
  let [floor, ceiling] = [givers[floorBy]?.floor ?? 0, givers[ceilingBy]?.ceiling ?? 0];
  if (floor > ceiling && floorBy < ceilingBy) ceiling = floor;
  if (floor > ceiling) floor = ceiling;
  const deepest = Math.max(floorBy, ceilingBy, ...parallelismBy.map(({ by }) => by));
  return {
    name: givers
      .slice(0, deepest + 1)
      .map(({ name }) => name)
      .join(" over "),
    floor,
    ceiling,
    parallelism: parallelismBy.map(({ job, by }) => wantedParallelism(givers[by] ?? {}, job)),
  };
}
