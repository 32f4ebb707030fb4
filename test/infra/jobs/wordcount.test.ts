import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import fc from "fast-check";

import { exec } from "../../../infra/exec";
import { jobJar } from "../../../infra/jobs/build";
import { splitWords } from "../../../infra/jobs/words";

const SOURCES = path.resolve(
  __dirname,
  "../../../infra/jobs/wordcount/src/main/java/io/flinktide/wordcount",
);
let classes: string;

beforeAll(async () => {
  classes = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-probe-"));
  const sources = ["Words", "Options", "Pace", "WordDeltas", "Change"].map((name) =>
    path.join(SOURCES, `${name}.java`),
  );
  await exec("javac", ["-d", classes, ...sources, path.join(__dirname, "Probe.java")]);
}, 60_000);
afterAll(() => fs.rmSync(classes, { recursive: true, force: true }));

async function probe(requests: string[]): Promise<string[]> {
  const out = await exec("java", ["-cp", classes, "io.flinktide.wordcount.Probe"], {
    input: requests.map((request) => `${request}\n`).join(""),
  });
  return out.split("\n").slice(0, -1);
}

describe("words", () => {
  it.each([
    ["In the beginning God created", ["in", "the", "beginning", "god", "created"]],
    ["don't stop-now", ["don", "t", "stop", "now"]],
    ["1:1 ** _", []],
    ["", []],
    ["ÀB ße Ωmega\u212A", ["b", "e", "mega"]],
    ["tab\tand  spaces", ["tab", "and", "spaces"]],
  ])("%j", (line, words) => expect(splitWords(line)).toEqual(words));

  it("should be the same in the job and in the checker", async () => {
    const lines = fc.sample(fc.oneof(fc.string({ unit: "binary" }), fc.string()), {
      numRuns: 2000,
      seed: 7,
    });
    const answers = await probe(
      lines.map((line) => `words ${Buffer.from(line, "utf8").toString("base64")}`),
    );
    expect(answers).toEqual(
      lines.map((line) => splitWords(Buffer.from(line, "utf8").toString("utf8")).join(" ")),
    );
  }, 60_000);
});

describe("arguments", () => {
  const needed = "--brokers k:9092 --input-topic in --output-topic out --group-id g";
  const all = `${needed} --transactional-id-prefix p --max-parallelism 256`;
  const cases: [string, string][] = [
    [all, "k:9092 in out g p 1000 256 1 true 0 0"],
    [
      `${all} --checkpoint-interval-ms 500 --source-parallelism 2 --delivery-guarantee at-least-once --work-micros 30 --slot-rate 200`,
      "k:9092 in out g p 500 256 2 false 30 200",
    ],
    ["", "Argument --brokers is missing."],
    [needed, "Argument --transactional-id-prefix is missing."],
    [`${needed} --transactional-id-prefix p`, "Argument --max-parallelism is missing."],
    [`${all} --max-parallelism 9`, "Argument --max-parallelism is given twice."],
    [`${all} --work-micros`, "Argument --work-micros has no value."],
    [`${all} --work-micros soon`, 'Argument --work-micros must be a whole number, not "soon".'],
    [
      `${all} --source-parallelism 300`,
      "Argument --source-parallelism must be from 1 to 256, not 300.",
    ],
    [
      `${all} --delivery-guarantee maybe`,
      'Argument --delivery-guarantee must be exactly-once or at-least-once, not "maybe".',
    ],
    [
      "--broker k",
      'Unknown argument "--broker"; known are --brokers, --input-topic, --output-topic, --group-id, --transactional-id-prefix, --checkpoint-interval-ms, --max-parallelism, --source-parallelism, --delivery-guarantee, --work-micros, --slot-rate.',
    ],
  ];

  it("should be read, or refused in one sentence", async () => {
    const answers = await probe(cases.map(([given]) => `options ${given}`));
    expect(answers).toEqual(cases.map(([, answer]) => answer));
  }, 60_000);
});

describe("pace", () => {
  const ms = 1_000_000;
  const lines = (...pairs: [number, number][]) =>
    pairs.map(([begun, ended]) => `${begun * ms},${ended * ms}`).join(" ");
  const cases: [string, string, string][] = [
    ["has no limit at 0", `0 ${lines([7, 7])}`, `unlimited ${7 * ms}`],
    [
      "gives each line its share of a second",
      `200 ${lines([0, 5], [5, 10])}`,
      `limited ${5 * ms} ${10 * ms}`,
    ],
    [
      "makes up for what the line before took too long, over several lines if need be",
      `200 ${lines([0, 17], [17, 17], [17, 17], [17, 20])}`,
      `limited ${5 * ms} ${10 * ms} ${15 * ms} ${20 * ms}`,
    ],
    [
      "does not make up for time without lines",
      `200 ${lines([0, 5], [100, 105])}`,
      `limited ${5 * ms} ${105 * ms}`,
    ],
    [
      "makes up for one second at most",
      `200 ${lines([0, 5005], [5005, 5005])}`,
      `limited ${5 * ms} ${4010 * ms}`,
    ],
  ];

  it("should be kept", async () => {
    const answers = await probe(cases.map(([, given]) => `pace ${given}`));
    expect(answers.map((answer, i) => [cases[i]?.[0], answer])).toEqual(
      cases.map(([what, , answer]) => [what, answer]),
    );
  }, 60_000);
});

describe("jobJar", () => {
  it("should give one jar a Flink line, with or without the connector", () => {
    const [small, bundled] = [jobJar("wordcount", "1.14.6"), jobJar("wordcount", "1.14.6", "jar")];
    expect(path.basename(path.dirname(small))).toMatch(/^wordcount-1\.14-[0-9a-f]{8}$/);
    expect([path.basename(small), path.basename(bundled)]).toEqual([
      "wordcount.jar",
      "wordcount-bundled.jar",
    ]);
    expect(jobJar("wordcount", "1.20.3")).not.toBe(small);
  });

  it("should refuse what there is no jar for", () => {
    expect(() => jobJar("pagerank", "1.14.6")).toThrow(
      'there is no job "pagerank". Fix: use one of wordcount, or give the path of a jar.',
    );
    expect(() => jobJar("wordcount", "1.16.3")).toThrow(
      "the job wordcount is not built for Flink 1.16.3. Fix: use Flink 1.14 or 1.20, or give the path of a jar of your own.",
    );
  });
});

describe("changes of a row", () => {
  it.each([
    ["-|a b a", "{a=2, b=1}"],
    ["a b a|-", "{a=-2, b=-1}"],
    ["a b|a c", "{b=-1, c=1}"],
    ["a a b|a", "{a=-1, b=-1}"],
    ["A b|b a", "{}"],
    ["-|-", "{}"],
  ])("%s", async (texts, deltas) => expect(await probe([`deltas ${texts}`])).toEqual([deltas]));

  it.each([
    ["2:4:0 1:900:0", "true"],
    ["1:900:0 2:4:0", "false"],
    ["1:5:0 1:4:9", "true"],
    ["1:4:1 1:4:0", "true"],
    // A row of the snapshot comes before every event at its position.
    ["1:4:0 1:4:-1", "true"],
    ["1:4:0 1:4:0", "false"],
  ])("%s", async (places, answer) => expect(await probe([`later ${places}`])).toEqual([answer]));
});
