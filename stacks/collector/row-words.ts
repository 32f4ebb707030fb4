import { z } from "zod";
import { splitWords } from "../../infra/jobs/words";

const rowSchema = z.object({ body: z.string() }).nullable();
const eventSchema = z.object({
  op: z.enum(["c", "r", "u", "d"]),
  before: rowSchema.default(null),
  after: rowSchema.default(null),
  source: z.object({ table: z.string(), file: z.string(), pos: z.number(), row: z.number() }),
});

/**
 * Counts the words of a table's column `body` from the collector's events, as the job does.
 *
 * @param deduplicate false believes every event, as the control does
 */
export class RowWords {
  private readonly rows = new Map<string, { place: number[]; text: string }>();
  private readonly counts = new Map<string, number>();
  events = 0;
  duplicates = 0;

  constructor(private readonly deduplicate: boolean) {}

  add(key: string, value: string): void {
    const event = eventSchema.parse(JSON.parse(value));
    const { table, file, pos, row } = event.source;
    const id = `${table} ${key}`;
    const place = [Number(file.split(".").at(-1)), pos, event.op === "r" ? -1 : row];
    const after = event.after?.body ?? "";
    const last = this.rows.get(id);
    this.events++;
    const repeated = last !== undefined && compare(place, last.place) <= 0;
    if (repeated) this.duplicates++;
    if (this.deduplicate && repeated) return;
    this.count(this.deduplicate ? (last?.text ?? "") : (event.before?.body ?? ""), -1);
    this.count(after, 1);
    this.rows.set(id, { place, text: after });
  }

  /** Words that stand somewhere, with how often, sorted. */
  get words(): [string, number][] {
    return [...this.counts].filter(([, count]) => count !== 0).sort();
  }

  private count(text: string, sign: number): void {
    for (const word of splitWords(text)) {
      this.counts.set(word, (this.counts.get(word) ?? 0) + sign);
    }
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const differs = a.findIndex((part, i) => part !== b[i]);
  return differs < 0 ? 0 : (a[differs] ?? 0) - (b[differs] ?? 0);
}
