import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { FlinkRestClient } from "../../../infra/flink/rest-client";
import { allRunning, parallelismOf } from "../../../infra/flink/job-states";
import { PlayedCluster, recordCluster } from "../../../stacks/bench/conductor-recording";
import { RecordedFlink, wordcount } from "../conductor/observe/recorded-flink";

const JOB = "00000000000000000000000000000007";
const SOURCE = "cbc357ccb763df2852fee8c4fc7d55f2";

let flink: RecordedFlink;
beforeEach(async () => {
  flink = await RecordedFlink.start();
  flink.jobs.set("ab", { ...wordcount(), offsets: { "acme_lines/0": 599 } });
  flink.taskManagers = [{ id: "acme-1", slots: 2, free: 0, beatMs: 1 }];
});
afterEach(() => flink.close());

/** Asks for the job first, as Flink fetches metrics then. */
async function recorded() {
  await new FlinkRestClient(flink.url).job("ab");
  const recording = await recordCluster(flink.url);
  if (recording === undefined) throw new Error("nothing was recorded");
  return recording;
}

/** A client of what is played. */
async function played(cluster: PlayedCluster, use: (client: FlinkRestClient) => Promise<void>) {
  const server = http.createServer((request, response) => {
    const body = cluster.answer(request.url ?? "", 1_795_000_000_000);
    response.writeHead(body === undefined ? 404 : 200).end(JSON.stringify(body ?? { errors: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use(new FlinkRestClient(`http://127.0.0.1:${port}`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("should answer as the recorded cluster, of another tenant, size and place", async () => {
  const tenant = { jobId: JOB, topic: "t7.lines", taskManagerPrefix: "dev-t7-taskmanager-" };
  const cluster = new PlayedCluster(await recorded(), tenant);
  Object.assign(cluster, { taskManagers: 3, parallelism: 5, lastOffset: 41 });
  await played(cluster, async (client) => {
    expect(await client.jobs()).toEqual([expect.objectContaining({ jid: JOB, state: "RUNNING" })]);
    expect(await client.taskManagers()).toEqual(
      [0, 0, 1].map((freeSlots, i) => ({
        ...{ id: `dev-t7-taskmanager-${i + 1}`, slotsNumber: 2, freeSlots },
        timeSinceLastHeartbeat: 1_795_000_000_000,
      })),
    );
    const job = await client.job(JOB);
    expect(job && [parallelismOf(job), allRunning(job)]).toEqual([5, true]);
    expect(job?.vertices.map(({ parallelism }) => parallelism)).toEqual([1, 5]);
    const place = "Source__lines.KafkaSourceReader.topic.t7_lines.partition.0.currentOffset";
    expect(await client.metricNames(JOB, SOURCE)).toContain(place);
    const metrics = await client.metrics(JOB, SOURCE, ["busyTimeMsPerSecond", place]);
    expect([metrics[place]?.max, metrics.busyTimeMsPerSecond?.max]).toEqual([41, 120]);
    expect(await client.job("ab")).toBeUndefined();
  });
});

it("should show no job before the tenant's first update", async () => {
  const tenant = { jobId: JOB, topic: "t7.lines", taskManagerPrefix: "dev-t7-taskmanager-" };
  const cluster = new PlayedCluster(await recorded(), tenant);
  expect(cluster.answer("/jobs/overview", 0)).toEqual({ jobs: [] });
  expect(cluster.answer("/taskmanagers", 0)).toEqual({ taskmanagers: [] });
});

it("should record nothing before the job has read something", async () => {
  flink.jobs.set("ab", { ...wordcount(), offsets: { "acme_lines/0": -1 } });
  await new FlinkRestClient(flink.url).job("ab");
  expect(await recordCluster(flink.url)).toBeUndefined();
});
