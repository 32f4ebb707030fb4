import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { CollectorSpec } from "../../policies/collector";
import {
  COLLECTOR_PORT,
  collectorEnvironment,
  collectorMemoryMiB,
  collectorSecrets,
  DATA_FOLDER,
  SECRETS_FOLDER,
} from "../collector/environment";
import { Image } from "../images/image";
import { COLLECTOR_IMAGE } from "../images/versions";
import { COLLECTOR_ALIAS } from "../monitoring/scrape-config";
import { transform, type Transform } from "../transform";
import { environmentOf, HARDENED, healthcheck, labels, localPort, memoryLimit } from "./container";

const HEALTH_URL = `http://localhost:${COLLECTOR_PORT}/health/live`;

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
    secretsVolume?: Transform<docker.VolumeArgs>;
  };
}

/**
 * Reads a database's changes into a topic. There is one container at most: it is removed before its successor is
 * made, as two would send every change twice. Offsets and schema history are on a volume, and so are the secrets,
 * which only root and the container see.
 */
export class Collector extends pulumi.ComponentResource {
  readonly containerName: pulumi.Output<string>;
  /** Base URL of health and metrics on this machine; undefined where no port is published. */
  readonly url: string | undefined;

  constructor(name: string, args: CollectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:docker:Collector", name, {}, opts);
    const image = new Image(`${name}-image`, COLLECTOR_IMAGE, { parent: this });
    const volumes = createVolumes(name, args, this);
    const container = createContainer(name, args, image, volumes, this);
    this.containerName = container.name;
    const { port } = args.collector;
    this.url = port === undefined ? undefined : `http://127.0.0.1:${port}`;
    this.registerOutputs({ containerName: this.containerName, url: this.url });
  }
}

/** `ENVIRONMENT[-TENANT]-collector-NAME` */
function hostOf({ environment, tenant, collector }: CollectorArgs): string {
  return [environment, tenant, "collector", collector.name]
    .filter((part) => part !== undefined)
    .join("-");
}

type Volumes = docker.ContainerArgs["volumes"] & object[];

function createVolumes(name: string, args: CollectorArgs, parent: pulumi.Resource): Volumes {
  const create = (kind: "data" | "secrets", containerPath: string) => {
    const volumeArgs = { name: `${hostOf(args)}-${kind}`, labels: labels(args) };
    const change = args.transform?.[`${kind}Volume`];
    const volume = new docker.Volume(`${name}-${kind}`, transform(change, volumeArgs), { parent });
    return { volumeName: volume.name, containerPath };
  };
  return [create("data", DATA_FOLDER), create("secrets", SECRETS_FOLDER)];
}

function createContainer(
  name: string,
  args: CollectorArgs,
  image: Image,
  volumes: Volumes,
  parent: pulumi.Resource,
): docker.Container {
  const { collector } = args;
  const host = hostOf(args);
  const container: docker.ContainerArgs = {
    ...HARDENED,
    ...memoryLimit(collectorMemoryMiB(collector)),
    name: host,
    hostname: host,
    image: image.imageId,
    envs: pulumi
      .output(args.kafka)
      .apply((kafka) => environmentOf(collectorEnvironment(collector, args, kafka))),
    uploads: collectorSecrets(collector).map(({ file, key }) => ({
      file,
      content: secretOf(key),
    })),
    networksAdvanced: [{ name: args.network, aliases: [COLLECTOR_ALIAS] }],
    ports: collector.port === undefined ? [] : [localPort(COLLECTOR_PORT, collector.port)],
    volumes,
    healthcheck: healthcheck("curl", "-fsS", "-o", "/dev/null", HEALTH_URL),
    labels: labels(args),
  };
  return new docker.Container(
    `${name}-collector`,
    transform(args.transform?.container, container),
    { parent, deleteBeforeReplace: true, additionalSecretOutputs: ["uploads"] },
  );
}

/** The value of a config key outside flinktide's own. */
function secretOf(configKey: string): pulumi.Output<string> {
  const [namespace, key = ""] = configKey.split(":");
  return new pulumi.Config(namespace).requireSecret(key);
}
