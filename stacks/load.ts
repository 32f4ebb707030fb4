import { engineCapacity, type EngineCapacity } from "../infra/docker/engine";
import { UserError } from "../infra/errors";
import { distinct, type Problem } from "../policies/problem";
import type { PartialTenant } from "../policies/tenant-parts";
import type { PlatformOutputs } from "./built-cluster";
import { interpretConfig, type RawConfig, type StackConfig } from "./config";
import { resolveJar } from "./jars";
import { hostProblems, jarProblems, readSiblings, siblingProblems } from "./surroundings";

type Target = PlatformOutputs["target"];

export interface LoadOptions {
  /** Folder of the stack files. */
  projectDir: string;
  stack: string;
  clock: () => Date;
  /**
   * What the Docker engine's machine has.
   * @default asks the engine
   */
  hostCapacity?: () => Promise<EngineCapacity>;
  /**
   * Where the tenants of a platform's stack run.
   * @default docker
   */
  targetOf?: (platform: string) => Promise<Target>;
}

/**
 * Reads and checks a stack's config, also against jars, the host and the other stacks.
 * Throws UserError with every problem at once; nothing is changed.
 */
export async function loadStack(raw: RawConfig, options: LoadOptions): Promise<StackConfig> {
  const { config, problems, parts } = interpretConfig(raw, options.clock);
  if (raw["flinktide:role"] === "tenant") {
    const target = await targetOf(raw, options);
    problems.push(...(await tenantProblems(raw, parts, options, target)));
    if (target === "docker") problems.push(...(await spaceProblems(parts, problems, options)));
  }
  if (config !== undefined && problems.length === 0) return config;
  throw new UserError("The stack's config has problems; nothing was changed:", distinct(problems));
}

/** What can't be told now is found out by what needs it. */
async function targetOf(raw: RawConfig, options: LoadOptions): Promise<Target> {
  const platform = raw["flinktide:platform"] ?? "";
  const ask = options.targetOf;
  if (platform === "" || ask === undefined) return "docker";
  return ask(platform).catch(() => "docker");
}

async function tenantProblems(
  raw: RawConfig,
  parts: PartialTenant,
  { projectDir, stack }: LoadOptions,
  target: Target,
): Promise<Problem[]> {
  const flink = parts.flink ?? { version: "1.14" as const, properties: {} };
  const siblings = readSiblings(projectDir, stack, raw["flinktide:platform"] ?? "");
  return [
    ...(await jarProblems(parts, (jar) => resolveJar(jar, { flink }))),
    ...siblingProblems(parts, siblings, target),
  ];
}

/** Without an engine the config's own problems are still worth reporting. */
async function spaceProblems(
  parts: PartialTenant,
  others: readonly Problem[],
  { hostCapacity = engineCapacity }: LoadOptions,
): Promise<Problem[]> {
  const host = await hostCapacity().catch((error: Error) => error);
  if (!(host instanceof Error)) return hostProblems(parts, host);
  if (others.length === 0) throw host;
  return [];
}
