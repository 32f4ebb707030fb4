import { leaveIdle, type Remover } from "../../../infra/flink/leave";
import { FlinkRestClient } from "../../../infra/flink/rest-client";
import { FakeJobManager } from "../../support/fake-job-manager";

let fake: FakeJobManager;
let client: FlinkRestClient;
beforeEach(async () => {
  fake = await FakeJobManager.start();
  client = new FlinkRestClient(fake.url);
});
afterEach(() => fake.close());

/** Pods by name, of which some are taken away. */
class Pods implements Remover {
  readonly removed: string[][] = [];
  constructor(private names: string[]) {}
  async wanted() {
    return this.names.length;
  }
  async pods() {
    return this.names;
  }
  async remove(ids: readonly string[]) {
    this.removed.push([...ids]);
    this.names = this.names.filter((name) => !ids.includes(name));
    return true;
  }
}

function clusterOf(...names: string[]): Pods {
  names.forEach((name) => fake.cluster.addTaskManager(name));
  return new Pods(names);
}
const leave = (pods: Pods, taskManagers: number) => leaveIdle(client, pods, taskManagers, 200);

it("takes the ones away on which nothing runs", async () => {
  const pods = clusterOf("tm-1", "tm-2", "tm-3");
  fake.cluster.startJob({ id: "a1", parallelism: 3, args: [], jar: "x" });
  const busy = new Set(
    (await client.taskManagers()).filter((t) => t.freeSlots < t.slotsNumber).map(({ id }) => id),
  );
  expect(busy.size).toBe(2);
  expect(await leave(pods, 2)).toEqual({ removed: expect.any(Array), kept: 0 });
  expect(pods.removed).toHaveLength(1);
  expect(pods.removed[0]).toHaveLength(1);
  expect(busy.has(pods.removed[0]?.[0] ?? "")).toBe(false);
});

it("never takes one away that holds a slot, and says how many stay", async () => {
  const pods = clusterOf("tm-1", "tm-2", "tm-3");
  fake.cluster.startJob({ id: "a1", parallelism: 3, args: [], jar: "x" });
  const { removed, kept } = await leave(pods, 1);
  expect({ removed: removed.length, kept }).toEqual({ removed: 1, kept: 1 });
});

it("the ones that have not registered yet go first", async () => {
  const pods = clusterOf("tm-1", "tm-2");
  const more = new Pods([...(await pods.pods()), "tm-pending"]);
  expect(await leave(more, 2)).toEqual({ removed: ["tm-pending"], kept: 0 });
});

it.each([2, 3])("does nothing where %i are to be left of 2", async (taskManagers) => {
  const pods = clusterOf("tm-1", "tm-2");
  expect(await leave(pods, taskManagers)).toEqual({ removed: [], kept: 0 });
  expect(pods.removed).toEqual([]);
});
