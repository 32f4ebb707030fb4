import { clusterNames } from "../../infra/docker/cluster-names";
import { setup } from "../../infra/toolchain/setup";
import { crashContainer, health } from "../driver/cleanup";
import type { Scenery } from "./scenery";

const PLATFORM = "dev";

/** This machine's Docker, with the committed stack files. */
export const dockerScenery: Scenery = {
  platform: PLATFORM,
  runIn: "containers",
  prepare: async () => (await setup()).env,
  isAnother: () => Promise.resolve(false),
  writeStackFiles(environment, tenants) {
    for (const stack of [PLATFORM, ...tenants.map((tenant) => `${PLATFORM}-${tenant}`)])
      environment.copyStackFile(stack);
  },
  shown: (url) => url,
  health: () => health(PLATFORM),
  async crashTaskManager(tenant) {
    const victim = clusterNames(PLATFORM, tenant).taskManager(1);
    await crashContainer(victim);
    return victim;
  },
};
