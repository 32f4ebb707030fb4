import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { UserError, type Problem } from "../../infra/errors";
import { loadStack } from "../../stacks/load";
import { StackFolder } from "../support/stack-folder";

interface Row {
  what: string;
  set?: Record<string, unknown>;
  remove?: string[];
  problems: Problem[];
}
const rows = parse(fs.readFileSync(path.join(__dirname, "bad-tenants.yaml"), "utf8")) as Row[];

const files = new StackFolder();
afterAll(() => files.remove());

test("the config that the rows change is good", async () => {
  expect(await files.problems(files.config())).toEqual([]);
});

test.each(rows)("$what", async ({ set, remove, problems }) => {
  const config = files.config(files.changed(set, remove));
  const before = files.content();
  expect(await files.problems(config)).toEqual(problems);
  expect(files.content()).toEqual(before);
});

test("two jobs of one name", async () => {
  const block = files.tenant();
  block.jobs?.push({ ...block.jobs[0]!, parallelism: { max: 2 } });
  block.windows = [];
  expect(await files.problems(files.config(block))).toEqual([
    {
      path: "jobs[1].name",
      value: "wordcount",
      fault: "the name is used twice under jobs",
      fix: "give each its own name",
    },
  ]);
});

test("one wrong entry hides nothing about the others, each under its own place", async () => {
  const block = files.changed({
    "windows[0].zone": "Mars",
    "windows[1].floor": 4,
    "topics[0].name": "a b",
  });
  block.jobs?.unshift({ ...block.jobs[0]!, name: "BAD" });
  Object.assign(block.jobs?.[1] ?? {}, { entryClass: "com.example.Other", sourceParallelism: 9 });
  const found = await files.problems(files.config(block));
  expect(found.map(({ path }) => path)).toEqual([
    "topics[0].name",
    "jobs[0].name",
    "windows[0].zone",
    "windows[1].floor",
    "jobs[1].sourceParallelism",
    "jobs[1].entryClass",
  ]);
});

test("everything wrong is told at once, a line each", async () => {
  const block = files.changed({
    "windows[0].floor": 9,
    "jobs[0].entryClass": "com.example.Other",
    "jobs[0].parallelism.max": 300,
    "jobManager.memory": "512MiB",
    "flink.version": "1.15",
    colour: "red",
  });
  const config = { ...files.config(block), "flinktide:at": "noon", "flinktide:x": "1" };
  await expect(files.load(config, 4096)).rejects.toThrow(
    new UserError(
      [
        "The stack's config has problems; nothing was changed:",
        "  - flinktide:x: there is no such config key. Fix: remove it (pulumi config rm x); the keys are role, platform, tenant, at.",
        '  - flinktide:at (given: "noon"): it is not an instant with a zone. Fix: write it as 2026-11-23T09:00:00+08:00.',
        '  - flink.version (given: "1.15"): it is not a version that flinktide knows. Fix: give "1.14" or "1.20", in quotes.',
        '  - colour (given: "red"): there is no such setting. Fix: remove it, or check its spelling in docs/tenant.md.',
        "  - windows[0].floor (given: 9): it is above the ceiling of 3. Fix: lower it to at most 3, or raise the ceiling.",
        '  - jobManager.memory (given: "512 MiB"): Flink needs at least 704 MiB. Fix: raise it to 704 MiB or more.',
        "  - jobs[0].parallelism.max (given: 300): it is above maxParallelism of 256, the number of key groups. Fix: lower it to at most 256.",
        '  - jobs[0].entryClass (given: "com.example.Other"): good.jar holds no such class. Fix: give the full name of the class with the main method.',
        ...[
          "windows[0].ceiling (given: 3)",
          "windows[1].ceiling (given: 3)",
          "otherwise.ceiling (given: 2)",
        ].map(
          (where) =>
            `  - ${where}: only 1 of 1 GiB each fit into the host's 4 GiB beside the JobManager (512 MiB) and 2 GiB for the rest. Fix: lower it to at most 1, or lower taskManager.memory.`,
        ),
      ].join("\n"),
    ),
  );
});

test("without a Docker engine the config's own problems are told, and else that none answers", async () => {
  const options = {
    projectDir: files.folder,
    stack: "dev-acme",
    clock: () => new Date(0),
    hostCapacity: () => Promise.reject(new UserError("No Docker engine answers.")),
  };
  const wrong = files.config(files.changed({ "otherwise.floor": 0 }));
  await expect(loadStack(wrong, options)).rejects.toThrow("otherwise.floor (given: 0)");
  await expect(loadStack(files.config(), options)).rejects.toThrow("No Docker engine answers.");
  // A platform that can't be asked may be one on Docker.
  const targetOf = () => Promise.reject(new Error("no stack named dev"));
  const unknown = loadStack(files.config(), { ...options, targetOf });
  await expect(unknown).rejects.toThrow("No Docker engine answers.");
});

test("in a cluster no Docker engine is asked, and host ports are free", async () => {
  files.addStack("dev-other", {
    "flinktide:platform": "dev",
    "flinktide:tenant": { name: "other", jobManager: { restPort: 8081 } },
  });
  const options = { projectDir: files.folder, stack: "dev-acme", clock: () => new Date(0) };
  const asked: string[] = [];
  const config = await loadStack(files.config(), {
    ...options,
    hostCapacity: () => Promise.reject(new UserError("No Docker engine answers.")),
    targetOf: async (platform) => (asked.push(platform) > 0 ? "kubernetes" : "docker"),
  });
  expect([config.role, asked]).toEqual(["tenant", ["dev"]]);
  const hostCapacity = async () => ({ cores: 2, memoryMiB: 8192 });
  await expect(loadStack(files.config(), { ...options, hostCapacity })).rejects.toThrow(
    "jobManager.restPort",
  );
});
