import axios from "axios";
import { z } from "zod";

/** Answers that a Flink cluster gave, as they came. */
const answers = {
  overview: z.object({ jobs: z.array(z.looseObject({ jid: z.string() })) }),
  taskManagers: z.object({ taskmanagers: z.array(z.looseObject({ slotsNumber: z.int() })) }),
  job: z.looseObject({
    vertices: z.array(
      z.looseObject({ id: z.string(), parallelism: z.int(), tasks: z.record(z.string(), z.int()) }),
    ),
  }),
  names: z.array(z.object({ id: z.string() })),
  metrics: z.array(z.looseObject({ id: z.string() })),
};

/** What a real cluster with one job answered to the questions that a conductor asks. */
export interface Recording {
  job: z.output<typeof answers.job>;
  overview: z.output<typeof answers.overview>["jobs"][number];
  taskManager: z.output<typeof answers.taskManagers>["taskmanagers"][number];
  /** By vertex: the names of its metrics, and what was asked of them. */
  vertices: Record<string, Pick<Answers, "names" | "metrics">>;
}
type Answers = { [K in keyof typeof answers]: z.output<(typeof answers)[K]> };

const PLACE = /\.topic\.(.+)\.partition\.0\.currentOffset$/;

/**
 * Records what a cluster with one running job answers; undefined where its source has read nothing yet. Throws where it
 * answers otherwise.
 */
export async function recordCluster(url: string): Promise<Recording | undefined> {
  const ask = async <K extends keyof Answers>(kind: K, path: string): Promise<Answers[K]> => {
    const { data } = await axios.get<unknown>(`${url}${path}`, { proxy: false });
    return answers[kind].parse(data) as Answers[K];
  };
  const [overview] = (await ask("overview", "/jobs/overview")).jobs;
  const [taskManager] = (await ask("taskManagers", "/taskmanagers")).taskmanagers;
  if (overview === undefined || taskManager === undefined) throw new Error(`${url} runs no job`);
  const job = await ask("job", `/jobs/${overview.jid}`);
  const vertices: Recording["vertices"] = {};
  for (const { id } of job.vertices) {
    const path = `/jobs/${overview.jid}/vertices/${id}/subtasks/metrics`;
    const names = await ask("names", path);
    const asked = names.filter((name) => name.id === "busyTimeMsPerSecond" || PLACE.test(name.id));
    const query = asked.map((name) => encodeURIComponent(name.id)).join(",");
    vertices[id] = { names, metrics: await ask("metrics", `${path}?get=${query}`) };
  }
  const places = Object.values(vertices).flatMap(({ metrics }) =>
    metrics.filter(({ id, max }) => PLACE.test(id) && Number(max) >= 0),
  );
  return places.length > 0 ? { job, overview, taskManager, vertices } : undefined;
}

export interface PlayedTenant {
  /** 32 hex digits. */
  jobId: string;
  /** Its source topic, of one partition. */
  topic: string;
  /** Names of the TaskManagers end with their number from 1 on. */
  taskManagerPrefix: string;
}

/** A cluster that answers as the recorded one did, but for who it is, how large it is and how far it has read. */
export class PlayedCluster {
  taskManagers = 0;
  parallelism = 1;
  /** Offset of the last record that the job's source has read. */
  lastOffset = -1;

  constructor(
    private readonly recording: Recording,
    private readonly tenant: PlayedTenant,
  ) {}

  /** The body for a path with its query; undefined where the recorded cluster was not asked for such a thing. */
  answer(path: string, nowMs: number): unknown {
    const { jobId } = this.tenant;
    if (path === "/jobs/overview") {
      return { jobs: this.taskManagers > 0 ? [{ ...this.recording.overview, jid: jobId }] : [] };
    }
    if (path === "/taskmanagers") return { taskmanagers: this.registered(nowMs) };
    if (path === `/jobs/${jobId}`) return this.job();
    const [, id = "", query] =
      /^\/jobs\/\w+\/vertices\/(\w+)\/subtasks\/metrics(?:\?get=(.*))?$/.exec(path) ?? [];
    const vertex = this.recording.vertices[id];
    if (vertex === undefined || !path.startsWith(`/jobs/${jobId}/`)) return undefined;
    return query === undefined
      ? vertex.names.map(({ id: name }) => ({ id: this.renamed(name) }))
      : this.metrics(vertex, new Set(query.split(",").map(decodeURIComponent)));
  }

  private registered(nowMs: number): object[] {
    const { slotsNumber } = this.recording.taskManager;
    return Array.from({ length: this.taskManagers }, (_, i) => {
      const taken = Math.max(0, Math.min(slotsNumber, this.parallelism - i * slotsNumber));
      return {
        ...this.recording.taskManager,
        ...{ id: `${this.tenant.taskManagerPrefix}${i + 1}`, freeSlots: slotsNumber - taken },
        timeSinceLastHeartbeat: nowMs,
      };
    });
  }

  private job(): object {
    const { job } = this.recording;
    const most = Math.max(...job.vertices.map(({ parallelism }) => parallelism));
    return {
      ...{ ...job, jid: this.tenant.jobId },
      vertices: job.vertices.map((vertex) => {
        const parallelism = vertex.parallelism === most ? this.parallelism : vertex.parallelism;
        return { ...vertex, parallelism, tasks: { ...vertex.tasks, RUNNING: parallelism } };
      }),
    };
  }

  private metrics({ metrics }: Pick<Answers, "metrics">, asked: ReadonlySet<string>): object[] {
    return metrics.flatMap((metric) => {
      const id = this.renamed(metric.id);
      if (!asked.has(id)) return [];
      if (!PLACE.test(id)) return [metric];
      const at = this.lastOffset;
      return [{ ...metric, id, min: at, max: at, avg: at, sum: at }];
    });
  }

  /** Flink writes dots as underscores. */
  private renamed(metric: string): string {
    const topic = this.tenant.topic.replaceAll(".", "_");
    return metric.replace(/(\.topic\.).+(\.partition\.)/, `$1${topic}$2`);
  }
}
