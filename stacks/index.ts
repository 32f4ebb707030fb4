import * as pulumi from "@pulumi/pulumi";
import { loadStack } from "./load";
import { buildPlatform } from "./platform";
import type { PlatformOutputs } from "./built-cluster";
import { buildTenant, readPlatform } from "./tenant";

/** The Pulumi program: one stack is the platform of an environment, every other one a tenant of it. */
export = async () => {
  const stack = pulumi.getStack();
  let platform: Promise<PlatformOutputs> | undefined;
  const read = (name: string) => (platform ??= readPlatform(name));
  const config = await loadStack(pulumi.runtime.allConfig(), {
    projectDir: process.cwd(),
    stack,
    clock: () => new Date(),
    targetOf: async (name) => (await read(name)).target,
  });
  return config.role === "platform"
    ? buildPlatform(stack, config.platform)
    : buildTenant(config, { platform: read(config.platform) });
};
