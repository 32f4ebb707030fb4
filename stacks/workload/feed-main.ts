import { z } from "zod";
import { say } from "../../infra/progress";
import { stateDir } from "../../infra/toolchain/paths";
import { brokersOption, readOptions, runCommand, topicOption } from "./cli";
import { startFeeder } from "./feeder";

const USAGE = `npm run feed -- --brokers HOST:PORT --topic NAME --rate N --seconds N

Sends a book's lines to a topic at a steady rate and notes which of them the broker acknowledged.
Prints the summary as JSON. Exit code 0: every line was acknowledged, 1: the outcome of some is unknown, 2: bad usage.`;

const OPTIONS = {
  brokers: { value: "HOST:PORT", help: "where Kafka listens, several with commas" },
  topic: { value: "NAME", help: "topic to send to; it must exist" },
  rate: { value: "N", help: "lines per second, more than 0, at most 20000" },
  seconds: { value: "N", help: "how long, at most 86400" },
  run: { value: "ID", help: "first part of every line id (default: made from the time)" },
  ledger: {
    value: "FILE",
    help: "where to note what was acknowledged (default: in the state folder)",
  },
};

const schema = z.object({
  brokers: brokersOption,
  topic: topicOption,
  rate: z.coerce.number("must be a number").positive("must be above 0").max(20_000, "is too high"),
  seconds: z.coerce
    .number("must be a number")
    .positive("must be above 0")
    .max(86_400, "is too long"),
  run: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "must be lower-case letters, digits and hyphens")
    .default(() => `run-${Date.now().toString(36)}`),
  ledger: z.string().min(1, "is empty").optional(),
});

async function main(argv: string[]): Promise<number> {
  const given = readOptions(USAGE, OPTIONS, schema, argv);
  if (given === undefined) return 0;
  const ledgerFile = given.ledger ?? stateDir("feed", `${given.run}.ndjson`);
  const feeder = await startFeeder({
    brokers: given.brokers,
    topic: given.topic,
    ledgerFile,
    linesPerSecond: given.rate,
    maxSeconds: given.seconds,
    runId: given.run,
  });
  say(
    `feeding ${given.rate} lines/s to ${given.topic} for ${given.seconds} s; ledger ${ledgerFile}`,
  );
  const stop = () => void feeder.stop();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const summary = await feeder.done;
  process.stdout.write(`${JSON.stringify(summary)}\n`);
  return summary.unknown === 0 ? 0 : 1;
}

void runCommand(main);
