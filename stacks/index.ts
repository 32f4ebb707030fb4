import * as pulumi from "@pulumi/pulumi";
import { loadStack } from "./load";
import { buildPlatform } from "./platform";
import { buildTenant } from "./tenant";

/** The Pulumi program: one stack is the platform of an environment, every other one a tenant of it. */
export = async () => {
  const stack = pulumi.getStack();
  const config = await loadStack(pulumi.runtime.allConfig(), {
    projectDir: process.cwd(),
    stack,
    clock: () => new Date(),
  });
  return config.role === "platform" ? buildPlatform(stack, config.platform) : buildTenant(config);
};
