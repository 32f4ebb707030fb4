import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { cached } from "../cached";
import { contentHash } from "../content-hash";
import { UserError } from "../errors";
import { exec } from "../exec";
import { ensureProgram } from "../images/debian";
import { step } from "../progress";
import { cacheDir } from "../toolchain/paths";

/** The jobs this project ships, each a folder beside this file. */
export const JOBS = ["wordcount"] as const;
/** The Flink lines a job is built for: a Maven profile each. */
export const FLINK_LINES = ["1.14", "1.20"] as const;

/**
 * Where a job's jar finds the Kafka connector: `image` for this project's Flink images, which have it in their lib
 * folder (a small jar restarts twice as fast), `jar` for any other image.
 */
export type ConnectorFrom = "image" | "jar";

/**
 * Builds the jobs' jars into the cache. Does nothing where all are there; safe beside another run.
 * Needs Maven, which is installed where that is possible.
 */
export async function buildJobs(): Promise<void> {
  for (const job of JOBS) {
    for (const line of FLINK_LINES) {
      await cached(jarFolder(job, line), (temporary) =>
        step(`building the job ${job} for Flink ${line}`, () => build(job, line, temporary)),
      );
    }
  }
}

/**
 * Path of a shipped job's jar for a Flink version, as `buildJobs` leaves it. No I/O but reading the job's sources.
 * Throws UserError for an unknown job, or a Flink line it is not built for.
 */
export function jobJar(
  name: string,
  flinkVersion: string,
  connectorFrom: ConnectorFrom = "image",
): string {
  const job = JOBS.find((known) => known === name);
  if (job === undefined) {
    throw new UserError(
      `there is no job "${name}". Fix: use one of ${JOBS.join(", ")}, or give the path of a jar.`,
    );
  }
  const line = FLINK_LINES.find((known) => flinkVersion.startsWith(`${known}.`));
  if (line === undefined) {
    throw new UserError(
      `the job ${name} is not built for Flink ${flinkVersion}. Fix: use Flink ${FLINK_LINES.join(" or ")}, or give the path of a jar of your own.`,
    );
  }
  const suffix = connectorFrom === "image" ? "" : "-bundled";
  return path.join(jarFolder(job, line), `${job}${suffix}.jar`);
}

function jarFolder(job: string, line: string): string {
  const hash = contentHash(path.join(__dirname, job));
  return cacheDir("jobs", `${job}-${line}-${hash}`);
}

/** Builds in a copy of the sources: the checkout stays clean, and two builds do not share a target folder. */
async function build(job: string, line: string, target: string): Promise<void> {
  await ensureProgram("mvn", ["maven", "openjdk-17-jdk-headless"]);
  await ensureProgram("javac", ["openjdk-17-jdk-headless"]);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), `flinktide-${job}-`));
  try {
    fs.cpSync(path.join(__dirname, job), work, { recursive: true });
    await exec("mvn", ["-q", "-B", "-f", path.join(work, "pom.xml"), `-Pflink-${line}`, "package"]);
    const built = (name: string) => path.join(work, "target", name);
    fs.mkdirSync(target, { recursive: true });
    fs.copyFileSync(built(`original-${job}-1.0.0.jar`), path.join(target, `${job}.jar`));
    fs.copyFileSync(built(`${job}-1.0.0.jar`), path.join(target, `${job}-bundled.jar`));
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}
