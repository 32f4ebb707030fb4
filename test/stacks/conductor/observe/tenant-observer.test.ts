import type { ObservableJob } from "../../../../stacks/conductor/observe/job-observer";
import { FlinkConnections } from "../../../../stacks/conductor/observe/flink-connections";
import { TenantObserver } from "../../../../stacks/conductor/observe/tenant-observer";
import { jobObservationSchema } from "../../../../policies/scaling/observation";
import { FakeKafka } from "./fake-kafka";
import { RecordedFlink, wordcount } from "./recorded-flink";

const NOW = Date.UTC(2026, 0, 5);
const ID = "aaaa";

let flink: RecordedFlink;
let kafka: FakeKafka;
let connections: FlinkConnections;
let clockMs: number;
let observer: TenantObserver;

function observerOf(job: Partial<ObservableJob> = {}) {
  return new TenantObserver({
    ...{ flinkUrl: flink.url, kafka, connections, clock: () => clockMs, fetchMs: 1 },
    jobs: [{ name: "wordcount", sourceParallelism: 1, ...job }],
  });
}

beforeEach(async () => {
  flink = await RecordedFlink.start();
  flink.jobs.set(ID, wordcount());
  flink.taskManagers = [
    { id: "tm-1", slots: 2, free: 0, beatMs: NOW - 1500 },
    { id: "tm-2", slots: 2, free: 1, beatMs: NOW - 90_000 },
  ];
  kafka = new FakeKafka();
  kafka.at = { "acme.lines/0": 700, "acme.lines/1": 400, "other/0": 9 };
  connections = new FlinkConnections();
  clockMs = 0;
  observer = observerOf();
});
afterEach(async () => {
  connections.close();
  await flink.close();
});

/** Five seconds on; the id is that by which the stack says the job runs. */
async function look(jobId = ID, from = observer) {
  clockMs += 5000;
  const seen = await from.observe({ wordcount: jobId }, NOW + clockMs);
  const { observation } = seen.jobs["wordcount"] ?? {};
  if (observation !== undefined) jobObservationSchema.parse(observation);
  return { ...seen, job: seen.jobs["wordcount"], observation };
}

const running = () => flink.jobs.get(ID) as ReturnType<typeof wordcount>;
/** Moves the sources on, and what came in. */
function move(records: number, arrived = records): void {
  running().offsets["acme_lines/0"] = (running().offsets["acme_lines/0"] ?? 0) + records;
  kafka.at["acme.lines/0"] = (kafka.at["acme.lines/0"] ?? 0) + arrived;
}

describe("a tenant that is well", () => {
  test("is seen with all its figures", async () => {
    await look();
    move(2000, 2500);
    const seen = await look();
    expect(seen.problems).toEqual([]);
    expect(seen.atMs).toBe(NOW + 10_000);
    expect(seen.liveJobs).toBe(1);
    expect(seen.cluster).toEqual({
      taskManagers: [
        { id: "tm-1", slots: 2, freeSlots: 0, heartbeatAgeMs: 11_500 },
        { id: "tm-2", slots: 2, freeSlots: 1, heartbeatAgeMs: 100_000 },
      ],
      slotsTotal: 4,
      slotsAvailable: 1,
    });
    expect(seen.job).toEqual({
      ...{ state: "RUNNING", jobId: ID, arrived: 3600, taken: 3000 },
      observation: {
        ...{ atMs: NOW + 10_000, running: true, parallelism: 4 },
        ...{ producedPerSecond: 500, consumedPerSecond: 400, backlogRecords: 600 },
        vertices: [
          { name: "Source: lines", source: true, parallelism: 1, busyRatio: 0.12 },
          { name: "count -> Sink: counts", source: false, parallelism: 4, busyRatio: 0.64 },
        ],
      },
    });
  });

  test("has no rates at first, and nothing in their place", async () => {
    const { observation, problems } = await look();
    expect(Object.keys(observation ?? {}).sort()).toEqual([
      ...["atMs", "backlogRecords", "parallelism", "running", "vertices"],
    ]);
    expect(problems).toEqual([]);
  });

  test("is asked five questions, over connections that stay", async () => {
    await look();
    flink.calls.length = 0;
    const before = flink.connections;
    expect(before).toBe(2);
    for (let i = 0; i < 3; i++) {
      move(10);
      await look();
    }
    expect(flink.calls.filter((call) => !call.includes("?get="))).toHaveLength(9);
    expect(flink.calls.filter((call) => call.includes("?get="))).toHaveLength(6);
    expect(flink.connections - before).toBe(0);
  });

  test("is asked again where nothing has moved although records wait, and only then", async () => {
    await look();
    flink.calls.length = 0;
    await look();
    expect(flink.calls.filter((call) => call.includes("?get="))).toHaveLength(4);
    move(100, 0);
    await look();
    flink.calls.length = 0;
    await look();
    expect(flink.calls.filter((call) => call.includes("?get="))).toHaveLength(2);
  });
});

