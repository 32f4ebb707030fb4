import type * as pulumi from "@pulumi/pulumi";
import { Collector, type CollectorArgs } from "../infra/docker/collector";
import { Topic } from "../infra/flink/job";
import { topicsFor, type CollectorSpec } from "../policies/collector";

/** Where a stack's collectors run, and whose they are. */
export interface CollectorPlace extends Pick<
  CollectorArgs,
  "environment" | "tenant" | "network" | "kafka"
> {
  /** Bootstrap servers of the same Kafka for this machine. */
  kafkaOnHost: pulumi.Input<string>;
  /** Topics that the stack declares. */
  declared: readonly string[];
  /** What has to be there before. */
  dependsOn: pulumi.Resource[];
}

/** Makes a stack's collectors, and the topics that they fill and nobody declares. Gives these topics. */
export function buildCollectors(
  collectors: readonly CollectorSpec[],
  { kafkaOnHost, declared, dependsOn, ...place }: CollectorPlace,
): Topic[] {
  const topics = topicsFor(collectors, declared).map(
    ({ name, partitions }) =>
      new Topic(name, { bootstrapServers: kafkaOnHost, name, partitions }, { dependsOn }),
  );
  for (const collector of collectors) {
    const opts = { dependsOn: [...dependsOn, ...topics] };
    new Collector(`collector-${collector.name}`, { ...place, collector }, opts);
  }
  return topics;
}
