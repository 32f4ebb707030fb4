import * as fs from "node:fs";
import { ensureCluster, removeCluster, type Cluster } from "../../infra/cluster/cluster";
import { cgroupFolders } from "../../infra/cluster/cgroups";
import { ensureToolbox } from "../../infra/cluster/images";
import { kubectl } from "../../infra/cluster/kubectl";
import { KERNEL_SETTINGS } from "../../infra/cluster/kernel-settings";
import { clusterLayout, networkNamespace } from "../../infra/cluster/layout";
import { ensurePrograms } from "../../infra/cluster/programs";
import { exec, tryExec } from "../../infra/exec";
import { eventually } from "../support/containers";

jest.setTimeout(600_000);

/** Beside the cluster that somebody may be using. */
const SLOT = 15;
const LAYOUT = clusterLayout(SLOT);

let cluster: Cluster;
let toolbox: string;
let before: Record<string, string>;

beforeAll(async () => {
  delete process.env.KUBECONFIG;
  await removeCluster({ slot: SLOT });
  before = machineState();
  cluster = await ensureCluster({ slot: SLOT });
  toolbox = await ensureToolbox(cluster.registry, (await ensurePrograms()).busybox);
}, 3_600_000);

afterAll(() => removeCluster({ slot: SLOT }), 300_000);

/** What a cluster could leave changed on this machine. */
function machineState(): Record<string, string> {
  const settings = KERNEL_SETTINGS.map((name) => [
    name,
    fs.readFileSync(`/proc/sys/${name}`, "utf8"),
  ]);
  const mounts = fs.readFileSync("/proc/self/mounts", "utf8").split("\n");
  const ours = mounts.filter((line) => [LAYOUT.state, LAYOUT.run].some((at) => line.includes(at)));
  return {
    ...Object.fromEntries(settings),
    mounts: ours.join("\n"),
    cgroups: cgroupFolders(LAYOUT)
      .filter((folder) => fs.existsSync(folder))
      .join("\n"),
    namespace: String(fs.existsSync(networkNamespace(LAYOUT))),
    folders: [LAYOUT.state, LAYOUT.run].filter((folder) => fs.existsSync(folder)).join("\n"),
  };
}

const k = (...args: string[]) => kubectl(cluster, args);

async function apply(namespace: string, ...items: object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  await kubectl(cluster, ["apply", "--namespace", namespace, "-f", "-"], { input });
}

/** A namespace whose service account is there, so that a pod can start at once. */
async function namespace(name: string, labels: Record<string, string> = {}): Promise<void> {
  await apply("default", { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  await eventually(`namespace ${name}`, () => k("get", "serviceaccount", "default", "-n", name));
}

const RESTRICTED = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

function pod(name: string, script: string, more: object = {}, container: object = {}): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: {
      terminationGracePeriodSeconds: 0,
      restartPolicy: "Never",
      containers: [
        {
          name: "main",
          image: toolbox,
          command: ["sh", "-c", script],
          securityContext: RESTRICTED,
          ...container,
        },
      ],
      ...more,
    },
  };
}

const SERVER = "hostname > /tmp/index.html; exec httpd -f -p 8080 -h /tmp";

function web(name: string): object[] {
  const ready = { httpGet: { path: "/index.html", port: 8080 }, periodSeconds: 1 };
  const { spec } = pod(name, SERVER, { restartPolicy: "Always" }, { readinessProbe: ready }) as {
    spec: object;
  };
  const labels = { app: name };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name },
      spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ];
}

const phase = (name: string, where: string) =>
  k("get", "pod", name, "-n", where, "-o", "jsonpath={.status.phase}");

/** Waits until a pod has ended, and gives its phase and what it printed. */
async function outcome(name: string, where: string): Promise<[string, string]> {
  const end = await eventually(
    `the end of ${name}`,
    async () => {
      const now = await phase(name, where);
      return ["Succeeded", "Failed"].includes(now) ? now : undefined;
    },
    120,
  );
  return [end, (await k("logs", name, "-n", where)).trim()];
}

it("should have a node that is ready, of the version that was built", async () => {
  const status = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
  expect(await k("get", "node", LAYOUT.node, "-o", status)).toBe("True");
  const version = "jsonpath={.status.nodeInfo.kubeletVersion}";
  expect(await k("get", "node", LAYOUT.node, "-o", version)).toBe("v1.33.13");
});