describe("what a job reads", () => {
  const twins = "it reads acme.lines or acme_lines, which Flink's metrics don't tell apart";

  test("is not guessed where Flink's names fit several topics", async () => {
    kafka.at["acme_lines/0"] = 1;
    const { observation, problems } = await look();
    expect(problems).toEqual([`job wordcount: ${twins}; set its reads.topics`]);
    expect(observation).not.toHaveProperty("backlogRecords");
  });

  test("is what the settings say", async () => {
    kafka.at["acme_lines/0"] = 1;
    observer = observerOf({ reads: { topics: ["acme.lines"] } });
    expect((await look()).observation?.backlogRecords).toBe(100);
  });

  test("is not known of a job without Kafka's metrics, and its names are asked for again", async () => {
    const { offsets } = running();
    running().offsets = {};
    const first = await look();
    expect(first.problems).toEqual([
      "job wordcount: the topics that it reads are not known: no metric of a Kafka source names them, and reads.topics is not set",
    ]);
    expect(first.observation?.vertices).toHaveLength(2);
    expect(first.job).toMatchObject({ arrived: undefined, taken: undefined });
    running().offsets = offsets;
    expect((await look()).observation?.backlogRecords).toBe(100);
  });

  test("counts up to the group's commits where the metrics are silent", async () => {
    running().offsets = {};
    kafka.groups = { counters: { "acme.lines/0": 650, "acme.lines/1": 400 } };
    observer = observerOf({ reads: { topics: ["acme.lines"], group: "counters" } });
    expect((await look()).job).toMatchObject({ arrived: 1100, taken: 1050 });
    kafka.groups = { counters: { "acme.lines/0": 650 } };
    kafka.at["acme.lines/1"] = 401;
    const { job, problems } = await look();
    expect(job).toMatchObject({ arrived: 1101, taken: undefined });
    expect(problems).toEqual([
      "job wordcount: the place in partition 1 of acme.lines is not known",
    ]);
  });

  test("has more partitions than before once Kafka has", async () => {
    await look();
    kafka.at["acme.lines/2"] = 50;
    expect((await look()).observation).not.toHaveProperty("consumedPerSecond");
    running().offsets["acme_lines/2"] = 29;
    expect((await look()).observation).toMatchObject({ backlogRecords: 120, consumedPerSecond: 3 });
  });

  test("that Kafka does not have is told", async () => {
    kafka.at = {};
    expect((await look()).problems[0]).toBe(
      "job wordcount: it reads a topic acme_lines, which Kafka does not have",
    );
    observer = observerOf({ reads: { topics: ["gone"] } });
    expect((await look()).problems).toEqual(["job wordcount: Kafka can't tell where gone ends"]);
  });
});

describe("a job that restarts", () => {
  test("takes nothing meanwhile, and goes on under another id", async () => {
    await look();
    move(100, 1000);
    await look();
    const before = running();
    flink.jobs.delete(ID);
    kafka.at["acme.lines/0"] = 2200;
    const gone = await look();
    expect(gone.liveJobs).toBe(0);
    expect(gone.job).toMatchObject({ state: "GONE", arrived: 2600, taken: 1100 });
    expect(gone.observation).toEqual({
      ...{ atMs: NOW + 15_000, running: false, parallelism: 4 },
      ...{ producedPerSecond: 100, consumedPerSecond: 0, backlogRecords: 1500 },
    });
    before.offsets["acme_lines/0"] = 1699;
    flink.jobs.set("bbbb", before);
    expect((await look("bbbb")).observation).toMatchObject({
      ...{ running: true, consumedPerSecond: 200, backlogRecords: 500 },
    });
  });

  test("from an older place has no rate once", async () => {
    await look();
    running().offsets["acme_lines/0"] = 99;
    const { observation, problems } = await look();
    expect(observation).toMatchObject({ backlogRecords: 600, producedPerSecond: 0 });
    expect(observation).not.toHaveProperty("consumedPerSecond");
    expect(problems).toEqual(["job wordcount: it reads again what it had taken"]);
    move(50);
    expect((await look()).observation?.consumedPerSecond).toBe(10);
  });

  test("that tells no place yet is where it was only if nothing has come since", async () => {
    running().offsets = { "acme_lines/0": 699, "acme_lines/1": 399 };
    await look();
    running().offsets = { "acme_lines/0": -1, "acme_lines/1": -1 };
    expect((await look()).observation).toMatchObject({ backlogRecords: 0, consumedPerSecond: 0 });
    kafka.at["acme.lines/1"] = 401;
    expect((await look()).observation).not.toHaveProperty("backlogRecords");
  });

  test.each(["RESTARTING", "FAILED"])("%s, is not running", async (state) => {
    await look();
    running().state = state;
    const { job, observation, liveJobs } = await look();
    expect(job?.state).toBe(state);
    expect(observation).toMatchObject({ running: false, parallelism: 4, consumedPerSecond: 0 });
    expect(observation).not.toHaveProperty("vertices");
    expect(liveJobs).toBe(state === "FAILED" ? 0 : 1);
  });
});

