import type { Scaler, Sight, Wish } from "../../../policies/simulator/scaler";
import { conduct, type Conducted } from "../../../stacks/reality/conduct";
import type { Observation } from "../../../stacks/reality/sight";

const START = 1_000_000;

/** A cluster on a clock of its own, whose updates take a while. */
class FakeCluster implements Conducted {
  readonly slotsPerTaskManager = 2;
  readonly acts: { wish: Wish; second: number }[] = [];
  nowMs = START;
  failing = new Set<number>();
  private ends: { atMs: number; end: () => void }[] = [];

  constructor(
    private readonly updateSeconds: number,
    private readonly fault?: Error,
  ) {}

  get second(): number {
    return (this.nowMs - START) / 1000;
  }

  sleepUntil = async (ms: number): Promise<void> => {
    this.nowMs = ms;
    const due = this.ends.filter(({ atMs }) => atMs <= ms);
    this.ends = this.ends.filter(({ atMs }) => atMs > ms);
    for (const { end } of due) end();
    await new Promise(setImmediate);
  };

  async observe(): Promise<Observation> {
    if (this.failing.has(this.second)) throw new Error("no answer");
    const arrived = this.second * 100;
    return {
      ...{ atMs: this.nowMs, arrived, taken: arrived, busyRatio: 0.5 },
      ...{ running: true, parallelism: 2, taskManagers: 1 },
    };
  }

  async act(wish: Wish, second: number): Promise<void> {
    this.acts.push({ wish, second });
    if (this.fault !== undefined) throw this.fault;
    const atMs = this.nowMs + this.updateSeconds * 1000;
    await new Promise<void>((end) => this.ends.push({ atMs, end }));
  }
}

function scalerThatWishes(wishes: Record<number, Wish>): Scaler & { sights: Sight[] } {
  const sights: Sight[] = [];
  return {
    sights,
    everySeconds: 5,
    mechanism: "ordered",
    decide(sight) {
      sights.push(sight);
      return wishes[(sight.nowMs - START) / 1000];
    },
  };
}

const more: Wish = { taskManagers: 2, parallelism: 4 };
const run = (scaler: Scaler, cluster: FakeCluster, seconds: number) =>
  conduct(scaler, cluster, { startMs: START, seconds, sleepUntil: cluster.sleepUntil });

describe("the loop over a real cluster", () => {
  it("should decide at the simulator's instants: not at the start, not at the end", async () => {
    const [scaler, cluster] = [scalerThatWishes({}), new FakeCluster(8)];
    expect(await run(scaler, cluster, 20)).toEqual([]);
    expect(scaler.sights.map(({ nowMs }) => nowMs - START)).toEqual([5000, 10_000, 15_000]);
    expect(scaler.sights[0]?.arrivedPerSecond).toBe(100);
    expect(cluster.acts).toEqual([]);
  });

  it("should act on a wish, drop those that come during the update, and act again after it", async () => {
    const scaler = scalerThatWishes({ 10: more, 15: more, 20: more });
    const cluster = new FakeCluster(8);
    const done = run(scaler, cluster, 30);
    await settle(cluster, 30);
    await done;
    expect(cluster.acts.map(({ second }) => second)).toEqual([10, 20]);
  });

  it("should show what the update asks for while it is under way", async () => {
    const scaler = scalerThatWishes({ 5: more });
    const cluster = new FakeCluster(8);
    await run(scaler, cluster, 25);
    expect(scaler.sights.map(({ taskManagersAsked }) => taskManagersAsked)).toEqual([1, 2, 1, 1]);
  });

  it("should decide nothing where the cluster does not answer, and say when that was", async () => {
    const [scaler, cluster] = [scalerThatWishes({}), new FakeCluster(8)];
    cluster.failing.add(10);
    expect(await run(scaler, cluster, 20)).toEqual([10]);
    expect(scaler.sights.map(({ nowMs }) => nowMs - START)).toEqual([5000, 15_000]);
  });

  it("should end with what an update threw", async () => {
    const cluster = new FakeCluster(8, new Error("pulumi failed"));
    await expect(run(scalerThatWishes({ 5: more }), cluster, 20)).rejects.toThrow("pulumi failed");
    expect(cluster.acts).toHaveLength(1);
  });
});

/** Lets what is still under way after the last instant come to its end. */
async function settle(cluster: FakeCluster, seconds: number): Promise<void> {
  while (cluster.second < seconds - 5) await new Promise(setImmediate);
  await cluster.sleepUntil(START + (seconds + 60) * 1000);
}
