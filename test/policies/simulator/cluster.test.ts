import { Cluster, type Rescaled } from "../../../policies/simulator/cluster";
import type { PlantSettings } from "../../../policies/simulator/plant";
import type { Mechanism, Wish } from "../../../policies/simulator/scaler";
import { plantWith } from "./plant";

const size = (taskManagers: number, parallelism = 2 * taskManagers, why?: string): Wish => ({
  taskManagers,
  parallelism,
  ...(why === undefined ? {} : { why }),
});

/** What a cluster of one TaskManager does in its first seconds, with wishes by second. */
function play(
  mechanism: Mechanism,
  wishes: Readonly<Record<number, Wish>>,
  options: { seconds?: number; first?: Wish; plant?: Partial<PlantSettings> } = {},
) {
  const rescaled: Rescaled[] = [];
  const replays: number[] = [];
  const capacity: number[] = [];
  const registered: number[] = [];
  const asked: number[] = [];
  let now = 0;
  const cluster = new Cluster(
    plantWith(options.plant),
    mechanism,
    options.first ?? size(1),
    () => replays.push(now),
    (one) => rescaled.push(one),
  );
  for (; now < (options.seconds ?? 30); now++) {
    cluster.advance(now);
    const wish = wishes[now];
    if (wish !== undefined) cluster.wish(wish, now);
    capacity.push(cluster.capacity(now));
    registered.push(cluster.registered);
    asked.push(cluster.asked);
    cluster.account(now);
  }
  return { cluster, rescaled, replays, capacity, registered, asked };
}

/** A rescale of a cluster that uses every slot: seconds from wish to job, TaskManagers from and to. */
const rescale = (
  seconds: [number, number],
  [from, to]: [number, number],
  why: string,
): Rescaled => ({
  ...{ wishedAt: seconds[0], runningAt: seconds[1], why },
  from: { taskManagers: from, parallelism: 2 * from },
  to: { taskManagers: to, parallelism: 2 * to },
});

const times = (count: number, value: number) => new Array<number>(count).fill(value);

describe("ordered", () => {
  it("has the TaskManagers first, then one stop, then a job that is slower while it warms up", () => {
    const { capacity, registered, asked, rescaled, replays, cluster } = play("ordered", {
      2: size(3, 6, "more load"),
    });
    expect(asked).toEqual([...times(2, 1), ...times(28, 3)]);
    expect(registered).toEqual([...times(7, 1), ...times(23, 3)]);
    expect(capacity).toEqual([
      ...times(7, 200),
      ...times(3, 0),
      ...times(4, 300),
      ...times(16, 600),
    ]);
    expect(rescaled).toEqual([rescale([2, 10], [1, 3], "more load")]);
    expect(replays).toEqual([]);
    expect([cluster.rescales, cluster.stopped, cluster.taskManagerSeconds]).toEqual([1, 3, 86]);
  });

  it("keeps the TaskManagers it gives up until the job runs on the others", () => {
    const { capacity, registered, rescaled } = play("ordered", { 4: size(1) }, { first: size(3) });
    expect(registered).toEqual([...times(7, 3), ...times(23, 1)]);
    expect(capacity.slice(0, 12)).toEqual([
      ...times(4, 600),
      ...times(3, 0),
      ...times(4, 100),
      200,
    ]);
    expect(rescaled).toEqual([rescale([4, 7], [3, 1], "")]);
  });

  it("lets no other wish in while one is under way", () => {
    const { rescaled, asked } = play("ordered", { 0: size(2), 1: size(4), 6: size(5), 8: size(3) });
    expect(rescaled.map(({ wishedAt, to }) => [wishedAt, to.taskManagers])).toEqual([
      [0, 2],
      [8, 3],
    ]);
    expect(Math.max(...asked)).toBe(3);
  });

  it("does not stop the job where its parallelism stays", () => {
    const { capacity, registered, rescaled, cluster } = play("ordered", {
      1: size(3, 2),
      9: size(2, 2),
    });
    expect(registered).toEqual([...times(6, 1), ...times(3, 3), ...times(21, 2)]);
    expect(capacity).toEqual(times(30, 200));
    expect([cluster.rescales, rescaled]).toEqual([0, []]);
  });

  it("changes the parallelism at once where the TaskManagers are there", () => {
    const { capacity, rescaled } = play("ordered", { 3: size(2, 4) }, { first: size(2, 2) });
    expect(capacity.slice(0, 11)).toEqual([
      ...times(3, 200),
      ...times(3, 0),
      ...times(4, 200),
      400,
    ]);
    expect(rescaled.map(({ wishedAt, runningAt }) => [wishedAt, runningAt])).toEqual([[3, 6]]);
  });
});

