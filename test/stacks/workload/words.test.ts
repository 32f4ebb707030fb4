import { lineAt, textLines } from "../../../stacks/workload/text";
import { wordsOf } from "../../../stacks/workload/words";

test("splits a line as the word count job does", () => {
  expect(wordsOf("Don't STOP—the sea’s sea, e.g. 'tis 3rd Åse\tx")).toEqual([
    "don",
    "t",
    "stop",
    "the",
    "sea",
    "s",
    "sea",
    "e",
    "g",
    "tis",
    "rd",
    "se",
    "x",
  ]);
  expect(wordsOf(" 12 — ")).toEqual([]);
});

test("the text has thousands of distinct words and no empty line", () => {
  const lines = textLines();
  expect(new Set(lines.flatMap(wordsOf)).size).toBeGreaterThan(5000);
  expect(lines.filter((line) => line.trim() === "")).toEqual([]);
  expect(lineAt(1)).toBe("Call me Ishmael. Some years ago—never mind how long precisely—having");
  expect(lineAt(lines.length + 1)).toBe(lineAt(1));
});
