/** A queue of single records, each with its instant in seconds. */
export class NaiveQueue {
  private records: number[] = [];
  private done = 0;
  private saved = 0;

  get waiting(): number {
    return this.records.length - this.done;
  }

  /** Spread over a second evenly, the first at its beginning. */
  arrive(count: number, second: number): void {
    for (let i = 0; i < count; i++) this.records.push(second + i / count);
  }

  process(capacity: number): number {
    const taken = Math.min(capacity, this.waiting);
    this.done += taken;
    return taken;
  }

  save(): void {
    this.saved = this.done;
  }

  rewind(): number {
    const again = this.done - this.saved;
    this.done = this.saved;
    return again;
  }

  /** Age of the oldest record at the end of a second. */
  lagSeconds(second: number): number {
    const oldest = this.records[this.done];
    return oldest === undefined ? 0 : second + 1 - oldest;
  }
}
