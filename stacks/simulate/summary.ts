import type { PolicyInfo } from "./contestant";
import { rounded, type Figures } from "./figures";
import { counted } from "./print";

/** What the policies made of one trace: figures by policy name. */
export interface TraceFigures {
  name: string;
  policies: Readonly<Record<string, Figures>>;
}

/** One policy's means over all traces; every trace counts the same, however long it is. */
export interface Means {
  /** Slot-hours as a multiple of the oracle's, 1.2 for 20 % more; null where the oracle did not run. */
  slotHoursOfOracle: number | null;
  /** Slots paid for at a time. */
  slots: number;
  violationMinutes: number;
  rescalesPerDay: number;
}

/** One of the promises of the comparison. `ok` is null where the policies that it needs did not run. */
export interface Line {
  name: string;
  ok: boolean | null;
  /** A sentence with the numbers, and where it failed, the traces. */
  detail: string;
}

export interface Summary {
  policies: Record<string, Means>;
  lines: Line[];
}

/** The names of the product's own policy and of the clairvoyant one, which is a limit and no rival. */
export const OURS = "flinktide";
export const LIMIT = "oracle";

const ENOUGH_BELOW = 0.8;
const SHARE_OF_BEST = 0.25;
const OVER_LIMIT = 1.15;
/** Traces that a failed line names at most. */
const WORST = 3;

/** Means of every policy over the traces, and whether the product's policy keeps what it promises on them. */
export function summarize(
  policies: readonly PolicyInfo[],
  traces: readonly (TraceFigures & { hours: number })[],
): Summary {
  const means = new Map(policies.map((policy) => [policy.name, meansOf(policy.name, traces)]));
  const contest: Contest = {
    ours: means.get(OURS),
    rivals: policies
      .filter(({ name }) => name !== OURS && name !== LIMIT)
      .map(({ name, reactive }) => ({ name, reactive, means: means.get(name) ?? NOTHING })),
    traces,
  };
  return {
    policies: Object.fromEntries(means),
    lines: means.has(OURS)
      ? [cheaper(contest), calmer(contest), nearLimit(contest), neverBeaten(contest)]
      : [],
  };
}

interface Contest {
  ours: Means | undefined;
  rivals: { name: string; reactive: boolean; means: Means }[];
  traces: readonly TraceFigures[];
}

const NOTHING: Means = {
  slotHoursOfOracle: null,
  slots: 0,
  violationMinutes: 0,
  rescalesPerDay: 0,
};

function meansOf(name: string, traces: readonly (TraceFigures & { hours: number })[]): Means {
  const mean = (value: (figures: Figures, trace: (typeof traces)[number]) => number) => {
    const values = traces.flatMap((trace) => {
      const figures = trace.policies[name];
      return figures === undefined ? [] : [value(figures, trace)];
    });
    return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
  };
  const limited = traces.length > 0 && traces.every(({ policies }) => LIMIT in policies);
  return {
    slotHoursOfOracle: limited
      ? rounded(mean((f, { policies }) => f.slotHours / (policies[LIMIT]?.slotHours ?? 1)))
      : null,
    slots: rounded(mean((f, { hours }) => f.slotHours / hours)),
    violationMinutes: rounded(mean((f) => f.violationMinutes)),
    rescalesPerDay: rounded(mean((f) => f.rescalesPerDay)),
  };
}

/** Slot-hours to compare policies by: against the oracle's where it ran, so that no large trace outweighs the others. */
function size(means: Means): number {
  return means.slotHoursOfOracle ?? means.slots;
}

function cheaper({ ours = NOTHING, rivals, traces }: Contest): Line {
  const name =
    "slot-hours at least 20 % below every rival with no more minutes above the allowed lag";
  if (rivals.length === 0) return unjudged(name, "no rival ran");
  const asGood = rivals.filter((r) => r.means.violationMinutes <= ours.violationMinutes);
  const tooNear = asGood.filter((r) => size(ours) > ENOUGH_BELOW * size(r.means));
  const told = asGood.map((r) => `${r.name} ${percent(size(ours) / size(r.means) - 1)}`);
  const where = tooNear.map((rival) => {
    const ratio = (trace: TraceFigures) => ratioTo(rival.name, trace);
    return worstTraces(traces, ratio, ENOUGH_BELOW, (n) => percent(n - 1), `${rival.name} `);
  });
  const minutes = `ours ${number(ours.violationMinutes)} min`;
  return {
    name,
    ok: tooNear.length === 0,
    detail:
      asGood.length === 0
        ? `every rival has more minutes (${minutes}, the best rival ${number(fewest(rivals))} min).`
        : `${minutes}; ours against rivals with no more: ${told.join(", ")}${where.join("")}.`,
  };
}

