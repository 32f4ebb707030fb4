import * as http from "node:http";
import type { AddressInfo } from "node:net";

interface RecordedVertex {
  id: string;
  name: string;
  parallelism: number;
  /** Milliseconds a second of the busiest subtask; NaN where Flink can't tell. */
  busy: number;
}

interface RecordedJob {
  state: string;
  vertices: RecordedVertex[];
  /** Offset of the last record by topic and partition, as Flink writes them: `acme_lines/0`. */
  offsets: Record<string, number>;
}

interface RecordedTaskManager {
  id: string;
  slots: number;
  free: number;
  beatMs: number;
}

type Metrics = Record<string, number>;

/** Source and sink of the wordcount job. */
export function wordcount(): RecordedJob {
  return {
    state: "RUNNING",
    vertices: [
      { id: "cbc357ccb763df2852fee8c4fc7d55f2", name: "Source: lines", parallelism: 1, busy: 120 },
      {
        id: "a4bbc6bb15b2d3c0f5e5e9d2cbd8a1f0",
        name: "count -> Sink: counts",
        parallelism: 4,
        busy: 640,
      },
    ],
    offsets: { "acme_lines/0": 599, "acme_lines/1": 399 },
  };
}

/**
 * Answers as Flink 1.14.6 was recorded to, on loopback: with all its fields, and with metrics as they were when it was
 * last asked for a job.
 */
export class RecordedFlink {
  readonly jobs = new Map<string, RecordedJob>();
  taskManagers: RecordedTaskManager[] = [];
  /** Paths that were asked for. */
  readonly calls: string[] = [];
  /** Paths that are not answered. */
  silent: RegExp | undefined;
  connections = 0;
  /** Metrics are fetched as they are; else Flink is slow, and goes on with those that it has. */
  fetches = true;
  private fetched = new Map<string, Metrics>();
  private readonly server: http.Server;

  private constructor() {
    this.server = http.createServer((request, response) => this.serve(request.url ?? "", response));
    this.server.on("connection", () => (this.connections += 1));
  }

  static async start(): Promise<RecordedFlink> {
    const flink = new RecordedFlink();
    await new Promise<void>((resolve) => flink.server.listen(0, "127.0.0.1", resolve));
    return flink;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(path: string, response: http.ServerResponse): void {
    this.calls.push(path);
    if (this.silent?.test(path)) return;
    const body = this.answer(path);
    response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body ?? { errors: [`Not found: ${path}`] }));
  }

  private answer(path: string): unknown {
    if (path === "/jobs/overview") return { jobs: [...this.jobs].map(overviewOf) };
    if (path === "/taskmanagers") return { taskmanagers: this.taskManagers.map(taskManagerOf) };
    const [, id = "", vertex, query] =
      /^\/jobs\/(\w+)(?:\/vertices\/(\w+)\/subtasks\/metrics(?:\?get=(.*))?)?$/.exec(path) ?? [];
    const job = this.jobs.get(id);
    if (job === undefined) return undefined;
    if (vertex !== undefined) return answerOf(this.fetched.get(id + vertex) ?? {}, query);
    if (this.fetches) for (const v of job.vertices) this.fetched.set(id + v.id, metricsOf(job, v));
    return detailOf(id, job);
  }
}

function overviewOf([jid, { state, vertices }]: [string, RecordedJob]) {
  const total = vertices.reduce((sum, { parallelism }) => sum + parallelism, 0);
  const times = { "start-time": 1_795_000_000_000, "end-time": -1, duration: 60_000 };
  const tasks = { total, running: total, created: 0, finished: 0, failed: 0 };
  return { jid, name: "wordcount", state, ...times, "last-modification": 1_795_000_001_000, tasks };
}

function detailOf(jid: string, { state, vertices }: RecordedJob) {
  const counts = { CREATED: 0, SCHEDULED: 0, DEPLOYING: 0, FINISHED: 0, FAILED: 0, CANCELED: 0 };
  return {
    ...{ jid, name: "wordcount", isStoppable: false, state, maxParallelism: 256 },
    ...{ "start-time": 1_795_000_000_000, "end-time": -1, now: 1_795_000_060_000 },
    vertices: vertices.map(({ id, name, parallelism }) => ({
      ...{ id, name, maxParallelism: 256, parallelism, status: state, duration: 60_000 },
      tasks: { ...counts, RUNNING: state === "RUNNING" ? parallelism : 0 },
      metrics: { "read-bytes": 0, "read-bytes-complete": true },
    })),
    plan: { jid, name: "wordcount", nodes: [] },
  };
}

function taskManagerOf({ id, slots, free, beatMs }: RecordedTaskManager) {
  return {
    ...{ id, path: `akka.tcp://flink@${id}:6122/user/rpc/taskmanager_0`, dataPort: 6121 },
    ...{ jmxPort: -1, timeSinceLastHeartbeat: beatMs, slotsNumber: slots, freeSlots: free },
    totalResource: { cpuCores: slots, taskHeapMemory: 384 },
    hardware: { cpuCores: 2, physicalMemory: 8_000_000_000 },
  };
}

function metricsOf(job: RecordedJob, { name, busy }: RecordedVertex): Metrics {
  const places = Object.entries(job.offsets).map(([place, offset]): [string, number] => {
    const [topic, partition] = place.split("/");
    const group = `Source__lines.KafkaSourceReader.topic.${topic}.partition.${partition}`;
    return [`${group}.currentOffset`, offset];
  });
  const own = name.startsWith("Source: ") ? Object.fromEntries(places) : {};
  return { busyTimeMsPerSecond: busy, idleTimeMsPerSecond: 1000 - busy, ...own };
}

/** Aggregates over the subtasks; of which the busiest is twice as busy as the least busy. */
function answerOf(metrics: Metrics, query: string | undefined): unknown {
  if (query === undefined) return Object.keys(metrics).map((id) => ({ id }));
  const asked = query.split(",").map(decodeURIComponent);
  return asked.flatMap((id): object[] => {
    const max = metrics[id];
    if (max === undefined) return [];
    if (Number.isNaN(max)) return [{ id, min: "NaN", max: "NaN", avg: "NaN", sum: "NaN" }];
    return [{ id, min: max / 2, max, avg: max * 0.75, sum: max * 3 }];
  });
}
