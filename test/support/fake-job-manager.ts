import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { TERMINAL_STATES } from "../../infra/flink/job-states";
import { FakeCluster, type FakeJob } from "./fake-cluster";

export interface RecordedCall {
  method: string;
  path: string;
  body: unknown;
}

/**
 * What to do with a call in place of answering it. `lose-answer`: carried out, then the connection is cut.
 * `deliver-late`: the connection is cut, and the call is carried out when `deliverLate` is called.
 */
export type Fault =
  { status: number; body: unknown } | "lose-answer" | "deliver-late" | "hang" | "cut";

interface Answer {
  status: number;
  body: unknown;
}
type Handler = (match: string[], body: never) => Answer | unknown;

interface RunBody {
  jobId: string;
  programArgsList: string[];
  parallelism: number;
  savepointPath?: string;
}

const error = (status: number, ...errors: string[]): Answer => ({ status, body: { errors } });
const isAnswer = (value: unknown): value is Answer =>
  typeof value === "object" && value !== null && "status" in value && "body" in value;

/** Flink's REST API as far as flinktide uses it, on loopback, over a FakeCluster. Records every call. */
export class FakeJobManager {
  readonly calls: RecordedCall[] = [];
  /** Calls still to be answered with 503, as while the JobManager starts. */
  starting = 0;
  /** Why every savepoint fails: a Java stack trace. */
  savepointFault?: string;
  /** When a stop request is carried out: when it is made, when its status is asked, or by `completeStop`. */
  stops: "at-once" | "when-asked" | "by-hand" = "at-once";
  /** What main() throws when a plan is made or a job is run. */
  programFault?: string;
  private readonly faults: { call: RegExp; fault: Fault; times: number }[] = [];
  private readonly jars = new Map<string, string>();
  private readonly savepoints = new Map<string, unknown>();
  private readonly late: (() => unknown)[] = [];
  private readonly server: http.Server;
  private counter = 0;

  private constructor(readonly cluster: FakeCluster) {
    this.server = http.createServer((request, response) => void this.serve(request, response));
  }

