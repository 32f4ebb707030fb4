import type { types } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { METRIC_QUERY_PORT } from "../../policies/kubernetes/flows";
import type { Tenant } from "../../policies/tenant";
import { flinkProperties, PORTS } from "../flink/properties";
import { HA_FOLDER, STATE_MOUNTS, stateVolume } from "./flink-storage";
import { FLINK_NAMES, labelsOf, selectorOf, type AppName } from "./names";
import {
  fromField,
  ports,
  probes,
  resources,
  RESTRICTED_CONTAINER,
  restrictedPod,
  TMP,
  TMP_VOLUME,
  USER_IDS,
  variables,
  type Check,
} from "./pod";

export interface FlinkPodArgs {
  environment: string;
  tenant: Tenant;
  namespace: string;
  /** By digest. */
  image: pulumi.Input<string>;
  imagePullSecret?: pulumi.Input<string>;
  serviceAccount: string;
  /** Claim that holds checkpoints, savepoints and the JobManager's own state. */
  claim: string;
  /** Part of each CPU limit that is set aside on a node, 0 to 1. */
  cpuRequestShare: number;
}

/** A TaskManager signs off within seconds; a JobManager that is asked to go leaves the jobs to its successor. */
const GRACE_SECONDS = 30;

/** What differs between the two processes. */
interface Process {
  app: AppName;
  /** Lines for flink-conf.yaml; may refer to `field`. */
  properties: string;
  field: types.input.core.v1.EnvVar;
  ports: Record<string, number>;
  /** Cores, and MiB of memory. */
  size: { cpus: number; memory: number };
  check: Check;
}

/** What only a cluster needs: where a JobManager leaves what its successor needs, and no port that nobody knows. */
function clusterOptions({ tenant, namespace }: FlinkPodArgs): Record<string, string> {
  return {
    // The only name of it that every version knows.
    "high-availability": "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory",
    "high-availability.storageDir": `file://${HA_FOLDER}`,
    "kubernetes.cluster-id": tenant.name,
    "kubernetes.namespace": namespace,
    "metrics.internal.query-service.port": String(METRIC_QUERY_PORT),
  };
}

export function jobManagerPod(args: FlinkPodArgs): types.input.core.v1.PodTemplateSpec {
  const { tenant } = args;
  const role = { role: "jobmanager" } as const;
  return pod(args, {
    app: "jobmanager",
    properties: flinkProperties(tenant, "$(POD_IP)", role, clusterOptions(args)),
    field: fromField("POD_IP", "status.podIP"),
    ports: {
      rest: PORTS.rest,
      rpc: PORTS.jobManagerRpc,
      blob: PORTS.blob,
      metrics: PORTS.metrics,
    },
    size: tenant.jobManager,
    check: { path: "/overview", port: "rest" },
  });
}

export function taskManagerPod(args: FlinkPodArgs): types.input.core.v1.PodTemplateSpec {
  const { tenant } = args;
  const role = { role: "taskmanager", id: "$(POD_NAME)" } as const;
  return pod(args, {
    app: "taskmanager",
    properties: flinkProperties(tenant, FLINK_NAMES.jobManager, role, clusterOptions(args)),
    field: fromField("POD_NAME", "metadata.name"),
    ports: {
      data: PORTS.taskManagerData,
      rpc: PORTS.taskManagerRpc,
      metrics: PORTS.metrics,
    },
    size: tenant.taskManager,
    check: { command: ["pgrep", "-f", "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"] },
  });
}

/** One process in a pod of its own. */
function pod(args: FlinkPodArgs, process: Process): types.input.core.v1.PodTemplateSpec {
  const { environment, tenant, serviceAccount, imagePullSecret, claim } = args;
  const { app } = process;
  return {
    metadata: {
      labels: { ...labelsOf({ environment, tenant: tenant.name }), ...selectorOf(app) },
      // A node's autoscaler may move it: what it has in /tmp it can do without.
      annotations: { "cluster-autoscaler.kubernetes.io/safe-to-evict": "true" },
    },
    spec: {
      serviceAccountName: serviceAccount,
      securityContext: restrictedPod(USER_IDS.flink),
      terminationGracePeriodSeconds: GRACE_SECONDS,
      ...(imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: imagePullSecret }] }),
      topologySpreadConstraints: [spread(app)],
      containers: [container(args, process)],
      volumes: [TMP_VOLUME, stateVolume(claim)],
    },
  };
}

function container(args: FlinkPodArgs, process: Process): types.input.core.v1.Container {
  const { cpus, memory: memoryMiB } = process.size;
  return {
    name: process.app,
    image: args.image,
    args: [process.app],
    env: variables({ FLINK_PROPERTIES: process.properties }, [process.field]),
    ports: ports(process.ports),
    resources: resources({ cpus, memoryMiB, cpuRequestShare: args.cpuRequestShare }),
    // An image of the tenant's own may write anywhere.
    securityContext: {
      ...RESTRICTED_CONTAINER,
      readOnlyRootFilesystem: args.tenant.flink.image === undefined,
    },
    volumeMounts: [TMP, ...STATE_MOUNTS],
    ...probes(process.check),
  };
}

/** Over the nodes, as far as that leaves no pod without one. */
function spread(app: AppName): types.input.core.v1.TopologySpreadConstraint {
  return {
    maxSkew: 1,
    topologyKey: "kubernetes.io/hostname",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: selectorOf(app) },
  };
}
