import { zoneClock } from "./zone-clock";

export { isZone } from "./zone-clock";

/** Windows of the week and of the calendar in an IANA zone. Pure: the instant is always an argument. */

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
export const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** Days of the calendar, the last one included, each as the number of days since 1970-01-01. */
export interface DateRange {
  from: number;
  to: number;
}

/** When a window is open. `to` at or before `from` means that it runs over midnight. */
export interface Span {
  /** Days of the week on which it opens. @default every day */
  days?: readonly Day[];
  /** Dates on which it opens, if the day of the week is right, too. @default every date */
  dates?: readonly DateRange[] | undefined;
  /** Minutes since midnight, local. */
  from: number;
  /** Minutes since midnight, local; exclusive; up to 1440. */
  to: number;
  /** IANA name, for instance Asia/Shanghai. */
  zone: string;
}

/** One opening of a window: milliseconds since the epoch, `to` exclusive. */
export interface Opening {
  fromMs: number;
  toMs: number;
}

function opensOn({ days, dates }: Span, day: number): boolean {
  // 1970-01-01 was a Thursday.
  const name = DAYS[(((day + 3) % 7) + 7) % 7];
  if (days !== undefined && (name === undefined || !days.includes(name))) return false;
  return dates === undefined || dates.some(({ from, to }) => from <= day && day <= to);
}

/**
 * The openings of a span that begin on some local days. A window that lies wholly within the hour that the clock
 * skips has none that day.
 */
export function openingsOnDays(span: Span, { from: firstDay, to: lastDay }: DateRange): Opening[] {
  const clock = zoneClock(span.zone);
  const length = span.to > span.from ? span.to - span.from : span.to + DAY_MINUTES - span.from;
  const found: Opening[] = [];
  for (let day = firstDay; day <= lastDay; day++) {
    if (!opensOn(span, day)) continue;
    const start = day * DAY_MS + span.from * MINUTE_MS;
    const fromMs = clock.instantOf(start);
    const toMs = clock.instantOf(start + length * MINUTE_MS);
    if (fromMs < toMs) found.push({ fromMs, toMs });
  }
  return found;
}

/** The openings of a span that begin on the local days from `firstDay` to `lastDay`, counted from the instant's day. */
export function openings(
  span: Span,
  instantMs: number,
  firstDay: number,
  lastDay: number,
): Opening[] {
  const today = Math.floor(zoneClock(span.zone).wallAt(instantMs) / DAY_MS);
  return openingsOnDays(span, { from: today + firstDay, to: today + lastDay });
}

/** True from an opening's beginning, up to and without its end. */
export function holds({ fromMs, toMs }: Opening, instantMs: number): boolean {
  return fromMs <= instantMs && instantMs < toMs;
}

/** True while the window is open: from its opening, up to and without its closing. */
export function isOpen(span: Span, instantMs: number): boolean {
  return openings(span, instantMs, -1, 0).some((opening) => holds(opening, instantMs));
}

/**
 * True where two windows are ever open at once. Checked at every opening on the dates of one of them or, where
 * neither has any, of a year, because windows in different zones may meet only while daylight saving time differs.
 */
export function overlaps(a: Span, b: Span, yearStartMs = Date.UTC(2026, 0, 1)): boolean {
  const first = yearStartMs / DAY_MS;
  const year = [{ from: first, to: first + (a.zone === b.zone ? 8 : 366) }];
  const ranges = (a.dates ?? b.dates ?? year).map(({ from, to }) => ({
    from: from - 2,
    to: to + 2,
  }));
  const meets = (x: Span, y: Span) =>
    ranges.some((range) => openingsOnDays(x, range).some(({ fromMs }) => isOpen(y, fromMs)));
  return meets(a, b) || meets(b, a);
}