  static async start(cluster = new FakeCluster()): Promise<FakeJobManager> {
    const fake = new FakeJobManager(cluster);
    await new Promise<void>((resolve) => fake.server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The next calls that match `METHOD /path` meet the fault. */
  inject(call: RegExp, fault: Fault, times = 1): void {
    this.faults.push({ call, fault, times });
  }

  /** No injected fault is left. */
  heal(): void {
    this.faults.length = 0;
  }

  deliverLate(): void {
    this.late.splice(0).forEach((call) => call());
  }

  /** The JobManager restarts without high availability: jobs, jars and requests are forgotten. */
  restart(): void {
    this.late.length = 0;
    this.cluster.jobs.clear();
    this.jars.clear();
    this.savepoints.clear();
  }

  /** `METHOD /path` of the calls that change something. */
  changes(pattern = /./): string[] {
    return this.calls
      .filter((call) => call.method !== "GET")
      .map((call) => `${call.method} ${call.path}`)
      .filter((call) => pattern.test(call));
  }

  private readonly routes: [RegExp, Handler][] = [
    [/^GET \/overview$/, () => this.overview()],
    [/^GET \/taskmanagers$/, () => ({ taskmanagers: this.registered() })],
    [
      /^GET \/jobs\/overview$/,
      () => ({
        jobs: [...this.cluster.jobs.values()].map((j) => ({ ...detail(j), "start-time": 1 })),
      }),
    ],
    [/^GET \/jobs\/(\w+)$/, ([id]) => this.ofJob(id, detail)],
    [/^GET \/jobs\/(\w+)\/vertices\/(\w+)$/, ([id, v]) => this.ofJob(id, (j) => vertex(j, v))],
    [
      /^GET \/jobs\/(\w+)\/exceptions$/,
      ([id]) => this.ofJob(id, (j) => ({ "root-exception": j.exception ?? null })),
    ],
    [/^GET \/jars$/, () => ({ files: [...this.jars].map(([id, name]) => ({ id, name })) })],
    [/^POST \/jars\/upload$/, (_, body: string) => this.upload(body)],
    [
      /^POST \/jars\/([^/]+)\/(plan|run)$/,
      ([jar, what], body: RunBody) => this.run(jar, what, body),
    ],
    [
      /^POST \/jobs\/(\w+)\/stop$/,
      ([id], body: { targetDirectory: string }) => this.ofJob(id, (j) => this.stop(j, body)),
    ],
    [
      /^GET \/jobs\/(\w+)\/savepoints\/(\w+)$/,
      ([id, t]) => this.ofJob(id, (j) => this.status(j, t)),
    ],
    [/^PATCH \/jobs\/(\w+)\?mode=cancel$/, ([id]) => this.ofJob(id, cancel)],
    [
      /^(GET|PUT) \/jobs\/(\w+)\/resource-requirements$/,
      ([method, id], body: Requirements) =>
        this.ofJob(id, (j) => (method === "GET" ? requirements(j) : this.rescale(j, body))),
    ],
  ];

  private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const text = (await request.toArray()).join("");
    const [method = "", path = ""] = [request.method, request.url];
    const isJson = request.headers["content-type"]?.startsWith("application/json") === true;
    const body: unknown = isJson ? JSON.parse(text) : text;
    this.calls.push({ method, path, body });
    const call = `${method} ${path}`;
    const fault = this.faultFor(call);
    if (fault === "hang") return;
    if (fault === "cut") return void request.socket.destroy();
    if (fault === "deliver-late") {
      this.late.push(() => this.answer(call, body));
      return void request.socket.destroy();
    }
    const answer = typeof fault === "object" ? fault : this.answer(call, body);
    if (fault === "lose-answer") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
  }

  private faultFor(call: string): Fault | undefined {
    if (this.starting > 0) {
      this.starting -= 1;
      return error(503, "Service temporarily unavailable due to an ongoing leader election.");
    }
    const found = this.faults.find((f) => f.times > 0 && f.call.test(call));
    if (found !== undefined) found.times -= 1;
    return found?.fault;
  }

  private answer(call: string, body: unknown): Answer {
    for (const [pattern, handler] of this.routes) {
      const match = pattern.exec(call);
      if (match === null) continue;
      const given = handler(match.slice(1), body as never);
      return isAnswer(given) ? given : { status: 200, body: given };
    }
    return error(404, "Not found: " + call);
  }

  private ofJob(id: string | undefined, give: (job: FakeJob) => unknown): unknown {
    const job = this.cluster.jobs.get(id ?? "");
    return job === undefined ? error(404, `Job ${id} not found`) : give(job);
  }

  private registered() {
    const all = [...this.cluster.taskManagers].filter(
      ([, t]) => t.running && t.registersAfter-- <= 0,
    );
    return all.map(([id, t]) => ({
      id,
      slotsNumber: t.slots,
      freeSlots: this.cluster.freeSlots(id),
      timeSinceLastHeartbeat: Date.now(),
    }));
  }

  private overview() {
    const all = [...this.cluster.taskManagers];
    return {
      taskmanagers: all.length,
      "slots-total": all.reduce((sum, [, t]) => sum + t.slots, 0),
      "slots-available": all.reduce((sum, [id]) => sum + this.cluster.freeSlots(id), 0),
      "flink-version": "1.14.6",
    };
  }

  private upload(body: string) {
    const name = /filename="([^"]+)"/.exec(body)?.[1] ?? "";
    const id = `${++this.counter}_${name}`;
    this.jars.set(id, name);
    return { filename: `/tmp/flink-web-upload/${id}`, status: "success" };
  }

  private run(jar = "", what = "", body: RunBody): unknown {
    if (!this.jars.has(jar)) return error(404, `Jar file ${jar} does not exist`);
    if (this.programFault !== undefined) return error(400, "Internal", this.programFault);
    if (what === "plan") return { plan: {} };
    const { jobId: id, parallelism, programArgsList: args, savepointPath: startedFrom } = body;
    if (this.cluster.jobs.has(id)) {
      return error(500, "o.a.f.DuplicateJobSubmissionException: Job has already been submitted.");
    }
    this.cluster.startJob({ id, parallelism, args, jar, startedFrom });
    return { jobid: id };
  }

  private stop(job: FakeJob, { targetDirectory: folder }: { targetDirectory: string }): unknown {
    const trigger = `trigger${++this.counter}`;
    // A second stop lets the first one finish, and fails then.
    if (job.stops.length > 0) this.completeStop(job);
    if (TERMINAL_STATES.has(job.state))
      this.failSavepoint(trigger, "Not all required tasks are currently running");
    else if (this.savepointFault !== undefined) this.failSavepoint(trigger, this.savepointFault);
    else job.stops.push({ trigger, folder });
    if (this.stops === "at-once") this.completeStop(job);
    return { status: 202, body: { "request-id": trigger } };
  }

  completeStop(job: FakeJob): void {
    const done = this.cluster.completeStop(job);
    if (done !== undefined) this.savepoints.set(done.trigger, { location: done.location });
  }

  private failSavepoint(trigger: string, trace: string): void {
    this.savepoints.set(trigger, { "failure-cause": { class: "x", "stack-trace": trace } });
  }

  private status(job: FakeJob, trigger = ""): unknown {
    if (this.stops === "when-asked") this.completeStop(job);
    const operation = this.savepoints.get(trigger);
    const known = operation !== undefined || job.stops.some((s) => s.trigger === trigger);
    if (!known) return error(404, `No savepoint for ${trigger}`);
    const id = operation === undefined ? "IN_PROGRESS" : "COMPLETED";
    return { status: 200, body: { status: { id }, operation: operation ?? null } };
  }

  private rescale(job: FakeJob, wanted: Requirements): unknown {
    job.sourceParallelism = wanted["source"]?.parallelism.upperBound ?? 1;
    this.cluster.place(job, wanted["sink"]?.parallelism.upperBound ?? 1);
    return {};
  }
}

type Requirements = Record<string, { parallelism: { lowerBound: number; upperBound: number } }>;

function requirements(job: FakeJob): Requirements {
  const upTo = (upperBound: number) => ({ parallelism: { lowerBound: 1, upperBound } });
  return { source: upTo(job.sourceParallelism), sink: upTo(job.parallelism) };
}

function detail(job: FakeJob) {
  const running = (parallelism: number) =>
    job.state === "RUNNING" ? Math.min(parallelism, job.placement.length) : 0;
  const vertexOf = (id: string, name: string, parallelism: number) => ({
    ...{ id, name, parallelism, maxParallelism: 256 },
    tasks: { RUNNING: running(parallelism) },
  });
  return {
    jid: job.id,
    name: "wordcount",
    state: job.state,
    vertices: [
      vertexOf("source", "Source: lines", job.sourceParallelism),
      vertexOf("sink", "count -> Sink", job.parallelism),
    ],
  };
}

function vertex(job: FakeJob, id = "") {
  const parallelism = id === "source" ? job.sourceParallelism : job.parallelism;
  const subtasks = Array.from({ length: parallelism }, (_, i) => ({
    "taskmanager-id": job.placement[i] ?? "(unassigned)",
  }));
  return { subtasks };
}

function cancel(job: FakeJob): unknown {
  if (TERMINAL_STATES.has(job.state)) return error(409, "Job is already terminated");
  job.state = "CANCELED";
  return { status: 202, body: {} };
}
