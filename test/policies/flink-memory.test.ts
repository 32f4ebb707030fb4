import * as fc from "fast-check";
import { minimumTaskManagerMiB, MINIMUM_JOB_MANAGER_MIB } from "../../policies/flink-memory";

/** BashJavaUtils of 1.14.6 and 1.20.3 takes these process sizes, and refuses one MiB less. */
test.each([
  [0, 768],
  [512, 1302],
])("with %d MiB of managed memory Flink starts from %d MiB", (managed, process) => {
  expect(minimumTaskManagerMiB(managed)).toBe(process);
});

test("beyond their maximum, overhead and network memory grow no further", () => {
  const fixed = 256 + 256 + 1024 + 1024;
  expect(minimumTaskManagerMiB(10_240)).toBe(10_240 + fixed);
  expect(minimumTaskManagerMiB(20_480)).toBe(20_480 + fixed);
});

test("the JobManager's smallest size leaves the recommended 128 MiB of heap", () => {
  expect(MINIMUM_JOB_MANAGER_MIB).toBe(704);
});

/** What Flink leaves for the tasks' heap: everything it takes away is computed downward from the process size. */
function taskHeap(process: number, managed: number): number {
  const overhead = Math.min(Math.max(0.1 * process, 192), 1024);
  const flink = process - 256 - overhead;
  const network = Math.min(Math.max(0.1 * flink, 64), 1024);
  return flink - 128 - 128 - managed - network;
}

test("the minimum is enough, and one MiB less is not", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60_000 }), (managed) => {
      const least = minimumTaskManagerMiB(managed);
      expect(taskHeap(least, managed)).toBeGreaterThanOrEqual(-1e-6);
      // Two roundings up to a whole MiB may add up.
      expect(taskHeap(least - 2, managed)).toBeLessThan(0);
    }),
  );
});
