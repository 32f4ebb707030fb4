import { z } from "zod";
import { UserError } from "../../infra/errors";
import { complaint, problemsOf } from "../../policies/problem";
import type { PlantSettings } from "../../policies/simulator/plant";
import { duration } from "../../policies/units";
import type { PrometheusQuery } from "./traces/prometheus";

const numeric = (what: string, fits: (value: number) => boolean) => {
  const message = complaint(`it is not ${what}`, `give ${what}`);
  return z
    .string()
    .refine((text) => text.trim() !== "" && fits(Number(text)), message)
    .transform(Number);
};
const count = (min: number, max: number) =>
  numeric(
    `a whole number from ${min} to ${max}`,
    (n) => Number.isInteger(n) && n >= min && n <= max,
  );
const positive = numeric("a number above 0", (n) => n > 0 && Number.isFinite(n));
const share = numeric("a number above 0, at most 1", (n) => n > 0 && n <= 1);
/** In seconds. */
const span = (leastSeconds: number) =>
  duration
    .transform((ms) => ms / 1000)
    .refine(
      (seconds) => seconds >= leastSeconds,
      complaint(`it is less than ${leastSeconds} s`, `give at least ${leastSeconds}s`),
    );
/** In milliseconds since the epoch. */
const instant = z.iso
  .datetime({
    offset: true,
    error: complaint("it is not an instant with a zone", "write it as 2026-11-23T09:00:00+08:00"),
  })
  .transform((text) => Date.parse(text));
const url = z.url({
  protocol: /^(https?|kubernetes)$/,
  error: complaint("it is not a web address", "give one such as http://127.0.0.1:9090"),
});
const override = z
  .string()
  .regex(
    /^[^=\s]+=/,
    complaint("it is not a setting and its value", "write it as otherwise.ceiling=4"),
  )
  .transform((text) => {
    const at = text.indexOf("=");
    return { path: text.slice(0, at), value: text.slice(at + 1) };
  });

const plantOptions = {
  "slot-rate": positive.optional(),
  "allowed-lag": span(1).optional(),
  slots: count(1, 64).optional(),
  floor: count(1, 10_000).optional(),
  ceiling: count(1, 10_000).optional(),
  "start-up": span(0).optional(),
  "rescale-gap": span(0).optional(),
  "warm-up": span(0).optional(),
  "warm-up-share": share.optional(),
  checkpoint: span(1).optional(),
  ready: count(0, 10_000).optional(),
  "node-start": span(0).optional(),
  contention: numeric("a number from 0, below 1", (n) => n >= 0 && n < 1).optional(),
};

const schema = z.object({
  trace: z.array(z.string()).default([]),
  family: z.array(z.string()).default([]),
  prometheus: url.optional(),
  query: z.string().min(1).optional(),
  from: instant.optional(),
  to: instant.optional(),
  step: span(1).optional(),
  days: count(1, 366).optional(),
  seed: count(0, 2 ** 32 - 1).default(1),
  policy: z.array(z.string()).default(["all"]),
  list: z.boolean().default(false),
  tenant: z.string().optional(),
  "what-if": z.string().optional(),
  set: z.array(override).default([]),
  html: z.string().min(1).optional(),
  json: z.string().min(1).optional(),
  price: numeric("a number from 0", (n) => n >= 0 && Number.isFinite(n)).default(0.05),
  ...plantOptions,
});

type Values = z.output<typeof schema>;

/** Which plant setting an option gives. */
const PLANT: Readonly<Record<keyof typeof plantOptions, keyof PlantSettings>> = {
  "slot-rate": "slotRate",
  "allowed-lag": "allowedLagSeconds",
  slots: "slotsPerTaskManager",
  floor: "floor",
  ceiling: "ceiling",
  "start-up": "taskManagerStartSeconds",
  "rescale-gap": "rescaleGapSeconds",
  "warm-up": "warmUpSeconds",
  "warm-up-share": "warmUpShare",
  checkpoint: "checkpointSeconds",
  ready: "readyTaskManagers",
  "node-start": "nodeStartSeconds",
  contention: "contention",
};

export interface Settings {
  files: string[];
  families: string[];
  prometheus?: PrometheusQuery;
  days?: number;
  seed: number;
  policies: string[];
  list: boolean;
  /** Only what the command line gives. */
  plant: Partial<PlantSettings>;
  tenant?: string;
  whatIf?: string;
  set: { path: string; value: string }[];
  html?: string;
  json?: string;
  price: number;
}

/** Reads what the command line gave. Throws UserError with every problem at once. */
export function settingsFrom(raw: Readonly<Record<string, unknown>>): Settings {
  const parsed = schema.safeParse(raw);
  const problems = parsed.success ? together(parsed.data) : problemsOf(parsed.error, raw);
  if (!parsed.success || problems.length > 0) {
    const named = problems.map((problem) => ({ ...problem, path: `--${problem.path}` }));
    throw new UserError("The command line can't be used (--help says more):", named);
  }
  const { data } = parsed;
  const prometheus = prometheusOf(data);
  return {
    files: data.trace,
    families: data.family,
    seed: data.seed,
    policies: data.policy,
    list: data.list,
    plant: plantOf(data),
    set: data.set,
    price: data.price,
    ...given({ days: data.days, tenant: data.tenant, whatIf: data["what-if"], prometheus }),
    ...given({ html: data.html, json: data.json }),
  };
}

/** Without the keys that have no value. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function plantOf(values: Values): Partial<PlantSettings> {
  const entries = Object.entries(PLANT) as [keyof typeof plantOptions, keyof PlantSettings][];
  return given(Object.fromEntries(entries.map(([option, key]) => [key, values[option]])));
}

const QUERY = ["query", "from", "to", "step"] as const;

function prometheusOf({ prometheus, query, from, to, step }: Values): PrometheusQuery | undefined {
  if (!prometheus || !query || from === undefined || to === undefined || !step) return undefined;
  return { url: prometheus, query, fromMs: from, toMs: to, stepSeconds: step };
}

/** What is wrong between options that are good by themselves. */
function together(values: Values) {
  const problems = QUERY.flatMap((option) => {
    if ((values[option] === undefined) === (values.prometheus === undefined)) return [];
    return values.prometheus === undefined
      ? [problem(option, undefined, "it stands without --prometheus", "give --prometheus URL")]
      : [problem(option, undefined, "it is missing", `--prometheus needs --${QUERY.join(", --")}`)];
  });
  const { from, to, floor, ceiling, tenant } = values;
  if (from !== undefined && to !== undefined && from >= to) {
    problems.push(problem("to", undefined, "it is not after --from", "give a later instant"));
  }
  if (floor !== undefined && ceiling !== undefined && floor > ceiling) {
    const fix = `lower it to at most ${ceiling}, or raise --ceiling`;
    problems.push(problem("floor", floor, `it is above the ceiling of ${ceiling}`, fix));
  }
  const changes = { "what-if": values["what-if"], set: values.set[0]?.path };
  for (const [option, value] of Object.entries(changes)) {
    if (value === undefined || tenant !== undefined) continue;
    problems.push(problem(option, value, "there is nothing to change", "give --tenant FILE too"));
  }
  return problems;
}

function problem(path: string, value: unknown, fault: string, fix: string) {
  return { path, value, fault, fix };
}