function calmer({ ours = NOTHING, rivals, traces }: Contest): Line {
  const name = "minutes above the allowed lag at most a quarter of the best reactive rival's";
  const reactive = rivals.filter((rival) => rival.reactive);
  if (reactive.length === 0) return unjudged(name, "no reactive rival ran");
  const best = fewest(reactive);
  const who = reactive.find((rival) => rival.means.violationMinutes === best)?.name ?? "";
  const allowed = SHARE_OF_BEST * best;
  const minutes = (trace: TraceFigures) => trace.policies[OURS]?.violationMinutes;
  const ok = ours.violationMinutes <= allowed;
  return {
    name,
    ok,
    detail:
      `ours ${number(ours.violationMinutes)} min, at most ${number(allowed)} allowed ` +
      `(${who} ${number(best)})${ok ? "" : worstTraces(traces, minutes, allowed, (n) => `${number(n)} min`)}.`,
  };
}

function nearLimit({ ours = NOTHING, traces }: Contest): Line {
  const name = "slot-hours within 15 % of the oracle's";
  if (ours.slotHoursOfOracle === null) return unjudged(name, "the oracle did not run");
  const ok = ours.slotHoursOfOracle <= OVER_LIMIT;
  const ratio = (trace: TraceFigures) => ratioTo(LIMIT, trace);
  const where = ok ? "" : worstTraces(traces, ratio, OVER_LIMIT, (n) => percent(n - 1));
  return { name, ok, detail: `${percent(ours.slotHoursOfOracle - 1)}${where}.` };
}

/** Our slot-hours as a multiple of another policy's. */
function ratioTo(name: string, { policies }: TraceFigures): number | undefined {
  const [ours, theirs] = [policies[OURS], policies[name]];
  return ours && theirs ? ours.slotHours / theirs.slotHours : undefined;
}

/** Names the traces on which a value is furthest above its limit; a single one needs no naming. */
function worstTraces(
  traces: readonly TraceFigures[],
  value: (trace: TraceFigures) => number | undefined,
  limit: number,
  print: (value: number) => string,
  who = "",
): string {
  if (traces.length === 1) return "";
  const over = traces
    .map((trace) => ({ name: trace.name, value: value(trace) ?? 0 }))
    .filter((entry) => entry.value > limit)
    .sort((a, b) => b.value - a.value);
  const told = over.slice(0, WORST).map((entry) => `${entry.name} (${print(entry.value)})`);
  const more = over.length > WORST ? ` and ${over.length - WORST} more` : "";
  return `; ${who}missed on ${told.join(", ")}${more}`;
}

function neverBeaten({ rivals, traces }: Contest): Line {
  const name = "on no trace a rival is better in both slot-hours and minutes above the allowed lag";
  if (rivals.length === 0) return unjudged(name, "no rival ran");
  const beaten = traces.flatMap((trace) => {
    const ours = trace.policies[OURS];
    return rivals.flatMap(({ name: rival }) => {
      const theirs = trace.policies[rival];
      return ours !== undefined && theirs !== undefined && beats(theirs, ours)
        ? [`${trace.name}: ${rival} ${pair(theirs)}, ours ${pair(ours)}`]
        : [];
    });
  });
  const compared = `${counted(rivals.length, "rival")} on ${counted(traces.length, "trace")}`;
  return {
    name,
    ok: beaten.length === 0,
    detail: beaten.length === 0 ? `${compared}, none better in both.` : `${beaten.join("; ")}.`,
  };
}

function beats(theirs: Figures, ours: Figures): boolean {
  return theirs.slotHours < ours.slotHours && theirs.violationMinutes < ours.violationMinutes;
}

function fewest(rivals: Contest["rivals"]): number {
  return Math.min(...rivals.map(({ means }) => means.violationMinutes));
}

function unjudged(name: string, why: string): Line {
  return { name, ok: null, detail: `not judged: ${why}.` };
}

function pair(figures: Figures): string {
  return `${number(figures.slotHours)} slot-hours and ${number(figures.violationMinutes)} min`;
}

function number(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 2 });
}

/** `+12.3 %`, `-20.0 %` */
function percent(share: number): string {
  return `${share < 0 ? "-" : "+"}${Math.abs(share * 100).toFixed(1)} %`;
}
