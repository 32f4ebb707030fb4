import { taskManagersHandler } from "../../../infra/flink/provider/task-managers-handler";
import type * as Wait from "../../../infra/flink/wait";
import type * as Api from "../../../infra/kubernetes/api";
import { FakeApiServer } from "../../support/fake-api-server";
import { FakeJobManager } from "../../support/fake-job-manager";

let server: FakeApiServer;
// The provider's process has one cluster, which it finds by itself.
jest.mock("../../../infra/kubernetes/api", () => ({
  ...jest.requireActual<typeof Api>("../../../infra/kubernetes/api"),
  kubernetesApi: async () => server.client(),
}));
// Slots that are about to be given back are waited for for half a minute.
jest.mock("../../../infra/flink/wait", () => {
  const actual = jest.requireActual<typeof Wait>("../../../infra/flink/wait");
  const waitFor: typeof Wait.waitFor = (look, ms, everyMs) =>
    actual.waitFor(look, Math.min(ms, 200), everyMs);
  return { ...actual, waitFor };
});
beforeEach(async () => {
  server = await FakeApiServer.start();
});
afterEach(() => server.close());

const TASK_MANAGERS = "/apis/apps/v1/namespaces/flinktide-prod-acme/deployments/taskmanager/scale";
const HEADROOM = "/apis/apps/v1/namespaces/flinktide-prod/deployments/headroom-acme/scale";
const INPUTS = { restUrl: "http://127.0.0.1:1", namespace: "flinktide-prod-acme", taskManagers: 5 };
const WITH_HEADROOM = {
  ...INPUTS,
  headroom: { kind: "pods", url: "kubernetes://flinktide-prod/headroom-acme" },
};

function running(taskManagers: number, balloons: number) {
  server.put(TASK_MANAGERS, { spec: { replicas: taskManagers } });
  server.put(HEADROOM, { spec: { replicas: balloons } });
}
const changes = () =>
  server.calls
    .filter(({ method }) => method === "PATCH")
    .map(({ path, body }) => [path, (body as { spec: { replicas: number } }).spec.replicas]);

it("as many pods that hold room are let go first, and then TaskManagers are started", async () => {
  running(2, 4);
  await taskManagersHandler.create(WITH_HEADROOM);
  expect(changes()).toEqual([
    [HEADROOM, 1],
    [TASK_MANAGERS, 5],
  ]);
});

it("so does an update", async () => {
  running(2, 3);
  await taskManagersHandler.update({ ...WITH_HEADROOM, taskManagers: 2 }, WITH_HEADROOM);
  expect(changes()).toEqual([
    [HEADROOM, 0],
    [TASK_MANAGERS, 5],
  ]);
});

it.each([
  ["they are there already", 5, WITH_HEADROOM, []],
  ["there is no headroom", 2, INPUTS, [[TASK_MANAGERS, 5]]],
])("where %s, no room is touched", async (_, before, inputs, expected) => {
  running(before, 3);
  await taskManagersHandler.create(inputs);
  expect(changes()).toEqual(expected);
});

it("a place that is none is refused before anything is started", async () => {
  running(2, 3);
  await expect(
    taskManagersHandler.create({ ...INPUTS, headroom: { kind: "pods", url: "headroom-acme" } }),
  ).rejects.toThrow("headroom-acme does not say where the headroom is");
  expect(changes()).toEqual([]);
});

describe("when some are to go", () => {
  let flink: FakeJobManager;
  beforeEach(async () => {
    flink = await FakeJobManager.start();
    const busy = [1, 2, 3].map((i) => `taskmanager-${i}`);
    busy.forEach((id) => flink.cluster.addTaskManager(id, { slots: 1 }));
    flink.cluster.startJob({ id: "a1", parallelism: 3, args: [], jar: "x" });
    server.put("/api/v1/namespaces/flinktide-prod-acme/pods", {
      items: busy.map((name) => ({ metadata: { name, labels: {} }, status: { phase: "Running" } })),
    });
    running(3, 0);
  });
  afterEach(() => flink.close());

  const shrink = (most: object) => {
    const before = { ...INPUTS, restUrl: flink.url, taskManagers: 3 };
    return taskManagersHandler.update(before, { ...before, taskManagers: 1, ...most });
  };

  it("those on which something runs stay, and no autoscaler is let near them", async () => {
    await expect(shrink({ most: 2 })).rejects.toThrow(
      "3 TaskManagers stay in flinktide-prod-acme, since jobs hold slots of theirs, and the autoscaler is to keep 2 at most",
    );
    expect(changes()).toEqual([]);
  });

  it("they stay where an autoscaler lets them, too", async () => {
    await shrink({ most: 3 });
    expect(changes()).toEqual([]);
  });
});
