import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../errors";
import { ensureProgram } from "../images/debian";

/** Names under which Chromium and Chrome are installed, in the order in which they are looked for. */
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;

/**
 * Makes sure that a Chromium is there for the tests of the page and gives its absolute path: `$CHROME_PATH` where it
 * is set, else what is on the PATH, else Debian's, which is installed as root. Throws UserError where none of these
 * is possible.
 */
export async function ensureChromium(): Promise<string> {
  const named = process.env.CHROME_PATH;
  if (named !== undefined && named !== "") return existing(named);
  const found = findChromium();
  if (found !== undefined) return found;
  await ensureProgram("chromium", ["chromium"]);
  return findChromium() ?? existing("/usr/bin/chromium");
}

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(path.isAbsolute);
  return PROGRAMS.flatMap((program) => folders.map((folder) => path.join(folder, program))).find(
    (file) => fs.existsSync(file),
  );
}

function existing(file: string): string {
  if (fs.existsSync(file)) return file;
  throw new UserError(
    `there is no Chromium at CHROME_PATH=${file}. Fix: set CHROME_PATH to the browser's program, or unset it.`,
  );
}
