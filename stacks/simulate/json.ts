import type { PlantSettings } from "../../policies/simulator/plant";
import type { PolicyInfo } from "./contestant";
import { figuresOf, rounded, type Figures } from "./figures";
import type { TraceRun } from "./runs";
import { summarize, type Summary } from "./summary";

/** What was asked for, as far as it decides the figures. */
export interface ResultSettings {
  days: number | null;
  seed: number;
  price: number;
  /** What the command line gave; the traces say what they were played on. */
  plant: Partial<PlantSettings>;
}

export interface TraceResult {
  name: string;
  description: string;
  hours: number;
  /** Infinite settings are null in JSON. */
  plant: PlantSettings;
  policies: Record<string, Figures>;
}

/** What `--json` writes. The same input gives the same file: it holds no date, path or machine. */
export interface Result {
  version: 1;
  settings: ResultSettings;
  policies?: Record<string, Figures>;
  traces: TraceResult[];
  summary: Summary;
}

/** The figures of all runs; those of a single trace stand at the top, too. */
export function resultOf(
  runs: readonly TraceRun[],
  policies: readonly PolicyInfo[],
  settings: ResultSettings,
): Result {
  const traces = runs.map((run) => ({
    name: run.name,
    description: run.description,
    hours: rounded(run.hours),
    plant: run.plant,
    policies: Object.fromEntries(
      run.outcomes.map((outcome) => [outcome.policy, figuresOf(outcome, settings.price)]),
    ),
  }));
  const [first, ...others] = traces;
  return {
    version: 1,
    settings,
    ...(first !== undefined && others.length === 0 ? { policies: first.policies } : {}),
    traces,
    summary: summarize(policies, traces),
  };
}
