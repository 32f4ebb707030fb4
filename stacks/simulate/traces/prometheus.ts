import axios, { isAxiosError } from "axios";
import { z } from "zod";
import { UserError } from "../../../infra/errors";
import { endpointOf } from "../../../infra/kubernetes/service-url";
import type { Trace } from "../../../policies/simulator/trace";
import { sortedSamples, traceFromSamples } from "./samples";

/** What to ask a Prometheus for. */
export interface PrometheusQuery {
  /** Base address, such as http://127.0.0.1:9090; may have a path. */
  url: string;
  /** PromQL that gives one series, in records per second. */
  query: string;
  /** Milliseconds since the epoch. */
  fromMs: number;
  toMs: number;
  stepSeconds: number;
}

/** A Prometheus refuses more than 11,000 points a series in one answer. */
const POINTS_PER_REQUEST = 10_000;
const TIMEOUT_MS = 60_000;

const successSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});
const failureSchema = z.object({ status: z.literal("error"), error: z.string() });

/** [seconds since the epoch, value] */
type Point = readonly [number, string];

/**
 * A trace from a range query. Long ranges are asked for in several requests. Points that are NaN or infinite count as
 * missing. Throws UserError where Prometheus can't be reached, refuses the query, or gives anything but one series.
 */
export async function prometheusTrace(asked: PrometheusQuery): Promise<Trace> {
  const points: Point[] = [];
  const stepMs = asked.stepSeconds * 1000;
  for (let ms = asked.fromMs; ms <= asked.toMs; ms += POINTS_PER_REQUEST * stepMs) {
    const endMs = Math.min(asked.toMs, ms + (POINTS_PER_REQUEST - 1) * stepMs);
    points.push(...pointsOf(await request(asked, ms, endMs), `The query ${asked.query}`));
  }
  const span = `${iso(asked.fromMs)} to ${iso(asked.toMs)}`;
  return traceFrom(points, {
    name: "prometheus",
    description: `${asked.query}, ${span}, every ${asked.stepSeconds} s`,
    subject: `The query ${asked.query}`,
  });
}

/** A trace from a saved answer of /api/v1/query_range. Throws UserError where it is none, or not of one series. */
export function parsePrometheusTrace(
  text: string,
  { name, file }: { name: string; file: string },
): Trace {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${file} is not JSON (${(error as Error).message}). ${SAVE}`);
  }
  const points = pointsOf(answer, file);
  const description = `${points.length.toLocaleString("en")} samples of ${file}, saved from Prometheus`;
  return traceFrom(points, { name, description, subject: file });
}

const SAVE = "Save the answer of /api/v1/query_range as it is.";

async function request(asked: PrometheusQuery, fromMs: number, toMs: number): Promise<unknown> {
  const { url, query, stepSeconds } = asked;
  const base = url.replace(/\/+$/, "");
  const params = { query, start: fromMs / 1000, end: toMs / 1000, step: stepSeconds };
  try {
    const reach = { timeout: TIMEOUT_MS, proxy: false as const, ...(await endpointOf(base)) };
    const options = { params, ...reach };
    return (await axios.get<unknown>("/api/v1/query_range", options)).data;
  } catch (error) {
    if (!isAxiosError(error)) throw error;
    const refusal = failureSchema.safeParse(error.response?.data);
    if (refusal.success) {
      throw new UserError(
        `Prometheus refuses the query ${query}: ${refusal.data.error}. Correct --query, --from, --to or --step.`,
      );
    }
    const what = error.response ? `answers with status ${error.response.status}` : reach(error);
    throw new UserError(
      `${base} ${what}. Give --prometheus the base address of a Prometheus, such as http://127.0.0.1:9090.`,
    );
  }
}

function reach({ message, code }: { message: string; code?: string | undefined }): string {
  return `can't be reached (${message || code})`;
}

/** The points of the one series of an answer; none where it has no series. */
function pointsOf(answer: unknown, subject: string): Point[] {
  const parsed = successSchema.safeParse(answer);
  if (!parsed.success) {
    const failure = failureSchema.safeParse(answer);
    const why = failure.success
      ? `it says: ${failure.data.error}`
      : z.prettifyError(parsed.error).split("\n").slice(0, 2).join(" ");
    throw new UserError(
      `${subject} gives no answer of /api/v1/query_range with a matrix (${why}). ${SAVE}`,
    );
  }
  const { result } = parsed.data.data;
  if (result.length <= 1) return result[0]?.values ?? [];
  const labels = result.slice(0, 2).map(({ metric }) => JSON.stringify(metric));
  throw new UserError(
    `${subject} gives ${result.length} series (${labels.join(", ")}${result.length > 2 ? ", …" : ""}), but a trace is one. ` +
      "Wrap the query in sum(...).",
  );
}

interface Label {
  name: string;
  description: string;
  /** Begins the sentence of an error. */
  subject: string;
}

function traceFrom(points: readonly Point[], { name, description, subject }: Label): Trace {
  const usable = points
    .map(([s, v]) => [s, Number(v)] as const)
    .filter(([, v]) => Number.isFinite(v));
  const negative = usable.find(([, value]) => value < 0);
  if (negative !== undefined) {
    throw new UserError(
      `${subject} gives ${negative[1]} at ${iso(negative[0] * 1000)}, but a rate is 0 or more. ` +
        "Ask for a rate, such as sum(rate(records_total[1m])).",
    );
  }
  const samples = sortedSamples(
    usable.map(([seconds]) => Math.round(seconds * 1000)),
    usable.map(([, value]) => value),
  );
  if (samples.timesMs.length >= 2) return traceFromSamples({ name, description }, samples);
  throw new UserError(
    `${subject} gives ${samples.timesMs.length} points, a trace needs two at least. ` +
      "Check the metric's name and labels, and that it has data in that span.",
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