test("a topic that was created anew gives no figures until the job reads that one", async () => {
  await look();
  kafka.at = { "acme.lines/0": 5, "acme.lines/1": 0 };
  const { observation, problems } = await look();
  expect(observation).not.toHaveProperty("producedPerSecond");
  expect(observation).not.toHaveProperty("backlogRecords");
  expect(problems).toContain("job wordcount: its topics end before where they ended");
  running().offsets = { "acme_lines/0": 3, "acme_lines/1": -1 };
  await look();
  kafka.at["acme.lines/0"] = 25;
  expect((await look()).observation).toMatchObject({ backlogRecords: 21, producedPerSecond: 4 });
});

test("a vertex of which no busy time is measured hides how busy the others are", async () => {
  const [source, sink] = running().vertices as unknown as [{ busy: number }, { busy: number }];
  source.busy = NaN;
  expect((await look()).observation?.vertices).toHaveLength(1);
  sink.busy = NaN;
  const { observation, problems } = await look();
  expect(observation).not.toHaveProperty("vertices");
  expect(observation).not.toHaveProperty("busyRatio");
  expect(problems).toContain(
    "job wordcount: how busy it is is not known: no busy time of count -> Sink: counts",
  );
});

test("a job that is only a source is told as a whole", async () => {
  running().vertices.pop();
  const { observation } = await look();
  expect(observation).toMatchObject({ busyRatio: 0.12 });
  expect(observation).not.toHaveProperty("vertices");
});

test("partitions are a bound where the sources were seen to follow the job's parallelism", async () => {
  expect((await look()).observation).not.toHaveProperty("partitions");
  for (const vertex of running().vertices) vertex.parallelism = 2;
  expect((await look()).observation?.partitions).toBe(2);
  observer = observerOf({ sourceParallelism: 2 });
  expect((await look()).observation).not.toHaveProperty("partitions");
});

describe("trouble", () => {
  test("nobody at the address: nothing is known, and nothing is zero", async () => {
    await look();
    await flink.close();
    const seen = await look();
    expect(seen).toMatchObject({ cluster: undefined, liveJobs: undefined });
    expect(seen.job).toEqual({
      ...{ state: null, jobId: ID, observation: undefined, arrived: undefined, taken: undefined },
    });
    expect(seen.problems).toEqual([
      expect.stringMatching(/^Flink does not tell of its jobs: GET http.+ECONNREFUSED/),
    ]);
    flink = await RecordedFlink.start();
  });

  test("TaskManagers that Flink does not tell of hide no jobs", async () => {
    flink.silent = /taskmanagers/;
    const seen = await look();
    expect(seen.cluster).toBeUndefined();
    expect(seen.observation?.backlogRecords).toBe(100);
    expect(seen.problems).toEqual([
      expect.stringMatching(/^Flink does not tell of its TaskManagers: .+timeout of 2000ms/),
    ]);
  });

  test("metrics that Flink does not give leave the job's state known", async () => {
    flink.silent = /metrics/;
    const { job, problems, cluster } = await look();
    expect(job).toMatchObject({ state: "RUNNING", observation: undefined });
    expect(cluster).toBeDefined();
    expect(problems).toEqual([expect.stringMatching(/^job wordcount is not measured: GET /)]);
  });

  test("Kafka that is away hides the load, not how busy the job is; the load is known again after", async () => {
    await look();
    kafka.away = true;
    const { observation, problems } = await look();
    expect(Object.keys(observation ?? {})).toEqual(["atMs", "running", "parallelism", "vertices"]);
    expect(problems).toEqual(["job wordcount: Kafka does not answer: connect ECONNREFUSED"]);
    kafka.away = false;
    move(1000, 3000);
    expect((await look()).observation).toMatchObject({
      ...{ producedPerSecond: 300, consumedPerSecond: 100, backlogRecords: 2100 },
    });
  });

  test("a wall clock that is set leaves the rates alone", async () => {
    await look();
    move(1000);
    clockMs += 5000;
    const { jobs, atMs } = await observer.observe({ wordcount: ID }, NOW - 3_600_000);
    expect(atMs).toBe(NOW - 3_600_000);
    expect(jobs["wordcount"]?.observation?.producedPerSecond).toBe(200);
  });
});
