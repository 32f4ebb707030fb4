import * as fs from "node:fs";
import * as path from "node:path";

import { UserError } from "../errors";
import { exec } from "../exec";
import { step } from "../progress";

/** Whether a program is on the PATH. */
export function onPath(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.some((folder) => folder !== "" && fs.existsSync(path.join(folder, program)));
}

/**
 * Makes sure that a program is there: as root on Debian or Ubuntu its packages are installed, elsewhere a missing
 * program is a UserError that names them.
 */
export async function ensureProgram(program: string, packages: readonly string[]): Promise<void> {
  if (onPath(program)) return;
  const names = packages.join(" ");
  if (process.getuid?.() !== 0 || !onPath("apt-get")) {
    throw new UserError(
      `\`${program}\` is missing and can't be installed from here (not root, or not Debian). Fix: install ${names}.`,
    );
  }
  await step(`installing ${names}`, async () => {
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await exec("apt-get", ["update", "-qq"], { env });
    await exec("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], {
      env,
    });
  });
}

/** The Debian mirror this machine's apt uses, or undefined where it uses none. */
export function debianMirror(aptDirectory = "/etc/apt"): string | undefined {
  const lists = path.join(aptDirectory, "sources.list.d");
  const files = [
    path.join(aptDirectory, "sources.list"),
    ...(fs.existsSync(lists) ? fs.readdirSync(lists).map((name) => path.join(lists, name)) : []),
  ];
  return files
    .filter((file) => /\.(list|sources)$/.test(file) && fs.existsSync(file))
    .flatMap((file) => archives(fs.readFileSync(file, "utf8"), file.endsWith(".sources")))
    .find((uri) => /^https?:\/\/.*\/debian\/?$/.test(uri));
}

/** Addresses of the binary archives that a sources file names. */
function archives(text: string, deb822: boolean): string[] {
  const lines = text.split("\n").filter((line) => !line.trimStart().startsWith("#"));
  if (deb822) {
    return lines.flatMap((line) =>
      /^URIs:/i.test(line) ? line.slice("URIs:".length).trim().split(/\s+/) : [],
    );
  }
  return lines.flatMap((line) => /^deb\s+(?:\[[^\]]*\]\s+)?(\S+)/.exec(line)?.[1] ?? []);
}
