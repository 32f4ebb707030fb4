import { z } from "zod";
import { DURATION_MS, printDuration } from "./print-duration";
import { complaint } from "./problem";
import { settingTypes } from "./setting-type";

export { printDuration };

/** The only place where units are read and, but for durations, printed. */

const MEMORY_MIB = { MiB: 1, GiB: 1024, m: 1, g: 1024 } as const;

/** Exact: computed on the digits, because 1.001 × 1000 is no whole number in floating point. */
function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, whole = "", decimals = "", unit = ""] =
    /^(\d+)(?:\.(\d+))?\s*([a-zA-Z]+)$/.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined) return undefined;
  const digits = BigInt(whole + decimals) * BigInt(factor);
  const divisor = 10n ** BigInt(decimals.length);
  const value = Number(digits / divisor);
  return digits % divisor === 0n && Number.isSafeInteger(value) ? value : undefined;
}

const NO_DURATION = complaint(
  "it is not a duration",
  "write a number and ms, s, m, h or d, such as 10s",
);

/** A duration as the user types it ("500ms", "10s", "15m", "2h", "1d"), held in whole milliseconds. */
export const duration = z
  .string(NO_DURATION)
  .transform((text, context) => {
    const ms = scaled(text, DURATION_MS);
    if (ms !== undefined) return ms;
    context.addIssue({ code: "custom", message: NO_DURATION });
    return z.NEVER;
  })
  .register(settingTypes, {
    type: "duration, such as `500ms`, `10s`, `15m`, `2h`, `1d`",
    print: (ms: number) => printDuration(ms).replaceAll(" ", ""),
  });

const NO_MEMORY = complaint(
  "it is not an amount of memory",
  "write a number and MiB or GiB, such as 2GiB",
);

/** An amount of memory as the user types it ("1728MiB", "2GiB", Flink's "1728m", "2g"), held in whole MiB. */
export const memory = z
  .string(NO_MEMORY)
  .transform((text, context) => {
    const mib = scaled(text, MEMORY_MIB);
    if (mib !== undefined) return mib;
    context.addIssue({ code: "custom", message: NO_MEMORY });
    return z.NEVER;
  })
  .register(settingTypes, {
    type: "memory in whole MiB, such as `1728MiB`, `2GiB`, `1.5GiB`",
    print: (mib: number) => printMemory(mib).replace(" ", ""),
  });

/** "512 MiB", "2 GiB", "1.5 GiB". */
export function printMemory(mib: number): string {
  return mib >= 1024 && mib % 256 === 0 ? `${mib / 1024} GiB` : `${mib} MiB`;
}

/** Minutes since midnight as "HH:MM". */
export function printTimeOfDay(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
