import type { Problem } from "../problem";
import {
  at,
  isContainer,
  podContainers,
  problem,
  type GuardedResource,
  type ResourceRule,
} from "./resource";

/** One process that takes all it can get takes it from every other tenant. */
export const limitsSet: ResourceRule = {
  name: "limits-set",
  says: "Every container has a limit of memory, and of CPU as far as its engine knows one.",
  check: (resource) => (isContainer(resource) ? ofContainer(resource) : ofPod(resource)),
};

function ofContainer(container: GuardedResource): Problem[] {
  const { props } = container;
  const memory = at(props, "memory");
  const noMemory = problem(container, "memory", memory, {
    fault: "the container may take all memory of its machine",
    fix: "set memory and memorySwap, in MiB",
  });
  const noCpu = problem(container, "cpuShares", undefined, {
    fault: "the container gets as much of a busy CPU as all others together ask for",
    fix: "set cpuShares, 1024 for a core, or cpuSet",
  });
  const hasCpu = isPositive(at(props, "cpuShares")) || Boolean(at(props, "cpuSet"));
  return [...(isPositive(memory) ? [] : [noMemory]), ...(hasCpu ? [] : [noCpu])];
}

function ofPod(resource: GuardedResource): Problem[] {
  return podContainers(resource).flatMap((container) =>
    (["cpu", "memory"] as const).flatMap((what) => {
      const limits = at(container.value, "resources.limits");
      if (at(limits, what) !== undefined) return [];
      const example = what === "cpu" ? "1" : "512Mi";
      return [
        problem(resource, `${container.path}.resources.limits.${what}`, undefined, {
          fault: `the container may take all ${what === "cpu" ? "CPU" : "memory"} of its node`,
          fix: `set it, for instance to "${example}"`,
        }),
      ];
    }),
  );
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && value > 0;
}
