import { LEAST_FREE, lagSeconds } from "../scaling/required";

/** The external metric that a tenant's HorizontalPodAutoscaler follows, and what it is to be. */
export const PRESSURE_METRIC = "flinktide_capacity_pressure";
export const PRESSURE_TARGET = 1;
/** Asks for twice as many pods, of which the autoscaler's behavior grants a step. */
const PRESSED = 2;

/**
 * `behavior` of the HorizontalPodAutoscaler: 20 % more at once, rounded up, then once a minute while the pressure
 * lasts. It never takes a TaskManager away: which one is empty, only the conductor knows.
 */
export const PRESSURE_BEHAVIOR = {
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [{ type: "Percent", value: 20, periodSeconds: 60 }],
  },
  scaleDown: { selectPolicy: "Disabled" },
};

/** What a job of the tenant's file is measured at; what is not known is left out. */
export interface JobPressure {
  /** Slots that it holds. */
  parallelism?: number;
  /** Records that wait for it. */
  backlogRecords?: number;
  /** Records a second that it processes, over the last minute. */
  ratePerSecond?: number;
  allowedLagSeconds: number;
}

/** What is known of a tenant's cluster. */
export interface PressureInputs {
  /** Slots of the cluster, whoever holds them; left out where Flink does not answer. */
  slots?: { total: number; available: number };
  jobs: readonly JobPressure[];
}

/**
 * 2 where TaskManagers are short: jobs outside the plan hold slots and less than a fifth is free, or a job is later
 * than allowed while every slot is taken. Else 1; undefined where what is missing could make it 2, so that the
 * autoscaler sees no metric and leaves the replicas as they are.
 */
export function capacityPressure({ slots, jobs }: PressureInputs): number | undefined {
  if (slots === undefined) return undefined;
  if (slots.total <= 0) return PRESSURE_TARGET;
  const signs = [
    slots.available / slots.total < LEAST_FREE && othersHold(slots, jobs),
    ...jobs.map((job) => slots.available <= 0 && isLate(job)),
  ];
  if (signs.includes(true)) return PRESSED;
  return signs.includes(undefined) ? undefined : PRESSURE_TARGET;
}

/** Whether jobs that the plan does not know hold slots. */
function othersHold(
  { total, available }: { total: number; available: number },
  jobs: readonly JobPressure[],
): boolean | undefined {
  const held = jobs.map(({ parallelism }) => parallelism);
  if (!held.every((slots) => slots !== undefined)) return undefined;
  return total - available > held.reduce((sum, slots) => sum + slots, 0);
}

/** Whether a job is later than allowed. Of one that waits and processes nothing, more slots are no cure: unknown. */
function isLate(job: JobPressure): boolean | undefined {
  const { backlogRecords, ratePerSecond, allowedLagSeconds } = job;
  if (backlogRecords === undefined || ratePerSecond === undefined) return undefined;
  const lag = lagSeconds(backlogRecords, ratePerSecond);
  return Number.isFinite(lag) ? lag > allowedLagSeconds : undefined;
}
