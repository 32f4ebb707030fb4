import { peakRate, type PlantSettings } from "../../../policies/simulator/plant";
import type { Policy } from "../../../policies/simulator/scaler";
import type { Contestant } from "../contestant";
import { sizeFor } from "./sizing";

const INFO = {
  name: "static-peak",
  title: "Static, sized for the peak",
  source:
    "What a job gets that nothing scales: the TaskManagers of the trace's busiest minute, known beforehand and " +
    "without any headroom on top, from the first record to the last.",
  reactive: false,
};
const DAY_SECONDS = 86_400;

/** A cluster that never changes, in its strongest form: it is exactly as large as the trace needs at its peak. */
export const staticPeak: Contestant = {
  ...INFO,
  on: (plant: PlantSettings): Policy => ({
    ...INFO,
    start: (_setting, trace) => ({
      scaler: { everySeconds: DAY_SECONDS, mechanism: "ordered", decide: () => undefined },
      first: sizeFor(peakRate(trace), 1, plant),
    }),
  }),
};
