import type * as pulumi from "@pulumi/pulumi";
import { Topic } from "../infra/flink/job";
import { topicsFor, type CollectorSpec } from "../policies/collector";

/** Where a stack's collectors run. */
export interface CollectorPlace {
  /** Bootstrap servers of the platform's Kafka for this machine. */
  kafkaOnHost: pulumi.Input<string>;
  /** Topics that the stack declares. */
  declared: readonly string[];
  /** What has to be there before. */
  dependsOn: pulumi.Resource[];
  /** Makes one where the stack's target is. */
  make: (name: string, collector: CollectorSpec, opts: pulumi.ComponentResourceOptions) => void;
}

/** Makes a stack's collectors, and the topics that they fill and nobody declares. Gives these topics. */
export function buildCollectors(
  collectors: readonly CollectorSpec[],
  { kafkaOnHost, declared, dependsOn, make }: CollectorPlace,
): Topic[] {
  const topics = topicsFor(collectors, declared).map(
    ({ name, partitions }) =>
      new Topic(name, { bootstrapServers: kafkaOnHost, name, partitions }, { dependsOn }),
  );
  for (const collector of collectors) {
    make(`collector-${collector.name}`, collector, { dependsOn: [...dependsOn, ...topics] });
  }
  return topics;
}
