import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Table from "cli-table3";
import { step } from "../../infra/progress";
import type { Decision } from "../../policies/decision";
import { planFor, type Observed } from "../../policies/plan";
import { flinktidePolicy } from "../../policies/scaling/policy";
import { plantFor } from "../../policies/simulator/plant";
import { simulate } from "../../policies/simulator/simulate";
import type { Trace } from "../../policies/simulator/trace";
import type { Tenant } from "../../policies/tenant";
import type { Contestant } from "../simulate/contestant";
import { CONTESTANTS } from "../simulate/registry";
import { FAMILIES } from "../simulate/traces/families";
import { benchTenants } from "./bench-tenants";
import { distribution, type Distribution } from "./distribution";
import { keepResult } from "./results";

const TENANTS = 10_000;
/** Of what is repeated, the run with the least CPU time counts: whatever else the machine does only adds to it. */
const RUNS = 5;
const DAYS = [7, 70] as const;
const DAY_MS = 86_400_000;
const MIB = 2 ** 20;

interface Figure {
  title: string;
  unit: "ms" | "MiB";
  /** Over what, where `values` are several. */
  over: string;
  values: Distribution;
  /** What the largest value may be. */
  most?: number;
}

/** How fast policies plan and simulate. Needs no container. */
export async function benchPolicies(keep: boolean): Promise<void> {
  const figures = [
    ...(await step(`Planning ${TENANTS} tenants`, async () => planning())),
    ...(await step("Simulating one day with each policy", async () => CONTESTANTS.map(oneDay))),
    await step(`Memory of a simulation over ${DAYS.join(" and ")} days`, async () => memory()),
  ];
  print(figures);
  if (keep) keepResult("bench-policies", figures);
}

/** CPU time of this process, all its threads, in milliseconds. */
function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function least(measure: () => number): number {
  return Math.min(...Array.from({ length: RUNS }, measure));
}

function planning(): Figure[] {
  const tenants = benchTenants(TENANTS);
  const at = new Date("2026-11-23T09:00:00Z");
  const later = new Date("2026-11-23T09:01:00Z");
  const decisions = tenants.map((tenant) => planFor(tenant, at, {}).decision);
  const all = (some: readonly Tenant[], now: Date, observedOf: (i: number) => Observed) =>
    cpuMs(() => some.forEach((tenant, i) => planFor(tenant, now, observedOf(i))));
  // What is remembered of a tenant's windows is remembered by the tenant: copies begin anew.
  const cold = least(() => all(structuredClone(tenants), at, () => ({})));
  const standing = (i: number) => ({ decision: decisions[i] as Decision });
  const again = least(() => all(tenants, later, standing));
  const advice = { count: { parallelism: 9, direction: "up" as const, reasons: [] } };
  const advised = least(() => all(tenants, later, (i) => ({ ...standing(i), advice })));
  const figure = (title: string, ms: number): Figure => ({
    title: `plan ${TENANTS} tenants, ${title}`,
    ...{ unit: "ms", over: "", values: distribution([ms]), most: 1_000 },
  });
  return [
    figure("for the first time", cold),
    figure("again", again),
    figure("with advice from the load", advised),
  ];
}

function oneDay(contestant: Contestant): Figure {
  const values = FAMILIES.map((family) => {
    const trace = family.create({ days: 1 });
    const plant = plantFor(trace);
    return least(() => cpuMs(() => simulate(contestant.on(plant), trace, plant)));
  });
  // The oracle plays the day many times over.
  const limit = contestant.name === "oracle" ? {} : { most: 100 };
  const over = `${FAMILIES.length} generated traces`;
  return {
    title: `one day, ${contestant.name}`,
    ...{ unit: "ms", over, values: distribution(values), ...limit },
  };
}

function memory(): Figure {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const gained = DAYS.map((days) => gainedMiB(days, collectGarbage));
  const [few, many] = gained as [number, number];
  return {
    title: `heap gained in ${DAYS[1]} days beyond ${DAYS[0]}, flinktide`,
    ...{ unit: "MiB", over: "", values: distribution([many - few]), most: 2 },
  };
}

/** What a run holds when its last day ends. */
function gainedMiB(days: number, collectGarbage: () => void): number {
  const held = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed / MIB;
  };
  const day = FAMILIES[0]?.create({ days }) as Trace;
  let atEnd = NaN;
  const rateAt = (ms: number) => {
    if (ms === day.endMs - 500) atEnd = held();
    return day.rateAt(ms);
  };
  const plant = plantFor({ ...day, endMs: day.startMs + DAY_MS });
  const before = held();
  simulate(flinktidePolicy(), { ...day, rateAt }, plant);
  return atEnd - before;
}

function print(figures: readonly Figure[]): void {
  const head = ["CPU time, or memory", "unit", "least", "median", "most", "may be", ""];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { title, unit, over, values, most } of figures) {
    const { count, min, median, max } = values;
    const several = count > 1 ? ` (${over})` : "";
    const numbers = [min, median, max].map((n) => n.toFixed(1));
    const verdict = most === undefined ? "" : max <= most ? "ok" : "TOO MUCH";
    table.push([`${title}${several}`, unit, ...numbers, most ?? "", verdict]);
  }
  process.stdout.write(
    `${table.toString()}\nCPU time is that of the process; of ${RUNS} runs of the same, the least.\n`,
  );
}
