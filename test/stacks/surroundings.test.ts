import * as fs from "node:fs";
import type { Problem } from "../../infra/errors";
import { StackFolder } from "../support/stack-folder";

const files = new StackFolder();
afterAll(() => files.remove());

const p = (path: string, value: unknown, fault: string, fix: string): Problem => ({
  path,
  value,
  fault,
  fix,
});

describe("jars", () => {
  test("a missing jar", async () => {
    const jar = files.path("none.jar");
    expect(await files.problems(files.config(files.changed({ "jobs[0].jar": jar })))).toEqual([
      p(
        "jobs[0].jar",
        jar,
        `there is no file ${jar}`,
        "build the jar, or correct its path from the project folder",
      ),
    ]);
  });

  test("a jar that is no zip archive", async () => {
    const jar = files.path("text.jar");
    const [problem, ...others] = await files.problems(
      files.config(files.changed({ "jobs[0].jar": jar })),
    );
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: "jobs[0].jar", value: jar, fix: "give a jar file" });
    expect(problem?.fault).toMatch(/^it is not a jar \(.*end of central directory.*\)$/i);
  });
});

describe("the host's memory", () => {
  const fault = (fit: number, host: string) =>
    `only ${fit} of 1 GiB each fit into the host's ${host} beside the JobManager (1 GiB) and 2 GiB for the rest`;

  test("more TaskManagers than fit: says how many do", async () => {
    expect(await files.problems(files.config(), 5 * 1024)).toEqual([
      ...[0, 1].map((i) =>
        p(
          `windows[${i}].ceiling`,
          3,
          fault(2, "5 GiB"),
          "lower it to at most 2, or lower taskManager.memory",
        ),
      ),
    ]);
  });

  test("none fits", async () => {
    const found = await files.problems(files.config(), 3 * 1024);
    expect(found).toHaveLength(3);
    expect(found[2]).toEqual(
      p(
        "otherwise.ceiling",
        2,
        fault(0, "3 GiB"),
        "lower taskManager.memory or jobManager.memory, or use a larger host",
      ),
    );
  });
});

describe("other stacks of the platform", () => {
  const other = (changes: Record<string, unknown>) => {
    const block = files.changed({
      name: "globex",
      "jobManager.restPort": 8082,
      "taskManager.dataPorts": "6131-6140",
      ...changes,
    });
    files.addStack("dev-globex", {
      "flinktide:role": "tenant",
      "flinktide:platform": "dev",
      "flinktide:tenant": block,
    });
  };
  afterEach(() => fs.rmSync(files.path("Pulumi.dev-globex.yaml"), { force: true }));

  test.each<[string, Record<string, unknown>, Problem[]]>([
    ["different in all", {}, []],
    [
      "the same name",
      { name: "acme" },
      [
        p(
          "name",
          "acme",
          "stack dev-globex already has a tenant of this name on the same platform",
          "give this tenant another name",
        ),
      ],
    ],
    [
      "the same REST port",
      { "jobManager.restPort": 8081 },
      [
        p(
          "jobManager.restPort",
          8081,
          "stack dev-globex publishes its JobManager on the same port",
          "give another port",
        ),
      ],
    ],
    [
      "the same REST port by default",
      { jobManager: undefined },
      [
        p(
          "jobManager.restPort",
          8081,
          "stack dev-globex publishes its JobManager on the same port",
          "give another port",
        ),
      ],
    ],
    [
      "overlapping data ports",
      { "taskManager.dataPorts": "6130-6139" },
      [
        p(
          "taskManager.dataPorts",
          "6121-6130",
          "the range overlaps 6130-6139 of stack dev-globex",
          "give a range of its own",
        ),
      ],
    ],
  ])("%s", async (_, changes, expected) => {
    other(changes);
    expect(await files.problems(files.config())).toEqual(expected);
  });
});
