import * as fc from "fast-check";
import type { LineVerdict } from "../../../stacks/workload/line-tally";
import { verdictOf } from "../../../stacks/workload/verdict";
import { WordTally } from "../../../stacks/workload/word-tally";

const CLEAN: LineVerdict = {
  inTopic: 3,
  acknowledged: 3,
  missing: 0,
  repeated: 0,
  unknownFound: 0,
  unknownAbsent: 0,
  foreign: 0,
};

type Output = { word: string; count: number }[];

function tallyOf(expected: Record<string, number>, output: Output): WordTally {
  const tally = new WordTally();
  for (const [word, n] of Object.entries(expected))
    for (let i = 0; i < n; i += 1) tally.expect(word);
  for (const { word, count } of output) tally.record(word, String(count), 0);
  return tally;
}

function perfect(expected: Record<string, number>): Output {
  return Object.entries(expected).flatMap(([word, n]) =>
    Array.from({ length: n }, (_, i) => ({ word, count: i + 1 })),
  );
}

const words = fc.dictionary(fc.stringMatching(/^[a-z']{1,6}$/), fc.integer({ min: 1, max: 70 }), {
  minKeys: 1,
  maxKeys: 12,
  noNullPrototype: true,
});

test("a perfect output is exact", () => {
  fc.assert(
    fc.property(words, (expected) => {
      const verdict = verdictOf(tallyOf(expected, perfect(expected)), CLEAN, "complete");
      expect(verdict.exact).toBe(true);
      expect(verdict.exactWords).toBe(Object.keys(expected).length);
      expect(verdict.words).toBe(perfect(expected).length);
      expect(verdict.perWord).toEqual([]);
    }),
  );
});

test("losses, repetitions and counts too high are reported exactly, for each word", () => {
  // Per record: 0 taken out, 1 as it should be, more: so many copies.
  const copies = fc.infiniteStream(fc.constantFrom(0, 1, 1, 1, 1, 2, 3));
  const above = fc.infiniteStream(fc.constantFrom(0, 0, 1, 2));
  fc.assert(
    fc.property(words, copies, above, (expected, copyOf, aboveOf) => {
      const truth = new Map<string, { lost: number; duplicated: number }>();
      const output: Output = [];
      for (const [word, n] of Object.entries(expected)) {
        const fate = { lost: 0, duplicated: 0 };
        for (let count = 1; count <= n; count += 1) {
          const times = copyOf.next().value;
          if (times === 0) fate.lost += 1;
          else fate.duplicated += times - 1;
          for (let i = 0; i < times; i += 1) output.push({ word, count });
        }
        const extra = aboveOf.next().value;
        for (let i = 1; i <= extra; i += 1) output.push({ word, count: n + i });
        fate.duplicated += extra;
        truth.set(word, fate);
      }
      const tally = tallyOf(expected, output);
      const fates = [...truth.values()];
      const verdict = verdictOf(tally, CLEAN, "quiet");
      expect(verdict).toMatchObject({
        lost: fates.reduce((sum, { lost }) => sum + lost, 0),
        duplicated: fates.reduce((sum, { duplicated }) => sum + duplicated, 0),
        unexpected: 0,
        outOfOrder: 0,
        exactWords: fates.filter(({ lost, duplicated }) => lost + duplicated === 0).length,
        exact: fates.every(({ lost, duplicated }) => lost + duplicated === 0),
      });
      for (const { word, lost, duplicated } of tally.verdicts()) {
        expect({ lost, duplicated }).toEqual(truth.get(word));
      }
    }),
  );
});

test("names the worst words first, ten at most, and says it in a sentence", () => {
  const expected = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`w${i}`, 20]));
  const output = perfect(expected).filter(({ word, count }) => count > Number(word.slice(1)));
  const verdict = verdictOf(tallyOf(expected, output), CLEAN, "quiet");
  expect(verdict.perWord).toHaveLength(10);
  expect(verdict.perWord[0]).toEqual({
    word: "w11",
    expected: 20,
    lost: 11,
    duplicated: 0,
    outOfOrder: 0,
  });
  expect(verdict.sentence).toBe("Not exact: 240 words (12 distinct) in 3 lines; 66 records lost.");
});

test("a count after a higher one is out of order, in its own partition only", () => {
  const tally = tallyOf({ sea: 4, whale: 3 }, []);
  for (const count of ["1", "3", "2", "4"]) tally.record("sea", count, 0);
  tally.record("whale", "3", 0);
  tally.record("whale", "1", 1);
  tally.record("whale", "2", 1);
  const verdict = verdictOf(tally, CLEAN, "complete");
  expect(verdict.outOfOrder).toBe(1);
  expect(verdict.exact).toBe(true);
  expect(verdict.sentence).toBe(
    "Exact: 7 words (2 distinct) in 3 lines, each counted once; nothing lost, nothing doubled. 1 record out of order.",
  );
});

test("a word never fed and a value that is no count are unexpected", () => {
  const tally = tallyOf({ sea: 2 }, perfect({ sea: 2 }));
  tally.record("land", "1", 0);
  for (const value of ["", "0", "-1", "1.5", "sea=1", "1e3", "99999999999999999999"]) {
    tally.record("sea", value, 0);
  }
  expect(verdictOf(tally, CLEAN, "complete")).toMatchObject({
    exact: false,
    unexpected: 8,
    lost: 0,
    duplicated: 0,
  });
});

test.each([
  [{ missing: 2 }, "2 acknowledged lines missing from the input"],
  [{ repeated: 1 }, "1 line twice in the input"],
])("a fault of the input %j is no exact result", (fault, said) => {
  const tally = tallyOf({ sea: 1 }, perfect({ sea: 1 }));
  const verdict = verdictOf(tally, { ...CLEAN, ...fault }, "complete");
  expect(verdict.exact).toBe(false);
  expect(verdict.sentence).toBe(`Not exact: 1 word (1 distinct) in 3 lines; ${said}.`);
});

test("an open transaction and a time-out are no exact result; lines without an answer are told", () => {
  const tally = tallyOf({ sea: 1 }, perfect({ sea: 1 }));
  expect(verdictOf(tally, CLEAN, "complete", 3).exact).toBe(false);
  expect(verdictOf(tally, CLEAN, "timeout").exact).toBe(false);
  const lines = { ...CLEAN, unknownFound: 2, unknownAbsent: 1 };
  const verdict = verdictOf(tally, lines, "complete");
  expect(verdict.exact).toBe(true);
  expect(verdict.sentence).toContain("Of 3 lines without an answer 2 had arrived.");
});
