import * as fs from "node:fs";
import * as path from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import type { EngineCapacity } from "../infra/docker/engine";
import { HOST_RESERVE_MIB, taskManagersThatFit } from "../infra/docker/limits";
import { jarHasClass } from "../infra/jobs/jar";
import { allBounds, mostTaskManagers, present, type PartialTenant } from "../policies/tenant-parts";
import type { Problem } from "../policies/problem";
import { printMemory } from "../policies/units";

/** Checks of a tenant against what surrounds it: jars, the host, the other stacks of the project. They change nothing. */

/** Every job's jar must be there and hold its entry class. `resolveJar` gives a jar's path from its setting. */
export async function jarProblems(
  parts: PartialTenant,
  resolveJar: (jar: string) => string,
): Promise<Problem[]> {
  const found = await Promise.all(
    present(parts.jobs).map(async ({ item: job, index: i }): Promise<Problem[]> => {
      const file = resolveJar(job.jar);
      if (!fs.existsSync(file)) {
        const fault = `there is no file ${file}`;
        const fix =
          job.jar === "wordcount"
            ? "run: npm run setup"
            : "build the jar, or correct its path from the project folder";
        return [{ path: `jobs[${i}].jar`, value: job.jar, fault, fix }];
      }
      const held = await jarHasClass(file, job.entryClass).catch((error: Error) => error);
      if (held === true) return [];
      if (held === false) {
        const fault = `${path.basename(file)} holds no such class`;
        const fix = "give the full name of the class with the main method";
        return [{ path: `jobs[${i}].entryClass`, value: job.entryClass, fault, fix }];
      }
      const fault = `it is not a jar (${held.message})`;
      return [{ path: `jobs[${i}].jar`, value: job.jar, fault, fix: "give a jar file" }];
    }),
  );
  return found.flat();
}

/** The highest ceiling must fit into the host's memory. */
export function hostProblems(parts: PartialTenant, host: EngineCapacity): Problem[] {
  const { jobManager, taskManager } = parts;
  if (jobManager === undefined || taskManager === undefined) return [];
  const fit = taskManagersThatFit(host.memoryMiB, jobManager.memory, taskManager.memory);
  return allBounds(parts).flatMap(({ path: where, bounds }) => {
    const { setting, value } = mostTaskManagers(bounds);
    return value <= fit
      ? []
      : [
          {
            path: `${where}.${setting}`,
            value,
            fault:
              `only ${fit} of ${printMemory(taskManager.memory)} each fit into the host's ${printMemory(host.memoryMiB)} ` +
              `beside the JobManager (${printMemory(jobManager.memory)}) and ${printMemory(HOST_RESERVE_MIB)} for the rest`,
            fix:
              fit === 0
                ? "lower taskManager.memory or jobManager.memory, or use a larger host"
                : `lower it to at most ${fit}, or lower taskManager.memory`,
          },
        ];
  });
}

const siblingSchema = z.object({
  config: z.object({
    "flinktide:platform": z.string(),
    "flinktide:tenant": z.object({
      name: z.string(),
      jobManager: z.object({ restPort: z.int().default(8081) }).prefault({}),
      taskManager: z.object({ dataPorts: z.string().optional() }).prefault({}),
    }),
  }),
});

/** A tenant stack of the project beside this one. */
export interface Sibling {
  stack: string;
  name: string;
  restPort: number;
  dataPorts?: { from: number; to: number };
}

/** The other tenant stacks on the same platform, by their stack files. A file that isn't one is passed over. */
export function readSiblings(projectDir: string, stack: string, platform: string): Sibling[] {
  return fs.readdirSync(projectDir).flatMap((file) => {
    const other = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    if (other === undefined || other === stack) return [];
    const document = parseDocument(fs.readFileSync(path.join(projectDir, file), "utf8"));
    if (document.errors.length > 0) return [];
    const parsed = siblingSchema.safeParse(document.toJS());
    if (!parsed.success || parsed.data.config["flinktide:platform"] !== platform) return [];
    const { name, jobManager, taskManager } = parsed.data.config["flinktide:tenant"];
    const [from, to] = taskManager.dataPorts?.split("-").map(Number) ?? [];
    const dataPorts = from && to ? { dataPorts: { from, to } } : {};
    return [{ stack: other, name, restPort: jobManager.restPort, ...dataPorts }];
  });
}

/** No two tenants of a platform share a name nor, on Docker, a host port. */
export function siblingProblems(
  parts: PartialTenant,
  siblings: readonly Sibling[],
  target: "docker" | "kubernetes" = "docker",
): Problem[] {
  return siblings.flatMap((other) => [
    ...(other.name === parts.name ? [sameName(other)] : []),
    ...(target === "docker" ? portProblems(parts, other) : []),
  ]);
}

function sameName({ stack, name }: Sibling): Problem {
  const fault = `stack ${stack} already has a tenant of this name on the same platform`;
  return { path: "name", value: name, fault, fix: "give this tenant another name" };
}

function portProblems(parts: PartialTenant, other: Sibling): Problem[] {
  const ports = parts.taskManager?.dataPorts;
  const problems: Problem[] = [];
  if (other.restPort === parts.jobManager?.restPort) {
    const fault = `stack ${other.stack} publishes its JobManager on the same port`;
    problems.push({
      path: "jobManager.restPort",
      value: other.restPort,
      fault,
      fix: "give another port",
    });
  }
  if (
    ports &&
    other.dataPorts &&
    ports.from <= other.dataPorts.to &&
    other.dataPorts.from <= ports.to
  ) {
    const fault = `the range overlaps ${other.dataPorts.from}-${other.dataPorts.to} of stack ${other.stack}`;
    const value = `${ports.from}-${ports.to}`;
    problems.push({
      path: "taskManager.dataPorts",
      value,
      fault,
      fix: "give a range of its own",
    });
  }
  return problems;
}
