import * as pulumi from "@pulumi/pulumi";
import { Image } from "../images/image";
import { VERSIONS } from "../toolchain/versions";
import { createService, type ServiceArgs } from "./service";

/** Half of the container's memory is the broker's heap. */
export type KafkaArgs = ServiceArgs;

/** A Kafka broker in KRaft mode: one node, data on a volume. */
export class Kafka extends pulumi.ComponentResource {
  /** Bootstrap servers for containers in the network. */
  readonly bootstrapServers: pulumi.Output<string>;
  /** Bootstrap servers for programs on this machine. */
  readonly hostBootstrapServers: pulumi.Output<string>;

  constructor(name: string, args: KafkaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("flinktide:docker:Kafka", name, {}, opts);
    const image = new Image(
      `${name}-image`,
      { recipe: "kafka", version: VERSIONS.kafka },
      { parent: this },
    );
    const container = createService(
      name,
      args,
      {
        kind: "kafka",
        role: "broker",
        image,
        envs: {
          INSIDE_HOST: `${args.environment}-kafka`,
          HOST_PORT: String(args.port),
          HEAP: `${Math.floor(args.memoryMiB / 2)}m`,
        },
        internalPort: 9094,
        dataFolder: "/var/lib/kafka",
        healthCommand: ["/opt/kafka/bin/healthcheck.sh"],
      },
      this,
    );
    this.bootstrapServers = pulumi.interpolate`${container.name}:9092`;
    this.hostBootstrapServers = container.name.apply(() => `127.0.0.1:${args.port}`);
    this.registerOutputs({
      bootstrapServers: this.bootstrapServers,
      hostBootstrapServers: this.hostBootstrapServers,
    });
  }
}
