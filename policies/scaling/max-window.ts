/** The largest of the values of the last while. Memory: what could still become the largest. */
export class MaxWindow {
  private readonly entries: { atMs: number; value: number }[] = [];

  /** `seconds`: how long values count. It may be changed at any time. */
  constructor(public seconds: number) {}

  push(atMs: number, value: number): void {
    const oldest = atMs - this.seconds * 1000;
    while ((this.entries[0]?.atMs ?? Infinity) <= oldest) this.entries.shift();
    while ((this.entries.at(-1)?.value ?? Infinity) <= value) this.entries.pop();
    this.entries.push({ atMs, value });
  }

  /** As of the last value: what has grown too old since then counts until the next one. 0 before the first. */
  get max(): number {
    return this.entries[0]?.value ?? 0;
  }
}
