import { z } from "zod";
import { complaint } from "./problem";
import { settingTypes } from "./setting-type";
import { duration } from "./units";

const NO_SHARE = complaint(
  "it is not a share from 0 to 1",
  "give a number such as 0.05, for 5 % more than the load",
);

/** The source documents' window: nothing is adjusted more often than the load is measured over. */
const MEASURED_OVER_MS = 60_000;
const TOO_OFTEN = complaint(
  "it is shorter than the minute that the load is measured over",
  "give 60s or more",
);

/** How a tenant's jobs follow their load. */
export const scalingSchema = z.strictObject({
  forecast: z
    .boolean(complaint("it is neither true nor false", "give true or false"))
    .default(true)
    .register(settingTypes, { type: "`true` or `false`" })
    .describe("Whether the load of a day and a week before gives a floor ahead of time"),
  headroom: z
    .number(NO_SHARE)
    .min(0, NO_SHARE)
    .max(1, NO_SHARE)
    .default(0.05)
    .register(settingTypes, { type: "share, 0 to 1" })
    .describe("Spare capacity over the expected load, as a share of it"),
  cooldown: duration
    .refine((ms) => ms >= MEASURED_OVER_MS, TOO_OFTEN)
    .default(MEASURED_OVER_MS)
    .describe("Between two decisions on the load, `60s` at least"),
  scaleDownWindow: duration
    .default(180_000)
    .describe("Capacity goes down to the most that was needed in this time"),
});
