import { z } from "zod";
import { UserError } from "../../infra/errors";

/** An instant: Unix time in ms, or ISO 8601 with an offset. Read as Unix time in ms. */
const instant = z.union([
  z.number().nonnegative(),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);
const count = z.int().nonnegative();
/** Null where nothing was measured. */
const measured = z.number().nonnegative().nullable();
const change = z.object({ before: count, after: count });

const transition = z.object({
  at: instant,
  tenant: z.string().min(1),
  label: z.string().min(1),
  taskManagers: change,
  parallelism: change,
  /** Length of the stack update. */
  updateSeconds: measured,
  /** Longest time in which nothing new was committed. */
  gapSeconds: measured,
  /** From the edge of the window to the job RUNNING at its new parallelism. */
  edgeToRunningSeconds: measured.optional(),
  lost: count.nullable(),
  duplicated: count.nullable(),
});

const sample = z.object({
  t: instant,
  /** Records per second read by the job, and written by it. */
  inputRate: measured,
  outputRate: measured,
  lagRecords: measured,
  slotsTotal: measured,
  slotsUsed: measured,
  parallelism: measured,
  taskManagers: measured,
});

const reportSchema = z.object({
  title: z.string().min(1),
  startedAt: instant,
  /** The machine, in words: processors, memory. */
  machine: z.string(),
  /** A checker's Verdict fits. */
  verdict: z.object({
    exact: z.boolean(),
    sentence: z.string(),
    words: count,
    lost: count,
    duplicated: count,
    unexpected: count,
  }),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  transitions: z.array(transition),
  /** In the order of time within each tenant. */
  series: z.array(z.object({ tenant: z.string().min(1), samples: z.array(sample) })),
  /** Where to look, or the command after which one can. */
  urls: z.array(
    z.object({
      name: z.string(),
      url: z.union([z.url({ protocol: /^https?$/ }), z.string().startsWith("kubectl ")]),
    }),
  ),
});

/** What a demo run found, as read: instants are Unix time in ms. */
export type DemoReport = z.output<typeof reportSchema>;
/** As written: instants may be ISO 8601 too. */
export type DemoReportInput = z.input<typeof reportSchema>;
export type Transition = DemoReport["transitions"][number];
export type Sample = DemoReport["series"][number]["samples"][number];

/** Reads a report: JSON text, or what was parsed from it. Throws UserError with every problem, each with its path. */
export function parseReport(json: unknown): DemoReport {
  const parsed = reportSchema.safeParse(typeof json === "string" ? parseJson(json) : json);
  if (parsed.success) return parsed.data;
  throw new UserError(
    "this is no demo report",
    parsed.error.issues.map((issue) => ({
      path: issue.path.join(".") || "report",
      fault: issue.message,
      fix: "what `npm run demo` wrote, unchanged",
    })),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`this is no demo report: ${(error as Error).message}`);
  }
}

/** Whether everything held: the counts are exact and every check passed. */
export function held(report: DemoReport): boolean {
  return report.verdict.exact && report.checks.every((check) => check.ok);
}