it("should do nothing the second time", async () => {
  const ids = await k("get", "pods", "-A", "-o", "jsonpath={.items[*].metadata.uid}");
  expect(await ensureCluster({ slot: SLOT })).toEqual(cluster);
  expect(await k("get", "pods", "-A", "-o", "jsonpath={.items[*].metadata.uid}")).toBe(ids);
});

it("should run a Deployment by its image's digest, reached by its service's name", async () => {
  expect(toolbox).toMatch(/^127\.0\.0\.1:\d+\/flinktide\/toolbox@sha256:[0-9a-f]{64}$/);
  await namespace("web");
  await apply("web", ...web("web"));
  await k("rollout", "status", "deployment/web", "-n", "web", "--timeout=120s");
  await apply("web", pod("client", "wget -q -O - http://web.web.svc.cluster.local/"));
  const [end, text] = await outcome("client", "web");
  expect([end, text]).toEqual(["Succeeded", expect.stringMatching(/^web-/)]);
  const address = await k("get", "service", "web", "-n", "web", "-o", "jsonpath={.spec.clusterIP}");
  expect(await (await fetch(`http://${address}/`)).text()).toMatch(/^web-/);
});

it("should give a claim a volume that several pods share", async () => {
  await namespace("volumes");
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "shared" },
    spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "1Gi" } } },
  };
  const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "shared" } }];
  const mount = { volumeMounts: [{ name: "data", mountPath: "/data" }] };
  await apply("volumes", claim, pod("writer", "echo kept > /data/note", { volumes }, mount));
  expect(await outcome("writer", "volumes")).toEqual(["Succeeded", ""]);
  await apply("volumes", pod("reader", "cat /data/note", { volumes }, mount));
  expect(await outcome("reader", "volumes")).toEqual(["Succeeded", "kept"]);
});

it("should refuse a privileged pod where a namespace is restricted, and take a modest one", async () => {
  await namespace("modest", { "pod-security.kubernetes.io/enforce": "restricted" });
  const privileged = { securityContext: { privileged: true } };
  await expect(apply("modest", pod("bold", "true", {}, privileged))).rejects.toThrow(
    /violates PodSecurity "restricted:latest": privileged/,
  );
  await apply("modest", pod("modest", "echo fine"));
  expect(await outcome("modest", "modest")).toEqual(["Succeeded", "fine"]);
});

it("should hold to a NetworkPolicy, and let through what none forbids", async () => {
  await namespace("closed");
  await namespace("open");
  await apply("closed", ...web("target"));
  await k("rollout", "status", "deployment/target", "-n", "closed", "--timeout=120s");
  await apply("open", pod("caller", "exec sleep 3600"));
  await eventually("the caller", async () =>
    (await phase("caller", "open")) === "Running" ? true : undefined,
  );
  const call = async () => {
    const address = "http://target.closed.svc.cluster.local/";
    // Its own option for the time, -T, crashes in Debian's static busybox.
    const wget = ["timeout", "3", "wget", "-q", "-O", "-", address];
    const args = ["exec", "caller", "-n", "open", "--", ...wget];
    const { code } = await tryExec(cluster.kubectl, ["--kubeconfig", cluster.kubeconfig, ...args]);
    return code === 0;
  };
  const turns = (wanted: boolean) =>
    eventually(`a call that ${wanted ? "passes" : "fails"}`, async () =>
      (await call()) === wanted ? true : undefined,
    );
  await turns(true);
  const policy = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "default-deny" },
    spec: { podSelector: {}, policyTypes: ["Ingress"] },
  };
  await apply("closed", policy);
  await turns(false);
  const from = [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "open" } } }];
  await apply("closed", {
    ...policy,
    metadata: { name: "allow-open" },
    spec: { ...policy.spec, ingress: [{ from }] },
  });
  await turns(true);
});

it("should leave nothing when it goes", async () => {
  const inside = await exec("ip", ["netns", "pids", LAYOUT.name]);
  const processes = inside.split("\n").filter(Boolean);
  expect(processes.length).toBeGreaterThan(6);
  await removeCluster({ slot: SLOT });
  expect(machineState()).toEqual({ ...before, folders: "" });
  expect(processes.filter((pid) => fs.existsSync(`/proc/${pid}`))).toEqual([]);
  expect(await exec("ip", ["link"])).not.toContain(LAYOUT.addresses.hostInterface);
  const listening = await exec("ip", ["route"]);
  expect(listening).not.toContain(LAYOUT.addresses.node);
  await expect(fetch(`http://${cluster.registry}/v2/`)).rejects.toThrow();
});
