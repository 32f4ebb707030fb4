import * as fs from "node:fs";
import { z } from "zod";
import { ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { kubectl } from "../../infra/cluster/kubectl";
import { ensureMetricsAdapter } from "../../infra/cluster/metrics-adapter";
import { exec, tryExec } from "../../infra/exec";
import { sleep } from "../../infra/flink/wait";
import { buildConductorInCluster, pushImage } from "../../infra/images/conductor-in-cluster";
import { CONDUCTOR_NAMES } from "../../infra/kubernetes/names";
import { USER_IDS } from "../../infra/kubernetes/pod";
import { setup } from "../../infra/toolchain/setup";
import { folderBackend } from "../../infra/toolchain/toolchain";
import {
  compareAccess,
  CONDUCTOR_TENANT_ACCESS,
  conductorPlatformAccess,
} from "../../policies/kubernetes/access";
import { allProcesses } from "../../stacks/chaos/processes";
import { pacedTenant } from "../../stacks/driver/paced-tenant";
import { ScratchEnvironment } from "../../stacks/driver/scratch-environment";
import { inspectCluster } from "../../stacks/driver/tenant-probe";
import { EVERYBODY, rightsIn } from "../support/cluster-rights";
import { eventually } from "../support/containers";
import { WordStream } from "../support/word-stream";

/** A conductor that runs in the cluster, and the autoscaler beside it. */

jest.setTimeout(420_000);

const TENANT = "acme";
/** Lines a second: of one slot, and what comes to it while it is enough and while it is not. */
const SLOT_RATE = 20;
const FEW = 5;
const MANY = 30;
const LIMIT_SECONDS = 240;
const IN_CLUSTER = "flinktide/conductor-in-cluster:e2e";

let cluster: Cluster;
let environment: ScratchEnvironment;
let stream: WordStream;
let flinkUrl = "";
let conductorBlock = {};

const namespaceOf = (tenant?: string) =>
  ["flinktide", environment.name, tenant].filter(Boolean).join("-");
const k = (...args: string[]) => kubectl(cluster, args);
const onConductor = (...args: string[]) =>
  k("exec", "deploy/conductor", "-n", namespaceOf(), "--", ...args);
const conductor = (...args: string[]) => onConductor("/opt/conductor/bin/entrypoint.sh", ...args);

beforeAll(async () => {
  await setup({ kubernetes: true });
  cluster = await ensureCluster();
  await buildConductorInCluster(IN_CLUSTER);
  const image = await pushImage(IN_CLUSTER, `${cluster.registry}/flinktide/conductor`);
  environment = await ScratchEnvironment.create({ cluster });
  const secretName = "conductor-secret";
  conductorBlock = { enabled: true, image, cpus: 1, stateBackend: { secretName } };
  const up = environment.upPlatform({
    kubernetes: { metrics: "prometheus-adapter", conductor: conductorBlock },
  });
  // Its pod waits for it, and the update for the pod.
  const passphrase = environment.variables.PULUMI_CONFIG_PASSPHRASE ?? "";
  const literal = `--from-literal=PULUMI_CONFIG_PASSPHRASE=${passphrase}`;
  const where = ["-n", namespaceOf()];
  await Promise.all([
    up,
    eventually("the secret", () => k("create", "secret", "generic", secretName, literal, ...where)),
  ]);
  await shareState();
  await ensureMetricsAdapter(cluster, {
    ...{ environment: environment.name, namespace: namespaceOf() },
    prometheusUrl: `http://prometheus.${namespaceOf()}.svc:9090`,
  });
}, 1_800_000);

afterAll(async () => {
  await stream?.abandon();
  await environment?.remove();
  await tryExec("docker", ["rmi", IN_CLUSTER]);
}, 300_000);

const volumesSchema = z.object({
  items: z.array(
    z.object({
      spec: z.object({
        claimRef: z.object({ namespace: z.string(), name: z.string() }),
        hostPath: z.object({ path: z.string() }).optional(),
        local: z.object({ path: z.string() }).optional(),
      }),
    }),
  ),
});
let stateFolder = "";

/** The conductor's volume is a folder of this machine here: both keep the stacks' state in it. */
async function shareState(): Promise<void> {
  const { items } = volumesSchema.parse(JSON.parse(await k("get", "pv", "-o", "json")));
  const own = items.find(
    ({ spec: { claimRef } }) =>
      claimRef.namespace === namespaceOf() && claimRef.name === "conductor-state",
  );
  const volume = own?.spec.hostPath?.path ?? own?.spec.local?.path ?? "";
  stateFolder = `${volume}/pulumi`;
  fs.cpSync(`${environment.folder}/pulumi`, stateFolder, { recursive: true });
  await handOver();
  environment.setVariable("PULUMI_BACKEND_URL", folderBackend(stateFolder));
}

/** What a person's update wrote belongs to that person. */
async function handOver(): Promise<void> {
  await exec("chown", ["-R", `${USER_IDS.conductor}:${USER_IDS.conductor}`, stateFolder]);
}

async function settled(taskManagers: number, parallelism: number): Promise<void> {
  await eventually(
    `${taskManagers} TaskManagers and parallelism ${parallelism}`,
    async () => {
      const seen = await inspectCluster(flinkUrl);
      const [job, ...more] = seen.liveJobs;
      const fits = seen.taskManagers === taskManagers && job?.parallelism === parallelism;
      if (!(fits && job.allRunning && more.length === 0)) throw new Error(JSON.stringify(seen));
      return true;
    },
    LIMIT_SECONDS,
  );
}

const hold = (taskManagers: number) =>
  conductor("hold", TENANT, "--task-managers", String(taskManagers), "--until", "3h");

it("follows an order: it grows a tenant that a person has brought up", async () => {
  const taskManager = { slots: 1, memory: "1GiB", managedMemory: "64MiB" };
  const change = { taskManager, windows: [], otherwise: { floor: 1, ceiling: 3 } };
  const paced = pacedTenant({ name: TENANT, version: "1.14", slotRate: SLOT_RATE, change });
  await environment.addTenant(paced);
  const { tenant } = await environment.up(TENANT);
  await handOver();
  flinkUrl = tenant.flinkUrl;
  const { folder } = environment;
  stream = await WordStream.start(folder, TENANT, tenant.kafkaOnHost, FEW);
  await eventually("the tenant is known", () => hold(2), 120);
  await settled(2, 1);
});

it("may do exactly what is listed, in its own namespace and in its tenant's", async () => {
  const shared = namespaceOf();
  const account = `${shared}:conductor`;
  const { lease, stacks } = CONDUCTOR_NAMES;
  const own = [...EVERYBODY, ...conductorPlatformAccess({ lease, stacks })];
  expect(compareAccess(own, await rightsIn(cluster, account, shared))).toEqual([]);
  const granted = [...EVERYBODY, ...CONDUCTOR_TENANT_ACCESS];
  expect(compareAccess(granted, await rightsIn(cluster, account, namespaceOf(TENANT)))).toEqual([]);
  expect(compareAccess(EVERYBODY, await rightsIn(cluster, account, "kube-system"))).toEqual([]);
});

it("is killed in the middle of an update, and the next one finishes it", async () => {
  await hold(1);
  const stack = environment.stackOf(TENANT);
  const updates = () =>
    allProcesses().some(({ args }) => args.includes("up") && args.includes(stack)) || undefined;
  await eventually("an update", async () => updates(), 60);
  await sleep(3_000);
  const pod = `pod -l app.kubernetes.io/name=conductor -n ${namespaceOf()}`;
  await k("delete", ...pod.split(" "), "--grace-period=0", "--force");
  await settled(1, 1);
});

it("changes nothing by an update by hand beside it, nor does that undo its decision", async () => {
  await eventually("a conductor", () => hold(2), 120);
  await settled(2, 1);
  await eventually(
    "its end",
    async () => (await conductor("status")).includes("idle") || undefined,
  );
  const byHand = await environment.up(TENANT);
  await handOver();
  expect(byHand.changes).toEqual({});
  await settled(2, 1);
});

it("is helped by the autoscaler while the job is late, and then uses what that has added", async () => {
  await conductor("resume", TENANT);
  await settled(1, 1);
  await conductor("pause", TENANT);
  stream.setRate(MANY);
  const wanted = ["get", "hpa", "taskmanager", "-o", "jsonpath={.status.desiredReplicas}"];
  await eventually(
    "the autoscaler's TaskManager",
    async () => Number(await k(...wanted, "-n", namespaceOf(TENANT))) > 1 || undefined,
    LIMIT_SECONDS,
  );
  const [seen] = (await inspectCluster(flinkUrl)).liveJobs;
  expect(seen?.parallelism).toBe(1);
  await conductor("resume", TENANT);
  await eventually(
    "a greater parallelism",
    async () => ((await inspectCluster(flinkUrl)).liveJobs[0]?.parallelism ?? 0) > 1 || undefined,
    LIMIT_SECONDS,
  );
});

it("has had every word counted once", async () => {
  expect(await stream.finish()).toMatchObject({ exact: true, lost: 0, duplicated: 0 });
});

it("on a schedule it is there only to look once, under the same lease", async () => {
  const schedule = "0 0 1 1 *";
  await environment.upPlatform({ kubernetes: { conductor: { ...conductorBlock, schedule } } });
  await handOver();
  const where = ["-n", namespaceOf()];
  const made = (await k("get", "deploy,cronjob", "-o", "name", ...where)).split("\n");
  expect(made.filter((name) => name.endsWith("/conductor"))).toEqual(["cronjob.batch/conductor"]);
  await k("create", "job", "look", "--from=cronjob/conductor", ...where);
  await k("wait", "--for=condition=Complete", "job/look", "--timeout=240s", ...where);
  const said = await k("logs", "job/look", ...where);
  expect(said).toContain("takes the lease");
});
