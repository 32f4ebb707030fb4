import * as fs from "node:fs";
import * as http from "node:http";
import * as os from "node:os";
import * as path from "node:path";
import { FlinkRestClient } from "../../../infra/flink/rest-client";
import { FakeJobManager, type Fault } from "../../support/fake-job-manager";

let fake: FakeJobManager;
let client: FlinkRestClient;
beforeEach(async () => {
  fake = await FakeJobManager.start();
  client = new FlinkRestClient(fake.url, { timeoutMs: 150, patienceMs: 600 });
});
afterEach(() => fake.close());

const FAULTS: [string, Fault, string, string][] = [
  ["a cut connection", "cut", "unreachable", "socket hang up"],
  ["no answer", "hang", "unreachable", "timeout of 150ms exceeded"],
  ["503", { status: 503, body: { errors: ["starting"] } }, "unreachable", "starting"],
  [
    "a JobManager without its ResourceManager",
    {
      status: 404,
      body: { errors: ["Cannot connect to ResourceManager right now. Please try to refresh."] },
    },
    "unreachable",
    "Cannot connect to ResourceManager",
  ],
  ["404", { status: 404, body: { errors: ["no job"] } }, "not-found", "no job"],
  [
    "a refusal",
    { status: 400, body: { errors: ["a\n\tat b\nCaused by: why"] } },
    "rejected",
    "why",
  ],
  ["a refusal without reason", { status: 500, body: "<html>" }, "rejected", "status 500"],
];

describe.each(FAULTS)("a change that meets %s", (_what, fault, kind, message) => {
  it(`fails as ${kind} and is sent once`, async () => {
    fake.inject(/stop$/, fault, 9);
    await expect(client.stop("j1", "file:///s")).rejects.toMatchObject({
      name: "FlinkRestError",
      kind,
      call: `POST ${fake.url}/jobs/j1/stop`,
      message: expect.stringContaining(message),
    });
    expect(fake.changes()).toHaveLength(1);
  });
});

describe.each(FAULTS)("a read that meets %s", (_what, fault, kind) => {
  const again = kind === "unreachable";

  it(again ? "is repeated until it is answered" : "fails at once", async () => {
    fake.inject(/overview$/, fault);
    const answer = client.overview();
    if (again) await expect(answer).resolves.toMatchObject({ "flink-version": "1.14.6" });
    else await expect(answer).rejects.toMatchObject({ kind });
    expect(fake.calls).toHaveLength(again ? 2 : 1);
  });

  it(`fails as ${kind} in the end`, async () => {
    fake.inject(/overview$/, fault, 99);
    await expect(client.overview()).rejects.toMatchObject({ kind });
    expect(fake.calls.length).toBeLessThan(6);
  });
});

it.each([
  ["text", "no json"],
  ["another shape", { taskmanagers: "many" }],
])("an answer of %s is malformed, and not asked for again", async (_what, body) => {
  fake.inject(/taskmanagers$/, { status: 200, body });
  await expect(client.taskManagers()).rejects.toMatchObject({ kind: "malformed" });
  expect(fake.calls).toHaveLength(1);
});

it("a JobManager that starts is waited for", async () => {
  fake.starting = 2;
  await expect(client.jobs()).resolves.toEqual([]);
});

it("each attempt goes through what the caller gives, over the connections that it keeps", async () => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let attempts = 0;
  const through = <T>(attempt: () => Promise<T>) => {
    attempts += 1;
    return attempt();
  };
  fake.starting = 1;
  const kept = new FlinkRestClient(fake.url, { patienceMs: 600, agent, through });
  await kept.jobs();
  await kept.overview();
  expect(attempts).toBe(3);
  expect(Object.values(agent.freeSockets).flat()).toHaveLength(1);
  agent.destroy();
});

it("nobody at the address is unreachable", async () => {
  await fake.close();
  await expect(client.overview()).rejects.toMatchObject({ kind: "unreachable" });
  fake = await FakeJobManager.start();
});

it("what Flink does not know is undefined", async () => {
  expect(await client.job("a1")).toBeUndefined();
  expect(await client.checkpoints("a1")).toBeUndefined();
  expect(await client.savepointStatus("a1", "t1")).toBeUndefined();
  expect(await client.taskManagersOf("a1", "v1")).toEqual([]);
  expect(await client.metricNames("a1", "v1")).toEqual([]);
  expect(await client.metrics("a1", "v1", ["busyTimeMsPerSecond"])).toEqual({});
});

it("metrics come by name, over the subtasks; what can't be measured is NaN", async () => {
  const busy = { id: "busyTimeMsPerSecond", min: 1, max: 3, avg: 2, sum: 4 };
  const unknown = { id: "a b", min: "NaN", max: "NaN", avg: "NaN", sum: "-Infinity" };
  fake.inject(/metrics\?get=/, { status: 200, body: [busy, unknown] });
  fake.inject(/metrics$/, { status: 200, body: [{ id: "a b" }, { id: "c" }] });
  expect(await client.metrics("j1", "v1", ["busyTimeMsPerSecond", "a b"])).toEqual({
    busyTimeMsPerSecond: busy,
    "a b": { id: "a b", min: NaN, max: NaN, avg: NaN, sum: -Infinity },
  });
  expect(await client.metricNames("j1", "v1")).toEqual(["a b", "c"]);
  expect(fake.calls.map((call) => call.path)).toEqual([
    "/jobs/j1/vertices/v1/subtasks/metrics?get=busyTimeMsPerSecond,a%20b",
    "/jobs/j1/vertices/v1/subtasks/metrics",
  ]);
});

it("a subtask without a slot is on no TaskManager", async () => {
  fake.cluster.addTaskManager("tm-1", { slots: 1 });
  fake.cluster.startJob({ id: "a1", parallelism: 2, args: [], jar: "x" });
  expect(await client.taskManagersOf("a1", "sink")).toEqual(["tm-1"]);
});

it("the root exception is told in its first lines", async () => {
  fake.cluster.startJob({ id: "a1", parallelism: 1, args: [], jar: "x" });
  expect(await client.rootException("a1")).toBeUndefined();
  fake.cluster.only.exception = "one\ntwo\nthree\nfour";
  expect(await client.rootException("a1")).toBe("one two three");
});

describe("a jar", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-jar-"));
  const file = path.join(folder, "a.jar");
  fs.writeFileSync(file, "jar");
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  it("is uploaded once under its name and used again", async () => {
    const first = await client.ensureJar(file, "abc-a.jar");
    expect(await client.ensureJar(file, "abc-a.jar")).toBe(first);
    expect(fake.changes()).toEqual(["POST /jars/upload"]);
  });

  it("is run with all that was asked", async () => {
    const jar = await client.ensureJar(file, "a.jar");
    const request = { jobId: "a1", entryClass: "Main", args: ["--x"], parallelism: 3 };
    await client.run(jar, { ...request, savepointPath: "file:///s/1" });
    expect(fake.calls.at(-1)).toEqual({
      method: "POST",
      path: `/jars/${jar}/run`,
      body: {
        jobId: "a1",
        entryClass: "Main",
        programArgsList: ["--x"],
        parallelism: 3,
        savepointPath: "file:///s/1",
      },
    });
  });

  it("is refused for an id that is taken", async () => {
    const jar = await client.ensureJar(file, "a.jar");
    const request = { jobId: "a1", entryClass: "Main", args: [], parallelism: 1 };
    await client.run(jar, request);
    await expect(client.run(jar, request)).rejects.toMatchObject({
      kind: "rejected",
      message: expect.stringContaining("already been submitted"),
    });
  });
});
