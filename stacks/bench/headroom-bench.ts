import * as os from "node:os";
import { removeCluster, ensureCluster, type Cluster } from "../../infra/cluster/cluster";
import { clusterLayout } from "../../infra/cluster/layout";
import { startedProcesses } from "../../infra/cluster/processes";
import { ensureKarpenter } from "../../infra/cluster/simulated";
import { UserError } from "../../infra/errors";
import { sleep, waitFor } from "../../infra/flink/wait";
import { namespaceOf } from "../../infra/kubernetes/names";
import { say, step } from "../../infra/progress";
import type { HeadroomKind } from "../../policies/kubernetes/headroom";
import { parseTenant } from "../../policies/parse-tenant";
import type { Tenant } from "../../policies/tenant";
import { duration, printTimeOfDay } from "../../policies/units";
import { FleetCluster, type Place } from "./headroom-cluster";
import {
  aboveQuota,
  brokenPromises,
  fleetFigures,
  headroomTable,
  roomFigures,
  type HeadroomFigures,
  type Seen,
} from "./headroom-figures";
import { Fleet } from "./headroom-fleet";
import { fleetObjects, type FleetPlan, type RoomSettings } from "./headroom-objects";
import { keepResult } from "./results";

export interface HeadroomOptions {
  /** Of the window, with those of the night. */
  nodes: number;
  tenants: number;
  /** Of the headroom, such as `2m`. */
  lead: string;
  /** What holds the room. */
  kind: HeadroomKind;
  /** Of the cluster that is made for it, 0 to 15. */
  slot: number;
}

/** One TaskManager a node, and a JobManager beside it. */
const SIZES = {
  node: { cpu: 4 },
  taskManager: { cpus: 3, memory: "2GiB" },
  jobManager: { cpus: 0.5, memory: "1GiB" },
};
/** A machine boots so long. */
const REGISTRATION = "20s";
const TENANT_LEAD_MS = 30_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Tenants of the control, which has no headroom. */
const CONTROL = 5;
/** For the fleet of the night, and for the last TaskManager. */
const COMES_UP_MS = 15 * MINUTE_MS;
const LOOK_MS = 10_000;

const REAL = [
  "Real: the API server, etcd, controllers and scheduler of Kubernetes, Karpenter; namespaces, quotas, volumes' claims, " +
    "Deployments and balloons as the product renders them; the conductor's policy, its room keeper, the handler that " +
    "starts TaskManagers, the clock.",
  `Simulated: nodes and what runs on them (kwok); a machine boots in ${REGISTRATION}, an image is there at once. Pods ` +
    "tolerate those nodes' taint and choose them, and volumes are there beforehand. NetworkPolicies, Services, rights, " +
    "Flink, Kafka and Prometheus are left out.",
  "A pod that has its place on a node is told to run by kwok, which a busy machine delays. An update takes 6 s, four run at once, as in the conductor; a tenant's pods are told to the second.",
];

/** Headroom in front of a real node autoscaler; 1 where a promise does not hold. Its cluster is gone afterwards. */
export async function benchHeadroom(options: HeadroomOptions, save: boolean): Promise<number> {
  const { slot } = options;
  if (startedProcesses(clusterLayout(slot)).length > 0) {
    throw new UserError(
      `There is a cluster in slot ${slot} already, and this one needs its own. ` +
        `Fix: remove it (npm run cluster:down -- --slot ${slot}), or give another --slot.`,
    );
  }
  // A thousand nodes are no thing for a cluster of somebody's own.
  delete process.env.KUBECONFIG;
  const busyBefore = os.loadavg();
  try {
    const cluster = await ensureCluster({ slot });
    process.env.KUBECONFIG = cluster.kubeconfig;
    const figures = await measure(cluster, options);
    const broken = brokenPromises(figures);
    process.stdout.write(`${headroomTable(figures)}\n${REAL.join("\n")}\n`);
    for (const sentence of broken) say(`Not as promised: ${sentence}.`);
    const loadAverages = { before: busyBefore, after: os.loadavg() };
    const kept = { conditions: REAL, loadAverages, options, broken, ...figures };
    if (save) keepResult(`headroom-${options.nodes}-nodes`, kept);
    return broken.length === 0 ? 0 : 1;
  } finally {
    await removeCluster({ slot });
  }
}

async function measure(made: Cluster, options: HeadroomOptions): Promise<HeadroomFigures> {
  const { nodes, tenants, lead, kind } = options;
  await ensureKarpenter(made, {
    ...{ name: "simulated", cpu: SIZES.node.cpu, registrationDelay: REGISTRATION },
    cpuLimit: SIZES.node.cpu * nodes * 2,
    // Those of a tenant that has gone are none of this matter.
    removeEmptyAfter: "10m",
  });
  const cluster = await FleetCluster.at(made);
  const floor = Math.floor(nodes / tenants);
  const control = { environment: "control", count: Math.min(CONTROL, tenants), floor };
  const without = await story(cluster, control);
  const bench = { environment: "bench", count: tenants, floor, room: { lead, kind } };
  const seen = await story(cluster, bench);
  const above = aboveQuota(await cluster.quotas());
  const refusal = await beyondQuota(cluster, bench);
  return {
    ...{ nodes, tenants, room: roomFigures(seen) },
    ...{ withHeadroom: fleetFigures(seen), without: fleetFigures(without) },
    quotas: { tenants: (await cluster.quotas()).length, above, refusal },
  };
}

