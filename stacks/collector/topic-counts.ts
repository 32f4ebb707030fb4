import { waitFor } from "../../infra/flink/wait";
import { TopicReader } from "../workload/topic-reader";
import { RowWords } from "./row-words";

/** Words and how often they stand somewhere, sorted. */
export type Words = readonly (readonly [string, number])[];

const same = (a: Words, b: Words) => JSON.stringify(a) === JSON.stringify(b);

/** Words that two counts do not agree on. */
export function differences(a: Words, b: Words): number {
  const [one, two] = [new Map(a), new Map(b)];
  const all = new Set([...one.keys(), ...two.keys()]);
  return [...all].filter((word) => one.get(word) !== two.get(word)).length;
}

/** The collector's topic, counted in two ways: as it should be, and believing every event. */
export class ChangesTopic {
  readonly careful = new RowWords(true);
  readonly blind = new RowWords(false);

  private constructor(private readonly reader: TopicReader) {}

  static async open(broker: string, topic: string): Promise<ChangesTopic> {
    return new ChangesTopic(
      await TopicReader.open({ brokers: [broker], topic, from: "beginning" }),
    );
  }

  /** Reads until the careful count is this, and on to the end; false when the time is up. */
  async reaches(words: Words, seconds: number): Promise<boolean> {
    const arrived = await waitFor(
      async () => {
        await this.poll();
        return same(this.careful.words, words) || undefined;
      },
      seconds * 1000,
      0,
    );
    // What is repeated may come later still.
    for (const ends = await this.reader.ends(); !this.reader.reached(ends);) await this.poll();
    return arrived === true && same(this.careful.words, words);
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  private async poll(): Promise<void> {
    for (const { key, value } of await this.reader.poll(200)) {
      this.careful.add(String(key), String(value));
      this.blind.add(String(key), String(value));
    }
  }
}

/** A job's output topic: the last count of each word. */
export class CountsTopic {
  private readonly last = new Map<string, number>();

  private constructor(private readonly reader: TopicReader) {}

  static async open(broker: string, topic: string): Promise<CountsTopic> {
    return new CountsTopic(await TopicReader.open({ brokers: [broker], topic, from: "beginning" }));
  }

  /** Without words that stand nowhere any more. */
  get words(): Words {
    return [...this.last].filter(([, count]) => count !== 0).sort();
  }

  /** Reads until the counts are these; false when the time is up. */
  async reaches(words: Words, seconds: number): Promise<boolean> {
    const look = async () => {
      for (const { key, value } of await this.reader.poll(200)) {
        this.last.set(String(key), Number(value));
      }
      return same(this.words, words) || undefined;
    };
    return (await waitFor(look, seconds * 1000, 0)) ?? false;
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}
