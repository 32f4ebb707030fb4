import { z } from "zod";
import { clusterNames } from "../../infra/docker/cluster-names";
import { Collector } from "../../infra/docker/collector";
import { engineCapacity } from "../../infra/docker/engine";
import { FlinkCluster } from "../../infra/docker/flink-cluster";
import { flinkImage } from "../../infra/images/flink-image";
import { stateDir } from "../../infra/toolchain/paths";
import type { BuildCluster } from "../built-cluster";
import { buildCollectors } from "../collectors";

/** A tenant's cluster of containers. Its TaskManagers are resources, which Pulumi makes first and removes last. */
export const dockerCluster: BuildCluster = async (platform, tenant, plan) => {
  const { environment } = platform;
  const { cores } = await engineCapacity();
  const network = z.string().parse(await platform.output("network"));
  const cluster = new FlinkCluster("flink", {
    environment,
    tenant,
    taskManagers: plan.taskManagers,
    image: flinkImage("flink-image", tenant),
    network,
    hostCores: cores,
  });
  const { jobManager } = clusterNames(environment, tenant.name);
  return {
    restUrl: cluster.restUrl,
    reach: (job) => ({
      host: { kind: "docker", jobManager },
      journal: stateDir("journal", environment, tenant.name, `${job}.json`),
      taskManagers: cluster.taskManagerIds,
    }),
    identity: cluster.jobManager.id,
    before: [cluster],
    collect: (declared) => {
      const { kafka, kafkaOnHost } = platform;
      const topics = tenant.topics.map(({ name }) => name);
      const place = { environment, tenant: tenant.name, network, kafka };
      return buildCollectors(tenant.collectors, {
        ...{ kafkaOnHost, declared: topics, dependsOn: declared },
        make: (name, collector, opts) => new Collector(name, { ...place, collector }, opts),
      });
    },
    protectJobs: false,
    after: () => undefined,
  };
};
