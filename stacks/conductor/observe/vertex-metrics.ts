import type { FlinkRestClient } from "../../../infra/flink/rest-client";
import type { JobDetail, Metric } from "../../../infra/flink/rest-schema";
import {
  BUSY,
  inQuestions,
  isSource,
  sourcePartitions,
  type SourcePartition,
} from "./source-names";

export interface VertexFigures {
  /** The partitions that the sources read, and the offset of the next record where one has come. */
  places: (SourcePartition & { next: number | undefined })[];
  /** Share of its time in which the busiest subtask is busy, by vertex id; without a vertex of which it isn't measured. */
  busy: ReadonlyMap<string, number>;
}

/** Reads the metrics of a job's vertices. What the metrics are called is asked once for each job id. */
export class VertexMetrics {
  private learnt: { jobId: string; byVertex: Map<string, SourcePartition[]> } | undefined;

  constructor(private readonly flink: FlinkRestClient) {}

  /** Asks anew what the metrics are called, the next time. */
  forget(): void {
    this.learnt = undefined;
  }

  /** Throws FlinkRestError. */
  async read({ jid, vertices }: JobDetail): Promise<VertexFigures> {
    const partitions = await this.partitions({ jid, vertices });
    const figures: VertexFigures[] = await Promise.all(
      vertices.map(async ({ id }) => {
        const read = partitions.get(id) ?? [];
        const metrics = await this.ask(jid, id, [BUSY, ...read.map(({ metric }) => metric)]);
        return { places: placesIn(read, metrics), busy: new Map(busyIn(id, metrics[BUSY])) };
      }),
    );
    return {
      places: figures.flatMap(({ places }) => places),
      busy: new Map(figures.flatMap(({ busy }) => [...busy])),
    };
  }

  private async partitions({ jid, vertices }: Pick<JobDetail, "jid" | "vertices">) {
    if (this.learnt?.jobId === jid) return this.learnt.byVertex;
    const byVertex = new Map<string, SourcePartition[]>();
    await Promise.all(
      vertices
        .filter(({ name }) => isSource(name))
        .map(async ({ id }) => {
          byVertex.set(id, sourcePartitions(await this.flink.metricNames(jid, id)));
        }),
    );
    this.learnt = { jobId: jid, byVertex };
    return byVertex;
  }

  private async ask(jid: string, vertex: string, names: readonly string[]) {
    const answers = await Promise.all(
      inQuestions(names).map((part) => this.flink.metrics(jid, vertex, part)),
    );
    return Object.assign({}, ...answers) as Record<string, Metric | undefined>;
  }
}

/** Flink tells the offset of the last record, and a negative one before the first. */
function placesIn(
  partitions: readonly SourcePartition[],
  metrics: Readonly<Record<string, Metric | undefined>>,
): VertexFigures["places"] {
  return partitions.map((partition) => {
    const last = metrics[partition.metric]?.max ?? -1;
    return { ...partition, next: last >= 0 ? last + 1 : undefined };
  });
}

function busyIn(vertex: string, metric: Metric | undefined): [string, number][] {
  if (metric === undefined || !Number.isFinite(metric.max)) return [];
  return [[vertex, Math.min(1, Math.max(0, metric.max / 1000))]];
}
