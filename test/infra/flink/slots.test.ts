import type { Staying } from "../../../infra/flink/cluster-host";
import { FlinkRestClient } from "../../../infra/flink/rest-client";
import { awaitSlots, slotsHeld } from "../../../infra/flink/slots";
import { FakeJobManager } from "../../support/fake-job-manager";

let fake: FakeJobManager;
let client: FlinkRestClient;
beforeEach(async () => {
  fake = await FakeJobManager.start();
  client = new FlinkRestClient(fake.url);
  fake.cluster.addTaskManager("tm-1");
});
afterEach(() => fake.close());

const want = (needed: number, taskManagers: Staying, ownJobId?: string) =>
  awaitSlots(client, fake.cluster, { needed, taskManagers, ownJobId, patienceMs: 300 });
const job = (id: string, parallelism: number) =>
  fake.cluster.startJob({ id, parallelism, args: [], jar: "x" });

it("the slots a job holds are those of its widest vertex", async () => {
  fake.cluster.addTaskManager("tm-2");
  job("a1", 3);
  expect(await slotsHeld(client, "a1")).toEqual(
    new Map([
      ["tm-2", 2],
      ["tm-1", 1],
    ]),
  );
  expect(await slotsHeld(client, "unknown1")).toEqual(new Map());
});

it("waits for TaskManagers that register late", async () => {
  fake.cluster.addTaskManager("tm-2", { registersAfter: 3 });
  await want(4, ["tm-1", "tm-2"]);
});

it("starts TaskManagers that don't run, and only those", async () => {
  fake.cluster.addStoppedTaskManager("tm-2");
  await want(4, ["tm-1", "tm-2"]);
  expect(fake.cluster.started).toEqual(["tm-2"]);
});

it("counts the own job's slots as free", async () => {
  job("a1", 2);
  await want(2, ["tm-1"], "a1");
});

describe("where any TaskManagers will do", () => {
  it("all slots count, and none that is missing is waited for", async () => {
    fake.cluster.addTaskManager("tm-2");
    await want(4, { atLeast: 3 });
    expect(fake.cluster.started).toEqual([]);
  });

  it("those that come late are waited for, and those that don't are named", async () => {
    fake.cluster.addTaskManager("tm-2", { registersAfter: 3 });
    await want(4, { atLeast: 2 });
    fake.cluster.addTaskManager("tm-3", { registersAfter: 999 });
    await expect(want(5, { atLeast: 3 })).rejects.toThrow(
      "The job needs 5 slots, 4 are free for it; no other job holds any. " +
        "TaskManagers not registered: tm-3. Nothing was stopped.",
    );
  });
});

it.each<[string, () => void, Staying, string]>([
  [
    "slots of TaskManagers that leave don't count",
    () => fake.cluster.addTaskManager("tm-2"),
    ["tm-1"],
    "The job needs 3 slots, 2 are free for it; no other job holds any. Nothing was stopped.",
  ],
  [
    "the holders are named",
    () => fake.cluster.startStranger("feedbeef01", 1),
    ["tm-1"],
    "needs 3 slots, 1 are free for it; wordcount (feedbeef) holds 1. Nothing was stopped.",
  ],
  [
    "jobs that ended hold nothing",
    () => {
      job("a1", 2);
      fake.cluster.fail(fake.cluster.only, "boom");
    },
    ["tm-1"],
    "needs 3 slots, 2 are free for it; no other job holds any.",
  ],
  [
    "TaskManagers that are missing are named",
    () => undefined,
    ["tm-1", "tm-9"],
    "no other job holds any. TaskManagers not registered: tm-9. Nothing was stopped. Fix: raise",
  ],
])("a shortage is told: %s", async (_what, prepare, taskManagers, message) => {
  prepare();
  await expect(want(3, taskManagers)).rejects.toThrow(message);
  expect(fake.changes()).toEqual([]);
  expect(fake.cluster.stopped).toEqual([]);
});