interface Story {
  environment: string;
  /** Tenants. */
  count: number;
  /** TaskManagers of each in its window; at night it has one. */
  floor: number;
  room?: RoomSettings;
}

/** A night, and the beginning of a window. */
async function story(cluster: FleetCluster, of: Story): Promise<Seen> {
  const { environment, count, floor, room } = of;
  const title = `${count} tenants ${room === undefined ? "without headroom" : `with headroom (${room.kind}) ${room.lead} ahead`}`;
  await step(`${title}: night`, async () => {
    const phases = await fleetObjects(planOf(of, Date.now() + 12 * HOUR_MS), new Date());
    await cluster.create(phases);
    await untilRunning(cluster, environment, count);
  });
  const leadMs = room === undefined ? 0 : duration.parse(room.lead);
  const earliest = Date.now() + leadMs + TENANT_LEAD_MS + 2 * LOOK_MS;
  const beginsMs = Math.ceil(earliest / MINUTE_MS) * MINUTE_MS;
  const fleet = new Fleet(planOf(of, beginsMs), new Date());
  const wanted = count * (floor - 1);
  return step(`${title}: ${wanted} TaskManagers more`, async () => {
    const conducted = fleet.conduct(floor);
    const [held] = await Promise.all([
      room === undefined ? [] : heldBefore(cluster, of, beginsMs),
      conducted,
    ]);
    await untilRunning(cluster, environment, count * floor);
    const taskManagers = await cluster.pods(environment, "taskmanager");
    const orderedMs = await cluster.ordered();
    const startedMs = fleet.startedMs ?? Infinity;
    return {
      beginsMs,
      startedMs,
      leadMs: TENANT_LEAD_MS,
      wanted,
      held,
      taskManagers,
      orderedMs,
    };
  });
}

/** The room that is there when TaskManagers are about to be started: pods that hold it, or nodes that are free. */
async function heldBefore(cluster: FleetCluster, of: Story, beginsMs: number): Promise<Place[]> {
  await sleep(Math.max(0, beginsMs - TENANT_LEAD_MS - LOOK_MS - Date.now()));
  if (of.room?.kind === "pods") return cluster.pods(of.environment, "headroom");
  return cluster.freeNodes();
}

/** A busy kwok may miss a heartbeat, after which a pod that runs is not ready, and stays so: nobody says otherwise. */
async function untilRunning(
  cluster: FleetCluster,
  environment: string,
  taskManagers: number,
): Promise<void> {
  let running = 0;
  const enough = async () => {
    const pods = await cluster.pods(environment, "taskmanager");
    running = pods.filter(({ runningMs }) => runningMs !== undefined).length;
    return running >= taskManagers || undefined;
  };
  if ((await waitFor(enough, COMES_UP_MS, LOOK_MS)) === undefined) {
    throw new UserError(
      `${running} of ${taskManagers} TaskManagers run after ${COMES_UP_MS / MINUTE_MS} min. ` +
        "Fix: try it on a machine that does less else, or with fewer --nodes.",
    );
  }
}

function planOf({ environment, count, floor, room }: Story, beginsMs: number): FleetPlan {
  const tenants = Array.from({ length: count }, (_, i) => tenantAt(i, floor, beginsMs));
  return { environment, tenants, ...(room === undefined ? {} : { room }) };
}

/** One TaskManager at night, and for two hours as many as the floor. */
function tenantAt(index: number, floor: number, beginsMs: number): Tenant {
  const clockAt = (ms: number) => printTimeOfDay(Math.floor(ms / MINUTE_MS) % (24 * 60));
  const parsed = parseTenant({
    name: `t${String(index).padStart(3, "0")}`,
    ...{ taskManager: SIZES.taskManager, jobManager: SIZES.jobManager },
    lead: `${TENANT_LEAD_MS / 1000}s`,
    otherwise: { floor: 1, ceiling: floor },
    windows: [
      {
        ...{ name: "morning", zone: "UTC", floor, ceiling: floor },
        ...{ from: clockAt(beginsMs), to: clockAt(beginsMs + 2 * HOUR_MS) },
      },
    ],
  });
  if (parsed.ok) return parsed.tenant;
  throw new Error(JSON.stringify(parsed.problems));
}

/** A tenant's pod that takes as much memory as its whole quota, which then is passed with what runs. */
async function beyondQuota(cluster: FleetCluster, of: Story): Promise<string | undefined> {
  const plan = planOf({ ...of, count: 1 }, Date.now() + 12 * HOUR_MS);
  const objects = (await fleetObjects(plan, new Date())).flat();
  const namespace = namespaceOf({
    environment: of.environment,
    tenant: plan.tenants[0]?.name ?? "",
  });
  const quota = objects.find(({ kind }) => kind === "ResourceQuota") as unknown as {
    spec: { hard: Record<string, string> };
  };
  const deployment = objects.find(
    ({ kind, metadata }) => kind === "Deployment" && metadata.name === "taskmanager",
  ) as unknown as { spec: { template: { metadata: object; spec: { containers: object[] } } } };
  const { template } = deployment.spec;
  const memory = quota.spec.hard["limits.memory"];
  const size = { cpu: "100m", memory };
  const resources = { requests: size, limits: size };
  const containers = template.spec.containers.map((each) => ({ ...each, resources }));
  return cluster.refusalOf(namespace, {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: { ...template.metadata, name: "beyond-quota" },
    spec: { ...template.spec, containers },
  });
}
