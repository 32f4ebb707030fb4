import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { flinktidePolicy } from "../../../policies/scaling/policy";
import { plantFor } from "../../../policies/simulator/plant";
import type { Policy } from "../../../policies/simulator/scaler";
import { simulate } from "../../../policies/simulator/simulate";
import type { Trace } from "../../../policies/simulator/trace";
import { planned } from "./planned";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const DAY_MS = 86_400_000;
/** Between -1 and 1, once a day. */
const triangle = (ms: number) => Math.abs(((ms / DAY_MS) % 1) * 4 - 2) - 1;
const MIB = 2 ** 20;

/** MiB that a run has gained between the ends of two of its days. */
function gained(policy: Policy, fromDay: number, toDay: number): number {
  const heap: number[] = [];
  const rateAt = (ms: number) => {
    if (ms === fromDay * DAY_MS - 500 || ms === toDay * DAY_MS - 500) {
      collectGarbage();
      heap.push(process.memoryUsage().heapUsed);
    }
    return 3_000 + 2_000 * triangle(ms);
  };
  const trace: Trace = { name: "days", description: "", startMs: 0, endMs: toDay * DAY_MS, rateAt };
  const plant = plantFor({ ...trace, endMs: DAY_MS / 2 });
  simulate(policy, trace, plant);
  const [before, after] = [heap[0] ?? NaN, heap.at(-1) ?? NaN];
  return (after - before) / MIB;
}

const LEAST_THAT_COUNTS = 1;
const first = { taskManagers: 4, parallelism: 16 };

test("a run of 16 days holds no more than one of 2", () => {
  expect(gained(planned({}, { first, everySeconds: 10 }), 2, 16)).toBeLessThan(LEAST_THAT_COUNTS);
});

test("flinktide holds no more after 11 days than after 8", () => {
  expect(gained(flinktidePolicy(), 8, 11)).toBeLessThan(LEAST_THAT_COUNTS);
});

test("a policy that keeps what it sees is found out", () => {
  const kept: number[][] = [];
  const onSight = () => kept.push([kept.length, 0, 0, 0]);
  const keeps = planned({}, { first, everySeconds: 10, onSight });
  expect(gained(keeps, 2, 16)).toBeGreaterThan(2 * LEAST_THAT_COUNTS);
  expect(kept.length).toBe(16 * 8_640 - 1);
});
