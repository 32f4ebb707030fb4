import { z } from "zod";
import { complaint } from "./problem";
import { settingTypes } from "./setting-type";
import { DAY_MS } from "./time-window";

/** Dates of the calendar as a user types them, held as days since 1970-01-01. */

const NO_DATE = complaint("it is not a date of the calendar", 'write it as "2026-11-11"');

/** Pulumi hands on a date without quotes as "2026-11-11 00:00:00 +0000 UTC". */
const DATE = /^(\d{4}-\d{2}-\d{2})(?: 00:00:00 \+0000 UTC)?$/;

const date = z.string(NO_DATE).transform((text, context) => {
  const digits = DATE.exec(text)?.[1];
  const day = digits === undefined ? NaN : Date.parse(`${digits}T00:00:00Z`) / DAY_MS;
  // Date.parse takes February 30th for March 2nd.
  if (Number.isInteger(day) && printDate(day) === digits) return day;
  context.addIssue({ code: "custom", message: NO_DATE });
  return z.NEVER;
});

/** Days since 1970-01-01 as "2026-11-11". */
export function printDate(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

const MOST_DAYS = 366;
const NO_RANGE = complaint(
  `it is not a range of 1 to ${MOST_DAYS} days`,
  "give `to` on or after `from`, and no more than a year",
);

const range = z
  .strictObject({ from: date, to: date })
  .refine(({ from, to }) => from <= to && to - from < MOST_DAYS, { path: ["to"], error: NO_RANGE });

/** Single dates and ranges of dates, the last one included. */
export const dates = z
  .array(
    z.union(
      [date.transform((day) => ({ from: day, to: day })), range],
      complaint(
        "it is neither a date of the calendar nor a range of dates",
        'write "2026-11-11", or {from: "2026-12-24", to: "2026-12-31"}',
      ),
    ),
  )
  .min(1, complaint("without a date it never opens", 'list at least one, such as "2026-11-11"'))
  .max(366, complaint("it is longer than 366 entries", "join neighbouring dates to ranges"))
  .register(settingTypes, {
    type: 'list of dates `"2026-11-11"` and ranges `{from: …, to: …}`',
  });
