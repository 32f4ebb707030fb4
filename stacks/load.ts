import { engineCapacity, type EngineCapacity } from "../infra/docker/engine";
import { UserError } from "../infra/errors";
import { distinct } from "../policies/problem";
import { interpretConfig, type RawConfig, type StackConfig } from "./config";
import { resolveJar } from "./jars";
import { hostProblems, jarProblems, readSiblings, siblingProblems } from "./surroundings";

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
}

/**
 * Reads and checks a stack's config, also against jars, the host and the other stacks.
 * Throws UserError with every problem at once; nothing is changed.
 */
export async function loadStack(raw: RawConfig, options: LoadOptions): Promise<StackConfig> {
  const { config, problems, parts } = interpretConfig(raw, options.clock);
  if (raw["flinktide:role"] === "tenant") {
    const flink = parts.flink ?? { version: "1.14" as const, properties: {} };
    const platform = raw["flinktide:platform"] ?? "";
    problems.push(
      ...(await jarProblems(parts, (jar) => resolveJar(jar, { flink }))),
      ...siblingProblems(parts, readSiblings(options.projectDir, options.stack, platform)),
    );
    const host = await (options.hostCapacity ?? engineCapacity)().catch((error: Error) => error);
    // Without an engine the config's own problems are still worth reporting.
    if (host instanceof Error && problems.length === 0) throw host;
    if (!(host instanceof Error)) problems.push(...hostProblems(parts, host));
  }
  if (config !== undefined && problems.length === 0) return config;
  throw new UserError("The stack's config has problems; nothing was changed:", distinct(problems));
}
