import type { InForce } from "./layers";
import type { Bounds, JobSpec, Tenant } from "./tenant";
import { wantedParallelism } from "./tenant-parts";
import { holds, type Opening } from "./time-window";
import { WindowTimeline } from "./window-timeline";

export type { InForce } from "./layers";

/** How long capacity takes to be ready where nothing was measured yet, in milliseconds. */
export const DEFAULT_LEAD_MS = 30_000;

/** How long before a window opens its capacity is to be there: as configured or, with `auto`, as measured. */
export function leadFor({ lead }: Pick<Tenant, "lead">, measuredMs = DEFAULT_LEAD_MS): number {
  return lead === "auto" ? measuredMs : lead;
}

/** What is in force over some time. */
type Answer = Opening & { inForce: InForce };

/** What was asked last about a tenant. */
interface Memory {
  timeline: WindowTimeline;
  early?: Answer & { leadMs: number };
  edge?: Opening & { leadMs: number; edgeMs: number | undefined };
}

const memories = new WeakMap<Tenant, Memory>();

function memoryOf(tenant: Tenant): Memory {
  let memory = memories.get(tenant);
  if (memory === undefined) {
    memory = { timeline: new WindowTimeline(tenant) };
    memories.set(tenant, memory);
  }
  return memory;
}

/**
 * What is in force for a tenant at an instant, a Date or milliseconds since the epoch. What was worked out for a
 * tenant is remembered, so a tenant is never changed in place.
 *
 * `leadMs` is how long before a window opens its capacity is to be ready: what raises floor or parallelism is then in
 * force that much earlier, and nothing is lowered before its time. Where the window to come would also lower
 * something, until then the higher of both holds, and the name says so: `night into morning`.
 */
export function windowAt(tenant: Tenant, instant: Date | number, leadMs = 0): InForce {
  return answerAt(memoryOf(tenant), tenant.jobs, Number(instant), leadMs).inForce;
}

function answerAt(memory: Memory, jobs: readonly JobSpec[], ms: number, leadMs: number): Answer {
  if (leadMs <= 0) return memory.timeline.at(ms);
  const { early } = memory;
  if (early?.leadMs === leadMs && holds(early, ms)) return early;
  const found = { ...lookAhead(memory.timeline, jobs, ms, leadMs), leadMs };
  memory.early = found;
  return found;
}

/** What is in force at an instant or raises it within the lead; worked out anew. */
function lookAhead(
  timeline: WindowTimeline,
  jobs: readonly JobSpec[],
  ms: number,
  leadMs: number,
): Answer {
  const now = timeline.at(ms);
  let { fromMs, inForce } = now;
  let next = timeline.at(now.toMs);
  while (next.fromMs - leadMs <= ms) {
    fromMs = Math.max(fromMs, next.fromMs - leadMs);
    inForce = raised(inForce, next.inForce, jobs);
    next = timeline.at(next.toMs);
  }
  return { fromMs, toMs: Math.min(now.toMs, next.fromMs - leadMs), inForce };
}

/** The higher of both where what comes next raises floor or parallelism; else what is in force. */
function raised(now: InForce, next: InForce, jobs: readonly JobSpec[]): InForce {
  const higher = jobs.map((job) => {
    const [is, will] = [wantedParallelism(now.bounds, job), wantedParallelism(next.bounds, job)];
    return { name: job.name, is, will, most: Math.max(is, will) };
  });
  const raises = next.bounds.floor > now.bounds.floor || higher.some(({ is, will }) => will > is);
  if (!raises) return now;
  const lowers =
    next.bounds.floor < now.bounds.floor ||
    next.bounds.ceiling < now.bounds.ceiling ||
    higher.some(({ is, will }) => will < is);
  if (!lowers) return next;
  const bounds: Bounds = {
    floor: Math.max(now.bounds.floor, next.bounds.floor),
    ceiling: Math.max(now.bounds.ceiling, next.bounds.ceiling),
    parallelism: Object.fromEntries(higher.map(({ name, most }) => [name, most])),
  };
  return {
    name: `${now.name} into ${next.name}`,
    bounds,
    layers: [...new Set([...now.layers, ...next.layers])],
  };
}

/**
 * Blocks of two days after the instant's own that are looked through: a window that opens once a week may, in the hour
 * that clocks skip, miss one time.
 */
const BLOCKS_AHEAD = 7;

/**
 * The first instant after this one at which `windowAt` with the same lead gives another name, in milliseconds since
 * the epoch; undefined where there is none. It is looked for over two weeks and then around the dates that windows
 * and exceptions name: a week in which nothing changes is followed by more of them.
 */
export function nextEdge(tenant: Tenant, instant: Date | number, leadMs = 0): number | undefined {
  const memory = memoryOf(tenant);
  const ms = Number(instant);
  const { edge, timeline } = memory;
  if (edge?.leadMs === leadMs && holds(edge, ms)) return edge.edgeMs;
  const edgeMs = changeAfter(timeline, ms, (at) =>
    leadMs <= 0 ? timeline.at(at) : lookAhead(timeline, tenant.jobs, at, leadMs),
  );
  // Further ahead, how far is looked depends on the block of the instant.
  const near = edgeMs !== undefined && edgeMs < timeline.endOfBlock(ms, BLOCKS_AHEAD);
  const toMs = near ? edgeMs : Math.min(edgeMs ?? Infinity, timeline.endOfBlock(ms));
  memory.edge = { fromMs: ms, toMs, leadMs, edgeMs };
  return edgeMs;
}

function changeAfter(
  timeline: WindowTimeline,
  ms: number,
  answer: (at: number) => Answer,
): number | undefined {
  const now = answer(ms);
  const scan = (fromMs: number, toMs: number): number | undefined => {
    let at = fromMs;
    while (at < toMs) {
      const next = answer(at);
      if (next.inForce.name !== now.inForce.name) return at;
      at = next.toMs;
    }
    return undefined;
  };
  const horizonMs = timeline.endOfBlock(ms, BLOCKS_AHEAD);
  const near = scan(now.toMs, horizonMs);
  if (near !== undefined) return near;
  for (const { fromMs, toMs } of timeline.datedBlocks(horizonMs)) {
    const found = scan(fromMs, toMs);
    if (found !== undefined) return found;
  }
  return undefined;
}
