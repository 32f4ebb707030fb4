import { KubernetesClusterHost } from "../../../infra/kubernetes/kubernetes-host";
import { FakeApiServer, refusal } from "../../support/fake-api-server";
import { exited, runs } from "../../support/fake-kubelet";

const PODS = "/api/v1/namespaces/acme/pods";
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
const running = (minutes: number) => {
  const state = { running: { startedAt: minutesAgo(minutes) } };
  return { phase: "Running", containerStatuses: [{ state }] };
};

let server: FakeApiServer;
let host: KubernetesClusterHost;
beforeEach(async () => {
  server = await FakeApiServer.start();
  const api = server.client();
  host = new KubernetesClusterHost("acme", async () => api);
});
afterEach(() => server.close());

function pod(app: "jobmanager" | "taskmanager", name: string, status: object, meta: object = {}) {
  const metadata = { labels: { "app.kubernetes.io/name": app }, ...meta };
  server.put(`${PODS}/${name}`, { metadata, status });
}
const changes = () => server.asked().filter((call) => !call.startsWith("GET"));
const restarted = (name: string) => `DELETE ${PODS}/${name}?gracePeriodSeconds=1`;

describe("startTaskManagers", () => {
  it("restarts those that have not found the JobManager that came after them", async () => {
    pod("jobmanager", "jm", running(2));
    pod("taskmanager", "lost", running(9));
    pod("taskmanager", "registered", running(9));
    pod("taskmanager", "young", running(1));
    pod("taskmanager", "pending", { phase: "Pending" });
    pod("taskmanager", "leaving", running(9), { deletionTimestamp: minutesAgo(0) });
    await host.startTaskManagers({ atLeast: 9 }, new Set(["registered"]));
    expect(changes()).toEqual([restarted("lost")]);
    expect(server.asked()).toContain(
      `GET ${PODS}?labelSelector=app.kubernetes.io%2Fname%3Dtaskmanager`,
    );
  });

  it.each<[string, object[]]>([
    ["a JobManager that has just been started may still be found", [running(0.2)]],
    ["there is none", []],
    ["it does not run", [{ phase: "Pending" }]],
  ])("restarts none where %s", async (_, jobManagers) => {
    jobManagers.forEach((status, i) => pod("jobmanager", `jm-${i}`, status));
    pod("taskmanager", "lost", running(9));
    await host.startTaskManagers({ atLeast: 1 }, new Set());
    expect(changes()).toEqual([]);
  });
});

it("names those that are missing, with why as far as Kubernetes tells", async () => {
  const message = "0/3 nodes are available: 3 Insufficient memory.";
  const conditions = [{ type: "PodScheduled", status: "False", message }];
  const waiting = { reason: "CrashLoopBackOff", message: "back-off 5m0s restarting" };
  pod("taskmanager", "a", running(1));
  pod("taskmanager", "b", { phase: "Pending", conditions });
  pod("taskmanager", "c", { phase: "Running", containerStatuses: [{ state: { waiting } }] });
  pod("taskmanager", "d", running(1));
  expect(await host.missingTaskManagers({ atLeast: 6 }, new Set(["a"]))).toEqual([
    `b (Pending: ${message})`,
    "c (Running: back-off 5m0s restarting)",
    "d (Running)",
    "2 that Kubernetes has not made (yet)",
  ]);
  expect(await host.missingTaskManagers({ atLeast: 4 }, new Set(["a", "b", "c", "d"]))).toEqual([]);
});

it("one that is started anew is deleted; where it is gone, another has its place", async () => {
  pod("taskmanager", "a", running(1));
  await host.restartTaskManager("a");
  await host.restartTaskManager("a");
  expect(changes()).toEqual([restarted("a"), restarted("a")]);
  server.inject(/DELETE/, { status: 403, body: refusal(403, "pods is forbidden") });
  await expect(host.restartTaskManager("a")).rejects.toThrow("pods is forbidden");
});

describe("snapshots", () => {
  const FIND = "find /checkpoints/j1 /savepoints -name _metadata -printf %T@ %h\\n";

  it("are those that the JobManager's pod sees", async () => {
    pod("jobmanager", "old", running(9), { deletionTimestamp: minutesAgo(0) });
    pod("jobmanager", "new", running(1));
    let asked = "";
    server.streams = runs((command, path) => {
      asked = `${path.split("?")[0]} ${command.join(" ")}`;
      const err = "find: /checkpoints/j1: No such file or directory\n";
      return { out: ["1700000000.5 /savepoints/s-1\n"], err, end: exited(1) };
    });
    expect(await host.snapshots(["/checkpoints/j1", "/savepoints"])).toEqual([
      { path: "file:///savepoints/s-1", modifiedMs: 1_700_000_000_500 },
    ]);
    expect(asked).toBe(`${PODS}/new/exec ${FIND}`);
    expect(server.asked().at(-1)).toContain("container=jobmanager");
  });

  it("can't be listed where find fails, or no JobManager runs", async () => {
    const fix = "Fix: see that its JobManager runs (kubectl -n acme get pods), then run again.";
    await expect(host.snapshots(["/s"])).rejects.toThrow(
      `The snapshots in acme can't be listed: no JobManager runs there. ${fix}`,
    );
    pod("jobmanager", "jm", running(1));
    server.streams = runs(() => ({ err: "find: Permission denied\n", end: exited(1) }));
    await expect(host.snapshots(["/s"])).rejects.toThrow(
      `The snapshots in acme can't be listed: find: Permission denied. ${fix}`,
    );
  });
});
