import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Eight hex digits over the paths, modes and bytes of a folder's files, and over `more`. */
export function contentHash(directory: string, more: readonly string[] = []): string {
  const hash = createHash("sha256");
  for (const file of filesOf(directory)) {
    const full = path.join(directory, file);
    const executable = (fs.statSync(full).mode & 0o100) !== 0;
    hash
      .update(`${file}\0${executable ? "x" : "-"}\0`)
      .update(fs.readFileSync(full))
      .update("\0");
  }
  more.forEach((text) => hash.update(`${text}\0`));
  return hash.digest("hex").slice(0, 8);
}

/** Paths of all files below a folder, sorted, relative to it. */
function filesOf(directory: string): string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Eight hex digits over a text. */
export function textHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
