import axios from "axios";
import { z } from "zod";
import { endpointOf } from "../../../infra/kubernetes/service-url";
import { Together } from "./together";

const TIMEOUT_MS = 2_000;

/** Prefix of what a collector says of itself. */
const PREFIX = "flinktide_collector_";
const NAMES = [
  "ready",
  "snapshot_running",
  "changes_total",
  "lag_changes",
  "uptime_seconds",
] as const;
type Name = (typeof NAMES)[number];

const answerSchema = z.object({
  status: z.literal("success"),
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(
      z.object({
        metric: z.looseObject({
          __name__: z.string(),
          collector: z.string(),
          tenant: z.string().optional(),
        }),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/** What one scrape of a collector said. */
export interface CollectorSample {
  ready: boolean;
  /** Changes that Kafka has taken, since the start of its process. */
  sent: number;
  /** Changes that Kafka has not; undefined where that is not known, as during a snapshot. */
  waiting: number | undefined;
  /** Of its process, in seconds. */
  uptime: number;
}

/** Which collector. */
export interface CollectorKey {
  /** Undefined for the platform's own. */
  tenant: string | undefined;
  name: string;
}

/** What the collectors of an environment say of themselves. */
export interface CollectorFigures {
  /** Undefined where nobody knows: it does not answer, or Prometheus does not. */
  of(key: CollectorKey): Promise<CollectorSample | undefined>;
}

/** As Prometheus last read them: one question for all who ask at about the same time. */
export class ScrapedCollectors implements CollectorFigures {
  private readonly together = new Together(() => this.ask());

  constructor(
    private readonly prometheusUrl: string,
    private readonly environment: string,
  ) {}

  async of({ tenant, name }: CollectorKey): Promise<CollectorSample | undefined> {
    const key = keyOf(tenant, name);
    return sampleOf((await this.together.get([key])).get(key) ?? {});
  }

  private async ask(): Promise<Map<string, Partial<Record<Name, number>>>> {
    const found = new Map<string, Partial<Record<Name, number>>>();
    const names = `${PREFIX}(${NAMES.join("|")})`;
    const query = `{__name__=~"${names}",environment=${JSON.stringify(this.environment)}}`;
    const parsed = answerSchema.safeParse(await this.query(query).catch(() => undefined));
    for (const { metric, value } of parsed.data?.data.result ?? []) {
      const key = keyOf(metric.tenant, metric.collector);
      const name = metric.__name__.slice(PREFIX.length) as Name;
      found.set(key, { ...found.get(key), [name]: Number(value[1]) });
    }
    return found;
  }

  private async query(query: string): Promise<unknown> {
    const endpoint = await endpointOf(this.prometheusUrl);
    const options = { params: { query }, timeout: TIMEOUT_MS, proxy: false as const };
    return (await axios.get<unknown>("/api/v1/query", { ...endpoint, ...options })).data;
  }
}

function keyOf(tenant: string | undefined, name: string): string {
  return `${tenant ?? ""}/${name}`;
}

function sampleOf(figures: Partial<Record<Name, number>>): CollectorSample | undefined {
  const {
    changes_total: sent,
    uptime_seconds: uptime,
    ready,
    snapshot_running: snapshot,
  } = figures;
  if (sent === undefined || uptime === undefined) return undefined;
  const waiting = snapshot === 0 ? figures.lag_changes : undefined;
  return { ready: ready === 1, sent, waiting, uptime };
}
