import { dockerPlatform } from "./docker/platform";
import { kubernetesPlatform } from "./kubernetes/platform";
import type { Platform } from "./platform-schema";

/** What the tenants of an environment share, which is named by its stack: Kafka and Prometheus, where the target is. */
export async function buildPlatform(environment: string, platform: Platform) {
  return platform.target === "docker"
    ? dockerPlatform(environment, platform)
    : kubernetesPlatform(environment, platform);
}
