/** How a timestamp may be written. */
export type TimestampForm =
  "ISO 8601" | "epoch seconds" | "epoch milliseconds" | "seconds from the start";

export interface Timestamp {
  /** Milliseconds since the epoch; seconds from the start count from the epoch. */
  ms: number;
  form: TimestampForm;
}

/** Epoch seconds below this lie before March 1973, and are taken as seconds from the start. */
const LEAST_EPOCH_SECONDS = 1e8;
const LEAST_EPOCH_MS = 1e11;
/** The year 5138. */
const PAST_EPOCH_MS = 1e14;

const DATE = String.raw`([+-]?\d{4,6})[-/](\d\d)[-/](\d\d)`;
const TIME = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?`;
const ZONE = String.raw`(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?`;
const ISO = new RegExp(String.raw`^${DATE}(?:[T ]${TIME} ?${ZONE})?$`, "i");
const NUMBER = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/**
 * Reads a timestamp: ISO 8601 with or without a zone (without one it is UTC; a space may stand for the T), seconds
 * or milliseconds since the epoch, or plain seconds from the start. undefined where it is none of these.
 */
export function readTimestamp(text: string): Timestamp | undefined {
  if (NUMBER.test(text)) return fromNumber(Number(text));
  const ms = fromIso(text);
  return ms === undefined ? undefined : { ms, form: "ISO 8601" };
}

function fromNumber(value: number): Timestamp | undefined {
  if (!(value < PAST_EPOCH_MS)) return undefined;
  if (value >= LEAST_EPOCH_MS) return { ms: value, form: "epoch milliseconds" };
  const form = value >= LEAST_EPOCH_SECONDS ? "epoch seconds" : "seconds from the start";
  return { ms: Math.round(value * 1e6) / 1e3, form };
}

function fromIso(text: string): number | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [month, day] = [Number(match[2]), Number(match[3])];
  const [hour, minute] = [Number(match[4] ?? 0), Number(match[5] ?? 0)];
  const second = Number(match[6] ?? 0);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const ms = Date.UTC(Number(match[1]), month - 1, day, hour, minute, second);
  // Date.UTC takes 31 April for 1 May, and day 0 for the last of the month before.
  if (day < 1 || (day > 28 && new Date(ms).getUTCDate() !== day)) return undefined;
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000;
  return ms + fraction - offsetMinutes(match[8]) * 60_000;
}

function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === "Z" || /^[a-z]/i.test(zone)) return 0;
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith("-") ? -minutes : minutes;
}
