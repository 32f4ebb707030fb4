import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Image } from "../images/image";
import { transform, type Transform } from "../transform";
import { environmentOf, HARDENED, healthcheck, labels, localPort, memoryLimit } from "./container";

/** What every service that tenants share is told. */
export interface ServiceArgs {
  environment: string;
  /** Name of the Docker network that Flink is in. */
  network: pulumi.Input<string>;
  /** Port on 127.0.0.1 under which programs on this machine reach it. */
  port: number;
  /** Limit of the container, MiB. */
  memoryMiB: number;
  transform?: {
    container?: Transform<docker.ContainerArgs>;
    volume?: Transform<docker.VolumeArgs>;
  };
}

/** What one service is: its image, and what is peculiar to it. */
export interface Service {
  /** Short name: the container is called ENVIRONMENT-KIND, and KIND inside the network too. */
  kind: string;
  /** Last part of the container resource's name. */
  role: string;
  image: Image;
  envs: Record<string, pulumi.Input<string>>;
  /** Port inside the container that `port` leads to. */
  internalPort: number;
  /** Where its data lies, on a volume of its own. */
  dataFolder: string;
  /** Folders of this machine that it may read. @default none */
  folders?: { hostPath: string; containerPath: string }[];
  healthCommand: string[];
}

/** One container with its data on a volume, for all tenants of an environment. */
export function createService(
  name: string,
  args: ServiceArgs,
  service: Service,
  parent: pulumi.Resource,
): docker.Container {
  const host = `${args.environment}-${service.kind}`;
  const volumeArgs = { name: `${host}-data`, labels: labels(args) };
  const volume = new docker.Volume(`${name}-data`, transform(args.transform?.volume, volumeArgs), {
    parent,
  });
  const container: docker.ContainerArgs = {
    ...HARDENED,
    ...memoryLimit(args.memoryMiB),
    name: host,
    hostname: host,
    image: service.image.imageId,
    envs: environmentOf(service.envs),
    networksAdvanced: [{ name: args.network, aliases: [service.kind] }],
    ports: [localPort(service.internalPort, args.port)],
    volumes: [
      { volumeName: volume.name, containerPath: service.dataFolder },
      ...(service.folders ?? []).map((folder) => ({ ...folder, readOnly: true })),
    ],
    healthcheck: healthcheck(...service.healthCommand),
    labels: labels(args),
  };
  const containerArgs = transform(args.transform?.container, container);
  return new docker.Container(`${name}-${service.role}`, containerArgs, { parent });
}