describe("reactive", () => {
  it("restarts from the checkpoint once a batch of TaskManagers has registered, on all slots", () => {
    const { capacity, replays, rescaled } = play("reactive", { 2: size(3, 6, "CPU") });
    expect(capacity.slice(0, 16)).toEqual([
      ...times(7, 200),
      ...times(3, 0),
      ...times(4, 300),
      ...times(2, 600),
    ]);
    expect(replays).toEqual([7]);
    expect(rescaled).toEqual([rescale([2, 10], [1, 3], "CPU")]);
  });

  it("restarts at once where TaskManagers are given up", () => {
    const { capacity, replays, asked } = play("reactive", { 2: size(1) }, { first: size(3) });
    expect(capacity.slice(0, 10)).toEqual([
      ...times(2, 600),
      ...times(3, 0),
      ...times(4, 100),
      200,
    ]);
    expect(replays).toEqual([2]);
    expect(asked).toEqual([...times(2, 3), ...times(28, 1)]);
  });

  it("takes wishes while others are under way: a restart for each batch, each with its own reason", () => {
    const { replays, rescaled, cluster } = play("reactive", {
      0: size(2, 4, "first"),
      4: size(4, 8, "second"),
      12: size(5, 10, "third"),
    });
    expect(replays).toEqual([5, 9, 17]);
    expect(cluster.rescales).toBe(3);
    expect(rescaled).toEqual([
      rescale([0, 8], [1, 2], "first"),
      rescale([4, 12], [2, 4], "second"),
      rescale([12, 20], [4, 5], "third"),
    ]);
  });

  it("draws restarts that lie on each other together", () => {
    const { cluster, rescaled } = play("reactive", { 0: size(2), 2: size(3, 6, "more") });
    expect(cluster.rescales).toBe(2);
    expect(cluster.stopped).toBe(5);
    expect(rescaled).toEqual([rescale([2, 10], [1, 3], "more")]);
  });

  it("gives up first what still starts, the latest first, without a restart", () => {
    const { asked, replays, registered } = play("reactive", { 0: size(3), 2: size(4), 3: size(2) });
    expect(asked.slice(0, 5)).toEqual([3, 3, 4, 2, 2]);
    expect(registered).toEqual([...times(5, 1), ...times(25, 2)]);
    expect(replays).toEqual([5]);
    expect(play("reactive", { 0: size(3), 3: size(1) }).cluster.rescales).toBe(0);
  });

  it("stays as it is for a wish of what was asked for", () => {
    expect(play("reactive", { 3: size(1, 1) }).cluster.rescales).toBe(0);
  });
});

describe("machines", () => {
  const plant = { readyTaskManagers: 3, nodeStartSeconds: 20 };

  it("are waited for beyond the ready ones: the ordered job is stopped once, on all of them", () => {
    const { registered, rescaled } = play("ordered", { 1: size(5) }, { plant, seconds: 40 });
    expect(registered).toEqual([...times(6, 1), ...times(20, 3), ...times(14, 5)]);
    expect(rescaled.map(({ wishedAt, runningAt }) => [wishedAt, runningAt])).toEqual([[1, 29]]);
  });

  it("make the reactive job restart twice", () => {
    const { replays, rescaled } = play("reactive", { 1: size(5) }, { plant, seconds: 40 });
    expect(replays).toEqual([6, 26]);
    expect(rescaled.map(({ from, to }) => [from.taskManagers, to.taskManagers])).toEqual([
      [1, 3],
      [3, 5],
    ]);
  });

  it("are taken by TaskManagers that still start, too", () => {
    const { registered } = play("reactive", { 0: size(2), 1: size(4) }, { plant });
    expect(registered).toEqual([...times(5, 1), 2, ...times(20, 3), ...times(4, 4)]);
  });

  it("are all waited for where none is left", () => {
    const first = size(4);
    const { registered } = play("ordered", { 0: size(5) }, { plant, first, seconds: 40 });
    expect(registered).toEqual([...times(25, 4), ...times(15, 5)]);
  });
});

describe("a stop", () => {
  it("of part of a second leaves the rest of it", () => {
    const plant = { rescaleGapSeconds: 2.25, warmUpSeconds: 0 };
    const { capacity, cluster, rescaled } = play(
      "ordered",
      { 0: size(1, 1) },
      { plant, seconds: 5 },
    );
    expect(capacity).toEqual([0, 0, 75, 100, 100]);
    expect(cluster.stopped).toBe(2.25);
    expect(rescaled[0]?.runningAt).toBe(3);
  });

  it("of no time at all costs only the warm-up", () => {
    const plant = { rescaleGapSeconds: 0 };
    const { capacity, cluster } = play("ordered", { 0: size(1, 1) }, { plant, seconds: 6 });
    expect(capacity).toEqual([...times(4, 50), ...times(2, 100)]);
    expect([cluster.stopped, cluster.rescales]).toEqual([0, 1]);
  });
});

test("wishes are rounded and brought within floor, ceiling, slots and key groups", () => {
  const sizes = (plant: Partial<PlantSettings>, first: Wish) => {
    const { cluster } = play("ordered", {}, { plant, first, seconds: 0 });
    return [cluster.registered, cluster.parallelism];
  };
  expect(sizes({}, size(2.6, 3.4))).toEqual([3, 3]);
  expect(sizes({ floor: 2 }, size(1, 1))).toEqual([2, 1]);
  expect(sizes({ ceiling: 4 }, size(9, 18))).toEqual([4, 8]);
  expect(sizes({ maxParallelism: 5 }, size(4, 8))).toEqual([4, 5]);
  expect(sizes({}, size(2, 0))).toEqual([2, 1]);
});
