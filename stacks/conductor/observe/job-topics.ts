import type { JobSpec } from "../../../policies/tenant";
import type { KafkaOffsets } from "./kafka-offsets";
import { partitionKey, type Offsets } from "./offsets";
import { flinkTopic } from "./source-names";
import type { VertexFigures } from "./vertex-metrics";

/** Which topics a job reads: those that its settings name, else those that its sources' metrics show. */
export class JobTopics {
  /** Topics by the names that Flink gives them; none where it is not known. */
  private found: ReadonlyMap<string, string> = new Map();
  private complaint: string | undefined;

  constructor(
    private readonly reads: JobSpec["reads"],
    private readonly kafka: KafkaOffsets,
  ) {
    if (reads !== undefined) this.found = byFlinkName(reads.topics);
  }

  get names(): string[] {
    return [...this.found.values()];
  }

  /** Why they are not known; a sentence. */
  get problem(): string | undefined {
    if (this.names.length > 0) return undefined;
    return (
      this.complaint ??
      "the topics that it reads are not known: no metric of a Kafka source names them, and reads.topics is not set"
    );
  }

  /** Takes in what the sources show, where that is not known yet. Throws where Kafka doesn't answer. */
  async learn(places: readonly { topic: string }[]): Promise<void> {
    const shown = [...new Set(places.map(({ topic }) => topic))].sort();
    if (this.reads !== undefined || shown.length === 0) return;
    if (shown.length === this.found.size && shown.every((name) => this.found.has(name))) return;
    const all = await this.kafka.topics();
    const fitting = all.filter((topic) => shown.includes(flinkTopic(topic)));
    this.complaint = unclear(shown, fitting);
    this.found = this.complaint === undefined ? byFlinkName(fitting) : new Map();
  }

  /** Places by topic and partition, of the topics that are known. */
  placesOf(places: VertexFigures["places"]): Offsets {
    return new Map(
      places.flatMap(({ topic, partition, next }) => {
        const name = this.found.get(topic);
        if (name === undefined || next === undefined) return [];
        return [[partitionKey(name, partition), next] as const];
      }),
    );
  }
}

function byFlinkName(topics: readonly string[]): Map<string, string> {
  return new Map(topics.map((topic) => [flinkTopic(topic), topic]));
}

/** Flink writes dots as underscores: several topics may be meant, or one that Kafka does not have (any more). */
function unclear(shown: readonly string[], fitting: readonly string[]): string | undefined {
  for (const name of shown) {
    const meant = fitting.filter((topic) => flinkTopic(topic) === name);
    if (meant.length === 0) return `it reads a topic ${name}, which Kafka does not have`;
    if (meant.length > 1) {
      return `it reads ${meant.join(" or ")}, which Flink's metrics don't tell apart; set its reads.topics`;
    }
  }
  return undefined;
}
