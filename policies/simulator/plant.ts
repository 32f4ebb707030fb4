import { taskManagersForRate } from "./capacity";
import type { Trace } from "./trace";

const MINUTE_MS = 60_000;
/** Of a minute's rate. */
const SAMPLES = 6;

/** The simulated cluster. Every policy runs on the same one. Durations in seconds. */
export interface PlantSettings {
  /** Records a second of one slot alone. @default 500 */
  slotRate: number;
  /** @default 4 */
  slotsPerTaskManager: number;
  /** Share of its capacity that each further slot costs all others (Gunther's contention). @default 0.00002 */
  contention: number;
  /** Number of key groups. @default of 720 to 27720 one with many divisors, 16 times the slots of the trace's peak */
  maxParallelism: number;
  /** From the request of a TaskManager to its registration. @default 15 */
  taskManagerStartSeconds: number;
  /** TaskManagers for which a machine is there already; the others wait for a node first. @default unbounded */
  readyTaskManagers: number;
  /** @default 240 */
  nodeStartSeconds: number;
  /** From the stop of the job to its first record at the new parallelism. @default 3 */
  rescaleGapSeconds: number;
  /** After a restart the job is slower for this long. @default 10 */
  warmUpSeconds: number;
  /** Capacity while it warms up, as a share. @default 0.8 */
  warmUpShare: number;
  /** What was processed since the last checkpoint is processed again after a restart without savepoint. @default 10 */
  checkpointSeconds: number;
  /** @default 10 */
  allowedLagSeconds: number;
  /** TaskManagers. @default 1 */
  floor: number;
  /** TaskManagers. @default what the trace's peak needs twice */
  ceiling: number;
}

export const PLANT_DEFAULTS = {
  slotRate: 500,
  slotsPerTaskManager: 4,
  contention: 0.000_02,
  taskManagerStartSeconds: 15,
  readyTaskManagers: Infinity,
  nodeStartSeconds: 240,
  rescaleGapSeconds: 3,
  warmUpSeconds: 10,
  warmUpShare: 0.8,
  checkpointSeconds: 10,
  allowedLagSeconds: 10,
  floor: 1,
} as const;

/** As Flink's operator advises: many divisors, so that many sizes share the keys evenly. */
const KEY_GROUPS = [720, 1440, 2520, 5040, 10_080, 20_160];
const MOST_KEY_GROUPS = 27_720;
const GROUPS_PER_SLOT = 16;

/** The rate of a trace that is sized for: the largest of its minutes' means, in records a second. */
export function peakRate(trace: Trace): number {
  let peak = 0;
  for (let ms = trace.startMs; ms < trace.endMs; ms += MINUTE_MS) {
    let sum = 0;
    for (let i = 0; i < SAMPLES; i++) {
      sum += trace.rateAt(Math.min(ms + ((i + 0.5) * MINUTE_MS) / SAMPLES, trace.endMs));
    }
    peak = Math.max(peak, sum / SAMPLES);
  }
  return peak;
}

/** The cluster for a trace: key groups and ceiling as its user would set them who knows its peak. */
export function plantFor(trace: Trace, overrides: Partial<PlantSettings> = {}): PlantSettings {
  const base = { ...PLANT_DEFAULTS, ...overrides };
  const peak = peakRate(trace);
  const peakSlots = Math.max(1, peak / base.slotRate);
  const maxParallelism =
    KEY_GROUPS.find((groups) => groups >= GROUPS_PER_SLOT * peakSlots) ?? MOST_KEY_GROUPS;
  const sized = { ...base, maxParallelism: overrides.maxParallelism ?? maxParallelism };
  return {
    ...sized,
    ceiling: overrides.ceiling ?? Math.max(sized.floor, 2, 2 * taskManagersForRate(peak, sized)),
  };
}
