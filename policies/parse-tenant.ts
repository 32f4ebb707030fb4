import type { z } from "zod";
import { distinct, problemsOf, type Problem } from "./problem";
import { jobSchema, tenantSchema, topicSchema, type Tenant } from "./tenant";
import type { PartialTenant } from "./tenant-parts";
import { crossProblems } from "./tenant-rules";
import { exceptionSchema, windowSchema } from "./window-schema";

/** `parts` are the settings that parse on their own, so that further checks can look at them. */
export type ParsedTenant =
  | { ok: true; tenant: Tenant; parts: PartialTenant }
  | { ok: false; problems: readonly Problem[]; parts: PartialTenant };

/**
 * Reads a tenant block. All problems are reported at once: those of single settings and, for the parts that
 * parse, those between settings.
 */
export function parseTenant(raw: unknown): ParsedTenant {
  const parsed = tenantSchema.safeParse(raw);
  const parts = parsed.success ? parsed.data : salvage(raw);
  const problems = [
    ...(parsed.success ? [] : problemsOf(parsed.error, raw)),
    ...crossProblems(parts),
  ];
  if (parsed.success && problems.length === 0) return { ok: true, tenant: parsed.data, parts };
  return { ok: false, problems: distinct(problems), parts };
}

const ENTRIES: Readonly<Record<string, z.ZodType>> = {
  jobs: jobSchema,
  topics: topicSchema,
  windows: windowSchema,
  exceptions: exceptionSchema,
};

/** The top-level parts that parse on their own, and of lists the entries that do, at their places. */
function salvage(raw: unknown): PartialTenant {
  if (typeof raw !== "object" || raw === null) return {};
  const kept: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(tenantSchema.shape) as [string, z.ZodType][]) {
    const value = (raw as Record<string, unknown>)[key];
    const entry = ENTRIES[key];
    if (entry !== undefined && Array.isArray(value)) {
      kept[key] = value.map((item) => entry.safeParse(item).data);
    } else {
      const parsed = schema.safeParse(value);
      if (parsed.success) kept[key] = parsed.data;
    }
  }
  return kept as PartialTenant;
}
