/** Stands for a figure that was not measured. */
export const NONE = "–";

/** `1,234,567`; null as a dash. */
export function whole(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : Math.round(value).toLocaleString("en");
}

/** `0.84 s`, `12.3 s`; null as a dash. */
export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/** `1 → 3`, or `2` where nothing changed. */
export function changed({ before, after }: { before: number; after: number }): string {
  return before === after ? String(after) : `${before} → ${after}`;
}

/** `4:05` minutes and seconds since the start. */
export function elapsed(ms: number): string {
  const all = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(all / 60)}:${String(all % 60).padStart(2, "0")}`;
}

/** `950`, `12k`, `1.5M`: short, for an axis. */
export function short(value: number): string {
  const [size, unit] = value >= 1e6 ? [1e6, "M"] : value >= 1e4 ? [1e3, "k"] : [1, ""];
  return `${Number((value / size).toFixed(1)).toLocaleString("en")}${unit}`;
}

/** `2026-11-23 09:00:00 UTC` */
export function dateTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** An instant on an axis, UTC: `11-23` at midnight, else `09:00`, with seconds where they are not 0. */
export function axisInstant(ms: number): string {
  const [date = "", time = ""] = new Date(ms).toISOString().slice(5, 19).split("T");
  if (time === "00:00:00") return date;
  return time.endsWith(":00") ? time.slice(0, 5) : time;
}

/** The middle value; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an HTML or SVG text node or a quoted attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** JSON that can stand inside a script element. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
