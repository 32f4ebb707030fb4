import * as path from "node:path";
import { UserError } from "../../infra/errors";
import type { Trace } from "../../policies/simulator/trace";
import { choose } from "./choose";
import type { Settings } from "./options";
import { FAMILIES, type Family } from "./traces/families";
import { prometheusTrace } from "./traces/prometheus";
import { REAL_TRACES } from "./traces/real";
import { readTraceFile } from "./traces/trace-file";

/** Every trace that needs no file. */
export const BUILT_IN: readonly Family[] = [...FAMILIES, ...REAL_TRACES];

export type TraceSettings = Pick<Settings, "files" | "families" | "prometheus" | "days" | "seed">;

/**
 * The traces asked for, each with a name of its own; without any wish, all built-in ones. `shape` changes the
 * built-in ones; what the user brings stays as it is.
 */
export async function loadTraces(
  settings: TraceSettings,
  shape: (trace: Trace) => Trace = (trace) => trace,
): Promise<Trace[]> {
  const { files, families, prometheus, days, seed } = settings;
  const nothing = files.length === 0 && families.length === 0 && prometheus === undefined;
  const built = choose("--family", nothing ? ["all"] : families, BUILT_IN);
  const traces = [
    ...files.map(fromFile),
    ...(prometheus === undefined ? [] : [await prometheusTrace(prometheus)]),
    ...built.map((family) =>
      shape(family.create({ seed, ...(days === undefined ? {} : { days }) })),
    ),
  ];
  traces.forEach(refuseTooShort);
  return withOwnNames(traces);
}

/** Results do not tell in which folder a file lies: they are the same on every machine. */
function fromFile(file: string): Trace {
  const trace = readTraceFile(file);
  const description = trace.description.replace(file, () => path.basename(file));
  return { ...trace, description };
}

const LEAST_MS = 1_000;

function refuseTooShort({ name, startMs, endMs }: Trace): void {
  if (endMs - startMs >= LEAST_MS) return;
  throw new UserError(
    `The trace ${name} is only ${(endMs - startMs) / 1000} s long. Give one of a second at least.`,
  );
}

function withOwnNames(traces: readonly Trace[]): Trace[] {
  const taken = new Set<string>();
  return traces.map((trace) => {
    let name = trace.name;
    for (let i = 2; taken.has(name); i++) name = `${trace.name}-${i}`;
    taken.add(name);
    return { ...trace, name };
  });
}
