import type { KafkaOffsets } from "../../../../stacks/conductor/observe/kafka-offsets";
import type { Offsets } from "../../../../stacks/conductor/observe/offsets";

/** Offsets by `topic/partition`, as a test sets them. */
export class FakeKafka implements KafkaOffsets {
  at: Record<string, number> = {};
  groups: Record<string, Record<string, number>> = {};
  away = false;

  async topics(): Promise<readonly string[]> {
    this.answer();
    return [...new Set(Object.keys(this.at).map((key) => key.split("/")[0] ?? ""))];
  }

  async ends(topics: readonly string[]): Promise<Offsets> {
    this.answer();
    return only(this.at, topics);
  }

  async committed(group: string, topics: readonly string[]): Promise<Offsets> {
    this.answer();
    return only(this.groups[group] ?? {}, topics);
  }

  private answer(): void {
    if (this.away) throw new Error("connect ECONNREFUSED");
  }
}

function only(offsets: Record<string, number>, topics: readonly string[]): Offsets {
  const entries = Object.entries(offsets);
  return new Map(entries.filter(([key]) => topics.includes(key.split("/")[0] ?? "")));
}
