import { splitWords } from "../../infra/jobs/words";
import { lineAt } from "./text";

/** Long lines, so that Flink's network buffers hold few of them and the backlog stays in Kafka. */
const LINE_LENGTH = 400;

/** The n-th line of a run: one word, so that the job writes one record for each line, and dots, which are none. */
export function wordLine(n: number): string {
  const [word = "whale"] = splitWords(lineAt(n));
  return word.padEnd(LINE_LENGTH, ".");
}
