import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { z } from "zod";
import { cached } from "../../infra/cached";
import { contentHash } from "../../infra/content-hash";
import { exec } from "../../infra/exec";
import { ensureProgram } from "../../infra/images/debian";
import { step } from "../../infra/progress";
import { cacheDir, PROJECT_DIR } from "../../infra/toolchain/paths";
import {
  OPERATOR_DEFAULTS,
  type OperatorSettings,
} from "../../stacks/simulate/rivals/operator-settings";

const SOURCES = path.join(PROJECT_DIR, "test", "peers", "operator");

/** The autoscaler's own classes behind a line protocol (test/peers/operator). */
export class OperatorPeer {
  private constructor(private readonly classPath: string) {}

  /** Builds it into the cache if it is not there; needs Maven and a JDK, which are installed where that is possible. */
  static async ready(): Promise<OperatorPeer> {
    const folder = cacheDir("peers", `operator-${contentHash(SOURCES)}`);
    await cached(folder, (target) =>
      step("building the peer of the operator's autoscaler", () => build(target)),
    );
    const jars = fs.readdirSync(folder).map((jar) => path.join(folder, jar));
    // It has a changed copy of a class of flink-runtime, which must be found first.
    const first = (jar: string) => (path.basename(jar).startsWith("flink-autoscaler") ? 0 : 1);
    return new OperatorPeer(jars.sort((a, b) => first(a) - first(b)).join(path.delimiter));
  }

  /** Its answers, in the order of the questions. */
  async ask<T>(questions: readonly object[], schema: z.ZodType<T>): Promise<T[]> {
    const asText = (_key: string, value: unknown) =>
      typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
    const input = questions.map((question) => `${JSON.stringify(question, asText)}\n`).join("");
    const main = "org.apache.flink.autoscaler.Peer";
    const out = await exec("java", ["-cp", this.classPath, main], { input });
    const lines = out.split("\n").slice(0, -1);
    return z.array(schema).parse(lines.map((line) => JSON.parse(line) as unknown));
  }
}

async function build(target: string): Promise<void> {
  await ensureProgram("mvn", ["maven", "openjdk-17-jdk-headless"]);
  await ensureProgram("javac", ["openjdk-17-jdk-headless"]);
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "flinktide-operator-peer-"));
  try {
    fs.cpSync(SOURCES, work, { recursive: true });
    await exec("mvn", [
      ...["-q", "-B", "-f", path.join(work, "pom.xml"), "package"],
      "dependency:copy-dependencies",
      ...["-DincludeScope=runtime", `-DoutputDirectory=${target}`],
    ]);
    fs.copyFileSync(
      path.join(work, "target", "operator-peer.jar"),
      path.join(target, "operator-peer.jar"),
    );
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** A number in its answers: JSON has none for NaN and the infinities. */
export const javaNumber = z
  .union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])])
  .transform(Number);

const KEYS: Record<keyof OperatorSettings, string> = {
  targetUtilization: "target.utilization",
  utilizationBoundary: "target.utilization.boundary",
  windowSeconds: "metrics.window",
  stabilizationSeconds: "stabilization.interval",
  restartSeconds: "restart.time",
  catchUpSeconds: "catch-up.duration",
  backlogLagSeconds: "backlog-processing.lag-threshold",
  scaleDownIntervalSeconds: "scale-down.interval",
  maxScaleDownFactor: "scale-down.max-factor",
  maxScaleUpFactor: "scale-up.max-factor",
  minParallelism: "vertex.min-parallelism",
  maxParallelism: "vertex.max-parallelism",
  blocksIneffective: "scaling.effectiveness.detection.enabled",
  effectivenessThreshold: "scaling.effectiveness.threshold",
  historySeconds: "history.max.age",
};

/** Its options for our settings. What is our default is left out, so that its own default must be the same. */
export function optionsOf(settings: OperatorSettings): Record<string, string> {
  const names = Object.keys(KEYS) as (keyof OperatorSettings)[];
  const changed = names.filter((name) => settings[name] !== OPERATOR_DEFAULTS[name]);
  return Object.fromEntries(
    changed.map((name) => [
      KEYS[name],
      name.endsWith("Seconds") ? `${settings[name]} s` : String(settings[name]),
    ]),
  );
}
