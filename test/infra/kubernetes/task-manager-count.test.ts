import { TaskManagerCount } from "../../../infra/kubernetes/task-manager-count";
import { FakeApiServer } from "../../support/fake-api-server";

const NAMESPACE = "flinktide-prod-acme";
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
const SCALE = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/taskmanager/scale`;
const AUTOSCALER = `/apis/autoscaling/v2/namespaces/${NAMESPACE}/horizontalpodautoscalers/taskmanager`;
const SCALED_OBJECT = `/apis/keda.sh/v1alpha1/namespaces/${NAMESPACE}/scaledobjects/taskmanager`;
const COST = "controller.kubernetes.io/pod-deletion-cost";

interface Bounds {
  minReplicas: number;
  maxReplicas: number;
}

let server: FakeApiServer;
let carrying: NodeJS.Timeout[];
let count: TaskManagerCount;
beforeEach(async () => {
  server = await FakeApiServer.start();
  carrying = [];
  count = new TaskManagerCount(server.client(), NAMESPACE, 300);
});
afterEach(() => {
  carrying.forEach(clearTimeout);
  return server.close();
});

const specOf = <T>(path: string) => server.objects.get(path)?.["spec"] as T;
const pods = () =>
  [...server.objects].flatMap(([path, { metadata }]) =>
    path.startsWith(PODS)
      ? [`${metadata.name}${metadata.annotations?.[COST] === undefined ? "" : " marked"}`]
      : [],
  );

/** The ReplicaSet takes marked pods first. What the autoscaler is like when the number changes is kept. */
let atScale: (Bounds | undefined)[];
function cluster(names: readonly string[], react: (path: string) => void = () => undefined) {
  atScale = [];
  for (const name of names) {
    const labels = { "app.kubernetes.io/name": "taskmanager" };
    server.put(`${PODS}/${name}`, { metadata: { labels }, status: {} });
  }
  server.put(SCALE, { spec: { replicas: names.length } });
  const put = server.put.bind(server);
  server.put = (path, object) => {
    put(path, object);
    react(path);
    if (path !== SCALE) return;
    atScale.push(specOf<Bounds | undefined>(AUTOSCALER));
    const { replicas } = specOf<{ replicas: number }>(SCALE);
    const marked = [...server.objects].filter(
      ([at, { metadata }]) => at.startsWith(PODS) && metadata.annotations?.[COST] === "-100",
    );
    const surplus = Math.max(0, pods().length - replicas);
    marked.slice(0, surplus).forEach(([at]) => server.objects.delete(at));
  };
}

function autoscaler(minReplicas: number, maxReplicas: number) {
  server.put(AUTOSCALER, { spec: { minReplicas, maxReplicas } });
}

/** A ScaledObject, and the HorizontalPodAutoscaler that KEDA has made from it. */
function scaledObject(minReplicaCount: number, maxReplicaCount: number) {
  server.put(SCALED_OBJECT, { spec: { minReplicaCount, maxReplicaCount, triggers: ["kept"] } });
  carryOver();
}

/** As KEDA's operator does: whatever the autoscaler says, it is made like its ScaledObject. */
function carryOver() {
  const { minReplicaCount: minReplicas, maxReplicaCount: maxReplicas } = specOf<{
    minReplicaCount: number;
    maxReplicaCount: number;
  }>(SCALED_OBJECT);
  const ownerReferences = [{ kind: "ScaledObject", name: "taskmanager" }];
  server.put(AUTOSCALER, { metadata: { ownerReferences }, spec: { minReplicas, maxReplicas } });
}
const keda = (path: string) => {
  if (path === SCALED_OBJECT || path === AUTOSCALER) carrying.push(setTimeout(keepAlike, 80));
};
function keepAlike() {
  const [wanted, is] = [SCALED_OBJECT, AUTOSCALER].map((path) =>
    Object.values(specOf<object | undefined>(path) ?? {}),
  );
  if (wanted?.[0] !== is?.[0] || wanted?.[1] !== is?.[1]) carryOver();
}
const patched = (path: string) =>
  server.calls
    .filter((call) => call.method === "PATCH" && call.path === path)
    .map(({ body }) => (body as { spec: object }).spec);

const FIVE = ["a", "b", "c", "d", "e"];

describe("pods that leave", () => {
  it("are exactly those that are named, with the bounds lowered meanwhile", async () => {
    cluster(FIVE);
    autoscaler(2, 8);
    expect(await count.remove(["b", "d"])).toBe(true);
    expect(pods()).toEqual(["a", "c", "e"]);
    expect(atScale).toEqual([{ minReplicas: 2, maxReplicas: 3 }]);
    expect(specOf(AUTOSCALER)).toEqual({ minReplicas: 2, maxReplicas: 8 });
    expect(server.asked().join()).not.toContain("scaledobjects");
  });

  it("are those with KEDA, too: number and HorizontalPodAutoscaler follow the ScaledObject", async () => {
    cluster(FIVE, keda);
    scaledObject(4, 8);
    expect(await count.remove(["b", "d"])).toBe(true);
    expect(pods()).toEqual(["a", "c", "e"]);
    expect(atScale).toEqual([{ minReplicas: 3, maxReplicas: 3 }]);
    expect(patched(SCALED_OBJECT)).toEqual([
      { minReplicaCount: 3, maxReplicaCount: 3 },
      // A floor of before would have another one made.
      { minReplicaCount: 3, maxReplicaCount: 8 },
    ]);
    expect(specOf(SCALED_OBJECT)).toMatchObject({ triggers: ["kept"] });
    expect(patched(AUTOSCALER)).toEqual([]);
    const types = server.calls.map(({ method, headers }) => [method, headers["content-type"]]);
    expect(new Set(types.filter(([method]) => method === "PATCH").map(([, type]) => type))).toEqual(
      // The one patch that custom resources take as well.
      new Set(["application/merge-patch+json"]),
    );
  });

  it("all stay where KEDA carries nothing over, unmarked and with the bounds of before", async () => {
    cluster(FIVE);
    scaledObject(4, 8);
    expect(await count.remove(["b", "d"])).toBe(false);
    expect(atScale).toEqual([]);
    expect(pods()).toEqual(FIVE);
    expect(specOf(SCALED_OBJECT)).toMatchObject({ minReplicaCount: 4, maxReplicaCount: 8 });
  });

  it("leave without more ado where nothing scales", async () => {
    cluster(FIVE);
    expect(await count.remove(["a"])).toBe(true);
    expect(pods()).toEqual(["b", "c", "d", "e"]);
    expect(patched(SCALED_OBJECT)).toEqual([]);
  });

  it("may be all of them: an autoscaler keeps one at least", async () => {
    cluster(["a"], keda);
    scaledObject(1, 3);
    expect(await count.remove(["a"])).toBe(true);
    expect(atScale).toEqual([{ minReplicas: 1, maxReplicas: 1 }]);
    expect(specOf(SCALE)).toEqual({ replicas: 0 });
  });

  it("none, or of nothing: nothing is asked for", async () => {
    expect(await count.remove(["a"])).toBe(true);
    cluster(FIVE);
    expect(await count.remove([])).toBe(true);
    expect(server.calls.filter(({ method }) => method === "PATCH")).toEqual([]);
  });
});

describe("pods that come", () => {
  it("come at once where the autoscaler leaves them", async () => {
    cluster(FIVE);
    autoscaler(7, 9);
    await count.raise(7);
    expect(specOf(SCALE)).toEqual({ replicas: 7 });
  });

  it("wait for KEDA to have told it of the new bounds", async () => {
    cluster(FIVE, keda);
    scaledObject(2, 5);
    server.put(SCALED_OBJECT, { spec: { minReplicaCount: 7, maxReplicaCount: 9 } });
    await count.raise(7);
    expect(atScale).toEqual([{ minReplicas: 7, maxReplicas: 9 }]);
    expect(specOf(SCALE)).toEqual({ replicas: 7 });
  });

  it("do not come where it would take them back", async () => {
    cluster(FIVE);
    scaledObject(2, 5);
    await expect(count.raise(7)).rejects.toThrow(
      "7 TaskManagers are to run in flinktide-prod-acme, and its HorizontalPodAutoscaler taskmanager still allows " +
        "fewer: KEDA has not told it of its new bounds. Fix: see that KEDA's operator runs " +
        "(kubectl -n flinktide-prod-acme get scaledobject taskmanager), then run again.",
    );
    expect(atScale).toEqual([]);
  });

  it("are none where there are as many", async () => {
    cluster(FIVE);
    await count.raise(5);
    expect(atScale).toEqual([]);
  });
});
