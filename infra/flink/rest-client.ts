import { openAsBlob } from "node:fs";
import type { Agent } from "node:http";
import * as path from "node:path";
import axios, { isAxiosError, type AxiosInstance, type AxiosRequestConfig } from "axios";
import { z } from "zod";
import { UserError } from "../errors";
import { apiServerRefusal } from "../kubernetes/api";
import { endpointOf } from "../kubernetes/service-url";
import * as schema from "./rest-schema";
import { sleep } from "./wait";

export type RestErrorKind =
  /** No answer: connection refused, timed out, or the JobManager is still starting. */
  | "unreachable"
  | "not-found"
  /** Flink said no; the message holds its reason. */
  | "rejected"
  /** An answer that is not what this Flink version is known to give. */
  | "malformed";

/** Every failure of a REST call. `kind` tells cases apart, the message is for people. */
export class FlinkRestError extends Error {
  constructor(
    readonly kind: RestErrorKind,
    readonly call: string,
    detail: string,
  ) {
    super(`${call}: ${detail}`);
    this.name = "FlinkRestError";
  }
}

export interface RestClientOptions {
  /** For one attempt, in milliseconds. @default 10000 */
  timeoutMs?: number;
  /** How long a read is tried again while the JobManager can't be reached, in milliseconds. @default 30000 */
  patienceMs?: number;
  /** Keeps connections open between calls, where the JobManager is reached directly. @default Node's own, which keeps them for 5 s */
  agent?: Agent;
  /** Runs each attempt, for instance when it is its turn. @default at once */
  through?: <T>(attempt: () => Promise<T>) => Promise<T>;
}

export interface RunRequest {
  /** 32 hex digits; given by the caller, so that a repeated request can't start a second job. */
  jobId: string;
  entryClass: string;
  args: readonly string[];
  parallelism: number;
  /** Snapshot to start from. */
  savepointPath?: string;
}

const RETRY_PAUSE_MS = 250;
/** What Flink gives for a subtask that holds no slot. */
const UNASSIGNED = "(unassigned)";
/** With status 404, from a JobManager that answers before its ResourceManager is elected. */
const NO_RESOURCE_MANAGER = "Cannot connect to ResourceManager right now";
/** From the API server of a cluster before Flink is asked: waiting does not help. */
const FORBIDDEN: ReadonlySet<number> = new Set([401, 403]);
/** A run compiles the job's graph in the JobManager: main() may take its time. */
const RUN_TIMEOUT_MS = 60_000;

/**
 * Flink's REST API, as far as flinktide uses it. Reads are repeated while the JobManager can't be reached;
 * a call that changes something is sent once, and the caller finds out what became of it.
 * Throws FlinkRestError only.
 */
export class FlinkRestClient {
  private readonly http: AxiosInstance;
  private readonly agent: Agent | undefined;
  private readonly patienceMs: number;
  private readonly through: NonNullable<RestClientOptions["through"]>;

  /** `url`: of the JobManager, or `kubernetes://NAMESPACE/SERVICE:PORT`. */
  constructor(
    readonly url: string,
    options: RestClientOptions = {},
  ) {
    // Flink redirects nobody, and to be ready for it takes a sixth of the time of a request.
    const fixed = { proxy: false, maxRedirects: 0 } as const;
    this.http = axios.create({ timeout: options.timeoutMs ?? 10_000, ...fixed });
    this.agent = options.agent;
    this.patienceMs = options.patienceMs ?? 30_000;
    this.through = options.through ?? ((attempt) => attempt());
  }

  overview() {
    return this.read("/overview", schema.overviewSchema);
  }

  async taskManagers(): Promise<schema.TaskManagerInfo[]> {
    return (await this.read("/taskmanagers", schema.taskManagersSchema)).taskmanagers;
  }

  async jobs(): Promise<schema.JobOverview[]> {
    return (await this.read("/jobs/overview", schema.jobsOverviewSchema)).jobs;
  }

  /** undefined where Flink knows no such job. */
  async job(jobId: string): Promise<schema.JobDetail | undefined> {
    return this.absentAsUndefined(this.read(`/jobs/${jobId}`, schema.jobDetailSchema));
  }

