import { z } from "zod";

/** What `pulumi up --json` prints: one engine event a line. Only what is read here is described. */

const stepSchema = z.object({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  new: z.object({ outputs: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

const eventSchema = z.object({
  timestamp: z.number(),
  resOutputsEvent: z.object({ metadata: stepSchema }).optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string() }).optional(),
  summaryEvent: z
    .object({ resourceChanges: z.record(z.string(), z.int()), isPreview: z.boolean() })
    .optional(),
});

/** What came of an update, preview or destroy. */
export interface Outcome {
  /** Resources by operation, unchanged ones left out: `{create: 1, update: 1}`. */
  changes: Record<string, number>;
  /** Logical names of the resources that were changed, by operation. */
  changed: Record<string, string[]>;
  /** Outputs of the stack; empty after a failure. */
  outputs: Record<string, unknown>;
  /** Messages of severity error, without colours. */
  errors: string[];
}

/** Operations that change nothing. */
const QUIET = new Set(["same", "read", "read-discard", "read-replacement"]);

/** Reads the events. Lines that are not JSON (a crash's last words) become errors. */
export function readOutcome(stdout: string): Outcome {
  const outcome: Outcome = { changes: {}, changed: {}, outputs: {}, errors: [] };
  for (const line of stdout.split("\n").filter((text) => text.trim() !== "")) {
    const event = parseEvent(line);
    if (event === undefined) outcome.errors.push(line);
    else addEvent(outcome, event);
  }
  return outcome;
}

function parseEvent(line: string): z.output<typeof eventSchema> | undefined {
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function addEvent(outcome: Outcome, event: z.output<typeof eventSchema>): void {
  const { diagnosticEvent, resOutputsEvent, summaryEvent } = event;
  if (diagnosticEvent?.severity === "error") {
    outcome.errors.push(plain(diagnosticEvent.message));
  }
  if (resOutputsEvent !== undefined) {
    const { op, urn, type, new: state } = resOutputsEvent.metadata;
    if (type === "pulumi:pulumi:Stack") outcome.outputs = state?.outputs ?? {};
    if (!QUIET.has(op)) (outcome.changed[op] ??= []).push(urn.split("::").at(-1) ?? urn);
  }
  if (summaryEvent !== undefined) {
    const counts = Object.entries(summaryEvent.resourceChanges);
    outcome.changes = Object.fromEntries(counts.filter(([op]) => !QUIET.has(op)));
  }
}

/** A message without the engine's colour marks. */
function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "").trim();
}
