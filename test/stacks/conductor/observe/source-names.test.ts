import {
  flinkTopic,
  inQuestions,
  isSource,
  sourcePartitions,
} from "../../../../stacks/conductor/observe/source-names";

/** As Flink 1.14.6 lists them. */
const LISTED = [
  "Shuffle.Netty.Output.Buffers.outPoolUsage",
  "Source__lines.KafkaSourceReader.topic.acme_lines.partition.0.currentOffset",
  "Source__lines.KafkaSourceReader.topic.acme_lines.partition.0.committedOffset",
  "Source__lines.KafkaSourceReader.topic.a_topic_b.partition.12.currentOffset",
  "Source__lines.KafkaSourceReader.KafkaConsumer.records-consumed-total",
  "busyTimeMsPerSecond",
];

test("the places of a source are among its metrics", () => {
  expect(sourcePartitions(LISTED)).toEqual([
    { metric: LISTED[1], topic: "acme_lines", partition: 0 },
    { metric: LISTED[3], topic: "a_topic_b", partition: 12 },
  ]);
});

test("Flink writes dots of a topic as underscores, and nothing else", () => {
  expect(["acme.lines.v2", "a_b-c"].map(flinkTopic)).toEqual(["acme_lines_v2", "a_b-c"]);
});

test.each([
  ["Source: lines", true],
  ["Source: lines -> words", true],
  ["MultipleInput(a) [Source: x]", true],
  ["count -> Sink: counts", false],
])("%s is a source: %s", (name, expected) => expect(isSource(name)).toBe(expected));

test("a question never gets longer than Flink's server takes, and none is left out", () => {
  const names = Array.from({ length: 500 }, (_, i) => `Source__x.topic.ü.partition.${i}.place`);
  const parts = inQuestions(names);
  expect(parts.flat()).toEqual(names);
  expect(parts.length).toBeGreaterThan(5);
  for (const part of parts) {
    expect(part.map(encodeURIComponent).join(",").length).toBeLessThanOrEqual(3000);
  }
  expect(inQuestions(names.slice(0, 3))).toHaveLength(1);
  expect(inQuestions([])).toEqual([]);
});
