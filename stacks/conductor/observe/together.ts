/** Gathers what is asked for while a question is under way, and asks for all of it with the next one. */
export class Together<Answer> {
  private gathering: { keys: Set<string>; answer: Promise<Answer> } | undefined;
  private underWay: Promise<unknown> = Promise.resolve();

  /** `ask` gets each key once. Whatever it throws, all who asked for one of the keys get. */
  constructor(private readonly ask: (keys: readonly string[]) => Promise<Answer>) {}

  /** The answer has what others asked for, too. */
  get(keys: readonly string[]): Promise<Answer> {
    if (this.gathering === undefined) {
      const gathered = new Set<string>();
      this.gathering = { keys: gathered, answer: this.next(gathered) };
    }
    for (const key of keys) this.gathering.keys.add(key);
    return this.gathering.answer;
  }

  private async next(keys: ReadonlySet<string>): Promise<Answer> {
    await this.underWay.catch(() => undefined);
    this.gathering = undefined;
    const answer = this.ask([...keys]);
    this.underWay = answer;
    return answer;
  }
}