  /** undefined where Flink knows no such job. */
  async checkpoints(jobId: string): Promise<schema.Checkpoints | undefined> {
    return this.absentAsUndefined(
      this.read(`/jobs/${jobId}/checkpoints`, schema.checkpointsSchema),
    );
  }

  /** The ids of the TaskManagers that run the vertex's subtasks, one entry a subtask; none where the job is gone. */
  async taskManagersOf(jobId: string, vertexId: string): Promise<string[]> {
    const detail = await this.absentAsUndefined(
      this.read(`/jobs/${jobId}/vertices/${vertexId}`, schema.vertexDetailSchema),
    );
    const ids = detail?.subtasks.flatMap((s) => s["taskmanager-id"] ?? []) ?? [];
    return ids.filter((id) => id !== UNASSIGNED);
  }

  /** Names of what is measured of a vertex's subtasks; none where the job or the vertex is gone. */
  async metricNames(jobId: string, vertexId: string): Promise<string[]> {
    const url = `/jobs/${jobId}/vertices/${vertexId}/subtasks/metrics`;
    const found = await this.absentAsUndefined(this.read(url, schema.metricNamesSchema));
    return found?.map(({ id }) => id) ?? [];
  }

  /**
   * Metrics over a vertex's subtasks, by name; empty where one of them is not there (yet). Flink answers with what it
   * fetched from the TaskManagers after the question before this one.
   */
  async metrics(
    jobId: string,
    vertexId: string,
    names: readonly string[],
  ): Promise<Record<string, schema.Metric>> {
    const url = `/jobs/${jobId}/vertices/${vertexId}/subtasks/metrics?get=${names.map(encodeURIComponent).join(",")}`;
    const found = await this.absentAsUndefined(this.read(url, schema.metricsSchema));
    return Object.fromEntries(found?.map((metric) => [metric.id, metric]) ?? []);
  }

  /** The newest exception of a job, first lines only; undefined where there is none. */
  async rootException(jobId: string): Promise<string | undefined> {
    const answer = await this.read(`/jobs/${jobId}/exceptions`, schema.exceptionsSchema);
    return answer["root-exception"]?.split("\n").slice(0, 3).join(" ");
  }

  /** When tasks of a job failed, in ms since the epoch by the JobManager's clock: the newest few failures. */
  async failures(jobId: string): Promise<number[]> {
    const answer = await this.read(`/jobs/${jobId}/exceptions`, schema.exceptionsSchema);
    return answer.exceptionHistory.entries.map(({ timestamp }) => timestamp);
  }

  /** Uploads the jar unless one of the same name is there already. Gives the id to run it by. */
  async ensureJar(file: string, uploadName: string): Promise<string> {
    const { files } = await this.read("/jars", schema.jarsSchema);
    const present = files.find((f) => f.name === uploadName);
    if (present !== undefined) return present.id;
    const form = new FormData();
    form.append(
      "jarfile",
      await openAsBlob(file, { type: "application/x-java-archive" }),
      uploadName,
    );
    const answer = await this.send(
      { method: "POST", url: "/jars/upload", data: form, timeout: RUN_TIMEOUT_MS },
      schema.uploadSchema,
    );
    return path.posix.basename(answer.filename);
  }

  /** Compiles the job's graph without running it: throws where main() does. */
  async checkPlan(jarId: string, request: Omit<RunRequest, "jobId">): Promise<void> {
    await this.send(
      {
        method: "POST",
        url: `/jars/${jarId}/plan`,
        data: {
          entryClass: request.entryClass,
          programArgsList: request.args,
          parallelism: request.parallelism,
        },
        timeout: RUN_TIMEOUT_MS,
      },
      z.unknown(),
    );
  }

  async run(jarId: string, request: RunRequest): Promise<void> {
    await this.send(
      {
        method: "POST",
        url: `/jars/${jarId}/run`,
        data: {
          jobId: request.jobId,
          entryClass: request.entryClass,
          programArgsList: request.args,
          parallelism: request.parallelism,
          savepointPath: request.savepointPath,
        },
        timeout: RUN_TIMEOUT_MS,
      },
      schema.runSchema,
    );
  }

  /** Asks for stop-with-savepoint; gives the trigger id. */
  async stop(jobId: string, targetDirectory: string): Promise<string> {
    const answer = await this.send(
      { method: "POST", url: `/jobs/${jobId}/stop`, data: { drain: false, targetDirectory } },
      schema.triggerSchema,
    );
    return answer["request-id"];
  }

