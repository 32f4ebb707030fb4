import * as fs from "node:fs";
import * as path from "node:path";

/** Chapters 1 to 32 of Moby-Dick (Herman Melville, 1851; public domain), as the npm data set of that name ships them. */
const TEXT_FILE = path.join(__dirname, "moby-dick.txt");

let lines: readonly string[] | undefined;

/** The text fed to the word count: its non-empty lines in order, thousands of distinct words. Read once. */
export function textLines(): readonly string[] {
  lines ??= fs
    .readFileSync(TEXT_FILE, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines;
}

/** The text of the n-th line ever fed (from 0): the book is fed over and over. */
export function lineAt(n: number): string {
  const all = textLines();
  const line = all[n % all.length];
  if (line === undefined) throw new Error(`no line ${n} in ${TEXT_FILE}`);
  return line;
}
