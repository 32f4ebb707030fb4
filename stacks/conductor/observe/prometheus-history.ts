import axios from "axios";
import { z } from "zod";
import { endpointOf } from "../../../infra/kubernetes/service-url";

/** What the conductor itself has measured of a job; see its metrics. */
const PRODUCED = "flinktide_job_produced_records_per_second";
const TIMEOUT_MS = 10_000;
/** Prometheus gives no more of one series at once. */
const MOST_POINTS = 11_000;

const answerSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});

export interface HistoryOptions {
  days: number;
  /** Between two points; so long that there are at most 11,000 of them. */
  stepSeconds: number;
  /** Up to when, in milliseconds since the epoch. @default now */
  nowMs?: number;
}

export interface PastRate {
  atMs: number;
  /** Records a second that arrived for the job. */
  rate: number;
}

/** What arrived for a job, oldest first; undefined where Prometheus can't be asked, empty where it knows nothing. */
export async function producedHistory(
  prometheusUrl: string,
  labels: { environment: string; tenant: string; job: string },
  { days, stepSeconds, nowMs = Date.now() }: HistoryOptions,
): Promise<PastRate[] | undefined> {
  const seconds = days * 86_400;
  const step = Math.max(stepSeconds, Math.ceil(seconds / (MOST_POINTS - 1)));
  const end = Math.floor(nowMs / 1000 / step) * step;
  const selector = Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(",");
  // A conductor that took over is another series.
  const params = { query: `max(${PRODUCED}{${selector}})`, start: end - seconds, end, step };
  try {
    const { data } = await axios.get<unknown>("/api/v1/query_range", {
      ...(await endpointOf(prometheusUrl)),
      ...{ params, timeout: TIMEOUT_MS, proxy: false },
    });
    const parsed = answerSchema.safeParse(data);
    return parsed.success ? ratesIn(parsed.data) : undefined;
  } catch {
    return undefined;
  }
}

function ratesIn({ data }: z.output<typeof answerSchema>): PastRate[] {
  return data.result
    .flatMap(({ values }) => values)
    .map(([seconds, value]) => ({ atMs: seconds * 1000, rate: Number(value) }))
    .filter(({ rate }) => Number.isFinite(rate) && rate >= 0);
}
