/** The wall clocks of IANA zones. Pure but for what it remembers: the answers of the runtime's zone database. */

const DAY_MS = 24 * 60 * 60_000;
/** Days of offsets that a zone keeps before it starts anew. */
const KEPT_DAYS = 4096;

/** The offsets of a UTC day: one, or two where a clock change falls within it. */
interface DayOffsets {
  before: number;
  /** The instant of the change; Infinity where there is none. */
  changeMs: number;
  after: number;
}

/** A zone's wall clock. Wall times are written as the UTC instants that show the same digits. */
export class ZoneClock {
  private readonly days = new Map<number, DayOffsets>();

  constructor(private readonly format: Intl.DateTimeFormat) {}

  /** Wall time less UTC at an instant, in milliseconds. Read from Intl once a day of the calendar. */
  offsetAt(instantMs: number): number {
    const day = Math.floor(instantMs / DAY_MS);
    const { before, changeMs, after } = this.days.get(day) ?? this.remember(day);
    return instantMs < changeMs ? before : after;
  }

  /** The wall time at an instant. */
  wallAt(instantMs: number): number {
    return instantMs + this.offsetAt(instantMs);
  }

  /**
   * The instant at which the clock shows `wallMs`: the first of two where it is set back, and the moment of the jump
   * where it is set forward over it. So a later wall time never comes before an earlier one.
   */
  instantOf(wallMs: number): number {
    const before = this.offsetAt(wallMs - DAY_MS);
    const after = this.offsetAt(wallMs + DAY_MS);
    if (before === after) return wallMs - before;
    for (const instant of [wallMs - before, wallMs - after]) {
      if (this.wallAt(instant) === wallMs) return instant;
    }
    return this.changeBetween(wallMs - DAY_MS, wallMs + DAY_MS, before);
  }

  private remember(day: number): DayOffsets {
    if (this.days.size >= KEPT_DAYS) this.days.clear();
    const [first, last] = [day * DAY_MS, (day + 1) * DAY_MS - 1000];
    const before = this.read(first);
    const after = this.read(last);
    const changeMs = before === after ? Infinity : firstSecond(first, last, this.differs(before));
    const found = { before, changeMs, after };
    this.days.set(day, found);
    return found;
  }

  private differs(offset: number): (instantMs: number) => boolean {
    return (instantMs) => this.read(instantMs) !== offset;
  }

  private changeBetween(earlyMs: number, lateMs: number, before: number): number {
    return firstSecond(earlyMs, lateMs, (instantMs) => this.offsetAt(instantMs) !== before);
  }

  private read(instantMs: number): number {
    const part = Object.fromEntries(
      this.format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]),
    ) as Record<"year" | "month" | "day" | "hour" | "minute" | "second", number>;
    const { year, month, day, hour, minute, second } = part;
    return (
      Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(instantMs / 1000) * 1000
    );
  }
}

/** The first whole second after `earlyMs` for which it holds; it does not for `earlyMs`, and does for `lateMs`. */
function firstSecond(earlyMs: number, lateMs: number, holds: (ms: number) => boolean): number {
  let [early, late] = [Math.floor(earlyMs / 1000), Math.floor(lateMs / 1000)];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (holds(middle * 1000)) late = middle;
    else early = middle;
  }
  return late * 1000;
}

const clocks = new Map<string, ZoneClock>();

/** The clock of a zone, by its IANA name. Throws a RangeError where the runtime doesn't know it. */
export function zoneClock(zone: string): ZoneClock {
  let found = clocks.get(zone);
  if (found === undefined) {
    const part = "numeric";
    found = new ZoneClock(
      new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        hourCycle: "h23",
        ...{ year: part, month: part, day: part, hour: part, minute: part, second: part },
      }),
    );
    clocks.set(zone, found);
  }
  return found;
}

/** True where the runtime's zone database knows the name. */
export function isZone(zone: string): boolean {
  try {
    zoneClock(zone);
    return true;
  } catch {
    return false;
  }
}
