import type { TenantView } from "../../../tenant-view";
import { between, clock, count, counted, runsAndWanted, seconds } from "./text";

type Job = TenantView["jobs"][number];

/** A tenant that was not looked at for so long is shown as out of date, in milliseconds. */
export const STALE_MS = 60_000;

export interface Badge {
  text: string;
  bad: boolean;
}

/** What of a tenant needs a look or isn't as usual, the worst first. */
export function badgesOf(tenant: TenantView, nowMs: number): Badge[] {
  const bad = (text: string, shown: boolean) => (shown ? [{ text, bad: true }] : []);
  const plain = (text: string, shown: boolean) => (shown ? [{ text, bad: false }] : []);
  const stopped = tenant.jobs.filter(({ state }) => state !== null && state !== "RUNNING");
  return [
    ...bad("problem", tenant.problem !== null),
    ...bad(counted(tenant.alerts.length, "alert"), tenant.alerts.length > 0),
    ...bad(`${counted(stopped.length, "job")} not running`, stopped.length > 0),
    ...bad("lag above the limit", tenant.jobs.some(isLate)),
    ...bad("out of date", isStale(tenant, nowMs)),
    ...plain("paused", tenant.paused),
    ...plain("held", tenant.hold !== null),
    ...plain("busy", tenant.doing !== "idle"),
  ];
}

export function isLate({ lagSeconds, allowedLagSeconds }: Job): boolean {
  return lagSeconds !== null && lagSeconds > allowedLagSeconds;
}

export function isStale({ atMs }: TenantView, nowMs: number): boolean {
  return nowMs - atMs > STALE_MS;
}

/** One line for the list. */
export function briefOf(tenant: TenantView, nowMs: number): string {
  const lags = tenant.jobs.flatMap(({ lagSeconds }) => (lagSeconds === null ? [] : [lagSeconds]));
  return [
    `window ${tenant.window}`,
    `${runsAndWanted(tenant.taskManagers, tenant.wantedTaskManagers)} TaskManagers (${tenant.floor} to ${tenant.ceiling})`,
    `lag ${seconds(lags.length === 0 ? null : Math.max(...lags))}`,
    ...(tenant.nextEdgeMs === null ? [] : [`next edge ${clock(tenant.nextEdgeMs, nowMs)}`]),
  ].join(" · ");
}

/** Names and values of what is known of a tenant, always the same names in the same order. */
export function factsOf(tenant: TenantView, nowMs: number): (readonly [string, string])[] {
  const { hold, decision, slotsTotal, slotsAvailable } = tenant;
  const used = slotsTotal === null || slotsAvailable === null ? null : slotsTotal - slotsAvailable;
  return [
    ["Window", tenant.window],
    ["Floor to ceiling", `${tenant.floor} to ${tenant.ceiling} TaskManagers`],
    ["TaskManagers", runsAndWanted(tenant.taskManagers, tenant.wantedTaskManagers)],
    ["Slots in use", `${count(used)} of ${count(slotsTotal)}`],
    ["Next edge", nextEdge(tenant, nowMs)],
    ["Doing", tenant.doing],
    [
      "Orders in force",
      [
        tenant.paused ? "paused" : "",
        hold === null
          ? ""
          : `held at ${counted(hold.taskManagers, "TaskManager")} until ${clock(Date.parse(hold.until), nowMs)}`,
      ]
        .filter(Boolean)
        .join(", ") || "none",
    ],
    ["Observed", `${between(tenant.atMs, nowMs)} ago`],
    [
      "Last update took",
      tenant.lastUpdateSeconds === null ? "–" : seconds(tenant.lastUpdateSeconds),
    ],
    [
      "Last decision",
      decision === null
        ? "none yet"
        : `${clock(Date.parse(decision.at), nowMs)}: ${tenant.explanation ?? ""}`,
    ],
  ];
}

function nextEdge({ nextEdgeMs }: TenantView, nowMs: number): string {
  if (nextEdgeMs === null) return "none foreseen";
  return `${clock(nextEdgeMs, nowMs)}, in ${between(nowMs, nextEdgeMs)}`;
}

export const JOB_COLUMNS = [
  "Job",
  "State",
  "Parallelism",
  "Arrive/s",
  "Processed/s",
  "Waiting",
  "Lag",
  "Allowed lag",
  "Why not otherwise",
] as const;

/** Cells of a job's row. */
export function jobCells(job: Job): string[] {
  return [
    job.job,
    job.state ?? "unknown",
    runsAndWanted(job.parallelism, job.wantedParallelism),
    count(job.producedPerSecond),
    count(job.consumedPerSecond),
    count(job.backlogRecords),
    `${seconds(job.lagSeconds)}${isLate(job) ? ", too much" : ""}`,
    seconds(job.allowedLagSeconds),
    job.held ?? "–",
  ];
}

/** What happened to a tenant from one view to the next, as sentences. */
export function newsOf(before: TenantView, after: TenantView): string[] {
  const news = [
    ...(after.decision !== null && after.decision.at !== before.decision?.at
      ? [after.explanation ?? ""]
      : []),
    ...after.alerts.filter((alert) => !before.alerts.includes(alert)),
    ...before.alerts
      .filter((alert) => !after.alerts.includes(alert))
      .map((alert) => `over: ${alert}`),
    ...(after.problem !== null && after.problem !== before.problem ? [after.problem] : []),
  ];
  return news.map((sentence) => `${after.tenant}: ${sentence}`);
}
