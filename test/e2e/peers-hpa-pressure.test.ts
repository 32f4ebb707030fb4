import {
  capacityPressure,
  PRESSURE_BEHAVIOR,
  PRESSURE_TARGET,
} from "../../policies/kubernetes/capacity-pressure";
import { taskManagersBySlots } from "../../policies/scaling/required";
import { askHpa, ensureHpaPeer, type Step } from "../support/hpa-peer";

const MINUTES = 60_000;
const SYNC_MS = 15_000;
const MILLI = 1_000;
/** All slots are taken, and not by jobs of the plan. */
const FULL = { total: 1, available: 0 };
const SHORT = capacityPressure({ slots: FULL, jobs: [] });
const ENOUGH = capacityPressure({ slots: { total: 1, available: 1 }, jobs: [] });

let peer = "";

jest.setTimeout(5 * MINUTES);

beforeAll(async () => {
  peer = await ensureHpaPeer();
}, 30 * MINUTES);

interface Look {
  /** undefined where Prometheus has nothing. */
  pressure: number | undefined;
  /** Since the look before. @default the controller's period */
  afterMs?: number;
  /** Of the TaskManagers, those that wait for a node. @default 0 */
  pending?: number;
}

/** How many pods Kubernetes' own calculator proposes for a metric with a target of type Value. */
async function proposal(current: number, { pressure, pending = 0 }: Look): Promise<number | null> {
  if (pressure === undefined) return null;
  const pods = Array.from({ length: current }, (_, i) => ({
    state: i < pending ? ("pending" as const) : ("ready" as const),
    usage: 0,
  }));
  const asked = {
    ...{ metric: "externalValue" as const, current, target: PRESSURE_TARGET * MILLI },
    ...{ tolerance: 0.1, request: 1, pods, values: [pressure * MILLI] },
  };
  const [reply] = await askHpa(peer, [{ calculate: asked }]);
  return reply?.replicas[0] ?? null;
}

/** What Kubernetes' own controller makes of a tenant's TaskManagers, look by look, each with its own proposal. */
async function follow(
  start: number,
  looks: readonly Look[],
  { max = 1000, behavior = PRESSURE_BEHAVIOR as object } = {},
): Promise<number[]> {
  const steps: Step[] = [];
  let replicas: number[] = [];
  for (const look of looks) {
    const proposed = await proposal(replicas.at(-1) ?? start, look);
    const value = proposed === null ? null : proposed * MILLI;
    steps.push({ afterMs: look.afterMs ?? SYNC_MS, values: [value] });
    const run = { tolerance: 0.1, min: 1, max, start, behavior, targets: [MILLI], steps };
    const [reply] = await askHpa(peer, [{ reconcile: run }]);
    replicas = reply?.replicas ?? [];
  }
  return replicas;
}

it.each([
  [5, 6],
  [10, 12],
  [11, 14],
])("under pressure %i TaskManagers become %i at once", async (before, then) => {
  expect(await follow(before, [{ pressure: SHORT }])).toEqual([then]);
});

it("each size grows by the source documents' step, and again after a minute", async () => {
  const again = { pressure: SHORT };
  for (const start of [1, 2, 3, 4, 7, 25, 45, 95, 100, 355]) {
    const once = taskManagersBySlots(start, FULL);
    const twice = taskManagersBySlots(once, FULL);
    const looks = [again, again, again, { ...again, afterMs: 31_000 }];
    expect(await follow(start, looks)).toEqual([once, once, once, twice]);
  }
});

it("nothing grows beyond the ceiling, and nothing changes without pressure", async () => {
  expect(await follow(10, [{ pressure: SHORT }], { max: 11 })).toEqual([11]);
  expect(await follow(10, [{ pressure: ENOUGH }, { pressure: ENOUGH }])).toEqual([10, 10]);
});

it("no TaskManager is taken away: not without the metric, not while some wait for a node", async () => {
  const later = { afterMs: 15 * MINUTES };
  const missing = { pressure: undefined };
  expect(await follow(10, [missing, { ...missing, ...later }])).toEqual([10, 10]);
  expect(await follow(10, [{ pressure: 0 }, { pressure: 0, ...later }])).toEqual([10, 10]);
  expect(await follow(10, [{ pressure: SHORT, pending: 8 }])).toEqual([10]);
});

it("a ceiling that is lowered takes effect at once, also without the metric", async () => {
  expect(await follow(10, [{ pressure: undefined }], { max: 7 })).toEqual([7]);
});

it("and with Kubernetes' own behavior it would shrink, so that these runs can show it", async () => {
  const calm = [{ pressure: 0 }, { pressure: 0, afterMs: 6 * MINUTES }];
  expect(await follow(10, calm, { behavior: {} })).toEqual([10, 1]);
});
