import { z } from "zod";
import { say } from "../../infra/progress";
import { check } from "./checker";
import { brokersOption, readOptions, runCommand, topicOption } from "./cli";
import type { Verdict } from "./verdict";

const USAGE = `npm run check -- --brokers HOST:PORT --in NAME --out NAME [--ledger FILE]

Reads every line of the input topic and every committed record of the output topic (word, running count) and says
whether each word was counted exactly once. Stop the feeder first.
Exit code 0: exact, 1: there are differences, 2: bad usage.`;

const OPTIONS = {
  brokers: { value: "HOST:PORT", help: "where Kafka listens, several with commas" },
  in: { value: "NAME", help: "topic of the lines" },
  out: { value: "NAME", help: "topic of the counts" },
  ledger: {
    value: "FILE",
    help: "what the feeder noted; without it missing lines are not noticed",
  },
  timeout: { value: "SECONDS", help: "give up after so long (default 120)" },
  quiet: { value: "SECONDS", help: "records that do not come for so long are lost (default 15)" },
  json: { help: "print the verdict as JSON instead of text" },
};

const seconds = z.coerce
  .number("must be a number")
  .positive("must be above 0")
  .max(86_400, "is too long");
const schema = z.object({
  brokers: brokersOption,
  in: topicOption,
  out: topicOption,
  ledger: z.string().min(1, "is empty").optional(),
  timeout: seconds.default(120),
  quiet: seconds.default(15),
  json: z.boolean().default(false),
});

async function main(argv: string[]): Promise<number> {
  const given = readOptions(USAGE, OPTIONS, schema, argv);
  if (given === undefined) return 0;
  const verdict = await check({
    brokers: given.brokers,
    inputTopic: given.in,
    outputTopic: given.out,
    ledgerFile: given.ledger,
    timeoutMs: given.timeout * 1000,
    quietMs: given.quiet * 1000,
    onProgress: ({ words, found }) => say(`   ${found} of ${words} counts found`),
  });
  process.stdout.write(given.json ? `${JSON.stringify(verdict)}\n` : `${text(verdict)}\n`);
  return verdict.exact ? 0 : 1;
}

function text(verdict: Verdict): string {
  const worst = verdict.perWord.map(
    (w) =>
      `  ${w.word}: fed ${w.expected}, lost ${w.lost}, duplicated ${w.duplicated}, out of order ${w.outOfOrder}`,
  );
  return [verdict.sentence, ...worst].join("\n");
}

void runCommand(main);
