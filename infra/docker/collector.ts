import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { CollectorSpec } from "../../policies/collector";
import { collectorPlan, type CollectorPlan } from "../collector/plan";
import { configSecret } from "../config-secret";
import { Image } from "../images/image";
import { COLLECTOR_ALIAS } from "../monitoring/scrape-config";
import { transform, type Transform } from "../transform";
import { environmentOf, HARDENED, healthcheck, labels, localPort, memoryLimit } from "./container";

export interface CollectorArgs {
  environment: string;
  /** Tenant it belongs to; absent for the platform's own. */
  tenant?: string;
  collector: CollectorSpec;
  /** Name of the Docker network that Kafka and Prometheus are in. */
  network: pulumi.Input<string>;
  /** Bootstrap servers of the platform's Kafka inside that network. */
  kafka: pulumi.Input<string>;
  transform?: {
    container?: Transform<docker.ContainerArgs>;
    dataVolume?: Transform<docker.VolumeArgs>;
  };
}

/**
 * Reads a database's changes into a topic. There is one container at most: it is removed before its successor is
 * made, as two would send every change twice. Offsets and schema history are on a volume; secrets are files of the
 * container, which go with it.
 */
export class Collector extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  /** Base URL of health and metrics on this machine; undefined where no port is published. */
  readonly url: string | undefined;

  constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:docker:Collector", name, {}, opts);
    const plan = collectorPlan(args.collector, args);
    const image = new Image(`${name}-image`, plan.image, { parent: this });
    const data = createData(name, args, plan, this);
    const container = createContainer(name, args, { plan, image, data }, this);
    this.containerName = container.name;
    const { port } = args.collector;
    this.url = port === undefined ? undefined : `http://127.0.0.1:${port}`;
    this.registerOutputs({ containerName: this.containerName, url: this.url });
  }
}

function createData(
  name: string,
  args: CollectorArgs,
  plan: CollectorPlan,
  parent: pulumi.Resource,
): docker.Volume {
  const volume = { name: `${plan.name}-data`, labels: labels(args) };
  const changed = transform(args.transform?.dataVolume, volume);
  return new docker.Volume(`${name}-data`, changed, { parent });
}

interface Parts {
  plan: CollectorPlan;
  image: Image;
  data: docker.Volume;
}

function createContainer(
  name: string,
  args: CollectorArgs,
  { plan, image, data }: Parts,
  parent: pulumi.Resource,
): docker.Container {
  const { port } = args.collector;
  const container: docker.ContainerArgs = {
    ...HARDENED,
    // Docker copies no file into a root file system that is read-only. Its user can write no other part of it.
    readOnly: false,
    ...memoryLimit(plan.memoryMiB),
    name: plan.name,
    hostname: plan.name,
    image: image.imageId,
    envs: pulumi.output(args.kafka).apply((kafka) => environmentOf(plan.environment(kafka))),
    uploads: plan.secretFiles.map(({ file, key }) => ({ file, content: configSecret(key) })),
    networksAdvanced: [{ name: args.network, aliases: [COLLECTOR_ALIAS] }],
    ports: port === undefined ? [] : [localPort(plan.port, port)],
    volumes: [{ volumeName: data.name, containerPath: plan.dataFolder }],
    healthcheck: healthcheck("curl", "-fsS", "-o", "/dev/null", healthUrl(plan)),
    labels: labels(args),
  };
  return new docker.Container(
    `${name}-collector`,
    transform(args.transform?.container, container),
    { parent, deleteBeforeReplace: true, additionalSecretOutputs: ["uploads"] },
  );
}

function healthUrl({ port, probes }: CollectorPlan): string {
  return `http://localhost:${port}${probes.live}`;
}
