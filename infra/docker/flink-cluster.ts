import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Tenant } from "../../policies/tenant";
import { CHECKPOINT_FOLDER, flinkProperties, PORTS, SAVEPOINT_FOLDER } from "../flink/properties";
import type { Image } from "../images/image";
import { METRICS_ALIAS } from "../monitoring/scrape-config";
import { transform, type Transform } from "../transform";
import { clusterNames } from "./cluster-names";
import { environmentOf, HARDENED, healthcheck, labels, localPort, memoryLimit } from "./container";
import { cpuLimit } from "./limits";

export interface FlinkClusterArgs {
  environment: string;
  tenant: Tenant;
  /** Number of TaskManagers. */
  taskManagers: number;
  image: Image;
  /** Name of the Docker network that Kafka is in. */
  network: pulumi.Input<string>;
  /** Cores of the Docker engine's machine. */
  hostCores: number;
  transform?: {
    volume?: Transform<docker.VolumeArgs>;
    jobManager?: Transform<docker.ContainerArgs>;
    taskManager?: Transform<docker.ContainerArgs>;
  };
}

/**
 * A tenant's Flink session cluster: one JobManager and any number of TaskManagers, each a container of its own, so
 * that one more or one fewer touches no other.
 */
export class FlinkCluster extends pulumi.ComponentResource {
  /** Base URL of the web UI and REST API on this machine. */
  readonly restUrl: string;
  /** Ids of the TaskManagers. */
  readonly taskManagerIds: string[];
  readonly jobManager: docker.Container;
  readonly taskManagers: docker.Container[];

  constructor(name: string, args: FlinkClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:docker:FlinkCluster", name, {}, opts);
    const names = clusterNames(args.environment, args.tenant.name);
    const volumes = createVolumes(name, args, this);
    this.jobManager = createJobManager(name, args, volumes, this);
    this.taskManagers = Array.from({ length: args.taskManagers }, (_, index) =>
      createTaskManager(name, args, volumes, index, this.jobManager, this),
    );
    this.restUrl = `http://127.0.0.1:${args.tenant.jobManager.restPort}`;
    this.taskManagerIds = this.taskManagers.map((_, index) => names.taskManager(index));
    this.registerOutputs({ restUrl: this.restUrl, taskManagerIds: this.taskManagerIds });
  }
}

type Volumes = docker.ContainerArgs["volumes"] & object[];

function createVolumes(name: string, args: FlinkClusterArgs, parent: pulumi.Resource): Volumes {
  const names = clusterNames(args.environment, args.tenant.name);
  const create = (suffix: string, volumeName: string, containerPath: string) => {
    const volume = { name: volumeName, labels: labelsOf(args) };
    const resource = new docker.Volume(
      `${name}-${suffix}`,
      transform(args.transform?.volume, volume),
      { parent },
    );
    return { volumeName: resource.name, containerPath };
  };
  return [
    create("checkpoints", names.checkpoints, CHECKPOINT_FOLDER),
    create("savepoints", names.savepoints, SAVEPOINT_FOLDER),
  ];
}

function labelsOf({ environment, tenant }: FlinkClusterArgs) {
  return labels({ environment, tenant: tenant.name });
}

/** What both roles share. An image of the user's own may write anywhere, so only ours gets a read-only root. */
function flinkContainer(
  args: FlinkClusterArgs,
  host: string,
  volumes: Volumes,
): docker.ContainerArgs {
  return {
    ...HARDENED,
    readOnly: args.tenant.flink.image === undefined,
    name: host,
    hostname: host,
    image: args.image.imageId,
    networksAdvanced: [{ name: args.network, aliases: [METRICS_ALIAS] }],
    volumes,
    labels: labelsOf(args),
  };
}

function createJobManager(
  name: string,
  args: FlinkClusterArgs,
  volumes: Volumes,
  parent: pulumi.Resource,
): docker.Container {
  const { jobManager: host } = clusterNames(args.environment, args.tenant.name);
  const { memory, cpus, restPort } = args.tenant.jobManager;
  const container: docker.ContainerArgs = {
    ...flinkContainer(args, host, volumes),
    ...memoryLimit(memory),
    ...cpuLimit(cpus, 0, args.hostCores),
    command: ["jobmanager"],
    envs: environmentOf({
      FLINK_PROPERTIES: flinkProperties(args.tenant, host, { role: "jobmanager" }),
    }),
    ports: [localPort(PORTS.rest, restPort)],
    healthcheck: healthcheck(
      "curl",
      "-fsS",
      "-o",
      "/dev/null",
      `http://localhost:${PORTS.rest}/overview`,
    ),
  };
  return new docker.Container(
    `${name}-jobmanager`,
    transform(args.transform?.jobManager, container),
    { parent },
  );
}

function createTaskManager(
  name: string,
  args: FlinkClusterArgs,
  volumes: Volumes,
  index: number,
  jobManager: docker.Container,
  parent: pulumi.Resource,
): docker.Container {
  const names = clusterNames(args.environment, args.tenant.name);
  const id = names.taskManager(index);
  const { memory, cpus, dataPorts } = args.tenant.taskManager;
  const container: docker.ContainerArgs = {
    ...flinkContainer(args, id, volumes),
    ...memoryLimit(memory),
    ...cpuLimit(cpus, index, args.hostCores),
    command: ["taskmanager"],
    envs: environmentOf({
      FLINK_PROPERTIES: flinkProperties(args.tenant, names.jobManager, { role: "taskmanager", id }),
    }),
    ports: dataPorts && [localPort(PORTS.taskManagerData, dataPorts.from + index)],
    healthcheck: healthcheck(
      "pgrep",
      "-f",
      "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
    ),
  };
  const resource = `${name}-taskmanager-${index + 1}`;
  const args_ = transform(args.transform?.taskManager, container);
  return new docker.Container(resource, args_, { parent, dependsOn: [jobManager] });
}
