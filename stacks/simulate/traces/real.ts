import * as fs from "node:fs";
import * as path from "node:path";
import type { Trace } from "../../../policies/simulator/trace";
import { parseCsvSamples } from "./csv";
import { traceFromSamples } from "./samples";

/** A count of real events over two weeks; `real/README.md` says where each comes from. */
interface Recording {
  name: string;
  /** What was counted; the column of the CSV file. */
  column: string;
  description: string;
}

/** Every recording is multiplied so that its largest count becomes this rate, in records per second. */
const PEAK = 20_000;

const RECORDINGS: readonly Recording[] = [
  {
    name: "departures",
    column: "departures",
    description: "Flights that left New York, per quarter of an hour, July 2013",
  },
  {
    name: "road",
    column: "vehicles",
    description:
      "Vehicles on a motorway near Minneapolis, per hour, May 2017, a holiday among them",
  },
  {
    name: "orders",
    column: "orders",
    description: "Orders at a British web shop, per half hour, November 2011; closed at night",
  },
];

/** A built-in trace of real events. */
export interface RealTrace {
  /** As `--family` takes it. */
  name: string;
  description: string;
  create(): Trace;
}

/** The built-in traces of real events, at the pace at which they happened. */
export const REAL_TRACES: readonly RealTrace[] = RECORDINGS.map(({ name, column, description }) => {
  const scaled = `${description}; counts scaled to a peak of ${PEAK.toLocaleString("en")} records/s, real pace`;
  return { name, description: scaled, create: () => load(name, column, scaled) };
});

function load(name: string, column: string, description: string): Trace {
  const file = path.join(__dirname, "real", `${name}.csv`);
  const { timesMs, rates } = parseCsvSamples(fs.readFileSync(file, "utf8"), file, column);
  const scale = PEAK / rates.reduce((max, count) => Math.max(max, count), 0);
  return traceFromSamples({ name, description }, { timesMs, rates: rates.map((c) => c * scale) });
}
