/** Metrics of Flink's Kafka sources: `Source__lines.KafkaSourceReader.topic.acme_lines.partition.0.currentOffset`. */
const PLACE = /\.KafkaSourceReader\.topic\.(.+)\.partition\.(\d+)\.currentOffset$/;

export const BUSY = "busyTimeMsPerSecond";

/** Flink's server takes no request line beyond 4,096 characters. */
const LONGEST_QUERY = 3_000;

/** A partition that a source reads, and the metric that tells its place there. */
export interface SourcePartition {
  metric: string;
  /** As Flink writes it, see flinkTopic. */
  topic: string;
  partition: number;
}

/** Which of a vertex's metrics tell places. */
export function sourcePartitions(metrics: readonly string[]): SourcePartition[] {
  return metrics.flatMap((metric) => {
    const [, topic, partition] = PLACE.exec(metric) ?? [];
    return topic === undefined ? [] : [{ metric, topic, partition: Number(partition) }];
  });
}

/** A topic as Flink writes it in the names of metrics. */
export function flinkTopic(topic: string): string {
  return topic.replaceAll(".", "_");
}

/** Flink's own names of vertices with a source begin so, or have it in brackets where it is chained to others. */
export function isSource(vertexName: string): boolean {
  return vertexName.includes("Source: ");
}

/** In as few parts as fit into a question each. */
export function inQuestions(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const name of names) {
    const length = encodeURIComponent(name).length + 1;
    if (room < length) {
      parts.push([]);
      room = LONGEST_QUERY;
    }
    parts.at(-1)?.push(name);
    room -= length;
  }
  return parts;
}
