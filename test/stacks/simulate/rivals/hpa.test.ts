import { plantFor } from "../../../../policies/simulator/plant";
import { simulate } from "../../../../policies/simulator/simulate";
import { CpuMonitor, firstWish, hpa } from "../../../../stacks/simulate/rivals/hpa";
import { settingWith, sightWith } from "../../../support/sight";

describe("CPU as metrics-server shows it", () => {
  it("should be a mean of the two syncs before", () => {
    const monitor = new CpuMonitor();
    const usages = [0.2, 0.4, 1].map(
      (busyRatio) => monitor.observe(sightWith({ busyRatio }))?.measured.usageMilli,
    );
    expect(usages).toEqual([800, 1200, 2800]);
  });

  it("should be unknown while the job restarts, and forget what was before", () => {
    const monitor = new CpuMonitor();
    monitor.observe(sightWith({ busyRatio: 0.2 }));
    expect(monitor.observe(sightWith({ running: false }))).toBeUndefined();
    expect(monitor.observe(sightWith({ busyRatio: undefined }))).toBeUndefined();
    expect(monitor.observe(sightWith({ busyRatio: 1 }))?.measured.usageMilli).toBe(4000);
  });

  it("should leave out a TaskManager until 30 s after its start", () => {
    const monitor = new CpuMonitor();
    const counts = [4, 6, 6, 6].map((taskManagers) => {
      const pods = monitor.observe(sightWith({ taskManagers, taskManagersAsked: 6 }));
      return [pods?.measured.pods, pods?.unready];
    });
    expect(counts).toEqual([
      [4, 2],
      [4, 2],
      [4, 2],
      [6, 0],
    ]);
  });
});

describe("the policy hpa", () => {
  const start = () => hpa.start(settingWith(), { rateAt: () => 0 } as never).scaler;

  it("should start with the first rate at 80 %, within its bounds", () => {
    // 10000 / (0.8 × 2000) = 6.25
    expect(firstWish(settingWith({ firstRate: 10_000 }))).toEqual({
      taskManagers: 7,
      parallelism: 28,
    });
    expect(firstWish(settingWith({ firstRate: 8_000 })).taskManagers).toBe(5);
    expect(firstWish(settingWith({ floor: 3 })).taskManagers).toBe(3);
    expect(firstWish(settingWith({ firstRate: 1e9 })).taskManagers).toBe(20);
  });

  it("should add TaskManagers at once when all are busy", () => {
    expect(start().decide(sightWith({ busyRatio: 1 }))).toEqual({
      taskManagers: 5,
      parallelism: 20,
      why: "CPU of 4 ready TaskManagers at 100 %, target 80 %, 0 not ready: 4 -> 5 TaskManagers.",
    });
  });

  it("should give up TaskManagers only after 5 minutes", () => {
    const scaler = start();
    const decisions = Array.from({ length: 21 }, (_, i) =>
      scaler.decide(sightWith({ nowMs: i * 15_000, busyRatio: 0.2 })),
    );
    expect(decisions.slice(0, 20)).toEqual(Array(20).fill(undefined));
    expect(decisions[20]).toMatchObject({ taskManagers: 1, parallelism: 4 });
  });

  it("should not act without a metric", () => {
    expect(start().decide(sightWith({ busyRatio: 1, running: false }))).toBeUndefined();
  });

  it("should leave a constant load alone", () => {
    const trace = {
      name: "constant",
      description: "",
      startMs: 0,
      endMs: 24 * 3_600_000,
      rateAt: () => 10_000,
    };
    const outcome = simulate(hpa, trace, plantFor(trace));
    expect(outcome).toMatchObject({ rescales: 0, violationMinutes: 0, slotHours: 7 * 4 * 24 });
  });
});
