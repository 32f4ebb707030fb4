import Table from "cli-table3";
import pc from "picocolors";
import { changed, NONE } from "../../report/format";
import { span } from "../../simulate/print";
import type { ConductorView, TenantView } from "../tenant-view";
import { printAhead, printSpan } from "./clock";
import { sentence } from "./entry";
import { isStale, printStale, startCommand } from "./freshness";
import type { JobView } from "./job";

type Paint = ReturnType<typeof pc.createColors>;

const COLUMNS = [
  "tenant",
  "window",
  "TaskManagers",
  "slots",
  "parallelism",
  "lag",
  "doing",
  "next edge",
];
/** What is done is told in a sentence, which is folded to this many letters. */
const DOING = { column: 6, letters: 36 };

/**
 * What the conductor published last, for a terminal: a row a tenant, and under it what is wrong.
 *
 * @param color whether to colour it. @default only when standard output is a terminal that wants colours
 */
export function statusTable(
  view: ConductorView,
  now: Date,
  color = pc.isColorSupported && process.stdout.isTTY === true,
): string {
  const paint = pc.createColors(color);
  const table = new Table({
    head: COLUMNS.map((title) => paint.bold(title)),
    colWidths: COLUMNS.map((_, i) => (i === DOING.column ? DOING.letters + 2 : null)),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...view.tenants.map((tenant) => row(tenant, now.getTime(), paint)));
  const tenants = view.tenants.length === 0 ? "It has no tenants." : table.toString();
  const wrong = view.tenants.flatMap((tenant) => faults(tenant, paint)).join("\n");
  return [heading(view, now.getTime(), paint), tenants, wrong]
    .filter((block) => block !== "")
    .join("\n\n");
}

function heading(view: ConductorView, nowMs: number, paint: Paint): string {
  const { environment, pid, host, atMs, fence, cycleSeconds } = view;
  const who = `process ${pid} on ${host}`;
  const role = view.leading ? `leads (fence ${fence})` : "stands by for another one";
  if (isStale(atMs, nowMs)) {
    const old = `!! This is ${printStale(atMs, nowMs)} (${who}).`;
    return `${paint.red(old)} To start one: ${startCommand(environment)}`;
  }
  const age = printSpan(Math.max(0, nowMs - atMs));
  return `The conductor of ${environment}, ${who}, ${role}; ${age} old, a cycle took ${span(cycleSeconds)}.`;
}

function row(view: TenantView, nowMs: number, paint: Paint): string[] {
  const { slotsTotal: total, slotsAvailable: free, nextEdgeMs } = view;
  const each = (print: (job: JobView) => string) => view.jobs.map(print).join("\n") || NONE;
  return [
    view.tenant,
    view.window,
    `${view.taskManagers ?? NONE}/${view.wantedTaskManagers ?? NONE} (${view.floor}..${view.ceiling})`,
    total === null || free === null ? NONE : `${total - free}/${total}`,
    each((job) => parallelism(job, paint)),
    each((job) => lag(job, paint)),
    doing(view),
    nextEdgeMs === null ? NONE : printAhead(nextEdgeMs, nowMs),
  ];
}

/** `wordcount 4`, `wordcount 4 → 6`, `wordcount 4 FAILED` */
function parallelism(
  { job, state, parallelism: now, wantedParallelism }: JobView,
  paint: Paint,
): string {
  const wanted = wantedParallelism ?? now;
  const size =
    now === null || wanted === null
      ? `${now ?? NONE} → ${wanted ?? NONE}`
      : changed({ before: now, after: wanted });
  const fault = state === "RUNNING" ? "" : ` ${paint.red(state ?? "unknown")}`;
  return `${job} ${size}${fault}`;
}

function lag({ lagSeconds, allowedLagSeconds }: JobView, paint: Paint): string {
  if (lagSeconds === null) return NONE;
  const text = `${span(lagSeconds)} of ${span(allowedLagSeconds)}`;
  return lagSeconds > allowedLagSeconds ? paint.red(text) : text;
}

function doing({ doing: what, paused, hold }: TenantView): string {
  const orders = [
    ...(paused ? ["paused"] : []),
    ...(hold === null ? [] : [`held at ${hold.taskManagers}`]),
  ];
  return [...new Set([...orders, what])].join(", ");
}

function faults({ tenant, problem, alerts }: TenantView, paint: Paint): string[] {
  const sentences = [...(problem === null ? [] : [problem]), ...alerts];
  return sentences.map((text) => `${paint.red("!!")} ${tenant}: ${sentence(text)}`);
}
