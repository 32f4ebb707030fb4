/** What became of one word. */
export interface WordVerdict {
  word: string;
  /** How often the word was fed: the counts 1 to `expected` must each be there once. */
  expected: number;
  /** Counts between 1 and `expected` that are not there. */
  lost: number;
  /** Records whose count was there already, or lies above `expected`: the word was counted too often. */
  duplicated: number;
  /** New counts that stand after a higher one in the same partition. */
  outOfOrder: number;
}

interface Word {
  expected: number;
  /** One bit a count. */
  seen: Uint32Array | undefined;
  distinct: number;
  duplicated: number;
  outOfOrder: number;
  partition: number;
  last: number;
}

/**
 * Compares running counts with the words fed: feed every word to `expect`, then every record of the output to
 * `record`. Memory: one bit an expected record, and one small entry a distinct word.
 */
export class WordTally {
  private readonly words = new Map<string, Word>();
  /** Words expected so far, over all. */
  expectedRecords = 0;
  /** Records taken so far, over all. */
  records = 0;
  /** Different expected counts found so far; the output is complete at `expectedRecords`. */
  found = 0;
  /** Records of words that were never fed, or whose value is no whole number above 0. */
  unexpected = 0;

  expect(word: string): void {
    const known = this.words.get(word);
    this.expectedRecords += 1;
    if (known !== undefined) {
      if (known.seen !== undefined) throw new Error(`"${word}" is expected after its counts came`);
      known.expected += 1;
      return;
    }
    this.words.set(word, {
      expected: 1,
      seen: undefined,
      distinct: 0,
      duplicated: 0,
      outOfOrder: 0,
      partition: -1,
      last: 0,
    });
  }

  /** Takes one output record: key and value as text, and the partition it came from. */
  record(word: string, value: string, partition: number): void {
    this.records += 1;
    const known = this.words.get(word);
    if (known === undefined || !/^[1-9][0-9]{0,14}$/.test(value)) {
      this.unexpected += 1;
      return;
    }
    const count = Number(value);
    if (!this.mark(known, count)) known.duplicated += 1;
    else if (known.partition === partition && count < known.last) known.outOfOrder += 1;
    known.partition = partition;
    known.last = count;
  }

  /** Every word's verdict, in the order in which the words were first expected. */
  *verdicts(): Generator<WordVerdict> {
    for (const [word, { expected, distinct, duplicated, outOfOrder }] of this.words) {
      yield { word, expected, lost: expected - distinct, duplicated, outOfOrder };
    }
  }

  /** Whether `count` is expected and new. */
  private mark(word: Word, count: number): boolean {
    if (count > word.expected) return false;
    word.seen ??= new Uint32Array(Math.ceil(word.expected / 32));
    const slot = (count - 1) >>> 5;
    const bit = 1 << ((count - 1) & 31);
    const bits = word.seen[slot] ?? 0;
    if ((bits & bit) !== 0) return false;
    word.seen[slot] = bits | bit;
    word.distinct += 1;
    this.found += 1;
    return true;
  }
}