  /** undefined where Flink knows no such request: it forgets them when it restarts. */
  async savepointStatus(
    jobId: string,
    triggerId: string,
  ): Promise<schema.SavepointStatus | undefined> {
    return this.absentAsUndefined(
      this.read(`/jobs/${jobId}/savepoints/${triggerId}`, schema.savepointStatusSchema),
    );
  }

  /** Asks for a checkpoint now (Flink 1.17 and later); gives the trigger id. */
  async triggerCheckpoint(jobId: string): Promise<string> {
    const answer = await this.send(
      { method: "POST", url: `/jobs/${jobId}/checkpoints`, data: { checkpointType: "CONFIGURED" } },
      schema.triggerSchema,
    );
    return answer["request-id"];
  }

  /** True once a checkpoint that was asked for has completed or failed. */
  async checkpointSettled(jobId: string, triggerId: string): Promise<boolean> {
    const url = `/jobs/${jobId}/checkpoints/${triggerId}`;
    return (await this.read(url, schema.checkpointStatusSchema)).status.id === "COMPLETED";
  }

  async cancel(jobId: string): Promise<void> {
    await this.send({ method: "PATCH", url: `/jobs/${jobId}?mode=cancel` }, z.unknown());
  }

  requirements(jobId: string): Promise<schema.ResourceRequirements> {
    return this.read(`/jobs/${jobId}/resource-requirements`, schema.requirementsSchema);
  }

  async setRequirements(jobId: string, wanted: schema.ResourceRequirements): Promise<void> {
    await this.send(
      { method: "PUT", url: `/jobs/${jobId}/resource-requirements`, data: wanted },
      z.unknown(),
    );
  }

  private async read<T>(url: string, type: z.ZodType<T>): Promise<T> {
    const deadline = Date.now() + this.patienceMs;
    for (;;) {
      try {
        return await this.send({ method: "GET", url }, type);
      } catch (error) {
        const again = error instanceof FlinkRestError && error.kind === "unreachable";
        if (!again || Date.now() >= deadline) throw error;
        await sleep(RETRY_PAUSE_MS);
      }
    }
  }

  private async send<T>(request: AxiosRequestConfig, type: z.ZodType<T>): Promise<T> {
    const call = `${request.method} ${this.url}${request.url}`;
    let data: unknown;
    try {
      const endpoint = await endpointOf(this.url, this.agent);
      data = (await this.through(() => this.http.request<unknown>({ ...endpoint, ...request })))
        .data;
    } catch (error) {
      throw restError(call, error);
    }
    const parsed = type.safeParse(data);
    if (parsed.success) return parsed.data;
    throw new FlinkRestError("malformed", call, z.prettifyError(parsed.error));
  }

  private async absentAsUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof FlinkRestError && error.kind === "not-found") return undefined;
      throw error;
    }
  }
}

function restError(call: string, error: unknown): FlinkRestError {
  // No way to the cluster is known, or one can't log in just now.
  if (error instanceof UserError) return new FlinkRestError("unreachable", call, error.message);
  if (!isAxiosError(error)) return new FlinkRestError("malformed", call, String(error));
  const { response } = error;
  if (response === undefined) return new FlinkRestError("unreachable", call, error.message);
  const refusal = apiServerRefusal(response.data);
  if (refusal !== undefined) {
    const kind = FORBIDDEN.has(response.status) ? "rejected" : "unreachable";
    return new FlinkRestError(kind, call, `the cluster's API server: ${refusal}`);
  }
  const detail = flinkReason(response.data) ?? `status ${response.status}`;
  const starting = response.status === 503 || detail.includes(NO_RESOURCE_MANAGER);
  if (starting) return new FlinkRestError("unreachable", call, detail);
  return new FlinkRestError(response.status === 404 ? "not-found" : "rejected", call, detail);
}

/** The innermost cause that Flink names, without the stack around it. */
function flinkReason(data: unknown): string | undefined {
  const parsed = schema.errorSchema.safeParse(data);
  if (!parsed.success) return undefined;
  const text = parsed.data.errors.join("\n");
  const causes = [...text.matchAll(/Caused by: (.+)/g)].map((m) => m[1]);
  return causes.at(-1) ?? text.split("\n")[0];
}
