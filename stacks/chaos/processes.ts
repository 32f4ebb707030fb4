import * as fs from "node:fs";
import * as path from "node:path";

/** A process of this machine, as /proc shows it. */
export interface SeenProcess {
  pid: number;
  parent: number;
  /** Its command line. */
  args: readonly string[];
}

/** All processes that can be seen. */
export function allProcesses(proc = "/proc"): SeenProcess[] {
  const pids = fs.readdirSync(proc).filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const stat = fs.readFileSync(path.join(proc, pid, "stat"), "utf8");
      // What follows the name, which may hold anything, begins with field 3 of proc(5).
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      const line = fs.readFileSync(path.join(proc, pid, "cmdline"), "utf8");
      return [{ pid: Number(pid), parent, args: line.split("\0").slice(0, -1) }];
    } catch {
      // It has ended since the folder was read.
      return [];
    }
  });
}

/** What a process has started, and what those have, and so on; nearest first. */
export function descendantsOf(pid: number, all: readonly SeenProcess[]): SeenProcess[] {
  const found: SeenProcess[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = all.filter((seen) => parents.has(seen.parent));
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  return found;
}

/** What an update consists of. */
export const UPDATE_PARTS = [
  "pulumi",
  "language host",
  "flink provider",
  "docker provider",
] as const;
export type UpdatePart = (typeof UPDATE_PARTS)[number];

const IS_PART: Record<UpdatePart, (args: readonly string[]) => boolean> = {
  pulumi: ([program = "", command]) => path.basename(program) === "pulumi" && command === "up",
  "language host": ([program = ""]) => path.basename(program) === "pulumi-language-nodejs",
  "flink provider": (args) => args.includes("infra/flink/provider/main.ts"),
  "docker provider": ([program = ""]) => path.basename(program) === "pulumi-resource-docker",
};

/** The processes of the update that a conductor runs now; none where it runs none. */
export function updateParts(
  conductor: number,
  all: readonly SeenProcess[],
): Partial<Record<UpdatePart, number>> {
  const pulumi = all.find(({ parent, args }) => parent === conductor && IS_PART.pulumi(args));
  if (pulumi === undefined) return {};
  const running = [pulumi, ...descendantsOf(pulumi.pid, all)];
  return Object.fromEntries(
    UPDATE_PARTS.flatMap((part) => {
      const found = running.find(({ args }) => IS_PART[part](args));
      return found === undefined ? [] : [[part, found.pid]];
    }),
  );
}
