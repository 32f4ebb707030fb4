import { z } from "zod";
import { dates } from "./dates";
import { NO_WINDOW } from "./decision";
import { complaint } from "./problem";
import { count, name } from "./schema-parts";
import { settingTypes } from "./setting-type";
import { DAYS, isZone } from "./time-window";
import { duration, printTimeOfDay } from "./units";

/** The settings of a tenant file that say when there is how much capacity. */

/** Minutes since midnight, at most `latest`. */
const timeOfDay = (latest: number) => {
  const span = `from 00:00 to ${printTimeOfDay(latest)}`;
  const message = complaint("it is not a time of day", `write it as "HH:MM" ${span}, in quotes`);
  return z
    .string(message)
    .transform((text, context) => {
      const match = /^(\d{2}):(\d{2})$/.exec(text);
      const minutes = Number(match?.[1]) * 60 + Number(match?.[2]);
      if (match !== null && Number(match[2]) < 60 && minutes <= latest) return minutes;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    })
    .register(settingTypes, {
      type: `time of day in quotes, ${span}`,
      print: (minutes: number) => printTimeOfDay(minutes),
    });
};

const NO_ZONE = complaint(
  "it is not a known IANA time zone",
  "use a name such as Asia/Shanghai or UTC",
);
const zone = z
  .string(NO_ZONE)
  .refine(isZone, NO_ZONE)
  .register(settingTypes, { type: "IANA time zone, such as `Asia/Shanghai`" });

/** Parallelism of every job, or of each job by its name. */
const parallelism = z
  .union(
    [count(1, 32767), z.record(z.string(), count(1, 32767))],
    complaint("it is neither a whole number nor one per job", "give 4, or {wordcount: 4}"),
  )
  .register(settingTypes, { type: "whole number, 1 to 32767, or one per job: `{wordcount: 4}`" });

const bound = count(1, 1000);

export const boundsSchema = z.strictObject({
  floor: bound.describe("TaskManagers that run at least"),
  ceiling: bound.describe("TaskManagers that run at most"),
  parallelism: parallelism
    .optional()
    .describe("Parallelism of the jobs; left out: each job's smallest"),
});

const ownName = name.refine(
  (text) => text !== NO_WINDOW,
  complaint("the name is kept for the time outside all windows", "give the window another one"),
);

export const windowSchema = z.strictObject({
  name: ownName.describe("Name of the window, as decisions and outputs print it"),
  days: z
    .array(z.enum(DAYS))
    .min(1, complaint("a window without days never opens", "list at least one of mon to sun"))
    .default([...DAYS])
    .describe("Days on which the window opens"),
  dates: dates
    .optional()
    .describe("Dates on which the window opens, on its `days`; left out: every date"),
  from: timeOfDay(24 * 60 - 1).describe("Local time at which it opens"),
  to: timeOfDay(24 * 60).describe("Local time at which it closes; before `from`: on the next day"),
  zone: zone.default("UTC").describe("IANA time zone of dates, from and to"),
  rank: count(0, 1000).default(0).describe("Of two open windows the higher rank is in force"),
  ...boundsSchema.shape,
});

/** The rank at which an exception lies over every window. */
const HIGHEST_RANK = 1000;

const underneath = "left out: as underneath";

export const exceptionSchema = z.strictObject({
  name: ownName.describe("Name of the exception, as decisions and outputs print it"),
  dates: dates.describe("Dates on which the exception holds"),
  from: timeOfDay(24 * 60 - 1)
    .default(0)
    .describe("Local time at which it begins"),
  to: timeOfDay(24 * 60)
    .default(24 * 60)
    .describe("Local time at which it ends; before `from`: on the next day"),
  zone: zone.default("UTC").describe("IANA time zone of dates, from and to"),
  rank: count(0, 2 * HIGHEST_RANK)
    .default(HIGHEST_RANK)
    .describe("It lies over the windows of its rank and below, and over exceptions below it"),
  floor: bound.optional().describe(`TaskManagers that run at least; ${underneath}`),
  ceiling: bound.optional().describe(`TaskManagers that run at most; ${underneath}`),
  parallelism: parallelism.optional().describe(`Parallelism of the jobs; ${underneath}`),
  closed: z
    .boolean()
    .default(false)
    .describe("No window of its rank or below opens while it lasts"),
  skip: z
    .array(name)
    .register(settingTypes, { type: "list of windows' names" })
    .default([])
    .describe("Windows that don't open while it lasts"),
});

const NO_LEAD = complaint(
  "it is neither auto nor a duration of at most a day",
  "write auto, or a number and s, m or h, such as 5m",
);
const DAY_MS = 24 * 3_600_000;

/** How long before a window opens its capacity is there: measured, or milliseconds. */
export const lead = z
  .union([z.literal("auto"), duration.refine((ms) => ms <= DAY_MS, NO_LEAD)], NO_LEAD)
  .register(settingTypes, { type: "`auto`, or a duration such as `30s`, `5m`, at most `1d`" });
