import { z } from "zod";
import { clusterNames } from "../../infra/docker/cluster-names";
import { engineCapacity } from "../../infra/docker/engine";
import { FlinkCluster } from "../../infra/docker/flink-cluster";
import { flinkImage } from "../../infra/images/flink-image";
import { stateDir } from "../../infra/toolchain/paths";
import type { BuildCluster } from "../built-cluster";

/** A tenant's cluster of containers. Its TaskManagers are resources, which Pulumi makes first and removes last. */
export const dockerCluster: BuildCluster = async (platform, tenant, plan) => {
  const { environment } = platform;
  const { cores } = await engineCapacity();
  const cluster = new FlinkCluster("flink", {
    environment,
    tenant,
    taskManagers: plan.taskManagers,
    image: flinkImage("flink-image", tenant),
    network: z.string().parse(await platform.output("network")),
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
    protectJobs: false,
    after: () => undefined,
  };
};
